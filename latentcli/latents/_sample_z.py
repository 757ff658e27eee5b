"""The verb `sample_z`: codes drawn from N(0, I) by seeds, as StyleGAN does."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from latentcli.errors import ParameterError
from latentcli.latents import _editing as formulas
from latentcli.latents._changing import CodesResult, made
from latentcli.latents._streaming import Out
from latentcli.latents._tensors import Tensor
from latentcli.results import Record

_SEEDS = 2**32

_LEAST = 0.01
"""A smaller truncation would draw again and again."""


def sample_z(
    seeds: int | Iterable[int] = range(10),
    *,
    dimensions: int = 512,
    truncation: float | None = None,
    out: Out | None = None,
) -> CodesResult:
    """Draw codes from N(0, I), one for each seed, as StyleGAN's `--seeds` do.

    The generator is NumPy's RandomState, whose numbers stay the same in every version.

    Parameters
    ----------
    seeds
        One or several, from 0 to 2^32 - 1.
    dimensions
        Numbers of a code, from 1.
    truncation
        Draw numbers beyond it again, from 0.01 (Brock et al., 2019).
    out
        Takes the codes in place of the result: `out[a:b] = block`.

    Returns
    -------
    CodesResult
        `codes` (seeds, dimensions) float64.

    Raises
    ------
    ParameterError
        For a parameter out of range.

    Examples
    --------
    >>> sample_z(0, dimensions=2).codes.round(8).tolist()
    [[1.76405235, 0.40015721]]
    """
    numbers = [seeds] if isinstance(seeds, int) else list(seeds)
    wrong = [seed for seed in numbers if not 0 <= seed < _SEEDS]
    if wrong or not numbers:
        raise ParameterError("seeds", wrong[0] if wrong else "empty", "from 0 to 4294967295")
    if dimensions < 1:
        raise ParameterError("dimensions", dimensions, "at least 1")
    if truncation is not None and not truncation >= _LEAST:
        raise ParameterError("truncation", truncation, f"at least {_LEAST}")
    drawn = np.stack([formulas.draw(seed, dimensions, truncation) for seed in numbers])
    what: list[Record] = [{"seed": int(seed)} for seed in numbers]
    return made(
        drawn,
        Tensor(drawn, "ND"),
        what,
        (dimensions,),
        out=out,
        title=f"codes of {dimensions:,} numbers drawn from N(0, I)",
        settings={
            "seeds": " ".join(map(str, numbers)),
            "dimensions": dimensions,
            "truncation": truncation,
            "generator": "numpy.random.RandomState",
        },
    )
