"""Single values, for people and for machines."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentcli.render.cells import human, machine, plain, visible


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.59534, "0.5953"),
        (0.00005, "0.0001"),
        (0.00004, "4e-05"),
        (-0.0, "0.0000"),
        (-0.1, "-0.1000"),
        (1234567.891, "1,234,567.8910"),
        (3.4e38, "3.4000e+38"),
        (400000, "400,000"),
        (True, "yes"),
        (False, "no"),
        (None, "-"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        ("a\tb\x1b\u2028", "a\\tb\\x1b\\u2028"),
    ],
)
def test_for_people(value, text):
    assert human(value) == text


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (0.6510956883430481, 0.651096),
        (1.23456789e-8, 1.23457e-08),
        (1e38, 1e38),
        (math.nan, None),
        (math.inf, None),
        (True, True),
        (7, 7),
        ("a\tb", "a\tb"),
    ],
)
def test_for_machines(value, data):
    found = machine(value)
    assert found == data
    assert type(found) is type(data)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (math.nan, ""), (True, "true"), (False, "false"), (0.5, "0.5")],
)
def test_for_csv(value, text):
    assert plain(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_data_is_within_half_a_millionth_or_six_digits(value):
    found = machine(value)
    assert abs(found - value) <= max(5.1e-7, 1e-15 * abs(value))
    if 0 < abs(value) < 1e-3:
        assert found == pytest.approx(value, rel=1e-5, abs=5e-324)


@given(st.text())
def test_what_is_shown_holds_no_control_character(text):
    shown = visible(text)
    assert not [character for character in shown if ord(character) < 32 or character == "\x7f"]
    assert not set(
        "\x1b\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"
    ) & set(shown)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_ordinary_text_is_shown_as_it_is(text):
    assert visible(text) == text
