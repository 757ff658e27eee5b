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


def test_the_interval_of_random_halves_is_that_of_a_mean():
    """Of a mean the deviation over halves is the standard error: 95 of 100 intervals hold 0."""
    from latentcli.numerics.resampling import half_sample_interval, half_samples

    inside = 0
    for seed in range(200):
        values = np.random.default_rng(seed).normal(size=100)
        halves = [float(values[rows].mean()) for rows in half_samples(100, seed)]
        low, high = half_sample_interval(float(values.mean()), halves, 0.95)
        assert low <= values.mean() <= high
        inside += low <= 0 <= high
    assert 180 <= inside <= 199


def test_halves_are_halves_without_repetition_and_few_rows_have_none():
    from latentcli.numerics.resampling import half_sample_interval, half_samples

    assert all(len(set(rows.tolist())) == 50 for rows in half_samples(101, 0))
    assert half_samples(39, 0) == []
    assert half_sample_interval(0.5, [], 0.95) is None
    assert half_sample_interval(0.5, [0.4, None, None], 0.95) is None
    assert half_sample_interval(1.0, [0.9, 0.8, 0.95], 0.95, low=0.0, high=1.0).high == 1.0


def test_the_reach_of_halves_grows_where_their_deviation_is_short():
    from latentcli.numerics.resampling import half_sample_interval

    def reach(value=0.5, halves=(0.2, 0.3), **settings):
        low, high = half_sample_interval(value, halves, 0.95, **settings)
        assert high - value == pytest.approx(value - low)
        return high - value

    plain = np.std([0.2, 0.3], ddof=1) * stats.t.ppf(0.975, 1)
    assert reach() == pytest.approx(plain)
    assert reach(widened=2.0) == pytest.approx(2 * plain)
    assert reach(relative=True) == pytest.approx(plain * 0.5 / 0.25)
    assert reach(0.2, relative=True) == pytest.approx(plain)  # halves score more
    assert reach(relative=True, widened=3.0) == pytest.approx(
        3 * plain
    )  # the larger of 3 and 2
    assert reach(relative=True, widened=1.5) == pytest.approx(2 * plain)
    assert reach(unbiased=True) == pytest.approx(plain)
    assert reach(2.0, unbiased=True) == pytest.approx(1.75)  # as far as the halves are away
