"""The numbers that metrics print beside their first, derived again in plain NumPy, SciPy and scikit-learn.

Codes and factors are those of `tests/definitions/test_disentanglement_counts.py` in kind: correlated, rare,
text and continuous factors, ties, duplicate rows and dimensions, a dimension that never changes.
Equal to 1e-9, but for iterative fits, where a tolerance is stated.
"""

import numpy as np
import pytest
from dependence import depends
from scipy.optimize import linear_sum_assignment
from scipy.stats import entropy as scipy_entropy
from scipy.stats import rankdata
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.svm import LinearSVC

from latentcli.disentanglement import disentanglement_report, function
from latentcli.disentanglement._train_test_split import split

BINS = 20
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def sample(seed):
    """Codes (N, 6), factors as they are given, and their classes as numbers."""
    rng = np.random.default_rng(seed)
    rows = 200
    first = rng.integers(0, 4, rows)
    second = np.where(rng.random(rows) < 0.5, first, rng.integers(0, 5, rows))
    rare = (rng.random(rows) < 0.06).astype(int)
    amount = rng.normal(size=rows)
    text = np.array(["b", "a", "é"])[rng.integers(0, 3, rows)]
    factors = {"first": first, "second": second, "rare": rare, "amount": amount, "text": text}
    classes = [first, second, rare, in_bins(amount), np.unique(text, return_inverse=True)[1]]
    classes = [np.unique(one, return_inverse=True)[1] for one in classes]
    codes = rng.normal(size=(rows, 6))
    codes[:, 0] += 2 * first
    codes[:, 1] = np.round(second + codes[:, 1] / 3)
    codes[:, 2] += 2 * amount
    codes[:, 3] = codes[:, 0]
    codes[:, 4] = 3.7
    codes[100:105] = codes[:5]
    return codes, factors, classes


def in_bins(values, bins=BINS):
    return np.digitize(values, np.histogram(values, bins)[1][:-1])


def entropy(labels):
    return scipy_entropy(np.unique(labels, return_counts=True)[1])


def joint(a, b):
    return np.unique(np.stack([a, b]), axis=1, return_inverse=True)[1].ravel()


def information(a, b):
    found = entropy(a) + entropy(b) - entropy(joint(a, b))
    return found if found > 1e-12 else 0.0


def corrected(labels, classes):
    """Return I (D, K) and H (K,) by Miller (1955), and which pairs the G-test finds dependent."""
    rows, pairs = len(labels[0]), len(labels) * len(classes)
    mutual, tested = np.zeros((len(labels), len(classes))), np.zeros((len(labels), len(classes)), bool)  # fmt: skip
    entropies = [entropy(v) + (len(np.unique(v)) - 1) / (2 * rows) for v in classes]
    for j, z in enumerate(labels):
        for k, v in enumerate(classes):
            b, m = len(np.unique(z)), len(np.unique(v))
            tested[j, k] = depends(z, v, 0.05 / pairs)
            cells = len(np.unique(joint(z, v))) if tested[j, k] else b * m
            better = information(z, v) + (b + m - cells - 1) / (2 * rows)
            most = min(entropy(z) + (b - 1) / (2 * rows), entropies[k])
            mutual[j, k] = np.clip(better, 0, most)
    return mutual, np.array(entropies), tested


def sharp(column):
    """Distinct values where there are at most 20 of them, else bins of equal width."""
    values = np.unique(column)
    return np.searchsorted(values, column) if len(values) <= BINS else in_bins(column)


def binned(codes, how=in_bins):
    return [how(column) for column in codes.T]


def disentanglement(importance):
    """Eastwood and Williams (2018), of importances (D, K)."""
    rows = importance[importance.sum(axis=1) > 0]
    each = [1 - scipy_entropy(row, base=importance.shape[1]) for row in rows]
    return np.average(each, weights=rows.sum(axis=1))


@pytest.fixture(params=range(3))
def source(request):
    return sample(request.param)


def test_mig_with_other_bins(source):
    """On equally full bins (ranks in 20 parts); on bins between -4 and 4 in units of the deviation."""
    codes, factors, classes = source
    found = function("mig")(codes, factors, ci=None, sensitivity=True).summary
    h = np.array([entropy(v) for v in classes])

    def mig(labels):
        top = -np.sort(
            -np.array([[information(z, v) for v in classes] for z in labels]), axis=0
        )
        return ((top[0] - top[1]) / h).mean()

    for bins in (5, 10, 40):
        if f"mig_bins_{bins}" in found:
            expected = mig(binned(codes, lambda column, bins=bins: in_bins(column, bins)))
            assert found[f"mig_bins_{bins}"] == pytest.approx(expected, abs=1e-9)
    edges = np.linspace(-4, 4, BINS + 1)[1:-1]
    assert found["mig_robust"] == pytest.approx(mig([np.digitize(c, edges) for c in codes.T]), abs=1e-9)  # fmt: skip


