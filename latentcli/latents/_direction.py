"""The direction of an attribute: from two sides, from labels, or from scores of the attribute itself."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError, UsageError, check_choice
from latentcli.latents._changes import checked_direction
from latentcli.latents._directions import METHODS, Direction, find, held_out, orthogonal_to
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit
from latentcli.results import Bars, Record, Result

COLUMNS = (
    "attribute", "length", "held_out_separation", "chance", "held_out_auc", "separation", "reading",
)  # fmt: skip

SCORED: tuple[str, ...] = ("correlation", "ridge")
"""The ways to find a direction of scores."""

_SHUFFLES = 19
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
        tested = held_out(flat[0], flat[1], extra, method, seed, without)
        null = _null(flat, extra, method, seed, without) if tested else []
    length = found.norm if method == "mean" else 1.0
    notes = [] if tested else ["too few codes to hold some out: ten of each side are needed"]
    if warned:
        said = " ".join(str(warned[0].message).split())
        notes.append(f"{method}: {said}")
    return _result(
        found, length * found.vector.reshape(shape), length, tested, null, name, notes,
        {
            "method": method, "positive": len(flat[0]), "negative": len(flat[1]), "seed": seed,
        },
        {"cosine_kept": found.kept} if without else {},
        _bars(flat, found),
    )  # fmt: skip


def direction_of_labels(
    codes: npt.ArrayLike,
    attributes: Mapping[str, npt.ArrayLike],
    attribute: str,
    *,
    value: str | None = None,
    balance: bool = True,
    **options: Any,
) -> DirectionResult:
    """Find the direction of a label that has two values, or of one value against the others.

    Parameters
    ----------
    codes
        (N, ...) codes.
    attributes
        Labels: columns (N,) by name, or a table's file.
    attribute
        The column of the attribute.
    value
        The value that has it; None: 1 or true.
    balance
        Weigh every combination of the other two-valued labels the same.
    **options
        As in `direction`.

    Raises
    ------
    LatentError
        For a column that is missing, has gaps, or one value only.
    UsageError
        For a column whose positive value is not plain.

    Examples
    --------
    >>> codes = [[0.0, 1.0], [1.0, 2.0], [2.0, 0.0], [3.0, 0.0]]
    >>> direction_of_labels(codes, {"young": [0, 0, 1, 1]}, "young").vector.tolist()
    [2.0, -1.5]
    """
    array = np.asarray(codes)
    mask = labelled(attributes, attribute, len(array), value)
    others = {
        name: np.asarray(column)
        for name, column in attributes.items()
        if balance and name != attribute and _two_valued(np.asarray(column))
    }
    extra = None
    if others:
        coded = np.column_stack(
            [np.unique(c.astype(str), return_inverse=True)[1] for c in others.values()]
        )
        extra = (coded[mask], coded[~mask])
    found = direction(array[mask], array[~mask], others=extra, name=attribute, **options)
    return _with_settings(found, {"balanced_over": " ".join(others) or None})


def direction_of_scores(
    codes: npt.ArrayLike,
    scores: npt.ArrayLike,
    *,
    method: str = "correlation",
    above: float | None = None,
    top: float | None = None,
    bottom: float | None = None,
    name: str = "score",
    seed: int = 0,
    **options: Any,
) -> DirectionResult:
    """Find the direction of an attribute from scores of it, such as a classifier's.

    Parameters
    ----------
    codes, scores
        (N, ...) codes and a score (N,) of each.
    method
        "correlation": the covariance of codes and scores, per standard deviation of the scores; "ridge": the
        weights of a ridge regression. With `above` or `top`, a method of `direction`.
    above
        Codes that score above this, against the others.
    top, bottom
        The share of codes with the greatest scores, in (0, 0.5], against the share with the least
        (`bottom`, as many if None).
    name, seed, **options
        As in `direction`.

    Raises
    ------
    LatentError
        For another number of scores, NaN, or scores that are all the same.

    Examples
    --------
    >>> codes = [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [3.0, 0.0]]
    >>> direction_of_scores(codes, [0.0, 1.0, 2.0, 3.0], top=0.25).vector.tolist()
    [3.0, 0.0]
    """
    array = np.asarray(codes)
    values = np.asarray(scores, dtype=np.float64)
    if values.shape != (len(array),):
        raise LatentError(f"scores of shape {values.shape} for {len(array):,} codes: one each")
    if not np.isfinite(values).all():
        raise LatentError(
            f"the score of row {int(np.argmax(~np.isfinite(values))):,} is NaN or infinite"
        )
    if np.ptp(values) == 0:
        raise LatentError("all scores are the same: there is no direction")
    if above is not None or top is not None:
        mask, against = _split(values, above, top, bottom)
        chosen = "mean" if method in SCORED else method
        return direction(
            array[mask], array[against], method=chosen, name=name, seed=seed, **options
        )
    check_choice("method", method, SCORED)
    return _regressed(array, values, method, name, seed)


def _split(
    values: Array, above: float | None, top: float | None, bottom: float | None
) -> tuple[Array, Array]:
    if above is not None:
        mask = values > above
        if mask.all() or not mask.any():
            raise LatentError(
                f"scores are from {values.min():g} to {values.max():g}: none on one side of {above:g}"
            )
        return mask, ~mask
    assert top is not None
    bottom = top if bottom is None else bottom
    for label, share in (("top", top), ("bottom", bottom)):
        if not 0 < share <= 0.5:
            raise ParameterError(label, share, "a share above 0, up to 0.5")
    order = np.argsort(values, kind="stable")
    count = [max(1, round(share * len(values))) for share in (top, bottom)]
    return order[-count[0] :], order[: count[1]]


def _regressed(
    array: Array, values: Array, method: str, name: str, seed: int
) -> DirectionResult:
    """Return the direction along which scores rise, with its correlation on held-out codes."""
    flat = array.reshape(len(array), -1).astype(np.float64)
    vector = _rise(flat, values, method)
    length = float(np.linalg.norm(vector))
    if not length > 0:
        raise LatentError("the scores do not change with the codes: there is no direction")
    line = vector / length
    along = flat @ line
    tested = _held_out_correlation(flat, values, method, seed)
    random = np.random.default_rng(seed)
    null = [
        _held_out_correlation(flat, random.permutation(values), method, seed) or 0.0
        for _ in range(_SHUFFLES if tested is not None else 0)
    ]
    inside = float(np.corrcoef(along, values)[0, 1])
    record: Record = {
        "attribute": name, "length": length, "held_out_correlation": tested,
        "chance": float(np.mean(null)) if null else None, "correlation": inside,
        "reading": _reading(tested, null),
    }  # fmt: skip
    return DirectionResult(
        vector=vector.reshape(array.shape[1:]),
        length=length,
        intercept=-float(along.mean()),
        scale=float(along.std(ddof=1)),
        separation=None,
        held_out_separation=None,
        chance=float(np.mean(null)) if null else None,
        held_out_auc=None,
        reading=str(record["reading"]),
        title=f"direction of {name}, by {method}",
        columns=tuple(record),
        records=[record],
        summary={"intercept": -float(along.mean()), "scale": float(along.std(ddof=1))},
        settings={"method": method, "codes": len(array), "seed": seed},
        notes=() if tested is not None else ("too few codes to hold some out",),
    )


def _rise(flat: Array, values: Array, method: str) -> Array:
    if method == "correlation":
        centered = (values - values.mean()) / values.std()
        return (flat - flat.mean(axis=0)).T @ centered / len(values)
    from sklearn.linear_model import Ridge

    return np.asarray(Ridge().fit(flat, values).coef_, dtype=np.float64)


def _held_out_correlation(flat: Array, values: Array, method: str, seed: int) -> float | None:
    if len(values) < 20:
        return None
    order = np.random.default_rng(seed).permutation(len(values))
    train, test = order[len(values) * 3 // 10 :], order[: len(values) * 3 // 10]
    if np.ptp(values[train]) == 0 or np.ptp(values[test]) == 0:
        return None
    along = flat[test] @ _rise(flat[train], values[train], method)
    return float(np.corrcoef(along, values[test])[0, 1]) if np.ptp(along) > 0 else None


def labelled(
    labels: Mapping[str, npt.ArrayLike], attribute: str, count: int, positive: str | None
) -> Array:
    """Return which rows (N,) have an attribute."""
    if attribute not in labels:
        raise LatentError(f"no column '{attribute}'; there are {', '.join(labels)}")
    column = np.asarray(labels[attribute])
    if len(column) != count:
        raise LatentError(f"{len(column):,} labels for {count:,} codes")
    missing = [row for row, value in enumerate(column.tolist()) if _missing(value)]
    if missing:
        more = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
        raise LatentError(
            f"'{attribute}' has no value in row {missing[0]:,}{more}; leave those codes and labels out"
        )
    texts = np.array([_plain(value) for value in column.tolist()])
    values = sorted(set(texts.tolist()))
    if len(values) == 1:
        raise LatentError(
            f"all {len(texts):,} codes have '{attribute}' = {values[0]}: there is no other side"
        )
    if positive is None:
        if values not in (["0", "1"], ["false", "true"], ["-1", "1"]):
            raise UsageError(_which(attribute, values, column))
        positive = values[1]
    if _plain(positive) not in values:
        raise LatentError(
            f"no row of '{attribute}' is '{positive}'; it has {', '.join(values[:6])}"
        )
    return texts == _plain(positive)


def _which(attribute: str, values: list[str], column: Array) -> str:
    listed = f"{', '.join(values[:6])}{', ...' if len(values) > 6 else ''}"
    if column.dtype.kind == "f" and len(values) > 6:
        return (
            f"'{attribute}' holds scores ({listed}): take them as they are with `scores`, or split them with "
            "`above` or `top`"
        )
    return f"'{attribute}' has the values {listed}; say which has it with `value`"


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
    for _ in range(_SHUFFLES if method in ("mean", "ridge") else _SHUFFLES_OF_FITS):
        order = random.permutation(len(codes))
        first, second = order[: len(flat[0])], order[len(flat[0]) :]
        pair = None if others is None else (others[first], others[second])
        tested = held_out(codes[first], codes[second], pair, method, seed, without)
        found.append(0.0 if tested is None or tested[0] is None else tested[0])
    return found


def _reading(value: float | None, null: Sequence[float]) -> str:
    if value is None or not null:
        return "not judged"
    return "separates held-out codes" if value > max(null) else "not significant"


def _result(
    found: Direction,
    vector: Array,
    length: float,
    tested: tuple[float | None, float] | None,
    null: Sequence[float],
    name: str,
    notes: Sequence[str],
    settings: Record,
    summary: Record,
    bars: Bars,
) -> DirectionResult:
    separation, area = tested or (None, None)
    by_chance = float(np.mean(null)) if null else None
    reading = _reading(separation, null)
    values = (name, length, separation, by_chance, area, found.separation, reading)
    return DirectionResult(
        vector=vector,
        length=length,
        intercept=found.intercept,
        scale=found.scale,
        separation=found.separation,
        held_out_separation=separation,
        chance=by_chance,
        held_out_auc=area,
        reading=reading,
        title=f"direction of {name}, by {settings['method']}",
        columns=COLUMNS,
        records=[dict(zip(COLUMNS, values, strict=True))],
        summary={"intercept": found.intercept, "scale": found.scale, **summary},
        settings=settings,
        notes=tuple(notes),
    )


def _with_settings(found: DirectionResult, more: Record) -> DirectionResult:
    from dataclasses import replace

    return replace(found, settings={**found.settings, **more})


def _bars(flat: Sequence[Array], found: Direction) -> Bars:
    means = [abs(float((side @ unit(found.vector)).mean() + found.intercept)) for side in flat]
    return Bars("mean distance from the plane", ("positive", "negative"), means)


def _two_valued(column: Array) -> bool:
    values = set(column.tolist())
    return len(values) == 2 and not any(map(_missing, values))


def _missing(value: object) -> bool:
    return value is None or value != value or (isinstance(value, str) and not value.strip())


def _plain(value: object) -> str:
    """Return a label as text: 1, 1.0 and True in one way each."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return text.lower() if text.lower() in ("true", "false") else text


__all__ = [
    "DirectionResult",
    "direction",
    "direction_of_labels",
    "direction_of_scores",
    "orthogonal_to",
]
