"""A direction as `edit` and `project` apply it: its vector, its plane, and the codes that it fits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError
from latentcli.latents import _editing as formulas
from latentcli.latents._tensors import Tensor, named_layers, tensor
from latentcli.numerics.axes import described
from latentcli.numerics.types import Array
from latentcli.results import Record


@dataclass(frozen=True)
class Line:
    """A direction as it is applied: `vector` (D,) or (L, D) at its own length, and its plane.

    `length` is that of the vector over all its numbers; `intercept` and `scale` are in steps of
    `formulas.unit_direction`.
    """

    vector: Array
    length: float
    intercept: float = 0.0
    scale: float | None = None


def line_of(direction: npt.ArrayLike | Any, name: str = "direction") -> Line:
    """Take a direction: axes of length 1 in front are left out, features kept.

    Intercept and scale come from its file, where `direction` wrote them.
    """
    values = np.asarray(getattr(direction, "values", direction))
    if values.dtype.kind not in "fiub" or not values.size:
        raise LatentError(f"`{name}` is not an array of numbers")
    with np.errstate(invalid="ignore"):  # NaN may be of the kind that signals
        vector: Array = values.astype(np.float64)
    while vector.ndim > 1 and vector.shape[0] == 1:
        vector = vector[0]
    with np.errstate(over="ignore", invalid="ignore"):
        length = float(np.linalg.norm(vector))
    if not math.isfinite(length):
        raise LatentError(f"`{name}` holds NaN, infinity or numbers whose squares overflow")
    if not length > 0:
        raise LatentError(f"`{name}`: a direction of length 0")
    known = getattr(direction, "meta", {}).get("direction")
    intercept, scale = (
        _number(known.get(key)) if isinstance(known, Mapping) else None
        for key in ("intercept", "scale")
    )
    # Those of the file are in the length of its vector.
    return Line(
        vector, length, (intercept or 0.0) / length, None if scale is None else scale / length
    )


def _number(value: object) -> float | None:
    """Return a finite number from a file of provenance, which anyone may have written."""
    usable = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if usable and isinstance(value, int | float) else None


def given_codes(
    codes: npt.ArrayLike,
    direction: npt.ArrayLike,
    axes: str,
    intercept: float | None,
    *,
    layered: bool,
    finite: bool = True,
) -> tuple[Tensor, Line]:
    """Take codes and a direction, whose features are made one axis as those of the codes are.

    Unless `finite`, whoever takes them looks for NaN.
    """
    line = line_of(direction)
    if not layered and line.vector.ndim == 2 and not axes:
        # Two axes are features and layers, unless the codes say otherwise.
        layered = np.ndim(codes) == 2
    given = tensor(codes, "codes", axes, layered=layered, finite=finite)
    shape = line.vector.shape
    vector: Array
    if shape == given.features:
        vector = line.vector.ravel()
    elif given.layers is not None and shape == (given.layers, *given.features):
        vector = line.vector.reshape(given.layers, -1)
    elif len(shape) > 2 or given.codes.ndim <= len(shape) > 1:
        raise LatentError(
            f"`direction`: shape {shape} is not one direction of "
            f"{described(given.shape, given.axes)}"
        )
    else:
        vector = line.vector
    # What its file says is along length 1; a step in all layers is longer by the root of their number.
    step = formulas.length_unit(vector)
    scale = None if line.scale is None else line.scale / step
    plane = line.intercept / step if intercept is None else intercept
    return given, Line(vector, line.length, plane, scale)


def title_of(verb: str, z: Tensor, line: Line) -> str:
    return f"{verb} of {z.description}; direction of length {line.length:.4g}"


def settings_of(z: Tensor, line: Line, layers: Sequence[int] | None) -> Record:
    return {
        "layers": named_layers(layers),
        "direction_length": line.length,
        "intercept": line.intercept,
        **z.settings,
    }
