"""Made codes beside real ones: which code of a reference is nearest to each, and its label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError
from latentcli.latents._changing import CodesResult
from latentcli.latents._holes import kth_nearest
from latentcli.latents._labels import labels_of
from latentcli.latents._tensors import norms_of, tensor
from latentcli.results import Record

Made = TypeVar("Made", bound=CodesResult)


def with_nearest(
    result: Made,
    reference: npt.ArrayLike,
    *,
    labels: Sequence[object] | None = None,
    axes: str = "",
) -> Made:
    """Add to each record of a verb that made codes the nearest code of a reference.

    Parameters
    ----------
    result
        Of `edit`, `truncate`, `mix`, `traverse`, `grid` or `sample_z`, with its codes. (`interp` has a
        `reference` of its own.)
    reference
        Real codes (M, ...) of the same size: an array or the name of a file.
    labels
        A label (M,) of each of them.
    axes
        A letter for each axis of the reference: N samples, L layers, any other a feature; by default its
        first axis is samples.

    Returns
    -------
    The same result with `nearest` (its row), `nearest_distance` (Euclidean) and `nearest_label` in the
    records.

    Raises
    ------
    LatentError
        For a result without codes, or codes of another size.

    Examples
    --------
    >>> import latentcli
    >>> moved = latentcli.edit([[0.0, 0.0]], [1.0, 0.0], by=[1, 4])
    >>> found = with_nearest(moved, [[1.0, 1.0], [5.0, 0.0]], labels=["cat", "dog"])
    >>> [(row["nearest"], row["nearest_label"]) for row in found.records]
    [(0, 'cat'), (1, 'dog')]
    """
    if result.codes is None:
        raise LatentError("the result holds no codes: `out` took them")
    real = tensor(reference, "reference", axes or _samples(reference))
    rows = real.values.reshape(real.samples, -1)
    count = len(result.records)
    if not count or result.records[0].get("row", 0) is None:
        note = "the nearest codes are shown of up to 1,000 codes"
        return replace(result, notes=(*result.notes, note))
    codes = np.asarray(result.codes).reshape(count, -1).astype(np.float64)
    if codes.shape[1] != rows.shape[1]:
        raise LatentError(
            f"`reference` has codes of {rows.shape[1]:,} numbers, these have {codes.shape[1]:,}"
        )
    norms = norms_of(rows)[:, 0]
    away, nearest = kth_nearest(rows, norms, codes, 1, [()] * count)
    names = None if labels is None else labels_of(labels, len(rows), nearest)
    records: list[Record] = []
    for index, record in enumerate(result.records):
        more: Record = {"nearest": int(nearest[index]), "nearest_distance": float(away[index])}
        if names is not None:
            more["nearest_label"] = names[index]
        shown = {key: value for key, value in record.items() if key != "z"}
        records.append({**shown, **more, "z": record.get("z")})
    return replace(result, columns=tuple(records[0]), records=records)


def _samples(reference: npt.ArrayLike) -> str:
    """Return axes whose first is samples and the others features."""
    count = np.ndim(getattr(reference, "values", reference))
    return f"N{'ABCDEFGHIJ'[: max(1, count - 1)]}" if count > 1 else ""
