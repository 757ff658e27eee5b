"""Metrics by predictors and votes, derived again from their papers with NumPy, SciPy and scikit-learn.

Each derivation is written from the definition named in its docstring and shares with the package only
the choice of held-out rows (`split`), which is random. Inputs have correlated, rare, text and continuous
factors, ties, duplicate rows and dimensions, and a dimension that never changes. Equal to 1e-9 where
nothing else is stated: 0.002 for logistic regressions, 0.02 for boosting (ties among splits are drawn at
random), 0.03 for scores of random batches.

Without a derivation here: `NAME_chance` (random shuffles: tests/noise), intervals by random halves
(tests/numerics/test_resampling.py), `sap_of_factors` (random noise dimensions: closed values in
tests/disentanglement/test_sap.py), `mutual_information_score_corrected` (Miller and Madow's correction:
test_disentanglement_counts.py).
"""

import warnings

import numpy as np
import pytest
from scipy.linalg import sqrtm
from scipy.special import digamma
from scipy.stats import entropy, norm
from sklearn.ensemble import (
    GradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import Lasso, LogisticRegression
from sklearn.metrics import balanced_accuracy_score, mutual_info_score, roc_auc_score
from sklearn.svm import LinearSVC

from latentcli.disentanglement import function
from latentcli.disentanglement._train_test_split import split

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def sample(seed, rows=240):
    """Codes (rows, 6) and factors by name: correlated, rare, text, ordered; with all that is awkward."""
    rng = np.random.default_rng(seed)
    level = rng.integers(0, 4, rows)
    other = np.where(rng.random(rows) < 0.6, level, rng.integers(0, 4, rows))
    rare = (rng.random(rows) < 0.08).astype(int)
    text = np.array(["red", "green", "blue"])[rng.integers(0, 3, rows)]
    noise = rng.normal(size=(rows, 6))
    codes = np.column_stack(
        [
            level + 0.4 * noise[:, 0],
            np.round(other + 0.6 * noise[:, 1], 1),  # ties
            3 * rare + noise[:, 2],
            np.full(rows, 3.7),  # never changes
            (text == "blue") + 0.5 * noise[:, 4],
            noise[:, 5],
        ]
    )
    codes = np.column_stack([codes, codes[:, 0]])  # a duplicate dimension
    codes[-10:] = codes[:10]  # duplicate rows
    factors = {"level": level, "other": other, "rare": rare, "text": text}
    return codes, {name: np.concatenate([c[:-10], c[:10]]) for name, c in factors.items()}


def continuous(seed, rows=240):
    """Codes and two quantities, one of them correlated with the other."""
    rng = np.random.default_rng(seed)
    first = rng.random(rows)
    second = 0.5 * first + rng.random(rows)
    codes = np.column_stack(
        [first + 0.1 * rng.normal(size=rows), second, rng.normal(size=rows)]
    )
    return codes, {"first": first, "second": second}


SEEDS = (0, 1, 2)


def classes(column):
    """The classes of a discrete factor as numbers, in sorted order."""
    return np.unique(column, return_inverse=True)[1]


def standardized(values):
    deviation = values.std(axis=0)
    return (values - values.mean(axis=0)) / np.where(deviation > 1e-9, deviation, np.inf)


def two_best(scores):
    first, second = sorted(scores, reverse=True)[:2]
    return first - second


def machine(train, labels):
    model = LinearSVC(C=0.01, class_weight="balanced", tol=1e-12, max_iter=1_000_000)
    return model.fit(train[:, None], labels)


@pytest.mark.parametrize("seed", SEEDS)
def test_sap_by_support_vector_machines(seed):
    """Kumar et al. (2018): the gap of the two best accuracies, LinearSVC as Locatello et al. (2019).

    Without the dimension that never changes: of two classes with balanced weights it has the plane 0 = 0,
    whose side is rounding.
    """
    codes, factors = sample(seed)
    codes = np.delete(codes, 3, axis=1)
    score = function("sap")(codes, factors)
    gaps, balanced, terms = [], [], []
    for k, column in enumerate(factors.values()):
        labels = classes(column)
        train, test = split(labels, test=0.2, seed=0)
        right, recall = [], []
        for j in range(codes.shape[1]):
            predicted = machine(codes[train, j], labels[train]).predict(codes[test, j, None])
            right.append((predicted == labels[test]).astype(float))
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore"
                )  # of classes that are predicted and do not occur
                recall.append(balanced_accuracy_score(labels[test], predicted))
        accuracy = [one.mean() for one in right]
        np.testing.assert_allclose(score.matrix[:, k], accuracy, atol=1e-9)
        gaps.append(two_best(accuracy))
        balanced.append(two_best(recall))
        order = np.argsort(-np.array(accuracy), kind="stable")
        moved = np.zeros(len(codes))
        moved[test] = (right[order[0]] - right[order[1]] - gaps[-1]) * len(codes) / len(test)
        terms.append(moved)
    assert score.value == pytest.approx(np.mean(gaps), abs=1e-9)
    assert [row["sap"] for row in score.factors] == pytest.approx(gaps, abs=1e-9)
    assert score.summary["sap_balanced"] == pytest.approx(np.mean(balanced), abs=1e-9)
    # The delta method: the standard error of a mean of the rows' influences.
    reach = norm.ppf(0.975) * np.mean(terms, axis=0).std() / np.sqrt(len(codes))
    ends = max(0, np.mean(gaps) - reach), min(1, np.mean(gaps) + reach)
    assert tuple(score.interval) == pytest.approx(ends, abs=1e-9)


