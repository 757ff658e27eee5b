"""Intervals of scores without factors: from random halves of the rows."""

import numpy as np
import pytest

from latentcli.disentanglement import function

NAMES = ("wasserstein-dependence", "mutual-information-score")


def codes_of(seed, rows=400):
    rng = np.random.default_rng(seed)
    codes = rng.normal(size=(rows, 4))
    codes[:, 1] += codes[:, 0]
    return codes


@pytest.mark.parametrize("name", NAMES)
def test_the_interval_holds_what_other_rows_score(name):
    found = [function(name)(codes_of(seed)) for seed in range(20)]
    mean = np.mean([one.value for one in found])
    assert sum(one.interval.low <= mean <= one.interval.high for one in found) >= 16
    assert all(0 <= one.interval.low < one.value < one.interval.high for one in found)


@pytest.mark.parametrize("name", NAMES)
def test_the_interval_is_narrower_with_more_rows_and_is_left_out_on_request(name):
    widths = [np.subtract(*function(name)(codes_of(0, rows)).interval) for rows in (200, 3200)]
    assert 1.5 < widths[0] / widths[1] < 30
    assert function(name)(codes_of(0), ci=None).interval is None
    assert function(name)(codes_of(0, 30)).interval is None


@pytest.mark.parametrize("name", NAMES)
def test_the_interval_follows_the_units(name):
    one, other = (function(name)(scale * codes_of(0)).interval for scale in (1.0, 1e3))
    scale = 1e6 if name == "wasserstein-dependence" else 1.0
    assert tuple(other) == pytest.approx(tuple(end * scale for end in one), rel=1e-6)
