"""Projections of a space onto the plane: PCA, t-SNE and UMAP.

t-SNE (van der Maaten and Hinton, 2008) is openTSNE's, on exact neighbors, where it is installed (extra
`map`), else scikit-learn's; UMAP (McInnes, Healy and Melville, 2018) is umap-learn's.
"""

from __future__ import annotations

import importlib.util
import operator
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from latentcli.errors import LatentError, ParameterError
from latentcli.numerics.points import Points, products, sums
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import check_squares

_PERPLEXITY = 30.0
_EARLY, _LATE = 125, 250
"""Iterations of t-SNE with exaggeration and after it: more change the quality little."""

_SPREAD = 1e-4
"""The deviation of the places that t-SNE begins with."""

_STARTS, _FEW = 10, 1000
"""Maps of t-SNE that are tried at most, and for how many rows in all."""


@dataclass(frozen=True)
class Projection:
    """Coordinates (N, 2) float64; `variance_kept` in [0, 1] for PCA, else None; `library` made them."""

    coordinates: Array
    library: str
    variance_kept: float | None = None


def pca(rows: Array, neighbors: Array, distances: Array, seed: int) -> Projection:
    """Project onto the two directions of most variance; the largest loading of each is positive."""
    return principal(Points(rows))


def principal(points: Points) -> Projection:
    """Project points by PCA: sums and products of blocks, wherever the points lie, give the axes."""
    width = points.dimensions
    mean = points.reduced(sums, operator.add) / len(points)
    if len(points) < width:
        values, vectors = _by_rows(points.take(slice(0, len(points))), mean)
    else:
        values, vectors = np.linalg.eigh(points.reduced(partial(_products, mean), operator.add))
    count = min(2, width)
    axes = vectors[:, ::-1][:, :count]
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(count)])
    axes = axes * np.where(signs == 0, 1.0, signs)
    found = np.zeros((len(points), 2))
    found[:, :count] = np.concatenate(
        points.reduced(partial(_placed, mean, axes), operator.add)
    )
    total = float(values.sum())
    kept = float(values[::-1][:count].sum()) / total if total > 0 else 0.0
    return Projection(found, "numpy", min(1.0, kept))


def _products(mean: Array, block: Array) -> Array:
    check_squares(block - mean, "x")
    return products(mean, block)


def _placed(mean: Array, axes: Array, block: Array) -> list[Array]:
    """Return the coordinates of a block, as a list, which adds up."""
    return [(block - mean) @ axes]


def _by_rows(rows: Array, mean: Array) -> tuple[Array, Array]:
    """Return the variances (N,), ascending, and the axes (D, N) of fewer rows than dimensions."""
    centered = rows - mean
    check_squares(centered, "x")
    _, singular, axes = np.linalg.svd(centered, full_matrices=False)
    return singular[::-1] ** 2, axes[::-1].T


def tsne(rows: Array, neighbors: Array, distances: Array, seed: int) -> Projection:
    """Place neighbors near each other: openTSNE on exact neighbors, else scikit-learn.

    Few rows are placed from several starts, PCA and random ones, and the map of least Kullback-Leibler
    divergence is kept, as van der Maaten and Hinton (2008) advise: single maps of few rows differ by chance.
    """
    starts = _starts(pca(rows, neighbors, distances, seed).coordinates, seed)
    perplexity = min(_PERPLEXITY, max(1.0, (len(rows) - 1) / 3))
    own = importlib.util.find_spec("openTSNE") is None
    with warnings.catch_warnings(action="ignore"):
        place = (
            _by_scikit_learn(rows, perplexity, seed)
            if own
            else _by_opentsne(neighbors, distances, perplexity, seed)
        )
        coordinates, _ = min(map(place, starts), key=lambda made: made[1])
    return Projection(coordinates.astype(np.float64), "scikit-learn" if own else "openTSNE")


Placed = tuple[Array, float]
"""Coordinates (N, 2), and their Kullback-Leibler divergence."""


def _by_scikit_learn(rows: Array, perplexity: float, seed: int) -> Callable[[Array], Placed]:
    from sklearn.manifold import TSNE

    def place(start: Array) -> Placed:
        model = TSNE(perplexity=perplexity, init=start.astype(np.float32), random_state=seed)
        return model.fit_transform(rows), float(model.kl_divergence_)

    return place


def _by_opentsne(
    neighbors: Array, distances: Array, perplexity: float, seed: int
) -> Callable[[Array], Placed]:
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    affinities = PerplexityBasedNN(
        knn_index=PrecomputedNeighbors(neighbors, distances),
        perplexity=min(perplexity, neighbors.shape[1] / 3),
        random_state=seed,
    )

    def place(start: Array) -> Placed:
        embedding = TSNEEmbedding(start, affinities, random_state=seed, n_jobs=1)
        embedding = embedding.optimize(_EARLY, exaggeration=12, momentum=0.5)
        embedding = embedding.optimize(_LATE, momentum=0.8)
        return np.asarray(embedding), float(embedding.kl_divergence)

    return place


def umap(rows: Array, neighbors: Array, distances: Array, seed: int) -> Projection:
    """Place neighbors near each other by umap-learn, on exact neighbors."""
    if importlib.util.find_spec("umap") is None:
        raise LatentError(
            "UMAP needs umap-learn, which is not installed; run: pip install umap-learn (some 210 MB), "
            "or choose `method` tsne"
        )
    from umap import UMAP

    count = min(15, neighbors.shape[1])
    own = np.arange(len(rows))[:, None]
    indices = np.column_stack([own, neighbors[:, : count - 1]])
    away = np.column_stack([np.zeros(len(rows)), distances[:, : count - 1]])
    with warnings.catch_warnings(action="ignore"):
        model = UMAP(
            n_neighbors=count, random_state=seed,
            precomputed_knn=(indices.astype(np.int32), away.astype(np.float32), None),
        )  # fmt: skip
        return Projection(np.asarray(model.fit_transform(rows), dtype=np.float64), "umap-learn")


Method = Callable[[Array, Array, Array, int], Projection]

METHODS: dict[str, Method] = {"pca": pca, "tsne": tsne, "umap": umap}
"""Every projection by its name: of rows (N, D), their neighbors and distances (N, k), and a seed."""


def neighbors_needed(method: str) -> int:
    """Return how many neighbors a projection takes."""
    return {"pca": 0, "tsne": int(3 * _PERPLEXITY), "umap": 15}[method]


def check_method(method: str) -> None:
    """Raise ParameterError for a projection that does not exist."""
    if method not in METHODS:
        raise ParameterError("method", method, f"one of {', '.join(METHODS)}")


def _starts(coordinates: Array, seed: int) -> list[Array]:
    """Return where t-SNE begins, with small deviations: the PCA, and of few rows random places too."""
    deviation = float(coordinates[:, 0].std())
    random = np.random.default_rng(seed)
    more = max(1, min(_STARTS, _FEW // len(coordinates))) - 1
    return [
        coordinates / (deviation or 1.0) * _SPREAD,
        *(random.normal(scale=_SPREAD, size=coordinates.shape) for _ in range(more)),
    ]
