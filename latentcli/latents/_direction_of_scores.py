"""The direction of an attribute from scores of it, such as a classifier's."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError, check_choice
from latentcli.latents._direction import SHUFFLES, DirectionResult, direction, reading_of
from latentcli.numerics.types import Array
from latentcli.results import Record

SCORED: tuple[str, ...] = ("correlation", "ridge")
"""The ways to find a direction of scores."""


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
        for _ in range(SHUFFLES if tested is not None else 0)
    ]
    inside = float(np.corrcoef(along, values)[0, 1])
    record: Record = {
        "attribute": name, "length": length, "held_out_correlation": tested,
        "chance": float(np.mean(null)) if null else None, "correlation": inside,
        "reading": reading_of(tested, null),
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
