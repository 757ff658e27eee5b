import itertools
import math

import numpy as np
import pytest
from scipy import stats

from latentcli.numerics.halves import Halves, parts_of
from latentcli.numerics.repeats import Repeats

ROWS = 9_000


def reach(draws=20, **options):
    """Return the reach of the interval of a statistic that is 1 or -1, in turn, whatever the rows are."""
    values = itertools.cycle([1.0, -1.0])
    halves = Halves(
        ROWS,
        lambda rows: dict.fromkeys(("whole", "term"), next(values)),
        ci=0.95,
        seed=0,
        draws=draws,
    )
    interval = halves.interval("whole", 0.0, **options)
    assert interval.low == pytest.approx(-interval.high)
    return interval.high


def test_a_deviation_falls_with_the_root_of_the_number_of_rows():
    deviation = math.sqrt(20 / 19)  # of 1 and -1, ten times each
    expected = stats.t.ppf(0.975, 19) * deviation * math.sqrt(1_000 / (ROWS - 1_000))
    assert reach() == pytest.approx(expected)


def test_the_deviation_of_noise_stays():
    """A term that is all of the statistic, and varies as much for any number of rows, is not scaled."""
    expected = stats.t.ppf(0.975, 19) * math.sqrt(20 / 19)
    assert reach(lasting="term") == pytest.approx(expected)


@pytest.mark.parametrize(
    ("rows", "most", "expected"),
    [(900, 1_000, 450), (9_000, 1_000, 1_000), (9_000, 2_500, 2_500)],
)
def test_parts_are_halves_up_to_a_limit(rows, most, expected):
    parts = parts_of(Repeats(rows), 0, draws=3, most=most)
    assert [len(part) for part in parts] == [expected] * 3
    assert all(len(np.unique(part)) == expected for part in parts)
