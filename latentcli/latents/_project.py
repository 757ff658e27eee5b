"""Codes scored along a direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latentcli.latents import _editing as editing
from latentcli.latents._changes import Rows, checked_direction
from latentcli.numerics.blocks import spans
from latentcli.numerics.types import Array
from latentcli.results import Record, Result


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ProjectResult(Result):
    """Scores (N,) of codes along a direction."""

    scores: Array


def project(
    codes: npt.ArrayLike,
    direction: npt.ArrayLike,
    *,
    layers: Sequence[int] | None = None,
    layered: bool | None = None,
    intercept: float = 0.0,
    scale: float | None = None,
) -> ProjectResult:
    """Score codes along a direction: their signed distance from its plane.

    Parameters
    ----------
    codes
        (D,), (N, D), (L, D) or (N, L, D).
    direction
        (D,), or (L, D) for codes of layers.
    layers, layered, intercept
        As in `edit`; over layers, the score is the mean.
    scale
        The standard deviation of codes along it that is known from elsewhere; shown beside.

    Returns
    -------
    ProjectResult
        The percentile is each score's place among all: how many are no greater.

    Examples
    --------
    >>> project([[0.0, 5.0], [4.0, 5.0]], [2.0, 0.0]).scores.tolist()
    [0.0, 4.0]
    """
    line = checked_direction(direction)
    rows = Rows(codes, layers is not None or line.ndim == 2 if layered is None else layered)
    chosen = None if layers is None else list(layers)
    editing.check_fits(line, rows.shape, chosen)
    scores = np.concatenate(
        [
            editing.project(part, line, intercept, chosen).reshape(len(part), -1).mean(axis=1)
            for part in (
                rows.values[span] for span in spans(len(rows.values), rows.values[0].size)
            )
        ]
    )
    ranked = np.sort(scores)
    places = 100.0 * np.searchsorted(ranked, scores, side="right") / len(scores)
    records: list[Record] = [
        {"row": row, "score": float(score), "percentile": float(place)}
        for row, (score, place) in enumerate(zip(scores, places, strict=True))
    ]
    return ProjectResult(
        scores=scores,
        title="scores along a direction",
        columns=("row", "score", "percentile"),
        records=records,
        summary={
            "mean": float(scores.mean()),
            "sd": float(scores.std(ddof=1)) if len(scores) > 1 else None,
            "direction_scale": scale,
        },
        settings={
            "layers": editing.listed(layers), "intercept": intercept,
        },
    )  # fmt: skip
