"""The verb `project`: codes scored along a direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latentcli.latents import _editing as formulas
from latentcli.latents._like import Like, joined
from latentcli.latents._line import Line, given_codes, settings_of, title_of
from latentcli.latents._streaming import PART
from latentcli.latents._tensors import parts_of
from latentcli.numerics.types import Array
from latentcli.results import Result


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ProjectResult(Result):
    """Codes scored along a direction.

    Attributes
    ----------
    scores
        Signed distance of each code from the direction's plane (n,); over layers, the mean.
    percentiles
        Share of the scores that are no greater (n,), in percent.
    """

    scores: Array
    percentiles: Array


def project(
    codes: npt.ArrayLike,
    direction: npt.ArrayLike,
    *,
    layers: Sequence[int] | None = None,
    intercept: float | None = None,
    axes: str = "",
) -> ProjectResult:
    """Score codes along a direction: their signed distance from its plane.

    Parameters
    ----------
    codes
        (D,), (N, D), (N, L, D), (N, C, H, W), ...: an array or the name of a file.
    direction
        (D,) or (1, D), or (L, D) for layers, of any length: an array or the name of a file.
    layers
        Only these layers, from 0.
    intercept
        As in `edit`.
    axes
        A letter for each axis of `codes`: N samples, L layers, any other a feature; by default, the rule.

    Returns
    -------
    ProjectResult
        Scores (n,) and their percentiles among themselves.

    Raises
    ------
    LatentError
        For a direction that does not fit the codes, or has length 0.

    Examples
    --------
    >>> project([[3.0, 9.0], [1.0, 9.0]], [5.0, 0.0]).scores.tolist()
    [3.0, 1.0]
    """
    return merge_projections(
        [project_block(codes, direction, layers=layers, intercept=intercept, axes=axes)],
        layers=layers,
    )


@dataclass(frozen=True, kw_only=True)
class Part:
    """The scores (n,) of some codes along a line, and what the codes are like."""

    scores: Array
    like: Like
    line: Line
    notes: tuple[str, ...]


def project_block(
    codes: npt.ArrayLike,
    direction: npt.ArrayLike,
    *,
    layers: Sequence[int] | None = None,
    intercept: float | None = None,
    axes: str = "",
) -> Part:
    """Score some codes, as `project` does; `merge_projections` takes what several blocks gave."""
    given, line = given_codes(codes, direction, axes, intercept, layered=layers is not None)
    chosen = given.check_layers(layers)
    formulas.check_fits(line.vector, given.codes.shape, chosen)
    scores = np.concatenate(
        [
            formulas.project(given.codes[part], line.vector, line.intercept, chosen)
            .reshape(part.stop - part.start, -1)
            .mean(axis=1)
            for part in parts_of(given.codes, PART)
        ]
    )
    return Part(scores=scores, like=Like.of(given), line=line, notes=tuple(given.notes))


def merge_projections(
    parts: Sequence[Part], *, layers: Sequence[int] | None = None
) -> ProjectResult:
    """Return the result of all codes, from those of blocks in their order."""
    scores = np.concatenate([part.scores for part in parts])
    like, line = joined([part.like for part in parts]).described, parts[0].line
    percentiles = 100.0 * np.searchsorted(np.sort(scores), scores, side="right") / len(scores)
    return ProjectResult(
        scores=scores,
        percentiles=percentiles,
        title=title_of("projection", like, line),
        columns=("row", "score", "percentile"),
        records=[
            {"row": row, "score": score, "percentile": percentile}
            for row, (score, percentile) in enumerate(
                zip(scores.tolist(), percentiles.tolist(), strict=True)
            )
        ],
        summary={
            "mean": float(scores.mean()),
            "sd": float(scores.std(ddof=1)) if len(scores) > 1 else None,
            "direction_scale": line.scale,
        },
        settings=settings_of(like, line, layers),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )
