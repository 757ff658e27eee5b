"""The verbs `edit` and `project`: codes moved along a direction, and scored by it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError
from latentcli.latents import _editing as formulas
from latentcli.latents._changing import CodesResult, changed
from latentcli.latents._streaming import PART, Out
from latentcli.latents._tensors import Tensor, parts_of, reference_set, tensor
from latentcli.numerics.axes import described
from latentcli.numerics.types import Array, Progress
from latentcli.results import Record, Result

_LARGEST = 1e100
"""Amounts beyond it overflow somewhere."""


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


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EditResult(CodesResult):
    """Edited codes.

    Attributes
    ----------
    projections
        Signed distance from the direction's plane (alphas, n); over layers, the mean.
    direction_length
        Length of the direction as it was given.
    """

    projections: Array
    direction_length: float


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ProjectResult(Result):
    """Codes scored along a direction.

    Attributes
    ----------
    scores
        Signed distance of each code from the direction's plane (n,); over layers, the mean.
    percentiles
        Share of the scores that are no greater (n,), in percent.
    """

    scores: Array
    percentiles: Array


def edit(
    codes: npt.ArrayLike,
    direction: npt.ArrayLike,
    *,
    by: float | Sequence[float] | None = None,
    to: float | Sequence[float] | None = None,
    unit: bool = False,
    sd: npt.ArrayLike | None = None,
    layers: Sequence[int] | None = None,
    intercept: float | None = None,
    axes: str = "",
    out: Out | None = None,
    progress: Progress | None = None,
) -> EditResult:
    """Move codes along a direction, by amounts or to a place.

    Parameters
    ----------
    codes
        (D,), (N, D), (N, L, D), (N, C, H, W), ...: an array or the name of a file.
    direction
        (D,) or (1, D) for any samples and layers, (L, D) for layers: an array or the name of a file.
    by
        Amounts alpha: z + alpha d, d as it is given. Each gives an edited copy.
    to
        Signed distances from the direction's plane, where the result lies.
    unit
        Scale d to length 1 first; of layers, to a root mean square length of 1.
    sd
        Codes (M, ...): amounts count their standard deviations along d.
    layers
        Edit these layers only, from 0.
    intercept
        Offset of the plane: a code x lies at x . d / |d| + intercept. By default that of a direction
        that `direction` found, else 0.
    axes
        A letter for each axis of `codes`: N samples, L layers, any other a feature; by default, the rule.
    out
        Takes the codes in place of the result: `out[a:b] = block`.
    progress
        Called with codes done and in all.

    Returns
    -------
    EditResult
        `codes` in the shape of those given, behind the alphas if there are several.

    Raises
    ------
    ParameterError
        Unless one of `by` and `to` is given.
    LatentError
        For a direction that does not fit the codes, or has length 0.

    Examples
    --------
    >>> edit([1.0, 2.0], [0.0, 2.0], by=3).codes.tolist()
    [1.0, 8.0]
    >>> edit([1.0, 2.0], [0.0, 2.0], to=3).codes.tolist()
    [1.0, 3.0]
    """
    if (by is None) == (to is None):
        raise ParameterError("say how far: `by` (relative) or `to` (absolute)")
    if to is not None and (unit or sd is not None):
        raise ParameterError("`unit` and `sd` are for `by`; `to` is a distance")
    if unit and sd is not None:
        raise ParameterError("`unit` and `sd` exclude each other")
    alphas = _amounts("by" if to is None else "to", by if to is None else to)
    given, line = _given(codes, direction, axes, intercept, layered=layers is not None)
    chosen = given.check_layers(layers)
    formulas.check_fits(line.vector, given.codes.shape, chosen)
    step = _step(line, given, axes, unit=unit, sd=sd)
    change = _moving(step, chosen) if to is None else _placing(line, chosen)

    def projection(part: Array) -> Array:
        scores = formulas.project(part, line.vector, line.intercept, chosen)
        mean: Array = scores.reshape(len(part), -1).mean(axis=1)
        return mean

    found = changed(
        given,
        [({"alpha": alpha}, change(alpha)) for alpha in alphas],
        {"projection": projection},
        out=out,
        progress=progress,
    )
    return EditResult(
        codes=found.codes,
        shape=found.shape,
        dtype=given.dtype,
        norms=found.norms,
        sigmas=found.sigmas,
        projections=found.numbers["projection"],
        direction_length=line.length,
        title=_title("edit", given, line),
        columns=("alpha", "row", "norm", "typicality", "projection", "z"),
        records=found.records,
        settings={
            "by": _text(by),
            "to": _text(to),
            "unit": unit,
            "step_length": float(np.linalg.norm(step)),
            **_settings(given, line, layers),
        },
        notes=(*given.notes, *found.notes),
    )


def project(
    codes: npt.ArrayLike,
    direction: npt.ArrayLike,
    *,
    layers: Sequence[int] | None = None,
    intercept: float | None = None,
    axes: str = "",
) -> ProjectResult:
    """Score codes along a direction: their signed distance from its plane.

    Parameters
    ----------
    codes
        (D,), (N, D), (N, L, D), (N, C, H, W), ...: an array or the name of a file.
    direction
        (D,) or (1, D), or (L, D) for layers, of any length: an array or the name of a file.
    layers
        Only these layers, from 0.
    intercept
        As in `edit`.
    axes
        A letter for each axis of `codes`: N samples, L layers, any other a feature; by default, the rule.

    Returns
    -------
    ProjectResult
        Scores (n,) and their percentiles among themselves.

    Raises
    ------
    LatentError
        For a direction that does not fit the codes, or has length 0.

    Examples
    --------
    >>> project([[3.0, 9.0], [1.0, 9.0]], [5.0, 0.0]).scores.tolist()
    [3.0, 1.0]
    """
    given, line = _given(codes, direction, axes, intercept, layered=layers is not None)
    chosen = given.check_layers(layers)
    formulas.check_fits(line.vector, given.codes.shape, chosen)
    scores = np.concatenate(
        [
            formulas.project(given.codes[part], line.vector, line.intercept, chosen)
            .reshape(part.stop - part.start, -1)
            .mean(axis=1)
            for part in parts_of(given.codes, PART)
        ]
    )
    percentiles = 100.0 * np.searchsorted(np.sort(scores), scores, side="right") / len(scores)
    return ProjectResult(
        scores=scores,
        percentiles=percentiles,
        title=_title("projection", given, line),
        columns=("row", "score", "percentile"),
        records=[
            {"row": row, "score": float(score), "percentile": float(percentile)}
            for row, (score, percentile) in enumerate(zip(scores, percentiles, strict=True))
        ],
        summary={
            "mean": float(scores.mean()),
            "sd": float(scores.std(ddof=1)) if len(scores) > 1 else None,
            "direction_scale": line.scale,
        },
        settings=_settings(given, line, layers),
        notes=given.notes,
    )


def line_of(direction: npt.ArrayLike | Any, name: str = "direction") -> Line:
    """Take a direction: axes of length 1 in front are left out, features kept.

    Intercept and scale come from its file, where `direction` wrote them.
    """
    values = np.asarray(getattr(direction, "values", direction))
    if values.dtype.kind not in "fiub" or not values.size:
        raise LatentError(f"`{name}` is not an array of numbers")
    vector: Array = values.astype(np.float64)
    while vector.ndim > 1 and vector.shape[0] == 1:
        vector = vector[0]
    length = float(np.linalg.norm(vector))
    if not math.isfinite(length):
        raise LatentError(f"`{name}` holds NaN or infinity")
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


def _given(
    codes: npt.ArrayLike,
    direction: npt.ArrayLike,
    axes: str,
    intercept: float | None,
    *,
    layered: bool,
) -> tuple[Tensor, Line]:
    """Take codes and a direction, whose features are made one axis as those of the codes are."""
    line = line_of(direction)
    if not layered and line.vector.ndim == 2 and not axes:
        # Two axes are features and layers, unless the codes say otherwise.
        layered = np.ndim(codes) == 2
    given = tensor(codes, "codes", axes, layered=layered)
    shape = line.vector.shape
    vector: Array
    if shape == given.features:
        vector = line.vector.ravel()
    elif given.layers is not None and shape == (given.layers, *given.features):
        vector = line.vector.reshape(given.layers, -1)
    elif len(shape) > 2:
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


def _step(line: Line, z: Tensor, axes: str, *, unit: bool, sd: npt.ArrayLike | None) -> Array:
    """Return what alpha = 1 adds."""
    if sd is not None:
        others = reference_set(sd, "sd", axes, z)
        if others.samples < 2:
            raise LatentError("`sd`: a standard deviation takes two codes or more")
        formulas.check_fits(line.vector, others.codes.shape, None)
        scores = formulas.project(others.codes, line.vector).reshape(others.samples, -1)
        return float(scores.mean(axis=1).std(ddof=1)) * formulas.unit_direction(line.vector)
    return formulas.unit_direction(line.vector) if unit else line.vector


def _moving(
    step: Array, layers: list[int] | None
) -> Callable[[float], Callable[[Array], Array]]:
    return lambda alpha: lambda part: formulas.shift(part, step, alpha, layers)


def _placing(
    line: Line, layers: list[int] | None
) -> Callable[[float], Callable[[Array], Array]]:
    return lambda alpha: (
        lambda part: formulas.place(
            part, line.vector, alpha, intercept=line.intercept, layers=layers
        )
    )


def _amounts(name: str, given: float | Sequence[float] | None) -> list[float]:
    amounts: Array = np.atleast_1d(np.asarray(given, dtype=np.float64))
    if amounts.ndim > 1 or not amounts.size or not (np.abs(amounts) <= _LARGEST).all():
        raise ParameterError(name, given, f"one or more numbers within {_LARGEST:g}")
    found: list[float] = amounts.tolist()
    return found


def _text(amounts: float | Sequence[float] | None) -> str | None:
    if amounts is None:
        return None
    return " ".join(f"{float(one):g}" for one in np.atleast_1d(np.asarray(amounts)))


def _title(verb: str, z: Tensor, line: Line) -> str:
    return f"{verb} of {z.description}; direction of length {line.length:.4g}"


def _settings(z: Tensor, line: Line, layers: Sequence[int] | None) -> Record:
    return {
        "layers": None if layers is None else " ".join(map(str, layers)),
        "direction_length": line.length,
        "intercept": line.intercept,
        **z.settings,
    }