@pytest.mark.parametrize("make", [sample, continuous])
@pytest.mark.parametrize("seed", SEEDS)
def test_sap_by_squared_correlations(seed, make):
    """Kumar et al. (2018) for continuous factors: squared Pearson correlation, 0 for a constant."""
    codes, factors = make(seed)
    score = function("sap")(codes, factors, estimator="r2")
    moving = codes.std(axis=0) > 1e-9
    gaps = []
    for k, column in enumerate(factors.values()):
        values = column.astype(float) if column.dtype.kind == "f" else classes(column)
        r2 = np.zeros(codes.shape[1])
        r2[moving] = [np.corrcoef(z, values)[0, 1] ** 2 for z in codes[:, moving].T]
        np.testing.assert_allclose(score.matrix[:, k], r2, atol=1e-9)
        gaps.append(two_best(r2))
    assert score.value == pytest.approx(np.mean(gaps), abs=1e-9)
    assert function("sap")(codes, factors).summary["sap_r2"] == pytest.approx(score.value)


def best_interval(values, own):
    """The interval between values of a class with the largest share of it less that of the rest."""
    best = (-np.inf, None, None)
    for low in np.unique(values[own]):
        for high in np.unique(values[own]):
            inside = (values >= low) & (values <= high)
            gain = inside[own].mean() - inside[~own].mean()
            best = max(best, (gain, low, high), key=lambda one: one[0])
    return best


