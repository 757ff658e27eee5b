"""Cross-domain similarity local scaling (CSLS; Conneau et al., 2018), within one space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from latentcli.numerics.search import Hits, Question, Rows, search
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import unit

NEIGHBORHOOD = 10
"""Neighbors whose mean cosine is the density around a row, as in MUSE."""

CANDIDATES = 1000
"""How many rows, nearest by cosine, are ranked again; densities are computed for them only."""


def csls(
    matrix: Array,
    norms: Array,
    questions: Sequence[Question],
    *,
    top: int,
    rows: Rows | None = None,
    limit: int | None = None,
    min_score: float | None = None,
    progress: Progress | None = None,
) -> list[Hits]:
    """Rank by 2 cos(q, x) - r(q) - r(x), r being the mean cosine with the 10 nearest others.

    Arguments and result are those of `search`; scores are in [-4, 4]. The `CANDIDATES` nearest
    rows by cosine (or 20 times `top`) are ranked.
    """
    if not questions:
        return []
    nearest = search(
        matrix,
        norms,
        questions,
        top=max(CANDIDATES, 20 * min(top, len(norms))),
        rows=rows,
        limit=limit,
    )
    around = [replace(one, exclude=(*one.exclude, *one.own)) for one in questions]
    around_queries = _densities(matrix, norms, around)
    candidates = np.unique(np.concatenate([hits.rows for hits in nearest]))
    around_rows = _densities(
        matrix,
        norms,
        [Question(unit(matrix[[row]]), (int(row),)) for row in candidates],
        progress,
    )
    answers = []
    for hits, own in zip(nearest, around_queries, strict=True):
        scores = 2 * hits.scores - own - around_rows[np.searchsorted(candidates, hits.rows)]
        order = np.lexsort((hits.rows, -scores))[:top]
        if min_score is not None:
            order = order[scores[order] >= min_score]
        answers.append(Hits(hits.rows[order], scores[order]))
    return answers


def _densities(
    matrix: Array,
    norms: Array,
    questions: Sequence[Question],
    progress: Progress | None = None,
) -> Array:
    """Return the mean cosine of each question with its nearest rows, itself left out."""
    found = search(matrix, norms, questions, top=NEIGHBORHOOD, progress=progress)
    return np.array([hits.scores.mean() if hits.scores.size else 0.0 for hits in found])
