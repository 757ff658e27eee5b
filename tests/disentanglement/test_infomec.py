import numpy as np
import pytest

from latentcli.disentanglement._infomec import infomec

GRID = np.tile([[a, b] for a in range(3) for b in range(4)], (50, 1))


@pytest.mark.parametrize(
    "name", ["01_grid_perfect", "01b_grid_exact12", "03_duplicated", "04b_noise_0.5"]
)
def test_the_authors_infomec(held, peer, name):
    """InfoE to the last step of the same optimizer; the neighbours' noise has the same seed."""
    summary, expected = infomec(held(name), ci=None).summary, peer(name, "infomec", "infomec")
    for key in ("infom", "infoc", "infoe"):
        assert summary[key] == pytest.approx(expected[key], abs=1e-5)


def test_perfect_codes_are_perfect():
    summary = infomec(GRID, GRID, estimator="plugin").summary
    for key in ("infom", "infoc", "infoe", "infomec"):
        assert summary[key] == pytest.approx(1, abs=1e-3)


def test_an_outlier_does_not_make_the_others_inactive():
    codes = GRID.astype(float)
    codes[7, 0] = 100
    assert infomec(codes, GRID, ci=None).summary["active"] == 2


def test_a_dimension_that_tells_nothing_is_left_out_and_not_nan():
    codes = np.column_stack(
        [GRID, np.full(600, 3.7), np.random.default_rng(0).random(600) * 1e-3]
    )
    score = infomec(codes, GRID, ci=None)
    assert score.summary["active"] == 2
    assert [row["active"] for row in score.dimensions] == [True, True, False, False]
    assert score.value == pytest.approx(1, abs=0.02)


def test_noise_explains_nothing():
    summary = infomec(np.random.default_rng(0).normal(size=(600, 3)), GRID).summary
    assert summary["infoe"] == pytest.approx(0, abs=0.03)
    assert summary["infom_corrected"] is None


@pytest.mark.parametrize(
    ("codes", "factors", "names"),
    [(GRID[:, :1], GRID, ["infoc"]), (GRID, GRID[:, :1], ["infom"])],
)
def test_what_is_not_defined_is_none_and_told(codes, factors, names):
    score = infomec(codes, factors)
    assert all(score.summary[name] is None for name in [*names, "infomec"])
    assert score.notes


def test_at_most_the_limit_of_rows_is_fitted():
    few = infomec(GRID, GRID, limit=100)
    assert few.settings["limit"] == 100
    assert few.value == pytest.approx(infomec(GRID, GRID, limit=None).value, abs=0.1)


def test_a_class_that_is_in_none_of_the_rows_drawn():
    rare = np.zeros(600, dtype=int)
    rare[7] = 1
    columns = {"a": GRID[:, 0], "rare": rare, "b": GRID[:, 1]}
    score = infomec(GRID, columns, limit=50)
    assert [row["infoe"] is None for row in score.factors] == [False, True, False]
    assert score.value is not None


@pytest.mark.parametrize("estimator", ["knn", "plugin"])
def test_intervals_hold_what_other_rows_score(estimator):
    def scored(seed, ci):
        rng = np.random.default_rng(seed)
        factors = rng.integers(0, 3, (300, 2))
        codes = factors @ [[1, 0.4], [0, 1]] + 0.5 * rng.normal(size=(300, 2))
        return infomec(codes, factors, estimator=estimator, ci=ci).summary

    others = [scored(seed, None) for seed in range(12)]
    one = scored(99, 0.95)
    for name in ("infomec", "infom", "infoc", "infoe"):
        low, high = one[f"{name}_low"], one[f"{name}_high"]
        assert low <= one[name] <= high
        deviation = np.std([other[name] for other in others], ddof=1)
        assert 1 < (high - low) / deviation < 12  # 3.9 of a normal distribution, 12 samples
