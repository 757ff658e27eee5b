"""The verb `sample_z`: codes drawn from N(0, I) by seeds, as StyleGAN does."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from latentcli.errors import ParameterError
from latentcli.latents import _editing as formulas
from latentcli.latents._changing import CodesResult, made
from latentcli.latents._streaming import Out
from latentcli.latents._tensors import Tensor
from latentcli.results import Record

_SEEDS = 2**32

_FEATURES = {1: "D", 3: "CHW", 4: "CTHW"}
_MOST_AXES = 6

_LEAST = 0.01
"""A smaller truncation would draw again and again."""


def sample_z(
    seeds: int | Iterable[int] = range(10),
    *,
    dimensions: int | Sequence[int] = 512,
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
        Numbers of a code, from 1; or the shape of a tensor, such as (4, 64, 64).
    truncation
        Draw numbers beyond it again, from 0.01 (Brock et al., 2019).
    out
        Takes the codes in place of the result: `out[a:b] = block`.

    Returns
    -------
    CodesResult
        `codes` (seeds, *dimensions) float64.

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
    shape = (dimensions,) if isinstance(dimensions, int) else tuple(dimensions)
    size = math.prod(shape)
    if not shape or min(shape) < 1 or len(shape) > _MOST_AXES or size > 1 << 31:
        raise ParameterError("dimensions", dimensions, "numbers from 1, six at most")
    if truncation is not None and not truncation >= _LEAST:
        raise ParameterError("truncation", truncation, f"at least {_LEAST}")
    drawn = np.stack([formulas.draw(seed, size, truncation).reshape(shape) for seed in numbers])
    what: list[Record] = [{"seed": int(seed)} for seed in numbers]
    return made(
        drawn,
        Tensor(drawn, f"N{axes_of_features(len(shape))}"),
        what,
        shape,
        out=out,
        title=f"codes of {' x '.join(f'{length:,}' for length in shape)} numbers drawn from N(0, I)",
        settings={
            "seeds": " ".join(map(str, numbers)),
            "dimensions": "x".join(map(str, shape)),
            "truncation": truncation,
            "generator": "numpy.random.RandomState",
        },
    )


def axes_of_features(count: int) -> str:
    """Return the letters of so many axes of a code.

    >>> axes_of_features(3), axes_of_features(2)
    ('CHW', 'AB')
    """
    return _FEATURES.get(count, "ABCDEF"[:count])
