"""What notes say of codes and factors, where it holds and where it does not."""

import numpy as np
import pytest

from latentcli.disentanglement import function
from latentcli.disentanglement._data import prepare
from latentcli.errors import LatentError

RNG = np.random.default_rng(0)
GRID = np.tile([[a, b] for a in range(3) for b in range(4)], (50, 1))
mig = function("mig")


def said(score, text):
    return any(text in note for note in score.notes)


def test_far_rows_that_are_a_class_bring_no_advice_to_hide_them():
    """20 of 5,000 rows, 30 deviations away, are a class: equal widths show it, quantiles do not."""
    rare = np.zeros(5000, dtype=int)
    rare[:20] = 1
    codes = RNG.normal(size=(5000, 3))
    codes[:, 0] += 30 * rare
    score = mig(codes, rare)
    assert score.summary["mig_quantile"] < 0.5 < score.value
    assert not said(score, "outliers")


def test_far_rows_that_are_noise_bring_the_advice():
    codes = GRID + 0.1 * RNG.normal(size=GRID.shape)
    codes[5, 0] = 1e4
    assert said(mig(codes, GRID), "outliers in z0")


def test_each_interval_is_that_of_the_number_it_is_named_after():
    """One dimension of four is alive: modularity is 0.25, of the informative dimensions 1."""
    codes = np.zeros((600, 4))
    codes[:, 0] = GRID[:, 0]
    summary = function("modularity")(codes, GRID).summary
    assert summary["modularity"] == pytest.approx(0.25)
    assert summary["modularity_high"] < 0.3
    assert summary["modularity_informative_low"] > 0.9


def test_few_rows_are_counted_in_the_bins_that_were_asked_for():
    rng = np.random.default_rng(0)
    factors = rng.integers(0, [3, 10], (300, 2))
    codes = factors + 0.3 * rng.normal(size=factors.shape)
    score = mig(codes, factors, binning="fixed", limits=(-1, 1))
    assert said(score, "300 rows are few")
    assert not said(mig(codes, factors[:, :1], bins=4), "rows are few")


@pytest.mark.parametrize("rows", [3000, 60])
def test_columns_that_identify_rows_are_left_out_and_named(rows):
    names = np.array([f"image{i}" for i in range(rows)])
    codes = RNG.normal(size=(rows, 2))
    data = prepare(codes, {"file": names, "shape": np.arange(rows) % 3})
    assert data.factor_names == ["shape"]
    assert "file has" in data.notes[0]
    assert "identifier" in data.notes[0]
    assert prepare(codes, {"file": names}, discrete=["file"]).factors[0].size == rows
    with pytest.raises(LatentError, match="no factor is left: factor file"):
        prepare(codes, {"file": names})


def test_more_classes_than_tables_can_hold_are_an_identifier():
    classes = np.arange(50_000) % 20_000
    text = np.char.add("c", classes.astype(str))
    data = prepare(RNG.normal(size=(50_000, 1)), {"c": text, "a": classes % 2})
    assert data.factor_names == ["a"]


def test_swapped_codes_and_factors_are_asked_about():
    codes = GRID + 0.1 * RNG.normal(size=GRID.shape)
    assert said(mig(GRID, codes), "as if the two were swapped")
    assert not said(mig(codes, GRID), "as if the two were swapped")
    assert not said(mig(GRID, GRID), "as if the two were swapped")


def test_collapsed_dimensions_are_named():
    codes = np.column_stack([GRID, 0.01 * RNG.normal(size=len(GRID))])
    assert said(mig(codes, GRID), "1 of 3 dimensions has collapsed")
    assert said(function("sap")(codes, GRID), "collapsed")


def test_several_models_share_notes_and_name_those_that_have_their_own():
    from latentcli import disentanglement_report

    dead = np.column_stack([GRID, np.zeros(len(GRID))])
    report = disentanglement_report({"a": GRID, "b": dead}, GRID, only=["mig", "med"])
    assert [row["model"] for row in report.views[0].records] == ["a", "b"]
    assert [note for note in report.notes if "never changes" in note] == [
        "b: 1 of 3 dimensions never changes: z2"
    ]
    assert report.scores["a"]["mig"].value == pytest.approx(1)
    assert not [key for key in report.summary if " " in key]


@pytest.mark.parametrize("name", ["sap", "explicitness", "mcc", "irs", "zmaxvar"])
def test_factors_of_other_data_are_recognized_without_bins(name):
    """A dimension of noise, and one that is a factor."""
    noise = RNG.normal(size=(len(GRID), 3))
    text = "the factors are of other data"
    assert said(function(name)(noise, GRID, ci=None), text)
    assert not said(function(name)(GRID + 0.1 * noise[:, :2], GRID, ci=None), text)


def test_fewer_dimensions_than_factors_ask_whether_the_files_are_swapped():
    codes = np.hstack([GRID + 0.1 * RNG.normal(size=GRID.shape), RNG.normal(size=GRID.shape)])
    assert said(mig(RNG.uniform(size=GRID.shape), codes), "type CODES before FACTORS")
    assert not said(mig(codes, GRID), "type CODES before FACTORS")
