import numpy as np
import pytest

from latentcli.disentanglement._modularity import _mean, modularity

GRID = np.array([[a, b] for a in range(3) for b in range(4)])
LARGE = np.tile(GRID, (50, 1))


def test_disentanglement_lib(held, peer, name):
    what = "modularity_factors_binned20" if "continuous" in name else "modularity"
    expected = peer(name, "dlib", what)["score"]
    assert modularity(held(name), ci=None).value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("bins", [10, 20])
def test_ubisofts_modularity(held, peer, name, bins):
    score = modularity(held(name, bins), bins=bins, ci=None)
    assert score.value == pytest.approx(peer(name, "ubisoft", f"modularity_b{bins}"), abs=1e-6)


DIAGONAL = np.eye(5)


@pytest.mark.parametrize(
    ("mutual", "expected"),
    [
        (DIAGONAL, 1),
        (DIAGONAL[:2], 1),
        ([[1, 0], [0, 1], [0, 0]], 2 / 3),
        (np.zeros((10, 10)), 0),
        (np.vstack([DIAGONAL, DIAGONAL]), 1),
        (np.hstack([DIAGONAL, DIAGONAL]), 1 - 1 / 9),
        ([[1.0], [2.0]], None),
    ],
)
def test_the_matrices_of_disentanglement_libs_own_tests(mutual, expected):
    found = _mean(np.asarray(mutual, dtype=float))
    assert found is None if expected is None else found == pytest.approx(expected)


def test_noise_is_not_modular_when_it_is_tested():
    """Sizes of dSprites: .646 to .677 for pure noise, whatever the rows."""
    rng = np.random.default_rng(0)
    factors = np.column_stack([rng.integers(0, size, 2000) for size in (3, 6, 40, 32, 32)])
    score = modularity(rng.normal(size=(2000, 10)), factors)
    assert score.value == pytest.approx(0.66, abs=0.04)
    assert score.summary["modularity_chance"] == pytest.approx(score.value, abs=0.05)
    assert score.summary["modularity_informative"] is None
    assert score.summary["informative"] == 0
    assert any("no dimension has significant" in note for note in score.notes)
    assert any("noise explains" in note for note in score.notes)


def test_dimensions_of_noise_are_left_out_of_the_informative():
    noise = np.random.default_rng(0).normal(size=(600, 5))
    score = modularity(np.hstack([LARGE, noise]), LARGE)
    assert score.value < 0.9
    assert score.summary["informative"] == 2
    assert score.summary["modularity_informative"] == pytest.approx(1)
    assert [row["informative"] for row in score.dimensions] == [True] * 2 + [False] * 5


def test_a_dead_dimension_scores_0_and_is_averaged_in_as_published():
    """Also where rounding leaves 1e-16 nats of it."""
    score = modularity(np.insert(LARGE.astype(float), 0, 3.7, axis=1), LARGE)
    assert score.value == pytest.approx(2 / 3)
    assert score.summary["modularity_informative"] == pytest.approx(1)


def test_duplicated_dimensions_stay_modular_and_two_factors_in_one_do_not():
    assert modularity(np.tile(LARGE, 2), LARGE).value == pytest.approx(1)
    squares = np.log([3, 4]) ** 2
    assert modularity(LARGE @ [4, 1], LARGE).value == pytest.approx(1 - squares[0] / squares[1])
