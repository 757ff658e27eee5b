"""Waypoints as they came, and the path through them by its rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError
from latentcli.latents._along import along, even_times
from latentcli.latents._blend import Blend, blend
from latentcli.latents._interpolation import angles
from latentcli.latents._streaming import PART
from latentcli.latents._stylegan import stylegan, with_stylegan
from latentcli.latents._tensors import Tensor, tensor
from latentcli.numerics import axes as axes_rule
from latentcli.numerics.axes import described
from latentcli.numerics.types import Array


class Waypoints:
    """The waypoints of one shape, as they came, maybe mapped from files.

    `tensor` is the one whose shape the path has; `arrays` are the vectors (..., D) of each, in its
    own dtype; `stored` names the dtype that all share in their files; `notes` say how they were read.
    """

    def __init__(
        self,
        given: Sequence[npt.ArrayLike],
        axes: str,
        names: Sequence[str] | None = None,
        *,
        layered: bool,
    ) -> None:
        read = [
            tensor(value, f"z{number}", axes, layered=layered)
            if not axes
            else _with_axes(value, f"z{number}", axes)
            for number, value in enumerate(given, 1)
        ]
        read = read if axes or layered else _beside_one(read)
        self.tensor = max(read, key=lambda one: (one.layers is not None, len(one.shape)))
        self.dtype = np.result_type(*(one.dtype for one in read))
        stored = {one.stored or str(one.dtype) for one in read}
        self.stored = stored.pop() if len(stored) == 1 else str(self.dtype)
        self.arrays = [_fitted(one, self.tensor, read) for one in read]
        self.notes = tuple(dict.fromkeys(note for one in read for note in one.notes))
        repeated = [
            one for one in read if one.layers is None and self.tensor.layers is not None
        ]
        if repeated:
            called = dict(zip((one.name for one in read), names or (), strict=False))
            which = ", ".join(called.get(one.name, f"`{one.name}`") for one in repeated)
            layers = self.tensor.layers
            note = f"{which}: a code without layers, {repeated[0].shape}, is repeated over the "
            self.notes += (f"{note}{layers} layers",)

    @property
    def size(self) -> int:
        """How many numbers a waypoint has."""
        return int(self.arrays[0].size)

    @property
    def wide(self) -> bool:
        """Whether a waypoint has so many rows that they are taken in blocks."""
        return self.arrays[0].ndim > 1 and self.size > PART

    @cached_property
    def values(self) -> Array:
        """All waypoints (P, ..., D) in float64."""
        return self.block(slice(None))

    def block(self, rows: slice) -> Array:
        """Return some rows of all waypoints in float64 (P, n, ..., D); a lone vector is whole."""
        whole = self.arrays[0].ndim == 1
        return np.stack(
            [np.asarray(array if whole else array[rows], np.float64) for array in self.arrays]
        )

    def blocks(self) -> Iterator[slice]:
        """Yield the rows in slices that fit in memory."""
        first = self.arrays[0]
        if first.ndim == 1:
            yield slice(None)
            return
        step = max(1, PART * len(first) // (4 * len(self.arrays) * self.size))
        for start in range(0, len(first), step):
            yield slice(start, start + step)

    def norms(self) -> Array:
        """Return the norms of the waypoints' vectors (P, R)."""
        found = [
            np.linalg.norm(points, axis=-1).reshape(len(points), -1)
            for points in map(self.block, self.blocks())
        ]
        return np.concatenate(found, axis=1)

    def angle_degrees(self) -> float:
        """Return the mean angle between consecutive waypoints."""
        found = [
            angles(points[:-1], points[1:]).ravel() for points in map(self.block, self.blocks())
        ]
        return float(np.degrees(np.concatenate(found)).mean())


def key_points(value: npt.ArrayLike, axes: str) -> tuple[Tensor, ...]:
    """Return the codes of an array (P, ...) as the waypoints of a path."""
    read = tensor(value, "z1", axes)
    if read.samples < 2:
        raise ParameterError(
            f"a path needs two points or more; `z1` is {described(read.shape, read.axes)}"
        )
    each = [
        replace(
            read, values=code, axes=read.axes.removeprefix("N"), name=f"z1[{number}]", notes=()
        )
        for number, code in enumerate(read.values)
    ]
    return (replace(each[0], notes=read.notes), *each[1:])


