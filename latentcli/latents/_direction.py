"""The verbs `direction` and `direction_of_labels`: the direction of an attribute, tested on codes held out."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, check_choice
from latentcli.latents import _directions as formulas
from latentcli.latents._direction_fits import METHODS
from latentcli.latents._direction_result import (
    DirectionResult,
    by_chance,
    notes_of,
    reading_of,
    result_of,
)
from latentcli.latents._labels import labeled, other_labels
from latentcli.latents._layers import by_layer
from latentcli.latents._line import line_of
from latentcli.latents._stylegan import with_stylegan
from latentcli.latents._tensors import Tensor, named_layers, reference_set, tensor
from latentcli.numerics.types import Array
from latentcli.results import Record

PERMUTATIONS = 999
"""Shuffles of the labels behind a p-value."""


def direction(
    positive: npt.ArrayLike,
    negative: npt.ArrayLike,
    *,
    method: str = "mean",
    others: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    orthogonal: Sequence[npt.ArrayLike] = (),
    per_layer: bool = False,
    layers: Sequence[int] | None = None,
    name: str = "attribute",
    seed: int = 0,
    axes: str = "",
) -> DirectionResult:
    """Find the direction of an attribute from codes with it and codes without it.

    Parameters
    ----------
    positive, negative
        Codes (M, ...) and (N, ...) of one shape: arrays or names of files.
    method
        "mean": the difference of the means. "logistic", "svm", "ridge": the normal of a linear
        classifier, both sides weighing the same (InterFaceGAN: Shen et al., 2020).
    others
        Other two-valued labels (M, K) and (N, K) over which the direction is balanced (White, 2016).
    orthogonal
        Directions: what is shared with them is taken out, all at once.
    per_layer
        Find and test the direction of each layer by itself, and join them as (L, D); else all layers of a
        code are one vector.
    layers
        Find it in these layers only, from 0; in the others the direction is 0.
    name
        What the attribute is called.
    seed
        Random seed of what is held out, and of the shuffles.
    axes
        A letter for each axis of the codes: N samples, L layers, any other a feature; by default, the
        rule.

    Returns
    -------
    DirectionResult
        One record; the held-out separation and its chance stand first.

    Raises
    ------
    LatentError
        For an empty side, sides that do not differ, and codes of different shapes.

    Examples
    --------
    >>> found = direction([[2.0, 0.0], [4.0, 0.0]], [[0.0, 1.0], [0.0, -1.0]])
    >>> found.vector.tolist(), found.intercept
    ([3.0, 0.0], -1.5)
    """
    check_choice("method", method, METHODS)
    first = tensor(positive, "positive", axes)
    second = reference_set(negative, "negative", axes, first)
    if first.code_shape != second.code_shape:
        raise LatentError(
            with_stylegan(
                f"the two sides have codes of shape {first.code_shape} and {second.code_shape}",
                first.code_shape,
                second.code_shape,
            )
        )
    chosen = first.check_layers(layers)
    if per_layer:
        lines = [line_of(other, "orthogonal").vector for other in orthogonal]
        made = by_layer(
            direction,
            first,
            second,
            lines,
            name,
            chosen,
            method=method,
            others=others,
            seed=seed,
        )
        return replace(
            made, notes=(*dict.fromkeys((*first.notes, *second.notes, *made.notes)),)
        )
    sides = flat_rows(first, chosen), flat_rows(second, chosen)
    extra = None if others is None else (np.asarray(others[0]), np.asarray(others[1]))
    without = [_flat(other, first, chosen) for other in orthogonal]
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        found = formulas.find(
            *sides, method=method, seed=seed, others=extra, without=without,
            permutations=PERMUTATIONS,
        )  # fmt: skip
    notes = [*dict.fromkeys((*first.notes, *second.notes)), *notes_of(found)]
    if warned:
        notes.append(f"{method}: {' '.join(str(warned[0].message).split())}")
    length = found.norm if method == "mean" else 1.0
    test = found.test
    held = test if test is not None and test.held_out else None
    reading = reading_of(
        test, "separates held-out codes" if held else "separates its own codes"
    )
    return result_of(
        found, first, length, name, method, notes, (sides[0] @ found.vector, sides[1] @ found.vector),
        {
            "attribute": name, "held_out_separation": None if held is None else held.value,
            **by_chance(test), "held_out_auc": found.auc, "separation": found.separation,
            "length": length, "reading": reading,
        },
        {
            "positive": len(sides[0]), "negative": len(sides[1]), "seed": seed,
            "layers": named_layers(layers),
        },
        {"cosine_kept": found.kept} if without else {},
    )  # fmt: skip


def direction_of_labels(
    codes: npt.ArrayLike,
    attributes: Mapping[str, npt.ArrayLike],
    attribute: str,
    *,
    value: str | None = None,
    balance: bool = True,
    axes: str = "",
    **options: Any,
) -> DirectionResult:
    """Find the direction of a label that has two values, or of one value against the others.

    Parameters
    ----------
    codes
        (N, ...) codes: an array or the name of a file.
    attributes
        Labels: columns (N,) by name, a data frame, or the file of a table.
    attribute
        The column of the attribute.
    value
        The value that has it; by default 1, true, or the greater of -1 and 1.
    balance
        Give every combination of the other two-valued labels the same weight.
    axes
        A letter for each axis of the codes: N samples, L layers, any other a feature; by default, the
        rule.
    **options
        As in `direction`.

    Returns
    -------
    DirectionResult
        As of `direction`.

    Raises
    ------
    LatentError
        For a column that is missing, has gaps, or one value only.
    ParameterError
        For a column whose positive value is not plain.

    Examples
    --------
    >>> codes = [[0.0, 1.0], [1.0, 2.0], [2.0, 0.0], [3.0, 0.0]]
    >>> direction_of_labels(codes, {"young": [0, 0, 1, 1]}, "young").vector.tolist()
    [2.0, -1.5]
    """
    given = tensor(codes, "codes", axes)
    mask = labeled(attributes, attribute, given.samples, value)
    others = other_labels(attributes, attribute) if balance else {}
    extra = None
    if others:
        coded = np.column_stack(list(others.values()))
        extra = (coded[mask], coded[~mask])
    found = direction(
        part_of(given, mask), part_of(given, ~mask), others=extra, name=attribute, **options
    )
    return with_settings(found, given, {"balanced_over": " ".join(others) or None})


def part_of(codes: Tensor, rows: Array) -> Tensor:
    """Return some of the codes."""
    if "N" not in codes.axes:
        raise LatentError(f"`{codes.name}`: shape {codes.shape} is one code, not several")
    return replace(codes, values=codes.values[rows], notes=())


def with_settings(found: DirectionResult, codes: Tensor, more: Record) -> DirectionResult:
    """Return a direction found from parts of some codes, with what is to be said of the whole."""
    return replace(
        found, settings={**found.settings, **more}, notes=(*codes.notes, *found.notes)
    )


def flat_rows(codes: Tensor, layers: Sequence[int] | None = None) -> Array:
    """Return each code as one row (N, D) float64, with 0 in layers that are not named."""
    rows = _in_layers(np.asarray(codes.codes, dtype=np.float64), layers)
    return rows.reshape(codes.samples, -1)


def _in_layers(codes: Array, layers: Sequence[int] | None) -> Array:
    """Return codes (n, L, D) with 0 in layers that are not named."""
    if layers is None:
        return codes
    kept = np.zeros_like(codes)
    kept[:, list(layers)] = codes[:, list(layers)]
    return kept


def _flat(other: npt.ArrayLike, like: Tensor, layers: Sequence[int] | None) -> Array:
    shape = like.codes.shape[1:]
    vector = line_of(other, "orthogonal").vector
    if vector.size != math.prod(shape):
        raise LatentError(
            f"`orthogonal`: a direction of shape {vector.shape} does not fit {math.prod(shape)} dimensions"
        )
    return _in_layers(vector.reshape(1, *shape), layers).ravel()
