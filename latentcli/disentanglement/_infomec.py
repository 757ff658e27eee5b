"""InfoMEC: modularity, compactness and explicitness of information."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.disentanglement import _attribution as owners
from latentcli.disentanglement._confidence import estimates
from latentcli.disentanglement._data import Data, prepare
from latentcli.disentanglement._mutual_information import Cut, Information
from latentcli.disentanglement._score import About, Row, Score, Value
from latentcli.disentanglement._train_test_split import mean_known
from latentcli.errors import check_choice
from latentcli.numerics.types import Array

ABOUT = About(
    title="InfoMEC: InfoM, InfoC and InfoE",
    definition=(
        "with N = I(z; v) / H(v): InfoM is the mean over active dimensions of max N / sum N over "
        "factors, InfoC that over factors of max N / sum N over active dimensions, each from chance "
        "(1/K, 1/D) = 0 to 1; InfoE is the share of a factor's entropy that a logistic regression on "
        "all dimensions explains"
    ),
    range="0 to 1",
    best="1: modular, compact and explicit",
    source="Hsu, Dorrell, Whittington, Wu and Finn, 2023",
    blind="InfoM and InfoC are ratios: read them with InfoE, and with what chance gives",
    beside=("infom", "infoc", "infoe"),
    likes={"infomec": {"estimator": "knn", "neighbors": 10}},
    unlike=(
        "infomec calls a dimension active by its range, which one outlier decides; here by its "
        "standard deviation, a twentieth of the largest. A dimension that tells nothing is left out "
        "of InfoM, which would be NaN"
    ),
)

_ACTIVE = 20
"""A dimension is active when it varies at least this part of the one that varies most."""


def infomec(
    codes: Any,
    factors: Any = None,
    *,
    bins: int = 20,
    binning: str = "width",
    limits: tuple[float, float] = (-4.0, 4.0),
    estimator: str = "knn",
    neighbors: int = 10,
    limit: int | None = 10_000,
    ci: float | None = 0.95,
    seed: int = 0,
) -> Score:
    """Score modularity, compactness and explicitness of codes (N, D) for factors (N, K).

    Parameters
    ----------
    estimator
        "knn", as published: nearest neighbours on codes made standard, and `neighbors` of them, on at
        most `limit` rows drawn by `seed`; or "plugin": counts of bins.

    Returns
    -------
    Score
        `infom`, `infoc`, `infoe`, and their `infomec` mean, which is the value; `infom_corrected` and
        `infoc_corrected` are of bias-corrected counts, with intervals and what chance gives; dimensions
        that tell nothing beyond chance are left out of the first.
    """
    check_choice("estimator", estimator, owners.ESTIMATORS)
    data = prepare(codes, factors)
    cut = Cut(bins, binning, limits)
    counts = data.counts(cut)
    active = _active(data)
    fitted = data.standard(limit, seed)
    mutual = counts.mutual
    if estimator == "knn":
        # A rare class may be in none of the rows that were drawn.
        drawn = [factor.name in fitted.factor_names for factor in data.factors]
        mutual = np.zeros_like(mutual)
        mutual[:, drawn] = owners.nearest(fitted, neighbors, seed)
    shares = np.maximum(mutual, 0.0) / counts.factor_entropy
    explicit = _explicitness(fitted)
    summary = _summary(shares, active, explicit)
    told = active & np.asarray(counts.told.any(axis=1))
    for name, statistic, which in (("infom", _infom, told), ("infoc", _infoc, active)):
        found = estimates(
            name,
            lambda it, of=statistic, these=which: of(_shares(it), these),  # type: ignore[misc]
            data,
            cut,
            ci=ci,
            seed=seed,
        )
        summary |= {key: value for key, value in found.items() if key != name}
    rows: list[Row] = [
        {
            "factor": factor.name,
            "dimension": data.names[int(shares[:, k].argmax())],
            "infoc": _one(shares[active, k]),
            "infoe": explicit.get(factor.name),
        }
        for k, factor in enumerate(data.factors)
    ]
    parts: list[Row] = [
        {
            "dimension": name,
            "active": bool(active[j]),
            "factor": data.factors[int(shares[j].argmax())].name if shares[j].any() else None,
            "infom": _one(shares[j]) if active[j] else None,
        }
        for j, name in enumerate(data.names)
    ]
    value = summary["infomec"]
    return Score(
        "infomec",
        None if value is None else float(value),  # type: ignore[arg-type]
        summary,
        factors=rows,
        dimensions=parts,
        matrix=shares,
        matrix_name="I(z; v) / H(v)",
        settings={
            **cut.settings(),
            "estimator": estimator,
            **({"neighbors": neighbors} if estimator == "knn" else {}),
            "limit": limit,
            "ci": ci,
            "seed": seed,
        },
        notes=_notes(data, shares[active]),
    )


def _notes(data: Data, shares: Array) -> tuple[str, ...]:
    notes = owners.one_dimension(data)
    if shares.any():
        return notes
    return (*notes, "no active dimension tells about any factor: InfoM and InfoC say nothing")


def _summary(shares: Array, active: Array, explicit: dict[str, float]) -> dict[str, Value]:
    found = {
        "infom": _infom(shares, active),
        "infoc": _infoc(shares, active),
        "infoe": mean_known(list(explicit.values())),
    }
    known = [value for value in found.values() if value is not None]
    mean = float(np.mean(known)) if len(known) == len(found) else None
    return {"infomec": mean, **found, "active": int(active.sum())}


def _active(data: Data) -> npt.NDArray[np.bool_]:
    spread = data.codes.std(axis=0, dtype=np.float64)
    active: npt.NDArray[np.bool_] = data.alive & (spread > spread.max() / _ACTIVE)
    return active


def _shares(information: Information) -> Array:
    shares: Array = np.divide(
        information.mutual,
        information.entropy[None],
        out=np.zeros_like(information.mutual),
        where=information.entropy[None] > 0,
    )
    return shares


def _infom(shares: Array, active: Array) -> float | None:
    return mean_known([_one(row) for row in shares[active]])


def _infoc(shares: Array, active: Array) -> float | None:
    return mean_known([_one(column) for column in shares[active].T])


def _one(shares: Array) -> float | None:
    """Return max / sum of shares (n,), from 1 / n = 0 to 1; None of one share or of nothing."""
    total = float(shares.sum())
    if len(shares) < 2 or total <= 0:
        return None
    return (float(shares.max()) / total - 1 / len(shares)) / (1 - 1 / len(shares))


def _explicitness(data: Data) -> dict[str, float]:
    """Return by the name of each factor the share of entropy that a linear classifier explains, 0 to 1.

    The classes weigh the same, so without codes each is as likely as any other: log M.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss

    found = {}
    for factor in data.factors:
        # scikit-learn's tolerance is for the mean loss, the published one for the sum of losses.
        model = LogisticRegression(
            C=np.inf, class_weight="balanced", max_iter=100, tol=1e-4 / data.rows
        )
        with owners.quiet():
            model.fit(data.codes, factor.labels)
        left = log_loss(factor.labels, model.predict_proba(data.codes))
        found[factor.name] = float(1.0 - left / np.log(factor.size))
    return found
