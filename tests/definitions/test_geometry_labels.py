"""The numbers of geometry that take labels or outputs, of compare and of maps, in plain NumPy and SciPy."""

import numpy as np
import pytest
from scipy import spatial, stats

import latentcli

EXACT = {"abs": 1e-9, "rel": 1e-9}


@pytest.fixture(params=range(3))
def sample(request):
    """Correlated rows with classes of unequal size, one row twice."""
    rng = np.random.default_rng(request.param)
    labels = np.sort(rng.choice(3, 66, p=[0.6, 0.3, 0.1]))
    rows = rng.standard_normal((66, 5)) @ rng.standard_normal((5, 5)) + 1.5 * labels[:, None]
    rows[1] = rows[0]
    return rows, labels


def far(rows):
    return spatial.distance.squareform(spatial.distance.pdist(rows))


def near(away, k):
    """Return the k nearest rows of each, ties by their order."""
    away = away + np.diag(np.full(len(away), np.inf))
    return np.argsort(away, axis=1, kind="stable")[:, :k]


def test_classes(sample):
    """Silhouette (Rousseeuw, 1987); Davies and Bouldin (1979); Calinski and Harabasz (1974); purity."""
    rows, labels = sample
    found = latentcli.geometry_report(rows, labels, only=["clusters"], neighbors=7, ci=None)
    away, count = far(rows), len(rows)
    each = []
    for i in range(count):
        own = (labels == labels[i]) & (np.arange(count) != i)
        a = away[i, own].mean()
        b = min(away[i, labels == other].mean() for other in set(labels) - {labels[i]})
        each.append((b - a) / max(a, b))
    assert found.value("silhouette") == pytest.approx(np.mean(each), abs=1e-6)
    centers = np.array([rows[labels == c].mean(axis=0) for c in range(3)])
    spread = [np.linalg.norm(rows[labels == c] - centers[c], axis=1).mean() for c in range(3)]
    between = far(centers)
    index = [
        max((spread[i] + spread[j]) / between[i, j] for j in range(3) if j != i)
        for i in range(3)
    ]
    assert found.value("davies_bouldin") == pytest.approx(np.mean(index), **EXACT)
    sizes = np.bincount(labels)
    outside = (sizes * ((centers - rows.mean(axis=0)) ** 2).sum(axis=1)).sum() / 2
    inside = ((rows - centers[labels]) ** 2).sum() / (count - 3)
    assert found.value("calinski_harabasz") == pytest.approx(outside / inside, **EXACT)
    shared = (labels[near(away, 7)] == labels[:, None]).mean()
    assert found.value("knn_purity") == pytest.approx(shared, **EXACT)


def lost(of, kept, k):
    """Return 1 - the ranks beyond k of neighbors in `of` that are none in `kept`, scaled."""
    count = len(of)
    order = np.argsort(np.argsort(kept + np.diag(np.full(count, -1.0)), axis=1), axis=1)
    total = sum(max(0, order[i, j] - k) for i in range(count) for j in near(of, k)[i])
    return 1 - 2 * total / (count * k * (2 * count - 3 * k - 1))


def test_smoothness():
    """Trustworthiness, continuity (Venna and Kaski, 2001); distance correlation (Székely, Rizzo, 2013)."""
    rng = np.random.default_rng(9)
    codes = rng.standard_normal((50, 4))
    outputs = np.c_[codes[:, :2] ** 2, rng.standard_normal((50, 2))]
    found = latentcli.geometry_report(
        codes, outputs=outputs, only=["smoothness"], neighbors=6, ci=None
    )
    a, b = far(codes), far(outputs)
    assert found.value("trustworthiness") == pytest.approx(lost(a, b, 6), **EXACT)
    assert found.value("continuity") == pytest.approx(lost(b, a, 6), **EXACT)

    def centered(x):
        n = len(x)
        x = x - x.sum(0) / (n - 2) - x.sum(1)[:, None] / (n - 2) + x.sum() / ((n - 1) * (n - 2))
        return x - np.diag(np.diag(x))

    u, v = centered(a), centered(b)
    assert found.value("distance_correlation") == pytest.approx(
        (u * v).sum() / np.sqrt((u * u).sum() * (v * v).sum()), **EXACT
    )
    steps = [b[i, j] / a[i, j] for i in range(50) for j in near(a, 6)[i]]
    assert found.value("lipschitz", "largest") == pytest.approx(max(steps), **EXACT)


def test_spectra_that_are_not_centered(sample):
    """RankMe (Garrido et al., 2023); all but the top (Mu and Viswanath, 2018)."""
    rows, _ = sample
    found = latentcli.geometry_report(rows, only=["isotropy"], ci=None)
    s = np.linalg.svd(rows, compute_uv=False)
    assert found.value("effective_rank", "RankMe") == pytest.approx(
        np.exp(stats.entropy(s)), abs=1e-5
    )
    left = rows - rows.mean(axis=0)
    axis = np.linalg.svd(left, full_matrices=False)[2][0]
    left = left - np.outer(left @ axis, axis)
    units = left / np.linalg.norm(left, axis=1, keepdims=True)
    cosine = (units @ units.T)[np.triu_indices(len(rows), 1)].mean()
    assert found.value("all_but_the_top") == pytest.approx(cosine, abs=1e-8)


def test_moves(sample):
    """1 - cosine of each row with its partner, after centring and the best rotation (Schönemann, 1966)."""
    rows, _ = sample
    other = rows @ np.linalg.qr(np.random.default_rng(4).standard_normal((5, 5)))[0]
    other = other + 0.3 * np.random.default_rng(5).standard_normal(rows.shape)
    found = latentcli.compare(rows, other, moved=70, ci=None, neighbors=7)
    x, y = rows - rows.mean(axis=0), other - other.mean(axis=0)
    left, _, right = np.linalg.svd(x.T @ y)
    turned = x @ left @ right
    cosines = (
        (turned * y).sum(axis=1) / np.linalg.norm(turned, axis=1) / np.linalg.norm(y, axis=1)
    )
    assert found.summary["median_move"] == pytest.approx(np.median(1 - cosines), **EXACT)
    moved = sorted(one["value"] for one in found.records if one["measure"] == "moved")
    np.testing.assert_allclose(moved, np.sort(1 - cosines), rtol=1e-9)
