"""Codes and factors made ready: what is refused, what is left out, and what is decided."""

import re

import numpy as np
import pytest

from latentcli.cli.wording import naming
from latentcli.disentanglement import _data as module
from latentcli.disentanglement._data import prepare
from latentcli.disentanglement._infomec import infomec
from latentcli.disentanglement._mig import mig
from latentcli.errors import LatentError, ParameterError

RNG = np.random.default_rng(0)
CODES = RNG.normal(size=(60, 3))
FACTORS = np.column_stack([RNG.integers(0, 3, 60), RNG.integers(0, 4, 60)])


def with_value(value, row=7):
    codes = CODES.copy()
    codes[row, 1] = value
    return codes


REFUSED = {
    "no rows": (CODES[:0], FACTORS[:0], "`codes`: shape (0, 3)"),
    "no dimensions": (CODES[:, :0], FACTORS, "`codes`: shape (60, 0)"),
    "a cube": (CODES[None], FACTORS, "`codes`: shape (1, 60, 3)"),
    "text": (CODES.astype(str), FACTORS, "is not numbers"),
    "complex": (CODES.astype(complex), FACTORS, "complex128 is not numbers"),
    "one row": (CODES[:1], FACTORS[:1], "1 row; a metric needs two or more"),
    "NaN": (with_value(np.nan), FACTORS, "1 of 60 rows hold NaN or infinity, the first is row 7"),
    "infinity": (with_value(-np.inf), FACTORS, "the first is row 7"),
    "NaN in row 0": (with_value(np.nan, 0), FACTORS, "the first is row 0"),
    "huge": (with_value(1e300), FACTORS, "beyond 1e+151, whose squares overflow"),
    "hugest": (with_value(-1.7e308), FACTORS, "whose squares overflow"),
    "huge for its kind": (with_value(1e30).astype(np.float32), FACTORS, "squares overflow"),
    "transposed": (CODES.T, FACTORS, "3 x 60 and `factors` has 60 rows: the codes are transposed"),
    "other rows": (CODES[:50], FACTORS, "has 50 rows and `factors` 60"),
    "a line of names less": (CODES, FACTORS[1:], "is its first line, taken for names, a row?"),
    "other rows in a column": (CODES, {"a": FACTORS[:, 0], "b": [1, 2]}, "60 rows and `factors` 2"),
    "no factors": (CODES, {}, "`factors`: no factors"),
    "a table in a column": (CODES, {"a": FACTORS}, "a has shape (60, 2), not (N,)"),
    "a cube of factors": (CODES, FACTORS[None], "`factors`: shape (1, 60, 2)"),
    "constant factors": (CODES, np.ones((60, 2)), "every factor is the same in all rows"),
    "missing": (CODES, {"a": np.full(60, np.nan)}, "`factors`: every row has a missing value"),
    "missing text": (CODES, {"a": np.array([None] * 60)}, "every row has a missing value"),
    "all but one missing": (
        CODES,
        {"a": np.where(np.arange(60) == 3, 1.0, np.nan)},
        "1 row; a metric needs two or more",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_scored_is_refused_in_one_line(what):
    codes, factors, message = REFUSED[what]
    with pytest.raises(LatentError, match=re.escape(message)) as error:
        prepare(codes, factors)
    assert "\n" not in str(error.value)


def test_a_refusal_names_the_files():
    refused = pytest.raises(LatentError, match=r"^z\.npy is 3 x 60 and f\.csv has 60 rows")
    with refused, naming(codes="z.npy", factors="f.csv"):
        prepare(CODES.T, FACTORS)


def test_codes_alone_are_enough_to_be_made_ready_but_not_for_mig():
    assert prepare(CODES).factors == ()
    with pytest.raises(LatentError, match="`factors` is missing"):
        mig(CODES)


def test_hostile_names_are_shown_on_one_line():
    columns = {"a\nb\x1b[2J": np.ones(60), "ok": FACTORS[:, 0]}
    (note,) = prepare(CODES, columns).notes
    assert note == "factor a b\\x1b[2J is the same in all rows and is left out"


@pytest.mark.parametrize("names", [["size"], ["shape", "siz"]])
def test_kinds_are_set_for_factors_that_are_there(names):
    with pytest.raises(ParameterError, match=r"unknown factor '(size|siz)'"):
        prepare(CODES, {"shape": FACTORS[:, 0]}, continuous=names[:1], discrete=names[1:])


def test_a_factor_is_not_of_both_kinds_and_text_is_no_quantity():
    with pytest.raises(ParameterError, match="both continuous and discrete"):
        prepare(CODES, FACTORS, continuous=["factor0"], discrete=["factor0"])
    with pytest.raises(ParameterError, match="factor a is text and cannot be continuous"):
        prepare(CODES, {"a": FACTORS[:, 0].astype(str)}, continuous=["a"])
    with pytest.raises(ParameterError, match="`factor_bins` is 1"):
        prepare(CODES, FACTORS, factor_bins=1)


# --- what is left out, and told


def test_each_factor_has_the_rows_that_have_it_and_notes_count_the_others():
    text = np.array(["x", None, "y", "x"] * 15, dtype=object)
    number = FACTORS[:, 0].astype(float)
    number[[0, 1]] = np.nan, np.inf
    made = prepare(CODES, {"text": text, "number": number})
    assert made.rows == 59  # row 1 has neither
    assert made.notes == (
        "1 of 60 rows are left out: every factor is missing",
        "factors missing in some rows, and scored on the others: text (14 rows), number (1 row)",
    )
    kept = np.delete(np.arange(60), 1)
    np.testing.assert_array_equal(made.codes, CODES[kept])
    first, second = made.factors
    assert (first.rows, second.rows) == (45, 58)
    assert [first.classes[label] for label in first.labels[first.known]] == [
        one for one in text[kept] if one
    ]
    np.testing.assert_array_equal(second.values[second.known], FACTORS[2:, 0])


def test_a_factor_that_is_nowhere_is_left_out():
    made = prepare(CODES, {"a": FACTORS[:, 0], "b": np.full(60, np.nan)})
    assert made.factor_names == ["a"]
    assert "factor b is missing in all rows and is left out" in made.notes


def test_metrics_of_all_factors_at_once_take_the_rows_that_have_all():
    gaps = FACTORS.astype(float)
    gaps[:5, 0] = gaps[3:9, 1] = np.nan
    made = prepare(CODES, gaps).with_all_factors()
    assert made.rows == 60 - 9
    assert "are left out, as a factor is missing" in made.notes[-1]


# --- angles


@pytest.mark.parametrize("period", [2 * np.pi, 360.0, 24.0])
def test_angles_are_on_one_turn_and_a_whole_turn_is_none(period):
    """The orientations of dSprites go from 0 to 2 pi, both included."""
    levels = np.linspace(0, period, 13)
    made = prepare(
        np.zeros((13, 1)) + np.arange(13)[:, None],
        {"v": levels},
        periodic={"v": period},
        discrete=["v"],
    )
    (factor,) = made.factors
    assert factor.size == 12
    assert factor.labels[0] == factor.labels[12]
    assert factor.values.max() < period
    turn = 2 * np.pi * levels / period
    np.testing.assert_allclose(
        factor.targets, np.stack([np.cos(turn), np.sin(turn)], axis=1), atol=1e-8
    )


def test_a_continuous_angle_is_cut_into_equal_arcs():
    angles = RNG.uniform(-np.pi, np.pi, 500)
    (factor,) = prepare(
        RNG.normal(size=(500, 2)), {"v": angles}, periodic=["v"], factor_bins=8
    ).factors
    assert factor.kind == "continuous"
    expected = np.floor(angles % (2 * np.pi) / (2 * np.pi) * 8)
    np.testing.assert_array_equal(factor.labels, expected)


@pytest.mark.parametrize(
    ("column", "periodic", "said"),
    [
        (np.arange(60.0), ["v"], r"goes from 0 to 59, more than its period 6.28319; .*v=360"),
        (np.array(["a", "b"] * 30), ["v"], "is not a number and cannot be periodic"),
        (np.arange(60.0), {"v": 0.0}, "a period of 0 is not above 0"),
        (np.arange(60.0), {"v": np.nan}, "a period of nan is not above 0"),
        (np.arange(60.0), ["w"], "unknown factor 'w'"),
    ],
)
def test_what_is_no_angle_is_refused(column, periodic, said):
    with pytest.raises(ParameterError, match=said):
        prepare(CODES, {"v": column}, periodic=periodic)


def test_a_constant_factor_is_left_out_and_told():
    made = prepare(CODES, np.column_stack([FACTORS, np.full(60, 3.7)]))
    assert made.factor_names == ["factor0", "factor1"]
    assert made.notes == ("factor factor2 is the same in all rows and is left out",)


@pytest.mark.parametrize("constant", [0.0, 3.7, 1e-300, -1e100])
@pytest.mark.parametrize("place", [0, 1, 3])
@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_dead_dimensions_are_found_wherever_they_are(constant, place, kind):
    """3.7 is not exactly representable: the variance of 5,000 of them is not 0."""
    constant = constant if kind is np.float64 else constant % 10
    codes = np.insert(RNG.normal(size=(5000, 3)), place, constant, axis=1).astype(kind)
    alive = prepare(codes, RNG.integers(0, 2, 5000)).alive
    assert alive.tolist() == [j != place for j in range(4)]


# --- what is decided


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (np.arange(60) % 4, "discrete"),
        (np.arange(60) % 20 / 8, "discrete"),
        (np.arange(60) % 2 == 0, "discrete"),
        (np.array(["a", "b"] * 30), "discrete"),
        (np.array([b"a", b"b"] * 30), "discrete"),
        (np.array([1, "b"] * 30, dtype=object), "discrete"),
        (np.arange(60), "continuous"),
        (np.linspace(0, 1, 60), "continuous"),
        (np.arange(60) % 31 / 8, "continuous"),
        (RNG.normal(size=60).astype(np.float32), "continuous"),
    ],
)
def test_kinds_are_inferred(column, kind):
    assert prepare(CODES, {"f": column}).factors[0].kind == kind


