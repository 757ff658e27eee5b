"""What all measures have in common."""

import math
import re
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from latentcli.geometry import MEASURES, SECTIONS
from latentcli.geometry._cloud import Cloud, Relation
from latentcli.geometry._sampling import Settings

DOCS = Path(__file__).resolve().parents[2] / "docs" / "commands.md"
RNG = np.random.default_rng(0)
ROWS = RNG.standard_normal((120, 6)) @ RNG.standard_normal((6, 6)) + 1
LABELS = RNG.integers(0, 3, 120)
OUTPUTS = np.tanh(ROWS @ RNG.standard_normal((6, 9)))
PAIRS = RNG.permutation(120)[:40].reshape(-1, 2)
TURN = np.linalg.qr(RNG.standard_normal((6, 6)))[0]


def measure(section, cloud):
    return import_module(f"latentcli.geometry._{section}").measure(cloud)


def everything(rows, order=None, outputs=OUTPUTS, **options):
    """Measure rows, perhaps in another order, with all that comes beside them."""
    order = np.arange(120) if order is None else order
    place = np.argsort(order)
    cloud = Cloud(
        rows[order],
        Settings(**options),
        LABELS[order],
        outputs[order],
        [Relation("pairs", place[PAIRS])],
        lambda row: str(order[row]),
    )
    return {
        (one.measure, one.variant): one for name in SECTIONS for one in measure(name, cloud)
    }


def numbers(one):
    """Return the numbers of a measure that are there."""
    found = (one.value, one.white_noise, one.null, one.p_value, *(one.interval or ()))
    return [value for value in found if value is not None]


PLAIN = everything(ROWS)


def same(found, besides=()):
    for key, one in PLAIN.items():
        if key[0] not in besides:
            assert found[key].value == pytest.approx(one.value, rel=1e-6, abs=1e-9), key


def test_every_measure_is_made_by_its_section():
    assert {(name, one.section) for (name, _), one in PLAIN.items()} == set(MEASURES.items())


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_is_a_module(section):
    assert callable(import_module(f"latentcli.geometry._{section}").measure)


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_is_documented_with_a_formula_a_range_and_how_to_read_it(name):
    _, _, text = DOCS.read_text("utf-8").partition("## geometry")
    rows = re.findall(rf"^\| `{name}` \|.*$", text.partition("\n### ")[0], re.MULTILINE)
    assert len(rows) == 1
    assert len(re.split(r"(?<!\\)\|", rows[0])) == 6


@pytest.mark.parametrize("name", MEASURES)
def test_values_are_pythons_own_and_finite(name):
    for (measured, _), one in PLAIN.items():
        if measured == name:
            for value in numbers(one):
                assert type(value) is float
                assert math.isfinite(value)
            assert one.value is not None
            assert one.white_noise is not None
            assert one.interval is None or one.interval.low <= one.value <= one.interval.high


DESCRIBED = {
    "davies_bouldin", "calinski_harabasz", "participation_ratio", "pca_components",
    "pca_top_share", "isoscore", "effective_rank", "stable_rank", "antihubs", "hub_share",
    "robin_hood", "hub", "lipschitz",
}  # fmt: skip
"""Measures that are described in the documentation and not judged."""


def test_every_other_measure_has_a_reading_with_a_null():
    for (name, _), one in PLAIN.items():
        if name not in DESCRIBED:
            assert one.reading, name
            assert one.null is not None, name
            assert one.p_value is not None, name
        else:
            assert not one.reading, name


def test_the_same_seed_gives_the_same_numbers():
    assert everything(ROWS) == PLAIN


def test_rotations_change_nothing():
    # The probe standardizes each dimension, so it does see how they are turned.
    same(everything(ROWS @ TURN), besides=("probe_accuracy",))


def test_size_changes_nothing_but_slopes():
    found = everything(ROWS * 8)
    same(found, besides=("lipschitz",))
    for key, one in PLAIN.items():
        if key[0] == "lipschitz":
            assert found[key].value == pytest.approx(one.value / 8)
            assert found[key].white_noise == pytest.approx(one.white_noise / 8)


def test_the_order_of_the_rows_changes_nothing():
    # The folds of the probe are drawn by place.
    same(everything(ROWS, np.random.default_rng(1).permutation(120)), besides=("probe_accuracy", "hub"))  # fmt: skip


def test_unit_rows_forget_their_length():
    plain = everything(ROWS, unit=True)
    longer = everything(ROWS * RNG.uniform(0.5, 4, (120, 1)), unit=True)
    for key, one in plain.items():
        if key[0] in (
            "silhouette",
            "knn_purity",
            "two_nn",
            "mle",
            "k_skewness",
            "offset_cosine",
        ):
            assert longer[key].value == pytest.approx(one.value, rel=1e-6)


@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(np.arange(3.0)[:, None], id="three"),
        pytest.param(np.eye(9), id="one-hot"),
        pytest.param(np.arange(1.0, 9.0)[:, None] * [1, 2], id="one ray"),
        pytest.param(np.eye(9) * 1e59, id="large"),
        pytest.param(np.eye(9) * 1e-59, id="small"),
        pytest.param(np.repeat(np.eye(4), 5, axis=0), id="duplicates"),
        pytest.param(np.random.default_rng(0).standard_normal((6, 40)), id="wide"),
        pytest.param(np.arange(40.0).reshape(10, 4) * [1, 0, 0, 0], id="constant"),
        pytest.param(np.vstack([np.zeros((8, 3)), np.eye(3)]), id="zeros"),
    ],
)
def test_degenerate_rows_have_a_value_or_a_note(section, rows, unit):
    count = len(rows)
    cloud = Cloud(
        rows,
        Settings(unit=unit),
        labels=np.arange(count) % 2,
        outputs=rows,
        relations=[
            Relation("all", np.column_stack([np.arange(count - 1), np.arange(1, count)]))
        ],
    )
    for one in measure(section, cloud):
        assert one.value is not None or one.note
        assert all(map(math.isfinite, numbers(one)))


@pytest.mark.parametrize("rows", [np.arange(1.0, 9.0)[:, None] * [1, 2], np.eye(9)])
def test_clusters_that_are_looked_for_where_there_are_none(rows):
    for one in measure("clusters", Cloud(rows, Settings(unit=True))):
        assert one.value is not None or one.note
