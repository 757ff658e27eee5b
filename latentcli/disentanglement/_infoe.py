"""The explicitness of InfoMEC (InfoE): how much a logistic regression on all dimensions says of a factor."""

from __future__ import annotations

import numpy as np

from latentcli.disentanglement import _attribution as attribution
from latentcli.disentanglement._data import Data
from latentcli.disentanglement._scaling import for_classes
from latentcli.disentanglement._train_test_split import split
from latentcli.numerics.types import Array

_HELD_OUT = 0.2
"""Share of the rows on which `infoe_heldout` is computed."""


def explicitness(data: Data) -> dict[str, float]:
    """Return by the name of each factor 1 - cross-entropy / log M on the rows learned from.

    The classes weigh the same, so without codes each is as likely as any other: log M.
    """
    return {
        factor.name: _one(data, k, factor.known, factor.known)
        for k, factor in enumerate(data.factors)
    }


def held_out_explicitness(data: Data, seed: int) -> dict[str, float]:
    """Return the same on held-out rows; below 0 where the regression has learned noise."""
    found = {}
    for k, factor in enumerate(data.factors):
        train, test = split(factor.labels, test=_HELD_OUT, seed=seed, repeats=data.repeats)
        if len(test):
            found[factor.name] = _one(data, k, train, test)
    return found


def _one(data: Data, k: int, train: Array, test: Array) -> float:
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    factor = data.factors[k]
    # scikit-learn's tolerance is for the mean loss, the published one for the sum of losses.
    model = LogisticRegression(
        C=np.inf, class_weight="balanced", max_iter=100, tol=1e-4 / len(train)
    )
    # Products of so few numbers take several times as long in several threads.
    codes = for_classes(data.codes, factor.size)
    with attribution.quiet(), threadpool_limits(1, user_api="blas"):
        model.fit(codes[train], factor.labels[train])
    probabilities = model.predict_proba(data.codes[test].astype(np.float64))
    left = log_loss(factor.labels[test], probabilities, labels=model.classes_)
    return float(1.0 - left / np.log(factor.size))
