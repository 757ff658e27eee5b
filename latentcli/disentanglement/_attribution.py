"""Which dimension owns which factor, in numbers and in words: what the metrics of information share."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from latentcli.disentanglement._data import Data
from latentcli.disentanglement._mutual_information import Counts, Cut
from latentcli.disentanglement._score import Row
from latentcli.numerics.types import Array

_FAINT = 0.02
"""Share of a factor's entropy below which a dimension is not said to tell of it."""

ESTIMATORS = ("plugin", "knn")
"""How information is estimated: from counts of bins, or by nearest neighbours."""


def information(data: Data, cut: Cut, estimator: str, neighbors: int, seed: int) -> Array:
    """Return the information (D, K) of dimensions about factors, by either estimator.

    That of nearest neighbours, which is a guess, is cut where it is beyond a factor's entropy.
    """
    counts = data.counts(cut)
    if estimator == "knn":
        return np.minimum(nearest(data, neighbors, seed), counts.factor_entropy)
    return counts.mutual


def nearest(data: Data, neighbors: int, seed: int) -> Array:
    """Estimate information (D, K) by nearest neighbours, as scikit-learn does (Ross, 2014).

    Rows that are alone in their class have no neighbour; a factor that has no others gets 0.
    """
    from sklearn.feature_selection import mutual_info_classif

    mutual = np.zeros((data.dimensions, len(data.factors)))
    for k, factor in enumerate(data.factors):
        if np.bincount(factor.labels).max() > 1:
            mutual[:, k] = mutual_info_classif(
                data.codes,
                factor.labels,
                discrete_features=False,
                n_neighbors=neighbors,
                random_state=seed,
            )
    mutual[~data.alive] = 0.0
    return mutual


@contextmanager
def quiet() -> Iterator[None]:
    """Keep scikit-learn's warnings to itself: that a fit stopped at its last step, above all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def ceilings(data: Data) -> Array:
    """Return what MIG can be at most (K,): 1 - max over other factors of I(v; v') / H(v).

    A perfect code of another factor tells as much about a factor as that factor itself does.
    """
    shared, entropy = between(data)
    highest: Array = np.maximum(1.0 - shared.max(axis=1) / entropy, 0.0)
    return highest


def between(data: Data) -> tuple[Array, Array]:
    """Return the information (K, K) of factors about others, 0 of themselves, and entropies (K,)."""
    shared = data.dependence.copy()
    entropy = shared.diagonal().copy()
    np.fill_diagonal(shared, 0.0)
    return shared, entropy


def share(mutual: Array) -> Array:
    """Return I_1 / sum of I over dimensions (K,); 0 where nothing is told."""
    total = mutual.sum(axis=0)
    parts: Array = np.divide(
        mutual.max(axis=0), total, out=np.zeros_like(total), where=total > 0
    )
    return parts


def sup(mutual: Array, entropy: Array) -> Array | None:
    """Return the gap (D,) of each dimension between its two best factors; None with one factor."""
    if mutual.shape[1] < 2:
        return None
    ordered = np.sort(mutual / entropy, axis=1)
    gaps: Array = ordered[:, -1] - ordered[:, -2]
    return gaps


def factor_rows(data: Data, mutual: Array, entropy: Array) -> list[Row]:
    """Return a row for each factor: what it is, and which dimensions tell most about it."""
    rows: list[Row] = []
    for k, factor in enumerate(data.factors):
        order = np.argsort(-mutual[:, k], kind="stable")
        second = order[1] if len(order) > 1 else None
        rows.append(
            {
                "factor": factor.name,
                "kind": factor.kind,
                "classes": factor.size,
                "entropy": float(entropy[k]),
                "dimension": data.names[order[0]],
                "information": float(mutual[order[0], k]),
                "runner_up": None if second is None else data.names[second],
                "runner_up_information": None if second is None else float(mutual[second, k]),
            }
        )
    return rows


def reading(data: Data, counts: Counts, mutual: Array, k: int) -> str:
    """Say in words where factor `k` is, from the information (D, K) of dimensions about factors."""
    parts = mutual[:, k] / counts.factor_entropy[k]
    order = np.argsort(-parts, kind="stable")
    best = parts[order[0]]
    if best < _FAINT:
        return "in no dimension"
    sharing = [data.names[j] for j in order if parts[j] >= max(_FAINT, best / 2)]
    where = ", ".join(sharing[:4]) + (
        f" and {len(sharing) - 4} more" if len(sharing) > 4 else ""
    )
    if not counts.told[:, k].any():
        where += ", or by chance"
    if len(sharing) > 1:
        return f"spread over {where}"
    return f"in {where}" if best >= 0.5 else f"partly in {where}"


def dimension_rows(data: Data, counts: Counts, mutual: Array, entropy: Array) -> list[Row]:
    """Return a row for each dimension: the factor it tells most about, and how much of each."""
    gaps = sup(mutual, entropy)
    shares = mutual / entropy
    rows: list[Row] = []
    for j, name in enumerate(data.names):
        best = int(shares[j].argmax())
        told = data.alive[j] and shares[j, best] >= _FAINT
        rows.append(
            {
                "dimension": name,
                "alive": bool(data.alive[j]),
                "factor": data.factors[best].name if told else None,
                "entropy": float(counts.code_entropy[j]),
                "mig_sup": None if gaps is None else float(gaps[j]),
                "information": [float(value) for value in mutual[j]],
                "information_error": [float(value) for value in counts.error[j]],
            }
        )
    return rows


def one_dimension(data: Data) -> tuple[str, ...]:
    """Say what a single dimension or factor means for gaps."""
    notes = []
    if data.dimensions == 1:
        notes.append("one dimension: there is no runner-up, and the gap is I / H")
    if len(data.factors) == 1:
        notes.append("one factor: what compares factors (mig_sup, modularity) is not defined")
    return tuple(notes)
