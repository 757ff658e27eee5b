"""The direction of an attribute, from codes with it and codes without it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, check_choice
from latentcli.latents._changes import checked_direction
from latentcli.latents._directions import METHODS, find, held_out
from latentcli.numerics.types import Array
from latentcli.results import Result

COLUMNS = (
    "attribute", "length", "held_out_separation", "chance", "held_out_auc", "separation", "reading",
)  # fmt: skip

SHUFFLES = 19
"""Shuffled labels behind a reading: all of them below the score is a test at 5 %."""

_SHUFFLES_OF_FITS = 5
"""Shuffles whose mean is shown where each takes a fit; then there is no reading but by the AUC."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DirectionResult(Result):
    """A direction.

    `vector`, in the shape of a code: the difference of means at its own length, boundaries of
    classifiers at length 1. A code x is on the positive side when x . u + `intercept` > 0, u the vector at
    length 1; `scale` is the standard deviation of codes along u. `held_out_separation` is the
    distance of the two sides in pooled standard deviations (d') on codes that it was not made from,
    `chance` its mean with shuffled labels, `held_out_auc` the area under the ROC curve there: None where there
    are too few codes. `separation` is the same on the codes that it was made from, which is too good.
    """

    vector: Array
    length: float
    intercept: float
    scale: float
    separation: float | None
    held_out_separation: float | None
    chance: float | None
    held_out_auc: float | None
    reading: str


def direction(
    positive: npt.ArrayLike,
    negative: npt.ArrayLike,
    *,
    method: str = "mean",
    others: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    orthogonal: Sequence[npt.ArrayLike] = (),
    name: str = "attribute",
    seed: int = 0,
) -> DirectionResult:
    """Find the direction of an attribute from codes with it and codes without it.

    Parameters
    ----------
    positive, negative
        (M, ...) and (N, ...) codes of one shape.
    method
        "mean": the difference of the means. "logistic", "svm", "ridge": the normal of a linear
        classifier (InterFaceGAN: Shen et al., 2020).
    others
        Other two-valued labels (M, K) and (N, K) over which the direction is balanced (White, 2016).
    orthogonal
        Directions whose share is taken out.
    name
        What the attribute is called.
    seed
        Random seed of what is held out.

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
    sides = [
        _side(side, which) for side, which in ((positive, "positive"), (negative, "negative"))
    ]
    if sides[0].shape[1:] != sides[1].shape[1:]:
        raise LatentError(
            f"the two sides have codes of shape {sides[0].shape[1:]} and {sides[1].shape[1:]}"
        )
    shape = sides[0].shape[1:]
    flat = [side.reshape(len(side), -1) for side in sides]
    extra = None if others is None else (np.asarray(others[0]), np.asarray(others[1]))
    without = [_fitted(other, flat[0].shape[1]) for other in orthogonal]
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        found = find(
            flat[0],
            flat[1],
            method=method,
            seed=seed,
            others=extra,
            without=without,
        )
        null = _null(flat, extra, method, seed, without) if found.held_out else []
    notes = []
    if not found.held_out:
        notes.append("too few codes to hold some out: ten of each side are needed")
    if warned:
        said = " ".join(str(warned[0].message).split())
        notes.append(f"{method}: {said}")
    separation, area = found.held_out or (None, None)
    length = found.norm if method == "mean" else 1.0
    by_chance = float(np.mean(null)) if null else None
    reading = reading_of(separation, null)
    values = (name, length, separation, by_chance, area, found.separation, reading)
    kept = {"cosine_kept": found.kept} if without else {}
    return DirectionResult(
        vector=length * found.vector.reshape(shape),
        length=length,
        intercept=found.intercept,
        scale=found.scale,
        separation=found.separation,
        held_out_separation=separation,
        chance=by_chance,
        held_out_auc=area,
        reading=reading,
        title=f"direction of {name}, by {method}",
        columns=COLUMNS,
        records=[dict(zip(COLUMNS, values, strict=True))],
        summary={"intercept": found.intercept, "scale": found.scale, **kept},
        settings={
            "method": method, "positive": len(flat[0]), "negative": len(flat[1]), "seed": seed,
        },
        notes=tuple(notes),
    )  # fmt: skip


def _side(side: npt.ArrayLike, which: str) -> Array:
    array = np.asarray(side)
    if array.ndim < 2 or not len(array):
        raise LatentError(f"the {which} side has shape {array.shape}: it takes codes (N, D)")
    for row in np.flatnonzero(~np.isfinite(array.reshape(len(array), -1)).all(axis=1))[:1]:
        raise LatentError(f"row {row:,} of the {which} side holds NaN or infinity")
    return array


def _fitted(other: npt.ArrayLike, size: int) -> Array:
    vector = checked_direction(other)
    if vector.size != size:
        raise LatentError(f"a direction of shape {vector.shape} does not fit {size} dimensions")
    return vector.ravel()


def _null(
    flat: Sequence[Array], extra: Any, method: str, seed: int, without: Sequence[Array]
) -> list[float]:
    """Return the held-out separation with shuffled labels, several times."""
    codes = np.concatenate(flat)
    others = None if extra is None else np.concatenate(extra)
    random = np.random.default_rng(seed + 1)
    found = []
    for _ in range(SHUFFLES if method in ("mean", "ridge") else _SHUFFLES_OF_FITS):
        order = random.permutation(len(codes))
        first, second = order[: len(flat[0])], order[len(flat[0]) :]
        pair = None if others is None else (others[first], others[second])
        tested = held_out(codes[first], codes[second], pair, method, seed, without)
        found.append(0.0 if tested is None or tested[0] is None else tested[0])
    return found


def reading_of(value: float | None, null: Sequence[float]) -> str:
    if value is None or not null:
        return "not judged"
    return "separates held-out codes" if value > max(null) else "not significant"
