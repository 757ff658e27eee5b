"""Geometry of rows in shards: moments and spectra to 1e-12, neighbors of a sample exactly."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROWS = np.random.default_rng(0).standard_normal((3000, 12)) @ np.diag(np.arange(1, 13))
ROWS += np.arange(12)
NAMES = "participation_ratio,pca_components,pca_top_share,distance_spread,isotropy,hubness"


@pytest.fixture
def folder(tmp_path):
    """Five .npy shards of different sizes with a copy, a zero row and NaN; and all in one file."""
    rows = ROWS.copy()
    rows[2500] = rows[7]
    rows[11] = 0
    rows[1200, 3] = np.nan
    made = tmp_path / "in"
    made.mkdir()
    for place, part in enumerate(np.array_split(rows, [100, 1201, 1202, 2900])):
        np.save(made / f"p{place}.npy", part)
    np.save(tmp_path / "whole.npy", rows)
    return made


def same(plain, laid):
    assert len(plain) == len(laid)
    for one, other in zip(plain, laid, strict=True):
        assert one.keys() == other.keys()
        for key, value in one.items():
            if isinstance(value, float):
                assert other[key] == pytest.approx(value, rel=1e-12, abs=1e-15), (one, key)
            else:
                assert other[key] == value


@pytest.mark.parametrize("unit", ["--unit", "--no-unit"])
def test_shards_measure_as_one_machine(unit, folder, tmp_path, dask, answers):
    options = (unit, "--sample", "200", "--only", NAMES)
    plain = answers("geometry", tmp_path / "whole.npy", *options)
    laid = answers("geometry", folder, *options, "--dask", dask)
    same(plain["results"], laid["results"])
    assert plain["summary"] == laid["summary"]
    assert plain["notes"] == laid["notes"]
    assert (laid["settings"]["shards"], laid["settings"]["workers"]) == (5, 2)


def test_one_pass_serves_all_that_needs_no_other(folder, dask, answers, passes):
    answers("geometry", folder, "--sample", "200", "--dask", dask)
    rows_of_zeros, *others = passes[1:]
    assert (passes[0], rows_of_zeros) == ("survey", "take")
    assert others == ["take", "_reduced", "_reduced", "_nearest"]


def test_what_is_not_requested_is_not_summed(folder, dask, answers, passes):
    answers("geometry", folder, "--sample", "200", "--only", "hubness", "--dask", dask)
    assert passes[2:] == ["take", "_reduced", "_nearest"]


def test_rows_with_words_are_named(tmp_path, dask, answers):
    def write(rows, path):
        vectors = pa.FixedSizeListArray.from_arrays(
            pa.array(ROWS[rows].astype(np.float32).ravel()), 12
        )
        pq.write_table(pa.table({"word": [f"w{row}" for row in rows], "vector": vectors}), path)

    made = tmp_path / "in"
    made.mkdir()
    for place, part in enumerate(np.array_split(np.arange(3000), 4)):
        write(part, made / f"p{place}.parquet")
    write(np.arange(3000), tmp_path / "whole.parquet")
    options = ("--sample", "100", "--only", "hubness,isotropy")
    plain = answers("geometry", tmp_path / "whole.parquet", *options)["results"]
    assert any(record["variant"].startswith("w") for record in plain)
    same(plain, answers("geometry", made, *options, "--dask", dask)["results"])


def test_what_needs_pairs_is_refused(folder, dask, latent):
    code, out, err = latent("geometry", folder, "--only", "silhouette", "--dask", dask)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "isoscore" in err
    code, _, err = latent("geometry", folder, "--labels", "x.txt", "--dask", dask)
    assert (code, "--labels does not go with --dask" in err) == (2, True)


def test_a_shard_of_another_width_is_named(folder, dask, latent):
    np.save(folder / "p3.npy", np.ones((4, 5)))
    code, out, err = latent("geometry", folder, "--dask", dask)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "p3.npy" in err
