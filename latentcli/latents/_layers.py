"""A direction for each layer by itself: found and tested layer by layer, joined as one vector (L, D)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from latentcli.errors import LatentError, ParameterError
from latentcli.latents import _directions as formulas
from latentcli.latents._tensors import Tensor
from latentcli.numerics.types import Array
from latentcli.results import Record, Sheet

if TYPE_CHECKING:
    from latentcli.latents._direction_result import DirectionResult

Find = Callable[..., "DirectionResult"]


def by_layer(
    find: Find,
    first: Tensor,
    second: Tensor,
    orthogonal: Sequence[Array],
    name: str,
    layers: Sequence[int] | None = None,
    **options: Any,
) -> DirectionResult:
    """Return the directions of all layers, or of these, as one result, a record for each.

    The p-value is that of the best layer, times their number (Bonferroni); intercept, scale and separation
    are those of the joined vector.
    """
    if first.layers is None:
        raise ParameterError(
            f"`per_layer`: shape {first.shape} is read as {first.axes}, which has no layers"
        )
    found: list[DirectionResult] = []
    chosen = range(first.layers) if layers is None else layers
    for layer in chosen:
        sides = [
            replace(one, values=one.codes[:, layer], axes="ND", notes=())
            for one in (first, second)
        ]
        try:
            lines = [one[layer] if one.ndim == 2 else one for one in orthogonal]
            found.append(find(*sides, orthogonal=lines, name=name, **options))
        except LatentError as error:
            raise LatentError(f"layer {layer}: {error}") from None
    vector = np.zeros((first.layers, *found[0].vector.shape))
    vector[list(chosen)] = [one.vector for one in found]
    length = float(np.linalg.norm(vector))
    rows = [
        np.asarray(one.codes, np.float64).reshape(one.samples, -1) for one in (first, second)
    ]
    whole = formulas.judged(vector.ravel() / length, length, *rows)
    tested = [one.p_value for one in found if one.p_value is not None]
    p_value = min(1.0, len(found) * min(tested)) if tested else None
    best = min(found, key=lambda one: 2.0 if one.p_value is None else one.p_value)
    significant = p_value is not None and p_value <= formulas.ALPHA
    untested = "not tested" if p_value is None else "not significant"
    records: list[Record] = [
        {
            "layer": layer,
            **{key: value for key, value in one.records[0].items() if key != "attribute"},
        }
        for layer, one in zip(chosen, found, strict=True)
    ]
    return replace(
        best,
        vector=vector.reshape(first.code_shape),
        length=length,
        intercept=whole.intercept,
        scale=whole.scale,
        separation=whole.separation,
        held_out_separation=None,
        held_out_correlation=None,
        held_out_auc=None,
        chance=None,
        chance_95=None,
        projections=(rows[0] @ vector.ravel() / length, rows[1] @ vector.ravel() / length),
        p_value=p_value,
        reading=best.reading if significant else untested,
        cosine_kept=float(np.mean([one.cosine_kept for one in found])),
        title=f"direction of {name}, layer by layer; codes of shape {first.code_shape}",
        columns=tuple(records[0]),
        records=records,
        summary={
            "p_value": p_value, "intercept": whole.intercept, "scale": whole.scale,
            "length": length,
        },
        views=(Sheet("", tuple(records[0]), records, optional=("chance", "held_out_auc")),),
    )  # fmt: skip
