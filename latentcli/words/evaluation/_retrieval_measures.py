"""Measures of ranked documents, with the conventions of trec_eval (NIST, version 9).

Documents are ranked by score, as float32, and equal scores by their identifier, the greater first.
A document is relevant from relevance 1; a document without a judgment is not. Precision divides by k also
where fewer documents were found, recall and average precision by all relevant documents. The gain of
nDCG is the relevance itself, discounted by log2(rank + 1) (Järvelin and Kekäläinen, 2002).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from latentcli.numerics.types import Array

Judged = Mapping[str, float]
"""The relevance of documents to one query, by identifier."""

Qrels = Mapping[str, Judged]
"""For each query's identifier the relevance of documents, by identifier."""

Run = Mapping[str, Mapping[str, float]]
"""For each query's identifier the scores of the documents that were retrieved, by identifier."""

MEASURES = {
    "ndcg": "normalized discounted cumulative gain",
    "map": "mean average precision",
    "recall": "relevant documents found, of all that are relevant",
    "precision": "relevant documents, of k",
    "hit_rate": "queries with a relevant document found (success)",
    "mrr": "mean reciprocal rank of the first relevant document",
}
"""Every measure; each is at a cutoff k, or of all that was retrieved."""


@dataclass(frozen=True)
class Ranking:
    """What one query found: `found` (n,) relevances in order, 0 where not judged; `judged`, all known."""

    found: Array
    judged: Array

    @property
    def relevant(self) -> int:
        """How many documents are relevant."""
        return int((self.judged >= 1).sum())


def rank(scores: Mapping[str, float], judged: Judged) -> Ranking:
    """Rank documents by their scores as trec_eval does.

    >>> rank({"a": 1.0, "b": 1.0, "c": 2.0}, {"a": 1, "z": 2}).found.tolist()
    [0.0, 0.0, 1.0]
    """
    order = sorted(
        scores, key=lambda name: (float(np.float32(scores[name])), name), reverse=True
    )
    return Ranking(
        np.array([judged.get(name, 0) for name in order], dtype=np.float64),
        np.array([*judged.values()], dtype=np.float64),
    )


@dataclass(frozen=True)
class Names:
    """Identifiers of rows: `row` of each, and its place (N,) in alphabetical order."""

    row: Mapping[str, int]
    place: Array

    @classmethod
    def of(cls, ids: Array) -> Names:
        """Make the names of rows from their identifiers (N,), each of which occurs once."""
        return cls(
            {name: row for row, name in enumerate(ids.tolist())}, np.argsort(np.argsort(ids))
        )


def rank_rows(rows: Array, scores: Array, names: Names, judged: Judged) -> Ranking:
    """Rank rows of documents (n,) by their scores (n,) as `rank` does their identifiers.

    >>> names = Names.of(np.array(["a", "b", "c"]))
    >>> rank_rows(np.array([2, 0, 1]), np.array([2.0, 1.0, 1.0]), names, {"a": 1.0}).found.tolist()
    [0.0, 0.0, 1.0]
    """
    ordered = rows[np.lexsort((-names.place[rows], -scores.astype(np.float32)))]
    known = sorted(
        (names.row[name], value) for name, value in judged.items() if name in names.row
    )
    at = np.array([row for row, _ in known] + [-1])
    relevances = np.array([value for _, value in known] + [0.0])
    found = np.searchsorted(at[:-1], ordered)
    return Ranking(
        np.where(at[found] == ordered, relevances[found], 0.0),
        np.array([*judged.values()], dtype=np.float64),
    )


def measure(ranking: Ranking, name: str, k: int | None = None) -> float:
    """Return one of `MEASURES` for one query, of the first `k` documents or of all; 0 without relevant ones.

    >>> ranking = Ranking(np.array([0.0, 1.0, 0.0, 1.0]), np.array([1.0, 1.0]))
    >>> measure(ranking, "map"), measure(ranking, "recall", 2), measure(ranking, "precision", 4)
    (0.5, 0.5, 0.5)
    """
    found = ranking.found[:k]
    hits = found >= 1
    if name == "ndcg":
        ideal = discounted(np.sort(ranking.judged)[::-1][:k])
        return discounted(found) / ideal if ideal else 0.0
    if name == "precision":
        return float(hits.sum()) / (k or len(found) or 1)
    if name == "hit_rate":
        return float(hits.any())
    if name == "mrr":
        return 1.0 / (1 + int(hits.argmax())) if hits.any() else 0.0
    if not ranking.relevant:
        return 0.0
    if name == "recall":
        return float(hits.sum()) / ranking.relevant
    places = np.flatnonzero(hits)
    return float((np.arange(1, len(places) + 1) / (places + 1)).sum()) / ranking.relevant


def discounted(relevances: Array) -> float:
    """Return the discounted cumulative gain of ranked relevances (n,); negative ones gain nothing."""
    gains = np.maximum(relevances, 0.0)
    return float((gains / np.log2(np.arange(2, len(gains) + 2))).sum())


def measure_all(
    rankings: Sequence[Ranking], cutoffs: Sequence[int]
) -> dict[tuple[str, int | None], Array]:
    """Return every measure at every cutoff, and `map` and `mrr` of all, for each query (Q,)."""
    measures: list[tuple[str, int | None]] = [(name, k) for name in MEASURES for k in cutoffs]
    measures += [("map", None), ("mrr", None)]
    return {
        (name, k): np.array([measure(ranking, name, k) for ranking in rankings])
        for name, k in measures
    }
