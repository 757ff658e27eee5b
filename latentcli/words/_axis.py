"""Words on an axis: their cosines with the direction of a pair, or with what several pairs have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from latentcli.errors import LatentError, ParameterError, counted
from latentcli.numerics.repeats import repeats_of_keys
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit
from latentcli.results import Interval, Picture, Record, Result, Sheet
from latentcli.words._sets import notes_of, terms_of

if TYPE_CHECKING:
    from latentcli.words._space import Space, Term

ENDS = 10
"""Words of each end, where those to be placed are not listed."""

COLUMNS = ("rank", "word", "score", "low", "high")

_BLOCK = 1 << 16


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AxisResult(Result):
    """Words on an axis, from the first word of the pairs to the second.

    Attributes
    ----------
    words
        The words shown, in ascending order of their scores.
    scores
        The cosine of each with the axis (n,), in [-1, 1]: below 0 towards the first words of the pairs.
    intervals
        95 % interval of each score over the pairs; empty for a single pair.
    axis
        The axis (D,), of length 1.
    explained
        Share of the pairs' differences, squared and summed, along the axis, in (0, 1].
    agreement
        Cosine of each pair's difference with the axis (p,).
    """

    words: tuple[str, ...]
    scores: Array
    intervals: tuple[Interval, ...]
    axis: Array
    explained: float
    agreement: Array

    def pictures(self) -> tuple[Picture, ...]:
        """Return the words shown with their scores and intervals."""
        from latentcli.words._pictures import of_axis

        return of_axis(self)


def first_component(offsets: Array) -> Array:
    """Return the direction (D,) along which offsets (p, D) are longest, in the sense of most of them.

    Of a pair centered at its mean, both ends are half its offset away: so this is the first principal
    component of the centered pairs (Bolukbasi et al., 2016).

    >>> first_component(np.array([[2.0, 0.1], [2.0, -0.1]])).round(4).tolist()
    [1.0, 0.0]
    """
    direction: Array = np.linalg.svd(offsets, full_matrices=False)[2][0]
    sign = np.sign(offsets @ direction).sum() or float((offsets @ direction).sum())
    return direction if sign >= 0 else -direction


def jackknife(score: Array, without: Array) -> tuple[Array, Array]:
    """Return both ends (n,) of 95 % intervals from the scores without each pair (p, n), p from 2.

    Student's t with p - 1 degrees of freedom (Efron and Tibshirani, 1993, chapter 11).
    """
    from scipy.special import stdtrit

    count = len(without)
    spread = np.sqrt((count - 1) / count * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    half = float(stdtrit(count - 1, 0.975)) * spread
    return np.clip(score - half, -1.0, 1.0), np.clip(score + half, -1.0, 1.0)


def project(
    space: Space,
    pairs: Sequence[tuple[str, str]],
    *,
    among: Iterable[str] | None = None,
    top: int | None = None,
    raw: bool = False,
) -> AxisResult:
    """Place words on the axis of pairs (from, to)."""
    if isinstance(among, str):
        raise ParameterError("`among` takes a list of words, not one")
    if top is not None and top < 1:
        raise ParameterError("top", top, "at least 1")
    offsets, terms = _offsets(space, pairs, raw=raw)
    axis = first_component(offsets)
    words, rows, vectors, notes = _placed(space, among, {term.row for term in terms})
    scores = _scores(space, rows, vectors, axis[None])[0]
    order = np.argsort(scores, kind="stable")
    ranks = np.arange(1, len(order) + 1)
    ends = top if top is not None else (ENDS if among is None else len(order))
    if 2 * ends < len(order):
        shown = np.r_[:ends, len(order) - ends : len(order)]
        order, ranks = order[shown], ranks[shown]
    names = [words[i] for i in order] if words else space.words.words(rows[order].tolist())
    kept = vectors[order] if vectors is not None else None
    intervals: tuple[Interval, ...] = ()
    repeats = repeats_of_keys(offset.tobytes() for offset in offsets)
    parts = [repeats.whole(np.array([one])) for one in range(repeats.distinct)]
    if len(parts) > 1:
        refitted = [first_component(np.delete(offsets, same, axis=0)) for same in parts]
        aligned = np.stack([one if one @ axis >= 0 else -one for one in refitted])
        low, high = jackknife(scores[order], _scores(space, rows[order], kept, aligned))
        intervals = tuple(map(Interval, low.tolist(), high.tolist()))
    agreement = np.clip(unit(offsets) @ axis, -1.0, 1.0)
    explained = float(((offsets @ axis) ** 2).sum() / (offsets**2).sum())
    given = [f"{start}:{end}" for start, end in pairs]
    against = [name for name, cosine in zip(given, agreement, strict=True) if cosine < 0]
    if against:
        notes.append(
            f"{', '.join(against)}: opposite to the axis of the other pairs; check the order of the words"
        )
    records: list[Record] = [
        {"rank": rank, "word": name, "score": score} | (interval._asdict() if interval else {})
        for rank, name, score, interval in zip(
            ranks.tolist(),
            names,
            scores[order].tolist(),
            intervals or [None] * len(order),
            strict=True,
        )
    ]
    return AxisResult(
        words=tuple(names),
        scores=scores[order],
        intervals=intervals,
        axis=axis,
        explained=explained,
        agreement=agreement,
        title=f"{given[0]}: from {pairs[0][0]} (negative) to {pairs[0][1]} (positive)"
        if len(pairs) == 1
        else f"first component of {len(pairs)} pairs: from {pairs[0][0]} (negative) to {pairs[0][1]} (positive)",
        columns=COLUMNS if intervals else COLUMNS[:3],
        records=records,
        summary={
            "words": len(scores),
            "pairs": len(pairs),
            "explained": explained,
            "mean": float(scores.mean()),
            "sd": float(scores.std(ddof=1)) if len(scores) > 1 else None,
        },
        settings={"pairs": ", ".join(given), "raw": raw, "top": ends},
        notes=(*notes_of(space, terms), *repeats.note_on("pair", "pairs", "intervals"), *notes),
        views=_views(records, intervals, len(scores), ends),
    )


def _offsets(
    space: Space, pairs: Sequence[tuple[str, str]], *, raw: bool
) -> tuple[Array, list[Term]]:
    """Return what leads from the first word of each pair to the second (p, D), and all words."""
    if not pairs:
        raise ParameterError("no pairs are given")
    terms = terms_of(space, [word for pair in pairs for word in pair])
    vectors = np.stack([term.vector for term in terms])
    if not raw:
        vectors = unit(vectors)
    offsets = vectors[1::2] - vectors[::2]
    for (start, end), offset in zip(pairs, offsets, strict=True):
        if not offset.any():
            raise LatentError(f"{start}:{end} has no direction: both have the same vector")
    return offsets, terms


def _placed(
    space: Space, among: Iterable[str] | None, own: set[int | None]
) -> tuple[list[str], Array, Array | None, list[str]]:
    """Return the words to be placed, their rows and vectors: all but those of the pairs, by default."""
    if among is None:
        usable = np.flatnonzero(np.asarray(space.norms) > 0)
        rows = usable[~np.isin(usable, [row for row in own if row is not None])]
        return [], rows, None, []
    listed = list(dict.fromkeys(among))
    terms: list[Term] = []
    absent: list[str] = []
    for word in listed:
        try:
            terms.append(space.term(word))
        except LatentError:
            absent.append(word)
    if not terms:
        raise LatentError(
            f"none of {counted(len(listed), 'word')} in `among` is in {space.name}"
        )
    notes = list(dict.fromkeys(note for term in terms for note in term.notes))
    if absent:
        few = ", ".join(absent[:3]) + (", ..." if len(absent) > 3 else "")
        notes.append(
            f"{len(absent):,} of {counted(len(listed), 'word')} in `among` not in {space.name}: {few}"
        )
    vectors = unit(np.stack([term.vector for term in terms]))
    return [term.word for term in terms], np.arange(len(terms)), vectors, notes


def _scores(space: Space, rows: Array, vectors: Array | None, axes: Array) -> Array:
    """Return the cosines (a, n) of words with axes (a, D): those with `vectors`, else rows of the space."""
    if vectors is not None:
        return np.clip(axes @ vectors.T, -1.0, 1.0)
    found = np.empty((len(axes), len(rows)))
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        block = unit(space.matrix[part].astype(np.float64))
        found[:, start : start + _BLOCK] = axes @ block.T
    return np.clip(found, -1.0, 1.0)


def _views(
    records: list[Record], intervals: tuple[Interval, ...], words: int, ends: int
) -> tuple[Sheet, ...]:
    """Say which words are shown: all, or those of each end."""
    columns = COLUMNS[1:] if intervals else COLUMNS[1:3]
    if len(records) == words:
        return (Sheet(f"{counted(words, 'word')}, in ascending order", columns, records),)
    return (
        Sheet(f"the lowest {ends} of {words:,} words", columns, records[:ends]),
        Sheet(f"the highest {ends} of {words:,} words", columns, records[ends:]),
    )
