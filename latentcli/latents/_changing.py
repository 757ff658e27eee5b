"""Codes that are changed one by one: a pass in parts that fit in memory, measured as it goes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from latentcli.latents._streaming import PART, Out, begin, cast
from latentcli.latents._tensors import Tensor, check_finite, norms_of, parts_of, shown
from latentcli.latents._typicality import sigmas
from latentcli.numerics.parallel import in_order
from latentcli.numerics.types import Array, Progress
from latentcli.results import Record, Result

LISTED = 1000
"""Up to so many codes have a record of their own; of more, the means are listed."""

_MANY = 1 << 22
_QUICK_PART = 1 << 19
"""Numbers that a thread changes at a time."""
_NORMS = "norms"
"""Name of the lengths among what is measured of each part."""
_LEAST_SQUARE, _MOST_SQUARE = 1e-20, 1e36
"""Squared norms between which float32 neither loses nor overflows."""

Move = Callable[[Array, Array | None], Array]
"""A change of codes (n, ..., D): it returns them changed, in the second array where one is given."""

Change = tuple[Record, Move]
"""What a change is, the first columns of its records; and the change."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CodesResult(Result):
    """Codes that a verb made.

    Attributes
    ----------
    codes
        The codes, in the dtype of those that they are made from; None where `out` took them.
    shape, dtype
        Of the codes, also where `out` took them.
    norms
        Lengths of their vectors, (n, R) for n codes of R layers (1 without layers).
    sigmas
        By how many standard deviations the norms (n, R) differ from those of N(0, I).
    """

    codes: Array | None
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    norms: Array
    sigmas: Array


@dataclass(frozen=True)
class Changed:
    """Changed codes: `numbers` by name (changes, n), and what is listed of them."""

    codes: Array | None
    shape: tuple[int, ...]
    norms: Array
    sigmas: Array
    numbers: Mapping[str, Array]
    records: list[Record]
    notes: tuple[str, ...]


def changed(
    z: Tensor,
    changes: Sequence[Change],
    measures: Mapping[str, Callable[[Array], Array]],
    *,
    out: Out | None,
    progress: Progress | None,
) -> Changed:
    """Apply each change to all codes; several changes are in front, (changes, ...).

    `measures` are further columns, computed from changed codes (n, ..., D).
    """
    shape = z.shape if len(changes) == 1 else (len(changes), *z.shape)
    target, whole = begin(out, shape, z.dtype)
    measured: list[dict[str, list[Array]]] = []
    listed: list[list[list[float] | str]] = []
    place = _anywhere(target, z, shape)
    for index, (_, change) in enumerate(changes):
        work = _Changer(z, measures, place and partial(_shifted, place, index * z.samples))
        measured.append({})
        listed.append([])
        for part, (narrow, numbers) in work.parts(change):
            if work.place is None:
                _put(target, z, narrow, part, index if len(changes) > 1 else None)
            for name, values in numbers.items():
                measured[-1].setdefault(name, []).append(values)
            room = max(0, LISTED - len(listed[-1]))
            listed[-1] += [shown(code) for code in narrow[:room]]
            if progress:
                progress(index * z.samples + part.stop, len(changes) * z.samples)
    numbers = {
        name: np.stack([np.concatenate(one[name]) for one in measured]) for name in measured[0]
    }
    norms = numbers.pop(_NORMS)
    spreads = sigmas(norms, z.dimensions)
    columns = {"norm": norms.mean(axis=2), "typicality": spreads.mean(axis=2), **numbers}
    return Changed(
        whole,
        shape,
        norms.reshape(-1, norms.shape[-1]),
        spreads.reshape(-1, norms.shape[-1]),
        columns,
        *_records(z.samples, [what for what, _ in changes], columns, listed),
    )


Place = Callable[[int, Array], None]
"""Takes codes from a first one on, from several threads and in any order."""

Made = tuple[Array, dict[str, Array]]
"""Changed codes in their own type and shape; their norms (n, R), and what else was measured of them."""


