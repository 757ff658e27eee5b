import json

import numpy as np
import pytest

from latentcli.errors import FormatError
from latentcli.files import codes
from latentcli.files.formats import text
from latentcli.files.store.cache import open_entry


@pytest.mark.parametrize(
    ("content", "expected"),
    [("[1, 2, 3]", [1, 2, 3]), ("[[1, 2], [3, 4]]", [[1, 2], [3, 4]]), ("[1]", [1]),
     ("\ufeff [ [ 1.5,2 ] ]\n", [[1.5, 2]]), ("[\n[-1e-3, 0]\n]", [[-0.001, 0]]),
     ('{"z": [1, 2]}', [1, 2]), ('{"name": "x", "codes": [[1], [2]]}', [[1], [2]]),
     ('{"z": [1, 2], "w": [3, 4]}', [1, 2]), ("[[[1, 2]], [[3, 4]]]", [[[1, 2]], [[3, 4]]])],
)  # fmt: skip
def test_lists_of_numbers(put, content, expected):
    loaded = codes.read(str(put(content, "z.json")))
    assert loaded.values.tolist() == expected
    assert loaded.values.dtype == np.float64


def test_named_arrays_are_asked_by_key(put):
    path = put('{"a": [1, 2], "b": [[3, 4, 5]]}', "z.json")
    assert codes.load(f"{path}::b").values.tolist() == [[3, 4, 5]]
    with pytest.raises(FormatError, match=r"several arrays \(a \(2,\) float64, b \(1, 3\)"):
        codes.load(str(path))


@pytest.mark.parametrize(
    ("content", "message"),
    [("[]", "no list of numbers"), ("[[1, 2], [3]]", "rows of different lengths"),
     ('{"a": "b"}', "no list of numbers"), ('{"a": [1}', "not JSON"),
     ("[1, null]", "NaN or infinity in row 0"), ("[1, NaN]", "NaN or infinity in row 0"),
     ("[1, 1e999]", "NaN or infinity"), ('[1, "2"]', "no list of numbers"),
     ("[" * 100_000, "not a word and numbers"), ("[[1, 2]]\n[[3, 4]]", "not JSON")],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_array_is_told_in_one_line(put, content, message):
    with pytest.raises(FormatError, match=message) as error:
        codes.load(str(put(content, "z.json")))
    assert str(error.value).isprintable()


@pytest.mark.parametrize("first", ["[", "[1]", "{", "[1,", '{"', "[[", "[]"])
def test_words_with_brackets_are_words(opened, first):
    entry = opened(f"{first} 0.1 0.2 0.3\nking 1 2 3\nqueen 4 5 6\n")
    assert entry.vocabulary.words([0, 1]) == [first, "king"]


def test_it_can_be_searched_like_any_array(put):
    entry = open_entry(str(put("[[1, 2], [3, 4]]", "z.json")))
    assert entry.matrix.tolist() == [[1, 2], [3, 4]]


LONG = {
    "words": {f"w{n}": [0.5, n] for n in range(2000)},
    "lists": [[0.5, n] for n in range(3000)],
    "records": [{"text": f"w{n}", "embedding": [0.5, n]} for n in range(1000)],
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_line_of_json_is_not_searched_for_rows_of_text(opened, monkeypatch, name):
    monkeypatch.setattr(text, "layout", None)  # it takes ten times as long as to read the JSON
    assert opened(json.dumps(LONG[name])).matrix[7].tolist() == [0.5, 7]


def test_a_long_row_in_brackets_is_text(opened):
    rows = ["[" + ", ".join(["0.25"] * 5000 + [str(n)]) + "]" for n in range(3)]
    entry = opened("\n".join(rows) + "\n")
    assert entry.meta["format"] == "numbers as text"
    assert entry.matrix[:, -1].tolist() == [0, 1, 2]
