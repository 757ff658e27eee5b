"""The types that every layer speaks of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy.typing as npt

Array = npt.NDArray[Any]
"""An array of numbers; docstrings say its shape."""

Progress = Callable[[int, int], None]
"""Called now and then with how much is done, and of how much."""
