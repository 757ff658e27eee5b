"""Latent codes: paths between them, directions, edits, and what the prior says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentcli._lazy import attach

if TYPE_CHECKING:
    from latentcli.latents._changes import CodesResult
    from latentcli.latents._cosines import CosinesResult, direction_cosines
    from latentcli.latents._direction import DirectionResult, direction
    from latentcli.latents._direction_of_labels import direction_of_labels
    from latentcli.latents._direction_of_scores import direction_of_scores
    from latentcli.latents._edit import edit
    from latentcli.latents._grid import grid
    from latentcli.latents._interp import PathResult, interp
    from latentcli.latents._interpolation import lerp, slerp
    from latentcli.latents._mix import mix
    from latentcli.latents._project import ProjectResult, project
    from latentcli.latents._sample_z import sample_z
    from latentcli.latents._traverse import traverse
    from latentcli.latents._truncate import truncate
    from latentcli.latents._typical import TypicalResult, typical

_HOMES = {
    "CodesResult": "_changes",
    "CosinesResult": "_cosines",
    "direction_cosines": "_cosines",
    "DirectionResult": "_direction",
    "direction": "_direction",
    "direction_of_labels": "_direction_of_labels",
    "direction_of_scores": "_direction_of_scores",
    "edit": "_edit",
    "grid": "_grid",
    "PathResult": "_interp",
    "interp": "_interp",
    "lerp": "_interpolation",
    "slerp": "_interpolation",
    "mix": "_mix",
    "ProjectResult": "_project",
    "project": "_project",
    "sample_z": "_sample_z",
    "traverse": "_traverse",
    "truncate": "_truncate",
    "TypicalResult": "_typical",
    "typical": "_typical",
}

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
