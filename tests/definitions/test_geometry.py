"""The numbers of geometry and compare, derived again from their papers in plain NumPy and SciPy.

Without one here: k-means groups and the linear probe are scikit-learn's own; p-values and
intervals are random, and tested by how often they are wrong.
"""

import numpy as np
import pytest
from scipy import linalg, spatial, stats

import latentcli

EXACT = {"abs": 1e-9, "rel": 1e-9}


def cloud(seed):
    """Correlated rows about a mean, of rounded numbers, with a zero row and a constant dimension."""
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((70, 5)) @ rng.standard_normal((5, 6)) + rng.standard_normal(6)
    rows = np.c_[rows.round(1 + seed), np.full(70, 2.0)]
    rows[9] = 0
    return rows


@pytest.fixture(params=range(4))
def rows(request):
    return cloud(request.param)


def of(rows, *names, **settings):
    return latentcli.geometry_report(rows, only=names, **settings)


def test_spectra(rows):
    """Participation ratio (sum l)^2 / sum l^2; IsoScore (Rudman et al., 2022, algorithm 1); effective
    rank exp H(s / sum s) (Roy and Vetterli, 2007); stable rank |X|_F^2 / |X|_2^2; PCA shares.
    """
    found = of(rows, "isotropy", "manifold")
    values = np.clip(np.linalg.eigvalsh(np.cov(rows.T, bias=True)), 0, None)[::-1]
    assert found.value("participation_ratio") == pytest.approx(
        values.sum() ** 2 / (values**2).sum(), **EXACT
    )
    n = rows.shape[1]
    scaled = np.sqrt(n) * values / np.linalg.norm(values)
    defect = np.linalg.norm(scaled - 1) / np.sqrt(2 * (n - np.sqrt(n)))
    share = (n - defect**2 * (n - np.sqrt(n))) ** 2 / n**2
    assert found.value("isoscore") == pytest.approx((n * share - 1) / (n - 1), **EXACT)
    s = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False)
    s = s[s > 1e-9 * s[0]]
    rank = np.exp(stats.entropy(s))
    # The smallest singular values come from squares: half of their digits.
    assert found.value("effective_rank", "singular") == pytest.approx(rank, abs=1e-6)
    assert found.value("stable_rank") == pytest.approx((s**2).sum() / s[0] ** 2, **EXACT)
    assert found.value("pca_top_share") == pytest.approx(values[0] / values.sum(), **EXACT)
    assert found.value("pca_components", "90%") == 1 + np.searchsorted(
        np.cumsum(values) / values.sum(), 0.9
    )


def test_directions(rows):
    """Mean cosine (Ethayarajh, 2019); uniformity and alignment (Wang and Isola, 2020)."""
    labels = np.arange(len(rows)) % 3
    found = of(rows, "mean_cosine", "uniformity", labels=labels)
    there = rows.any(axis=1)
    directions = rows[there] / np.linalg.norm(rows[there], axis=1, keepdims=True)
    above = np.triu_indices(len(directions), 1)
    assert found.value("mean_cosine") == pytest.approx(
        (directions @ directions.T)[above].mean(), **EXACT
    )
    squares = spatial.distance.pdist(directions, "sqeuclidean")
    assert found.value("uniformity") == pytest.approx(
        np.log(np.exp(-2 * squares).mean()), **EXACT
    )
    same = (labels[there][:, None] == labels[there])[above]
    assert found.value("alignment") == pytest.approx(squares[same].mean(), **EXACT)


def test_distances_and_hubs():
    """Hubness is the skewness of N_k (Radovanovic et al., 2010); distances without ties."""
    rows = np.random.default_rng(5).standard_normal((90, 7))
    found = of(rows, "hubness", "distance_spread", neighbors=5)
    away = spatial.distance.squareform(spatial.distance.pdist(rows))
    assert found.value("distance_spread") == pytest.approx(
        spatial.distance.pdist(rows).std() / spatial.distance.pdist(rows).mean(), **EXACT
    )
    np.fill_diagonal(away, np.inf)
    counts = np.bincount(np.argsort(away, axis=1)[:, :5].ravel(), minlength=90)
    assert found.value("k_skewness") == pytest.approx(stats.skew(counts), **EXACT)
    assert found.value("antihubs") == pytest.approx((counts == 0).mean(), **EXACT)
    assert found.value("hub_share") == pytest.approx(
        counts[counts >= 10].sum() / counts.sum(), **EXACT
    )
    assert found.value("robin_hood") == pytest.approx(np.abs(counts - 5).sum() / 900, **EXACT)
    assert found.value("hub") == counts.max()


