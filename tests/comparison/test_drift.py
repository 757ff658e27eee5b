"""Two-sample measures by plain NumPy, closed forms, and what noise gives."""

import numpy as np
import pytest
import scipy.linalg
from scipy.stats import levene, mannwhitneyu, ttest_ind
from sklearn.metrics import roc_auc_score

import latentcli
from latentcli.comparison import _classifier_test, _frechet, _shifts
from latentcli.errors import LatentError, ParameterError
from latentcli.numerics.repeats import Repeats

RNG = np.random.default_rng(0)
X = RNG.standard_normal((500, 6))
Y = RNG.standard_normal((500, 6)) * [1, 1, 1.3, 1, 1, 1] + [0.3, 0, 0, 0, 0, 0]


@pytest.fixture(scope="module")
def found():
    return latentcli.drift(X, Y)


def test_frechet_is_the_closed_form_of_two_gaussians(found):
    covariances = np.cov(X.T), np.cov(Y.T)
    root = scipy.linalg.sqrtm(covariances[0] @ covariances[1]).real
    known = ((X.mean(0) - Y.mean(0)) ** 2).sum() + np.trace(sum(covariances) - 2 * root)
    assert found.frechet == pytest.approx(known, rel=1e-8)


def test_frechet_of_gaussians_that_are_given():
    rotation = np.linalg.qr(RNG.standard_normal((4, 4)))[0]
    a, b = RNG.uniform(0.5, 3, (2, 4))
    one = _frechet.Gaussian(np.zeros(4), rotation * a @ rotation.T)
    other = _frechet.Gaussian(np.arange(4.0), rotation * b @ rotation.T)
    known = 14 + ((np.sqrt(a) - np.sqrt(b)) ** 2).sum()  # their covariances commute
    assert _frechet.distance(one, other) == pytest.approx(known, rel=1e-10)


def test_frechet_of_few_rows_is_that_of_their_covariances():
    few, others = RNG.standard_normal((2, 12, 30))
    known = _frechet.distance(_frechet.moments(few), _frechet.moments(others))
    assert _frechet.of_rows(few, others) == pytest.approx(known, rel=1e-6)