@dataclass(frozen=True)
class _Changer:
    """Codes that are changed part by part: in float64, or very many of a narrower type in float32.

    Very many are given to `place` by the threads that made them, while they are at hand, in arrays
    that serve again: new ones would cost as much as the change.
    """

    z: Tensor
    measures: Mapping[str, Callable[[Array], Array]]
    place: Place | None
    rooms: deque[Array] = field(default_factory=deque)

    def parts(self, change: Move) -> Iterator[tuple[slice, Made]]:
        """Yield parts of the codes, changed and measured."""
        if not quick(self.z.values):
            for part in parts_of(self.z.codes, PART // 2):
                yield part, self._exact(part, change)
            return
        spans = list(parts_of(self.z.codes, _QUICK_PART))
        made = in_order(lambda part: self._placed(part, change), spans)
        yield from zip(spans, made, strict=True)

    def _placed(self, part: slice, change: Move) -> Made:
        if self.place is None:
            return self._quick(part, change, None)
        try:
            room = self.rooms.pop()
        except IndexError:  # this thread's first part
            room = np.empty(self.z.codes[part].shape, np.float32)
        made, numbers = self._quick(part, change, room[: part.stop - part.start])
        self.place(part.start, made)
        listed = made[: max(0, LISTED - part.start)].copy()
        self.rooms.append(room)
        return listed, numbers

    def _exact(self, part: slice, change: Move) -> Made:
        made = change(np.asarray(self.z.codes[part], dtype=np.float64), None)
        narrow = cast(made, self.z.dtype).reshape(len(made), *self.z.code_shape)
        return narrow, self._measured(made, norms_of(made))

    def _quick(self, part: slice, change: Move, out: Array | None) -> Made:
        made = change(np.asarray(self.z.codes[part], dtype=np.float32), out)
        with np.errstate(over="ignore"):
            flat = made.reshape(-1, made.shape[-1])
            squares = np.einsum("nd,nd->n", flat, flat).astype(np.float64)
        if not (squares.min() > _LEAST_SQUARE and squares.max() < _MOST_SQUARE):
            check_finite(self.z.codes[part], self.z.name, part.start)
            return self._exact(part, change)
        narrow = cast(made, self.z.dtype) if self.z.dtype != np.float32 else made
        shaped = narrow.reshape(len(made), *self.z.code_shape)
        return shaped, self._measured(made, np.sqrt(squares).reshape(len(made), -1))

    def _measured(self, made: Array, norms: Array) -> dict[str, Array]:
        return {
            _NORMS: norms,
            **{name: measure(made) for name, measure in self.measures.items()},
        }


def quick(codes: Any) -> bool:
    """Tell whether codes are so many, and of so narrow a type, that they are changed in float32.

    Then `changed` finds NaN on its way, and nobody has to look for it before.
    """
    values = getattr(codes, "values", codes)
    if not isinstance(values, np.ndarray):
        return False
    return values.size >= _MANY and values.dtype in (np.float32, np.float16)


def _anywhere(target: Out, z: Tensor, shape: tuple[int, ...]) -> Place | None:
    """Return what takes very many codes in any order, where there is such a thing."""
    unordered = getattr(target, "unordered", None)
    if unordered is None or "N" not in z.axes or not quick(z.values):
        return None
    place: Place | None = unordered(shape, z.dtype)
    return place


def _shifted(place: Place, before: int, first: int, block: Array) -> None:
    """Give a block of codes to `place`, behind those of other changes."""
    place(before + first, block)


def _put(target: Out, z: Tensor, made: Array, part: slice, index: int | None) -> None:
    """Put changed codes where they belong: whole arrays without a samples axis, else some rows."""
    if "N" not in z.axes:
        target[slice(None) if index is None else slice(index, index + 1)] = (
            made[0] if index is None else made
        )
    elif index is None:
        target[part] = made
    else:
        target[index, part] = made


def _records(
    samples: int,
    what: Sequence[Record],
    columns: Mapping[str, Array],
    listed: Sequence[Sequence[list[float] | str]],
) -> tuple[list[Record], tuple[str, ...]]:
    """Return a record for each changed code, or for each change if they are very many; and notes."""
    if samples * len(what) > LISTED:
        means: list[Record] = [
            {
                **one,
                "row": None,
                **{name: float(values[index].mean()) for name, values in columns.items()},
                "z": None,
            }
            for index, one in enumerate(what)
        ]
        return means, (f"{samples:,} codes: each record is the mean over all of them",)
    return [
        {
            **one,
            "row": row,
            **{name: float(values[index, row]) for name, values in columns.items()},
            "z": listed[index][row],
        }
        for index, one in enumerate(what)
        for row in range(samples)
    ], ()


def made(
    codes: Array,
    like: Tensor,
    what: Sequence[Record],
    each: tuple[int, ...],
    *,
    out: Out | None,
    title: str,
    settings: Record,
    notes: tuple[str, ...] = (),
) -> CodesResult:
    """Return the result of a verb that made `codes` (..., *each), one for each of `what`."""
    flat = codes.reshape(len(what), *each)
    norms = norms_of(flat.reshape(len(what), -1, like.dimensions))
    typicality = sigmas(norms, like.dimensions)
    target, whole = begin(out, tuple(codes.shape), codes.dtype)
    target[: len(codes)] = codes
    columns = (*what[0], "norm", "typicality", "z")
    return CodesResult(
        codes=whole,
        shape=tuple(codes.shape),
        dtype=codes.dtype,
        norms=norms,
        sigmas=typicality,
        title=title,
        columns=columns,
        records=[
            {
                **one,
                "norm": float(norms[index].mean()),
                "typicality": float(typicality[index].mean()),
                "z": shown(flat[index]),
            }
            for index, one in enumerate(what)
        ],
        settings=settings,
        notes=notes,
    )
