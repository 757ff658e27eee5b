import numpy as np
import pytest
from scipy import stats

from latentcli.words.evaluation._correlation import correlations, pearson


def draw(seed, count, levels):
    """Two related lists with ties."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, levels, count).astype(float)
    return x, np.round(x + rng.standard_normal(count) * levels / 3, 1)


@pytest.mark.parametrize(("count", "levels"), [(2, 50), (5, 3), (65, 5), (999, 40)])
def test_coefficients_are_scipys(count, levels):
    x, y = draw(1, count, levels)
    found = correlations(x, y, resamples=0)
    assert found.pearson.value == pytest.approx(stats.pearsonr(x, y)[0], abs=1e-12)
    assert found.spearman.value == pytest.approx(stats.spearmanr(x, y)[0], abs=1e-12)
    assert found.pearson.interval is None


def test_intervals_are_those_of_drawing_pairs():
    x, y = draw(2, 80, 6)
    found = correlations(x, y, resamples=2000, seed=3)
    rng = np.random.default_rng(0)
    drawn = [rng.integers(0, len(x), len(x)) for _ in range(2000)]
    for mine, peer in (
        (found.pearson, [stats.pearsonr(x[rows], y[rows])[0] for rows in drawn]),
        (found.spearman, [stats.spearmanr(x[rows], y[rows])[0] for rows in drawn]),
    ):
        assert tuple(mine.interval) == pytest.approx(
            np.quantile(peer, [0.025, 0.975]).tolist(), abs=0.02
        )


def test_a_weight_is_a_repetition():
    x, y = draw(4, 12, 4)
    times = np.array([0, 1, 2, 0, 3, 1, 1, 0, 2, 1, 1, 0])
    again = np.repeat(np.arange(12), times)
    assert pearson(x, y, times[None].astype(float))[0] == pytest.approx(
        stats.pearsonr(x[again], y[again])[0], abs=1e-12
    )


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_pairs_have_no_coefficient(count):
    found = correlations(np.ones(count), np.ones(count))
    assert (found.pearson.value, found.spearman.value, found.spearman.interval) == (None,) * 3


@pytest.mark.parametrize("level", [0.0, 0.1, 3.7e8, -1e-9])
def test_equal_scores_have_no_coefficient(level):
    found = correlations(np.full(9, level), np.arange(9.0))
    assert (found.pearson.value, found.spearman.value) == (None, None)


def test_the_seed_decides():
    x, y = draw(5, 40, 9)
    assert correlations(x, y, seed=1) == correlations(x, y, seed=1)
    assert correlations(x, y, seed=1) != correlations(x, y, seed=2)


def test_the_order_of_pairs_changes_nothing_but_the_draw():
    x, y = draw(6, 50, 7)
    one, other = correlations(x, y, resamples=0), correlations(x[::-1], y[::-1], resamples=0)
    assert one.spearman.value == pytest.approx(other.spearman.value, abs=1e-15)
