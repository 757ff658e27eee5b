"""What every metric of the table has in common; a new one comes in by itself."""

import inspect
import math
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentcli.disentanglement import METRICS, about, function, parameters

DOCS = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"

OF_ALL = ("continuous", "discrete", "periodic", "factor_bins", "compat")
"""What every metric takes besides its own parameters."""

QUICK = {"train": 500, "evaluate": 500, "limit": 500, "ci": None}
ESTIMATOR = {"dci": "lasso"}

SUPERVISED = [name for name in METRICS if about(name).factors]
ALONE = [name for name in METRICS if name not in SUPERVISED]

# Answers that depend on more than codes and factors, with the spread that is allowed for it.
OF_ROWS = {
    "sap": 0.15,  # which rows are held out
    "dci": 0.1,
    "dci-es": 0.25,  # which waves the features are, and which rows are held out
    "explicitness": 0.05,
    "identifiability": 0.02,  # which rows are held out together
    "infomec": 0.01,  # noise that breaks ties of neighbours
    "betavae": 0.1,  # which rows are drawn
    "factorvae": 0.1,
    "zmaxvar": 0.15,
}
OF_SCALE = {
    "sap": "the margin of a support vector machine has a scale",
    "irs": "dimensions weigh by their largest deviation",
    "betavae": "the penalty of the regression has a scale",
    "factorvae": "dimensions below a threshold are left out",
    "zmaxvar": "dimensions below a threshold are left out",
    "wasserstein-dependence": "a distance is in the codes' units",
}
NOT_ONE = {
    "sap": "the ceiling by support vector machine falls with the classes",
    "irs": "noise deviates too",
    "dci-es": "a linear predictor finds no class in the middle of others",
    "zmaxvar": "few rows agree in all factors but one",
}
NOT_ZERO = {
    "modularity": "a ratio: noise scores what chance gives",
    "infomec": "the mean of ratios",
    "dci": "a ratio",
    "dci-es": "the curve of noise is flat",
    "irs": "noise deviates from its mean anyhow",
    "jemmig": "noise has the entropy of bins, not more",
    "explicitness": "chance is 0.5",
    "betavae": "chance is one of the factors",
    "factorvae": "chance is one of the factors",
    "zmaxvar": "chance is one of the factors",
}
COMPACT = ["mig", "dmig", "sap", "jemmig"]
"""Metrics that a second dimension for the same factor lowers."""


def scored(name, codes, factors, **given):
    asked = QUICK | {"estimator": ESTIMATOR.get(name)} | given
    known = inspect.signature(function(name)).parameters
    asked = {key: value for key, value in asked.items() if key in known and value != ""}
    if asked.get("estimator", "") is None:
        del asked["estimator"]
    return function(name)(codes, factors, **asked)


def sample(seed=0, rows=400, noise=0.1):
    """Codes (400, 3) that are two factors of three and four levels, and a dimension of noise."""
    rng = np.random.default_rng(seed)
    factors = rng.integers([3, 4], size=(rows, 2))
    codes = rng.normal(size=(rows, 3))
    codes[:, :2] = (factors - factors.mean(axis=0)) / factors.std(axis=0) + noise * codes[:, :2]
    return codes, factors


CODES, FACTORS = sample(noise=0.4)
BEFORE = {name: scored(name, CODES, FACTORS).value for name in METRICS}

seeds = given(seed=st.integers(0, 2**32 - 1))
few = settings(max_examples=3)


@pytest.mark.parametrize("name", METRICS)
@few
@seeds
def test_the_order_and_the_direction_of_dimensions_do_not_matter(name, seed):
    rng = np.random.default_rng(seed)
    codes = CODES[:, rng.permutation(3)] * rng.choice([-1, 1], 3)
    spread = OF_ROWS.get(name, 1e-9)
    assert scored(name, codes, FACTORS).value == pytest.approx(BEFORE[name], abs=spread)


@pytest.mark.parametrize("name", [name for name in METRICS if name not in OF_SCALE])
@few
@seeds
def test_the_scale_and_the_place_of_dimensions_do_not_matter(name, seed):
    rng = np.random.default_rng(seed)
    codes = CODES * 10 ** rng.uniform(-3, 3, 3) + rng.normal(size=3)
    found = scored(name, codes, FACTORS)
    if name == "infomec":  # which dimensions are active does have a scale
        codes = CODES * rng.uniform(0.5, 2, 3) + rng.normal(size=3)
        found = scored(name, codes, FACTORS)
    assert found.value == pytest.approx(BEFORE[name], abs=OF_ROWS.get(name, 1e-9))


