"""The points of a path, the path by its rule, and the walk along it in parts that fit in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError
from latentcli.latents._editing import SIZES, cast, check_layers
from latentcli.latents._interpolation import along, angles, even_times
from latentcli.latents._paths import Meter
from latentcli.latents._records import shown
from latentcli.numerics.types import Array, Progress

_PART = 1 << 22
"""Numbers of the path that are in work at a time."""


class Receiver(Protocol):
    """What takes blocks of a result: an array, a memory map, or a writer of files."""

    def __setitem__(self, key: Any, value: Array, /) -> None: ...


class Points:
    """The points as they are, maybe mapped from files, all of one shape."""

    def __init__(self, points: Sequence[npt.ArrayLike]) -> None:
        arrays = [np.asarray(point) for point in points]
        for number, array in enumerate(arrays, 1):
            if array.dtype.kind not in "fiub" or not array.size or not array.ndim:
                raise LatentError(
                    f"point {number} has shape {array.shape} and is no code of numbers"
                )
            if not np.isfinite(array).all():
                raise LatentError(f"point {number} holds NaN or infinity")
        self.notes: tuple[str, ...] = ()
        shapes = {array.shape for array in arrays}
        if len(shapes) > 1:  # a batch of one goes with a single code, w with all layers
            arrays = [_single(array) for array in arrays]
            arrays = self._repeated(arrays)
            shapes = {array.shape for array in arrays}
        if len(shapes) > 1:
            listed = ", ".join(str(np.shape(point)) for point in points)
            layers = {shape[-2] for shape in shapes if len(shape) > 1}
            hint = f"; {SIZES}" if len(layers) > 1 else ""
            raise LatentError(f"the points have different shapes: {listed}{hint}")
        self.arrays = arrays
        self.dtype = np.result_type(*(array.dtype for array in arrays))
        if self.dtype.kind != "f":
            self.dtype = np.dtype(np.float64)
        self.shape = tuple(arrays[0].shape)
        self.size = int(arrays[0].size)
        self.wide = len(self.shape) > 1 and self.size > _PART

    def _repeated(self, arrays: list[Array]) -> list[Array]:
        """Repeat codes of one vector over the layers that others have, as edit and truncate do."""
        layered = next((array for array in arrays if array.ndim == 2), None)
        if layered is None or not any(a.shape == layered.shape[-1:] for a in arrays):
            return arrays
        self.notes = (f"a code of one vector is repeated over the {len(layered)} layers",)
        return [
            np.broadcast_to(array, layered.shape) if array.ndim == 1 else array
            for array in arrays
        ]

    def block(self, rows: slice) -> Array:
        """Return some rows of all points in float64 (P, n, ..., D); a lone vector is whole."""
        whole = len(self.shape) == 1
        return np.stack([np.asarray(a if whole else a[rows], np.float64) for a in self.arrays])

    def blocks(self) -> Iterator[slice]:
        """Yield the rows in slices that fit in memory."""
        if len(self.shape) == 1:
            yield slice(None)
            return
        step = max(1, _PART * self.shape[0] // (4 * len(self.arrays) * self.size))
        for start in range(0, self.shape[0], step):
            yield slice(start, min(start + step, self.shape[0]))

    def norms(self) -> Array:
        """Return the norms of the points' rows (P, R)."""
        found = [
            np.linalg.norm(points, axis=-1).reshape(len(points), -1)
            for points in map(self.block, self.blocks())
        ]
        return np.concatenate(found, axis=1)


def _single(array: Array) -> Array:
    """Return the code of a batch of one; others as they are."""
    return array[0] if array.ndim > 1 and len(array) == 1 else array


