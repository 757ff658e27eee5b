import itertools
import math

import numpy as np
import pytest

import latentcli
from latentcli.disentanglement import METRICS, function
from latentcli.disentanglement._about import parameters
from latentcli.disentanglement._kept import Scorer
from latentcli.disentanglement._paired import default_halves, differences_of
from latentcli.disentanglement._score import value_only
from latentcli.numerics.resampling import HALVES

QUICK = ("mig", "jemmig", "dcimig", "modularity", "irs", "total-correlation")


def two_models(seed, noise=(0.6, 0.6), rows=400):
    """Codes of the same factors, with independent noise of the same or another size."""
    rng = np.random.default_rng(seed)
    factors = rng.integers(0, [3, 4, 5], size=(rows, 3))
    models = {
        name: np.hstack(
            [factors + sd * rng.normal(size=factors.shape), rng.normal(size=(rows, 2))]
        )
        for name, sd in zip("ab", noise, strict=True)
    }
    return models, factors


def letters(metric, models, factors, **settings):
    rows = latentcli.score_models(metric, models, factors, **settings).records
    return [row["group"] for row in rows if row["level"] == "all"]


def test_models_of_one_source_rarely_differ():
    found = [letters("mig", *two_models(seed)) for seed in range(20)]
    assert sum(one != other for one, other in found) <= 4  # 5 % of 20, and three more by chance


FEW = {"train": 500, "evaluate": 500}
CHEAPER = {"dci": {"estimator": "lasso"}, "factorvae": FEW, "betavae": FEW, "zmaxvar": FEW}
"""Settings under which a trial takes a second; boosting and votes by the thousand are the same rule."""

PAIRED = [name for name in METRICS if "ci" in parameters(name)]


def trial(metric, models, factors):
    """The scores of two models, and whether they get different letters."""
    settings = CHEAPER.get(metric, {})
    scorers = {
        name: Scorer(latentcli.disentanglement.prepare(codes, factors))
        for name, codes in models.items()
    }
    with value_only():
        scores = {
            name: function(metric)(one.data, ci=None, **settings)
            for name, one in scorers.items()
        }
    rows = differences_of(metric, scorers, scores, settings, halves=HALVES)
    return scores, len({row["group"] for row in rows}) == 2


@pytest.mark.slow
@pytest.mark.parametrize("metric", PAIRED)
def test_models_of_one_source_differ_in_at_most_8_percent_of_200(metric):
    found = [trial(metric, *two_models(1000 + seed))[1] for seed in range(200)]
    assert sum(found) <= 16


MORE = {"dci-es": 4000}
"""Rows of which intervals are narrow enough for any two scores to be twice as far from each other."""


def turned(codes):
    """Two factors in each dimension."""
    return codes + 0.8 * codes[:, [1, 2, 0]]


def drowned(codes):
    """Each dimension follows all the others, and hardly a factor."""
    noisy = codes + 6 * np.random.default_rng(1).normal(size=codes.shape)
    return noisy + 3 * noisy.sum(axis=1, keepdims=True)


@pytest.mark.slow
@pytest.mark.parametrize("metric", PAIRED)
def test_models_that_differ_by_twice_the_interval_are_always_distinguished(metric):
    far = 0
    for seed, worse in itertools.product(range(5), (turned, drowned)):
        models, factors = two_models(seed, (0.3, 0.3), MORE.get(metric, 400))
        models = {"a": models["a"][:, :3], "b": worse(models["b"][:, :3])}
        scores, differ = trial(metric, models, factors)
        if abs(scores["a"].value - scores["b"].value) >= 2 * widest(metric, models, factors):
            far += 1
            assert differ
    assert far


def widest(metric, models, factors):
    """The width of the wider interval; infinite where a score has none, as D of what noise explains."""
    intervals = [
        function(metric)(codes, factors, **CHEAPER.get(metric, {})).interval
        for codes in models.values()
    ]
    return max(one.high - one.low if one else math.inf for one in intervals)


def test_halves_compute_no_intervals_of_their_own(monkeypatch):
    asked = []
    monkeypatch.setattr(
        latentcli.disentanglement._kept,
        "function",
        lambda name: (
            lambda *given, **named: asked.append(named) or function(name)(*given, **named)
        ),
    )
    models, factors = two_models(0)
    Scorer(latentcli.disentanglement.prepare(models["a"], factors)).halves("mig", {}, 4)
    assert [one["ci"] for one in asked] == [None] * 4


@pytest.mark.parametrize("metric", QUICK)
def test_models_that_differ_are_distinguished(metric):
    models, factors = two_models(0, noise=(0.2, 1.5))
    if metric == "total-correlation":
        models["b"] = (
            models["b"] @ np.linalg.qr(np.random.default_rng(1).normal(size=(5, 5)))[0]
        )
    assert sorted(letters(metric, models, factors)) == ["a", "b"]


