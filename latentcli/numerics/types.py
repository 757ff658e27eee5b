"""The types that every layer speaks of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy.typing as npt

Array = npt.NDArray[Any]
"""An array of numbers; docstrings say its shape."""

Progress = Callable[[int, int], None]
"""Called now and then with how much is done, and of how much."""


class HasMatrix(Protocol):
    """What has rows (N, D) and their norms (N,), as a `Space` has."""

    @property
    def matrix(self) -> Array:
        """Rows (N, D)."""

    @property
    def norms(self) -> Array:
        """Euclidean norms (N,)."""
