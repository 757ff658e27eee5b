"""Metrics of information, derived again from their papers in plain NumPy and SciPy.

Each function below is written from the definition named in its docstring and shares no code with the
package. Inputs have correlated, rare, constant, text and continuous factors, ties, duplicate rows and
dimensions, and dimensions that never change. Equal to 1e-9.

Without a derivation here: `mig_robust` and `mig_bins_N`, which are `mig` with other bins (derived); the
intervals by random halves, which are tested for what they are (tests/numerics/test_resampling.py) and
for coverage (tests/disentanglement/test_coverage.py); InfoE, whose regression is iterative: to 1e-4.
"""

import numpy as np
import pytest
from dependence import depends
from scipy.optimize import linear_sum_assignment
from scipy.special import digamma
from scipy.stats import entropy as scipy_entropy

from latentcli.disentanglement import function

BINS = 20


def entropy(labels):
    """H in nats of the shares of each label (Shannon, 1948)."""
    return scipy_entropy(np.unique(labels, return_counts=True)[1])


def joint(a, b):
    """Pairs of labels as one label."""
    return np.unique(np.stack([a, b]), axis=1, return_inverse=True)[1].ravel()


def information(a, b):
    """I(a; b) = H(a) + H(b) - H(a, b) (Shannon, 1948)."""
    return entropy(a) + entropy(b) - entropy(joint(a, b))


def in_bins(values, bins=BINS):
    """Equal width between the extremes, as disentanglement_lib: edges of numpy.histogram."""
    return np.digitize(values, np.histogram(values, bins)[1][:-1])


