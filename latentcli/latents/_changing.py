"""Codes that are changed one by one: a pass in parts that fit in memory, measured as it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from latentcli.latents._streaming import PART, Out, begin, cast
from latentcli.latents._tensors import Tensor, norms_of, parts_of, shown
from latentcli.latents._typicality import sigmas
from latentcli.numerics.types import Array, Progress
from latentcli.results import Record, Result

LISTED = 1000
"""Up to so many codes have a record of their own; of more, the means are listed."""

Change = tuple[Record, Callable[[Array], Array]]
"""What a change is (the first columns of its records), and the change of codes (n, ..., D)."""


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
    found: list[dict[str, list[Array]]] = []
    listed: list[list[list[float] | str]] = []
    norms: list[Array] = []
    for index, (_, change) in enumerate(changes):
        found.append({})
        listed.append([])
        for part in parts_of(z.codes, PART // 2):
            made = change(np.asarray(z.codes[part], dtype=np.float64))
            narrow = cast(made, z.dtype).reshape(len(made), *z.code_shape)
            _put(target, z, narrow, part, index if len(changes) > 1 else None)
            lengths = norms_of(made)
            norms.append(lengths)
            numbers = {
                "norm": lengths.mean(axis=1),
                "typicality": sigmas(lengths, z.dimensions).mean(axis=1),
                **{name: measure(made) for name, measure in measures.items()},
            }
            for name, values in numbers.items():
                found[-1].setdefault(name, []).append(values)
            room = max(0, LISTED - len(listed[-1]))
            listed[-1] += [shown(code) for code in narrow[:room]]
            if progress:
                progress(index * z.samples + part.stop, len(changes) * z.samples)
    columns = {
        name: np.stack([np.concatenate(one[name]) for one in found]) for name in found[0]
    }
    lengths = np.concatenate(norms)
    return Changed(
        whole,
        shape,
        lengths,
        sigmas(lengths, z.dimensions),
        columns,
        *_records(z.samples, [what for what, _ in changes], columns, listed),
    )


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
