"""Maps of shards: a sample as on one machine, or all rows by merged sums."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from latentcli.distributed import _rows

ROWS = (np.random.default_rng(0).standard_normal((2000, 9)) * np.arange(1, 10)).astype("<f4")
ROWS[7, 2] = np.nan
ROWS[1300] = 0


@pytest.fixture(params=[True, False], ids=["words", "rows"])
def folder(request, tmp_path):
    """Four shards, with words or without, and all in one file."""
    made = tmp_path / "in"
    made.mkdir()

    def write(part, path):
        if request.param:
            flat = pa.FixedSizeListArray.from_arrays(pa.array(ROWS[part].ravel()), 9)
            table = {"word": [f"w{row}" for row in part], "vector": flat}
            pq.write_table(pa.table(table), path.with_suffix(".parquet"))
        else:
            np.save(path.with_suffix(".npy"), ROWS[part])

    for place, part in enumerate(np.split(np.arange(2000), [3, 700, 1400])):
        write(part, made / f"p{place}")
    write(np.arange(2000), tmp_path / "whole")
    return made


def whole(folder):
    return next(folder.parent.glob("whole.*"))


@pytest.mark.parametrize("sample", ["200", "0"])
def test_shards_are_mapped_as_one_machine_does(sample, folder, dask, answers):
    plain = answers("map", whole(folder), "--sample", sample)
    laid = answers("map", folder, "--sample", sample, "--dask", dask)
    assert plain["results"] == laid["results"]
    assert plain["summary"] == laid["summary"]
    name = whole(folder).name
    assert [note.replace(name, "in") for note in plain["notes"]] == laid["notes"]
    settings = laid["settings"]
    assert (settings["shards"], settings["workers"], settings["rows"]) == (4, 2, 2000)


def test_all_rows_of_many_are_mapped_by_merged_sums(folder, dask, answers, monkeypatch):
    options = ("--sample", "0", "-k", "0")
    plain = answers("map", whole(folder), *options)
    monkeypatch.setattr(_rows, "GATHERED", 1000)
    laid = answers("map", folder, *options, "--dask", dask)
    one, many = (np.array([[r["x"], r["y"]] for r in a["results"]]) for a in (plain, laid))
    np.testing.assert_allclose(many, one, rtol=1e-12, atol=1e-12 * np.abs(one).max())
    assert [r["row"] for r in plain["results"]] == [r["row"] for r in laid["results"]]
    share = plain["summary"]["variance_kept"]
    assert laid["summary"]["variance_kept"] == pytest.approx(share, rel=1e-12)


def test_what_needs_all_pairs_is_refused_in_a_line(folder, dask, latent, monkeypatch):
    monkeypatch.setattr(_rows, "GATHERED", 1000)
    for options in (("--sample", "0"), ("--sample", "0", "-k", "0", "--method", "tsne")):
        code, out, err = latent("map", folder, *options, "--dask", dask)
        assert (code, out, "shards" in err.splitlines()[-1]) == (2, "", True)
