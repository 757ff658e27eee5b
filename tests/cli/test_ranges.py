import numpy as np
import pytest

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.ranges import numbers, ranges

# Ranges and numbers as they are typed.


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", [0]), ("1,2,5-10", [1, 2, 5, 6, 7, 8, 9, 10]), ("17", [17]), ("0-17", list(range(18))),
     (" 3 - 4 , 4", [3, 4]), ("9,2", [9, 2]), ("4-4", [4])],
)  # fmt: skip
def test_ranges_include_their_ends(text, expected):
    assert ranges(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "not a list of layers"), ("a", "not a list"), ("1,,2", "not a list"), ("-1", "not a"),
     ("1-", "not a list"), ("5-2", "'5-2' ends before it begins"), ("1.5", "not a list"),
     ("0-99999999999", "names more than 1,000,000 layers"), ("9" * 5000, "not a list")],
)  # fmt: skip
def test_a_bad_range_is_told(text, message):
    with pytest.raises(UsageError) as error:
        ranges(text)
    assert message in str(error.value)


@pytest.mark.parametrize("text", ["0-1000000", "0-4294967295"])
def test_a_range_is_not_written_out_beyond_reason(text):
    with pytest.raises(UsageError):
        ranges(text, "seed")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("-3:3:7", [-3, -2, -1, 0, 1, 2, 3]), ("0,0.33,1", [0, 0.33, 1]), ("2", [2]), ("5:9:1", [5]),
     ("1e-3", [0.001]), ("3:-3:3", [3, 0, -3])],
)  # fmt: skip
def test_numbers_are_a_list_or_a_count_between(text, expected):
    assert numbers(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "x", "1:2", "1:2:0", "1:2:-3", "1:2:2.5", "1:2:3:4", "nan", "inf", "0,nan", "nan:3:2",
     "-inf:inf:5", "0:1:1000000000000", "1;2"],
)  # fmt: skip
def test_bad_numbers_are_told(text):
    with pytest.raises(UsageError, match=r"^'"):
        numbers(text)


@pytest.mark.parametrize("text", ["-3:3:7", "0:1:11", "-0.1:0.7:13", "5:5:3", "1:0:6"])
def test_numbers_between_are_those_of_numpy(text):
    first, last, count = text.split(":")
    assert numbers(text) == np.linspace(float(first), float(last), int(count)).tolist()
