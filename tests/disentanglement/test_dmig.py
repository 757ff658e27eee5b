import numpy as np
import pytest

from latentcli.disentanglement._dmig import dmig
from latentcli.disentanglement._mig import mig

GRID = np.tile([[a, b] for a in range(3) for b in range(4)], (50, 1))


@pytest.fixture
def correlated():
    """Three factors of 8 classes, of which the second is the first with probability .7."""
    rng = np.random.default_rng(0)
    factors = rng.integers(0, 8, (20_000, 3))
    factors[:, 1] = np.where(rng.random(20_000) < 0.7, factors[:, 0], factors[:, 1])
    return factors


@pytest.mark.parametrize("name", ["01_grid_perfect", "03_duplicated", "04b_noise_0.5"])
def test_lattes_neighbours(held, peer, name):
    summary = dmig(held(name), estimator="knn", neighbors=3, seed=42).summary
    expected = peer(name, "latte", "mi_family")
    for key in ("dmig", "dlig", "xmig"):
        if isinstance(expected[key], dict):
            assert summary[key] == pytest.approx(expected[key]["mean"], abs=4e-4)


def test_perfect_codes_of_correlated_factors_are_perfect(correlated):
    assert mig(correlated, correlated, ci=None).value == pytest.approx(0.68, abs=0.01)
    score = dmig(correlated, correlated)
    assert score.value == pytest.approx(1, abs=0.002)
    assert score.summary["dlig"] == pytest.approx(1, abs=0.002)


def test_with_independent_factors_it_is_mig():
    codes = GRID + 0.4 * np.random.default_rng(0).normal(size=GRID.shape)
    assert dmig(codes, GRID).value == pytest.approx(mig(codes, GRID).value, abs=1e-3)


def test_each_factor_gets_a_dimension_of_its_own_wherever_it_is(correlated):
    score = dmig(correlated[:, ::-1], correlated)
    assert [row["dimension"] for row in score.factors] == ["z2", "z1", "z0"]
    assert score.value == pytest.approx(1, abs=0.002)


def test_a_factor_that_another_gives_away_has_no_score():
    """No dimension can tell more of it than that of the other factor; never 0 / 0."""
    size = GRID[:, 1]
    codes = np.column_stack([size, size // 2, GRID[:, 0]]) + 0.0
    columns = {"size": size, "large": size // 2, "shape": GRID[:, 0]}
    score = dmig(codes, columns)
    found = {row["factor"]: row["dmig"] for row in score.factors}
    assert found["large"] is None
    assert found["size"] == pytest.approx(1, abs=2e-3)
    assert "another factor determines large: no DMIG, and left out of the mean" in score.notes
    same = dmig(codes[:, [0, 0]], {"a": size, "b": size})
    assert same.value is None
    assert any("a, b" in note for note in same.notes)


def test_fewer_dimensions_than_factors():
    score = dmig(GRID[:, :1], GRID)
    assert [row["dimension"] for row in score.factors] == ["z0", None]
    assert score.factors[0]["dmig"] == pytest.approx(1)
    assert score.summary["xmig"] is None


def test_dimensions_that_are_no_factors_own():
    summary = dmig(np.column_stack([GRID, GRID[:, 0]]), GRID).summary
    assert summary["xmig"] == pytest.approx(1 / 2)
    assert summary["dmig"] == pytest.approx(1 / 2)
