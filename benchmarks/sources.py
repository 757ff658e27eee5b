"""Sources of codes and factors of which the truth is known: what samples of them give on average."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Source = Callable[[np.random.Generator, int], tuple[Any, Any]]


def _grid(rng: np.random.Generator, rows: int) -> Any:
    return rng.integers(0, [3, 4, 5], (rows, 3))


def _codes(rng: np.random.Generator, factors: Any, noise: float = 0.4) -> Any:
    """Return each factor with noise in a dimension, and two dimensions of noise."""
    near = factors + noise * rng.standard_normal(factors.shape)
    return np.hstack([near, rng.standard_normal((len(factors), 2))])


def two_models(rng: np.random.Generator, rows: int) -> tuple[dict[str, Any], Any]:
    """Return codes of two models that are one but for their noise, and the factors of both."""
    factors = _grid(rng, rows)
    return {name: _codes(rng, factors, 0.6) for name in "ab"}, factors


def clean(rng: np.random.Generator, rows: int) -> tuple[Any, Any]:
    factors = _grid(rng, rows)
    return _codes(rng, factors, 0.25), factors


def entangled(rng: np.random.Generator, rows: int) -> tuple[Any, Any]:
    factors = _grid(rng, rows)
    turn = np.linalg.qr(np.random.default_rng(1).standard_normal((5, 5)))[0]
    return _codes(rng, factors) @ turn, factors


def heavy_tails(rng: np.random.Generator, rows: int) -> tuple[Any, Any]:
    factors = _grid(rng, rows)
    return factors @ np.eye(3, 5) + 0.4 * rng.standard_t(2.5, (rows, 5)), factors


def rare_classes(rng: np.random.Generator, rows: int) -> tuple[Any, Any]:
    factors = np.stack([rng.choice(3, rows, p=p) for p in ([0.9, 0.05, 0.05], [0.6, 0.3, 0.1])], 1)  # fmt: skip
    return _codes(rng, factors), factors


def correlated(rng: np.random.Generator, rows: int) -> tuple[Any, Any]:
    factors = _grid(rng, rows)
    factors[:, 1] = np.where(rng.random(rows) < 0.6, factors[:, 0], factors[:, 1])
    return _codes(rng, factors), factors


def continuous(rng: np.random.Generator, rows: int) -> tuple[Any, Any]:
    factors = rng.random((rows, 3))
    return _codes(rng, 3 * factors, 0.3), factors


def dead(rng: np.random.Generator, rows: int) -> tuple[Any, Any]:
    codes, factors = entangled(rng, rows)
    return np.hstack([codes, np.zeros((rows, 1)), 0.01 * rng.standard_normal((rows, 1))]), factors  # fmt: skip


def noise(rng: np.random.Generator, rows: int) -> tuple[Any, Any]:
    return rng.standard_normal((rows, 5)), _grid(rng, rows)


SOURCES: dict[str, Source] = {
    "clean": clean, "entangled": entangled, "heavy tails": heavy_tails, "rare classes": rare_classes,
    "correlated": correlated, "continuous": continuous, "dead": dead, "noise": noise,
}  # fmt: skip
