"""Rows of one set as shards: files that say how many they are, whole or none of them."""

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import latentcli
from latentcli.errors import FileError, ParameterError
from latentcli.files import contents, sharding, writing

VALUES = np.random.default_rng(0).standard_normal((10, 3)).astype(np.float32)
WORDS = [f"w{row}" for row in range(10)]
LENGTHS = [[10], [5, 5], [4, 3, 3], [3, 3, 2, 2], [1] * 10]


CONTENT = contents.named_rows(WORDS, VALUES)


def names(shards, ending):
    return [f"part-{place:05d}-of-{shards:05d}{ending}" for place in range(shards)]


@pytest.mark.parametrize("lengths", LENGTHS, ids=len)
@pytest.mark.parametrize("to", ["parquet", "npy", "word2vec-text", "json_lines", "arrow"])
def test_shards_together_are_the_set(to, lengths, tmp_path):
    out = tmp_path / "out"
    found = sharding.write_shards(CONTENT, len(lengths), out, to)
    ending = writing.WRITERS[to].endings[0]
    paths = [out / name for name in names(len(lengths), ending)]
    spaces = [latentcli.open(path) for path in paths]
    assert [len(space.matrix) for space in spaces] == lengths
    assert [*map(len, np.array_split(VALUES, len(lengths)))] == lengths
    assert np.array_equal(np.concatenate([space.matrix for space in spaces]), VALUES)
    assert [
        word
        for space in spaces
        for word in space.entry.vocabulary.words(range(len(space.matrix)))
    ] == WORDS
    assert found.size == sum(path.stat().st_size for path in paths)
    whole = latentcli.open(out)
    assert np.array_equal(whole.matrix, VALUES)


def test_other_columns_and_dtypes_go_along(tmp_path, latent):
    flat = pa.FixedSizeListArray.from_arrays(pa.array(VALUES.ravel()), 3)
    table = pa.table({"title": WORDS, "vector": flat, "page": range(10)})
    pq.write_table(table, tmp_path / "in.parquet")
    given = ("convert", tmp_path / "in.parquet", tmp_path / "out", "--to", "parquet")
    assert latent(*given, "--shards", "3")[0] == 0
    found = pa.concat_tables(
        [pq.read_table(tmp_path / "out" / name) for name in names(3, ".parquet")]
    )
    assert found.select(["title", "page"]).equals(table.select(["title", "page"]))
    flat = found["vector"].combine_chunks().flatten().to_numpy()
    assert np.array_equal(flat.reshape(10, 3), VALUES)


@pytest.mark.parametrize("dtype", ["float64", "float16", "int32"])
@pytest.mark.parametrize("shape", [(10, 3), (10, 2, 4)], ids=str)
def test_arrays_keep_their_dtype_and_shape(dtype, shape, tmp_path, latent):
    values = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    np.save(tmp_path / "in.npy", values)
    given = ("convert", tmp_path / "in.npy", tmp_path / "out", "--to", "npy", "--shards", "4")
    code, _, err = latent(*given)
    assert code == 0, err
    parts = [np.load(tmp_path / "out" / name) for name in names(4, ".npy")]
    assert {part.dtype for part in parts} == {values.dtype}
    for part, expected in zip(parts, np.array_split(values, 4), strict=True):
        assert np.array_equal(part, expected)


def test_rows_without_words_are_called_by_their_numbers_in_the_set(tmp_path, latent):
    np.save(tmp_path / "in.npy", VALUES)
    given = ("convert", tmp_path / "in.npy", tmp_path / "out", "--to", "word2vec-text")
    assert latent(*given, "--shards", "3")[0] == 0
    lines = [
        line for name in names(3, ".txt")
        for line in (tmp_path / "out" / name).read_text().splitlines()[1:]
    ]  # fmt: skip
    assert [line.split()[0] for line in lines] == [*map(str, range(10))]


def test_metadata_of_labels_is_that_of_the_rows(tmp_path, latent):
    np.save(tmp_path / "in.npy", VALUES)
    labels = "".join(f"{word}\t{row}\n" for row, word in enumerate(WORDS))
    (tmp_path / "labels.tsv").write_text(f"word\tpage\n{labels}")
    given = ("convert", tmp_path / "in.npy", tmp_path / "out", "--to", "projector")
    code, _, err = latent(*given, "--labels", tmp_path / "labels.tsv", "--shards", "3")
    assert code == 0, err
    lines = (tmp_path / "out" / "part-00001-of-00003.metadata.tsv").read_text().splitlines()
    assert lines == ["word\tpage", "w4\t4", "w5\t5", "w6\t6"]


@pytest.mark.parametrize("shards", [0, 11])
def test_more_shards_than_rows_are_refused(shards, tmp_path):
    with pytest.raises(ParameterError, match="from 1 to 10, the rows"):
        sharding.write_shards(CONTENT, shards, tmp_path / "out", "npy")
    assert [*tmp_path.iterdir()] == []


def test_nothing_stays_of_shards_that_fail(tmp_path):
    def batches(part=slice(None)):
        if part.start:
            raise FileError("cut short")
        return CONTENT.batches(part)

    fails = dataclasses.replace(CONTENT, batches=batches)
    with pytest.raises(FileError, match="cut short"):
        sharding.write_shards(fails, 3, tmp_path / "out", "npy")
    assert [*tmp_path.iterdir()] == []


def test_a_folder_with_files_is_refused(tmp_path, latent, samples):
    (tmp_path / "out").mkdir()
    given = ("convert", samples / "codes.npy", tmp_path / "out", "--to", "npy", "--shards", "2")
    assert latent(*given)[0] == 0  # an empty one is taken
    code, out, err = latent(*given)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "is there already; shards go to a new folder" in err


@pytest.mark.parametrize(
    ("options", "message"),
    [(("--shards", "2"), "--to names the format of the shards"),
     (("--shards", "2", "--to", "npy", "--force"), "--force does not go with --shards"),
     (("--shards", "2", "--to", "npy", "--dask", "local:1"), "--shards does not go with --dask"),
     (("--shards", "2", "--to", "zarr"), "zarr"),
     (("--shards", "99", "--to", "npy"), "--shards is 99; it must be a whole number from 1 to 12")],
)  # fmt: skip
def test_wrong_command_lines(options, message, tmp_path, latent, samples):
    code, out, err = latent("convert", samples / "codes.npy", tmp_path / "out", *options)
    assert (code, out, message in err) == (2, "", True), err
    assert [one.name for one in tmp_path.iterdir() if one.name != "cache"] == []


def test_what_cannot_be_kept_is_said_with_the_shard(tmp_path):
    words = [*WORDS[:9], "two words"]
    content = contents.named_rows(words, VALUES)
    content.notes.append("of all rows")
    found = sharding.write_shards(content, 3, tmp_path / "out", "word2vec")
    first, second = found.notes
    assert first == "of all rows"
    assert second.startswith("part-00002-of-00003.bin: 1 word holds a blank")
