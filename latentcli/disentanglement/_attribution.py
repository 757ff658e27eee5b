"""Which dimension captures which factor, in numbers and in words: what scores of information share."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from latentcli.disentanglement._data import Data
from latentcli.disentanglement._mutual_information import Counts, Cut
from latentcli.disentanglement._nearest_information import (
    nearest_information,
    nearest_information_of_values,
)
from latentcli.errors import shown
from latentcli.numerics.types import Array
from latentcli.results import Record

CAPTURED, WEAKLY = 0.5, 0.05
"""Shares of a factor's entropy from which a dimension captures it, and captures it weakly."""

_DISTINCT = 0.1
"""Share of a factor's entropy that a dimension adds to what another factor says of it."""


def information(data: Data, cut: Cut, estimator: str, neighbors: int, seed: int) -> Array:
    """Return the information (D, K) of dimensions about factors, by either estimator.

    That of nearest neighbors is of the values where a factor is continuous, and cut where it exceeds the
    entropy of the factor's classes: it can be off either way.
    """
    counts = data.counts(cut)
    if estimator == "knn":
        return np.minimum(nearest(data, neighbors, seed, values=True), counts.factor_entropy)
    return counts.mutual


def nearest(
    data: Data, neighbors: int, seed: int, rows: Array | None = None, *, values: bool = False
) -> Array:
    """Estimate information (D, K) by nearest neighbors, as scikit-learn does (Ross, 2014).

    Rows that are alone in their class have no neighbor; a factor that has no others gets 0. With
    `rows` (N,) the factors are taken in that order of their rows; with `values` continuous factors are
    taken by their values (Kraskov et al., 2004), else by their classes.
    """
    mutual = np.zeros((data.dimensions, len(data.factors)))
    for k, factor in enumerate(data.factors):
        order = np.arange(data.rows) if rows is None else rows
        known = factor.labels[order] >= 0
        random = np.random.RandomState(seed)
        codes, order = data.codes[known], order[known]
        if values and factor.kind == "continuous":
            target = factor.targets[order]
            mutual[:, k] = nearest_information_of_values(codes, target, neighbors, random)
        else:
            mutual[:, k] = nearest_information(codes, factor.labels[order], neighbors, random)
    mutual[~data.alive] = 0.0
    return mutual


@contextmanager
def quiet() -> Iterator[None]:
    """Keep scikit-learn's warnings to itself: that a fit stopped at its last step, above all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def gaps_of_factors(mutual: Array, entropy: Array) -> Array:
    """Return (I_1 - I_2) / H (K,) of information (D, K); with one dimension I_2 is 0.

    >>> gaps_of_factors(np.array([[1.0, 0.2], [0.4, 0.8]]), np.array([1.0, 1.0]))
    array([0.6, 0.6])
    """
    ordered = np.sort(mutual, axis=0)[::-1]
    second = ordered[1] if len(ordered) > 1 else 0.0
    found: Array = (ordered[0] - second) / entropy
    return found


def sup(mutual: Array, entropy: Array) -> Array | None:
    """Return the gap (D,) of each dimension between its two best factors; None with one factor."""
    if mutual.shape[1] < 2:
        return None
    ordered = np.sort(mutual / entropy, axis=1)
    gaps: Array = ordered[:, -1] - ordered[:, -2]
    return gaps


def factor_rows(data: Data, mutual: Array, entropy: Array) -> list[Record]:
    """Return a row for each factor: what it is, and which dimensions are most informative."""
    rows: list[Record] = []
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


def readings(data: Data, counts: Counts, shares: Array | None = None) -> list[str]:
    """Say of each factor where it is: captured by, weakly captured by, split, not captured.

    By `shares` (D, K), information as a share of the factor's entropy (by default corrected for
    bias), of the dimensions whose information is significant: a G-test at 0.015 with Bonferroni's
    correction over all pairs (`Counts.evident`).
    """
    if shares is None:
        shares = counts.corrected.mutual / counts.corrected.entropy
    return [
        _reading(data.names, shares[:, k], counts.evident[:, k])
        for k in range(len(data.factors))
    ]


def _reading(names: tuple[str, ...], shares: Array, significant: Array) -> str:
    if not significant.any():
        return "not significant"
    shares = np.where(significant, shares, 0.0)
    order = np.argsort(-shares, kind="stable")
    best = shares[order[0]]
    if best < WEAKLY:
        return "not captured"
    among = [j for j in order if shares[j] >= max(WEAKLY, best / 2)]
    if len(among) > 1:
        more = f" and {len(among) - 2} more" if len(among) > 2 else ""
        return f"split: {', '.join(f'{names[j]} {shares[j]:.2f}' for j in among[:2])}{more}"
    degree = "captured" if best >= CAPTURED else "weakly captured"
    return f"{degree} by {names[order[0]]} ({best:.2f})"


def dimension_rows(data: Data, counts: Counts, mutual: Array, entropy: Array) -> list[Record]:
    """Return a row for each dimension: its factor, if one is significant, and how much of each."""
    gaps = sup(mutual, entropy)
    shares = mutual / entropy
    rows: list[Record] = []
    for j, name in enumerate(data.names):
        best = int(shares[j].argmax())
        informative = data.alive[j] and counts.evident[j, best] and shares[j, best] >= WEAKLY
        rows.append(
            {
                "dimension": name,
                "alive": bool(data.alive[j]),
                "factor": data.factors[best].name if informative else None,
                "entropy": float(counts.code_entropy[j]),
                "mig_sup": None if gaps is None else float(gaps[j]),
                "information": [float(value) for value in mutual[j]],
                "information_error": [float(value) for value in counts.error[j]],
            }
        )
    return rows


def dependence(data: Data) -> tuple[Array, Array]:
    """Return the plug-in information (K, K) of factors about others, 0 of themselves, and entropies."""
    counts = data.between_factors
    shared = counts.mutual.copy()
    np.fill_diagonal(shared, 0.0)
    return shared, counts.factor_entropy


def one_dimension(data: Data) -> tuple[str, ...]:
    """Say what a single dimension or factor means for gaps."""
    notes = []
    if data.dimensions == 1:
        notes.append("one dimension: there is no runner-up, and the gap is I / H")
    if len(data.factors) == 1:
        notes.append(
            "one factor: mig_sup and modularity, which compare factors, are not defined"
        )
    return tuple(notes)


def no_corrected(name: str, evident: bool) -> tuple[str, ...]:
    """Say why a corrected score is missing where no pair has evident information."""
    if evident:
        return ()
    return (f"no dimension has significant information about any factor: no {name}",)


def shared_dimensions(data: Data, counts: Counts) -> tuple[str, ...]:
    """Name factors that one dimension captures together, beyond what their dependence explains."""
    shares = counts.corrected.mutual / counts.corrected.entropy
    best = shares.argmax(axis=0)
    between, entropy = dependence(data)
    notes = []
    for j in np.unique(best):
        mine = [int(k) for k in np.flatnonzero(best == j) if counts.evident[j, k]]
        mine = [k for k in mine if shares[j, k] >= WEAKLY]
        if len(mine) < 2:
            continue
        mine.sort(key=lambda k: -shares[j, k])
        first = mine[0]
        added = [
            k for k in mine[1:] if shares[j, k] > between[first, k] / entropy[k] + _DISTINCT
        ]
        if added:
            names = " and ".join(shown(data.factor_names[k]) for k in (first, *added))
            notes.append(
                f"{names} share the dimension {data.names[j]}: this lowers mig_sup and modularity, but not MIG"
            )
    return tuple(notes)