class Path:
    """A path by its rule, at any times."""

    def __init__(
        self,
        points: Waypoints,
        kind: str,
        loop: bool,
        options: dict[str, Any],
        layers: Sequence[int] | None,
    ) -> None:
        self.points = points
        self.kind = kind
        self.loop = loop
        self.options = options
        moved = points.tensor.check_layers(layers)
        self.still: list[int] = []
        if moved is not None:
            count = points.tensor.layers or 0
            self.still = [layer for layer in range(count) if layer not in moved]

    def at(self, times: Array) -> Array:
        """Return the codes at some times (T, ..., D)."""
        return self._along(self.points.values, times, self.options, slice(None))

    def rows_at(self, rows: slice, times: Array) -> Array:
        """Return some rows of the codes at some times (T, n, ..., D): each goes its own way."""
        options = dict(self.options)
        via = options.get("via")
        if via is not None and via.ndim == self.points.arrays[0].ndim > 1:
            options["via"] = via[rows]
        return self._along(self.points.block(rows), times, options, rows)

    def _along(
        self, points: Array, times: Array, options: dict[str, Any], rows: slice
    ) -> Array:
        codes = along(points, times, kind=self.kind, loop=self.loop, **options)
        if self.still and "N" in self.points.tensor.axes:
            codes[..., self.still, :] = points[0][..., self.still, :]
        elif self.still:
            still = np.isin(np.arange(self.points.arrays[0].shape[0])[rows], self.still)
            codes[:, still] = points[0][still]
        return codes

    def blend(self, times: Array) -> Blend | None:
        """Return the path as sums of waypoints, if it is plainly one and no layer stays."""
        if self.still or self.options.get("norm", "textbook") != "textbook":
            return None
        if self.options.get("via") is not None:
            return None
        return blend(self.points.arrays, times, self.kind, self.points.dtype, loop=self.loop)

    def even(self, steps: int) -> Array:
        """Return the times of steps of equal length."""
        part = max(1, PART // self.points.size)
        return even_times(self.at, steps, closed=self.loop, part=part)

    def mean_norms(self, times: Array) -> Array:
        """Return the mean norm of the vectors at each time (T,)."""
        found = []
        for rows in self.points.blocks():
            size = self.points.block(rows)[0].size
            step = max(1, PART // size)
            norms = [
                np.linalg.norm(self.rows_at(rows, times[start : start + step]), axis=-1)
                for start in range(0, len(times), step)
            ]
            found.append(np.concatenate(norms).reshape(len(times), -1))
        return np.concatenate(found, axis=1).mean(axis=1)


def _with_axes(value: npt.ArrayLike, name: str, axes: str) -> Tensor:
    """Take a waypoint whose axes are said; one with fewer axes has no samples or no layers."""
    letters = axes_rule.checked(axes)
    shape = np.shape(getattr(value, "values", value))
    bare = letters.strip("NL")
    fewer = {len(bare): bare, len(bare) + 1: f"{letters[1 if shape[:1] != (1,) else 0]}{bare}"}
    return tensor(
        value, name, fewer.get(len(shape), axes) if len(shape) < len(letters) else axes
    )


def _beside_one(read: list[Tensor]) -> list[Tensor]:
    """Take (L, D) as layers where its axes are guessed, L is StyleGAN's and another point is one code w."""
    ones = {one.features for one in read if one.samples == 1 and one.layers is None}
    return [
        replace(one, axes="LD", notes=())
        if one.guessed and one.axes == "ND" and stylegan(one.samples) and one.features in ones
        else one
        for one in read
    ]


def _fitted(one: Tensor, like: Tensor, every: Sequence[Tensor]) -> Array:
    """Return the vectors of a waypoint in the shape of the path's: a batch of one, or of all layers."""
    lead = dict(zip(one.axes, one.lead, strict=False))
    if one.features == like.features:
        codes = one.codes  # (n, [l,] D)
        if one.layers is None and like.layers is not None:
            codes = np.repeat(codes[:, None], like.layers, axis=1)
        same_layers = lead.get("L", like.layers) == like.layers
        if same_layers and one.samples == like.samples and codes.ndim == like.codes.ndim:
            return codes.reshape(like.vectors.shape)
    shapes = ", ".join(f"`{each.name}` {each.shape}" for each in every)
    text = f"the points have different shapes: {shapes}"
    layers = {each.shape[-2] for each in every if len(each.shape) > 1}
    raise LatentError(
        with_stylegan(text, *(each.shape for each in every)) if len(layers) > 1 else text
    )
