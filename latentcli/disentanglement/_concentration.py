"""How concentrated information is: on one factor for each dimension, in one dimension for each factor."""

from __future__ import annotations

from latentcli.disentanglement._train_test_split import mean_known
from latentcli.numerics.types import Array


def concentration(shares: Array) -> float | None:
    """Return max / sum of shares (n,), from 1 / n = 0 to 1; None of one share or of nothing.

    >>> import numpy as np
    >>> concentration(np.array([0.5, 0.0])), concentration(np.array([0.5, 0.5]))
    (1.0, 0.0)
    """
    total = float(shares.sum())
    if len(shares) < 2 or total <= 0:
        return None
    return (float(shares.max()) / total - 1 / len(shares)) / (1 - 1 / len(shares))


def infom(shares: Array) -> float | None:
    """Return the mean concentration of dimensions, the rows of `shares` (D, K)."""
    return mean_known([concentration(row) for row in shares])


def infoc(shares: Array) -> float | None:
    """Return the mean concentration of factors, the columns of `shares` (D, K)."""
    return mean_known([concentration(column) for column in shares.T])


def of_noise(shares: Array, evident: Array) -> float:
    """Return what rows without evident information contribute to the mean concentration of `shares` (n, K).

    Their shares are ratios of noise, which more data do not settle.
    """
    found = [concentration(row) for row in shares]
    known = [one for one in found if one is not None]
    noise = [
        one
        for one, is_evident in zip(found, evident, strict=True)
        if one is not None and not is_evident
    ]
    return sum(noise) / len(known) if known else 0.0
