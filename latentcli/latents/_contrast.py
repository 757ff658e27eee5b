"""The verb `contrast_directions`: steering vectors from paired activations, a direction for each layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, check_choice, counted
from latentcli.latents import _contrasts as formulas
from latentcli.latents._directions import ALPHA
from latentcli.latents._tensors import Tensor, reference_set, tensor
from latentcli.numerics.axes import known_axes
from latentcli.numerics.intervals import wilson
from latentcli.numerics.repeats import Repeats, repeats_of
from latentcli.numerics.types import Array
from latentcli.results import Picture, Record, Result, Sheet

PERMUTATIONS = 999
"""Flips of the pairs behind a p-value."""

_LEAST = 10


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ContrastResult(Result):
    """Directions from pairs, and how each layer does on pairs held out.

    Attributes
    ----------
    vectors
        (L, D), or (D,) for codes without layers: the difference of the means at its own length, or the
        first principal component of the differences at length 1.
    separations
        Of each layer (L,): the distance of the two sides' means along the direction in their pooled
        standard deviation (d'), each pair scored by a direction that was found without it; NaN where
        there are too few pairs.
    accuracies
        Share of the pairs (L,) held out whose first scores above its second; NaN likewise.
    p_values
        Share of the flips of the pairs in which any layer does as well (L,).
    best
        The layer of the greatest accuracy, and of those of the greatest separation; None likewise.
    """

    vectors: Array
    separations: Array
    accuracies: Array
    p_values: Array
    best: int | None

    def pictures(self) -> tuple[Picture, ...]:
        """Return how each layer does on pairs held out."""
        from latentcli.latents._pictures import layers_held_out

        return layers_held_out(self.records)

    @property
    def codes(self) -> Array:
        """The vectors, as what is saved."""
        return self.vectors

    @property
    def values(self) -> Array:
        """The vectors: a result is a direction for `edit` and `project`."""
        return self.vectors

    @property
    def meta(self) -> dict[str, Any]:
        """What goes into a file beside the vectors."""
        return {"direction": {"accuracies": [_plain(one) for one in self.accuracies.tolist()]}}


def contrast_directions(
    positive: npt.ArrayLike,
    negative: npt.ArrayLike,
    *,
    method: str = "mean",
    seed: int = 0,
    axes: str = "",
) -> ContrastResult:
    """Find the direction from each code's partner to it: steering vectors, a control vector.

    Row i of both sides is the same prompt with and without the trait. Each layer has a direction and a
    test of its own: ten folds of the pairs are held out in turn.

    Parameters
    ----------
    positive, negative
        Activations (N, L, D), or (N, D), of one shape: arrays or names of files.
    method
        "mean": the mean of the differences (Rimsky et al., 2024). "pca": the first principal component of
        the differences about zero (Zou et al., 2023), which points the way that most of them do.
    seed
        Random seed of the folds, and of the flips of pairs.
    axes
        A letter for each axis of the codes: N samples, L layers, any other a feature; by default three are
        NLD, others by the rule.

    Returns
    -------
    ContrastResult
        Records of `layer`, `length`, `separation`, `accuracy` with `low` and `high` (95 %, Wilson),
        `p_value`, `reading`.

    Raises
    ------
    LatentError
        For sides of different shapes, a single pair, or pairs that do not differ.

    Examples
    --------
    >>> found = contrast_directions([[2.0, 0.0], [4.0, 0.0]], [[0.0, 1.0], [0.0, -1.0]])
    >>> found.vectors.tolist(), found.records[0]["reading"]
    ([3.0, 0.0], 'not tested')
    """
    check_choice("method", method, formulas.METHODS)
    known = axes or known_axes(positive)
    if not known and np.ndim(getattr(positive, "values", positive)) == 3:
        axes = "NLD"  # what activations are
    first = tensor(positive, "positive", axes)
    second = reference_set(negative, "negative", axes, first)
    if first.shape != second.shape:
        raise LatentError(
            f"pairs take sides of one shape, not {first.shape} and {second.shape}; for codes without "
            "partners there is `direction`"
        )
    count = first.samples
    if count < 2:
        raise LatentError("a contrast needs two pairs or more")
    repeats = repeats_of(
        np.concatenate([np.reshape(one.codes, (count, -1)) for one in (first, second)], axis=1)
    )
    found = [
        _of_layer(first, second, layer, method, seed, repeats)
        for layer in range(first.layers or 1)
    ]
    tested = repeats.distinct >= _LEAST
    p_values = formulas.family_p_values(found, PERMUTATIONS, seed, repeats) if tested else None
    records = [_record(one, layer, first, p_values) for layer, one in enumerate(found)]
    vectors = np.stack([one.vector for one in found])
    accuracies = np.array([one.accuracy if tested else np.nan for one in found])
    separations = np.array([one.separation if tested else np.nan for one in found], dtype=float)
    best = int(np.lexsort((separations, accuracies))[-1]) if tested else None
    notes = [*dict.fromkeys((*first.notes, *second.notes)), *repeats.note]
    if not tested:
        notes.append(f"too few pairs to hold some out: {_LEAST} are needed")
    layered = first.layers is not None
    summary: Record = {"pairs": count}
    if layered:
        summary["best_layer"] = best
    return ContrastResult(
        vectors=vectors.reshape(first.code_shape),
        separations=separations,
        accuracies=accuracies,
        p_values=np.full(len(found), np.nan) if p_values is None else p_values,
        best=best,
        title=f"contrast of {counted(count, 'pair')}, by {method}; each {_each(first)}",
        columns=tuple(records[0]),
        views=(Sheet("", tuple(records[0]), records, optional=("length",)),),
        records=records,
        summary=summary,
        settings={
            "method": method, "seed": seed, "folds": formulas.FOLDS if tested else None,
            "permutations": PERMUTATIONS if tested else None, **first.settings,
        },
        notes=tuple(notes),
    )  # fmt: skip


def _each(codes: Tensor) -> str:
    layers = "" if codes.layers is None else f"{counted(codes.layers, 'layer')} of "
    guess = f" (axes {codes.axes}, guessed)" if codes.guessed else ""
    return f"{layers}{counted(codes.dimensions, 'number')}{guess}"


def _of_layer(
    first: Tensor, second: Tensor, layer: int, method: str, seed: int, repeats: Repeats
) -> formulas.Contrast:
    sides = [
        np.asarray(one.codes if one.layers is None else one.codes[:, layer], np.float64)
        for one in (first, second)
    ]
    try:
        return formulas.contrast(*sides, method=method, seed=seed, repeats=repeats)
    except LatentError as error:
        raise LatentError(f"{error} in layer {layer}" if first.layers else str(error)) from None


def _record(
    found: formulas.Contrast, layer: int, codes: Tensor, p_values: Array | None
) -> Record:
    count = codes.samples
    record: Record = {"layer": layer} if codes.layers is not None else {}
    record["length"] = float(np.linalg.norm(found.vector))
    if p_values is None:
        return (
            record
            | dict.fromkeys(("separation", "accuracy", "low", "high", "p_value"), None)
            | {"reading": "not tested"}
        )
    low, high = wilson(found.accuracy * count, count) or (None, None)
    significant = p_values[layer] <= ALPHA
    return record | {
        "separation": found.separation,
        "accuracy": found.accuracy,
        "low": low,
        "high": high,
        "p_value": float(p_values[layer]),
        "reading": "separates" if significant else "not significant",
    }


def _plain(value: float) -> float | None:
    return value if value == value else None
