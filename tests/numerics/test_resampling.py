"""Intervals: closed forms, and SciPy."""

import numpy as np
import pytest
from scipy import stats

from latentcli.numerics.resampling import GROUPS, bootstrap, groups, jackknife


def test_groups_part_all_rows():
    parted = groups(103, seed=0)
    assert len(parted) == GROUPS
    assert sorted(np.concatenate(parted).tolist()) == list(range(103))
    assert {len(group) for group in parted} == {5, 6}
    assert [len(group) for group in groups(3, 0)] == [1, 1, 1]


def test_the_jackknife_of_a_mean_is_students_interval():
    """Leaving one out, the jackknife's variance of a mean is s^2 / n."""
    values = np.random.default_rng(0).uniform(-0.2, 0.2, 15)
    left_out = [float(np.delete(values, row).mean()) for row in range(15)]
    found = jackknife(float(values.mean()), left_out, 0.9)
    low, high = stats.t.interval(0.9, 14, values.mean(), stats.sem(values))
    assert found == pytest.approx((low, high))


def test_an_interval_ends_where_the_value_cannot_go():
    low, high = jackknife(0.9, [0.5, 1.0, 0.9], 0.95, limit=1.0)
    assert -1 <= low < 0.9
    assert high == 1


@pytest.mark.parametrize("left_out", [[], [0.5], [0.5, None, 0.5]])
def test_without_all_parts_there_is_no_interval(left_out):
    assert jackknife(0.5, left_out, 0.95) == (None, None)


def test_the_bootstrap_of_many_is_the_normal_interval():
    values = np.random.default_rng(0).normal(size=2000)
    low, high = bootstrap(values, 0.95, seed=0)
    reach = 1.96 * values.std() / 2000**0.5
    assert (low, high) == pytest.approx(
        (values.mean() - reach, values.mean() + reach), abs=0.15 * reach
    )
    assert bootstrap(values, 0.95, seed=0) == (low, high)
    assert bootstrap(values, 0.5, seed=0)[1] < high


def test_few_values_have_no_interval():
    assert bootstrap(np.arange(7.0), 0.95, 0) == (None, None)
    assert bootstrap(np.arange(9.0), 0.95, 0, lambda part: part[:, 0] * np.nan) == (None, None)
