"""Follow a path for `latent interp`: points in, parts out, measured, written and shown as they come."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from latentcli.cli.arrays import Axes, shown
from latentcli.cli.options import Output
from latentcli.results import Record, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latentcli.files.codes import Result
    from latentcli.latents._paths import Course, Holes
    from latentcli.numerics.types import Array
    from latentcli.words._space import Space

_PART = 1 << 22
"""Numbers of the path that are in work at a time."""


class Path:
    """A path by its rule: ask it for any times."""

    def __init__(self, points: Points, kind: str, loop: bool, options: dict[str, Any]) -> None:
        self.points = points
        self.kind = kind
        self.loop = loop
        self.options = options

    def at(self, times: Array) -> Array:
        """Return the codes at some times (T, ..., D)."""
        return self._along(self.points.values, times, self.options)

    def rows_at(self, rows: slice, times: Array) -> Array:
        """Return some rows of the codes at some times (T, n, ..., D): each goes its own way."""
        options = dict(self.options)
        via = options.get("via")
        if via is not None and via.ndim == len(self.points.shape):
            options["via"] = via[rows]
        return self._along(self.points.block(rows), times, options)

    def _along(self, points: Array, times: Array, options: dict[str, Any]) -> Array:
        from latentcli.latents._interpolation import along

        return along(points, times, kind=self.kind, loop=self.loop, **options)

    def even(self, steps: int) -> Array:
        """Return the times of steps of equal length."""
        from latentcli.latents._interpolation import even_times

        part = max(1, _PART // self.points.size)
        return even_times(self.at, steps, closed=self.loop, part=part)

    def angle_degrees(self) -> float:
        """Return the mean angle between consecutive points."""
        import numpy as np

        from latentcli.latents._interpolation import angles

        found = [
            angles(points[:-1], points[1:]).ravel()
            for points in map(self.points.block, self.points.blocks())
        ]
        return float(np.degrees(np.concatenate(found)).mean())

    def parts(self, times: Array) -> Iterator[Array]:
        """Follow the path in parts that fit in memory."""
        step = max(1, _PART // self.points.size)
        for start in range(0, len(times), step):
            yield self.at(times[start : start + step])


class Walk:
    """Follows a path in parts that fit in memory, measuring and writing as it goes."""

    def __init__(self, path: Path, times: Array, points: Points, output: Output) -> None:
        from latentcli.latents._paths import Meter

        self.path = path
        self.times = times
        self.dtype = points.dtype
        self.shape = (len(times), *points.shape)
        self.shown: list[list[float] | str] = []
        self._meter = Meter()
        self._output = output

    def result(self) -> Result:
        """Return the path to be written; it is measured while it is written."""
        from latentcli.files.codes import Result

        return Result(self.shape, self.dtype, self._parts())

    def course(self) -> Course:
        """Return the measures; walk the path for them if it was not written."""
        if not self.shown:
            for _ in self._parts():
                pass
        return self._meter.course(closed=self.path.loop)

    def _parts(self) -> Iterator[Array]:
        from latentcli.latents._editing import cast

        size = self.path.points.size
        parts = self._by_rows() if self.path.points.wide else self._by_steps()
        with self._output.progress("following the path", least=_PART) as progress:
            for part in parts:
                if progress:
                    progress(len(self.shown) * size, len(self.times) * size)
                yield cast(part, self.dtype)

    def _by_steps(self) -> Iterator[Array]:
        """Follow many steps of small codes at a time."""
        for part in self.path.parts(self.times):
            self._meter.add(part)
            self.shown += [shown(code) for code in part]
            yield part

    def _by_rows(self) -> Iterator[Array]:
        """Follow one step of some rows at a time, for codes that do not fit in memory together."""
        import numpy as np

        last = len(self.times) - 1
        for index in range(last + 1):
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
                yield now
            self._meter.add_step(np.concatenate(norms), step**0.5, back**0.5, self.shape[-1])


class Columns:
    """Columns that were asked for beside the usual ones, and the holes if there are any."""

    def __init__(self) -> None:
        self.values: dict[str, list[Scalar]] = {}
        self.holes: Holes | None = None

    def add_lengths(self, other: Path, times: Array) -> None:
        """Add the norms of another path beside."""
        from latentcli.latents._paths import Meter

        meter = Meter()
        for part in other.parts(times):
            meter.add(part)
        self.values["slerp_norm"] = meter.course().norms.mean(axis=1).tolist()

    def add_holes(
        self, path: Array, reference: str, k: int, percentile: float, axes: Axes, output: Output
    ) -> None:
        """Hold the path against reference codes, and add what was found."""
        self.holes = _holes(path, reference, k, percentile, axes, output)
        self.values |= {
            "distance": self.holes.distances.tolist(),
            "percentile": self.holes.percentiles.tolist(),
            "nearest": self.holes.nearest.tolist(),
            "hole": self.holes.holes.tolist(),
        }


def records_of(
    times: Array, course: Course, extra: Columns, codes: list[list[float] | str]
) -> list[Record]:
    """Make a record of each step."""
    return [
        {
            "t": float(t),
            "norm": float(course.norms[index].mean()),
            "step": float(course.steps[index]),
            "typicality": float(course.sigmas[index].mean()),
            **{name: column[index] for name, column in extra.values.items()},
            "z": codes[index],
        }
        for index, t in enumerate(times)
    ]


class Points:
    """The waypoints, from files or from the words of a space.

    `arrays` as they are in their files, maybe mapped; `shape` of each; `values` (P, ..., D)
    all of them in float64; `wide` when those, and a path of them, are better taken in blocks.
    """

    def __init__(
        self, points: list[str], axes: Axes, vectors: str | None, output: Output
    ) -> None:
        import numpy as np

        from latentcli.errors import LatentError

        self.space: Space | None = None
        if vectors is not None:
            import latentcli

            self.space = latentcli.open(vectors)
            self.arrays = [self.space.vector(word) for word in points]
            self.dtype = self.space.matrix.dtype
            return
        codes = [axes.load(point, output) for point in points]
        arrays = [code.values for code in codes]
        shapes = {array.shape for array in arrays}
        if len(shapes) > 1:  # a batch of one goes with a single code
            arrays = [_single(array) for array in arrays]
            shapes = {array.shape for array in arrays}
        if len(shapes) > 1:
            listed = ", ".join(f"{code.address} {code.values.shape}" for code in codes)
            raise LatentError(f"the points have different shapes: {listed}{_sizes(shapes)}")
        self.dtype = np.result_type(*(code.values.dtype for code in codes))
        if self.dtype.kind != "f":
            self.dtype = np.dtype(np.float64)
        self.arrays = arrays

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of each point."""
        return tuple(self.arrays[0].shape)

    @property
    def size(self) -> int:
        """How many numbers a point has."""
        return int(self.arrays[0].size)

    @property
    def wide(self) -> bool:
        """Whether the points are so many rows that they are taken in blocks."""
        return len(self.shape) > 1 and self.size > _PART

    @cached_property
    def values(self) -> Array:
        """All points (P, ..., D) in float64."""
        return self.block(slice(None))

    def block(self, rows: slice) -> Array:
        """Return some rows of all points in float64 (P, n, ..., D); a lone vector is whole."""
        import numpy as np

        whole = len(self.shape) == 1
        return np.stack(
            [np.asarray(array if whole else array[rows], np.float64) for array in self.arrays]
        )

    def blocks(self) -> Iterator[slice]:
        """Yield the rows in slices that fit in memory."""
        if len(self.shape) == 1:
            yield slice(None)
            return
        step = max(1, _PART * self.shape[0] // (4 * len(self.arrays) * self.size))
        for start in range(0, self.shape[0], step):
            yield slice(start, start + step)

    def norms(self) -> Array:
        """Return the norms of the points' rows (P, R)."""
        import numpy as np

        found = [
            np.linalg.norm(points, axis=-1).reshape(len(points), -1)
            for points in map(self.block, self.blocks())
        ]
        return np.concatenate(found, axis=1)

    def nearest(self, path: Array) -> list[str]:
        """Return the word nearest to each step."""
        from latentcli.numerics.vectors import unit
        from latentcli.words._choice import Choice
        from latentcli.words._ranking import answer_neighbors, vector_query

        assert self.space is not None
        queries = [vector_query(self.space, unit(step)) for step in path]
        found = answer_neighbors(self.space, queries, Choice(top=1))
        return [hits[0].word if hits else "" for hits in found]


def _single(array: Array) -> Array:
    """Return the code of a batch of one; others as they are."""
    return array[0] if array.ndim > 1 and len(array) == 1 else array


def via_point(
    via: str | None, seed: int | None, shape: tuple[int, ...], axes: Axes, output: Output
) -> Array | None:
    """Return the point that opens the plane between opposite ends, from a file or by chance."""
    import numpy as np

    if via is not None:
        return np.asarray(axes.load(via, output).values, dtype=np.float64)
    if seed is not None:
        return np.random.default_rng(seed).standard_normal(shape)
    return None


def _holes(
    path: Array, reference: str, k: int, percentile: float, axes: Axes, output: Output
) -> Holes:
    import numpy as np

    from latentcli.latents import _paths as paths

    codes = axes.load_set(reference, output).rows()
    if codes[0].size != path[0].size:
        from latentcli.errors import LatentError

        raise LatentError(
            f"the reference has codes of shape {codes.shape[1:]}, the path {path.shape[1:]}"
        )
    with output.progress("looking for holes") as progress:
        return paths.find_holes(
            path.reshape(len(path), -1),
            np.asarray(codes).reshape(len(codes), -1),
            k=k,
            percentile=percentile,
            progress=progress,
        )


def _sizes(shapes: set[tuple[int, ...]]) -> str:
    """Say what numbers of layers mean, where they are what differs."""
    from latentcli.latents._editing import SIZES

    layers = {shape[-2] for shape in shapes if len(shape) > 1}
    return f"; {SIZES}" if len(layers) > 1 else ""
