"""Changes of many codes at a time: walked in parts that fit in memory, measured and handed on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError
from latentcli.latents import _editing as editing
from latentcli.latents._records import MOST, norms_of, records_of, shown
from latentcli.latents._typicality import sigmas
from latentcli.latents._waypoints import Receiver
from latentcli.numerics.types import Array, Progress
from latentcli.results import Record, Result

_PART = 2 << 20
"""Bytes of codes that are in work at a time."""

Change = Callable[[Array], Array]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CodesResult(Result):
    """Codes that a function made: `codes` in their `shape` and `dtype`, None where they went to `out`."""

    codes: Array | None
    shape: tuple[int, ...]
    dtype: np.dtype[Any]


def float_type(values: Array) -> np.dtype[Any]:
    """Return the dtype in which changed codes go out: their own, float64 for integers."""
    return values.dtype if values.dtype.kind == "f" else np.dtype(np.float64)


def checked_direction(direction: npt.ArrayLike) -> Array:
    """Return a direction (D,) or (L, D) in float64; LatentError for anything else."""
    vector = np.asarray(direction, dtype=np.float64)
    while vector.ndim > 1 and vector.shape[0] == 1:
        vector = vector[0]
    if vector.ndim not in (1, 2):
        raise LatentError(f"shape {vector.shape} is not one direction")
    if not np.linalg.norm(vector) > 0 or not np.isfinite(vector).all():
        raise LatentError("a direction of length 0, or of NaN or infinity, points nowhere")
    return vector


class Rows:
    """Codes with their samples in front: (N, D) or (N, L, D)."""

    def __init__(self, codes: npt.ArrayLike, layered: bool) -> None:
        given = np.asarray(codes)
        if given.dtype.kind not in "fiub" or not given.size or given.ndim not in (1, 2, 3):
            raise LatentError(f"shape {given.shape} and type {given.dtype} are no codes")
        self.given = given
        single = given.ndim == 1 or (given.ndim == 2 and layered)
        self.values = given[None] if single else given
        self.dtype = float_type(given)
        self.shape = tuple(self.values.shape)
        if layered and self.values.ndim < 3:
            raise LatentError(f"codes of shape {given.shape} have no layers")

    @property
    def layers(self) -> int:
        """How many layers the codes have."""
        return int(self.shape[1])


class Walk:
    """Goes over codes in parts, changing, measuring and handing them on.

    `changes` are pairs of what a change is (the first columns of its records) and the change itself;
    `measures` are further columns, computed from the changed codes (n, ...).
    """

    def __init__(
        self,
        rows: Rows,
        changes: list[tuple[Record, Change]],
        out: Receiver | None,
        progress: Progress | None,
        measures: dict[str, Callable[[Array], Array]],
    ) -> None:
        self._rows = rows
        self._changes = changes
        self._measures = measures
        self._numbers: list[dict[str, list[Array]]] = [{} for _ in changes]
        self._shown: list[list[list[float] | str]] = [[] for _ in changes]
        many = (len(changes),) if len(changes) > 1 else ()
        self._shape = (*many, *rows.given.shape)
        self._codes = np.empty((*many, *rows.shape), rows.dtype) if out is None else None
        self._follow(self._codes if out is None else out, progress)  # type: ignore[arg-type]

    def result(self, columns: tuple[str, ...], *, title: str, settings: Record) -> CodesResult:
        """Return what was made, with a record for each code, or each change of very many."""
        few = len(self._rows.values) * len(self._changes) <= MOST
        note = f"{len(self._rows.values):,} codes: each record is the mean over all of them"
        return CodesResult(
            codes=None if self._codes is None else self._codes.reshape(self._shape),
            shape=self._shape,
            dtype=self._rows.dtype,
            title=title,
            columns=columns,
            records=self._records(few),
            settings={**settings, "dtype": str(self._rows.dtype)},
            notes=() if few else (note,),
        )

    def _follow(self, out: Receiver, progress: Progress | None) -> None:
        rows, several = self._rows.values, len(self._changes) > 1
        step = max(1, _PART // max(1, rows[0].nbytes))
        total = len(rows) * len(self._changes)
        for index, (_, change) in enumerate(self._changes):
            for start in range(0, len(rows), step):
                part = change(np.asarray(rows[start : start + step], dtype=np.float64))
                narrow = editing.cast(part, self._rows.dtype)
                self._measure(index, part, narrow)
                place = slice(start, start + len(part))
                if several:
                    out[index, place] = narrow
                else:
                    out[place] = narrow
                if progress:
                    progress(index * len(rows) + start + len(part), total)

    def _measure(self, index: int, part: Array, narrow: Array) -> None:
        norms = norms_of(part)
        numbers = {
            "norm": norms.mean(axis=1),
            "typicality": sigmas(norms, part.shape[-1]).mean(axis=1),
            **{name: measure(part) for name, measure in self._measures.items()},
        }
        for name, values in numbers.items():
            self._numbers[index].setdefault(name, []).append(values)
        room = MOST - len(self._shown[index])
        self._shown[index] += [shown(code) for code in narrow[: max(0, room)]]

    def _records(self, few: bool) -> list[Record]:
        columns = [
            {name: np.concatenate(parts) for name, parts in numbers.items()}
            for numbers in self._numbers
        ]
        if not few:
            return [
                {
                    **what,
                    "row": None,
                    **{n: float(v.mean()) for n, v in numbers.items()},
                    "z": None,
                }
                for (what, _), numbers in zip(self._changes, columns, strict=True)
            ]
        return [
            {
                **what,
                "row": row,
                **{n: float(v[row]) for n, v in numbers.items()},
                "z": codes[row],
            }
            for (what, _), numbers, codes in zip(
                self._changes, columns, self._shown, strict=True
            )
            for row in range(len(self._rows.values))
        ]


def made(
    codes: Array, flat: Array, what: Sequence[Record], *, title: str, settings: Record
) -> CodesResult:
    """Return codes that are at hand, with a record of each of `flat` (n, ..., D)."""
    records = records_of(flat, what)
    return CodesResult(
        codes=codes,
        shape=codes.shape,
        dtype=codes.dtype,
        title=title,
        columns=tuple(records[0]),
        records=records,
        settings={**settings, "dtype": str(codes.dtype)},
    )
