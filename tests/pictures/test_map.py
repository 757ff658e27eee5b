"""Maps: PCA is scikit-learn's, quality is the papers', neighbors are exact, the same seed gives the same bytes."""

import tracemalloc

import numpy as np
import pytest
from scipy import stats
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from latentcli.errors import LatentError, ParameterError
from latentcli.pictures import _projection, map_page, space_map


def rows(count=120, dimensions=8, seed=0):
    return np.random.default_rng(seed).standard_normal((count, dimensions)) * np.arange(
        dimensions, 0, -1
    )


@pytest.mark.parametrize(("count", "dimensions"), [(120, 8), (30, 200)])
def test_pca_is_scikit_learns_up_to_sign(count, dimensions):
    x = rows(count, dimensions)
    found = space_map(x)
    peer = PCA(2, svd_solver="full").fit(x)
    theirs = peer.transform(x)
    signs = np.sign((found.coordinates * theirs).sum(axis=0))
    assert found.coordinates == pytest.approx(theirs * signs, abs=1e-9)
    assert found.summary["variance_kept"] == pytest.approx(peer.explained_variance_ratio_.sum())


def test_quality_is_that_of_venna_and_kaski():
    x = rows()
    found = space_map(x)
    xy = found.coordinates
    assert found.quality.trustworthiness == pytest.approx(
        trustworthiness(x, xy, n_neighbors=15)
    )
    assert found.quality.continuity == pytest.approx(trustworthiness(xy, x, n_neighbors=15))
    near = [np.argsort(((v[:, None] - v) ** 2).sum(axis=2), axis=1)[:, 1:16] for v in (x, xy)]
    kept = np.mean([len(set(a) & set(b)) / 15 for a, b in zip(*near, strict=True)])
    assert found.quality.neighbors_kept == pytest.approx(kept)
    every = [((v[:, None] - v) ** 2).sum(axis=2)[np.triu_indices(len(x), 1)] for v in (x, xy)]
    exact = stats.spearmanr(*every).statistic
    assert found.quality.distance_correlation == pytest.approx(exact, abs=0.02)


def test_a_plane_is_kept_whole():
    plane = rows(60, 2)
    found = space_map(np.column_stack([plane, np.zeros((60, 3))]))
    assert found.quality.trustworthiness == 1.0
    assert found.quality.distance_correlation == pytest.approx(1.0)
    assert found.summary["variance_kept"] == pytest.approx(1.0)


def test_neighbors_are_exact_by_cosine():
    x = rows()
    found = space_map(x, unit_rows=True, neighbors=5)
    u = x / np.linalg.norm(x, axis=1, keepdims=True)
    cosines = u @ u.T
    np.fill_diagonal(cosines, -2)
    assert (found.neighbors == np.argsort(-cosines, axis=1)[:, :5]).all()


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_the_same_seed_gives_the_same_page(method):
    x = rows(60, 5)
    one, two = (map_page(space_map(x, method=method, seed=3), title="t") for _ in range(2))
    assert one == two


def test_tsne_keeps_clusters_together():
    random = np.random.default_rng(1)
    centers = random.standard_normal((4, 10)) * 20
    labels = np.repeat(range(4), 40)
    found = space_map(centers[labels] + random.standard_normal((160, 10)), method="tsne")
    xy = found.coordinates
    near = np.argsort(((xy[:, None] - xy) ** 2).sum(axis=2), axis=1)[:, 1:6]
    assert (labels[near] == labels[:, None]).mean() > 0.98


def test_a_sample_is_the_first_words_or_random_rows():
    x = rows(100)
    first = space_map(x, sample=10, by_frequency=True)
    assert first.rows.tolist() == list(range(10))
    drawn = space_map(x, sample=10, seed=1)
    assert drawn.rows.tolist() != list(range(10))
    assert len(drawn.names) == 10
    assert any("10 random rows of 100" in note for note in drawn.notes)


def test_rows_that_cannot_be_shown_are_counted():
    x = rows(20)
    x[3] = np.nan
    found = space_map(x)
    assert 3 not in found.rows
    assert any("1 row is left out" in note for note in found.notes)


def test_a_path_is_projected_with_the_rows():
    x = rows()
    path = np.linspace(x[0], x[1], 5)
    found = space_map(x, path=path)
    assert found.path[0] == pytest.approx(found.coordinates[0], abs=0.2)
    assert found.path.shape == (5, 2)
    with pytest.raises(LatentError, match=r"is \(M, 8\) finite numbers"):
        space_map(x, path=np.zeros((3, 7)))


def test_what_means_nothing():
    with pytest.raises(ParameterError, match="`method` is mds"):
        space_map(rows(), method="mds")
    with pytest.raises(LatentError, match="two usable rows"):
        space_map(np.full((5, 2), np.nan))
    with pytest.raises(LatentError, match="rows \\(N, D\\)"):
        space_map(np.zeros(4))
    with pytest.raises(ParameterError, match="`sample` is 1"):
        space_map(rows(), sample=1)


def test_torn_neighborhoods_are_counted_point_by_point():
    x = rows()
    found = space_map(x, neighbors=6)
    near = [
        np.argsort(((v[:, None] - v) ** 2).sum(axis=2), axis=1)[:, 1:7]
        for v in (x, found.coordinates)
    ]
    kept = [len({*a} & {*b}) / 6 for a, b in zip(*(one.tolist() for one in near), strict=True)]
    assert found.torn == pytest.approx(1 - np.array(kept))
    assert space_map(x, neighbors=0).torn is None


def test_points_in_one_place_have_a_share_too():
    x = np.zeros((30, 3))
    x[:3] = np.eye(3)
    torn = space_map(x, neighbors=4).torn
    assert ((torn >= 0) & (torn <= 1)).all()


@pytest.mark.parametrize("library", ["_by_opentsne", "_by_scikit_learn"])
def test_of_few_rows_the_map_of_least_divergence_is_kept(monkeypatch, library):
    divergences = [5.0, 4.0, 3.0, 1.0, 2.0, 6.0, 7.0, 8.0, 9.0, 10.0]
    starts = []

    def place(start):
        starts.append(start)
        return start, divergences[len(starts) - 1]

    if library == "_by_scikit_learn":
        monkeypatch.setattr(_projection.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(_projection, library, lambda *_: place)
    found = space_map(rows(40), method="tsne")
    assert len(starts) == 10
    assert (found.coordinates == starts[3]).all()
    starts.clear()
    space_map(rows(600), method="tsne")
    assert len(starts) == 1


def test_few_wide_rows_are_mapped_in_little_memory():
    wide = np.random.default_rng(0).standard_normal((40, 4000)).astype(np.float32)
    space_map(wide)  # imports
    tracemalloc.start()
    try:
        space_map(wide)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 150e6  # the 20,000 pairs whose distances are compared would take 640 MB
