"""Expressions: what is equal, what is wrong, and words made to be misread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentcli.errors import ParameterError
from latentcli.words._expression import parse, parse_tokens

KING_WOMAN = [(1.0, "king"), (-1.0, "man"), (0.5, "woman")]


@pytest.mark.parametrize(
    "text",
    [
        "king - man + 0.5*woman",
        "king -man +0.5*woman",
        "  king  -  man  +  0.5*woman  ",
        "king - man + .5*woman",
        "king - man + 5e-1*woman",
        "king - man + 0.5 * woman",
        "king - man - -0.5*woman",
        "+ king - man + 0.5*woman",
        "king \N{MINUS SIGN} man + 0.5*woman",
        "'king' - \"man\" + 0.5*'woman'",
        "king + - man + 0.5*woman",
        "1*king - 1*man + 0.5*woman",
        "king\t-\tman\n+ 0.5*woman",
        "king -'man' +0.5*'woman'",
    ],
)
def test_ways_to_write_one_expression(text):
    assert parse(text) == KING_WOMAN


@pytest.mark.parametrize(
    "tokens",
    [
        "king - man + 0.5*woman",
        "king -man +0.5*woman",
        "king - man + 0.5 * woman",
        "king - -1*man - -0.5*woman",
    ],
)
def test_tokens_of_the_shell_read_like_one_string(tokens):
    if "-1*" in tokens:
        assert parse_tokens(tokens.split()) == [(1.0, "king"), (1.0, "man"), (0.5, "woman")]
    else:
        assert parse_tokens(tokens.split()) == KING_WOMAN


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("mother-in-law", [(1, "mother-in-law")]),
        ("mother-in-law - mother", [(1, "mother-in-law"), (-1, "mother")]),
        ("-lrb- + (", [(1, "-lrb-"), (1, "(")]),
        ("a - -lrb-", [(1, "a"), (-1, "-lrb-")]),
        ("c++ - c", [(1, "c++"), (-1, "c")]),
        ("a + c++", [(1, "a"), (1, "c++")]),
        ("2*c++", [(2, "c++")]),
        ("a - - b", [(1, "a"), (1, "b")]),
        ("a - - - b", [(1, "a"), (-1, "b")]),
        ("- king + man", [(-1, "king"), (1, "man")]),
        ("-2*king", [(-2, "king")]),
        ("-0.5*'new york'", [(-0.5, "new york")]),
        ("'new york' - usa", [(1, "new york"), (-1, "usa")]),
        ("usa -'new york'", [(1, "usa"), (-1, "new york")]),
        ('usa - 2*"new york"', [(1, "usa"), (-2, "new york")]),
        ("'2*x' - x", [(1, "2*x"), (-1, "x")]),
        ("'-' - '+'", [(1, "-"), (-1, "+")]),
        ("a + -", [(1, "a"), (1, "-")]),
        ("'it''s' - x", [(1, "it''s"), (-1, "x")]),
        ("king's - queen's", [(1, "king's"), (-1, "queen's")]),
        ("2*", [(1, "2*")]),
        ("*", [(1, "*")]),
        ("5 - 3", [(1, "5"), (-1, "3")]),
        ("2 * 3 - 1", [(2, "3"), (-1, "1")]),
        ("e5*x", [(1, "e5*x")]),
        ("日本 - 東京", [(1, "日本"), (-1, "東京")]),
        ("0*king", [(0, "king")]),
        ("[/b] - :smile:", [(1, "[/b]"), (-1, ":smile:")]),
    ],
)
def test_words_with_signs_quotes_and_numbers(text, terms):
    assert parse(text) == terms


@pytest.mark.parametrize("text", ["", "   ", "king -", "king - man +"])
def test_an_expression_that_stops_short_says_a_word_is_due(text):
    with pytest.raises(ParameterError, match="a word is expected"):
        parse(text)


@pytest.mark.parametrize(
    "text", ["king man", "king 0.5*woman", "new york - usa", "'a' 'b'", "king 2 * man", "a , b"]
)
def test_words_without_a_sign_between_them_are_refused(text):
    with pytest.raises(ParameterError, match="'\\+' or '-' is missing between"):
        parse(text)


@pytest.mark.parametrize("text", ["1e999*a", "a - 1e200 * b", "1e60 * 1e60 * a"])
def test_weights_too_large_to_compute_with_are_refused(text):
    with pytest.raises(ParameterError, match="too large"):
        parse(text)


def test_an_unclosed_quote_is_not_a_quote():
    with pytest.raises(ParameterError, match=r"is missing between ''new' and 'york'"):
        parse("'new york")


def test_a_token_of_the_shell_with_blanks_is_one_word():
    assert parse_tokens(["new york", "-", "usa"]) == [(1.0, "new york"), (-1.0, "usa")]


WORD = st.text(
    st.characters(codec="utf-8", exclude_categories=["Z", "C"], exclude_characters="\"'"),
    min_size=1,
    max_size=8,
)
WEIGHT = st.floats(0, 1e6, allow_subnormal=False)


@given(st.lists(st.tuples(WEIGHT, st.booleans(), WORD), min_size=1, max_size=5), st.booleans())
def test_any_weighted_words_are_read_back(parts, quoted):
    mark = "'" if quoted else ""
    text = " ".join(
        f"{'-' if minus else '+'} {weight!r}*{mark}{word}{mark}"
        for weight, minus, word in parts
    )
    assert parse(text) == [
        (-weight if minus else weight, word) for weight, minus, word in parts
    ]


PHRASE = st.lists(WORD, min_size=1, max_size=3).map(" ".join)


@given(st.lists(PHRASE, min_size=1, max_size=5))
def test_any_quoted_phrases_are_read_back(phrases):
    text = " - ".join(f'"{phrase}"' for phrase in phrases)
    signs = [1.0] + [-1.0] * (len(phrases) - 1)
    assert parse(text) == list(zip(signs, phrases, strict=True))


@given(st.text(max_size=30))
def test_any_text_is_read_as_words_or_refused(text):
    try:
        terms = parse(text)
    except ParameterError:
        return
    assert terms
    assert all(isinstance(weight, float) and isinstance(word, str) for weight, word in terms)
