"""The predictors of DCI: importances of dimensions for a factor, and predictions of held-out rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from latentcli.disentanglement._attribution import quiet
from latentcli.disentanglement._data import Data, Factor
from latentcli.disentanglement._scaling import scales, standardized
from latentcli.disentanglement._train_test_split import Split, influence
from latentcli.numerics.gradient_boosting import fit_predict
from latentcli.numerics.parallel import Steps, each, processes
from latentcli.numerics.types import Array, Progress
from latentcli.results import Record


class _Predictions(NamedTuple):
    """Importances (D,), and what is predicted for training and test rows."""

    importances: Array
    train: Array
    test: Array


Fit = Callable[[Array, Array, Array, int, Callable[[], None]], _Predictions]
"""Takes training codes (N, D), their labels or values (N,), test codes, a seed, a step's callback."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """A predictor fitted to a factor.

    `score` is the accuracy, or r2 of a regression, on test rows, None without any; `train_score` the
    same on training rows; `influences` (N,) those of each row (of those that are distinct) on the score; `predicted` and
    `target` of the test rows.
    """

    importances: Array
    regression: bool
    train_score: float
    score: float | None
    influences: Array
    predicted: Array
    target: Array

    @property
    def nrmse(self) -> float | None:
        """The root mean squared error of a regression, divided by the deviation of the values."""
        if not self.regression or self.score is None:
            return None
        return float(np.sqrt(max(0.0, 1 - self.score)))

    def shuffled_score(self, order: Array) -> float | None:
        """Return the score with the test rows' targets in another order."""
        if self.score is None:
            return None
        return float(score_terms(self.predicted, self.target[order], self.regression).mean())


def score_terms(predicted: Array, target: Array, regression: bool) -> Array:
    """Return terms (n,) whose mean is r2 of a regression, or the accuracy of a classifier.

    A regression may predict several numbers (n, T) at once, cosine and sine of an angle: r2 is their
    share of the summed variance.
    """
    if not regression:
        return (predicted == target).astype(np.float64)
    # Where all values are the same there is no variance to explain.
    target = target[:, None] if target.ndim == 1 else target
    variance = float(target.var(axis=0).sum()) if len(target) else 0.0
    missed = (predicted.reshape(target.shape) - target) ** 2
    return np.asarray(1 - missed.sum(axis=1) / (variance or 1.0))


@dataclass(frozen=True)
class Predictor:
    """A way to fit and predict; `regresses` says of which kinds of factors it predicts values."""

    run: Fit
    settings: Record
    regresses: tuple[str, ...] = ()
    steps: int = 1

    def fit(
        self, data: Data, factor: Factor, parts: Split, seed: int, step: Callable[[], None]
    ) -> Fitted:
        """Fit to the training rows of a factor, and score on its test rows."""
        regression = factor.kind in self.regresses
        target = factor.targets if regression else factor.labels
        if factor.period is None and regression:
            target = target[:, 0]
        # Trees depend on order alone, but take codes in single precision: small ones would be lost.
        mean, deviation = scales(data.codes[parts.train])
        train, test = (standardized(data.codes[rows], mean, deviation) for rows in parts)
        found = self.run(train, target[parts.train], test, seed, step)
        learnt = score_terms(found.train, target[parts.train], regression)
        tested = score_terms(found.test, target[parts.test], regression)
        return Fitted(
            found.importances,
            regression,
            float(learnt.mean()),
            float(tested.mean()) if len(tested) else None,
            data.repeats.summed(influence(tested, parts.test, data.rows)),
            found.test,
            target[parts.test],
        )


ROUNDS, DEPTH, LEARNING_RATE = 100, 3, 0.1
ALPHA = 0.02
TREES, TREE_DEPTH = 10, 12

_LONG = 2_000_000
"""Numbers times classes from which boosting takes seconds, and processes are worth their start."""


