import numpy as np
import pytest

from latentcli.core.geometry.intervals import bootstrap, jackknife


def test_the_bootstrap_of_a_mean_is_its_standard_error():
    values = np.random.default_rng(0).standard_normal(2000)
    low, high = bootstrap(values, 0.95, 0)
    assert (high - low) / 2 == pytest.approx(1.96 * values.std() / 2000**0.5, rel=0.1)
    assert bootstrap(values, 0.95, 0) == (low, high)
    assert bootstrap(values, 0.5, 0)[1] < high


def test_few_values_have_no_interval():
    assert bootstrap(np.arange(7.0), 0.95, 0) == (None, None)
    assert bootstrap(np.arange(9.0), 0.95, 0, lambda part: part[:, 0] * np.nan) == (None, None)


def test_the_jackknife_of_a_mean_is_its_standard_error():
    values = np.random.default_rng(0).standard_normal(50)
    without = (values.sum() - values) / 49
    low, high = jackknife(values.mean(), without, 0.95)
    assert (high - low) / 2 == pytest.approx(1.95996 * values.std(ddof=1) / 50**0.5, rel=1e-5)
    assert jackknife(0.0, np.array([1.0, np.nan]), 0.95) == (None, None)
