import numpy as np
import pytest
from sklearn.decomposition import PCA

import latentcli
from latentcli.errors import LatentError, ParameterError
from latentcli.latents import _components

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("count", "dimensions"), [(500, 20), (30, 200), (21, 20)])
def test_pca_equals_scikit_learn(count, dimensions):
    codes = RNG.standard_normal((count, dimensions)) * np.linspace(1, 5, dimensions) + 3
    found, known = latentcli.pca_directions(codes, k=8), PCA(8, svd_solver="full").fit(codes)
    assert np.abs(found.codes - known.components_).max() < 1e-8
    assert found.explained_variance == pytest.approx(known.explained_variance_, rel=1e-8)
    assert found.explained_variance_ratio == pytest.approx(
        known.explained_variance_ratio_, rel=1e-8
    )
    assert found.mean == pytest.approx(known.mean_, rel=1e-12)


def test_pca_of_sets_that_are_large_both_ways(monkeypatch):
    monkeypatch.setattr(_components, "_SQUARE", 10)
    codes = RNG.standard_normal((300, 200)) * np.linspace(1, 5, 200) ** 2 + 3
    found, known = latentcli.pca_directions(codes, k=6), PCA(6, svd_solver="full").fit(codes)
    assert np.abs(found.codes - known.components_).max() < 1e-8
    assert found.explained_variance_ratio == pytest.approx(
        known.explained_variance_ratio_, rel=1e-8
    )


def test_pca_far_from_the_origin_keeps_its_digits():
    codes = RNG.standard_normal((400, 6)) * np.arange(1, 7) + 1e6
    found, known = latentcli.pca_directions(codes), PCA(6, svd_solver="full").fit(codes)
    assert found.explained_variance == pytest.approx(known.explained_variance_, rel=1e-8)


def test_components_have_the_shape_of_a_code():
    found = latentcli.pca_directions(RNG.standard_normal((9, 2, 3, 3)), k=4)
    assert found.codes.shape == (4, 2, 3, 3)
    assert np.linalg.norm(found.codes.reshape(4, -1), axis=1) == pytest.approx(1)
    assert found.mean.shape == (2, 3, 3)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int64])
def test_codes_are_taken_as_they_are(dtype):
    codes = (RNG.standard_normal((60, 5)) * 10).astype(dtype)
    found = latentcli.pca_directions(codes)
    known = PCA(5, svd_solver="full").fit(codes.astype(np.float64))
    assert np.abs(found.codes - known.components_).max() < 1e-8


def test_a_component_is_a_direction_of_edit(latent, tmp_path):
    np.save(tmp_path / "codes.npy", codes := RNG.standard_normal((50, 4)) * [1, 2, 3, 4])
    out = tmp_path / "pca.npz"
    assert latent("directions", "pca", tmp_path / "codes.npy", "-k", "2", "-o", out)[0] == 0
    axis = np.load(out)["codes"][1]
    moved = tmp_path / "moved.npy"
    assert (
        latent("edit", tmp_path / "codes.npy", f"{out}::codes[1]", "--by", "2", "-o", moved)[0]
        == 0
    )
    assert np.load(moved) == pytest.approx(codes + 2 * axis)


def test_sefa_is_the_eigenvectors_of_the_weights():
    weights = RNG.standard_normal((40, 8))
    found = latentcli.sefa_directions(weights, k=8)
    square = weights.T @ weights
    assert square @ found.codes.T == pytest.approx(found.codes.T * found.explained_variance)
    assert (np.diff(found.explained_variance) < 0).all()
    _, singular, axes = np.linalg.svd(weights)
    assert np.abs((axes * found.codes).sum(axis=1)) == pytest.approx(1)
    assert found.explained_variance == pytest.approx(singular**2)
    parts = latentcli.sefa_directions([weights[:10], weights[10:]], k=8)
    assert parts.codes == pytest.approx(found.codes)


def test_sefa_as_its_authors_code_has_it():
    weights = RNG.standard_normal((40, 8)) * RNG.uniform(0.1, 9, (40, 1))
    columns = weights.T / np.linalg.norm(weights.T, axis=0, keepdims=True)
    values, vectors = np.linalg.eig(columns @ columns.T)
    known = vectors[:, values.argmax()].real
    found = latentcli.sefa_directions(weights, k=1, normalize=True)
    assert abs(found.codes[0] @ known) == pytest.approx(1)


def test_a_hundred_thousand_mapped_codes_take_little_memory(tmp_path):
    import tracemalloc

    made = np.lib.format.open_memmap(tmp_path / "c.npy", "w+", np.float32, (100_000, 64))
    made[:] = RNG.standard_normal(made.shape, np.float32)
    made.flush()
    tracemalloc.start()
    found = latentcli.pca_directions(str(tmp_path / "c.npy"), k=3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6  # the file has 26 MB, in float64 it would be 51
    assert len(found.codes) == 3


@pytest.mark.parametrize(
    ("codes", "k", "error"),
    [
        (np.ones((5, 3)), 2, LatentError),
        (np.ones((1, 3)), 1, LatentError),
        (np.eye(5), 0, ParameterError),
        (np.eye(5), 6, ParameterError),
        (np.full((5, 3), np.nan), 1, LatentError),
    ],
)
def test_codes_without_components(codes, k, error):
    with pytest.raises(error):
        latentcli.pca_directions(codes, k=k)


@pytest.mark.parametrize(
    "weights",
    [np.zeros((3, 4)), np.ones(4), np.ones((2, 3, 3)), [np.ones((2, 3)), np.ones((2, 4))]],
)
def test_weights_without_directions(weights):
    with pytest.raises(LatentError):
        latentcli.sefa_directions(weights, k=1)