def test_sap_by_intervals():
    """Youden's J (1950) on held-out rows of the best interval on training rows, mean over classes."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 60)
    codes = np.column_stack([labels + 0.3 * rng.normal(size=60), rng.normal(size=60)])
    train, test = split(labels, test=0.3, seed=0)
    score = function("sap")(codes, labels, estimator="threshold", test=0.3)
    expected = []
    for column in codes.T:
        parts = []
        for c in range(3):
            _, low, high = best_interval(column[train], labels[train] == c)
            inside, own = (column[test] >= low) & (column[test] <= high), labels[test] == c
            parts.append(inside[own].mean() - inside[~own].mean())
        expected.append(max(0, np.mean(parts)))
    np.testing.assert_allclose(score.matrix[:, 0], expected, atol=1e-9)
    assert score.value == pytest.approx(two_best(expected), abs=1e-9)


def disentanglement(importances):
    """Eastwood and Williams (2018): weighted mean over dimensions of 1 - H in base K."""
    rows = importances[importances.sum(axis=1) > 0]
    each = [1 - entropy(row, base=importances.shape[1]) for row in rows]
    return np.average(each, weights=rows.sum(axis=1))


def scaled_halves(codes, train, test):
    mean, deviation = codes[train].mean(axis=0), codes[train].std(axis=0)
    deviation = np.where(codes.min(axis=0) < codes.max(axis=0), deviation, np.inf)
    return (codes[train] - mean) / deviation, (codes[test] - mean) / deviation


def check_dci(score, importances, informativeness, train_scores, tolerance):
    np.testing.assert_allclose(score.matrix, importances, atol=tolerance)
    found = score.matrix  # D and C are exact in the importances that are shown
    assert score.value == pytest.approx(disentanglement(found), abs=1e-9)
    assert score.summary["completeness"] == pytest.approx(disentanglement(found.T), abs=1e-9)
    mean = np.mean([1 - entropy(column, base=len(found)) for column in found.T])
    assert score.summary["completeness_mean"] == pytest.approx(mean, abs=1e-9)
    assert score.summary["informativeness"] == pytest.approx(
        np.mean(informativeness), abs=tolerance
    )
    assert score.summary["informativeness_train"] == pytest.approx(
        np.mean(train_scores), abs=tolerance
    )


@pytest.mark.parametrize("seed", SEEDS[:1])
def test_dci_by_boosting(seed):
    """Locatello et al. (2019): scikit-learn's GradientBoostingClassifier, accuracy on test rows."""
    codes, factors = sample(seed)
    score = function("dci")(codes, factors)
    importances, accuracy, learnt = [], [], []
    for column in factors.values():
        labels = classes(column)
        parts = split(labels, test=0.2, seed=0)
        train, test = scaled_halves(codes, *parts)
        # Ties between the two equal dimensions are drawn at random: their importances are summed.
        model = GradientBoostingClassifier(random_state=0).fit(train, labels[parts.train])
        importances.append(model.feature_importances_)
        accuracy.append(model.score(test, labels[parts.test]))
        learnt.append(model.score(train, labels[parts.train]))
    merged = np.column_stack(importances)
    merged[0] += merged[6]
    found = score.matrix.copy()
    found[0] += found[6]
    np.testing.assert_allclose(found[:6], merged[:6], atol=0.02)
    check_dci(score, score.matrix, accuracy, learnt, 0.03)


@pytest.mark.parametrize("seed", SEEDS)
def test_dci_by_a_forest(seed):
    """The original's forest of 10 trees of depth 12; regression, and r2, for continuous factors."""
    codes, factors = sample(seed)
    more, quantities = continuous(seed)
    for z, columns, kind in ((codes, factors, RandomForestClassifier), (more, quantities, RandomForestRegressor)):  # fmt: skip
        score = function("dci")(z, columns, estimator="forest", continuous=quantities if z is more else ())  # fmt: skip
        importances, scores, learnt = [], [], []
        for column in columns.values():
            labels = classes(column) if z is codes else in_bins(column)
            target = classes(column) if z is codes else column
            parts = split(labels, test=0.2, seed=0)
            train, test = scaled_halves(z, *parts)
            model = kind(n_estimators=10, max_depth=12, max_features=None, random_state=0)
            model.fit(train, target[parts.train])
            importances.append(model.feature_importances_)
            scores.append(model.score(test, target[parts.test]))
            learnt.append(model.score(train, target[parts.train]))
        check_dci(score, np.column_stack(importances), scores, learnt, 1e-6)
        if z is more:
            nrmse = np.mean(np.sqrt(1 - np.array(scores)))
            assert score.summary["nrmse"] == pytest.approx(nrmse, abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_dci_by_a_lasso(seed):
    """The original's lasso of penalty 0.02 on standardized codes and values; r2 on test rows."""
    codes, factors = sample(seed)
    score = function("dci")(codes, factors, estimator="lasso")
    importances, r2, learnt = [], [], []
    for column in factors.values():
        labels = classes(column)
        parts = split(labels, test=0.2, seed=0)
        train, test = scaled_halves(codes, *parts)
        target = labels.astype(float)
        mean, deviation = target[parts.train].mean(), target[parts.train].std()
        values = (target - mean) / deviation
        model = Lasso(alpha=0.02, tol=1e-4).fit(train, values[parts.train])
        importances.append(np.abs(model.coef_))
        r2.append(model.score(test, values[parts.test]))
        learnt.append(model.score(train, values[parts.train]))
    check_dci(score, np.column_stack(importances), r2, learnt, 1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_explicitness(seed):
    """Ridgeway and Mozer (2018): AUC of each class against the rest, by logistic regression.

    Solvers stop near the same optimum: a pair of rows may be ranked otherwise.
    """
    codes, factors = sample(seed)
    score = function("explicitness")(codes, factors)
    tested, learnt = [], []
    for row, column in zip(score.factors, factors.values(), strict=True):
        labels = classes(column)
        parts = split(labels, test=0.2, seed=0)
        train, test = scaled_halves(codes, *parts)
        model = LogisticRegression(tol=1e-10, max_iter=100_000).fit(train, labels[parts.train])
        areas = [
            np.mean([roc_auc_score(labels[rows] == c, model.predict_proba(z)[:, c]) for c in np.unique(labels)])
            for z, rows in ((test, parts.test), (train, parts.train))
        ]  # fmt: skip
        assert row["explicitness"] == pytest.approx(areas[0], abs=2e-3)
        tested.append(areas[0])
        learnt.append(areas[1])
    assert score.value == pytest.approx(np.mean(tested), abs=2e-3)
    assert score.summary["explicitness_train"] == pytest.approx(np.mean(learnt), abs=2e-3)
    assert score.summary["explicitness_scaled"] == pytest.approx(2 * score.value - 1, abs=1e-12)


@pytest.mark.parametrize("quantile", [0.99, 1.0, 0.5])
@pytest.mark.parametrize("seed", SEEDS)
def test_irs(seed, quantile):
    """Suter et al. (2019): 1 - deviation from the class's mean / largest deviation, weighted."""
    codes, factors = sample(seed)
    score = function("irs")(codes, factors, quantile=quantile)
    moving = codes.min(axis=0) < codes.max(axis=0)
    largest = np.where(moving, np.abs(codes - codes.mean(axis=0)).max(axis=0), 0)
    matrix = np.zeros((codes.shape[1], len(factors)))
    for k, column in enumerate(factors.values()):
        strays = []
        for one in np.unique(column):
            own = codes[column == one]
            strays.append(np.quantile(np.abs(own - own.mean(axis=0)), quantile, axis=0))
        matrix[moving, k] = 1 - (np.mean(strays, axis=0)[moving] / largest[moving])
    np.testing.assert_allclose(score.matrix, matrix, atol=1e-9)
    best = matrix.max(axis=1)
    assert score.value == pytest.approx(np.average(best, weights=largest), abs=1e-9)
    assert score.summary["irs_unweighted"] == pytest.approx(best[moving].mean(), abs=1e-9)


def batches(rng, rows_of, number, size):
    """Draw batches: a factor, one of its groups with its weight, rows of it."""
    for _ in range(number):
        k = rng.integers(len(rows_of))
        weights = np.array([weight for _, weight in rows_of[k]], dtype=float)
        rows = rows_of[k][rng.choice(len(weights), p=weights / weights.sum())][0]
        yield k, rng.choice(rows, size)


def majority(votes, dimensions, factors, train):
    """Accuracy, on later votes, of predicting each dimension's most frequent factor."""
    table = np.zeros((dimensions, factors))
    for j, k in votes[:train]:
        table[j, k] += 1
    return np.mean([table[j].argmax() == k for j, k in votes[train:]])


@pytest.mark.parametrize("seed", SEEDS[:1])
def test_factorvae(seed):
    """Kim and Mnih (2018): argmin over dimensions of variance in the batch / variance, majority vote."""
    codes, factors = sample(seed, 400)
    codes = 0.3 * codes[:, :6] + 0.7 * np.random.default_rng(seed).normal(size=(400, 6)) * codes.std(0)[:6]  # fmt: skip
    codes[:, 3] = 3.7
    rows_of = [
        [(np.flatnonzero(column == one), (column == one).sum()) for one in np.unique(column)]
        for column in factors.values()
    ]
    used = [0, 1, 2, 4, 5]
    rng, votes = np.random.default_rng(seed), []
    for k, rows in batches(rng, rows_of, 6000, 64):
        shares = codes[rows][:, used].var(axis=0) / codes[:, used].var(axis=0, ddof=1)
        votes.append((int(shares.argmin()), k))
    expected = majority(votes, 5, 4, 4000)
    score = function("factorvae")(codes, factors, threshold=0.0, ci=None)
    assert score.value == pytest.approx(expected, abs=0.03)
    assert score.summary["factorvae_scaled"] == pytest.approx((score.value - 0.25) / 0.75)


@pytest.mark.parametrize("seed", SEEDS[:1])
def test_zmaxvar(seed):
    """Kim et al. (2019): argmax of variance where all factors but one are fixed, majority vote."""
    rng = np.random.default_rng(seed)
    factors = rng.integers(0, 3, (600, 3))
    codes = factors + rng.normal(size=(600, 3))
    rows_of = []
    for k in range(3):
        keys = np.delete(factors, k, axis=1) @ [3, 1]
        rows_of.append([(np.flatnonzero(keys == key), 1) for key in np.unique(keys)])
    votes = []
    for k, rows in batches(rng, rows_of, 6000, 200):
        shares = codes[rows].var(axis=0) / codes.var(axis=0, ddof=1)
        votes.append((int(shares.argmax()), k))
    score = function("zmaxvar")(codes, factors, train=4000, evaluate=4000, ci=None)
    # Small groups are drawn evenly here, and with replacement there: a little less variance.
    assert score.value == pytest.approx(majority(votes, 3, 3, 4000), abs=0.05)


@pytest.mark.parametrize("seed", SEEDS[:1])
def test_betavae(seed):
    """Higgins et al. (2017): logistic regression on mean |z - z'| of pairs that share a factor."""
    rng = np.random.default_rng(seed)
    factors = rng.integers(0, 3, (300, 3))
    codes = 0.2 * factors + rng.normal(size=(300, 3))
    rows_of = [
        [(np.flatnonzero(column == one), (column == one).sum()) for one in range(3)]
        for column in factors.T
    ]
    points, shared = [], []
    for _ in range(3000):
        k = rng.integers(3)
        weights = np.array([weight for _, weight in rows_of[k]]) / 300
        pairs = [rng.choice(rows_of[k][one][0], 2) for one in rng.choice(3, size=16, p=weights)]
        first, second = np.array(pairs).T
        points.append(np.abs(codes[first] - codes[second]).mean(axis=0))
        shared.append(k)
    model = LogisticRegression(max_iter=10_000).fit(points[:2000], shared[:2000])
    expected = model.score(points[2000:], shared[2000:])
    score = function("betavae")(codes, factors, batch=16, ci=None)
    assert score.value == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("seed", SEEDS)
def test_total_correlation(seed):
    """Watanabe (1960) of a Gaussian: -log det R / 2; bias by Anderson (2003), theorem 7.5.3."""
    codes = sample(seed)[0][:, :6]
    score = function("total-correlation")(codes)
    moving = codes[:, [0, 1, 2, 4, 5]]
    correlation = np.corrcoef(moving.T)
    value = -np.linalg.slogdet(correlation)[1] / 2
    assert score.value == pytest.approx(value, abs=1e-9)
    degrees, size = len(codes) - 1, 5
    expected_log = sum(digamma((degrees - i) / 2) for i in range(size))
    marginal_logs = size * digamma(degrees / 2)
    corrected = value - (marginal_logs - expected_log) / 2
    assert score.summary["total_correlation_corrected"] == pytest.approx(corrected, abs=1e-9)
    z = (moving - moving.mean(axis=0)) / moving.std(axis=0, ddof=1)
    influences = ((z**2).sum(axis=1) - np.einsum("ni,ij,nj->n", z, np.linalg.inv(correlation), z)) / 2  # fmt: skip
    reach = norm.ppf(0.975) * influences.std() / np.sqrt(len(codes))
    assert tuple(score.interval) == pytest.approx((value - reach, value + reach), abs=1e-9)
    for place, j in enumerate((0, 1, 2, 4, 5)):
        others = np.delete(z, place, axis=1)
        residual = z[:, place] - others @ np.linalg.lstsq(others, z[:, place], rcond=None)[0]
        known = -np.log((residual**2).sum() / (z[:, place] ** 2).sum()) / 2
        assert score.dimensions[j]["information"] == pytest.approx(known, abs=1e-9)


def test_total_correlation_near_a_singular_matrix():
    """A dimension that is another plus 1e-6 of noise: -log(1 - r^2) / 2 is log(1e6) for each pair."""
    rng = np.random.default_rng(0)
    first, noise = np.linalg.qr(rng.normal(size=(500, 3)) - 0.0)[0].T[:2]
    first, noise = first - first.mean(), noise - noise.mean()
    noise -= first * (noise @ first) / (first @ first)
    codes = np.column_stack(
        [first / first.std(), first / first.std() + 1e-6 * noise / noise.std()]
    )
    assert function("total-correlation")(codes).value == pytest.approx(np.log(1e6), abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_wasserstein_dependence(seed):
    """Dowson and Landau (1982): 2 tr S - 2 tr (D^1/2 S D^1/2)^1/2, D the diagonal of S."""
    codes = sample(seed)[0][:, [0, 1, 2, 4, 5]]
    covariance = np.cov(codes.T)
    root = np.diag(np.sqrt(covariance.diagonal()))
    value = 2 * np.trace(covariance) - 2 * np.trace(sqrtm(root @ covariance @ root).real)
    summary = function("wasserstein-dependence")(codes).summary
    assert summary["wasserstein_dependence"] == pytest.approx(value, abs=1e-9)
    assert summary["variance"] == pytest.approx(np.trace(covariance), abs=1e-9)
    share = value / np.trace(covariance)
    assert summary["wasserstein_dependence_norm"] == pytest.approx(share, abs=1e-9)


def in_bins(values, bins=20):
    """Equal width between the extremes, as disentanglement_lib: edges of numpy.histogram."""
    return np.digitize(values, np.histogram(values, bins)[1][:-1])


@pytest.mark.parametrize("seed", SEEDS)
def test_mutual_information_score(seed):
    """Locatello et al. (2019): the mean of I(z_i; z_j) over pairs of dimensions in 20 bins."""
    codes = sample(seed)[0]
    bins = [in_bins(column) for column in codes.T]
    matrix = np.array([[mutual_info_score(a, b) for a in bins] for b in bins])
    summary = function("mutual-information-score")(codes).summary
    apart = ~np.eye(len(bins), dtype=bool)
    assert summary["mutual_information_score"] == pytest.approx(matrix[apart].mean(), abs=1e-9)
    moving = [0, 1, 2, 4, 5, 6]
    pairs = [(i, j) for i in moving for j in moving if i != j]
    alive = np.mean([matrix[pair] for pair in pairs])
    assert summary["mutual_information_score_alive"] == pytest.approx(alive, abs=1e-9)
    shares = [matrix[i, j] / min(matrix[i, i], matrix[j, j]) for i, j in pairs]
    assert summary["mutual_information_score_norm"] == pytest.approx(np.mean(shares), abs=1e-9)
