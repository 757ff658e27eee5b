"""Paths, projections, norms, maps, probes and sets of rows, derived again in plain NumPy and SciPy.

Equal to 1e-9; a linear probe, which is fitted by iteration, to a row in a hundred.
"""

import numpy as np
import pytest
from scipy import spatial, special, stats
from scipy.sparse.csgraph import shortest_path
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA

import latentcli

EXACT = {"abs": 1e-9, "rel": 1e-9}


def codes(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


@pytest.mark.parametrize("kind", ["lerp", "slerp"])
def test_extremes_of_a_path(kind):
    """The least norm with its t and its distance from the mean of chi_D in deviations; the longest step."""
    u, v = codes(12), 1.4 * codes(12, seed=1)
    found = latentcli.interp(u, v, kind=kind, steps=11)
    norms = np.linalg.norm(found.codes, axis=1)
    least, chi = norms.argmin(), stats.chi(12)
    summary = found.summary
    assert summary["smallest_norm"] == pytest.approx(norms[least], **EXACT)
    assert summary["smallest_norm_at"] == pytest.approx(np.linspace(0, 1, 11)[least], **EXACT)
    sigma = (norms[least] - chi.mean()) / chi.std()
    assert summary["smallest_norm_sigma"] == pytest.approx(sigma, **EXACT)
    longest = np.linalg.norm(np.diff(found.codes, axis=0), axis=1).max()
    assert summary["largest_step"] == pytest.approx(longest, **EXACT)


def test_the_length_on_a_graph():
    """Shortest path over the k nearest codes of each (Isomap; Tenenbaum et al., 2000), ends joined alike."""
    reference, ends = codes(50, 3), codes(2, 3, seed=1)
    found = latentcli.interp(*ends, reference=reference, k=5).summary
    points = np.concatenate([reference, ends])
    away = spatial.distance.cdist(points, reference)
    edges = np.zeros((52, 52))
    for row, gone in enumerate(away):
        gone = np.where(np.arange(50) == row, np.inf, gone)
        near = np.argsort(gone)[:5]
        edges[row, near] = gone[near]
    length = shortest_path(edges, directed=False)[50, 51]
    straight = np.linalg.norm(ends[0] - ends[1])
    assert found["graph_length"] == pytest.approx(length, **EXACT)
    assert found["graph_straightness"] == pytest.approx(straight / length, **EXACT)


def test_projections():
    """z . d / |d| + b, the moments of it, and the share of scores that are no greater."""
    z, d = codes(30, 5), 3 * codes(5, seed=1)
    scores = z @ d / np.linalg.norm(d) + 0.2
    found = latentcli.project(z, d, intercept=0.2)
    assert [row["score"] for row in found.records] == pytest.approx(scores, **EXACT)
    assert found.summary["mean"] == pytest.approx(scores.mean(), **EXACT)
    assert found.summary["sd"] == pytest.approx(scores.std(ddof=1), **EXACT)
    shares = [100 * (scores <= one).mean() for one in scores]
    assert [row["percentile"] for row in found.records] == pytest.approx(shares, **EXACT)


def test_the_summary_of_norms():
    z = 1.3 * codes(40, 9)
    z[0] *= 3
    norms, chi = np.linalg.norm(z, axis=1), stats.chi(9)
    sigmas = (norms - chi.mean()) / chi.std()
    found = latentcli.typical(z).summary
    assert found["mean_norm"] == pytest.approx(norms.mean(), **EXACT)
    assert found["sd_norm"] == pytest.approx(norms.std(ddof=1), **EXACT)
    assert found["expected_norm"] == pytest.approx(chi.mean(), **EXACT)
    assert found["mean_sigma"] == pytest.approx(sigmas.mean(), **EXACT)
    assert found["beyond_4_sigma"] == (np.abs(sigmas) > 4).sum() > 0


def test_the_place_in_an_ellipsoid_that_is_estimated():
    """F of Hotelling (1931) for other codes, beta of Gnanadesikan and Kettenring (1972) for those within."""
    reference, others = codes(60, 4), codes(10, 4, seed=1)
    n, p = reference.shape
    inverse = np.linalg.inv(np.cov(reference.T))
    expected = []
    for z in np.concatenate([others, reference[:5]]):
        gap = z - reference.mean(axis=0)
        square = gap @ inverse @ gap
        if len(expected) < 10:
            place = stats.f(p, n - p).cdf(square * n * (n - p) / ((n**2 - 1) * p))
        else:
            place = stats.beta(p / 2, (n - p - 1) / 2).cdf(square * n / (n - 1) ** 2)
        expected.append(100 * place)
    z = np.concatenate([others, reference[:5]])
    rows = latentcli.typical(z, reference=reference).records
    assert [row["percentile_estimated"] for row in rows] == pytest.approx(expected, **EXACT)


def test_maps():
    """Variance of two components; the share of common neighbors; Venna and Kaski (2001) at k = 15."""
    x = codes(60, 5) @ codes(5, 5, seed=1)
    found = latentcli.space_map(x)
    shares = PCA().fit(x).explained_variance_ratio_
    assert found.summary["variance_kept"] == pytest.approx(shares[:2].sum(), **EXACT)
    flat = PCA(2).fit_transform(x)
    order = [np.argsort(spatial.distance.cdist(a, a) - np.eye(60), axis=1)[:, 1:] for a in (x, flat)]  # fmt: skip
    near = [one[:, :15] for one in order]
    kept = np.mean([len(np.intersect1d(a, b)) / 15 for a, b in zip(*near, strict=True)])
    assert found.summary["neighbors_kept"] == pytest.approx(kept, **EXACT)
    scale = 2 / (60 * 15 * (2 * 60 - 3 * 15 - 1))
    for name, high, low in (("trustworthiness", 0, 1), ("continuity", 1, 0)):
        lost = 0
        for row in range(60):
            ranks = {int(other): rank for rank, other in enumerate(order[high][row], 1)}
            lost += sum(max(0, ranks[int(other)] - 15) for other in near[low][row])
        assert found.summary[name] == pytest.approx(1 - scale * lost, **EXACT)


def test_the_overlap_that_chance_gives():
    x = codes(50, 4)
    found = latentcli.compare(x, codes(50, 4, seed=1), neighbors=6, ci=None)
    assert found.summary["overlap_by_chance"] == pytest.approx(6 / 49, **EXACT)


def test_duplicates():
    """Cosines of pairs from the threshold on; groups are connected pairs, of which all but one may go."""
    x = codes(40, 3)
    x[30:] = 2 * x[:10]
    found = latentcli.duplicates(x, threshold=0.95, top=1000)
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    cosines = unit @ unit.T
    pairs = np.argwhere(np.triu(cosines >= 0.95 - 1e-12, 1))
    assert {(int(r["a"]), int(r["b"])) for r in found.records} == set(map(tuple, pairs.tolist()))  # fmt: skip
    for row in found.records:
        exact = cosines[int(row["a"]), int(row["b"])]
        assert row["cosine"] == pytest.approx(exact, abs=1e-9)
    summary = found.summary
    assert summary["pairs"] == len(pairs)
    assert summary["share_of_pairs"] == pytest.approx(len(pairs) / (40 * 39 / 2), **EXACT)
    graph = np.zeros((40, 40))
    graph[tuple(pairs.T)] = 1
    joined = np.isfinite(shortest_path(graph, directed=False))
    groups = {tuple(np.flatnonzero(row)) for row in joined if row.sum() > 1}
    assert summary["groups"] == len(groups)
    assert summary["rows_in_groups"] == sum(map(len, groups))
    assert summary["rows_to_drop"] == sum(len(one) - 1 for one in groups)
    sizes = {row: len(one) for one in groups for row in one}
    assert all(row["group_size"] == sizes[int(row["a"])] for row in found.records)


def test_outliers():
    """LOF (Breunig et al., 2000); distance to the k-th neighbor; Mahalanobis, shrunk (Ledoit, Wolf, 2004)."""
    x, k = codes(80, 4) @ codes(4, 4, seed=1), 10
    found = latentcli.outliers(x, neighbors=k, top=80)
    away = spatial.distance.cdist(x, x)
    np.fill_diagonal(away, np.inf)
    near = np.argsort(away, axis=1)[:, :k]
    reach = np.sort(away, axis=1)[:, k - 1]
    density = np.array([1 / np.maximum(reach[near[i]], away[i, near[i]]).mean() for i in range(80)])  # fmt: skip
    lof = density[near].mean(axis=1) / density
    squares = LedoitWolf().fit(x).mahalanobis(x)
    exact = {"lof": lof, "knn": reach, "mahalanobis": np.sqrt(squares)}
    for name, values in exact.items():
        for row in found.records:
            assert row[name] == pytest.approx(values[row["row"]], abs=1e-8)
            below = 100 * (values < values[row["row"]] - 1e-12).mean()
            assert row[f"{name}_percentile"] == pytest.approx(below, **EXACT)
        assert found.summary[f"{name}_median"] == pytest.approx(np.median(values), abs=1e-8)
        assert found.summary[f"{name}_p99"] == pytest.approx(np.quantile(values, 0.99), abs=1e-8)  # fmt: skip
    tails = stats.chi2(4).sf(squares)
    for row in found.records:
        assert row["mahalanobis_p"] == pytest.approx(tails[row["row"]], abs=1e-9)
    assert found.summary["beyond_gaussian"] == (tails < 0.025 / 80).sum()


def test_clusters():
    """The mean silhouette of a cluster's rows (Rousseeuw, 1987), its size and its share."""
    x = np.concatenate([codes(30, 3), codes(20, 3, seed=1) + 6])
    found = latentcli.clusters(x, k=2, bootstraps=0)
    away, labels = spatial.distance.cdist(x, x), found.labels
    for row in found.records:
        own = labels == row["cluster"]
        assert (row["rows"], row["share"]) == (own.sum(), pytest.approx(own.mean()))
        each = []
        for i in np.flatnonzero(own):
            a = away[i, own].sum() / (own.sum() - 1)
            b = away[i, ~own].mean()
            each.append((b - a) / max(a, b))
        assert row["silhouette"] == pytest.approx(np.mean(each), abs=1e-6)


@pytest.mark.parametrize("name", ["mig", "mcc"])
def test_differences_of_models(name):
    """Each from the best, on all rows; Holm's p of two models is p."""
    random = np.random.default_rng(0)
    factors = random.integers(0, 3, (200, 2))
    models = {f"m{k}": factors + 0.3 * k * random.normal(size=factors.shape) for k in (1, 2, 3)}
    for chosen in (models, dict(list(models.items())[:2])):
        found = latentcli.score_models(name, chosen, factors).records
        whole = [one for one in found if one["level"] == "all"]
        scores = {
            key: float(getattr(latentcli, name)(codes, factors, ci=None))
            for key, codes in chosen.items()
        }
        best = max(scores.values())
        assert len(whole) == len(chosen)
        for one in whole:
            assert one["difference"] == pytest.approx(scores[one["model"]] - best, **EXACT)
            if len(chosen) == 2:
                assert one["p_holm"] == one["difference_p_value"]


@pytest.mark.parametrize("dims", [3, 80])
def test_the_room_of_a_space(dims):
    """Patterns of signs with their entropies; cosines of pairs beside Welch's bound (1974) and random directions."""
    x = codes(60, dims)
    found = {one["measure"]: one for one in latentcli.capacity(x).records}
    _, times = np.unique(x > 0, axis=0, return_counts=True)
    ones = (x > 0).mean(axis=0)
    bits = stats.entropy([ones, 1 - ones], base=2).sum()
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    cosines = np.abs((unit @ unit.T)[np.triu_indices(60, 1)])
    most = min(60, 2**dims)
    welch = np.sqrt(max(0, 60 - dims) / (dims * 59))
    random = special.gamma(dims / 2) / (np.sqrt(np.pi) * special.gamma((dims + 1) / 2))
    expected = {
        "sign_patterns": (len(times), most), "share_of_possible": (len(times) / most, 1),
        "bits_of_signs": (bits, dims), "bits_per_dimension": (bits / dims, 1),
        "perplexity": (np.exp(stats.entropy(times)), most),
        "rms_cosine": (np.sqrt((cosines**2).mean()), welch),
        "mean_abs_cosine": (cosines.mean(), random), "largest_abs_cosine": (cosines.max(), welch),
    }  # fmt: skip
    assert found.keys() == expected.keys()
    for name, (value, reference) in expected.items():
        assert found[name]["value"] == pytest.approx(value, **EXACT), name
        assert found[name]["reference"] == pytest.approx(reference, **EXACT), name
