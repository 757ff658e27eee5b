"""What codes are like, without the codes: enough to say what they were, of one block or of many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from latentcli.errors import LatentError
from latentcli.latents._tensors import Tensor
from latentcli.results import Record


@dataclass(frozen=True)
class Like:
    """How many codes there are, of what size; `settings` and `description` as a `Tensor` has them."""

    samples: int
    dimensions: int
    code_shape: tuple[int, ...]
    described: Tensor

    @classmethod
    def of(cls, z: Tensor) -> Like:
        """Take what a tensor is like; its numbers are left behind."""
        import numpy as np

        hollow = np.broadcast_to(np.zeros((), dtype=z.values.dtype), z.shape)
        return cls(
            z.samples, z.codes.shape[-1], z.code_shape, replace(z, values=hollow, meta={}, notes=())
        )  # fmt: skip

    @property
    def code_size(self) -> int:
        """How many numbers a code has."""
        return math.prod(self.code_shape)

    @property
    def description(self) -> str:
        """What they are, in words."""
        return self.described.description

    @property
    def settings(self) -> Record:
        """What goes into the settings of a result."""
        return self.described.settings


def joined(parts: Sequence[Like]) -> Like:
    """Return what blocks of codes, one after another, are like together."""
    first = parts[0]
    if len(parts) == 1:
        return first
    for place, one in enumerate(parts):
        if one.code_shape != first.code_shape:
            raise LatentError(
                f"block {place} has codes of shape {one.code_shape}, those before {first.code_shape}"
            )
    import numpy as np

    samples = sum(one.samples for one in parts)
    axes = first.described.axes
    shape = (samples, *first.code_shape)
    hollow = np.broadcast_to(np.zeros((), dtype=first.described.values.dtype), shape)
    axes = axes if "N" in axes else f"N{axes}"
    return replace(
        first, samples=samples, described=replace(first.described, values=hollow, axes=axes)
    )