@pytest.mark.parametrize("name", METRICS)
@few
@seeds
def test_the_order_of_rows_does_not_matter(name, seed):
    order = np.random.default_rng(seed).permutation(len(CODES))
    found = scored(name, CODES[order], FACTORS[order])
    assert found.value == pytest.approx(BEFORE[name], abs=OF_ROWS.get(name, 1e-9))


@pytest.mark.parametrize("name", METRICS)
def test_the_order_of_factors_does_not_matter(name):
    found = scored(name, CODES, FACTORS[:, ::-1])
    assert found.value == pytest.approx(BEFORE[name], abs=OF_ROWS.get(name, 1e-9))


@pytest.mark.parametrize("name", METRICS)
def test_names_of_classes_do_not_matter(name):
    """Their order among themselves may: scores that take labels for numbers have no other."""
    names = np.array(["a[/d]", "b c", "c\x1b[31m", "é"])[FACTORS]
    found = scored(name, CODES, {f"f{k}": column for k, column in enumerate(names.T)})
    assert found.value == pytest.approx(BEFORE[name], abs=1e-9)


@pytest.mark.parametrize("name", METRICS)
def test_the_same_seed_gives_the_same_number_and_the_input_is_left_as_it_is(name):
    codes, factors = CODES.copy(), FACTORS.copy()
    codes.flags.writeable = factors.flags.writeable = False
    first, again = scored(name, codes, factors), scored(name, codes, factors)
    assert first.summary == again.summary
    assert first.value == BEFORE[name]


@pytest.mark.parametrize("name", METRICS)
def test_a_score_is_a_plain_number_under_the_name_of_its_metric(name):
    score = scored(name, CODES, FACTORS)
    assert type(score.value) is float
    assert float(score) == score.value == score.summary[name.replace("-", "_")]
    assert score.metric == name
    rows = [score.summary, score.settings, *score.factors, *score.dimensions]
    for value in (value for row in rows for value in row.values()):
        numbers = value if isinstance(value, list) else [value]
        assert all(type(one) in (int, float, str, bool, type(None)) for one in numbers)
        assert not any(isinstance(one, float) and not math.isfinite(one) for one in numbers)


@pytest.mark.parametrize("name", METRICS)
def test_a_score_says_what_shaped_it(name):
    score = scored(name, CODES, FACTORS)
    named = set(inspect.signature(function(name)).parameters)
    shaping = named - {"codes", "factors", "limits", "neighbors", "progress", *OF_ALL}
    # What only adds to a summary, or has no part in this estimate, need not be said.
    assert shaping - {"sensitivity", "binning", "limit"} <= set(score.settings)


@pytest.mark.parametrize("name", [name for name in SUPERVISED if name not in NOT_ONE])
def test_codes_that_are_the_factors_score_1(name):
    grid = np.tile([[a, b] for a in range(3) for b in range(4)], (50, 1))
    assert scored(name, grid.astype(float), grid).value == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("name", [name for name in SUPERVISED if name not in NOT_ZERO])
def test_noise_scores_nearly_nothing(name):
    _, factors = sample(rows=2000)
    codes = np.random.default_rng(1).normal(size=(2000, 4))
    assert scored(name, codes, factors).value < 0.1


@pytest.mark.parametrize("name", [name for name in COMPACT if name in METRICS])
def test_duplicated_codes_are_less_compact(name):
    once = scored(name, CODES, FACTORS).value
    assert scored(name, np.hstack([CODES, CODES]), FACTORS).value < once - 0.1


@pytest.mark.parametrize("name", ["modularity", "dcimig", "med"])
def test_duplicated_codes_are_as_modular(name):
    twice = scored(name, np.hstack([CODES, CODES]), FACTORS).value
    assert twice == pytest.approx(BEFORE[name], abs=1e-9)


