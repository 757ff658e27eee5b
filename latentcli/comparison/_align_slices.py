"""Time slices of one language: their shared words aligned one slice onto the next, and the words that changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from latentcli.comparison._dictionary import Side
from latentcli.comparison._moves import STILL, moves
from latentcli.comparison._translation import procrustes, translations
from latentcli.errors import LatentError, ParameterError, counted
from latentcli.numerics.blocks import spans
from latentcli.numerics.named_rows import named_rows
from latentcli.numerics.types import Array, HasMatrix, Progress
from latentcli.results import Picture, Record, Result, Sheet

COLUMNS = ("rank", "word", "moved", "p_value", "step", "step_moved", "nearest_first", "nearest_last")  # fmt: skip
LEVEL = 0.05
"""A word has changed where its p-value, adjusted for all words, is at most this."""

_SPLITS = 10
"""Random halvings of the words: rotations are learned from one half, moves measured on the other."""

_DRAWS, _FEWEST_DRAWS, _DRAWN = 999, 199, 20_000_000
"""Draws of the null, at most and at least, and the numbers that they are kept within."""

_BAND = 250
"""Words of like frequency, at least, whose moves are compared."""

_BANDS, _DECILE = 20, 0.9
_TAILS = 10
"""Degrees of freedom of the draws for rows of one length."""

_SAME = 1e-6
_NEAREST = 3


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SlicesResult(Result):
    """How the words that all slices share have moved.

    `words` (n,) in the order of the first slice; `moved` (n,) 1 - cosine of their vectors in the first
    and the last slice, `steps` (S - 1, n) likewise from each slice to the next, in [0, 2]; `p_values` (n,),
    adjusted for all words, or None; `rotations` (S, D, D) take rows of length 1 of each slice into the
    first one's space.
    """

    words: tuple[str, ...]
    moved: Array
    steps: Array
    p_values: Array | None
    rotations: Array

    def pictures(self) -> tuple[Picture, ...]:
        """Return how far the words went that changed most."""
        from latentcli.comparison._pictures import of_slices

        return of_slices(self.records)


def align_slices(
    slices: Mapping[str, HasMatrix | ArrayLike],
    *,
    top: int = 10,
    restrict: int | None = 200_000,
    seed: int = 0,
    progress: Progress | None = None,
) -> SlicesResult:
    """Align time slices by the words that all share, and find the words that changed most.

    Parameters
    ----------
    slices
        Two spaces or more by name, in order: spaces (`latentcli.open`), arrays (words are row numbers)
        or files, of the same dimensions.
    top
        Words in the records, the most changed first.
    restrict
        Words of each slice, the first so many, that are taken; None for all.
    seed
        Random seed of the halvings and of the null.
    progress
        Called with steps done and in all.

    Returns
    -------
    SlicesResult
        Each slice is rotated onto the one before (orthogonal Procrustes on rows of length 1; Hamilton,
        Leskovec and Jurafsky, 2016). `moved` is 1 - cosine between first and last slice, by rotations
        learned from random halves of the words without the word itself, mean of ten halvings.

        `p_value` is from a null where all words of like frequency and length move alike: the same noise
        turns short vectors farther, so what their lengths explain is taken off the logarithms of moves
        (least squares). These are drawn again from the normal distribution with their median and
        upper decile, and standardized afresh; the largest of all words in each draw counts (Westfall
        and Young, 1993), so that of stable words none is called changed in 95 % of cases. Of rows of
        length 1, whose noise is not known, draws have the longer tails of Student's t (10).

    Raises
    ------
    LatentError
        Where slices differ in dimensions or share fewer than four words.

    Examples
    --------
    >>> import numpy, latentcli
    >>> rng = numpy.random.default_rng(0)
    >>> old = rng.standard_normal((400, 8))
    >>> new = old + 0.1 * rng.standard_normal((400, 8))
    >>> new[7] = rng.standard_normal(8)
    >>> found = latentcli.align_slices({"1900": old, "2000": new})
    >>> found.records[0]["word"], found.records[0]["p_value"] <= 0.05
    ('7', True)
    """
    for name, value, least in (("top", top, 1), ("restrict", restrict, 4), ("seed", seed, 0)):
        if value is not None and value < least:
            raise ParameterError(name, value, f"a whole number from {least}")
    if len(slices) < 2:
        raise LatentError("`slices`: two or more are aligned")
    sides = {name: Side(named_rows(one, name), restrict) for name, one in slices.items()}
    words, places = _shared(sides)
    rows = [side.rows[place] for side, place in zip(sides.values(), places, strict=True)]
    count, dimensions = rows[0].shape
    steps = _moved(rows, seed, progress)
    lengths = np.log(
        [side.lengths[place] for side, place in zip(sides.values(), places, strict=True)]
    )
    p_values = _p_values(steps[0], lengths[0] + lengths[-1], seed)
    rotations = _chain(rows, np.arange(count))
    order = np.argsort(-steps[0], kind="stable")[:top]
    names = list(slices)
    near = [_nearest(rows[at], order, words) for at in (0, -1)]
    records: list[Record] = []
    for rank, (row, first, last) in enumerate(zip(order.tolist(), *near, strict=True), start=1):
        step = int(steps[1:, row].argmax())
        records.append({
            "rank": rank, "word": words[row], "moved": float(steps[0, row]),
            "p_value": None if p_values is None else float(p_values[row]),
            "step": f"{names[step]} to {names[step + 1]}", "step_moved": float(steps[1 + step, row]),
            "nearest_first": first, "nearest_last": last,
        })  # fmt: skip
    changed = None if p_values is None else int((p_values <= LEVEL).sum())
    return SlicesResult(
        words=words, moved=steps[0], steps=steps[1:], p_values=p_values, rotations=rotations,
        title=f"Time slices: {counted(len(slices), 'slice')}, {counted(count, 'shared word')}",
        columns=COLUMNS,
        records=records,
        summary={
            "shared_words": count, "changed_words": changed,
            "median_moved": float(np.median(steps[0])),
        },
        settings={"slices": ", ".join(names), "top": top, "restrict": restrict, "seed": seed},
        notes=tuple(_notes(count, dimensions, p_values, changed)),
        views=_views(records, names, steps),
    )  # fmt: skip


def _shared(sides: Mapping[str, Side]) -> tuple[tuple[str, ...], list[Array]]:
    """Return the words of all slices, in the order of the first, and their places (n,) in each."""
    (first_name, first), *others = sides.items()
    for name, side in others:
        if side.rows.shape[1] != first.rows.shape[1]:
            raise LatentError(
                f"{name} has {side.rows.shape[1]:,} dimensions and {first_name} "
                f"{first.rows.shape[1]:,}: a rotation needs the same number"
            )
    words = first.given.names(first.places)
    found = [[side.find(word) for word in words] for side in sides.values()]
    shared = [at for at in range(len(words)) if all(row[at] is not None for row in found)]
    if len(shared) < 4:
        raise LatentError(f"{counted(len(shared), 'word')} in all slices: four are needed")
    places = [np.array([row[at] for at in shared], dtype=np.int64) for row in found]
    return tuple(words[at] for at in shared), places


def _chain(rows: list[Array], chosen: Array) -> Array:
    """Return the rotations (S, D, D) into the first slice, each learned from some of the rows."""
    rotations = [np.eye(rows[0].shape[1])]
    for before, after in pairwise(rows):
        turned = before[chosen].astype(np.float64) @ rotations[-1]
        rotations.append(procrustes(after[chosen].astype(np.float64), turned))
    return np.stack(rotations)


def _moved(rows: list[Array], seed: int, progress: Progress | None) -> Array:
    """Return moves (1 + S - 1, n): first to last, then step by step; each by rotations of other words."""
    count = len(rows[0])
    rng = np.random.default_rng([seed, 29])
    total = np.zeros((len(rows), count))
    for split in range(_SPLITS):
        shuffled = rng.permutation(count)
        for learned, measured in _both(shuffled):
            rotations = _chain(rows, learned)
            turned = [one[measured] @ turn for one, turn in zip(rows, rotations, strict=True)]
            total[0, measured] += moves(turned[0], turned[-1])
            for at, (before, after) in enumerate(pairwise(turned), start=1):
                total[at, measured] += moves(before, after)
        if progress:
            progress(split + 1, _SPLITS)
    return total / _SPLITS


def _both(shuffled: Array) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    first, second = np.array_split(shuffled, 2)
    return (first, second), (second, first)


def _p_values(moved: Array, lengths: Array, seed: int) -> Array | None:
    """Return p-values (n,), adjusted for all words; None where moves do not vary.

    `lengths` (n,) are the logarithms of both vectors' lengths, added.
    """
    bands = np.array_split(np.arange(len(moved)), min(_BANDS, max(1, len(moved) // _BAND)))
    found = _standardized(np.log(np.maximum(moved, STILL)), lengths, bands)
    if float(np.median(moved)) <= STILL or not np.isfinite(found).all():
        return None
    draws = int(np.clip(_DRAWN // len(moved), _FEWEST_DRAWS, _DRAWS))
    rng = np.random.default_rng([seed, 31])
    same = float(np.ptp(lengths)) < _SAME

    def drawn(count: int) -> Array:
        shape = count, len(moved)
        return rng.standard_t(_TAILS, shape) if same else rng.standard_normal(shape)

    largest = np.concatenate([
        _standardized(drawn(part.stop - part.start), lengths, bands).max(axis=1)
        for part in spans(draws, len(moved))
    ])  # fmt: skip
    beyond = draws - np.searchsorted(np.sort(largest), found, side="left")
    return np.asarray((1 + beyond) / (1 + draws))


def _standardized(values: Array, lengths: Array, bands: list[Array]) -> Array:
    """Return values (..., n) less what lengths (n,) explain and the median of their band, by its upper decile.

    The spread above the median decides, as moves have the longer tail there; a tenth of the words may
    have changed without moving it.
    """
    found = np.empty(values.shape)
    for band in bands:
        centered = lengths[band] - lengths[band].mean()
        square = float(centered @ centered)
        slopes = (
            values[..., band] @ centered / square
            if square > _SAME
            else np.zeros(values.shape[:-1])
        )
        own = values[..., band] - slopes[..., None] * centered
        middle, upper = np.quantile(own, [0.5, _DECILE], axis=-1)[..., None]
        with np.errstate(divide="ignore", invalid="ignore"):
            found[..., band] = (own - middle) / (upper - middle)
    return found


def _nearest(rows: Array, chosen: Array, words: tuple[str, ...]) -> list[str]:
    """Return the nearest words of some, itself left out, by cosine: "one, other, third"."""
    found = translations(rows[chosen], rows, np.zeros(len(rows)), _NEAREST + 1)
    return [
        ", ".join([words[one] for one in near.tolist() if one != row][:_NEAREST])
        for row, near in zip(chosen.tolist(), found, strict=True)
    ]


def _notes(
    count: int, dimensions: int, p_values: Array | None, changed: int | None
) -> list[str]:
    notes = []
    if count < 4 * dimensions:
        notes.append(
            f"{count:,} shared words are few for rotations of {dimensions:,} dimensions: all words "
            "seem to move"
        )
    if p_values is None:
        notes.append("most words did not move, or all moved alike: no p-values")
    elif not changed:
        notes.append(
            "no word changed more than the most changed of stable words does by chance"
        )
    return notes


def _views(records: list[Record], names: list[str], steps: Array) -> tuple[Any, ...]:
    left_out = ("step_moved", "step") if len(names) == 2 else ("step_moved",)
    shown = tuple(name for name in COLUMNS if name not in left_out)
    sheets = [Sheet("most changed", shown, records, ("nearest_first", "nearest_last"))]
    if len(names) > 2:
        rows: list[Record] = [
            {"step": f"{a} to {b}", "median_moved": float(np.median(one))}
            for a, b, one in zip(names, names[1:], steps[1:], strict=False)
        ]
        sheets.append(Sheet("steps", ("step", "median_moved"), rows))
    return tuple(sheets)
