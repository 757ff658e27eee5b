import gzip

import pytest

from latentcli.errors import FormatError
from latentcli.files import pairs


def test_pairs_and_analogies_under_headings(tmp_path):
    path = tmp_path / "some.txt"
    path.write_text(
        "a b\n: two  \n\nc d e f\nc d\n# nothing\nnew york\tusa\n", encoding="utf-8"
    )
    assert pairs.read(str(path)) == {
        "some": [("a", "b")],
        "two": [("c", "d"), ("e", "f"), ("new york", "usa")],
    }


def test_real_analogies(data):
    found = pairs.read(str(data / "evalsets" / "questions-words.txt"))
    assert len(found) == 14
    assert found["capital-common-countries"][0] == ("Athens", "Greece")
    assert len(found["capital-common-countries"]) == 23


def test_packed_with_odd_line_ends_and_a_mark(tmp_path):
    path = tmp_path / "pairs.txt.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbfa b\r\nc d\r\n"))
    assert pairs.read(str(path)) == {"pairs.txt": [("a", "b"), ("c", "d")]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no pairs"),
        (b": only a heading\n", "no pairs"),
        (b"a b\na b c\n", "line 2: 'a b c'"),
        (b"a\t\tb c\td\n", "line 1"),
        (b"\x00\x01\x02", "not a text file"),
    ],
)
def test_what_holds_no_pairs(tmp_path, content, message):
    path = tmp_path / "pairs.txt"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=message):
        pairs.read(str(path))
