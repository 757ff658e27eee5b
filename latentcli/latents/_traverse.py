"""The verb `traverse`: each dimension of a code set to each of some values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError
from latentcli.latents import _editing as formulas
from latentcli.latents._changing import CodesResult, made
from latentcli.latents._streaming import Out, cast
from latentcli.latents._tensors import indices, named_layers, tensor
from latentcli.results import Picture, Record


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TraversalResult(CodesResult):
    """Codes with one dimension changed each; `dimensions` is the length of a code."""

    dimensions: int

    def pictures(self) -> tuple[Picture, ...]:
        """Return how the norm changes with each value of each dimension."""
        from latentcli.latents._pictures import traversal

        return traversal(self.records, self.dimensions)


def traverse(
    code: npt.ArrayLike,
    values: Sequence[float] = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0),
    *,
    dims: Sequence[int] | None = None,
    layers: Sequence[int] | None = None,
    axes: str = "",
    out: Out | None = None,
) -> TraversalResult:
    """Set each dimension of a code to each of some values, the others as they are.

    The usual way to see what the dimensions of a VAE mean (Higgins et al., 2017).

    Parameters
    ----------
    code
        (D,), (1, D), (C, H, W), ...: an array or the name of a file.
    values
        The values that each dimension takes.
    dims
        Dimensions, from 0, counted over all features; by default all.
    layers
        Of a code (L, D): set the dimension in these layers, from 0, at once.
    axes
        A letter for each axis: N samples, any other a feature; by default, the rule.
    out
        Takes the codes in place of the result: `out[a:b] = block`.

    Returns
    -------
    TraversalResult
        `codes` (dims, values, ...), each in the shape of `code`.

    Raises
    ------
    LatentError
        For several codes, layers of which none are named, or values that the dtype of `code` cannot hold.

    Examples
    --------
    >>> traverse([1.0, 2.0], [-1, 9], dims=[1]).codes.tolist()
    [[[1.0, -1.0], [1.0, 9.0]]]
    """
    given = tensor(code, "code", axes, layered=layers is not None)
    where = given.check_layers(layers)
    if given.samples > 1 or (given.layers is not None and where is None):
        more = "" if given.values.ndim < 2 else "; of a code of layers, `layers`"
        raise LatentError(
            f"`code`: shape {given.shape} is not one vector; name one, such as FILE[0]{more}"
        )
    chosen = indices(
        "dims", range(given.dimensions) if dims is None else dims, given.dimensions
    )
    numbers = np.asarray(values, dtype=np.float64).ravel()
    if not numbers.size or not np.isfinite(numbers).all():
        raise ParameterError("values", values, "one or more finite numbers")
    if len(chosen) * len(numbers) > formulas.MOST:
        count = len(chosen) * len(numbers)
        raise ParameterError(
            "dims", f"{count:,} codes", f"up to {formulas.MOST:,}; choose some"
        )
    cast(numbers, given.dtype)
    start = given.codes[0].astype(given.dtype)
    walked = formulas.traverse(start, chosen, numbers.tolist(), where)
    what: list[Record] = [
        {"dim": dim, "value": value} for dim in chosen for value in numbers.tolist()
    ]
    found = made(
        walked.reshape(*walked.shape[:2], *given.shape),
        given,
        what,
        given.shape,
        out=out,
        title=f"traversal of {given.description}",
        settings={
            "dims": "all" if dims is None else " ".join(map(str, chosen)),
            "values": " ".join(f"{value:g}" for value in numbers),
            "layers": named_layers(layers),
            **given.settings,
        },
        notes=given.notes,
    )
    parts = {field.name: getattr(found, field.name) for field in fields(found)}
    return TraversalResult(**parts, dimensions=given.dimensions)
