import numpy as np
import pytest

import latentcli
from latentcli.disentanglement import METRICS
from latentcli.disentanglement._paired import default_halves

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


@pytest.mark.slow
@pytest.mark.parametrize("metric", QUICK)
def test_models_of_one_source_differ_in_at_most_8_percent_of_200(metric):
    found = [letters(metric, *two_models(1000 + seed)) for seed in range(200)]
    assert sum(one != other for one, other in found) <= 16


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
    given = {"estimator": "lasso"} if metric == "dci" else {}
    result = latentcli.score_models(metric, models, factors, halves=4, **given)
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
    assert any("not distinguished" in note for note in result.notes)
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
