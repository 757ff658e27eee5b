"""Images of one shape each, with known factors: shape, scale, rotation, x and y.

None of the shapes is symmetric under the rotations that are drawn (0 to 75 degrees), so that each
image belongs to one combination of factors.
"""

from __future__ import annotations

from itertools import product

import numpy as np

SIZE = 32
FACTORS: dict[str, tuple] = {
    "shape": ("triangle", "heart", "corner"),
    "scale": (0.6, 0.75, 0.9, 1.05),
    "rotation": (0, 15, 30, 45, 60, 75),
    "x": tuple(range(8)),
    "y": tuple(range(8)),
}
"""The classes of each factor; x and y count places from left to right, from top to bottom."""

_SUBPIXELS = 3
_ROOM = 0.45
"""How far from the middle a shape's place goes, where the picture is from -1 to 1."""


def _triangle(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return (v < 0.8) & (v > 2.4 * np.abs(u) - 0.8)


def _heart(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    a, b = 1.25 * u, -1.25 * v + 0.15
    return (a**2 + b**2 - 0.6) ** 3 - 0.9 * a**2 * b**3 < 0


def _corner(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    inside = (np.abs(u) < 0.75) & (np.abs(v) < 0.75)
    return inside & ((u < -0.25) | (v > 0.25))


_SHAPES = {"triangle": _triangle, "heart": _heart, "corner": _corner}


def render() -> tuple[np.ndarray, list[tuple]]:
    """Return all images (N, 1, 32, 32) from 0 to 1 and the factors of each."""
    steps = (np.arange(SIZE * _SUBPIXELS) + 0.5) / (SIZE * _SUBPIXELS) * 2 - 1
    across, down = np.meshgrid(steps, steps)
    images, rows = [], []
    for shape, scale, rotation, x, y in product(*FACTORS.values()):
        u = across - (x / 7 * 2 - 1) * _ROOM
        v = down - (y / 7 * 2 - 1) * _ROOM
        turn = np.deg2rad(rotation)
        size = scale * 0.5
        a = (np.cos(turn) * u + np.sin(turn) * v) / size
        b = (-np.sin(turn) * u + np.cos(turn) * v) / size
        fine = _SHAPES[shape](a, b).astype(np.float32)
        coarse = fine.reshape(SIZE, _SUBPIXELS, SIZE, _SUBPIXELS).mean(axis=(1, 3))
        images.append(coarse[None])
        rows.append((shape, scale, rotation, x, y))
    return np.stack(images), rows