@pytest.mark.parametrize("name", SUPERVISED)
@pytest.mark.parametrize("place", [0, 3])
def test_a_dead_dimension_does_no_harm_wherever_it_is(name, place):
    """3.7 is not exactly representable; modularity counts it as 0, as published."""
    dead = scored(name, np.insert(CODES, place, 3.7, axis=1), FACTORS)
    share = 3 / 4 if name == "modularity" else 1
    assert dead.value == pytest.approx(share * BEFORE[name], abs=OF_ROWS.get(name, 1e-9))


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize(
    "shape", ["dead", "one dimension", "one factor", "two rows", "rare", "float32"]
)
def test_degenerate_codes_get_a_number_or_a_note(name, shape):
    codes, factors = {
        "dead": (np.full((400, 2), 3.7), FACTORS),
        "one dimension": (CODES[:, :1], FACTORS),
        "one factor": (CODES, FACTORS[:, :1]),
        "two rows": (CODES[:2], np.array([[0, 1], [1, 0]])),
        "rare": (CODES, np.column_stack([FACTORS, np.arange(400) == 7])),
        "float32": (CODES.astype(np.float32), FACTORS),
    }[shape]
    score = scored(name, codes, factors)
    assert score.value is not None or score.notes
    assert score.value is None or math.isfinite(score.value)


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_says_what_it_is(name):
    said = about(name)
    for text in (said.formula, said.range, said.reading, said.source):
        assert text
        assert not text.endswith(".")
    assert said.limitations
    assert any(year in said.source for year in map(str, range(1960, 2030)))
    assert METRICS[name][0].isupper()
    assert f"\n## {name}\n" in DOCS.read_text("utf-8")


@pytest.mark.parametrize("name", METRICS)
def test_what_help_reads_from_the_source_is_what_is_imported(name):
    module = import_module(f"latentcli.disentanglement._{name.replace('-', '_')}")
    assert about(name) == module.ABOUT
    defaults = {
        key: parameter.default
        for key, parameter in inspect.signature(function(name)).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY and key not in OF_ALL
    }
    assert parameters(name) == defaults


@pytest.mark.parametrize("name", METRICS)
def test_every_keyword_has_an_entry_in_the_docstring(name):
    text = inspect.getdoc(function(name))
    for key in inspect.signature(function(name)).parameters:
        if key not in ("codes", "factors"):
            assert f"\n{key}\n    " in text or f"{key}, " in text or f", {key}\n" in text, key


@pytest.mark.parametrize(
    ("name", "library"), [(name, library) for name in METRICS for library in about(name).compat]
)
def test_the_settings_of_a_library_can_be_taken_and_given_ones_go_before(name, library):
    taken = dict(about(name).compat[library])
    assert set(taken) <= set(inspect.signature(function(name)).parameters)
    score = scored(name, CODES, FACTORS, **taken, compat=library)
    assert score.value is not None
    assert score.settings["compat"] == library
    if "bins" in taken:
        assert scored(name, CODES, FACTORS, compat=library).settings["bins"] == taken["bins"]
        assert scored(name, CODES, FACTORS, compat=library, bins=7).settings["bins"] == 7


@pytest.mark.parametrize("name", METRICS)
def test_a_value_lies_in_its_interval_and_its_bounds_are_in_the_summary(name):
    score = scored(name, CODES, FACTORS, ci=0.95)
    label = name.replace("-", "_")
    if score.interval is not None:
        assert score.interval.low <= score.value <= score.interval.high
        assert (score.summary[f"{label}_low"], score.summary[f"{label}_high"]) == score.interval


@pytest.mark.parametrize("estimator", ["lasso", "forest"])
def test_perfect_predictions_are_not_called_noise(estimator):
    """R2 of shuffled rows varies so much that its normal or exponential tail passes 1, its largest value."""
    factors = np.random.default_rng(120).normal(size=(120, 2))
    score = function("dci")(factors, factors, estimator=estimator)
    assert not [note for note in score.notes if "noise" in note]


def test_a_perfect_classifier_of_few_rows_is_not_called_noise():
    for seed in range(5):
        rng = np.random.default_rng(seed)
        label = rng.random(60) < 0.5
        codes = np.column_stack([label * 1.0, rng.normal(size=60)])
        notes = function("explicitness")(codes, {"label": label}, ci=None).notes
        assert not [note for note in notes if "explains" in note]


def test_the_note_on_dependent_factors_has_the_ceiling():
    rng = np.random.default_rng(0)
    a = rng.integers(0, 3, 60)
    b = np.where(rng.random(60) < 0.7, a, rng.integers(0, 3, 60))
    factors = {"a": a, "b": b, "c": rng.integers(0, 4, 60)}
    score = function("mig")(np.column_stack([*factors.values()]) * 1.0, factors, ci=None)
    assert f"MIG {score.summary['ceiling']:.3f}, not 1" in " ".join(score.notes)
