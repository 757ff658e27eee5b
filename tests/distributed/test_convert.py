"""Shards written in another format: one file or shards, the same rows and bytes as one machine writes."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import latentcli

zarr = pytest.importorskip("zarr")

CODES = np.random.default_rng(0).standard_normal((9000, 6)).astype(np.float32)
CODES[5] = 0
WORDS = [f"w{row}" for row in range(9000)]
PARTS = np.split(np.arange(9000), [7, 4000, 8999])
TARGETS = ("x.txt", "x.bin", "x.npy", "x.npz", "x.parquet", "x.jsonl", "x.feather", "x.fifu", "x.txt.gz")  # fmt: skip


@pytest.fixture(params=["parquet", "text", "npy"])
def folder(request, tmp_path):
    """Four shards: tables with more columns, texts with a repeated word, arrays of float64."""
    made = tmp_path / "in"
    made.mkdir()
    for place, part in enumerate(PARTS):
        path = made / f"part-{place}.{request.param}"
        if request.param == "parquet":
            flat = pa.FixedSizeListArray.from_arrays(pa.array(CODES[part].ravel()), 6)
            seen = [{"page": int(row)} if row % 3 else None for row in part]
            table = {"word": [WORDS[row] for row in part], "vector": flat, "n": part}
            pq.write_table(pa.table({**table, "seen": seen}), path)
        elif request.param == "npy":
            np.save(path, CODES[part].astype(np.float64) / 3)
        else:
            lines = (f"{WORDS[row % 8998]} {' '.join(map(str, CODES[row]))}\n" for row in part)
            path.with_suffix(".txt").write_text("".join(lines))
    return made


def data_of(path):
    """The bytes of a file; of those that hold when they were written, the arrays."""
    if path.suffix == ".npz":
        with np.load(path) as found:
            return {name: found[name].tolist() for name in found}
    return path.read_bytes() if path.suffix != ".gz" else latentcli.open(path).matrix.tolist()


@pytest.mark.parametrize("target", TARGETS)
def test_one_file_is_that_of_one_machine(target, folder, tmp_path, dask, answers):
    plain, laid = tmp_path / "plain", tmp_path / "laid"
    plain.mkdir()
    laid.mkdir()
    one = answers("convert", folder, plain / target)
    many = answers("convert", folder, laid / target, "--dask", dask)
    for name in ("rows", "dimensions", "dtype", "bytes", "format"):
        assert one["results"][0][name] == many["results"][0][name]
    assert one["notes"] == many["notes"]
    settings = many["settings"]
    assert (settings["shards"], settings["workers"], settings["rows"]) == (4, 2, 9000)
    assert {path.name for path in plain.iterdir()} == {path.name for path in laid.iterdir()}
    for path in plain.iterdir():
        assert data_of(path) == data_of(laid / path.name), path.name


@pytest.mark.parametrize("target", ["x.npy", "x.npz", "x.bin"])
def test_the_words_are_written_without_reading_the_rows_again(
    target, folder, tmp_path, dask, answers, passes
):
    answers("convert", folder, tmp_path / target, "--dask", dask)
    assert [*dict.fromkeys(passes)] == passes


@pytest.mark.parametrize("to", ["npy", "parquet", "word2vec", "arrow"])
def test_shards_are_what_each_gives_alone(to, folder, tmp_path, dask, answers):
    out = tmp_path / "out"
    found = answers("convert", folder, f"{out}/", "--to", to, "--dask", dask)
    ending = {"npy": ".npy", "parquet": ".parquet", "word2vec": ".bin", "arrow": ".feather"}[to]
    names = [path.name for path in sorted(out.iterdir()) if path.suffix == ending]
    assert names == [f"part-{place}{ending}" for place in range(4)]
    for path in sorted(folder.iterdir()):
        alone = tmp_path / f"{path.stem}{ending}"
        answers("convert", path, alone)
        assert (out / alone.name).read_bytes() == alone.read_bytes()
    assert found["results"][0]["rows"] == 9000
    assert (found["settings"]["shards"], found["settings"]["rows"]) == (4, 9000)


def test_what_is_so_of_several_shards_is_told_once():
    from latentcli.distributed import _converting, _files, _shards

    def told(*notes):
        shards = [_shards.Shard(f"/p{place}", f"p{place}") for place in range(len(notes))]
        made = [_converting.Converted(1, 1, "", 1, of_one) for of_one in notes]
        return _converting.notes_of(_files.Taken(shards, made))

    same = [(f"p{place}: its words", "of all") for place in range(300)]
    assert told(*same) == [
        "p0: its words (the first of 300 shards)",
        "of all (the first of 300 shards)",
    ]
    assert told((), ("p1: its words",)) == ["p1: its words"]
    *first, last = told(*((f"p{place}: {place} rows",) for place in range(300)))
    assert (len(first), last) == (5, "295 more notes of single shards are left out")


@pytest.mark.parametrize("target", ["x.npy", "out/"])
def test_a_shard_that_is_damaged_is_named_and_nothing_stays(
    target, folder, tmp_path, dask, latent
):
    path = sorted(folder.iterdir())[2]
    path.write_bytes(path.read_bytes()[:40])
    before = sorted(tmp_path.iterdir())
    asked = ("convert", folder, f"{tmp_path}/{target}", "--dask", dask)
    asked += ("--to", "npy") if target == "out/" else ()
    code, out, err = latent(*asked)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert path.name in err
    assert sorted(tmp_path.iterdir()) == before
    code, out, err = latent(*asked, "--skip-bad-shards", "--json")
    assert (code, "1 shard is left out" in err) == (0, True)
    found = json.loads(out)
    assert found["settings"]["skipped_shards"] == 1
    repeated = path.suffix == ".txt" and target == "x.npy"  # a word of the first shard
    assert found["results"][0]["rows"] == 9000 - 4999 - repeated


def test_the_format_of_new_shards_is_to_be_named(folder, tmp_path, dask, latent):
    code, _, err = latent("convert", folder, f"{tmp_path}/out/", "--dask", dask)
    assert (code, "--to names the format" in err) == (2, True)


def test_columns_of_shards_are_shown(tmp_path, dask, answers):
    for place, part in enumerate(PARTS):
        flat = pa.FixedSizeListArray.from_arrays(pa.array(CODES[part].ravel()), 6)
        table = {"word": [WORDS[row] for row in part], "vector": flat, "n": part}
        pq.write_table(pa.table(table), tmp_path / f"p{place}.parquet")
    asked = ("neighbors", "w9", "-v", tmp_path, "--show", "n", "--where", "n > 20")
    plain, laid = answers(*asked), answers(*asked, "--dask", dask)
    assert plain["results"] == laid["results"]
    assert laid["results"][0]["n"] > 20


def test_shards_of_zarr_are_read_back_by_zarr(folder, tmp_path, dask, answers):
    out = tmp_path / "out"
    found = answers("convert", folder, f"{out}/", "--to", "zarr", "--dask", dask)
    (record,) = found["results"]
    assert (record["format"], record["rows"]) == ("Zarr array, words in FILE.words.txt", 9000)
    for path in sorted(folder.iterdir()):
        alone = tmp_path / f"{path.stem}.npy"
        answers("convert", path, alone)
        array = zarr.open_array(str(out / f"{path.stem}.zarr"), mode="r")
        assert array.dtype == np.load(alone).dtype
        assert np.array_equal(array[:], np.load(alone))
        beside = out / f"{path.stem}.zarr.words.txt"
        words = tmp_path / f"{alone.name}.words.txt"
        assert (beside.exists() and beside.read_bytes()) == (
            words.exists() and words.read_bytes()
        )
    size = sum(
        one.stat().st_size
        for one in out.rglob("*")
        if not one.name.endswith(".txt") and one.is_file()
    )
    assert record["bytes"] == size


@pytest.mark.parametrize("to", ["npy", "parquet", "arrow", "word2vec", "zarr"])
def test_shards_of_zarr_become_others(to, tmp_path, dask, answers):
    (tmp_path / "in").mkdir()
    for place, part in enumerate(PARTS):
        zarr.save(str(tmp_path / "in" / f"p{place}.zarr"), CODES[part].astype(np.float64))
        words = "".join(f"w{row}\n" for row in part)
        (tmp_path / "in" / f"p{place}.zarr.words.txt").write_text(words)
    answers("convert", tmp_path / "in", f"{tmp_path}/out/", "--to", to, "--dask", dask)
    given = ("neighbors", "w1", "w8999", "-k", "3", "-v")
    np.save(tmp_path / "whole.npy", CODES)
    (tmp_path / "whole.npy.words.txt").write_text("".join(f"{word}\n" for word in WORDS))
    plain = answers(*given, tmp_path / "whole.npy")["results"]
    for one in (tmp_path / "in", tmp_path / "out"):
        laid = answers(*given, one, "--dask", dask)["results"]
        assert [(one["word"], one["rank"]) for one in laid] == [
            (one["word"], one["rank"]) for one in plain
        ]


@pytest.mark.parametrize("dtype", ["float16", "int8", "half"])
def test_dtypes_of_zarr(dtype, folder, tmp_path, dask, latent):
    given = ("convert", folder, f"{tmp_path}/out/", "--to", "zarr", "--dtype", dtype)
    code, _, err = latent(*given, "--dask", dask, "--json")
    if dtype != "float16":
        assert (code, dtype in err, (tmp_path / "out").exists()) == (2, True, False)
        return
    assert code == 0, err
    kinds = {
        str(zarr.open_array(str(one), mode="r").dtype)
        for one in (tmp_path / "out").glob("*.zarr")
    }
    assert kinds == {"float16"}
