"""Queries that are made to take long: the time grows with their length, and no faster; all in 2 GB.

Time itself is not measured here: what was quadratic took minutes at these lengths, and `limited` ends it.
"""

import json
from contextlib import suppress

import pytest

from latentcli.cli.batch import LONGEST, split_line
from latentcli.errors import ParameterError
from latentcli.words._expression import MOST_CHARACTERS, parse


@pytest.mark.parametrize(
    "text",
    ["9" * 190_000, "1." + "9" * 190_000, "1e" + "9" * 190_000, "+" * 190_000, "'" * 190_000,
     "a" + " " * 190_000, "'a" * 95_000, "0.5*" * 47_000, '"a b" ' * 30_000, "1*'" * 60_000],
    ids=lambda text: text[:6],
)  # fmt: skip
def test_an_expression_is_read_in_time_that_grows_with_its_length(text):
    with suppress(ParameterError):
        assert parse(text)


def test_an_expression_that_is_too_long_is_not_read():
    with pytest.raises(ParameterError, match="at most 200,000"):
        parse("a" * (MOST_CHARACTERS + 1))


def test_a_line_of_quoted_words_is_split_once():
    words = ["new york"] * 90_000
    assert split_line(" ".join(f'"{word}"' for word in words)) == words
    assert split_line('"' * 500_000)
    assert split_line('"a' * 250_000)


def test_a_query_without_an_end_is_one_line(limited):
    """64 MB without a line break; before, all of it was kept, and looked at again for each part."""
    code, _, err = limited("expr", "-", "-q", stdin=b"king " * 13_000_000)
    assert code == 1
    (line,) = err.splitlines()
    assert f"a line of more than {LONGEST:,} bytes is not a query" in line


def test_a_line_of_very_many_quoted_words_is_answered(limited):
    line = b" + ".join([b'"king"'] * 1900) + b"\n"
    code, out, err = limited("expr", "-", "-q", "--json", stdin=line)
    assert (code, err) == (0, "")
    assert json.loads(out)["results"]
