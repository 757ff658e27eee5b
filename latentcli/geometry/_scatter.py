"""Scatter within and between classes, and the two indices made of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentcli.numerics.points import Points
from latentcli.numerics.types import Array


@dataclass(frozen=True)
class Scatter:
    """Classes of rows: how many rows and which mean each has, and how far rows are from it.

    `counts` (C,), `means` (C, D), `within` the sum of the squared distances of the rows to their
    class's mean, `between` the sum of those of the means to the mean of all, a row each; `reach`
    (C,) the mean distance of a class's rows to its mean.
    """

    counts: Array
    means: Array
    within: float
    between: float
    reach: Array

    def davies_bouldin(self) -> float | None:
        """Return the index of Davies and Bouldin (1979), 0 or more, less is better.

        None for one class, and where the means of two are the same.
        """
        apart = np.stack([np.linalg.norm(self.means - mean, axis=1) for mean in self.means])
        np.fill_diagonal(apart, np.inf)
        if len(apart) < 2 or not apart.all():
            return None
        return float(((self.reach[:, None] + self.reach) / apart).max(axis=1).mean())

    def calinski_harabasz(self) -> float | None:
        """Return the variance ratio of Calinski and Harabasz (1974), 1 without classes.

        None for one class, and where the rows of each are the same.
        """
        rows, classes = int(self.counts.sum()), len(self.counts)
        if classes < 2 or not self.within > 0 or rows == classes:
            return None
        return self.between * (rows - classes) / (self.within * (classes - 1))


def scatter(points: Points, labels: Array) -> Scatter:
    """Measure the classes (N,) of rows in two passes, block by block."""
    labels = np.unique(labels, return_inverse=True)[1]
    counts = np.bincount(labels)
    sums = np.zeros((len(counts), points.dimensions))
    for part, block in points.blocks():
        np.add.at(sums, labels[part], block)
    means = sums / counts[:, None]
    mean = sums.sum(axis=0) / len(points)
    squared, lengths = np.zeros(len(counts)), np.zeros(len(counts))
    for part, block in points.blocks():
        away = ((block - means[labels[part]]) ** 2).sum(axis=1)
        squared += np.bincount(labels[part], away, minlength=len(counts))
        lengths += np.bincount(labels[part], np.sqrt(away), minlength=len(counts))
    between = float((counts * ((means - mean) ** 2).sum(axis=1)).sum())
    return Scatter(counts, means, float(squared.sum()), between, lengths / counts)
