"""Unsupervised disentanglement ranking (UDR): whether models trained apart have the same dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np

from latentcli.disentanglement._binned_counts import LARGE
from latentcli.disentanglement._data import Codes, prepare
from latentcli.disentanglement._metric import check_ci
from latentcli.disentanglement._scaling import scales, standardized
from latentcli.disentanglement._score import SHUFFLES, Estimate
from latentcli.disentanglement._udr_similarities import (
    ALPHA,
    ranks_of,
    relative_strength,
    similarities_of,
)
from latentcli.errors import LatentError, ParameterError, check_choice, counted, shown
from latentcli.numerics.repeats import repeats_of
from latentcli.numerics.resampling import half_sample_interval
from latentcli.numerics.types import Array, Progress
from latentcli.results import HeatMap, Record, Result, Sheet

COLUMNS = (
    "level",
    "model",
    "other",
    "udr",
    "low",
    "high",
    "chance",
    "dimensions",
    "informative",
)
ESTIMATORS = {"lasso": "weights of a lasso", "spearman": "rank correlation"}
COMPAT = {"disentanglement_lib": {"weighting": "sides"}}
WEIGHTINGS = {
    "dimensions": "every dimension counts once",
    "sides": "both models count the same",
}

_STEADY = 5


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class UdrResult(Result):
    """What models say of each other.

    `scores` has each model's UDR; `pairs` (M, M) the score of every pair, NaN on the diagonal; `similarities` the matrix
    (D_a, D_b) of informative dimensions of each pair of names, absolute weights or correlations.
    """

    scores: Mapping[str, float] = field(default_factory=dict)
    pairs: Array = field(default_factory=lambda: np.empty((0, 0)))
    similarities: Mapping[tuple[str, str], Array] = field(default_factory=dict)


def udr(
    codes: Mapping[str, Codes],
    *,
    estimator: str = "lasso",
    threshold: float = 0.01,
    weighting: str | None = None,
    compat: str | None = None,
    ci: float | None = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
) -> UdrResult:
    """Rank models by how well their dimensions match those of the others, without any factors.

    Models that have found the factors agree, up to order and sign of dimensions; entangled ones each
    differ in their own way (Duan et al., 2020).

    Parameters
    ----------
    codes
        The codes (N, D) of each model by its name: of the same rows, from two models on. Those of one setting and
        several seeds give the paper's UDR, those of all settings UDR-A2A.
    estimator
        The similarity of dimension a of one model and b of another. "lasso": the absolute weight of a
        in a lasso (penalty 0.1, standardized codes) that predicts b; "spearman": the absolute rank correlation.
    threshold
        Dimensions are informative where half their variance, which is what the mean of a code adds to the KL divergence
        from N(0, I), is more than this; 0 for all that change.
    weighting
        "dimensions": every informative dimension counts once, as in the paper; "sides": both models
        of a pair count the same. They are equal where both have as many.
    compat
        "disentanglement_lib" takes weighting "sides".
    ci
        Coverage of the intervals, from random halves of the rows; None for none.
    seed
        Random seed.
    progress
        Called as `progress(done, total)`.

    Returns
    -------
    UdrResult
        `udr` of each model, the median over its pairs with the others, its interval, and `chance`, the mean of the same of
        codes whose rows are shuffled model by model, 20 times; then a record for each pair: `other` predicts `model`.
        A note names the models that score no more than what 1 % of shuffled rows exceed.

    Raises
    ------
    LatentError
        For fewer than two models, for models of different rows, and for one without an informative dimension.

    Examples
    --------
    Two models with the same dimensions, in another order and flipped, and one that has turned them:

    >>> import numpy as np
    >>> z = np.random.default_rng(0).normal(size=(1000, 2))
    >>> turn = np.array([[1, 1], [-1, 1]]) / np.sqrt(2)
    >>> result = udr({"a": z, "b": -z[:, ::-1], "turned": z @ turn}, estimator="spearman")
    >>> float(result.pairs[0, 1].round(2)), bool(result.pairs[0, 2] < 0.5)
    (0.98, True)
    """
    check_choice("estimator", estimator, ESTIMATORS)
    if compat is not None:
        check_choice("library", compat, COMPAT)
        weighting = weighting or COMPAT[compat]["weighting"]
    weighting = weighting or "dimensions"
    check_choice("weighting", weighting, WEIGHTINGS)
    check_ci(ci)
    if not threshold >= 0:
        raise ParameterError("threshold", threshold, "0 or more")
    if seed < 0:
        raise ParameterError("seed", seed, "0 or more")
    models, dropped = _models(codes, threshold)
    names, rows = list(models), len(next(iter(models.values())))
    random = np.random.default_rng([seed, 29])
    size = sum(one.size for one in models.values())
    repeats = repeats_of(np.hstack([*models.values()]))
    halves = repeats.halves(seed, size) if ci else []
    ranked = ranks_of(models) if estimator == "spearman" else models
    similarities = similarities_of(ranked, estimator)
    pairs = _pairs(similarities, names, weighting)
    scores, again = _medians(pairs), []
    steps = len(halves) + (SHUFFLES if size <= LARGE else SHUFFLES // 2)
    for done in range(steps):
        if done < len(halves):
            part = {name: one[halves[done]] for name, one in models.items()}
            part = ranks_of(part) if estimator == "spearman" else part
        else:
            part = {name: one[repeats.permutation(random)] for name, one in ranked.items()}
        again.append(_medians(_pairs(similarities_of(part, estimator), names, weighting)))
        if progress is not None:
            progress(done + 1, steps)
    of_halves, shuffled = again[: len(halves)], np.stack(again[len(halves) :])
    nulls = {
        name: Estimate(float(scores[place]), null=tuple(shuffled[:, place].tolist()))
        for place, name in enumerate(names)
    }
    rows_of_models: list[Record] = []
    for place, name in enumerate(names):
        value, each = float(scores[place]), [float(one[place]) for one in of_halves]
        low, high = half_sample_interval(value, each, ci or 0.95, low=0.0, high=1.0) or (
            None,
            None,
        )
        informative = models[name].shape[1]
        rows_of_models.append(
            {
                "level": "model", "model": name, "other": None, "udr": value, "low": low, "high": high,
                "chance": nulls[name].chance, "dimensions": informative + dropped[name],
                "informative": informative,
            }
        )  # fmt: skip
    rows_of_models.sort(key=lambda row: -_of(row, "udr"))
    rows_of_pairs: list[Record] = [
        {**dict.fromkeys(COLUMNS), "level": "pair", "model": names[j], "other": names[i], "udr": float(pairs[i, j])}
        for i, j in permutations(range(len(names)), 2)
    ]  # fmt: skip
    best, shades = rows_of_models[0], np.where(np.isnan(pairs), 1.0, pairs).tolist()
    return UdrResult(
        scores={name: float(score) for name, score in zip(names, scores, strict=True)},
        pairs=pairs,
        similarities=similarities,
        title=f"Unsupervised disentanglement ranking (UDR): {counted(len(names), 'model')}, {counted(rows, 'row')}",
        columns=COLUMNS,
        records=[*rows_of_models, *rows_of_pairs],
        summary={
            "models": len(names), "rows": rows, "best": best["model"], "best_udr": best["udr"],
            "median_udr": float(np.median(scores)),
        },
        settings={
            "estimator": estimator, "alpha": ALPHA if estimator == "lasso" else None, "threshold": threshold,
            "weighting": weighting, "compat": compat, "ci": ci, "seed": seed,
        },
        notes=(*repeats.note, *_notes(dropped, len(names), [name for name, one in nulls.items() if one.is_noise])),
        views=(
            Sheet("models", (*COLUMNS[1:2], *COLUMNS[3:]), rows_of_models, ("dimensions", "informative")),
            HeatMap("score of each pair: the row's model predicts the column's", names, names, shades),
        ),
    )  # fmt: skip


def _models(
    codes: Mapping[str, Codes], threshold: float
) -> tuple[dict[str, Array], dict[str, int]]:
    """Return the informative dimensions (N, D) of each model, standardized, and how many others it has."""
    if not isinstance(codes, Mapping) or len(codes) < 2:
        raise LatentError(
            "`codes` names fewer than two models: models are compared with each other"
        )
    models, dropped, rows = {}, {}, 0
    for name, one in codes.items():
        try:
            array = prepare(one).codes.astype(np.float64)
        except LatentError as error:
            raise LatentError(str(error).replace("`codes`", shown(str(name)))) from error
        rows = rows or len(array)
        if len(array) != rows:
            raise LatentError(
                f"{shown(str(name))} has {len(array):,} rows, and the models before it {rows:,}: codes are of "
                "the same samples"
            )
        mean, deviation = scales(array)
        kept = (deviation**2 / 2 > threshold) & (deviation > 0)
        if not kept.any():
            raise LatentError(
                f"{shown(str(name))} has no dimension with half its variance above {threshold:g} (`threshold`)"
            )
        models[str(name)] = standardized(array, mean, deviation)[:, kept]
        dropped[str(name)] = int((~kept).sum())
    return models, dropped


def _pairs(
    similarities: Mapping[tuple[str, str], Array], names: Sequence[str], weighting: str
) -> Array:
    """Return the score of each pair (M, M), NaN on the diagonal."""
    pairs = np.full((len(names), len(names)), np.nan)
    for i, j in permutations(range(len(names)), 2):
        pairs[i, j] = relative_strength(similarities[names[i], names[j]], weighting)
    return pairs


def _medians(pairs: Array) -> Array:
    """Return the median (M,) over the models that predict each model."""
    return np.asarray(np.nanmedian(pairs, axis=0))


def _of(row: Record, key: str) -> float:
    return float(row[key])  # type: ignore[arg-type]


def _notes(dropped: Mapping[str, int], models: int, noise: Sequence[str]) -> list[str]:
    notes = []
    left_out = [f"{shown(name)} {number}" for name, number in dropped.items() if number]
    if left_out:
        notes.append(
            f"dimensions that are not informative are left out: {', '.join(left_out)} (`threshold`)"
        )
    if models < _STEADY:
        notes.append(
            f"a median over {counted(models - 1, 'other model')} is unstable: the paper uses five seeds or more"
        )
    if noise:
        notes.append(
            f"no more similar to the other models than with shuffled rows: {', '.join(map(shown, noise))}"
        )
    return notes