def test_the_moments_of_parts_are_those_of_their_rows():
    rows = np.random.default_rng(0).standard_normal((50, 3)) + 2
    mask = np.arange(50) % 3 == 0
    whole, part = _frechet.moments_of(rows, [None, mask])
    for found, known in ((whole, rows), (part, rows[mask])):
        np.testing.assert_allclose(found.mean, known.mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(found.covariance, np.cov(known.T), rtol=1e-12)


def test_the_extrapolated_distance_has_less_bias():
    known, plain, far = 16 * 0.25**2, [], []
    for seed in range(20):
        x, y = np.random.default_rng(seed).standard_normal((2, 300, 16))
        plain.append(_frechet.of_rows(x, y + 0.25) - known)
        far.append(_frechet.of_both(x, y + 0.25, seed).extrapolated - known)
    assert np.mean(plain) > 0.3
    assert abs(np.mean(far)) < 0.1


def _mmd(kernel_xx, kernel_yy, kernel_xy):
    n, m = len(kernel_xx), len(kernel_yy)
    within = (kernel_xx.sum() - np.trace(kernel_xx)) / (n * (n - 1))
    within += (kernel_yy.sum() - np.trace(kernel_yy)) / (m * (m - 1))
    return within - 2 * kernel_xy.mean()


def test_mmd_by_plain_numpy(found):
    def polynomial(a, b):
        return (a @ b.T / 6 + 1) ** 3

    known = _mmd(polynomial(X, X), polynomial(Y, Y), polynomial(X, Y))
    assert found.mmd_polynomial == pytest.approx(known, abs=1e-10)
    pooled = np.concatenate([X, Y])
    away = np.linalg.norm(pooled[:, None] - pooled[None], axis=2)
    width = np.median(away[np.triu_indices(1000, 1)])
    assert found.settings["bandwidth"] == pytest.approx(width, rel=1e-12)
    kernel = np.exp(-(away**2) / (2 * width**2))
    known = _mmd(kernel[:500, :500], kernel[500:, 500:], kernel[:500, 500:])
    assert found.mmd_gaussian == pytest.approx(known, abs=1e-10)


def test_precision_and_its_kin_by_plain_numpy(found):
    def away(a, b):
        return np.linalg.norm(a[:, None] - b[None], axis=2)

    radius_x = np.sort(away(X, X), axis=1)[:, 5]
    radius_y = np.sort(away(Y, Y), axis=1)[:, 5]
    inside = away(X, Y) <= radius_x[:, None]
    assert found.precision == inside.any(axis=0).mean()
    assert found.recall == (away(X, Y) <= radius_y[None]).any(axis=1).mean()
    assert found.density == pytest.approx(inside.sum(axis=0).mean() / 5, abs=1e-10)
    assert found.coverage == inside.any(axis=1).mean()


def test_the_area_under_the_curve_and_its_interval():
    scores, second = RNG.standard_normal(200).round(1), RNG.random(200) < 0.4
    area = _classifier_test.auc(scores, second[:, None])[0]
    assert area == pytest.approx(roc_auc_score(second, scores))
    low, high = _classifier_test.interval(
        _classifier_test.Held(scores, second, Repeats(len(scores))), 0.95
    )
    assert low < area < high
    shifted = scores + second
    p_value = mannwhitneyu(shifted[second], shifted[~second]).pvalue
    assert (p_value < 0.05) == (
        _classifier_test.interval(
            _classifier_test.Held(shifted, second, Repeats(len(scores))), 0.95
        )[0]
        > 0.5
    )


def test_shifts_by_dimension(found):
    rows = {(row["measure"], row["variant"]): row for row in found.records}
    shift = rows["mean_shift", "dimension 0"]
    known = (Y.mean(0) - X.mean(0))[0] / X.std(0, ddof=1)[0]
    assert shift["value"] == pytest.approx(known)
    assert shift["reading"] == rows["sd_ratio", "dimension 2"]["reading"] == "differ"
    assert [row["variant"] for row in found.records if row["measure"] == "mean_shift"][
        1
    ] == "dimension 0"


def test_shifts_by_plain_numpy(found):
    """|my - mx| / sqrt(tr Cx) and |Cy - Cx| / |Cx|; of a dimension in deviations, and their ratio."""
    one, two = np.cov(X.T), np.cov(Y.T)
    away = np.linalg.norm(Y.mean(0) - X.mean(0))
    assert found.mean_shift == pytest.approx(away / np.sqrt(np.trace(one)), rel=1e-9)
    known = np.linalg.norm(two - one) / np.linalg.norm(one)
    assert found.covariance_shift == pytest.approx(known, rel=1e-9)
    ratios = Y.std(0, ddof=1) / X.std(0, ddof=1)
    for row in found.records:
        if row["measure"] == "sd_ratio":
            dimension = int(row["variant"].split()[1])
            assert row["value"] == pytest.approx(ratios[dimension], rel=1e-9)


def test_two_distributions_are_told_and_one_is_not(found):
    assert found.summary["reading"] == "two distributions"
    same = latentcli.drift(X[:250], X[250:])
    assert same.summary["reading"] == "as from one distribution"
    assert same.frechet_extrapolated == pytest.approx(0, abs=0.1)
    assert same.auc_interval.low < 0.5 < same.auc_interval.high


@pytest.mark.slow
def test_noise_is_told_apart_no_more_often_than_said():
    alarms = []
    for seed in range(60):
        sides = np.random.default_rng(seed).standard_normal((2, 60, 5))
        alarms.append(
            [row["p_value"] <= 0.05 for row in latentcli.drift(*sides, seed=seed).records[:11]]
        )
    assert np.mean(alarms, axis=0).max() <= 0.15


def test_a_change_of_order_changes_nothing(found):
    again = latentcli.drift(X, Y)
    assert again.records == found.records
    assert {row["measure"] for row in found.records} == {
        "frechet", "mmd", "classifier", "precision", "recall", "density", "coverage",
        "mean_shift", "covariance_shift", "sd_ratio",
    }  # fmt: skip


def test_a_constant_dimension_and_rows_of_nan_are_no_matter():
    x, y = X[:80].copy(), Y[:80].copy()
    x[:, 1] = y[:, 1] = 3
    y[4] = np.nan
    found = latentcli.drift(x, y)
    assert np.isfinite([found.frechet, found.mmd_gaussian, found.auc]).all()
    assert any("NaN" in note for note in found.notes)


@pytest.mark.parametrize(
    ("sides", "options", "error"),
    [
        ((X, Y[:, :5]), {}, LatentError),
        ((X[:9], Y), {}, LatentError),
        ((X, Y), {"neighbors": 0}, ParameterError),
        ((X, Y), {"neighbors": 2000}, ParameterError),
        ((X, Y), {"bandwidth": 0}, ParameterError),
        ((X, Y), {"top": -1}, ParameterError),
        ((X, Y), {"sample": 3}, ParameterError),
        ((X, Y), {"ci": 1.0}, ParameterError),
    ],
)
def test_what_cannot_be_compared(sides, options, error):
    with pytest.raises(error):
        latentcli.drift(*sides, **options)


@pytest.mark.parametrize("swapped", [False, True])
def test_a_set_that_has_collapsed_differs(swapped):
    """Before, one code that all rows are was no evidence, and ended in an IndexError."""
    sets = np.ones((80, 6)), np.random.default_rng(5).standard_normal((80, 6))
    found = latentcli.drift(*(sets[::-1] if swapped else sets))
    assert found.summary["reading"] == "two distributions"
    assert (found.mean_shift is None) is not swapped
    assert any("not defined" in note for note in found.notes) is not swapped


def test_more_neighbors_than_half_of_the_rows():
    x, y = np.random.default_rng(5).standard_normal((2, 80, 6))
    found = latentcli.drift(x, y, neighbors=60)
    assert {one["low"] for one in found.records if one["measure"] == "precision"} == {None}


def test_dimensions_by_welch_and_by_brown_and_forsythe():
    x, y = RNG.standard_normal((14, 3)), 2 * RNG.standard_normal((11, 3)) + 0.5
    _, _, p_mean, p_spread = _shifts.by_dimension(x, y)
    assert p_mean == pytest.approx(ttest_ind(x, y, equal_var=False).pvalue, rel=1e-9)
    known = [levene(a, b, center="median").pvalue for a, b in zip(x.T, y.T, strict=True)]
    assert p_spread == pytest.approx(known, rel=1e-9)


def test_few_rows_of_noise_do_not_differ_in_single_dimensions():
    """By standard errors of the variance 9 of 40 pairs of ten rows did."""
    claimed = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        found = latentcli.drift(rng.normal(size=(10, 5)), rng.normal(size=(10, 5)), ci=None)
        claimed += any(
            one["measure"] in ("sd_ratio", "mean_shift") and one["reading"] == "differ"
            for one in found.records
            if one["variant"].startswith("dimension")
        )
    assert claimed <= 4


@pytest.mark.parametrize("offset", [0.0, 1.0, 0.5, 100.0])
def test_equal_distances_of_whole_numbers_are_equal(offset):
    x, y = (np.rint(np.random.default_rng(seed).normal(size=(100, 3))) for seed in (0, 1))
    away = ((np.vstack([x, y])[:, None] - np.vstack([x, y])) ** 2).sum(axis=2)
    reach = np.sort(away[:100, :100], axis=1)[:, 5]
    density = (away[:100, 100:] <= reach[:, None]).sum() / 5 / 100
    found = latentcli.drift(x + offset, y + offset, ci=None)
    rows = {one["measure"]: one["value"] for one in found.records}
    assert rows["density"] == pytest.approx(density, rel=1e-12)
