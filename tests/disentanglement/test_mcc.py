"""MCC and R^2 of identifiability: closed forms, brute force, and the peers' code."""

from itertools import permutations

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import linear_sum_assignment
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import cross_val_predict

import latentcli

RNG = np.random.default_rng(0)
FACTORS = RNG.standard_normal((1000, 4))


def theirs(x, y, method):
    """icebeem's mean_corr_coef_np (Khemakhem et al., 2020), as published."""
    d = x.shape[1]
    if method == "pearson":
        cc = np.corrcoef(x, y, rowvar=False)[:d, d:]
    else:
        cc = stats.spearmanr(x, y)[0][:d, d:]
    cc = np.abs(cc)
    return cc[linear_sum_assignment(-1 * cc)].mean()


@pytest.mark.parametrize("method", ["pearson", "spearman"])
@pytest.mark.parametrize("dims", [4, 6])
@pytest.mark.parametrize("seed", range(3))
def test_mcc_is_that_of_icebeem(method, dims, seed):
    rng = np.random.default_rng(seed)
    codes = FACTORS @ rng.standard_normal((4, dims)) + rng.standard_normal((1000, dims))
    found = latentcli.mcc(codes, FACTORS, estimator=method, ci=None)
    assert found.value == pytest.approx(theirs(codes, FACTORS, method), abs=1e-12)


def test_the_assignment_is_the_best_of_all():
    codes = FACTORS @ RNG.standard_normal((4, 4)) + RNG.standard_normal((1000, 4))
    correlations = np.abs(np.corrcoef(codes, FACTORS, rowvar=False)[:4, 4:])
    best = max(np.mean([correlations[j, k] for k, j in enumerate(order)]) for order in permutations(range(4)))  # fmt: skip
    assert latentcli.mcc(codes, FACTORS, ci=None).value == pytest.approx(best)


def test_permuted_flipped_and_scaled_factors_score_1():
    codes = FACTORS[:, [2, 0, 3, 1]] * [1e3, -1, 1e-3, -5] + 7
    found = latentcli.mcc(codes, FACTORS)
    assert found.value == pytest.approx(1, abs=1e-12)
    assert [row["dimension"] for row in found.factors] == ["z1", "z3", "z0", "z2"]
    signs = [np.sign(row["correlation"]) for row in found.factors]
    assert signs == [-1, -1, 1, 1]


def test_monotone_maps_are_seen_by_ranks_only():
    codes = np.exp(3 * FACTORS)
    assert latentcli.mcc(codes, FACTORS, estimator="spearman").value == pytest.approx(1)
    assert latentcli.mcc(codes, FACTORS).value < 0.6


def test_a_rotated_gaussian_is_low_while_r2_stays_1():
    turn = np.array([[1, 1], [-1, 1]]) / np.sqrt(2)
    few = FACTORS[:400, :2]
    codes = FACTORS[:, :2] @ turn
    assert latentcli.mcc(codes, FACTORS[:, :2]).value == pytest.approx(2**-0.5, abs=0.03)
    for estimator in ("linear", "kernel"):
        found = latentcli.identifiability(few @ turn, few, estimator=estimator)
        assert found.value == pytest.approx(1, abs=1e-3)


def test_noise_is_at_its_chance_level():
    codes = np.random.default_rng(5).standard_normal((1000, 6))
    score = latentcli.mcc(codes, FACTORS)
    assert score.value == pytest.approx(score.chance, abs=0.02)
    assert any("noise explains" in note for note in score.notes)
    share = latentcli.identifiability(codes, FACTORS)
    assert share.value == pytest.approx(0, abs=0.02)
    assert any("noise explains" in note for note in share.notes)


def test_factors_without_a_dimension_count_0():
    found = latentcli.mcc(FACTORS[:, :1], FACTORS)
    assert found.value == pytest.approx(0.25)
    assert found.summary["mcc_matched"] == pytest.approx(1)
    assert [row["dimension"] for row in found.factors] == ["z0", None, None, None]


def test_linear_r2_is_that_of_scikit_learn_on_other_folds():
    codes = FACTORS @ RNG.standard_normal((4, 6)) + RNG.standard_normal((1000, 6))
    predicted = cross_val_predict(LinearRegression(), codes, FACTORS, cv=5)
    wanted = 1 - ((FACTORS - predicted) ** 2).sum(axis=0) / ((FACTORS - FACTORS.mean(axis=0)) ** 2).sum(axis=0)  # fmt: skip
    found = latentcli.identifiability(codes, FACTORS)
    assert [row["r2"] for row in found.factors] == pytest.approx(wanted.tolist(), abs=0.01)


def test_only_the_kernel_sees_a_smooth_map():
    rng = np.random.default_rng(2)
    factors = rng.uniform(-1, 1, (400, 2))
    codes = np.c_[factors[:, 0] ** 3, np.sin(3 * factors[:, 1]), factors[:, 1] ** 2 * np.sign(factors[:, 1])]  # fmt: skip
    linear = latentcli.identifiability(codes, factors, ci=None).value
    kernel = latentcli.identifiability(codes, factors, estimator="kernel", ci=None).value
    assert kernel > 0.98 > linear + 0.02


def test_the_interval_holds_what_other_rows_give():
    """Of 20 samples, 95 % intervals hold the value of very many rows in all but a few."""
    rng = np.random.default_rng(4)
    mixing, held = rng.standard_normal((2, 3)), {"mcc": 0, "identifiability": 0}

    def drawn(rows):
        factors = rng.standard_normal((rows, 2))
        return factors @ mixing + rng.standard_normal((rows, 3)), factors

    truth = {name: getattr(latentcli, name)(*drawn(40_000), ci=None).value for name in held}
    for _ in range(20):
        sample = drawn(300)
        for name in held:
            low, high = getattr(latentcli, name)(*sample).interval
            held[name] += low <= truth[name] <= high
    assert min(held.values()) >= 16


def test_too_few_rows_for_folds():
    found = latentcli.identifiability(FACTORS[:6], FACTORS[:6])
    assert found.value is None
    assert "6 rows are too few for 5 folds" in found.notes