def test_many_levels_in_many_rows_are_classes():
    """The orientations of dSprites: 40 numbers, as angles or as integers."""
    rng = np.random.default_rng(0)
    levels = rng.integers(0, 40, 5000)
    made = prepare(rng.normal(size=(5000, 2)), {"i": levels, "angle": levels * np.pi / 20})
    assert [(factor.kind, factor.size) for factor in made.factors] == [("discrete", 40)] * 2


def test_kinds_can_be_set():
    made = prepare(
        CODES,
        {"a": FACTORS[:, 0], "b": np.linspace(0, 1, 60)},
        continuous=["a"],
        discrete=["b"],
    )
    assert [factor.kind for factor in made.factors] == ["continuous", "discrete"]
    assert [factor.size for factor in made.factors] == [3, 60]


def test_continuous_factors_are_cut_equally_wide():
    values = RNG.normal(size=500)
    (factor,) = prepare(RNG.normal(size=(500, 2)), {"f": values}).factors
    expected = np.digitize(values, np.histogram(values, 20)[1][:-1])
    used, labels = np.unique(expected, return_inverse=True)
    np.testing.assert_array_equal(factor.labels, labels)
    assert factor.size == len(used)
    np.testing.assert_array_equal(factor.values, values)


def test_a_narrow_continuous_factor_does_not_fail():
    values = np.where(np.arange(60) % 2, 3.7, np.nextafter(3.7, 4))
    (factor,) = prepare(CODES, {"f": values}, continuous=["f"]).factors
    assert factor.size == 2