def sources():
    """Codes, factors as given, and the classes that they are."""
    for seed in range(6):
        rng = np.random.default_rng(seed)
        rows = int(rng.integers(60, 250))
        first = rng.integers(0, 4, rows)
        second = np.where(rng.random(rows) < 0.5, first, rng.integers(0, 5, rows))
        rare = (rng.random(rows) < 0.05).astype(int)
        rare[:2] = 0, 1
        amount = rng.normal(size=rows)
        text = np.array(["b", "a", "é"])[rng.integers(0, 3, rows)]
        factors = {
            "first": first,
            "second": second,
            "rare": rare,
            "amount": amount,
            "text": text,
        }
        classes = [
            first,
            second,
            rare,
            in_bins(amount),
            np.unique(text, return_inverse=True)[1],
        ]
        codes = rng.normal(size=(rows, 7))
        codes[:, 0] += 2 * first
        codes[:, 1] = np.round(second + codes[:, 1] / 3)  # ties
        codes[:, 2] += amount
        codes[:, 3] = codes[:, 0]  # a duplicate
        codes[:, 4] = 3.7  # never changes
        codes[:, 5] = rare
        codes[rows // 2 : rows // 2 + 5] = codes[:5]  # duplicate rows
        if seed == 5:
            codes[:, 6] = np.exp(4 * codes[:, 6])  # heavy tails
        yield codes, factors, classes


SOURCES = list(sources())
source = pytest.mark.parametrize("source", SOURCES)


def tables(codes, classes):
    """I (D, K) and H (K,)."""
    binned = [in_bins(column) for column in codes.T]
    mutual = np.array([[information(z, v) for v in classes] for z in binned])
    return np.where(mutual > 1e-12, mutual, 0), np.array([entropy(v) for v in classes])


def scored(name, codes, factors, **settings):
    return function(name)(codes, factors, **settings)


@source
def test_mig(source):
    """Chen et al. (2018): mean_k (I_1 - I_2) / H; MIG-sup: Li et al. (2020); AAM as in YannDubs."""
    codes, factors, classes = source
    mutual, h = tables(codes, classes)
    found = scored("mig", codes, factors)
    top = -np.sort(-mutual, axis=0)
    assert [row["mig"] for row in found.factors] == pytest.approx(
        (top[0] - top[1]) / h, abs=1e-9
    )
    assert found.value == pytest.approx(((top[0] - top[1]) / h).mean(), abs=1e-9)
    rows = -np.sort(-mutual / h, axis=1)
    assert found.summary["mig_sup"] == pytest.approx((rows[:, 0] - rows[:, 1]).mean(), abs=1e-9)
    assert found.summary["mig_ratio"] == pytest.approx(
        (top[0] / top.sum(axis=0)).mean(), abs=1e-9
    )
    left = np.maximum(0, top[0] - top[1:].sum(axis=0)) / top[0]
    assert found.summary["aam"] == pytest.approx(left.mean(), abs=1e-9)


@source
def test_ceiling_is_the_mig_of_perfect_codes(source):
    codes, factors, classes = source
    perfect = np.stack([np.unique(v, return_inverse=True)[1] for v in classes], axis=1)
    mutual, h = tables(perfect, classes)
    top = -np.sort(-mutual, axis=0)
    found = scored("mig", codes, factors).summary["ceiling"]
    assert found == pytest.approx(((top[0] - top[1]) / h).mean(), abs=1e-9)


@source
def test_mig_corrected(source):
    """Miller (1955): each entropy plus (cells - 1) / 2N; all cells of pairs that may be independent."""
    codes, factors, classes = source
    rows, pairs = len(codes), codes.shape[1] * len(classes)
    mutual, entropies = np.zeros((codes.shape[1], len(classes))), np.zeros(len(classes))
    for k, v in enumerate(classes):
        m = len(np.unique(v))
        entropies[k] = entropy(v) + (m - 1) / (2 * rows)
        for j, column in enumerate(codes.T):
            values = np.unique(column)
            z = np.searchsorted(values, column) if len(values) <= BINS else in_bins(column)
            b = len(np.unique(z))
            plain = max(information(z, v), 0)
            cells = len(np.unique(joint(z, v)))
            cells = cells if depends(z, v, 0.05 / pairs) else b * m
            better = plain + (b + m - cells - 1) / (2 * rows)
            mutual[j, k] = np.clip(
                better, 0, min(entropy(z) + (b - 1) / (2 * rows), entropies[k])
            )
    top = -np.sort(-mutual, axis=0)
    found = scored("mig", codes, factors).summary["mig_corrected"]
    assert found == pytest.approx(((top[0] - top[1]) / entropies).mean(), abs=1e-9)


@source
def test_jemmig(source):
    """Do and Tran (2020): H(z_1, v) - I_1 + I_2; Carbonneau et al. (2022): 1 - it / (H + log B)."""
    codes, factors, classes = source
    mutual, h = tables(codes, classes)
    raw = []
    for k, v in enumerate(classes):
        order = np.argsort(mutual[:, k], kind="stable")
        first, second = order[-1], order[-2]
        both = entropy(joint(in_bins(codes[:, first]), v))
        raw.append(both - mutual[first, k] + mutual[second, k])
    found = scored("jemmig", codes, factors)
    assert found.summary["jemmig_raw"] == pytest.approx(np.mean(raw), abs=1e-9)
    assert found.value == pytest.approx(
        np.mean(1 - np.array(raw) / (h + np.log(BINS))), abs=1e-9
    )


@source
def test_dcimig(source):
    """Sepliarskaia et al. (2019)."""
    codes, factors, classes = source
    mutual, h = tables(codes, classes)
    gaps = np.zeros(len(classes))
    for row in mutual:
        best = row.argmax()
        gaps[best] = max(gaps[best], row[best] - np.delete(row, best).max())
    found = scored("dcimig", codes, factors)
    assert found.value == pytest.approx(gaps.sum() / h.sum(), abs=1e-9)


@source
def test_modularity(source):
    """Ridgeway and Mozer (2018); a dimension without information scores 0 (disentanglement_lib)."""
    codes, factors, classes = source
    mutual, _ = tables(codes, classes)
    scores = []
    for row in mutual:
        best = row.max()
        rest = (row**2).sum() - best**2
        scores.append(0 if best == 0 else 1 - rest / (best**2 * (len(classes) - 1)))
    found = scored("modularity", codes, factors)
    assert found.value == pytest.approx(np.mean(scores), abs=1e-9)
    pairs = mutual.size
    known = [
        any(depends(in_bins(column), v, 0.05 / pairs) for v in classes) for column in codes.T
    ]
    assert found.summary["informative"] == sum(known)
    expected = np.mean(np.array(scores)[known])
    assert found.summary["modularity_informative"] == pytest.approx(expected, abs=1e-9)


def dci(importance):
    """Eastwood and Williams (2018): disentanglement of importances (D, K)."""
    shares = (
        importance / np.where(importance.sum(axis=1) > 0, importance.sum(axis=1), 1)[:, None]
    )
    d = np.array([1 - scipy_entropy(p, base=len(p)) if p.sum() else 0 for p in shares])
    return (d * importance.sum(axis=1)).sum() / importance.sum()


@source
def test_med(source):
    """Cao et al. (2022): DCI with R = I / sum of I over dimensions."""
    codes, factors, classes = source
    mutual, _ = tables(codes, classes)
    importance = mutual / mutual.sum(axis=0)
    found = scored("med", codes, factors)
    assert found.value == pytest.approx(dci(importance), abs=1e-9)
    assert found.summary["med_completeness"] == pytest.approx(dci(importance.T), abs=1e-9)


@source
def test_dmig(source):
    """Watcharasupat and Lerch (2021), each factor assigned a dimension by the Hungarian method."""
    codes, factors, classes = source
    mutual, h = tables(codes, classes)
    own = dict(zip(*linear_sum_assignment(-mutual)[::-1], strict=True))
    owner = {j: k for k, j in own.items()}
    gaps = []
    for k, v in enumerate(classes):
        column = mutual[:, k].copy()
        first = column[own[k]]
        column[own[k]] = -1
        runner = int(column.argmax())
        given = classes[owner[runner]] if runner in owner else None
        left = h[k] if given is None else entropy(joint(v, given)) - entropy(given)
        gaps.append((first - column[runner]) / left)
    assert scored("dmig", codes, factors).value == pytest.approx(np.mean(gaps), abs=1e-9)


def ross(z, v, neighbors):
    """Ross (2014), every distance computed: psi(N) + psi(k) - psi(N_v) - psi(m), mean over rows."""
    sizes = (v[:, None] == v).sum(axis=1)
    z, v = z[sizes > 1], v[sizes > 1]
    terms = []
    for value, label in zip(z, v, strict=True):
        same = np.sort(np.abs(z[v == label] - value))
        k = min(neighbors, len(same) - 1)
        nearer = (np.abs(z - value) < same[k]).sum()
        terms.append(digamma(k) - digamma(len(same)) - digamma(nearer))
    return max(0, digamma(len(z)) + np.mean(terms))


@source
@pytest.mark.parametrize("estimator", ["plugin", "knn"])
def test_infom_and_infoc(source, estimator):
    """Hsu et al. (2023): max / sum of I / H, chance taken off."""
    codes, factors, classes = source
    codes = codes.copy()
    if estimator == "knn":
        codes += 0.01 * np.random.default_rng(1).normal(size=codes.shape)
    mutual, h = tables(codes, classes)
    active = codes.std(axis=0) > codes.std(axis=0).max() / 20
    if estimator == "knn":
        standard = (codes - codes.mean(axis=0)) / codes.std(axis=0)
        shaken = standard + 1e-10 * np.random.RandomState(0).standard_normal(codes.shape)
        mutual = np.array([[ross(z, v, 10) for v in classes] for z in shaken.T])
    shares = mutual[active] / h

    def mean(rows):
        size = rows.shape[1]
        if size < 2:
            return None
        kept = rows[rows.sum(axis=1) > 0]
        return np.mean((kept.max(axis=1) / kept.sum(axis=1) - 1 / size) / (1 - 1 / size))

    summary = scored(
        "infomec", codes, factors, estimator=estimator, limit=None, ci=None
    ).summary
    assert summary["infom"] == pytest.approx(mean(shares), abs=1e-9)
    assert summary["infoc"] == pytest.approx(mean(shares.T), abs=1e-9)


def test_infoe():
    """Hsu et al. (2023): 1 - cross-entropy / log M of a multinomial regression of equal classes."""
    from scipy.optimize import minimize

    rng = np.random.default_rng(0)
    v = rng.integers(0, 3, 300)
    codes = rng.normal(size=(300, 3))
    codes[:, 0] += v
    standard = (codes - codes.mean(axis=0)) / codes.std(axis=0)
    design = np.column_stack([standard, np.ones(300)])
    weights = 300 / (3 * np.bincount(v))[v]

    def logs(flat):
        scores = design @ flat.reshape(4, 3)
        return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))

    best = minimize(lambda w: -(weights * logs(w)[np.arange(300), v]).sum(), np.zeros(12)).x
    expected = 1 + logs(best)[np.arange(300), v].mean() / np.log(3)
    found = scored("infomec", codes, {"v": v, "w": v % 2}).factors[0]["infoe"]
    assert found == pytest.approx(expected, abs=1e-4)