def test_mig_on_equally_full_bins(source):
    """Between the quantiles at 1/20, 2/20, ...; up to 20 distinct values are bins of their own."""
    codes, factors, classes = source
    labels = []
    for column in codes.T:
        edges = np.unique(np.quantile(column, np.arange(1, BINS) / BINS))
        few = len(np.unique(column)) <= BINS
        labels.append(np.digitize(column, np.unique(column) if few else edges))
    mutual = np.array([[information(z, v) for v in classes] for z in labels])
    top, h = -np.sort(-mutual, axis=0), np.array([entropy(v) for v in classes])
    found = function("mig")(codes, factors, ci=None).summary["mig_quantile"]
    assert found == pytest.approx(((top[0] - top[1]) / h).mean(), abs=1e-9)


def test_the_error_of_information(source):
    """The delta method: the deviation of log p(z, v) / p(z) p(v) over rows, by sqrt(N)."""
    codes, factors, classes = source
    score = function("mig")(codes, factors, ci=None)
    for j, z in enumerate(binned(codes)):
        for k, v in enumerate(classes):
            table = np.histogram2d(z, v, [np.append(np.unique(z), 99), np.append(np.unique(v), 99)])[0] / len(z)  # fmt: skip
            terms = np.log(table / np.outer(table.sum(1), table.sum(0)), where=table > 0, out=np.zeros_like(table))  # fmt: skip
            variance = (table * terms**2).sum() - (table * terms).sum() ** 2
            found = score.dimensions[j]["information_error"][k]
            assert found == pytest.approx(np.sqrt(max(variance, 0) / len(z)), abs=1e-6)


def test_corrected_scores_of_counts(source):
    """JEMMIG, DCIMIG, modularity, MED and InfoMEC of information corrected by Miller (1955)."""
    codes, factors, classes = source
    labels = binned(codes, sharp)
    mutual, h, tested = corrected(labels, classes)

    def of(metric, name=""):
        name = name or f"{metric}_corrected"
        return function(metric)(codes, factors, ci=None).summary[name]

    ordered = -np.sort(-mutual, axis=1)
    gaps = np.zeros(len(h))
    np.maximum.at(gaps, mutual.argmax(axis=1), ordered[:, 0] - ordered[:, 1])
    assert of("dcimig") == pytest.approx(gaps.sum() / h.sum(), abs=1e-9)

    rows, raw = len(codes), []
    for k in range(len(h)):
        order = np.argsort(mutual[:, k], kind="stable")
        z = labels[order[-1]]
        code = entropy(z) + (len(np.unique(z)) - 1) / (2 * rows)
        first, second = mutual[order[-1], k], mutual[order[-2], k]
        raw.append(code + h[k] - first - first + second)
    expected = np.mean(1 - np.array(raw) / (h + np.log(BINS)))
    assert of("jemmig") == pytest.approx(expected, abs=1e-9)

    known = np.array([any(depends(z, v, 0.05 / mutual.size) for v in classes) for z in binned(codes)])  # fmt: skip
    squares = mutual[known] ** 2
    each = 1 - (squares.sum(axis=1) / squares.max(axis=1) - 1) / (len(h) - 1)
    found = of("modularity", "modularity_informative_corrected")
    assert found == pytest.approx(each.mean(), abs=1e-9)

    total = mutual.sum(axis=0)
    shares = np.divide(mutual, total, where=total > 0, out=np.zeros_like(mutual))
    assert of("med") == pytest.approx(disentanglement(shares * tested.any(axis=0)), abs=1e-9)


def test_infomec_corrected(source):
    """Concentrations (max / sum less chance) of corrected shares, where the G-test finds information."""
    codes, factors, classes = source
    mutual, h, tested = corrected(binned(codes), classes)
    active = codes.std(axis=0) > codes.std(axis=0).max() / 20
    shares = (mutual / h)[active]

    def mean(rows):
        rows = rows[rows.sum(axis=1) > 0]
        size = rows.shape[1]
        return np.mean((rows.max(axis=1) / rows.sum(axis=1) - 1 / size) / (1 - 1 / size))

    found = function("infomec")(codes, factors, estimator="plugin", ci=None).summary
    tested = tested[active]
    assert found["infom_corrected"] == pytest.approx(mean(shares[tested.any(axis=1)]), abs=1e-9)
    expected = mean(shares[:, tested.any(axis=0)].T)
    assert found["infoc_corrected"] == pytest.approx(expected, abs=1e-9)
    parts = [found[name] for name in ("infom", "infoc", "infoe")]
    assert found["infomec"] == pytest.approx(np.mean(parts), abs=1e-12)


