"""The verbs `pca_directions` and `sefa_directions`: directions without labels, from codes or from weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError
from latentcli.latents import _components as formulas
from latentcli.latents._tensors import Tensor, tensor
from latentcli.numerics.axes import described
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import unit
from latentcli.results import Picture, Record, Result

K = 10
"""How many directions, where there are so many."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ComponentsResult(Result):
    """Directions found without labels, the strongest first.

    Attributes
    ----------
    codes
        The directions (k, ...), each in the shape of a code, at length 1; the largest number of each
        is positive.
    explained_variance
        Of codes: the variance along each (k,). Of weights: the eigenvalues.
    explained_variance_ratio
        Their share of the whole (k,).
    mean
        Of the codes, in the shape of one; None for weights.
    """

    codes: Array
    explained_variance: Array
    explained_variance_ratio: Array
    mean: Array | None

    def pictures(self) -> tuple[Picture, ...]:
        """Return the share of the whole along each direction."""
        from latentcli.latents._pictures import shares_of_components

        return shares_of_components(self.records)

    @property
    def meta(self) -> dict[str, Any]:
        """What goes into a file beside the directions."""
        return {"directions": {"explained_variance": self.explained_variance.tolist()}}


def pca_directions(
    codes: npt.ArrayLike | Sequence[npt.ArrayLike],
    *,
    k: int | None = None,
    axes: str = "",
    progress: Progress | None = None,
) -> ComponentsResult:
    """Find the principal components of codes: the directions of GANSpace (Harkonen et al., 2020).

    Codes are read block by block: a mapped file of any number of rows takes little memory.

    Parameters
    ----------
    codes
        (N, ...) codes, N > 1: an array or the name of a file, or a list of these, whose codes are taken
        together. Layers and features together are one vector.
    k
        How many, from 1 to the number of dimensions, or of codes less one; None is 10, or all if fewer.
    axes
        A letter for each axis of the codes: N samples, L layers, any other a feature; by default, the rule.
    progress
        Called with codes done and in all, once for each pass.

    Returns
    -------
    ComponentsResult
        Records of `component`, `sd` (standard deviation along it), `explained_variance`, its `ratio` to
        the whole and the `cumulative` ratio.

    Raises
    ------
    LatentError
        For fewer than two codes, or codes that are all the same.

    Examples
    --------
    >>> found = pca_directions([[0.0, 0.0], [2.0, 0.1], [4.0, 0.0], [6.0, 0.1]], k=1)
    >>> found.codes.round(3).tolist(), found.explained_variance.round(3).tolist()
    ([[1.0, 0.01]], [6.667])
    """
    sets = [tensor(one, "codes", axes) for one in _sets(codes)]
    given = sets[0]
    for one in sets:
        if one.code_shape != given.code_shape:
            raise LatentError(
                f"`codes`: sets of codes of shape {given.code_shape} and {one.code_shape}"
            )
    if sum(one.samples for one in sets) < 2:
        raise LatentError("`codes`: principal components need two codes or more")
    rows = formulas.rows_in_blocks([one.codes for one in sets], progress)
    center, count = formulas.mean_of(rows)
    most = min(len(center), count - 1)
    k = _count(k, most)
    found = formulas.components(rows, center, count, k, count - 1)
    if not found.total > 0:
        raise LatentError("all codes are the same: there is no direction")
    notes = [*dict.fromkeys(note for one in sets for note in one.notes)]
    if count <= len(center):
        notes.append(
            f"{count:,} codes of {len(center):,} numbers: fewer codes than dimensions overstate the "
            "first components"
        )
    return _result(
        found.vectors.reshape(k, *given.code_shape), found.variances, found.total,
        center.reshape(given.code_shape), f"principal components of {_described(sets, count)}",
        {"k": k, "codes_count": count, **given.settings, "dtype": "float64"}, notes,
    )  # fmt: skip


