"""The verb `direction_of_scores`: the direction along which a score of an attribute rises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, check_choice
from latentcli.latents import _directions as formulas
from latentcli.latents._direction import (
    PERMUTATIONS,
    direction,
    flat_rows,
    part_of,
    with_settings,
)
from latentcli.latents._direction_fits import OF_SCORES
from latentcli.latents._direction_result import DirectionResult, by_chance, result_of
from latentcli.latents._labels import cut_in_two
from latentcli.latents._tensors import named_layers, tensor

SCORED: tuple[str, ...] = tuple(OF_SCORES)
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
    layers: Sequence[int] | None = None,
    axes: str = "",
    **options: Any,
) -> DirectionResult:
    """Find the direction of an attribute from scores of it, such as a classifier's.

    Parameters
    ----------
    codes
        (N, ...) codes: an array or the name of a file.
    scores
        A score (N,) or (N, 1) of each: an array or the name of a file, `FILE::COLUMN` of a table.
    method
        "correlation": what one standard deviation of the score adds to the codes, cov(x, s) / sd(s);
        "ridge": the weights of a ridge regression, at length 1. With `above` or `top`, a method of
        `direction`.
    above
        Codes that score above this, against the others.
    top, bottom
        The share of codes with the greatest scores, in (0, 0.5], against the share with the least
        (`bottom`, as many if None).
    name, seed, layers
        As in `direction`.
    axes
        A letter for each axis of the codes: N samples, L layers, any other a feature; by default, the
        rule.
    **options
        As in `direction`, with `above` or `top`.

    Returns
    -------
    DirectionResult
        Of scores as they are, `held_out_correlation` takes the place of the separation.

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
    given = tensor(codes, "codes", axes)
    chosen_layers = given.check_layers(layers)
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.shape != (given.samples,):
        raise LatentError(
            f"scores of shape {values.shape} for {given.samples:,} codes: one each"
        )
    if not np.isfinite(values).all():
        row = int(np.argmax(~np.isfinite(values)))
        raise LatentError(f"the score of row {row:,} is NaN or infinite")
    if np.ptp(values) == 0:
        raise LatentError("all scores are the same: there is no direction")
    if above is not None or top is not None:
        mask, against = cut_in_two(values, above, top, bottom)
        chosen = "mean" if method == "correlation" else method
        found = direction(
            part_of(given, mask), part_of(given, against), method=chosen, name=name, seed=seed,
            layers=layers, **options,
        )  # fmt: skip
        return with_settings(found, given, {"above": above, "top": top, "bottom": bottom})
    check_choice("method", method, SCORED)
    risen = formulas.find_of_score(
        flat_rows(given, chosen_layers),
        values,
        method=method,
        seed=seed,
        permutations=PERMUTATIONS,
    )
    test = risen.test
    length = risen.norm if method == "correlation" else 1.0
    reading = "not tested"
    if test is not None:
        follows = test.p_value <= formulas.ALPHA
        reading = "follows held-out scores" if follows else "not significant"
    along = flat_rows(given) @ risen.vector  # which is 0 in other layers
    inside = float(np.corrcoef(along, values)[0, 1])
    notes = [*given.notes, *(risen.repeats.note if risen.repeats else ())]
    if test is None:
        notes.append("too few codes to hold some out: twenty are needed")
    return result_of(
        risen, given, length, name, method, notes, (along, values),
        {
            "attribute": name, "held_out_correlation": None if test is None else test.value,
            **by_chance(test), "correlation": inside, "length": length, "reading": reading,
        },
        {"codes": given.samples, "seed": seed, "layers": named_layers(layers)}, {}, of_scores=True,
    )  # fmt: skip
