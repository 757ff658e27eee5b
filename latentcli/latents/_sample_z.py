"""Codes drawn from the prior N(0, I), one for each seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from latentcli.errors import ParameterError
from latentcli.latents import _editing as editing
from latentcli.latents._changes import CodesResult, made

_LEAST = 0.01
"""A smaller truncation would draw again and again."""


def sample_z(
    seeds: Sequence[int], *, dimensions: int = 512, truncation: float | None = None
) -> CodesResult:
    """Draw codes from N(0, I), one for each seed, as StyleGAN's `--seeds` do.

    Parameters
    ----------
    seeds
        Seeds of NumPy's RandomState, whose numbers stay the same.
    dimensions
        Numbers of a code.
    truncation
        Draw numbers beyond this again (Brock et al., 2019); from 0.01.

    Returns
    -------
    CodesResult
        (seeds, dimensions) float64.

    Examples
    --------
    >>> sample_z([0], dimensions=3).codes.round(3).tolist()
    [[1.764, 0.4, 0.979]]
    """
    if dimensions < 1:
        raise ParameterError("dimensions", dimensions, "at least 1")
    if truncation is not None and not truncation >= _LEAST:
        raise ParameterError("truncation", truncation, f"at least {_LEAST}")
    for seed in seeds:
        if not 0 <= seed < 2**32:
            raise ParameterError("seeds", seed, f"from 0 to {2**32 - 1:,}")
    drawn = np.stack([editing.draw(seed, dimensions, truncation) for seed in seeds])
    return made(
        drawn, drawn, [{"seed": int(seed)} for seed in seeds], title=f"{len(drawn)} codes of N(0, I)",
        settings={
            "seeds": " ".join(map(str, seeds)), "dimensions": dimensions, "truncation": truncation,
            "generator": "numpy.random.RandomState",
        },
    )  # fmt: skip
