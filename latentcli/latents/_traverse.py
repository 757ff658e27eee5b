"""Latent traversal: each dimension of a code set to some values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError
from latentcli.latents import _editing as editing
from latentcli.latents._changes import CodesResult, float_type, made
from latentcli.results import Record


def traverse(
    code: npt.ArrayLike, values: Sequence[float], *, dims: Sequence[int] | None = None
) -> CodesResult:
    """Set each dimension of a code to each of some values, the others staying as they are.

    Parameters
    ----------
    code
        (D,) or (1, D).
    values
        Values that each dimension is set to.
    dims
        Dimensions; None for all.

    Returns
    -------
    CodesResult
        (dimensions, values, D): what the dimensions of a VAE mean is seen in the decoded codes.

    Examples
    --------
    >>> traverse([5.0, 6.0], [-1, 1], dims=[1]).codes.tolist()
    [[[5.0, -1.0], [5.0, 1.0]]]
    """
    start = np.asarray(code)
    start = start[0] if start.ndim == 2 and len(start) == 1 else start
    if start.ndim != 1 or not start.size:
        raise LatentError(
            f"shape {start.shape} is not one code (D,); name one, such as FILE[0]"
        )
    chosen = range(len(start)) if dims is None else dims
    for dim in chosen:
        if not 0 <= dim < len(start):
            raise ParameterError("dims", dim, f"from 0 to {len(start) - 1}")
    kind = float_type(start)
    editing.cast(np.array(values, dtype=np.float64), kind)
    walked = editing.traverse(start.astype(kind), list(chosen), list(values))
    what: list[Record] = [{"dim": dim, "value": float(v)} for dim in chosen for v in values]
    return made(
        walked, walked.reshape(-1, len(start)), what,
        title=f"{len(list(chosen))} dimensions set to {len(values)} values", settings={},
    )  # fmt: skip