def _boosting(
    train: Array, labels: Array, test: Array, seed: int, step: Callable[[], None] | None
) -> _Predictions:
    found = fit_predict(
        train, labels, test, n_estimators=ROUNDS, max_depth=DEPTH, learning_rate=LEARNING_RATE,
        seed=seed, step=step,
    )  # fmt: skip
    return _Predictions(found.importances, found.train_predictions, found.test_predictions)


def _boosting_elsewhere(call: Callable[..., Any]) -> Fit:
    """Return boosting in processes: its short steps hold the interpreter, for which threads wait."""

    def run(
        train: Array, labels: Array, test: Array, seed: int, step: Callable[[], None]
    ) -> _Predictions:
        found: _Predictions = call(_boosting, train, labels, test, seed, None)
        for _ in range(ROUNDS):
            step()
        return found

    return run


def _lasso(
    train: Array, values: Array, test: Array, seed: int, step: Callable[[], None]
) -> _Predictions:
    from sklearn.linear_model import Lasso

    mean, deviation = scales(values)
    model = Lasso(alpha=ALPHA)
    model.fit(train, standardized(values, mean, deviation))
    step()
    predicted = [_predict(model, rows) * deviation + mean for rows in (train, test)]
    weights = np.abs(np.atleast_2d(model.coef_)).sum(axis=0)
    return _Predictions(weights, *predicted)


def _forest(
    train: Array, target: Array, test: Array, seed: int, step: Callable[[], None]
) -> _Predictions:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    kind = RandomForestRegressor if target.dtype.kind == "f" else RandomForestClassifier
    model = kind(n_estimators=TREES, max_depth=TREE_DEPTH, max_features=None, random_state=seed)
    model.fit(train, target)
    step()
    return _Predictions(
        model.feature_importances_, _predict(model, train), _predict(model, test)
    )


def _predict(model: Any, rows: Array) -> Array:
    """Return a model's predictions for rows, of which there may be none."""
    return model.predict(rows) if len(rows) else np.empty(0)


PREDICTORS = {
    "boosting": Predictor(
        _boosting,
        {"n_estimators": ROUNDS, "max_depth": DEPTH, "learning_rate": LEARNING_RATE},
        steps=ROUNDS,
    ),
    "lasso": Predictor(_lasso, {"alpha": ALPHA}, regresses=("discrete", "continuous")),
    "forest": Predictor(
        _forest, {"n_estimators": TREES, "max_depth": TREE_DEPTH}, regresses=("continuous",)
    ),
}
"""The predictors by the name of the estimator."""

BOOSTED_CLASSES = 256
"""Classes that are boosted, which grows a tree for each in each round; more would take many minutes."""


def predictors_of(estimator: str, data: Data, limit: int | None) -> list[Predictor]:
    """Return the predictor of each factor: without a `limit`, boosting of any number of classes."""
    few = BOOSTED_CLASSES if estimator == "boosting" and limit else np.inf
    return [
        PREDICTORS[estimator if factor.size <= few else "forest"] for factor in data.factors
    ]


def fit_each(
    predictors: Sequence[Predictor],
    data: Data,
    splits: Sequence[Split],
    seed: int,
    progress: Progress | None = None,
) -> list[Fitted]:
    """Fit its predictor to each factor."""
    steps = Steps(progress, sum(one.steps for one in predictors))

    def fit(k: int) -> Fitted:
        return predictors[k].fit(data, data.factors[k], splits[k], seed, steps.advance)

    boosted = [data.factors[k].size for k, one in enumerate(predictors) if one.run is _boosting]
    with ExitStack() as stack:
        stack.enter_context(
            quiet()
        )  # slow convergence of a lasso, which importances hardly feel
        if len(boosted) > 1 and data.codes.size * sum(boosted) > _LONG:
            run = _boosting_elsewhere(stack.enter_context(processes()))
            predictors = [
                replace(one, run=run) if one.run is _boosting else one for one in predictors
            ]
        return each(fit, range(len(data.factors)))
