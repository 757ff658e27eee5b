"""Shards of every kind are read; what is wrong with one is said with its name."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

ROWS = np.random.default_rng(0).standard_normal((400, 8)).astype(np.float32)
WORDS = [f"w{row}" for row in range(400)]
PARTS = [slice(start, start + 100) for start in range(0, 400, 100)]


def table(part, rows=ROWS):
    flat = pa.array(rows[part].ravel())
    vectors = pa.FixedSizeListArray.from_arrays(flat, rows.shape[1])
    return pa.table({"word": WORDS[part], "vector": vectors})


@pytest.fixture
def folder(tmp_path):
    """Four Parquet files that say how many they are."""
    for place, part in enumerate(PARTS):
        pq.write_table(table(part), tmp_path / f"part-{place:05d}-of-00004.parquet")
    return tmp_path


@pytest.mark.parametrize("kind", ["npy", "arrow", "zarr"])
def test_shards_of_another_kind(kind, tmp_path, dask, answers):
    if kind == "zarr":
        zarr = pytest.importorskip("zarr")
        zarr.save(str(tmp_path / "x.zarr"), ROWS)
    for place, part in enumerate(PARTS):
        if kind == "npy":
            np.save(tmp_path / f"p{place}.npy", ROWS[part])
        elif kind == "arrow":
            feather.write_feather(
                table(part), tmp_path / f"p{place}.arrow", compression="uncompressed"
            )
    where = tmp_path / "x.zarr" if kind == "zarr" else tmp_path
    query = "w5" if kind == "arrow" else "#5"
    found = answers("neighbors", query, "-v", where, "--dask", dask, "-k", "2")["results"]
    scores = (ROWS @ ROWS[5]) / np.linalg.norm(ROWS, axis=1) / np.linalg.norm(ROWS[5])
    best = np.argsort(-scores)[1:3]
    assert [record["score"] for record in found] == pytest.approx(scores[best], abs=1e-6)
    assert [record["word"].lstrip("w") for record in found] == [str(row) for row in best]


@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_is_read_in_pieces_where_it_lies(order, tmp_path):
    from latentcli.distributed import _shards

    path, rows = tmp_path / "x.npy", np.arange(100.0).reshape(10, 5, 2)
    np.save(path, np.asarray(rows, order=order))
    pieces = [*_shards.blocks(_shards.Shard(str(path), "x.npy"), 4 * 10 * 8)]
    np.testing.assert_array_equal(
        np.concatenate([one for _, one in pieces]), rows.reshape(10, 10)
    )
    if order == "C":
        assert [first for first, _ in pieces] == [0, 4, 8]
        assert not any(one.flags.owndata or one.base.flags.owndata for _, one in pieces)


@pytest.mark.parametrize("fault", ["damaged", "wide", "missing"])
def test_a_shard_that_cannot_be_read_is_named(fault, folder, dask, latent):
    path = folder / "part-00002-of-00004.parquet"
    if fault == "damaged":
        path.write_bytes(b"PAR1junk")
    elif fault == "wide":
        pq.write_table(table(PARTS[0], np.ones((400, 9), dtype=np.float32)), path)
    else:
        path.unlink()
    question = ("neighbors", "w5", "-v", folder, "--dask", dask)
    code, out, err = latent(*question)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert path.name in err
    code, _, err = latent(*question, "--skip-bad-shards")
    assert (code, "1 shard is left out" in err, path.name in err) == (0, True, True)


def test_the_option_to_skip_goes_with_a_cluster(folder, latent):
    code, _, err = latent("neighbors", "w5", "-v", folder, "--skip-bad-shards")
    assert (code, "--skip-bad-shards goes with --dask" in err) == (2, True)


def test_a_cluster_of_no_workers_is_refused(folder, latent):
    code, out, err = latent("neighbors", "w5", "-v", folder, "--dask", "local:0")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1


def test_without_the_extra_a_line_says_what_to_install(folder, latent, monkeypatch):
    monkeypatch.setattr("latentcli.distributed._session.find_spec", lambda _: None)
    for asked in (("neighbors", "w5", "-v", folder), ("geometry", folder), ("typical", folder)):
        code, out, err = latent(*asked, "--dask", "local:2")
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert "pip install 'latentcli[distributed]'" in err


@pytest.mark.parametrize("asked", ["typical codes.npy", "geometry codes.npy --only isotropy"])
def test_without_the_option_nothing_of_dask_is_imported(asked):
    code = (
        "import sys\n"
        "from latentcli.cli.app import main\n"
        "try:\n"
        f"    main({[*asked.split(), '-q', '--json']!r})\n"
        "finally:\n"
        "    print({'dask', 'distributed', 'latentcli.distributed'} & {*sys.modules}, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.stderr.splitlines()[-1] == "set()"
    assert '"schema": 1' in done.stdout
