"""The verb `truncate`: codes drawn towards a mean, the truncation trick of StyleGAN."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError
from latentcli.latents import _editing as formulas
from latentcli.latents._changing import CodesResult, changed, quick
from latentcli.latents._streaming import Out
from latentcli.latents._stylegan import with_stylegan
from latentcli.latents._tensors import (
    Tensor,
    beside,
    named_layers,
    reference_set,
    tensor,
)
from latentcli.numerics.types import Array, Progress

_LARGEST = 1e15
"""Up to this norm of the mean, squares of distances from it are in the range of float32."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TruncationResult(CodesResult):
    """Codes drawn towards a mean.

    Attributes
    ----------
    distances
        Euclidean distance of each result from the mean (n,).
    """

    distances: Array


def truncate(
    codes: npt.ArrayLike,
    mean: npt.ArrayLike | None = None,
    *,
    mean_of: npt.ArrayLike | None = None,
    psi: float = 0.7,
    cutoff: int | None = None,
    layers: Sequence[int] | None = None,
    axes: str = "",
    out: Out | None = None,
    progress: Progress | None = None,
) -> TruncationResult:
    """Draw codes towards a mean: mean + psi (w - mean) (Karras et al., 2019).

    Parameters
    ----------
    codes
        (D,), (N, D), (N, L, D), ...: an array or the name of a file.
    mean
        (D,) or (L, D): the generator's own average, such as StyleGAN's w_avg; an array or a file.
    mean_of
        Codes (M, ...) whose mean is taken instead, which is another one than the generator's own.
    psi
        What is kept of the way from the mean: 1 keeps the code, 0 gives the mean.
    cutoff
        Only in the first layers, so many; by default in all.
    layers
        Only in these layers, from 0.
    axes
        A letter for each axis of `codes`: N samples, L layers, any other a feature; by default, the rule.
    out
        Takes the codes in place of the result: `out[a:b] = block`.
    progress
        Called with codes done and in all.

    Returns
    -------
    TruncationResult
        `codes` in the shape and dtype of those given.

    Raises
    ------
    ParameterError
        Unless one of `mean` and `mean_of` is given; for both of `cutoff` and `layers`.
    LatentError
        For a mean that does not fit the codes.

    Examples
    --------
    >>> truncate([3.0, 5.0], [1.0, 1.0]).codes.round(9).tolist()
    [2.4, 3.8]
    """
    if (mean is None) == (mean_of is None):
        raise ParameterError("name the mean: `mean` or `mean_of`")
    if not math.isfinite(psi):
        raise ParameterError("psi", psi, "a finite number")
    if cutoff is not None and layers is not None:
        raise ParameterError("`cutoff` and `layers` exclude each other")
    layered = cutoff is not None or layers is not None or _in_layers(mean)
    given = tensor(codes, "codes", axes, layered=layered, finite=not quick(codes))
    given = beside(given, mean_of)
    if cutoff is not None and not 0 < cutoff <= (given.layers or 0):
        raise ParameterError(
            "cutoff", cutoff, f"from 1 to the {given.layers or 0} layers of the codes"
        )
    chosen = given.check_layers(layers if cutoff is None else range(cutoff))
    center = _mean_of(mean_of, axes, given) if mean is None else _mean(mean, given)

    narrow = center.astype(np.float32) if np.linalg.norm(center) < _LARGEST else None

    def distance(part: Array) -> Array:
        away = part - (center if narrow is None or part.dtype != np.float32 else narrow)
        flat = away.reshape(len(part), -1)
        far: Array = np.sqrt(np.einsum("nd,nd->n", flat, flat), dtype=np.float64)
        return far

    found = changed(
        given,
        [({}, lambda part, out: formulas.truncate(part, center, psi, chosen, out))],
        {"distance": distance},
        out=out,
        progress=progress,
    )
    return TruncationResult(
        codes=found.codes,
        shape=found.shape,
        dtype=given.dtype,
        norms=found.norms,
        sigmas=found.sigmas,
        distances=found.numbers["distance"][0],
        title=f"truncation of {given.description}",
        columns=("row", "norm", "typicality", "distance", "z"),
        records=found.records,
        settings={
            "psi": psi,
            "cutoff": cutoff,
            "layers": named_layers(layers),
            **given.settings,
        },
        notes=(*given.notes, *found.notes),
    )


def _in_layers(mean: npt.ArrayLike | None) -> bool:
    """Tell whether a mean has a vector for each layer, so that codes of two axes have layers, too."""
    source: Any = mean
    shape = () if mean is None else np.shape(getattr(source, "values", source))
    return len(shape) == 2 and min(shape) > 1


def _mean_of(codes: npt.ArrayLike | None, axes: str, z: Tensor) -> Array:
    mean: Array = reference_set(codes, "mean_of", axes, z).codes.mean(axis=0, dtype=np.float64)
    return _fitted(mean, "mean_of", z)


def _mean(mean: npt.ArrayLike, z: Tensor) -> Array:
    values = np.asarray(getattr(mean, "values", mean), dtype=np.float64)
    while values.ndim > len(z.code_shape) and len(values) == 1:
        values = values[0]
    if values.shape == (1, *z.features):
        values = values[0]
    if values.shape == z.features:
        values = values.ravel()
    elif values.shape == z.code_shape:
        values = values.reshape(z.codes.shape[1:])
    if not np.isfinite(values).all():
        raise LatentError("`mean` holds NaN or infinity")
    return _fitted(values, "mean", z)


def _fitted(mean: Array, name: str, z: Tensor) -> Array:
    shape = z.codes.shape[1:]
    if mean.shape not in (shape, shape[-1:]):
        raise LatentError(
            with_stylegan(
                f"`{name}`: a mean of shape {mean.shape} does not fit codes of shape {z.code_shape}",
                mean.shape,
                z.code_shape,
            )
        )
    return mean
