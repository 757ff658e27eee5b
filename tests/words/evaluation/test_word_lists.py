import json

import pytest

from latentcli.errors import FormatError, ParameterError
from latentcli.readers import read_odd_sets, read_word_lists
from latentcli.words.evaluation._analogy_sets import parse as parse_questions
from latentcli.words.evaluation._word_lists import (
    CALISKAN,
    OddSet,
    WordLists,
    association_tests,
    parse_odd_sets,
)

FOUR = {"x": ["a", "b"], "y": ["c"], "p": ["d"], "q": ["e", "f g"]}


def put(tmp_path, content, name="set.txt"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(FOUR),
        json.dumps(
            {name: {"category": "c", "examples": words} for name, words in FOUR.items()}
        ),
        "x: a b a\ny: c\np: d\nq: e, f g\n",
        b"\xef\xbb\xbfa\tx\r\nb\tx\r\nc\ty\r\nd\tp\r\ne\tq\r\nf g\tq\r\n",
    ],
)
def test_lists_however_they_are_written(tmp_path, content):
    assert read_word_lists(put(tmp_path, content)) == WordLists("set", FOUR)


@pytest.mark.parametrize(
    "content", ["", "one two three\n", "{}", '{"a": 1, "b": [2]}', '{"a": []}']
)
def test_no_lists_are_an_error(tmp_path, content):
    with pytest.raises(FormatError, match="no lists of words"):
        read_word_lists(put(tmp_path, content))


@pytest.mark.parametrize("content", ['{"a": [', "{" * 100_000])
def test_broken_json_is_told(tmp_path, content):
    with pytest.raises(FormatError, match="not JSON"):
        read_word_lists(put(tmp_path, content))


def test_four_lists_are_one_test():
    (test,) = association_tests(FOUR, [], [])
    assert (test.name, test.names) == ("x, y: p, q", ("x", "y", "p", "q"))
    assert test.lists == tuple(FOUR.values())


def test_the_ten_tests_of_the_paper(data):
    lists = read_word_lists(str(data / "evalsets" / "WEAT.json")).lists
    tests = association_tests(lists, [], [])
    assert [test.name for test in tests] == list(CALISKAN)
    # Targets of each test are of equal number, as in the paper.
    assert all(len(test.lists[0]) == len(test.lists[1]) for test in tests)


def test_lists_by_name():
    (test,) = association_tests(FOUR, ["y", "x"], ["q", "p"])
    assert test.names == ("y", "x", "q", "p")
    with pytest.raises(ParameterError, match="no list 'z'; there are x, y, p, q"):
        association_tests(FOUR, ["y", "z"], ["q", "p"])
    with pytest.raises(ParameterError, match="two names for `targets`"):
        association_tests(FOUR, ["y"], ["q", "p"])
    with pytest.raises(ParameterError, match="here 3 lists; choose two"):
        association_tests({name: FOUR[name] for name in "xyp"}, [], [])


def test_odd_ones_are_last(tmp_path):
    found = read_odd_sets(
        put(tmp_path, ": meals\nlunch dinner car\ntoo few\n: rest\na\tb c\td\n")
    )
    assert found.sections == {
        "meals": [OddSet(("lunch", "dinner"), "car")],
        "rest": [OddSet(("a", "b c"), "d")],
    }
    assert found.ignored == 1


def test_a_cluster_and_its_outliers(tmp_path):
    found = read_odd_sets(put(tmp_path, "lunch\ndinner\nbreakfast\n\ncar\ntruck\n"))
    cluster = ("lunch", "dinner", "breakfast")
    assert found.sections == {"set": [OddSet(cluster, "car"), OddSet(cluster, "truck")]}


@pytest.mark.parametrize("content", ["", "\n\n\n", ": s\n", "one two\n", "one\n\ntwo\n"])
def test_no_sets_are_an_error(tmp_path, content):
    with pytest.raises(FormatError, match="no sets in it"):
        read_odd_sets(put(tmp_path, content))


@pytest.mark.parametrize("parse", [parse_odd_sets, parse_questions])
@pytest.mark.parametrize("header", [[], ["2 3"]])
def test_vectors_are_no_sets_of_words(parse, header):
    """Of three dimensions, four fields on each line, as an analogy question has them."""
    lines = [*header, "king 0.5 -1e-3 2", "queen .25 1 -4."]
    with pytest.raises(FormatError, match=r"v\.txt: vectors, a word and numbers on each line"):
        parse("v.txt", lines)


def test_numbers_among_words_are_words():
    (found,) = parse_odd_sets("odd.txt", ["1 2 3 cat"]).sections.values()
    assert found[0].odd == "cat"