def test_classes_are_named_and_in_order():
    text, number, flag = prepare(
        CODES,
        {
            "text": np.array(["b", "a", "é"] * 20),
            "number": np.array([10, 9, -1] * 20),
            "flag": np.arange(60) > 30,
        },
    ).factors
    assert text.classes == ("a", "b", "é")
    assert text.values[:3].tolist() == [1, 0, 2]
    assert number.classes == ("-1", "9", "10")
    assert number.values[:3].tolist() == [10, 9, -1]
    assert flag.classes == ("False", "True")


@pytest.mark.parametrize("kind", [bool, np.int8, np.uint64, np.float16, np.float32, np.float64])
def test_codes_of_every_kind_of_number(kind):
    made = prepare((CODES > 0).astype(kind), FACTORS)
    assert made.codes.dtype in (np.float32, np.float64)
    np.testing.assert_array_equal(made.codes, CODES > 0)


def test_lists_and_single_columns_do():
    made = prepare(CODES[:, 0].tolist(), FACTORS[:, 0].tolist())
    assert (made.dimensions, made.names, made.factor_names) == (1, ("z0",), ["factor0"])
    assert prepare(made) is made


def test_large_finite_rows_whose_sum_overflows_are_told_from_infinity():
    with pytest.raises(LatentError, match="overflow"):
        prepare(np.full((4, 2), 1.7e308), [0, 1, 0, 1])