@pytest.mark.parametrize("copies", [0, 30])
def test_local_dimension(copies):
    """TwoNN (Facco et al., 2017) by a line through 0, and by likelihood; MLE (Levina and Bickel, 2005)
    with inverse averaging (MacKay and Ghahramani, 2005). Of distinct rows.
    """
    rows = np.random.default_rng(6).standard_normal((120, 4))
    found = of(np.concatenate([rows, rows[:copies]]), "manifold")
    away = np.sort(spatial.distance.squareform(spatial.distance.pdist(rows)), axis=1)[:, 1:21]
    mu = np.sort(away[:, 1] / away[:, 0])
    x, y = np.log(mu[:108]), -np.log(1 - np.arange(1, 109) / 120)
    assert found.value("two_nn", "fit") == pytest.approx((x @ y) / (x @ x), **EXACT)
    assert found.value("two_nn", "maximum") == pytest.approx(119 / np.log(mu).sum(), **EXACT)
    inverse = np.log(away[:, -1:] / away[:, :-1]).mean()
    assert found.value("mle") == pytest.approx(1 / inverse, **EXACT)


def test_comparison():
    """CKA (Kornblith et al., 2019) and with unbiased HSIC (Song et al., 2012, eq. 5); Procrustes
    (Ding et al., 2021); RSA (Kriegeskorte et al., 2008); the share of common neighbors.
    """
    rng = np.random.default_rng(7)
    x = rng.standard_normal((60, 5)) + 2
    y = np.c_[x @ rng.standard_normal((5, 3)), rng.standard_normal((60, 4))]
    x[3] = 0  # a code like any other
    found = latentcli.compare(x, y, neighbors=6, ci=None)
    assert len(found.rows_x) == 60
    x, y = x[found.rows_x], y[found.rows_y]
    n = len(x)
    a, b = x - x.mean(axis=0), y - y.mean(axis=0)
    cross = np.linalg.norm(a.T @ b) ** 2
    own = np.linalg.norm(a.T @ a) * np.linalg.norm(b.T @ b)
    assert found.cka_biased == pytest.approx(cross / own, **EXACT)

    def hsic(k, m):
        k, m = k - np.diag(np.diag(k)), m - np.diag(np.diag(m))
        return (
            np.trace(k @ m)
            + k.sum() * m.sum() / ((n - 1) * (n - 2))
            - 2 / (n - 2) * (k @ m).sum()
        ) / (n * (n - 3))

    k, m = x @ x.T, y @ y.T
    assert found.cka == pytest.approx(hsic(k, m) / np.sqrt(hsic(k, k) * hsic(m, m)), **EXACT)
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    nuclear = linalg.svdvals(a.T @ b).sum()
    assert found.procrustes == pytest.approx(2 - 2 * nuclear, **EXACT)
    first, second = spatial.distance.pdist(x), spatial.distance.pdist(y)
    assert found.rsa == pytest.approx(stats.spearmanr(first, second).statistic, **EXACT)
    near = []
    for away in (first, second):
        away = spatial.distance.squareform(away)
        np.fill_diagonal(away, np.inf)
        near.append(np.argsort(away, axis=1)[:, :6])
    common = [len(np.intersect1d(p, q)) / 6 for p, q in zip(*near, strict=True)]
    assert found.neighbor_overlap == pytest.approx(np.mean(common), **EXACT)


def test_capacity():
    """Bits of signs are entropies; the Welch bound (1974); 2^n patterns (Hinton et al., 1986)."""
    rows = np.random.default_rng(8).standard_normal((50, 4)) + 0.3
    found = latentcli.capacity(rows)
    share = (rows > 0).mean(axis=0)
    bits = stats.entropy([share, 1 - share], base=2).sum()
    assert found.signs.bits == pytest.approx(bits, **EXACT)
    directions = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = (directions @ directions.T)[np.triu_indices(50, 1)]
    assert found.room.rms == pytest.approx(np.sqrt((cosines**2).mean()), **EXACT)
    assert found.room.mean == pytest.approx(np.abs(cosines).mean(), **EXACT)
    assert found.room.welch == pytest.approx(np.sqrt((50 - 4) / (4 * 49)), **EXACT)
    assert latentcli.capacity(dims=9).codes[1].patterns == 512
