"""Regressions on all dimensions, linear or by a kernel, that predict each row from the other folds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from latentcli.disentanglement._scaling import scales, standardized
from latentcli.numerics.repeats import Repeats
from latentcli.numerics.types import Array

FOLDS = 5
_WIDTHS = (0.1, 0.5, 2.0)
_PENALTIES = (1.0, 1e-2, 1e-4)
"""What the kernel's width (gamma times dimensions) and penalty are chosen from."""


def cross_predicted(
    codes: Array, targets: Array, estimator: str, seed: int, repeats: Repeats
) -> Array:
    """Return predictions (N, T) of targets, each row by a model of the other folds; rows that repeat each other share one."""
    fit: Callable[[Array, Array, Array], Array]
    fit = _linear if estimator == "linear" else _kernel
    shuffled = np.random.default_rng([seed, 12]).permutation(repeats.distinct)
    predicted = np.empty_like(targets, dtype=np.float64)
    for held_out in np.array_split(shuffled, FOLDS):
        test = repeats.whole(held_out)
        train = repeats.whole(np.setdiff1d(shuffled, held_out))
        mean, deviation = scales(codes[train])
        seen, new = (standardized(codes[part], mean, deviation) for part in (train, test))
        predicted[test] = fit(seen, targets[train], new)
    return predicted


def _linear(seen: Array, targets: Array, new: Array) -> Array:
    mean = targets.mean(axis=0)
    weights = np.linalg.lstsq(seen, targets - mean, rcond=None)[0]
    predicted: Array = new @ weights + mean
    return predicted


def _kernel(seen: Array, targets: Array, new: Array) -> Array:
    """Predict by kernel ridge regression, each target with what is best for a fifth of the rows."""
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    # On so few rows threads wait for each other: one is several times as fast.
    with threadpool_limits(1, user_api="blas"):
        return _validated(seen, targets, new)


def _validated(seen: Array, targets: Array, new: Array) -> Array:
    part = max(1, len(seen) // FOLDS)
    settings = [(width, penalty) for width in _WIDTHS for penalty in _PENALTIES]
    errors = [
        ((_ridge(seen[part:], targets[part:], seen[:part], *one) - targets[:part]) ** 2).sum(
            axis=0
        )
        for one in settings
    ]
    best = np.argmin(errors, axis=0)
    predicted = np.empty((len(new), targets.shape[1]))
    for place in np.unique(best):
        mine = best == place
        predicted[:, mine] = _ridge(seen, targets[:, mine], new, *settings[place])
    return predicted


def _ridge(seen: Array, targets: Array, new: Array, width: float, penalty: float) -> Array:
    from scipy.linalg import cho_factor, cho_solve
    from sklearn.metrics.pairwise import rbf_kernel

    gamma, mean = width / seen.shape[1], targets.mean(axis=0)
    inner = rbf_kernel(seen, gamma=gamma)
    inner[np.diag_indices_from(inner)] += penalty
    dual = cho_solve(cho_factor(inner, overwrite_a=True), targets - mean)
    predicted: Array = rbf_kernel(new, seen, gamma=gamma) @ dual + mean
    return predicted
