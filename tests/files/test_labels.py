import gzip

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from latentcli.errors import FileError, FormatError, LatentError, ParameterError
from latentcli.files.store.cache import open_entry

VALUES = np.array([[1, 2], [3, 4], [5, 6]], dtype=np.float32)
WORDS = ["cat", "black cat", "東京"]


@pytest.fixture
def codes(tmp_path):
    path = tmp_path / "codes.npy"
    np.save(path, VALUES)
    return path


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "codes.npz"
    np.savez(path, w=VALUES, one=np.array(WORDS), two=np.array(["x", "y", "z"]))
    return path


def words(entry):
    return [word for _, word in entry.vocabulary.items()]


@pytest.mark.parametrize(
    "content",
    [
        "cat\nblack cat\n東京\n",
        "cat\nblack cat\n東京",
        "cat\r\nblack cat\r\n東京\r\n",
        "\ufeffcat\nblack cat\n東京\n",
    ],
)
def test_a_file_has_a_label_on_each_line(codes, put, content):
    entry = open_entry(str(codes), labels=str(put(content, "labels.txt")))
    assert words(entry) == WORDS
    assert entry.vocabulary.named


def test_a_compressed_file_of_labels_is_read(codes, put):
    path = put(gzip.compress("\n".join(WORDS).encode()), "labels.gz")
    assert words(open_entry(str(codes), labels=str(path))) == WORDS


def test_labels_that_are_not_utf8_are_shown(codes, put):
    path = put(b"a\nb\xff\n\n", "labels.txt")
    assert words(open_entry(str(codes), labels=str(path))) == ["a", "b\\xff", ""]


def test_rows_without_labels_are_called_by_their_number(codes):
    entry = open_entry(str(codes))
    assert words(entry) == ["0", "1", "2"]
    assert not entry.vocabulary.named


def test_words_beside_an_array_are_its_labels(codes, put):
    put("\n".join(WORDS), "codes.npy.words.txt")
    first, second = open_entry(str(codes)), open_entry(str(codes))
    assert words(first) == words(second) == WORDS
    assert second.cached


def test_labels_that_are_named_win_over_words_beside(codes, put):
    put("\n".join(WORDS), "codes.npy.words.txt")
    entry = open_entry(str(codes), labels=str(put("x\ny\nz\n", "labels.txt")))
    assert words(entry) == ["x", "y", "z"]


def test_a_key_names_an_array_of_the_same_file(archive):
    assert words(open_entry(f"{archive}::w", labels="two")) == ["x", "y", "z"]
    assert words(open_entry(f"{archive}::w", labels="one")) == WORDS


def test_file_and_key_name_an_array_of_another_file(codes, archive):
    assert words(open_entry(str(codes), labels=f"{archive}::one")) == WORDS


def test_a_column_of_a_parquet_file_holds_labels(codes, tmp_path):
    pq.write_table(pa.table({"n": [1, 2, 3], "name": WORDS}), tmp_path / "t.parquet")
    assert words(open_entry(str(codes), labels=f"{tmp_path}/t.parquet::name")) == WORDS
    assert words(open_entry(str(codes), labels=f"{tmp_path}/t.parquet::n")) == ["1", "2", "3"]


def test_labels_replace_the_words_of_a_file(opened, put):
    entry = opened("a 1 2\nb 3 4\n", labels=str(put("x\ny\n", "labels.txt")))
    assert words(entry) == ["x", "y"]
    assert entry.vocabulary.row("a") is None


def test_a_label_may_name_many_rows_and_none_is_dropped(codes, put):
    entry = open_entry(str(codes), labels=str(put("a\nb\na\n", "labels.txt")))
    assert words(entry) == ["a", "b", "a"]
    assert entry.vocabulary.row("a") == 0
    assert (entry.norms > 0).all()
    assert "shares its label" in entry.notes[0]


def test_changed_labels_make_an_entry_stale(codes, put):
    path = put("a\nb\nc\n", "labels.txt")
    assert words(open_entry(str(codes), labels=str(path))) == ["a", "b", "c"]
    path.write_text("a\nb\nd\n")
    assert words(open_entry(str(codes), labels=str(path))) == ["a", "b", "d"]
    assert words(open_entry(str(codes))) == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("content", "count"),
    [("a\n", "1 label"), ("a\nb\nc\nd\n", "4 labels"), ("", "0 labels")],
)
def test_a_wrong_number_of_labels_is_refused(codes, put, content, count):
    path = put(content, "labels.txt")
    with pytest.raises(FormatError) as error:
        open_entry(str(codes), labels=str(path))
    assert str(error.value) == f"{path}: {count} for the 3 rows of codes.npy"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "absent.txt",
            "no such file: absent.txt, and codes.npy has no named arrays or columns",
        ),
        ("absent.npz::w", "no such file: absent.npz"),
        ("codes.npy", "not a text file with one label on each line"),
        ("codes.npz", "say which of codes.npz are the words: codes.npz::KEY"),
        ("codes.npz::absent", "no array 'absent'; it holds w, one, two"),
        ("codes.npz::w", "'w' holds float32, not words"),
        (".", "is a folder, not a file"),
        ("a\0b", "no such file"),
    ],
)
def test_labels_that_cannot_be_read_are_refused(codes, archive, monkeypatch, name, message):
    monkeypatch.chdir(codes.parent)
    with pytest.raises(LatentError) as error:
        open_entry("codes.npy", labels=name)
    assert message in str(error.value)
    assert isinstance(error.value, FileError | ParameterError)
