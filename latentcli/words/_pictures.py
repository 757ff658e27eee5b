"""What answers about words look like: heat maps, bars, and the parallelograms of offsets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from latentcli.numerics.ordering import clustered_order
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit
from latentcli.results import Bars, HeatMap, Picture, Plane

if TYPE_CHECKING:
    from latentcli.words._axis import AxisResult
    from latentcli.words._ranking import Query, RankedWords
    from latentcli.words._relation import RelationResult
    from latentcli.words._represent import Representations
    from latentcli.words._space import Space

_DISTANCES = {
    "cosine": "1 - cosine", "euclidean": "Euclidean distance", "angle": "angle (degrees)",
}  # fmt: skip

_SCORES = {
    "cosine": "cosine", "dot": "dot product", "euclidean": "Euclidean distance", "csls": "CSLS",
    "3cosadd": "cosine to the sum", "3cosmul": "3CosMul", "pairdirection": "cosine of directions",
}  # fmt: skip

_HITS = 5
"""Answers that are shown in the plane."""

_PAIRS = 30
"""Pairs of a relation that have names in the plane."""


def distance_map(words: Sequence[str], matrix: Array, metric: str) -> HeatMap:
    """Return distances (n, n) as a heat map, words that are near each other side by side."""
    order = clustered_order(matrix)
    names = [words[row] for row in order]
    values = matrix[np.ix_(order, order)]
    return HeatMap(
        "", names, names, values.tolist(), 0.0, float(values.max()) or 1.0, _DISTANCES[metric]
    )


def cosine_map(names: Sequence[str], cosines: Array, label: str = "cosine") -> HeatMap:
    """Return cosines (n, n) as a heat map, what is alike side by side."""
    order = clustered_order(1 - np.nan_to_num(cosines))
    ordered = [names[row] for row in order]
    return HeatMap(
        "", ordered, ordered, cosines[np.ix_(order, order)].tolist(), -1.0, 1.0, label
    )


def of_axis(result: AxisResult) -> tuple[Picture, ...]:
    """Return the words on an axis, those of the positive end on top: with intervals, or as bars."""
    words, scores = result.words[::-1], result.scores[::-1].tolist()
    if not result.intervals:
        return (Bars("", words, scores, "cosine with the axis"),)
    from latentcli.charts import Dot, Dots

    dots = [
        Dot(score, *interval)
        for score, interval in zip(scores, result.intervals[::-1], strict=True)
    ]
    return (Dots("", "cosine with the axis", words, {"score": dots}),)


def bars_of(result: RankedWords) -> Bars:
    """Return the scores of ranked words as bars."""
    kind = str(result.settings.get("metric") or result.settings.get("method") or "cosine")
    return Bars(
        "", [hit.word for hit in result], [hit.score for hit in result], _SCORES.get(kind, kind)
    )


def pictures_of(result: RankedWords, query: Query | None, space: Space | None) -> tuple[Picture, ...]:  # fmt: skip
    """Return the parallelogram of an analogy, and the scores of what was found."""
    bars: tuple[Picture, ...] = (bars_of(result),) if len(result) else ()
    if query is None or space is None or len(query.terms) != 3:
        return bars
    return (parallelogram(space, query.terms, result), *bars)


def parallelogram(
    space: Space, terms: Sequence[tuple[str, Array]], result: RankedWords
) -> Plane:
    """Return A - B + C in the plane through B, A and C, with the words found projected onto it."""
    raw = bool(result.settings.get("raw"))
    names = [word for word, _ in terms]
    hits = [hit for hit in result[:_HITS] if hit.word not in names]
    vectors = [vector for _, vector in terms]
    vectors += [space.matrix[hit.row].astype(np.float64) for hit in hits]
    a, b, c, *found = vectors if raw else list(map(unit, vectors))
    points = np.stack([b, a, c, a - b + c, *found]) - b
    xy = points @ _axes(a - b, c - b).T
    start, end = names[1], names[0]
    clear = 4 + bool(hits)
    return Plane(
        "",
        f"along {end} - {start}",
        f"at right angles, toward {names[2]}",
        [
            names[1],
            names[0],
            names[2],
            f"{end} - {start} + {names[2]}",
            *(h.word for h in hits),
        ],
        xy[:, 0].tolist(),
        xy[:, 1].tolist(),
        arrows=((0, 1), (2, 3)),
        lines=((0, 2), (1, 3)),
        faint=tuple(range(clear, 4 + len(hits))),
    )


def _axes(first: Array, second: Array) -> Array:
    """Return two unit vectors (2, D) at right angles that span two others; zeros where they do not."""
    along = unit(first)
    rest = second - (second @ along) * along
    flat = np.linalg.norm(rest) <= 1e-9 * np.linalg.norm(second)
    return np.stack([along, np.zeros_like(rest) if flat else unit(rest)])


def of_relation(result: RelationResult) -> tuple[Picture, ...]:
    """Return the offsets in the plane of their mean and of where their words differ most; and their cosines."""
    ends, starts = result.ends, result.starts
    mean = (ends - starts).mean(axis=0)
    if not np.linalg.norm(mean) > 0:
        mean = (ends - starts)[0]
    along = unit(mean)
    points = np.concatenate([starts, ends])
    rest = points - points.mean(axis=0)
    rest = rest - np.outer(rest @ along, along)
    across = np.linalg.svd(rest, full_matrices=False)[2][0]
    if not np.abs(rest).max() > 1e-12:
        across = np.zeros_like(along)
    across = across * (1.0 if across[np.abs(across).argmax()] >= 0 else -1.0)
    xy = points @ np.stack([along, across]).T
    count = len(starts)
    pairs = [str(record["pair"]) for record in result.records]
    names = [*(start for start, _ in result.pairs), *(end for _, end in result.pairs)]
    plane = Plane(
        "",
        "along the mean offset",
        "at right angles, where words differ most",
        names if count <= _PAIRS else [""] * len(names),
        xy[:, 0].tolist(),
        xy[:, 1].tolist(),
        arrows=tuple((row, count + row) for row in range(count)),
    )
    if count < 2:
        return (plane,)
    return plane, cosine_map(pairs, result.pairwise, "cosine of offsets")


def of_representations(result: Representations) -> tuple[Picture, ...]:
    """Return a heat map of each representation's cosines, the texts in their order."""
    return tuple(
        HeatMap(
            name, list(result.texts), list(result.texts), _numbers(matrix),
            -1.0 if _least(matrix) < 0 else 0.0, 1.0, "cosine",
        )
        for name, matrix in result.similarities.items()
    )  # fmt: skip


def _least(matrix: Array) -> float:
    return float(np.nanmin(matrix)) if np.isfinite(matrix).any() else 0.0


def _numbers(matrix: Any) -> list[list[float]]:
    return np.asarray(matrix, dtype=np.float64).tolist()
