"""The truncation trick: codes moved towards a mean."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError
from latentcli.latents import _editing as editing
from latentcli.latents._changes import CodesResult, Rows, Walk
from latentcli.latents._waypoints import Receiver
from latentcli.numerics.types import Array, Progress


def truncate(
    codes: npt.ArrayLike,
    mean: npt.ArrayLike,
    *,
    psi: float = 0.7,
    cutoff: int | None = None,
    layered: bool | None = None,
    out: Receiver | None = None,
    progress: Progress | None = None,
) -> CodesResult:
    """Move codes towards a mean: mean + psi (w - mean), the truncation trick of StyleGAN.

    Parameters
    ----------
    codes
        (D,), (N, D), (L, D) or (N, L, D).
    mean
        (D,) or (L, D), the generator's own w_avg or the mean of some codes.
    psi
        What remains of the way from the mean: 1 leaves codes as they are, 0 gives the mean.
    cutoff
        Only the first so many layers.
    layered
        Whether two axes are (L, D); None: they are where there is a `cutoff`.
    out, progress
        As in `edit`.

    Returns
    -------
    CodesResult
        The distance is that of the result from the mean. Karras, Laine and Aila (2019).

    Examples
    --------
    >>> truncate([3.0, 5.0], [1.0, 1.0], psi=0.5).codes.tolist()
    [2.0, 3.0]
    """
    if not np.isfinite(psi):
        raise ParameterError("psi", psi, "a finite number")
    rows = Rows(codes, cutoff is not None if layered is None else layered)
    if cutoff is not None and not 0 < cutoff <= rows.layers:
        raise ParameterError("cutoff", cutoff, f"from 1 to the codes' {rows.layers} layers")
    center = np.asarray(mean, dtype=np.float64)
    while center.ndim > 1 and len(center) == 1:
        center = center[0]
    if center.shape not in (rows.shape[1:], rows.shape[-1:]):
        raise LatentError(
            f"a mean of shape {center.shape} does not fit codes of shape {rows.shape[1:]}; "
            f"{editing.SIZES}"
        )

    def distance(part: Array) -> Array:
        return np.linalg.norm((part - center).reshape(len(part), -1), axis=1)

    def change(part: Array) -> Array:
        return editing.truncate(part, center, psi, cutoff)

    walk = Walk(rows, [({}, change)], out, progress, {"distance": distance})
    return walk.result(
        ("row", "norm", "typicality", "distance", "z"),
        title="codes moved towards a mean",
        settings={"psi": psi, "cutoff": cutoff},
    )