class Path:
    """A path by its rule: ask it for any times."""

    def __init__(
        self,
        points: Points,
        kind: str,
        loop: bool,
        options: dict[str, Any],
        layers: Sequence[int] | None,
    ) -> None:
        self.points = points
        self.kind = kind
        self.loop = loop
        self._options = options
        self._layers = None if layers is None else _checked_layers(layers, points.shape)
        self._whole: Array | None = None

    def at(self, times: Array) -> Array:
        """Return the codes at some times (T, ..., D)."""
        if self._whole is None:
            self._whole = self.points.block(slice(None))
        return self._along(self._whole, times, self._options)

    def rows_at(self, rows: slice, times: Array) -> Array:
        """Return some rows of the codes at some times (T, n, ..., D): each goes its own way."""
        options = dict(self._options)
        via = options.get("via")
        if via is not None and via.ndim == len(self.points.shape):
            options["via"] = via[rows]
        return self._along(self.points.block(rows), times, options)

    def _along(self, points: Array, times: Array, options: dict[str, Any]) -> Array:
        found = along(points, times, kind=self.kind, loop=self.loop, **options)
        if self._layers is None:
            return found
        still = np.broadcast_to(points[0], found.shape).copy()
        still[..., self._layers, :] = found[..., self._layers, :]
        return still

    def even(self, steps: int) -> Array:
        """Return the times of steps of equal length."""
        part = max(1, _PART // self.points.size)
        return even_times(self.at, steps, closed=self.loop, part=part)

    def angle_degrees(self) -> float:
        """Return the mean angle between consecutive points."""
        found = [
            angles(points[:-1], points[1:]).ravel()
            for points in map(self.points.block, self.points.blocks())
        ]
        return float(np.degrees(np.concatenate(found)).mean())

    def parts(self, times: Array) -> Iterator[tuple[int, Array]]:
        """Follow the path in parts that fit in memory: where each begins, and its codes."""
        step = max(1, _PART // self.points.size)
        for start in range(0, len(times), step):
            yield start, self.at(times[start : start + step])


def _checked_layers(layers: Sequence[int], shape: tuple[int, ...]) -> list[int]:
    if len(shape) < 2:
        raise LatentError(f"points of shape {shape} have no layers")
    check_layers(layers, shape[-2])
    return list(layers)


class Walk:
    """Follows a path once: fills what receives it, and measures."""

    def __init__(
        self,
        path: Path,
        times: Array,
        points: Points,
        out: Receiver | None,
        progress: Progress | None,
    ) -> None:
        self.path = path
        self.times = times
        self.shape = (len(times), *points.shape)
        self.dtype = points.dtype
        self.meter = Meter()
        self.shown: list[list[float] | str] = []
        self.codes = np.empty(self.shape, self.dtype) if out is None else None
        self._out: Receiver = self.codes if out is None else out  # type: ignore[assignment]
        self._progress = progress

    def follow(self) -> None:
        """Take all steps: many small codes at a time, or some rows of one step."""
        if self.path.points.wide:
            self._by_rows()
            return
        for start, part in self.path.parts(self.times):
            self.meter.add(part)
            self.shown += [shown(code) for code in part]
            self._out[start : start + len(part)] = cast(part, self.dtype)
            self._report(start + len(part))

    def _by_rows(self) -> None:
        for index in range(len(self.times)):
            norms = []
            step = back = 0.0
            for number, rows in enumerate(self.path.points.blocks()):
                when = self.times[[0, max(0, index - 1), index]]
                first, before, now = self.path.rows_at(rows, when)
                step += float(((now - before) ** 2).sum())
                back += float(((now - first) ** 2).sum())
                norms.append(np.linalg.norm(now, axis=-1).ravel())
                if number == 0:
                    self.shown.append(shown(now, self.shape[1:]))
                self._out[index, rows] = cast(now, self.dtype)
            self.meter.add_step(np.concatenate(norms), step**0.5, back**0.5, self.shape[-1])
            self._report(index + 1)

    def _report(self, steps: int) -> None:
        if self._progress:
            size = self.path.points.size
            self._progress(steps * size, len(self.times) * size)
