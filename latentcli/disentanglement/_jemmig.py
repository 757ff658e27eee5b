"""JEMMIG: MIG that also asks that a dimension tells nothing but its factor."""

from __future__ import annotations

from typing import Any

import numpy as np

from latentcli.disentanglement import _attribution as owners
from latentcli.disentanglement._confidence import estimates
from latentcli.disentanglement._data import prepare
from latentcli.disentanglement._mutual_information import Cut, Information
from latentcli.disentanglement._score import About, Score
from latentcli.numerics.types import Array

ABOUT = About(
    title="joint entropy minus mutual information gap (JEMMIG)",
    definition=(
        "for each factor v, H(z_1, v) - I(z_1; v) + I(z_2; v), from 0 to H(v) + log(bins), divided by "
        "that and taken from 1; the mean over factors"
    ),
    range="0 to 1",
    best="1: each factor is in one dimension, which is about nothing else",
    source="Do and Tran, 2020; normalised as by Carbonneau et al., 2022",
    blind=(
        "the number of bins, which is in its definition; redundant dimensions halve it; a dimension "
        "that tells nothing, not even of itself, leaves log(bins) of it: constants score 0.4 to 0.9"
    ),
    likes={"ubisoft": {"bins": 10}},
    unlike="ubisoft counts in bits, which changes nothing in the normalised score",
)


def jemmig(
    codes: Any,
    factors: Any = None,
    *,
    bins: int = 20,
    binning: str = "width",
    limits: tuple[float, float] = (-4.0, 4.0),
    ci: float | None = 0.95,
    seed: int = 0,
) -> Score:
    """Score whether each factor (N, K) is alone in one dimension of codes (N, D).

    `jemmig` is normalised, higher is better; `jemmig_raw` is the paper's gap in nats, lower is
    better.
    """
    data = prepare(codes, factors)
    cut = Cut(bins, binning, limits)
    counts = data.counts(cut)
    raw = _raw(counts.plugin)
    most = counts.factor_entropy + np.log(bins)
    summary = estimates(
        "jemmig",
        lambda it: float((1.0 - _raw(it) / (it.entropy + np.log(bins))).mean()),
        data,
        cut,
        ci=ci,
        seed=seed,
    )
    rows = owners.factor_rows(data, counts.mutual, counts.factor_entropy)
    for k, row in enumerate(rows):
        row["jemmig"] = float(1.0 - raw[k] / most[k])
        row["jemmig_raw"] = float(raw[k])
    value = float((1.0 - raw / most).mean())
    return Score(
        "jemmig",
        value,
        {**summary, "jemmig_raw": float(raw.mean())},
        factors=rows,
        matrix=counts.mutual / counts.factor_entropy,
        matrix_name="I(z; v) / H(v)",
        settings={**cut.settings(), "ci": ci, "seed": seed},
        notes=owners.one_dimension(data),
    )


def _raw(information: Information) -> Array:
    """Return H(z_1, v) - I_1 + I_2 (K,) in nats; with one dimension I_2 is 0."""
    order = np.argsort(information.mutual, axis=0, kind="stable")
    columns = np.arange(information.mutual.shape[1])
    first = order[-1]
    second = (
        information.mutual[order[-2], columns] if len(order) > 1 else np.zeros(len(columns))
    )
    raw: Array = information.joint[first, columns] - information.mutual[first, columns] + second
    return raw
