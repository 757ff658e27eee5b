"""What the verb `interp` answers with: a path and its measures, as records, summary and notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from latentcli.errors import LatentError
from latentcli.latents import _paths as paths
from latentcli.latents._holes import Holes, Reference
from latentcli.latents._labels import labels_of
from latentcli.latents._tensors import Tensor
from latentcli.numerics.types import Array
from latentcli.results import Picture, Record, Result, Scalar

_OPPOSITE = 1e-6
"""A norm half-way below this part of those of the ends: they are opposite."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PathResult(Result):
    """A path between codes, and its measures.

    Attributes
    ----------
    codes
        The path (T, ...) in the shape and dtype of the waypoints; None where `out` took it.
    shape, dtype
        Of the path, also where `out` took it.
    times
        Where on the path each step is (T,), from 0 to 1.
    norms
        Lengths (T, R) of the R vectors that move side by side (1 for a single code).
    steps
        Distance from the step before (T,), over all vectors together; 0 for the first.
    sigmas
        By how many standard deviations the norms (T, R) differ from those of N(0, I); None where
        the waypoints are no codes of N(0, I).
    length
        Sum of the steps; of a loop, with the way back.
    straightness
        Direct distance over length, in [0, 1]; None for a path without length.
    angle_degrees
        Mean angle between consecutive waypoints, in [0, 180].
    holes
        The comparison with the `reference`; None without.
    dimensions
        Length of each vector that moves.
    norms_by
        Returns the mean norms (T,) on the path of another kind between the same codes, at times (T,).
    """

    codes: Array | None
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    times: Array
    norms: Array
    steps: Array
    sigmas: Array | None
    length: float
    straightness: float | None
    angle_degrees: float
    holes: Holes | None
    dimensions: int
    norms_by: Callable[[str, Array], Array]

    def pictures(self) -> tuple[Picture, ...]:
        """Return the norm along the path, lerp beside slerp, and how far the reference is."""
        from latentcli.latents._pictures import norms_along

        lines = {str(self.settings["path"]): self.norms.mean(axis=1)}
        for kind in ("lerp", "slerp"):
            if kind not in lines:
                with suppress(LatentError):  # no slerp between opposite codes
                    lines[kind] = self.norms_by(kind, self.times)
        ordered = {kind: lines[kind] for kind in sorted(lines)}
        prior = None if self.sigmas is None else self.dimensions
        return norms_along(self.times, ordered, prior, self.holes)


def hole_columns(
    holes: Holes | None, labels: Sequence[object] | None, known: Reference | None
) -> dict[str, list[Scalar]]:
    if holes is None or known is None:
        return {}
    columns: dict[str, list[Scalar]] = {
        "distance": holes.distances.tolist(), "percentile": holes.percentiles.tolist(),
        "nearest": holes.nearest.tolist(), "hole": holes.holes.tolist(),
    }  # fmt: skip
    if labels is not None:
        columns["label"] = labels_of(labels, len(known.codes), holes.nearest)
    return columns


def columns_of(course: paths.Course, verdict: paths.Verdict) -> dict[str, list[Scalar]]:
    columns: dict[str, list[Scalar]] = {
        "norm": course.norms.mean(axis=1).tolist(),
        "step": course.steps.tolist(),
    }
    if verdict.far is None:
        columns["typicality"] = course.sigmas.mean(axis=1).tolist()
    return columns


def summary_of(
    course: paths.Course,
    verdict: paths.Verdict,
    angle: float,
    times: Array,
    holes: Holes | None,
) -> Record:
    smallest, constant = course.smallest, course.constant
    summary: Record = {
        "angle_degrees": angle,
        "length": course.length,
        "straightness": course.straightness,
        "smallest_norm": smallest.norm,
        "smallest_norm_at": None if constant else float(times[smallest.step]),
        "smallest_norm_sigma": None if verdict.far else smallest.sigma,
        "largest_step": float(course.steps.max()),
    }
    if course.norms.shape[1] > 1:
        summary["smallest_norm_row"] = None if constant else smallest.row
    if holes is not None:
        summary |= {"hole_limit": holes.limit, "holes": int(holes.holes.sum())}
    return summary


def notes_of(
    course: paths.Course, verdict: paths.Verdict, times: Array, holes: Holes | None, kind: str
) -> list[str]:
    notes = []
    if verdict.zero_point is not None:
        notes.append(
            f"point {verdict.zero_point + 1} has a vector of zeros, which has no direction"
        )
    if verdict.far is not None and holes is None:
        low, high = (f"{sigma:+.1f}" for sigma in verdict.far)
        span = low if low == high else f"{low} to {high}"
        notes.append(
            f"the points are not codes of N(0, I): their norms are {span} standard deviations "
            "from it; typicality is left out; compare with other codes (`reference`)"
        )
    elif verdict.far is None and verdict.dip is not None and kind != "lol":
        row = f" in row {verdict.dip.row}" if course.norms.shape[1] > 1 else ""
        first, last = verdict.ends
        use = "`norm` linear" if kind == "slerp" else "`slerp`"
        if verdict.dip.norm <= _OPPOSITE * min(first, last):
            use = "`slerp` by way of a third code, as opposite ones have no shortest arc"
        notes.append(
            f"the path leaves the typical shell of N(0, I): its norm{row} falls to "
            f"{verdict.dip.norm:.3f} at t = {times[verdict.dip.step]:.2f} (ends: {first:.3f}, "
            f"{last:.3f}); use {use}"
        )
    if holes is not None and holes.holes.any():
        first_hole = int(holes.holes.argmax())
        notes.append(
            f"{int(holes.holes.sum())} of {len(times)} steps are in a hole of the reference, "
            f"the first at t = {times[first_hole]:.2f}"
        )
    return notes


def title_of(kind: str, loop: bool, names: str | Sequence[str], codes: Tensor) -> str:
    called = names if isinstance(names, str) else " to ".join(names)
    each = "" if len(codes.shape) == 1 else f"; each {codes.description}"
    return f"{kind}{', closed' if loop else ''}: {called}{each}"
