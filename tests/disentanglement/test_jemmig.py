import numpy as np
import pytest
from scipy.special import entr

from latentcli.disentanglement._jemmig import jemmig

GRID = np.array([[a, b] for a in range(3) for b in range(4)])


@pytest.mark.parametrize("bins", [10, 20])
def test_ubisofts_jemmig(held, peer, name, bins):
    score = jemmig(held(name, bins), bins=bins, ci=None)
    assert score.value == pytest.approx(peer(name, "ubisoft", f"jemmig_b{bins}"), abs=1e-6)


def test_a_grid_is_perfect():
    summary = jemmig(GRID, GRID).summary
    assert (summary["jemmig"], summary["jemmig_raw"]) == pytest.approx((1, 0), abs=1e-12)


def test_a_dimension_that_tells_more_costs_its_entropy():
    """Both factors in z0: H(z, v) - I = H(other)."""
    score = jemmig(np.column_stack([GRID @ [4, 1], np.zeros(12)]), GRID)
    raw = [row["jemmig_raw"] for row in score.factors]
    assert raw == pytest.approx([np.log(4), np.log(3)])
    most = np.log([3, 4]) + np.log(20)
    assert score.value == pytest.approx(np.mean(1 - np.log([4, 3]) / most))


def test_duplicated_dimensions_cost_the_information_of_one():
    score = jemmig(np.tile(GRID, 2), GRID)
    assert [row["jemmig_raw"] for row in score.factors] == pytest.approx(np.log([3, 4]))


@pytest.mark.slow
def test_the_jackknife_holds_the_truth():
    """A factor of four classes through a channel that is right with probability .7."""
    rng, rows, classes = np.random.default_rng(0), 1000, 4
    channel = np.where(np.eye(classes), 0.7, 0.1) / classes
    joint, most = entr(channel).sum(), 2 * np.log(classes)
    truth = 1 - (joint - (most - joint)) / most
    inside = 0
    for _ in range(100):
        factor = rng.integers(0, classes, rows)
        wrong = (factor + rng.integers(1, classes, rows)) % classes
        codes = np.column_stack(
            [np.where(rng.random(rows) < 0.7, factor, wrong), rng.integers(0, classes, rows)]
        )
        summary = jemmig(codes, factor, bins=classes).summary
        inside += summary["jemmig_low"] <= truth <= summary["jemmig_high"]
    assert 90 <= inside <= 100
