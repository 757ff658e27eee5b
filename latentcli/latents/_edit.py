"""Edits: codes moved along a direction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from latentcli.errors import ParameterError, UsageError
from latentcli.latents import _editing as editing
from latentcli.latents._changes import Change, CodesResult, Rows, Walk, checked_direction
from latentcli.latents._waypoints import Receiver
from latentcli.numerics.types import Array, Progress


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
    rows = Rows(codes, layers is not None or line.ndim == 2 if layered is None else layered)
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

    walk = Walk(
        rows, [({"alpha": alpha}, change(alpha)) for alpha in alphas], out, progress,
        {"projection": projection},
    )  # fmt: skip
    return walk.result(
        ("alpha", "row", "norm", "typicality", "projection", "z"),
        title="codes moved along a direction",
        settings={
            "by": _listed(by), "to": _listed(to), "unit": unit, "direction_length": length,
            "layers": editing.listed(layers), "intercept": intercept,
        },
    )  # fmt: skip


def _step_length(line: Array) -> float:
    """Return the length of a direction as steps are counted: over layers, its root mean square."""
    return float(np.linalg.norm(line)) / (len(line) ** 0.5 if line.ndim == 2 else 1.0)


def _listed(values: object) -> str | float | None:
    if values is None or isinstance(values, int | float):
        return values
    return editing.listed(np.asarray(values).tolist())
