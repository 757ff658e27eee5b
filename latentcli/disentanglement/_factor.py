"""A ground-truth factor: its classes and values, of all rows or of some."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from latentcli.numerics.types import Array


@dataclass(frozen=True, eq=False)
class Factor:
    """A ground-truth factor.

    `labels` (N,) are its classes as numbers from 0, -1 in rows where it is missing; `classes` their
    names; `values` (N,) what it is as a number: the classes' place in their order for text, NaN where
    it is missing. A factor of kind "continuous" is cut into equally wide classes. A factor with a
    `period` is an angle: its values are from 0 to below the period.
    """

    name: str
    kind: str
    labels: Array
    classes: tuple[str, ...]
    values: Array
    period: float | None = None

    @property
    def size(self) -> int:
        """How many classes there are."""
        return len(self.classes)

    @cached_property
    def known(self) -> npt.NDArray[np.intp]:
        """The rows (n,) that have it, ascending."""
        return np.flatnonzero(self.labels >= 0)

    @property
    def rows(self) -> int:
        """How many rows have it."""
        return len(self.known)

    @property
    def complete(self) -> bool:
        """Whether all rows have it."""
        return self.rows == len(self.labels)

    @property
    def targets(self) -> Array:
        """What a regression predicts (N, T): the values, or cosine and sine of an angle."""
        if self.period is None:
            return self.values[:, None]
        angle = 2 * np.pi / self.period * self.values
        return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def relabeled(factor: Factor, rows: Array) -> Factor:
    """Return a factor of some rows; classes that do not occur among them are gone."""
    chosen = factor.labels[rows]
    used = np.unique(chosen[chosen >= 0])
    labels = np.where(chosen >= 0, np.searchsorted(used, chosen), -1)
    classes = tuple(factor.classes[i] for i in used)
    return replace(factor, labels=labels, classes=classes, values=factor.values[rows])
