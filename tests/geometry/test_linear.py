import numpy as np
import pytest

from latentcli.geometry import _linear as linear
from latentcli.geometry._cloud import Cloud, Relation
from latentcli.geometry._sampling import Settings
from latentcli.numerics.offset_consistency import mean_cosine
from latentcli.numerics.vectors import unit

RNG = np.random.default_rng(0)


def measured(rows, *relations):
    cloud = Cloud(rows, Settings(), relations=[Relation(*one) for one in relations])
    return linear.measure(cloud)


def test_what_relation_says():
    starts, ends = RNG.standard_normal((12, 6)), RNG.standard_normal((12, 6)) + 1
    found = linear.offset_cosine(starts, ends)
    assert found == pytest.approx(mean_cosine(unit(ends - starts)))


def test_one_direction_and_none():
    starts = RNG.standard_normal((30, 20))
    rows = np.concatenate([starts, starts + 5 * np.eye(20)[0], RNG.standard_normal((30, 20))])
    numbers = np.arange(30)
    same, other, mean = measured(
        rows,
        ("same", np.column_stack([numbers, numbers + 30])),
        ("other", np.column_stack([numbers, numbers + 60])),
    )
    assert same.value == pytest.approx(1)
    assert (same.reading, same.p_value < 0.001) == ("one direction", True)
    assert other.value == pytest.approx(0, abs=0.05)
    assert other.reading == "no common direction"
    assert other.interval.low < 0 < other.interval.high
    assert mean.value == pytest.approx((same.value + other.value) / 2)
    assert mean.variant == "mean of 2 relations"


@pytest.mark.parametrize("pairs", [[[0, 1]], [[0, 1], [0, 1]], [[0, 0], [1, 1]]])
def test_fewer_than_two_directions(pairs):
    (one,) = measured(np.eye(4), ("few", np.array(pairs)))
    assert one.value is None
    assert "two pairs" in one.note


def test_no_pairs_at_all():
    (one,) = measured(np.eye(4), ("none", np.zeros((0, 2), dtype=np.int64)))
    assert one.value is None


def test_three_pairs_are_too_few_for_a_verdict():
    """Of 3! pairings one is the given one: p is 1/6 at least, however well they agree."""
    rows = np.concatenate([RNG.standard_normal((3, 9)), np.zeros((3, 9))])
    rows[3:] = rows[:3] + 1
    (one,) = measured(rows, ("few", np.array([[0, 3], [1, 4], [2, 5]])))
    assert one.value == pytest.approx(1)
    assert one.reading == "too few pairs"
