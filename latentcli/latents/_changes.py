"""Changes of many codes at a time: walked in parts that fit in memory, measured and handed on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError, UsageError
from latentcli.latents import _editing as editing
from latentcli.latents._interp import Receiver
from latentcli.latents._records import MOST, norms_of, records_of, shown
from latentcli.latents._typicality import sigmas
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


def edit(
    codes: npt.ArrayLike,
    direction: npt.ArrayLike,
    *,
    by: float | Sequence[float] | None = None,
    to: float | Sequence[float] | None = None,
    unit: bool = False,
    layers: Sequence[int] | None = None,
    layered: bool | None = None,
    intercept: float = 0.0,
    out: Receiver | None = None,
    progress: Progress | None = None,
) -> CodesResult:
    """Move codes along a direction: z + alpha d, or to a signed distance from its plane.

    Parameters
    ----------
    codes
        (D,), (N, D), (L, D) or (N, L, D).
    direction
        (D,), or (L, D) for codes of layers.
    by
        Amounts alpha, each of which gives an edited copy: the direction is added as it is, times alpha.
    to
        Signed distances from the direction's plane instead, counted in lengths of 1.
    unit
        Scale the direction to length 1 first (over layers: root mean square 1).
    layers
        Only these layers.
    layered
        Whether two axes are (L, D); None: they are where `layers` or a layered direction say so.
    intercept
        Offset of the plane: a code x lies at x . d / |d| + intercept.
    out
        Anything with `out[a:b] = block` (`out[i, a:b]` for several amounts); codes are not kept then.
    progress
        Called with (done, total).

    Returns
    -------
    CodesResult
        (amounts, ...) where there are several. The projection is the signed distance from the plane
        (over layers: the mean).

    Raises
    ------
    UsageError
        Unless exactly one of `by` and `to` is given.
    LatentError
        For a direction of length 0, or of another shape.

    Examples
    --------
    >>> edit([1.0, 2.0], [0.0, 2.0], by=3).codes.tolist()
    [1.0, 8.0]
    >>> edit([1.0, 2.0], [0.0, 2.0], by=3, unit=True).codes.tolist()
    [1.0, 5.0]
    """
    if (by is None) == (to is None):
        raise UsageError("say how far: `by` (relative) or `to` (absolute)")
    alphas = np.atleast_1d(np.asarray(by if by is not None else to, dtype=np.float64)).tolist()
    if not np.isfinite(alphas).all():
        raise ParameterError("by" if by is not None else "to", alphas, "finite numbers")
    line = checked_direction(direction)
    length = _step_length(line)
    rows = _Rows(codes, layers is not None or line.ndim == 2 if layered is None else layered)
    chosen = None if layers is None else list(layers)
    editing.check_fits(line, rows.shape, chosen)

    def change(alpha: float) -> Change:
        if by is not None:
            amount = alpha if unit else alpha * length
            return lambda part: editing.shift(part, line, amount, chosen)
        return lambda part: editing.place(part, line, alpha, intercept=intercept, layers=chosen)

    def projection(part: Array) -> Array:
        scores = editing.project(part, line, intercept, chosen)
        return scores.reshape(len(part), -1).mean(axis=1)

    walk = _Walk(
        rows, [({"alpha": alpha}, change(alpha)) for alpha in alphas], out, progress,
        {"projection": projection},
    )  # fmt: skip
    return walk.result(
        ("alpha", "row", "norm", "typicality", "projection", "z"),
        title="codes moved along a direction",
        settings={
            "by": _listed(by), "to": _listed(to), "unit": unit, "direction_length": length,
            "layers": None if layers is None else " ".join(map(str, layers)), "intercept": intercept,
        },
    )  # fmt: skip


def truncate(
    codes: npt.ArrayLike,
    mean: npt.ArrayLike,
    *,
    psi: float = 0.7,
    cutoff: int | None = None,
    layered: bool | None = None,
    out: Receiver | None = None,
    progress: Progress | None = None,
) -> CodesResult:
    """Move codes towards a mean: mean + psi (w - mean), the truncation trick of StyleGAN.

    Parameters
    ----------
    codes
        (D,), (N, D), (L, D) or (N, L, D).
    mean
        (D,) or (L, D), the generator's own w_avg or the mean of some codes.
    psi
        What remains of the way from the mean: 1 leaves codes as they are, 0 gives the mean.
    cutoff
        Only the first so many layers.
    layered
        Whether two axes are (L, D); None: they are where there is a `cutoff`.
    out, progress
        As in `edit`.

    Returns
    -------
    CodesResult
        The distance is that of the result from the mean. Karras, Laine and Aila (2019).

    Examples
    --------
    >>> truncate([3.0, 5.0], [1.0, 1.0], psi=0.5).codes.tolist()
    [2.0, 3.0]
    """
    if not np.isfinite(psi):
        raise ParameterError("psi", psi, "a finite number")
    rows = _Rows(codes, cutoff is not None if layered is None else layered)
    if cutoff is not None and not 0 < cutoff <= rows.layers:
        raise ParameterError("cutoff", cutoff, f"from 1 to the codes' {rows.layers} layers")
    center = np.asarray(mean, dtype=np.float64)
    while center.ndim > 1 and len(center) == 1:
        center = center[0]
    if center.shape not in (rows.shape[1:], rows.shape[-1:]):
        raise LatentError(
            f"a mean of shape {center.shape} does not fit codes of shape {rows.shape[1:]}; "
            f"{editing.SIZES}"
        )

    def distance(part: Array) -> Array:
        return np.linalg.norm((part - center).reshape(len(part), -1), axis=1)

    def change(part: Array) -> Array:
        return editing.truncate(part, center, psi, cutoff)

    walk = _Walk(rows, [({}, change)], out, progress, {"distance": distance})
    return walk.result(
        ("row", "norm", "typicality", "distance", "z"),
        title="codes moved towards a mean",
        settings={"psi": psi, "cutoff": cutoff},
    )


def mix(row: npt.ArrayLike, column: npt.ArrayLike, *, layers: Sequence[int]) -> CodesResult:
    """Mix styles: some layers of one code, the others of another.

    Parameters
    ----------
    row, column
        (L, D) or (N, L, D): `column` gives the `layers`, `row` the others. Several codes on either side
        give every combination.
    layers
        Layers that are taken from `column`.

    Returns
    -------
    CodesResult
        (rows, columns, L, D), or (L, D) of two single codes. Karras, Laine and Aila (2019).

    Examples
    --------
    >>> mix([[1, 1], [1, 1]], [[2, 2], [2, 2]], layers=[1]).codes.tolist()
    [[1.0, 1.0], [2.0, 2.0]]
    """
    rows, columns = _Rows(row, True), _Rows(column, True)
    first, second = rows.layers, columns.layers
    if first != second or rows.shape[-1] != columns.shape[-1]:
        raise LatentError(
            f"the codes have {first} and {second} layers of {rows.shape[-1]} and "
            f"{columns.shape[-1]} numbers; {editing.SIZES}"
        )
    for layer in layers:
        if not 0 <= layer < first:
            raise ParameterError("layers", layer, f"from 0 to {first - 1} ({editing.SIZES})")
    mixed = editing.mix(rows.values[:, None], columns.values[None], list(layers))
    mixed = mixed.astype(np.result_type(rows.dtype, columns.dtype))
    count = mixed.shape[:2]
    what: list[Record] = [
        {"row": i, "column": j} for i in range(count[0]) for j in range(count[1])
    ]
    flat = mixed.reshape(-1, *mixed.shape[2:])
    return _made(
        mixed if max(count) > 1 else flat[0], flat, what,
        title="styles mixed by layer", settings={"layers": " ".join(map(str, layers))},
    )  # fmt: skip


def traverse(
    code: npt.ArrayLike, values: Sequence[float], *, dims: Sequence[int] | None = None
) -> CodesResult:
    """Set each dimension of a code to each of some values, the others staying as they are.

    Parameters
    ----------
    code
        (D,) or (1, D).
    values
        Values that each dimension is set to.
    dims
        Dimensions; None for all.

    Returns
    -------
    CodesResult
        (dimensions, values, D): what the dimensions of a VAE mean is seen in the decoded codes.

    Examples
    --------
    >>> traverse([5.0, 6.0], [-1, 1], dims=[1]).codes.tolist()
    [[[5.0, -1.0], [5.0, 1.0]]]
    """
    start = np.asarray(code)
    start = start[0] if start.ndim == 2 and len(start) == 1 else start
    if start.ndim != 1 or not start.size:
        raise LatentError(
            f"shape {start.shape} is not one code (D,); name one, such as FILE[0]"
        )
    chosen = range(len(start)) if dims is None else dims
    for dim in chosen:
        if not 0 <= dim < len(start):
            raise ParameterError("dims", dim, f"from 0 to {len(start) - 1}")
    kind = float_type(start)
    editing.cast(np.array(values, dtype=np.float64), kind)
    walked = editing.traverse(start.astype(kind), list(chosen), list(values))
    what: list[Record] = [{"dim": dim, "value": float(v)} for dim in chosen for v in values]
    return _made(
        walked, walked.reshape(-1, len(start)), what,
        title=f"{len(list(chosen))} dimensions set to {len(values)} values", settings={},
    )  # fmt: skip


def grid(
    corners: Sequence[npt.ArrayLike], *, rows: int = 5, columns: int = 5, lol: bool = False
) -> CodesResult:
    """Fill a grid between four codes.

    Parameters
    ----------
    corners
        Codes of one shape: top left, top right, bottom left, bottom right.
    rows, columns
        Size of the grid, from 2.
    lol
        Keep the prior N(0, I) (Bodin et al., 2024): for codes z, not w. Else bilinear.

    Returns
    -------
    CodesResult
        (rows, columns, ...): the corners are kept as they are.

    Examples
    --------
    >>> grid([[0.0], [1.0], [2.0], [3.0]], rows=2, columns=3).codes[..., 0].tolist()
    [[0.0, 0.5, 1.0], [2.0, 2.5, 3.0]]
    """
    if len(corners) != 4:
        raise ParameterError("corners", f"{len(corners)} codes", "four codes")
    for name, value in (("rows", rows), ("columns", columns)):
        if value < 2:
            raise ParameterError(name, value, "at least 2")
    if rows * columns > editing.MOST:
        raise UsageError(f"a grid has up to {editing.MOST:,} codes, not {rows * columns:,}")
    values = [np.asarray(corner) for corner in corners]
    shapes = {value.shape for value in values}
    if len(shapes) > 1:
        raise LatentError(
            f"the corners have different shapes: {sorted(shapes)}; {editing.SIZES}"
        )
    kind = np.result_type(*(float_type(value) for value in values))
    filled = editing.cast(editing.grid(values, rows, columns, preserve=lol), kind)
    for place, corner in zip(((0, 0), (0, -1), (-1, 0), (-1, -1)), values, strict=True):
        filled[place] = corner
    what: list[Record] = [{"row": i, "column": j} for i in range(rows) for j in range(columns)]
    return _made(
        filled, filled.reshape(rows * columns, *filled.shape[2:]), what,
        title=f"grid of {rows} x {columns}", settings={"rows": rows, "columns": columns, "lol": lol},
    )  # fmt: skip


def sample_z(
    seeds: Sequence[int], *, dimensions: int = 512, truncation: float | None = None
) -> CodesResult:
    """Draw codes from N(0, I), one for each seed, as StyleGAN's `--seeds` do.

    Parameters
    ----------
    seeds
        Seeds of NumPy's RandomState, whose numbers stay the same.
    dimensions
        Numbers of a code.
    truncation
        Draw numbers beyond this again (Brock et al., 2019); from 0.01.

    Returns
    -------
    CodesResult
        (seeds, dimensions) float64.

    Examples
    --------
    >>> sample_z([0], dimensions=3).codes.round(3).tolist()
    [[1.764, 0.4, 0.979]]
    """
    if dimensions < 1:
        raise ParameterError("dimensions", dimensions, "at least 1")
    if truncation is not None and not truncation >= _LEAST:
        raise ParameterError("truncation", truncation, f"at least {_LEAST}")
    for seed in seeds:
        if not 0 <= seed < 2**32:
            raise ParameterError("seeds", seed, f"from 0 to {2**32 - 1:,}")
    drawn = np.stack([editing.draw(seed, dimensions, truncation) for seed in seeds])
    return _made(
        drawn, drawn, [{"seed": int(seed)} for seed in seeds], title=f"{len(drawn)} codes of N(0, I)",
        settings={
            "seeds": " ".join(map(str, seeds)), "dimensions": dimensions, "truncation": truncation,
            "generator": "numpy.random.RandomState",
        },
    )  # fmt: skip


_LEAST = 0.01
"""A smaller truncation would draw again and again."""


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


def _step_length(line: Array) -> float:
    """Return the length of a direction as steps are counted: over layers, its root mean square."""
    return float(np.linalg.norm(line)) / (len(line) ** 0.5 if line.ndim == 2 else 1.0)


def _listed(values: object) -> str | float | None:
    if values is None or isinstance(values, int | float):
        return values
    return " ".join(f"{value:g}" for value in np.asarray(values).tolist())


class _Rows:
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


class _Walk:
    """Goes over codes in parts, changing, measuring and handing them on.

    `changes` are pairs of what a change is (the first columns of its records) and the change itself;
    `measures` are further columns, computed from the changed codes (n, ...).
    """

    def __init__(
        self,
        rows: _Rows,
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


def _made(
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