def test_infoe_held_out():
    """1 - cross-entropy / log M on a fifth of the rows, of a multinomial regression of equal classes."""
    codes, factors, classes = sample(0)
    z = (codes - codes.mean(axis=0)) / np.where(codes.std(axis=0) > 1e-9, codes.std(axis=0), np.inf)  # fmt: skip
    z = np.delete(z, (3, 4), axis=1)  # the copy and the constant have no weights of their own
    expected = []
    for v in classes[:3]:
        train, test = split(v, test=0.2, seed=0)
        model = LogisticRegression(C=np.inf, class_weight="balanced", solver="newton-cholesky")
        logs = model.fit(z[train], v[train]).predict_log_proba(z[test])
        left = -logs[np.arange(len(test)), v[test]].mean()
        expected.append(1 - left / np.log(v.max() + 1))
    names = ("first", "second", "rare")
    chosen = {name: factors[name] for name in names}
    found = function("infomec")(codes, chosen, estimator="plugin", ci=None)
    each = [row["infoe_heldout"] for row in found.factors]
    # Without a penalty, weights of classes that are nearly apart go on growing: to 5e-3.
    assert each == pytest.approx(expected, abs=5e-3)
    assert found.summary["infoe_heldout"] == pytest.approx(np.mean(each), abs=1e-12)


def test_med_of_the_best_dimensions(source):
    """Top-1 MED (Cao et al., 2022): D of the best of the dimensions whose largest share is the factor's."""
    codes, factors, classes = source
    mutual = np.array([[information(z, v) for v in classes] for z in binned(codes)])
    shares = mutual / mutual.sum(axis=0)
    there = shares.sum(axis=1) > 0
    focus = np.array([1 - scipy_entropy(row, base=len(classes)) if some else 0 for row, some in zip(shares, there, strict=True)])  # fmt: skip
    chosen = []
    for k in range(len(classes)):
        mine = np.flatnonzero(shares.argmax(axis=1) == k)
        chosen += [mine[focus[mine].argmax()]] if len(mine) else []
    found = function("med")(codes, factors, ci=None).summary["med_top"]
    assert found == pytest.approx(disentanglement(shares[chosen]), abs=1e-9)


def test_dlig_and_xmig(source):
    """Watcharasupat and Lerch (2021): gaps between factors of a dimension, and to dimensions without one."""
    codes, factors, classes = source
    mutual = np.array([[information(z, v) for v in classes] for z in binned(codes)])
    h = np.array([entropy(v) for v in classes])
    own = dict(zip(*linear_sum_assignment(-mutual)[::-1], strict=True))
    free = [j for j in range(len(mutual)) if j not in own.values()]
    between, beyond = [], []
    for k, j in own.items():
        rivals = np.delete(mutual[j], k)
        rival = np.delete(np.arange(len(h)), k)[rivals.argmax()]
        left = entropy(joint(classes[k], classes[rival])) - entropy(classes[rival])
        between.append((mutual[j, k] - rivals.max()) / left)
        beyond.append((mutual[j, k] - mutual[free, k].max()) / h[k])
    found = function("dmig")(codes, factors, ci=None).summary
    assert found["dlig"] == pytest.approx(np.mean(between), abs=1e-9)
    assert found["xmig"] == pytest.approx(np.mean(beyond), abs=1e-9)


def test_sap_of_factors():
    """Accuracy of each factor, standardized, as its own dimension, less that of five Gaussian noises."""
    codes, factors, classes = sample(1)
    found = function("sap")(codes, {"first": factors["first"], "rare": factors["rare"]})
    for row, labels in zip(found.factors, (classes[0], classes[2]), strict=True):
        train, test = split(labels, test=0.2, seed=0)
        itself = (labels - labels.mean()) / labels.std()
        noises = np.random.default_rng([0, 2]).normal(size=(5, len(labels)))
        scores = []
        for column in (itself, *noises):
            model = LinearSVC(C=0.01, class_weight="balanced", tol=1e-12, max_iter=1_000_000)
            z = column[:, None]
            scores.append(model.fit(z[train], labels[train]).score(z[test], labels[test]))
        assert row["of_factor"] == pytest.approx(max(0, scores[0] - np.mean(scores[1:])), abs=1e-9)  # fmt: skip
    each = [row["of_factor"] for row in found.factors]
    assert found.summary["sap_of_factors"] == pytest.approx(np.mean(each), abs=1e-12)


def test_the_class_that_is_told_worst(source):
    """The least AUC of the classes on held-out rows; solvers stop near the same optimum."""
    codes, _, classes = source
    labels = classes[0]
    (row,) = function("explicitness")(codes, {"first": labels}).factors
    train, test = split(labels, test=0.2, seed=0)
    mean, sd = codes[train].mean(axis=0), codes[train].std(axis=0)
    z = (codes - mean) / np.where(sd > 1e-9, sd, np.inf)
    shown = LogisticRegression(tol=1e-10, max_iter=100_000).fit(z[train], labels[train]).predict_proba(z[test])  # fmt: skip
    areas = [roc_auc_score(labels[test] == c, shown[:, c]) for c in np.unique(labels[test])]
    assert row["worst_explicitness"] == pytest.approx(min(areas), abs=2e-3)