# --- parts and standards


def test_a_part_forgets_classes_and_factors_that_are_not_in_it():
    made = prepare(CODES, {"a": np.arange(60) % 3, "b": np.arange(60) >= 50})
    part = made.part(np.arange(0, 30, 3))
    assert part.rows == 10
    assert part.factor_names == []
    part = made.part(np.flatnonzero(np.arange(60) % 3 > 0))
    assert [factor.classes for factor in part.factors] == [("1", "2"), ("False", "True")]


def test_standard_codes_have_mean_0_and_deviation_1():
    codes = np.insert(1e6 + 50 * CODES, 1, 3.7, axis=1)
    made = prepare(codes, FACTORS).standard(None, 0)
    np.testing.assert_allclose(made.codes.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(made.codes.std(axis=0), [1, 0, 1, 1], atol=1e-9)
    few = prepare(codes, FACTORS).standard(20, 0)
    assert few.rows == 20
    np.testing.assert_allclose(few.codes[:, 0].std(), 1)


def test_counts_are_made_once(monkeypatch):
    made = prepare(CODES, FACTORS)
    cuts = []
    real = module.information.discretize
    monkeypatch.setattr(
        module.information,
        "discretize",
        lambda codes, cut: cuts.append(cut) or real(codes, cut),
    )
    first, again = mig(made, ci=None), mig(made, ci=None)
    assert first.summary == again.summary
    # Equal width, quantiles, fixed, perfect codes; no dimension has few values.
    assert len(cuts) == 4


# --- degenerate data that has an answer


def test_one_dimension_has_no_runner_up():
    score = mig(FACTORS[:, :1], FACTORS[:, 0])
    assert score.value == pytest.approx(1)
    assert score.notes[0] == "one dimension: there is no runner-up, and the gap is I / H"


def test_as_few_rows_as_there_can_be():
    for name in (mig, infomec):
        score = name(CODES[:2], [[0, 1], [1, 0]])
        assert score.value is None or np.isfinite(score.value)
    assert any("no active dimension has information" in note for note in score.notes)


def test_sorted_rows_change_nothing():
    order = np.lexsort(FACTORS.T)
    assert mig(CODES[order], FACTORS[order]).value == pytest.approx(mig(CODES, FACTORS).value)


def test_text_classes_are_as_good_as_numbers():
    names = np.array(["square", "ellipse", "heart"])[FACTORS[:, 0]]
    assert mig(CODES, {"shape": names}).value == pytest.approx(mig(CODES, FACTORS[:, :1]).value)


def test_one_outlier_moves_equal_widths_but_not_quantiles():
    rng = np.random.default_rng(0)
    factors = rng.integers(0, 4, 2000)
    codes = np.column_stack([factors + 0.1 * rng.normal(size=2000), rng.normal(size=2000)])
    before = mig(codes, factors)
    codes[5, 0] = 1e4
    after = mig(codes, factors)
    assert after.value < 0.1 < before.value
    assert after.summary["mig_quantile"] == pytest.approx(
        before.summary["mig_quantile"], abs=0.01
    )


# --- what a hostile reader tried


def test_dates_that_are_missing_are_left_out():
    days = np.array(["2020-01-01", "2020-01-02", "NaT"] * 4, dtype="datetime64[D]")
    made = prepare(np.arange(12.0), {"day": days})
    assert made.rows == 8
    assert made.factors[0].size == 2


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
def test_factors_whose_squares_overflow_are_refused(kind):
    values = np.linspace(-1e300, 1e300, 12)
    with pytest.raises(LatentError, match="factor big: holds numbers beyond"):
        prepare(np.arange(12.0), {"big": values}, **{kind: ["big"]})


@pytest.mark.parametrize("bins", [1, 99_999_999])
def test_the_option_that_is_wrong_is_the_one_that_is_named(bins):
    with pytest.raises(ParameterError, match="`factor_bins` is"):
        prepare(np.arange(12.0), {"a": np.arange(12.0)}, continuous=["a"], factor_bins=bins)
