"""Latent codes: paths between them, directions, edits, and what the prior says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentcli._lazy import attach

if TYPE_CHECKING:
    from latentcli.latents._changes import (
        CodesResult,
        edit,
        grid,
        mix,
        sample_z,
        traverse,
        truncate,
    )
    from latentcli.latents._direction import (
        DirectionResult,
        direction,
        direction_of_labels,
        direction_of_scores,
    )
    from latentcli.latents._interp import PathResult, interp
    from latentcli.latents._interpolation import lerp, slerp
    from latentcli.latents._scoring import (
        CosinesResult,
        ProjectResult,
        TypicalResult,
        direction_cosines,
        project,
        typical,
    )

_HOMES = {
    **dict.fromkeys(
        ("CodesResult", "edit", "grid", "mix", "sample_z", "traverse", "truncate"), "_changes"
    ),
    **dict.fromkeys(
        ("DirectionResult", "direction", "direction_of_labels", "direction_of_scores"),
        "_direction",
    ),
    **dict.fromkeys(("PathResult", "interp"), "_interp"),
    **dict.fromkeys(("lerp", "slerp"), "_interpolation"),
    **dict.fromkeys(
        (
            "CosinesResult", "ProjectResult", "TypicalResult", "direction_cosines", "project",
            "typical",
        ),
        "_scoring",
    ),
}  # fmt: skip

__all__ = [
    "CodesResult",
    "CosinesResult",
    "DirectionResult",
    "PathResult",
    "ProjectResult",
    "TypicalResult",
    "direction",
    "direction_cosines",
    "direction_of_labels",
    "direction_of_scores",
    "edit",
    "grid",
    "interp",
    "lerp",
    "mix",
    "project",
    "sample_z",
    "slerp",
    "traverse",
    "truncate",
    "typical",
]

__getattr__, __dir__ = attach(
    __name__, {name: f"{__name__}.{home}" for name, home in _HOMES.items()}
)