@pytest.mark.parametrize("metric", ["factorvae", "betavae", "zmaxvar"])
def test_the_scale_of_accuracies(metric):
    """(score - 1 / K) / (1 - 1 / K), and the accuracies of factors, whose mean by batches is the score."""
    rng = np.random.default_rng(0)
    factors = rng.integers(0, 3, (200, 3))
    few = {"train": 300, "evaluate": 300, "ci": None}
    score = function(metric)(factors + rng.normal(size=factors.shape), factors, **few)
    if f"{metric}_scaled" in score.summary:
        expected = (score.value - 1 / 3) / (2 / 3)
        assert score.summary[f"{metric}_scaled"] == pytest.approx(expected, abs=1e-12)
    batches = [row["batches"] for row in score.factors if row.get("batches")]
    if batches:
        right = [row[metric] * row["batches"] for row in score.factors]
        assert score.value == pytest.approx(sum(right) / sum(batches), abs=1e-9)


def test_mcc(source):
    """Hyvärinen and Morioka (2016): absolute correlations, each dimension with one factor at most."""
    codes, factors, classes = source
    values = np.stack(
        [factors["amount"] if k == 3 else v for k, v in enumerate(classes)], axis=1
    )
    for estimator, rank in (
        ("pearson", np.asarray),
        ("spearman", lambda a: rankdata(a, axis=0)),
    ):
        z, v = rank(codes), rank(values)
        sd = np.where(codes.std(axis=0) > 1e-9, z.std(axis=0), np.inf)
        r = ((z - z.mean(0)) / sd).T @ ((v - v.mean(0)) / v.std(0)) / len(z)
        pairs = linear_sum_assignment(-np.abs(r))
        score = function("mcc")(codes, factors, estimator=estimator, ci=None)
        assert score.value == pytest.approx(np.abs(r[pairs]).sum() / 5, abs=1e-9)
        assert score.summary["mcc_matched"] == pytest.approx(np.abs(r[pairs]).mean(), abs=1e-9)
        by_factor = dict(zip(pairs[1], r[pairs], strict=True))
        found = [row["correlation"] for row in score.factors]
        assert found == pytest.approx([by_factor[k] for k in range(5)], abs=1e-9)


def test_identifiability(source):
    """R^2 of least squares on held-out rows, in 5 folds of rows drawn by the seed."""
    codes, factors, classes = source
    values = np.stack(
        [factors["amount"] if k == 3 else v for k, v in enumerate(classes)], axis=1
    )
    z = np.delete(codes, (3, 4), axis=1)  # without what has no weight of its own
    predicted = np.empty(values.shape)
    order = np.random.default_rng([0, 12]).permutation(len(z))
    for test in np.array_split(order, 5):
        train = np.setdiff1d(order, test)
        predicted[test] = LinearRegression().fit(z[train], values[train]).predict(z[test])
    r2 = 1 - ((values - predicted) ** 2).sum(0) / ((values - values.mean(0)) ** 2).sum(0)
    score = function("identifiability")(codes, factors, ci=None)
    assert [row["r2"] for row in score.factors] == pytest.approx(r2, abs=1e-9)
    assert score.value == pytest.approx(r2.mean(), abs=1e-9)


def test_mutual_information_score_corrected(source):
    """Pairs of dimensions by Miller (1955), over those that change."""
    codes, _, _ = source
    labels = binned(codes)
    moving = [0, 1, 2, 3, 5]
    found = []
    for j in moving:  # a pair is one test of as many as there are dimensions up to it
        mutual = corrected(labels[: j + 1], [labels[j]])[0]
        own = [depends(z, labels[j], 0.05 / (j + 1)) for z in labels[: j + 1]]
        assert len(own) == len(mutual)
        found += [mutual[i, 0] for i in moving if i < j]
    summary = function("mutual-information-score")(codes).summary
    expected = pytest.approx(np.mean(found), abs=1e-9)
    assert summary["mutual_information_score_corrected"] == expected


def test_the_report_has_the_scores_of_the_metrics(source):
    codes, factors, _ = source
    names = ("mig", "irs", "mcc", "total-correlation")
    report = disentanglement_report(codes, factors, only=names, ci=None)
    for name in names:
        options = {} if name == "total-correlation" else {"ci": None}
        alone = function(name)(codes, factors, **options).value
        assert report.summary[name] == pytest.approx(alone, abs=1e-12)
