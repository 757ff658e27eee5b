"""Lines of text; that BOMs and packed files are read is tested with what is made of them."""

import io

import pytest

from latentcli import readers
from latentcli.errors import FormatError
from latentcli.files import lines


@pytest.mark.parametrize("address", ["-", "file"])
def test_text_of_any_length_is_not_read(tmp_path, monkeypatch, address):
    path = tmp_path / "long.txt"
    path.write_text("a b c d\n" * (1 << 18))
    monkeypatch.setattr("sys.stdin", io.StringIO(path.read_text()))
    where = address if address == "-" else str(path)
    with pytest.raises(FormatError, match="more than 1 MB of text"):
        lines.read(where, most=1 << 20)


@pytest.mark.parametrize(
    "read",
    [
        readers.read_questions,
        readers.read_pairs,
        readers.read_word_lists,
        readers.read_odd_sets,
    ],
)
def test_vectors_given_for_a_set_are_refused_before_they_are_parted(
    tmp_path, monkeypatch, read
):
    monkeypatch.setattr(lines, "MOST_OF_A_SET", 1 << 20)
    path = tmp_path / "vectors.txt"
    path.write_text("the 0.418 0.24968 -0.41242\n" * (1 << 16))
    with pytest.raises(FormatError, match=r"vectors\.txt: more than 1 MB of text"):
        read(str(path))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\rb\r", ["a", "b"]),
        ("a\r\nb\r\n", ["a", "b"]),
        ("a\rb\nc", ["a\rb", "c"]),
        ("", []),
        ("\n\n", ["", ""]),
    ],
)
def test_line_ends(tmp_path, text, found):
    path = tmp_path / "lines.txt"
    path.write_bytes(text.encode())
    assert lines.read(str(path)) == ("lines.txt", found)