@pytest.mark.parametrize("metric", METRICS)
def test_the_best_model_stands_first_and_no_interval_of_a_difference_leaves_it_out(metric):
    models, factors = two_models(3, noise=(0.4, 0.5), rows=120)
    result = latentcli.score_models(
        metric, models, factors, halves=4, **CHEAPER.get(metric, {})
    )
    whole = [row for row in result.records if row["level"] == "all"]
    for row in whole:
        if row.get("difference_low") is not None:
            assert row["difference_low"] <= row["difference"] <= row["difference_high"]
    if all("group" in row for row in whole):
        name = metric.replace("-", "_")
        best = max if default_sign(metric) > 0 else min
        assert best(whole, key=lambda row: row[name])["difference"] == 0


def default_sign(metric):
    return (
        -1
        if metric in {"total-correlation", "wasserstein-dependence", "mutual-information-score"}
        else 1
    )


def test_costly_metrics_say_that_they_tell_nothing_apart():
    models, factors = two_models(0, rows=60)
    result = latentcli.score_models("dci", models, factors)
    assert any("not compared on halves" in note for note in result.notes)
    assert default_halves("dci", {}) == 0 < default_halves("dci", {"estimator": "forest"})
    assert default_halves("dci", {"compat": "disentanglement_lib"}) == 0


def test_models_of_other_rows_are_not_compared():
    models, factors = two_models(0)
    one = latentcli.disentanglement.prepare(models["a"], factors)
    other = latentcli.disentanglement.prepare(models["b"], factors[::-1])
    rows = latentcli.score_models("mig", {"a": one, "b": other}).records
    assert not any("group" in row for row in rows)


def test_a_store_gives_the_same_scores_back():
    models, factors = two_models(0)
    store = {}
    report = latentcli.disentanglement_report(
        models, factors, only=["mig", "sap", "irs"], store=store
    )
    kept = dict(store)
    again = latentcli.disentanglement_report(
        models, factors, only=["mig", "sap", "irs"], store=store
    )
    assert (again.records, again.notes, again.summary) == (
        report.records,
        report.notes,
        report.summary,
    )
    assert store == kept
    assert repr(again) == repr(report)


def test_the_models_of_a_sweep_are_named_in_errors():
    models, factors = two_models(0)
    runs = [{"seed": 0, "codes": models["a"]}, {"seed": 1, "codes": models["b"][:5]}]
    with pytest.raises(latentcli.LatentError, match=r"model, seed 1: .*5 rows"):
        latentcli.sweep(runs, factors, only=["mig"])


def test_settings_are_one_group_however_they_are_written():
    models, factors = two_models(0)
    codes = models["a"]
    runs = [
        {"x": 1, "y": 2.0, "seed": 0, "codes": codes},
        {"y": 2, "x": 1, "seed": 1, "codes": codes + 0.01},
        {"x": 20240101.0, "seed": 0, "codes": codes + 0.02},
        {"x": 20240102.0, "y": None, "seed": 0, "codes": codes + 0.03},
    ]
    found = latentcli.sweep(runs, factors, only=["mig"])
    groups = {row["group"]: row["models"] for row in found.records if row["level"] == "group"}
    assert groups == {"x=1, y=2": 2, "x=20240101, y=None": 1, "x=20240102, y=None": 1}


def test_models_that_differ_by_rounding_are_not_distinguished():
    """Sums of the same numbers in another order: differences of 1e-16, as steady as differences of models."""
    rng = np.random.default_rng(5)
    factors = rng.integers(0, 3, (300, 3))
    codes = factors + rng.normal(size=factors.shape)
    models = {name: codes[:, [*map(int, name)]] for name in ("012", "021", "120", "201")}
    found = latentcli.score_models("med", models, factors)
    assert {row["group"] for row in found.records if row["level"] == "all"} == {"a"}
    runs = [{"x": n % 2, "seed": n, "codes": one} for n, one in enumerate(models.values())]
    shares = [
        row["share"]
        for row in latentcli.sweep(runs, factors, only=["med"]).records
        if row["level"] == "share"
    ]
    assert shares == [None]


def test_a_period_is_part_of_what_is_kept():
    rng = np.random.default_rng(6)
    angle = rng.choice([0.0, 90.0, 180.0, 270.0], 200)
    codes = {name: rng.normal(size=(200, 3)) + angle[:, None] / 90 for name in "ab"}
    store = {}
    for options in ({}, {"periodic": {"angle": 360.0}}):
        kept, fresh = (
            latentcli.score_models(
                "mcc",
                codes,
                {"angle": angle},
                halves=0,
                store=one,
                continuous=["angle"],
                **options,
            )
            for one in (store, None)
        )
        assert [one.value for one in kept.scores.values()] == [
            one.value for one in fresh.scores.values()
        ]


def test_what_is_damaged_in_the_store_is_computed_again():
    models, factors = two_models(0)
    store = {}
    first = latentcli.score_models("mig", models, factors, store=store)
    for key, value in store.items():
        store[key] = {"metric": "mig"} if isinstance(value, dict) else 5
    assert latentcli.score_models("mig", models, factors, store=store).records == first.records


def test_a_score_that_was_kept_has_the_rows_it_had():
    models, factors = two_models(0)
    columns = {name: factors[:, k].astype(float) for k, name in enumerate("abc")}
    columns["a"][7] = np.nan
    store = {}
    runs = [
        latentcli.score_models(
            "zmaxvar", models, columns, halves=0, store=store, train=50, evaluate=50
        )
        for _ in range(2)
    ]
    assert runs[0].records == runs[1].records
