"""One pass over a path that fills `out` and measures: by sums, by steps, or by rows where codes are large."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from latentcli.errors import LatentError
from latentcli.latents import _paths as paths
from latentcli.latents._blend import Blend
from latentcli.latents._holes import Reference
from latentcli.latents._streaming import PART, Out, begin, cast
from latentcli.latents._tensors import shown
from latentcli.latents._waypoints import Path
from latentcli.numerics.types import Array, Progress


class Walk:
    """One pass over a path, in parts that fit in memory: fills, measures, compares."""

    def __init__(
        self,
        path: Path,
        times: Array,
        known: Reference | None,
    ) -> None:
        self.path = path
        self.times = times
        self.known = known
        self.meter = paths.Meter()
        self.shown: list[list[float] | str] = []

    def follow(self, out: Out | None, progress: Progress | None) -> Array | None:
        """Fill `out`, or a new array that is returned."""
        points = self.path.points
        shape = points.tensor.shape
        if points.wide and self.known:
            raise LatentError(f"codes of shape {shape} are too large to be compared")
        target, whole = begin(out, (len(self.times), *shape), points.dtype)
        sums = None if self.known else self.path.blend(self.times)
        if sums is not None:
            steps = self._by_sums(sums, target, whole)
        else:
            steps = self._by_rows(target) if points.wide else self._by_steps(target)
        for done in steps:
            if progress:
                progress(done * points.size, len(self.times) * points.size)
        return whole

    def _by_sums(self, sums: Blend, target: Out, whole: Array | None) -> Iterator[int]:
        """Follow a path whose steps are sums of two waypoints."""
        points = self.path.points
        shape = points.tensor.shape
        norms, steps, away = sums.measures()
        self.meter.add_steps(norms, steps, float(away[-1]), points.tensor.dimensions)
        into = None
        if whole is not None:
            into = whole.reshape(len(whole), *sums.arrays[0].shape)
        for part, made in sums.parts(points.dtype, into):
            shaped = made.reshape(len(made), *shape)
            self.shown += [shown(code) for code in shaped]
            if into is None:
                target[part] = shaped
            yield part.stop

    def _by_steps(self, target: Out) -> Iterator[int]:
        """Follow many steps of small codes at a time."""
        points = self.path.points
        shape = points.tensor.shape
        step = max(1, PART // points.size)
        for start in range(0, len(self.times), step):
            part = self.path.at(self.times[start : start + step])
            narrow = cast(part, points.dtype).reshape(len(part), *shape)
            self.meter.add(part)
            self.shown += [shown(code) for code in narrow]
            if self.known:
                self.known.look(part.reshape(len(part), -1))
            target[start : start + len(part)] = narrow
            yield start + len(part)

    def _by_rows(self, target: Out) -> Iterator[int]:
        """Follow one step of some rows at a time, for codes that do not fit in memory together."""
        points = self.path.points
        shape = points.tensor.shape
        for index in range(len(self.times)):
            norms = []
            step = back = 0.0
            for number, rows in enumerate(points.blocks()):
                when = self.times[[0, max(0, index - 1), index]]
                first, before, now = self.path.rows_at(rows, when)
                step += float(((now - before) ** 2).sum())
                back += float(((now - first) ** 2).sum())
                norms.append(np.linalg.norm(now, axis=-1).ravel())
                narrow = cast(now, points.dtype).reshape(len(now), *shape[1:])
                if number == 0:
                    self.shown.append(shown(narrow, shape))
                target[index, rows.start : rows.start + len(now)] = narrow
            self.meter.add_step(
                np.concatenate(norms), step**0.5, back**0.5, points.tensor.dimensions
            )
            yield index + 1
