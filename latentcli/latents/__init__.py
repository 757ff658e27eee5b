"""Latent codes: paths between them, directions, edits, and what the prior says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentcli._lazy import attach

if TYPE_CHECKING:
    from latentcli.latents._along import EASES
    from latentcli.latents._changing import CodesResult
    from latentcli.latents._contrast import ContrastResult, contrast_directions
    from latentcli.latents._cosines import CosinesResult, direction_cosines
    from latentcli.latents._direction import direction, direction_of_labels
    from latentcli.latents._direction_result import DirectionResult
    from latentcli.latents._edit import EditResult, edit
    from latentcli.latents._grid import grid
    from latentcli.latents._interp import interp
    from latentcli.latents._interpolation import lerp, slerp
    from latentcli.latents._mix import mix
    from latentcli.latents._nearest import with_nearest
    from latentcli.latents._path_result import PathResult
    from latentcli.latents._pca import ComponentsResult, pca_directions, sefa_directions
    from latentcli.latents._project import (
        ProjectResult,
        merge_projections,
        project,
        project_block,
    )
    from latentcli.latents._sample_z import axes_of_features, sample_z
    from latentcli.latents._scored import direction_of_scores
    from latentcli.latents._shard import changed_shard, report_of_shards, sum_of_block
    from latentcli.latents._traverse import traverse
    from latentcli.latents._truncate import TruncationResult, truncate
    from latentcli.latents._typical import (
        TypicalResult,
        merge_typical,
        typical,
        typical_of_block,
    )

_HOMES = {
    "EASES": "_along",
    "CodesResult": "_changing",
    **dict.fromkeys(("ComponentsResult", "pca_directions", "sefa_directions"), "_pca"),
    **dict.fromkeys(("ContrastResult", "contrast_directions"), "_contrast"),
    **dict.fromkeys(("CosinesResult", "direction_cosines"), "_cosines"),
    "DirectionResult": "_direction_result",
    **dict.fromkeys(("direction", "direction_of_labels"), "_direction"),
    "direction_of_scores": "_scored",
    **dict.fromkeys(("EditResult", "edit"), "_edit"),
    **dict.fromkeys(
        ("ProjectResult", "merge_projections", "project", "project_block"), "_project"
    ),
    **dict.fromkeys(("changed_shard", "report_of_shards", "sum_of_block"), "_shard"),
    "PathResult": "_path_result",
    "interp": "_interp",
    **dict.fromkeys(("lerp", "slerp"), "_interpolation"),
    "axes_of_features": "_sample_z",
    "with_nearest": "_nearest",
    **{name: f"_{name}" for name in ("grid", "mix", "sample_z", "traverse")},
    **dict.fromkeys(("TruncationResult", "truncate"), "_truncate"),
    **dict.fromkeys(
        ("TypicalResult", "merge_typical", "typical", "typical_of_block"), "_typical"
    ),
}

__all__ = [
    "EASES",
    "CodesResult",
    "ComponentsResult",
    "ContrastResult",
    "CosinesResult",
    "DirectionResult",
    "EditResult",
    "PathResult",
    "ProjectResult",
    "TruncationResult",
    "TypicalResult",
    "axes_of_features",
    "changed_shard",
    "contrast_directions",
    "direction",
    "direction_cosines",
    "direction_of_labels",
    "direction_of_scores",
    "edit",
    "grid",
    "interp",
    "lerp",
    "merge_projections",
    "merge_typical",
    "mix",
    "pca_directions",
    "project",
    "project_block",
    "report_of_shards",
    "sample_z",
    "sefa_directions",
    "slerp",
    "sum_of_block",
    "traverse",
    "truncate",
    "typical",
    "typical_of_block",
    "with_nearest",
]

__getattr__, __dir__ = attach(
    __name__, {name: f"{__name__}.{home}" for name, home in _HOMES.items()}
)
