"""A value stands inside its interval, whatever the data: every metric, measure and comparison of the tables."""

import math

import numpy as np
import pytest

import latentcli
from latentcli.disentanglement import METRICS, function
from latentcli.disentanglement._about import about, parameters
from latentcli.disentanglement._score import value_only
from latentcli.errors import LatentError
from latentcli.geometry import SECTIONS

FEW = {"train": 100, "evaluate": 100}
CHEAPER = {
    "dci": {"estimator": "lasso"}, "infomec": {"estimator": "plugin"}, "factorvae": FEW, "betavae": FEW, "zmaxvar": FEW,
}  # fmt: skip
OF_FACTORS = {"dci": "informativeness", "identifiability": "r2"}
"""What the intervals of factors belong to, where it is not named as the metric."""


def clean(rng, rows=60):
    factors = rng.integers(0, [2, 3], (rows, 2))
    return np.hstack([factors + 0.3 * rng.normal(size=factors.shape), rng.normal(size=(rows, 1))]), factors  # fmt: skip


def rare_classes(rng):
    codes, factors = clean(rng)
    factors[:, 0] = np.arange(60) < 3
    return codes, factors


def ties(rng):
    codes, factors = clean(rng)
    return np.round(codes), factors


def few_rows(rng):
    return clean(rng, 41)


def fewest_rows(rng):
    return clean(rng, 12)


def constant_dimensions(rng):
    codes, factors = clean(rng)
    return np.hstack([codes, np.zeros((60, 1)), 1e-9 * rng.normal(size=(60, 1))]), factors


def repeats(rng):
    codes, factors = clean(rng, 45)
    return np.tile(codes, (3, 1)), np.tile(factors, (3, 1))


def heavy_tails(rng):
    codes, factors = clean(rng)
    return codes + rng.standard_cauchy(codes.shape), factors


def far_away(rng):
    codes, factors = clean(rng)
    return 1e6 + codes, factors


def perfect(rng):
    factors = clean(rng)[1]
    return factors.astype(float), factors


def noise(rng):
    return rng.normal(size=(60, 3)), clean(rng)[1]


HOSTILE = (
    clean, rare_classes, ties, few_rows, fewest_rows, constant_dimensions, repeats, heavy_tails, far_away, perfect, noise,
)  # fmt: skip


def standing(record, of="value"):
    """How many intervals a record has; `low` and `high` without a name belong to `of`."""
    count = 0
    for key, low in record.items():
        if (key == "low" or key.endswith("_low")) and low is not None:
            high = record[f"{key.removesuffix('low')}high"]
            value = record[key.removesuffix("_low") if key != "low" else of]
            assert math.isfinite(value), (key, record)
            assert low <= value <= high, (key, record)
            count += 1
    return count


def made(function, *given, **named):
    """A result, or None where it is refused in a line."""
    try:
        return function(*given, **named)
    except LatentError:
        return None


@pytest.mark.parametrize("metric", METRICS)
def test_scores_stand_inside_their_intervals(metric):
    found = 0
    for source in HOSTILE:
        codes, factors = source(np.random.default_rng(1))
        given = factors if about(metric).factors else None
        score = made(function(metric), codes, given, **CHEAPER.get(metric, {}))
        if score is not None:
            found += standing(score.summary)
            for row in (*score.factors, *score.dimensions):
                standing(row, OF_FACTORS.get(metric, metric.replace("-", "_")))
    assert bool(found) == ("ci" in parameters(metric))


@pytest.mark.parametrize("metric", METRICS)
def test_differences_of_models_stand_inside_their_intervals(metric):
    found = 0
    for source in (rare_classes, ties, repeats, heavy_tails, perfect):
        codes, factors = source(np.random.default_rng(1))
        models = {"a": codes, "b": codes[:, ::-1] + np.random.default_rng(2).normal(size=codes.shape)}  # fmt: skip
        with value_only():
            result = made(
                latentcli.score_models,
                metric,
                models,
                factors,
                halves=4,
                **CHEAPER.get(metric, {}),
            )
        if result is not None:
            found += sum(standing(row) for row in result.records if row["level"] == "all")
    assert bool(found) == ("ci" in parameters(metric))


@pytest.mark.parametrize("source", HOSTILE)
def test_sweeps_and_curves_stand_inside_their_intervals(source):
    codes, factors = source(np.random.default_rng(1))
    runs = [
        {"seed": seed, "beta": beta, "codes": codes + beta * np.random.default_rng(seed).normal(size=codes.shape)}
        for beta in (0.1, 1.0) for seed in range(3)
    ]  # fmt: skip
    result = made(latentcli.sweep, runs, factors, only=["mig", "mcc", "irs"])
    assert result is None or sum(standing(row) for row in result.records)
    result = made(latentcli.score_curve, ["mig", "mcc"], codes, factors)
    assert result is None or [standing(row) for row in result.records]


@pytest.mark.parametrize("section", SECTIONS)
def test_measures_of_geometry_stand_inside_their_intervals(section):
    for source in HOSTILE:
        codes, factors = source(np.random.default_rng(1))
        result = made(
            latentcli.geometry_report, codes, factors[:, 1], codes @ codes.T, only=(section,)
        )
        if result is not None:
            for row in result.records:
                standing(row)


@pytest.mark.parametrize("source", HOSTILE)
def test_comparisons_stand_inside_their_intervals(source):
    rng = np.random.default_rng(1)
    codes, _ = source(rng)
    others = {name: codes + sd * rng.normal(size=codes.shape) for name, sd in zip("abc", (0.1, 1.0, 9.0), strict=True)}  # fmt: skip
    found = 0
    for other in others.values():
        result = made(latentcli.compare, codes, other)
        found += sum(standing(row) for row in result.records) if result else 0
        result = made(latentcli.drift, codes, other)
        found += sum(standing(row) for row in result.records) if result else 0
    assert found or source is fewest_rows
    result = made(latentcli.compare_several, codes, others)
    for row in result.records if result else ():
        standing(row, "difference")
