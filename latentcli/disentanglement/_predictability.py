"""Scores of every dimension for every factor, also with the factors shuffled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from latentcli.disentanglement._data import Data
from latentcli.disentanglement._single_dimension import Task, balanced_terms
from latentcli.disentanglement._squared_correlation import Targets, shares
from latentcli.disentanglement._train_test_split import influence, permuted_test_rows
from latentcli.numerics.parallel import each
from latentcli.numerics.types import Array, Progress


class _Dimension(NamedTuple):
    """Scores (K,) of one dimension, also balanced, with shuffled factors (P, K), and its models."""

    scores: Array
    balanced: Array
    null: Array
    models: list[Any]


@dataclass(frozen=True, eq=False)
class Predictability:
    """Scores (D, K) of every dimension for every factor; `null` is (P, D, K)."""

    data: Data
    tasks: Sequence[Task]
    targets: Sequence[Targets]
    scores: Array
    balanced: Array
    r2: Array
    null: Array
    models: list[list[Any]]
    elsewhere: Any = None
    """Who computes squared correlations of rows that are not at hand."""

    @classmethod
    def of(
        cls,
        data: Data,
        tasks: Sequence[Task],
        seed: int,
        progress: Progress | None,
        *,
        null: bool = True,
    ) -> Predictability:
        """Score all; `null` also with shuffled factors."""
        targets = [Targets.of(factor) for factor in data.factors]
        tested = [
            data.repeats.of(t.factor.known if t.estimator == "r2" else t.split.test)
            for t in tasks
        ]
        drawn = permuted_test_rows(tested, seed) if null else iter(())
        linear = [k for k, task in enumerate(tasks) if task.estimator == "r2"]
        everywhere = len(linear) == len(tasks)
        if everywhere and (found := data.correlated(targets, drawn)) is not None:
            r2 = found.r2 * data.alive[:, None]
            return cls(data, tasks, targets, r2, r2, r2, found.null, [], found)
        orders = [*drawn]
        r2, by_factor = shares(
            data.codes, targets, {k: [order[k] for order in orders] for k in linear}
        )
        r2 *= data.alive[:, None]
        shuffled = np.zeros((len(orders), *r2.shape))
        for k, one in by_factor.items():
            shuffled[:, :, k] = one
        if everywhere:
            return cls(data, tasks, targets, r2, r2, r2, shuffled, [])
        goals = [
            np.empty(0) if k in linear else _in_orders(task.goal, [one[k] for one in orders])
            for k, task in enumerate(tasks)
        ]

        def score(j: int) -> _Dimension:
            column = data.codes[:, j].astype(np.float64)
            return _score_dimension(column, r2[j], shuffled[:, j], tasks, goals)

        scored = each(score, range(data.dimensions), progress)
        scores, balanced, null_scores, models = zip(*scored, strict=True)
        return cls(
            data, tasks, targets, np.stack(scores), np.stack(balanced), r2,
            np.stack(null_scores, axis=1), list(models),
        )  # fmt: skip

    def best(self, k: int) -> Array:
        """Return the two dimensions that predict factor k best, or the only one."""
        return np.argsort(-self.scores[:, k], kind="stable")[:2]

    def deviations(self) -> tuple[float, list[float]]:
        """Return the standard deviations of the rows' influences: on the mean gap of the tested factors, and on each gap."""
        if self.elsewhere is not None:
            return self.elsewhere.deviations([self.best(k) for k in range(len(self.tasks))])
        moved = np.stack([self.influence(k) for k in range(len(self.tasks))])
        tested = moved[[task.tested for task in self.tasks]]
        each_gap = [float(one.std()) for one in moved]
        return float(tested.mean(axis=0).std()) if len(tested) else 0.0, each_gap

    def influence(self, k: int) -> Array:
        """Return the influence (G,) of each distinct row on the gap of factor k."""
        moved = [self._influence(int(j), k) for j in self.best(k)]
        return self.data.repeats.summed(moved[0] - moved[1] if len(moved) > 1 else moved[0])

    def _influence(self, j: int, k: int) -> Array:
        column, task = self.data.codes[:, j].astype(np.float64), self.tasks[k]
        if task.estimator == "r2":
            return self.targets[k].influence(column)
        if not task.tested:
            return np.zeros(self.data.rows)
        terms = task.terms(task.predict(self.models[j][k], column), task.goal)
        return influence(terms, task.split.test, self.data.rows)


def _in_orders(goal: Array, orders: Sequence[Array]) -> Array:
    """Return a goal (n,) as it is, then in each of P orders (P + 1, n)."""
    return np.stack([goal, *(goal[order] for order in orders)])


def _score_dimension(
    column: Array, r2: Array, null_r2: Array, tasks: Sequence[Task], goals: Sequence[Array]
) -> _Dimension:
    """Score one dimension (N,), sorted once, for all factors: what they are, then in other orders.

    `r2` (K,) and `null_r2` (P, K) are those of factors that are scored by squared correlation.
    """
    scores, balanced, null = r2.copy(), r2.copy(), null_r2.copy()
    models: list[Any] = [None] * len(tasks)
    order = np.argsort(column)
    ascending = column.take(order)
    for k, task in enumerate(tasks):
        if task.estimator == "r2":
            continue
        models[k] = task.fit(order, ascending)
        scores[k] = balanced[k] = null[:, k] = 0.0
        if not task.tested:
            continue
        predicted = task.predict(models[k], column)
        found = task.scores(predicted, goals[k])
        scores[k], null[:, k] = found[0], found[1:]
        if task.estimator == "svm":
            balanced[k] = float(balanced_terms(predicted, goals[k][0]).mean())
    return _Dimension(scores, balanced, null, models)
