"""Predictors of growing capacity for DCI-ES, and what they predict of held-out rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from latentcli.disentanglement._data import Data, Factor
from latentcli.disentanglement._scaling import scales, standardized
from latentcli.disentanglement._train_test_split import Split
from latentcli.numerics.parallel import each
from latentcli.numerics.types import Array, Progress

FEATURES = (0, 16, 32, 64, 128, 256, 512, 1024)
"""Random Fourier features beside the codes."""

DEPTHS = (1, 2, 3, 4, 8, 10, 12, 14, 16, 18, 20, 32)
"""Depths of forests, as in the authors' settings."""

_TREES = 10
_PENALTY = 1e-4
_WAVES = (1.0, 2.0, 4.0)
"""Deviations of the frequencies of features, in turn, of standardized codes in one direction."""


@dataclass(frozen=True, eq=False)
class Probed:
    """What predictors of `capacities` (P,), ascending, predict of a factor.

    `predicted` (P, n) and `target` (n,) are classes; of a regression (P, n, T) and (n, T) numbers.
    """

    capacities: Array
    regression: bool
    predicted: Array
    target: Array

    def losses(self, target: Array) -> Array:
        """Return the loss of each row (P, n), whose mean is 1 - r2 of a regression, or 1 - accuracy."""
        if not self.regression:
            return np.asarray(self.predicted != target, dtype=np.float64)
        variance = float(target.var(axis=0).sum()) or 1.0
        found: Array = ((self.predicted - target) ** 2).sum(axis=-1) / variance
        return found


def random_features(
    data: Data, parts: Split, seed: int, progress: Progress | None
) -> list[Probed]:
    """Fit ridge regressions on codes and more and more random Fourier features (Rahimi and Recht, 2007)."""
    train, test = _codes(data, parts)
    most = max(FEATURES[1], len(train) // 4)
    counts = [one for one in FEATURES if one <= most]
    waves = _frequencies(train.shape[1], counts[-1] // 2, seed)
    seen, new = (np.hstack([codes, _cosines(codes, waves)]) for codes in (train, test))
    mean = seen.mean(axis=0)
    seen, new = seen - mean, new - mean
    inner = seen.T @ seen
    inner[np.diag_indices_from(inner)] += _PENALTY * len(seen)
    widths = [train.shape[1] + one for one in counts]
    capacities = np.log(widths)

    def fit(factor: Factor) -> Probed:
        regression = factor.kind == "continuous"
        target = _targets(factor, parts.train)
        outer, middle = seen.T @ (target - target.mean(axis=0)), target.mean(axis=0)
        predicted = []
        for width in widths:
            weights = np.linalg.solve(inner[:width, :width], outer[:width])
            values = new[:, :width] @ weights + middle
            predicted.append(values if regression else values.argmax(axis=1))
        return Probed(capacities, regression, np.stack(predicted), _goal(factor, parts.test))

    return each(fit, data.factors, progress)


def forests(data: Data, parts: Split, seed: int, progress: Progress | None) -> list[Probed]:
    """Fit random forests of growing depth."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    train, test = _codes(data, parts)

    def fit(factor: Factor) -> Probed:
        regression = factor.kind == "continuous"
        kind = RandomForestRegressor if regression else RandomForestClassifier
        goal, predicted = _goal(factor, parts.train), []
        for depth in DEPTHS:
            model = kind(n_estimators=_TREES, max_depth=depth, random_state=seed)
            made = model.fit(train, goal[:, 0] if goal.shape[1:] == (1,) else goal).predict(
                test
            )
            predicted.append(made.reshape(len(test), -1) if regression else made)
        depths = np.array(DEPTHS, dtype=np.float64)
        return Probed(depths, regression, np.stack(predicted), _goal(factor, parts.test))

    return each(fit, data.factors, progress)


PROBES: dict[str, Callable[[Data, Split, int, Progress | None], list[Probed]]] = {
    "rff": random_features,
    "forest": forests,
}
"""The families of predictors by the name of the estimator."""


def _codes(data: Data, parts: Split) -> tuple[Array, Array]:
    """Return training and test rows of the dimensions that change, standardized by the training rows."""
    codes = data.codes[:, data.alive]
    mean, deviation = scales(codes[parts.train])
    train, test = (standardized(codes[rows], mean, deviation) for rows in parts)
    return train, test


def _goal(factor: Factor, rows: Array) -> Array:
    return (factor.targets if factor.kind == "continuous" else factor.labels)[rows]


def _targets(factor: Factor, rows: Array) -> Array:
    """Return what a regression learns (n, M): the values, or an indicator for each class."""
    if factor.kind == "continuous":
        return factor.targets[rows]
    return np.asarray(factor.labels[rows][:, None] == np.arange(factor.size), dtype=np.float64)


def _frequencies(dimensions: int, count: int, seed: int) -> Array:
    random = np.random.default_rng([seed, 23])
    scale = np.resize(_WAVES, count) / np.sqrt(max(dimensions, 1))
    return np.asarray(random.normal(size=(dimensions, count)) * scale)


def _cosines(codes: Array, waves: Array) -> Array:
    """Return cosines and sines (n, 2 F), side by side, so that the first so many are features of their own."""
    phases = codes @ waves
    found = np.stack([np.cos(phases), np.sin(phases)], axis=2)
    return np.asarray(found.reshape(len(codes), -1))
