"""The verb `edit`: codes moved along a direction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError
from latentcli.latents import _editing as formulas
from latentcli.latents._changing import CodesResult, Move, changed, quick
from latentcli.latents._line import Line, given_codes, settings_of, title_of
from latentcli.latents._streaming import Out
from latentcli.latents._tensors import Tensor, reference_set
from latentcli.numerics.types import Array, Progress

_LARGEST = 1e100
"""Amounts beyond it overflow somewhere."""


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
    given, line = given_codes(
        codes, direction, axes, intercept, layered=layers is not None, finite=not quick(codes)
    )
    chosen = given.check_layers(layers)
    formulas.check_fits(line.vector, given.codes.shape, chosen)
    step = _step(line, given, axes, unit=unit, sd=sd)
    change = _moving(step, chosen) if to is None else _placing(line, chosen)

    def projection(part: Array) -> Array:
        narrow = part.dtype == np.float32
        scores = formulas.project(part, line.vector, line.intercept, chosen, narrow=narrow)
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
        title=title_of("edit", given, line),
        columns=("alpha", "row", "norm", "typicality", "projection", "z"),
        records=found.records,
        settings={
            "by": _text(by),
            "to": _text(to),
            "unit": unit,
            "step_length": float(np.linalg.norm(step)),
            **settings_of(given, line, layers),
        },
        notes=(*given.notes, *found.notes),
    )


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


def _moving(step: Array, layers: list[int] | None) -> Callable[[float], Move]:
    return lambda alpha: lambda part, out: formulas.shift(part, step, alpha, layers, out)


def _placing(line: Line, layers: list[int] | None) -> Callable[[float], Move]:
    return lambda alpha: (
        lambda part, out: formulas.place(
            part, line.vector, alpha, intercept=line.intercept, layers=layers, out=out
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