def sefa_directions(
    weights: npt.ArrayLike | Sequence[npt.ArrayLike],
    *,
    k: int | None = None,
    normalize: bool = False,
) -> ComponentsResult:
    """Find directions from a layer's weights: closed-form factorization (SeFa: Shen and Zhou, 2021).

    The eigenvectors of A^T A, the directions in which the layer's output changes most.

    Parameters
    ----------
    weights
        A (M, D): outputs x inputs, as PyTorch keeps the weight of a linear layer; or several of them,
        whose outputs are taken together. Arrays or names of files.
    k
        How many, from 1 to D; None is 10, or all if fewer.
    normalize
        Scale each output's weights to length 1 first, as the authors' code does.

    Returns
    -------
    ComponentsResult
        Records of `component`, `eigenvalue`, its `ratio` to the sum of all, the `cumulative` ratio.

    Raises
    ------
    LatentError
        For weights that are no matrix, or of different numbers of inputs.

    Examples
    --------
    >>> sefa_directions([[0.0, 3.0], [1.0, 0.0]], k=2).codes.round(6).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    given = [
        np.asarray(tensor(one, "weights", axes="ND").values, np.float64)
        for one in _matrices(weights)
    ]
    if len({one.shape[1] for one in given}) > 1:
        shapes = ", ".join(str(one.shape) for one in given)
        raise LatentError(f"`weights` have different numbers of inputs: {shapes}")
    matrix = np.concatenate(given)
    if normalize:
        matrix = unit(matrix)
    k = _count(k, matrix.shape[1])
    values, vectors = np.linalg.eigh(matrix.T @ matrix)
    values = np.maximum(values[::-1], 0.0)
    if not values[0] > 0:
        raise LatentError("`weights` are all zero: there is no direction")
    outputs, inputs = matrix.shape
    return _result(
        formulas.signed(vectors[:, ::-1][:, :k].T), values[:k], float(values.sum()), None,
        f"closed-form factorization of weights, {outputs:,} outputs x {inputs:,} inputs",
        {"k": k, "normalize": normalize, "outputs": outputs, "inputs": inputs}, (),
        name="eigenvalue",
    )  # fmt: skip


def _count(k: int | None, most: int) -> int:
    if k is None:
        return min(K, most)
    if not 1 <= k <= most:
        raise ParameterError("k", k, f"from 1 to {most:,}")
    return k


def _sets(codes: Any) -> list[Any]:
    """Return the sets of codes in a list of arrays; a nested list of numbers is one set."""
    several = isinstance(codes, list | tuple) and all(
        hasattr(one, "__array__") for one in codes
    )
    return list(codes) if several and codes else [codes]


def _described(sets: Sequence[Tensor], count: int) -> str:
    """Return in words what codes there are, of how many sets."""
    if len(sets) == 1:
        return sets[0].description
    shape, axes = sets[0].code_shape, sets[0].axes.removeprefix("N")
    return f"{described((count, *shape), f'N{axes}')} in {len(sets)} sets"


def _matrices(weights: Any) -> list[Any]:
    """Return one matrix, or several, as a list."""
    several = isinstance(weights, list | tuple)
    if several and all(np.ndim(getattr(one, "values", one)) > 1 for one in weights):
        return list(weights)
    return [weights]


def _result(
    vectors: Array,
    variances: Array,
    total: float,
    mean: Array | None,
    title: str,
    settings: Record,
    notes: Sequence[str],
    name: str = "explained_variance",
) -> ComponentsResult:
    ratios = variances / total
    cumulative = np.cumsum(ratios)
    records: list[Record] = [
        {
            "component": index,
            **({} if mean is None else {"sd": float(variances[index] ** 0.5)}),
            name: float(variances[index]),
            "ratio": float(ratios[index]),
            "cumulative": float(cumulative[index]),
        }
        for index in range(len(variances))
    ]
    return ComponentsResult(
        codes=vectors,
        explained_variance=variances,
        explained_variance_ratio=ratios,
        mean=mean,
        title=title,
        columns=tuple(records[0]),
        records=records,
        summary={"total": total},
        settings=settings,
        notes=tuple(notes),
    )
