import pytest

from latentcli.errors import FileError, FormatError
from latentcli.files import counts


def read(tmp_path, content):
    path = tmp_path / "counts.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return counts.read(str(path))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("the 100\ncat 2\n", {"the": 100, "cat": 2}),
        ("the\t100\r\ncat\t2\r\n", {"the": 100, "cat": 2}),
        ("new york 3\n", {"new york": 3}),
        ("a 1\na 2.5\n\n", {"a": 3.5}),
        ("\ufeffthe 1", {"the": 1}),
        ("never 0\nonce 1", {"never": 0, "once": 1}),
        (b"\xff 1", {"\\xff": 1}),
    ],
)
def test_words_and_counts(tmp_path, content, found):
    assert read(tmp_path, content) == found


@pytest.mark.parametrize("line", ["cat", "cat dog", "3", "cat -1", "cat nan", "cat inf"])
def test_a_line_that_is_none_is_named(tmp_path, line):
    with pytest.raises(FormatError, match="line 2 is not a word and its count"):
        read(tmp_path, f"the 1\n{line}\n")


def test_counts_beyond_all_numbers(tmp_path):
    with pytest.raises(FormatError, match=r"counts\.txt: counts too large to add up"):
        read(tmp_path, "the 1e308\ncat 1e308\n")


@pytest.mark.parametrize("content", ["", "\n\n", "a 0\nb 0"])
def test_without_counts(tmp_path, content):
    with pytest.raises(FormatError, match="no counts in it"):
        read(tmp_path, content)


def test_binary_and_missing_files(tmp_path):
    with pytest.raises(FormatError, match="not a text file"):
        read(tmp_path, b"\x00\x01\x02")
    with pytest.raises(FileError, match="no such file"):
        counts.read(str(tmp_path / "absent.txt"))
    with pytest.raises(FileError):
        counts.read(str(tmp_path))
