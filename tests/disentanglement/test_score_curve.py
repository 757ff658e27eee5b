"""Scores by the number of rows, the note that says so, and values that stand inside their intervals."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import latentcli
from latentcli.disentanglement import METRICS, Estimate, about, function
from latentcli.errors import LatentError, ParameterError


def sample(rows, seed=0, noise=0.5):
    rng = np.random.default_rng(seed)
    factors = rng.integers(0, [3, 4, 8], (rows, 3))
    near = factors + noise * rng.normal(size=factors.shape)
    return np.hstack([near, rng.normal(size=(rows, 2))]), factors


def test_a_curve_ends_at_the_score():
    codes, factors = sample(400)
    found = latentcli.score_curve(["mig", "irs"], codes, factors)
    assert [row["rows"] for row in found.records] == [50, 100, 200, 400] * 2
    for metric in ("mig", "irs"):
        *parts, whole = (row for row in found.records if row["metric"] == metric)
        score = function(metric)(codes, factors)
        assert (whole["value"], whole["low"], whole["high"]) == (score.value, *score.interval)
        assert all(row["low"] < row["value"] < row["high"] for row in parts)
    assert [picture.title for picture in found.pictures()] == ["mig", "irs"]
    mig = [row["value"] for row in found.records if row["metric"] == "mig"]
    assert mig == sorted(mig)


def test_models_of_unequally_many_rows_are_scored_on_as_many():
    (one, factors), (other, more) = sample(400), sample(800)
    given = {"one": latentcli.disentanglement.prepare(one, factors), "other": latentcli.disentanglement.prepare(other, more)}  # fmt: skip
    found = latentcli.score_curve("mig", given, draws=3)
    assert [row["rows"] for row in found.records] == [50, 100, 200, 400] * 2
    assert [row["draws"] for row in found.records] == [3, 3, 3, 1, 3, 3, 3, 3]


def test_what_is_too_little_is_refused():
    with pytest.raises(LatentError, match="an eighth"):
        latentcli.score_curve("mig", *sample(150))
    with pytest.raises(ParameterError, match="draws"):
        latentcli.score_curve("mig", *sample(400), draws=1)


def test_the_curve_on_the_command_line(latent, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    codes, factors = sample(240)
    np.save("z.npy", codes)
    np.save("f.npy", factors)
    code, out, said = latent("mig", "z.npy", "f.npy", "--curve", "--bins", 5, "--json")
    assert code == 0, said
    rows = json.loads(out)["results"]
    assert [row["rows"] for row in rows] == [30, 60, 120, 240]
    assert rows[-1]["value"] == pytest.approx(function("mig")(codes, factors, bins=5).value, abs=1e-6)  # fmt: skip


@pytest.mark.parametrize("metric", ["mig", "med", "dcimig"])
def test_a_score_that_rises_with_the_rows_says_so(metric):
    """Few rows share 20 bins: what noise dimensions seem to know falls with more of them."""
    codes, factors = sample(300)
    score = function(metric)(codes, factors)
    (note,) = (note for note in score.notes if "number of rows" in note)
    assert f"{metric} rises with the number of rows" in note
    assert f"{score.value:.3f} on all" in note
    assert not [n for n in function(metric)(codes, factors, ci=None).notes if "number of rows" in n]  # fmt: skip


def test_a_score_that_does_not_says_nothing():
    codes, factors = sample(3000, noise=0.1)
    notes = function("mcc")(codes, factors).notes
    assert not [note for note in notes if "number of rows" in note]


FEW = {"train": 100, "evaluate": 100}
SETTINGS = {"dci": {"estimator": "lasso"}, "factorvae": FEW, "betavae": FEW, "zmaxvar": FEW}


@pytest.mark.parametrize("metric", METRICS)
@given(st.integers(0, 10**6), st.sampled_from([0.05, 0.7, 3.0]))
@settings(max_examples=4)
def test_a_value_stands_inside_its_interval(metric, seed, noise):
    codes, factors = sample(60, seed, noise)
    if seed % 2:
        codes = np.exp(codes)
    score = function(metric)(codes, factors[:, :2] if about(metric).factors else None, **SETTINGS.get(metric, {}))  # fmt: skip
    for name, number in score.numbers.items():
        if isinstance(number, Estimate) and number.interval is not None:
            assert number.interval.low <= number.value <= number.interval.high, name
    for row in (*score.factors, *score.dimensions):
        for key in row:
            if key.endswith("_low") and row[key] is not None:
                name = key.removesuffix("_low")
                assert row[key] <= row[name] <= row[f"{name}_high"], name
