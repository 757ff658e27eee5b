"""Several files that are one space: folders, globs, lists, and the data sets of Hugging Face."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import latentcli
from latentcli.errors import FileError, FormatError
from latentcli.files.parts import resolve
from latentcli.files.store.cache import open_entry

ROWS = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 1.0]]
WORDS = ["a", "b", "c", "d"]


def write(path, words, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"text": words, "embedding": rows}), path)


@pytest.fixture
def shards(tmp_path):
    write(tmp_path / "emb" / "part-1.parquet", WORDS[2:], ROWS[2:])
    write(tmp_path / "emb" / "part-0.parquet", WORDS[:2], ROWS[:2])
    (tmp_path / "emb" / "_SUCCESS").touch()
    (tmp_path / "emb" / "README.md").touch()
    return tmp_path / "emb"


def words(entry):
    return [word for _, word in entry.vocabulary.items()]


def test_a_folder_a_glob_and_a_list_are_one_space(shards):
    in_order = [str(shards / "part-0.parquet"), str(shards / "part-1.parquet")]
    for address in (str(shards), str(shards / "*.parquet"), in_order):
        entry = open_entry(address)
        assert words(entry) == WORDS
        assert entry.matrix.tolist() == ROWS
        assert not entry.cached
        assert open_entry(address).cached
    assert words(open_entry(in_order[::-1])) == ["c", "d", "a", "b"]


def test_a_shard_that_comes_or_changes_is_read(shards):
    assert words(open_entry(str(shards))) == WORDS
    write(shards / "part-2.parquet", ["e"], [[3.0, 3.0]])
    assert words(open_entry(str(shards))) == [*WORDS, "e"]
    write(shards / "part-2.parquet", ["f"], [[3.0, 3.0]])
    assert words(open_entry(str(shards))) == [*WORDS, "f"]
    (shards / "part-2.parquet").unlink()
    assert words(open_entry(str(shards))) == WORDS


def test_a_column_is_chosen_in_all(shards):
    entry = open_entry(f"{shards}/*.parquet::embedding@text")
    assert words(entry) == WORDS
    with pytest.raises(FormatError, match="no column"):
        open_entry(f"{shards}::nothing")


def test_vectors_of_different_lengths_name_both_files(shards):
    write(shards / "part-2.parquet", ["e"], [[3.0, 3.0, 3.0]])
    with pytest.raises(
        FormatError, match=r"part-0\.parquet has vectors of 2 .*part-2\.parquet of 3"
    ):
        open_entry(str(shards))


def test_words_in_all_or_in_none(tmp_path):
    np.save(tmp_path / "a.npy", np.array(ROWS))
    np.save(tmp_path / "b.npy", np.array(ROWS) + 1)
    entry = open_entry(str(tmp_path / "*.npy"))
    assert entry.matrix.shape == (8, 2)
    assert not entry.vocabulary.named
    (tmp_path / "a.npy.words.txt").write_text("\n".join(WORDS))
    with pytest.raises(FormatError, match=r"a\.npy has words for its rows, b\.npy has not"):
        open_entry(str(tmp_path / "*.npy"))
    (tmp_path / "b.npy.words.txt").write_text("w\nx\ny\nz\n")
    assert words(open_entry(str(tmp_path / "*.npy"))) == [*WORDS, "w", "x", "y", "z"]


def test_text_with_words_of_an_earlier_file(tmp_path):
    (tmp_path / "a.txt").write_text("king 1 2\nqueen 2 1\n")
    (tmp_path / "b.txt").write_text("king 5 5\nman 0 1\n")
    entry = open_entry([str(tmp_path / "a.txt"), str(tmp_path / "b.txt")])
    assert words(entry) == ["king", "queen", "man"]
    assert any("1 duplicate word dropped" in note for note in entry.notes)


def test_folders_that_are_no_space(tmp_path, shards):
    with pytest.raises(FileError, match="has no files of vectors"):
        open_entry(str(tmp_path))
    with pytest.raises(FileError, match="no files match"):
        open_entry(str(tmp_path / "*.npy"))
    np.save(shards / "x.npy", np.array(ROWS))
    with pytest.raises(FileError, match=r"several kinds of files \(2 \.parquet, 1 \.npy\)"):
        open_entry(str(shards))


def test_a_name_with_a_bracket_is_a_file(tmp_path):
    (tmp_path / "a[1].txt").write_text("king 1 2\nqueen 2 1\n")
    assert resolve(str(tmp_path / "a[1].txt")).single
    assert words(open_entry(str(tmp_path / "a[1].txt"))) == ["king", "queen"]


def dataset(folder, order=("data-1.arrow", "data-0.arrow"), **state):
    """Write a folder as Hugging Face's library saves a data set."""
    folder.mkdir(parents=True)
    for number, name in enumerate(order):
        part = slice(2 * number, 2 * number + 2)
        table = pa.table({"text": WORDS[part], "embedding": ROWS[part], "lang": ["en", "de"]})
        with (
            pa.OSFile(str(folder / name), "wb") as file,
            pa.ipc.new_stream(file, table.schema) as out,
        ):
            out.write_table(table)
    files = [{"filename": name} for name in order]
    (folder / "state.json").write_text(json.dumps({"_data_files": files, **state}))
    (folder / "dataset_info.json").write_text("{}")


def test_a_dataset_on_disk_in_the_order_of_its_state(tmp_path):
    dataset(tmp_path / "ds")
    entry = open_entry(str(tmp_path / "ds"))
    assert words(entry) == WORDS
    space = latentcli.open(tmp_path / "ds")
    hits = space.neighbors("a", where='lang = "de"', show=["lang"])
    assert [(hit.word, record["lang"]) for hit, record in zip(hits, hits.records, strict=True)] == [
        ("d", "de"), ("b", "de"),
    ]  # fmt: skip


def test_datasets_that_are_not_one_list_of_rows(tmp_path):
    dataset(tmp_path / "dd" / "train")
    (tmp_path / "dd" / "dataset_dict.json").write_text('{"splits": ["train"]}')
    with pytest.raises(FormatError, match=r"of splits \(train\)\. Pick one: .*dd/train"):
        open_entry(str(tmp_path / "dd"))
    dataset(tmp_path / "chosen", _indices_data_files=[{"filename": "indices.arrow"}])
    with pytest.raises(FormatError, match="flatten_indices"):
        open_entry(str(tmp_path / "chosen"))
    dataset(tmp_path / "outside")
    (tmp_path / "outside" / "state.json").write_text(
        json.dumps({"_data_files": [{"filename": "../../etc/passwd"}]})
    )
    with pytest.raises(FormatError, match="names no files beside it"):
        open_entry(str(tmp_path / "outside"))


def test_a_space_of_several_files_is_pickled(shards):
    import pickle

    space = latentcli.open([shards / "part-0.parquet", shards / "part-1.parquet"])
    again = pickle.loads(pickle.dumps(space))
    assert words(again.entry) == WORDS
