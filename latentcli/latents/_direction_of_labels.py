"""The direction of a label: one of its values against the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.latents._direction import DirectionResult, direction
from latentcli.latents._labels import labelled, two_valued


def direction_of_labels(
    codes: npt.ArrayLike,
    attributes: Mapping[str, npt.ArrayLike],
    attribute: str,
    *,
    value: str | None = None,
    balance: bool = True,
    **options: Any,
) -> DirectionResult:
    """Find the direction of a label that has two values, or of one value against the others.

    Parameters
    ----------
    codes
        (N, ...) codes.
    attributes
        Labels: columns (N,) by name, or a table's file.
    attribute
        The column of the attribute.
    value
        The value that has it; None: 1 or true.
    balance
        Weigh every combination of the other two-valued labels the same.
    **options
        As in `direction`.

    Raises
    ------
    LatentError
        For a column that is missing, has gaps, or one value only.
    UsageError
        For a column whose positive value is not plain.

    Examples
    --------
    >>> codes = [[0.0, 1.0], [1.0, 2.0], [2.0, 0.0], [3.0, 0.0]]
    >>> direction_of_labels(codes, {"young": [0, 0, 1, 1]}, "young").vector.tolist()
    [2.0, -1.5]
    """
    array = np.asarray(codes)
    mask = labelled(attributes, attribute, len(array), value)
    others = {
        name: np.asarray(column)
        for name, column in attributes.items()
        if balance and name != attribute and two_valued(np.asarray(column))
    }
    extra = None
    if others:
        coded = np.column_stack(
            [np.unique(c.astype(str), return_inverse=True)[1] for c in others.values()]
        )
        extra = (coded[mask], coded[~mask])
    found = direction(array[mask], array[~mask], others=extra, name=attribute, **options)
    settings = {**found.settings, "balanced_over": " ".join(others) or None}
    return replace(found, settings=settings)
