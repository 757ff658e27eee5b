import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import latentcli
from latentcli.errors import LatentError
from latentcli.files import array_writing
from latentcli.latents import _editing as editing
from latentcli.latents._streaming import cast

RNG = np.random.default_rng(0)
Z, N = np.array([1.0, 2.0]), np.array([0.0, 1.0])
DTYPES = [np.float16, np.float32, np.float64]

codes = arrays.arrays(np.float64, (2, 3, 4), elements=st.floats(-50, 50))
lines = arrays.arrays(np.float64, 4, elements=st.floats(-5, 5)).filter(
    lambda line: np.linalg.norm(line) > 1e-3
)
alphas = st.floats(-20, 20)


# By and to.


def test_relative_and_absolute_by_hand():
    assert editing.shift(Z, N, 3).tolist() == [1, 5]
    assert editing.place(Z, N, 3).tolist() == [1, 3]


def test_a_principal_component_set_and_added():
    """mean (1, 1), sd 2, w (4, 5), along the first axis: set to +2 sd, or add 2 sd."""
    w, axis = np.array([4.0, 5.0]), np.array([1.0, 0.0])
    assert editing.project(w, axis, -1.0) / 2 == pytest.approx(1.5)
    assert editing.place(w, axis, 2 * 2, intercept=-1.0).tolist() == [5, 5]
    assert editing.shift(w, axis, 2 * 2).tolist() == [8, 5]


def test_a_direction_is_added_at_its_own_length_and_projected_on_at_length_1():
    assert editing.shift(Z, 7 * N, 3).tolist() == [1, 23]
    assert editing.shift(Z, editing.unit_direction(7 * N), 3).tolist() == [1, 5]
    assert editing.project(Z, 7 * N) == 2


@pytest.mark.parametrize(("alpha", "degrees"), [(3, 7.55), (22.6, 45), (1000, 88.7)])
def test_far_edits_of_a_normal_code_only_turn_it(alpha, degrees):
    z = np.zeros(512)
    z[0] = 22.6
    moved = editing.shift(z, np.eye(512)[1], alpha)
    assert np.degrees(np.arctan2(moved[1], moved[0])) == pytest.approx(degrees, abs=0.05)


@given(codes, lines, alphas, st.floats(-3, 3))
def test_to_goes_where_project_says(values, line, alpha, intercept):
    moved = editing.place(values, line, alpha, intercept=intercept)
    assert editing.project(moved, line, intercept) == pytest.approx(
        np.full(values.shape[:-1], alpha), abs=1e-9
    )


@given(codes, lines, alphas)
def test_by_adds_to_what_project_says_and_goes_back(values, line, alpha):
    line = editing.unit_direction(line)
    moved = editing.shift(values, line, alpha)
    assert editing.project(moved, line) == pytest.approx(
        editing.project(values, line) + alpha, abs=1e-9
    )
    assert editing.shift(moved, line, -alpha) == pytest.approx(values, abs=1e-9)


@given(codes, lines, alphas)
def test_rows_are_independent(values, line, alpha):
    for edit in (editing.shift, editing.place):
        alone = np.stack([edit(code, line, alpha) for code in values])
        assert (edit(values, line, alpha) == alone).all()


def test_other_layers_stay_bit_for_bit():
    values = RNG.normal(size=(3, 18, 8)).astype(np.float32)
    layers, others = [4, 5, 6, 7], [*range(4), *range(8, 18)]
    for edit in (editing.shift, editing.place):
        moved = edit(values, np.ones(8), 2.0, layers=layers)
        assert moved[:, others].tobytes() == values[:, others].tobytes()
        assert (moved[:, layers] != values[:, layers]).any()


# Directions of layers keep their proportions.


def test_a_direction_of_equal_layers_is_one_direction():
    values, line = RNG.normal(size=(5, 18, 8)), RNG.normal(size=8)
    layered = np.tile(0.67 * line, (18, 1))  # as Puzer's files
    units = editing.unit_direction(layered), editing.unit_direction(line)
    assert editing.shift(values, units[0], 3) == pytest.approx(
        editing.shift(values, units[1], 3)
    )
    assert editing.project(values, layered) == pytest.approx(
        editing.project(values, line).mean(axis=1)
    )


def test_a_layer_without_a_part_in_the_direction_stays():
    layered = np.zeros((3, 2))
    layered[1] = 3, 4
    moved = editing.shift(np.zeros((3, 2)), editing.unit_direction(layered), 1.0)
    assert moved[[0, 2]].tolist() == [[0, 0], [0, 0]]
    assert moved[1] == pytest.approx(3**0.5 * np.array([0.6, 0.8]))


@given(codes, arrays.arrays(np.float64, (3, 4), elements=st.floats(0.5, 5)), alphas)
@pytest.mark.parametrize("layers", [None, [1], [0, 2]])
def test_a_direction_of_layers_goes_where_project_says(layers, values, line, alpha):
    moved = editing.place(values, line, alpha, intercept=0.5, layers=layers)
    found = editing.project(moved, line, 0.5, layers)
    assert found == pytest.approx(np.full(2, alpha), abs=1e-9)
    unit = editing.unit_direction(line)
    shifted = editing.project(editing.shift(values, unit, alpha, layers), line, 0.5, layers)
    assert shifted == pytest.approx(
        editing.project(values, line, 0.5, layers) + alpha, abs=1e-9
    )


def test_layers_in_which_a_direction_is_nothing_have_no_score():
    layered = np.zeros((3, 2))
    layered[1] = 1
    with pytest.raises(LatentError, match="length 0 in these layers"):
        editing.project(np.ones((3, 2)), layered, layers=[0])


@pytest.mark.parametrize(
    ("direction", "shape"),
    [((3,), (2,)), ((18, 4), (14, 4)), ((18, 4), (5, 14, 4)), ((2, 4), (4,)), ((4,), (4, 3))],
)
def test_a_direction_that_does_not_fit_names_both_shapes(direction, shape):
    with pytest.raises(LatentError) as error:
        editing.shift(np.ones(shape), np.ones(direction), 1.0)
    assert f"a direction of shape {direction} does not fit codes of shape {shape}" in str(
        error.value
    )
    of_stylegan = 18 in direction
    assert ("18 layers are 1024 px" in str(error.value)) == of_stylegan
    assert ("14 are 256 px" in str(error.value)) == of_stylegan


# Truncation, mixing, traversal, grids.


def test_truncation_by_hand():
    drawn = editing.truncate(np.array([3.0, 5.0]), np.ones(2), 0.7)
    assert drawn == pytest.approx((2.4, 3.8))


@pytest.mark.parametrize("mean", [np.ones(4), np.ones((18, 4))], ids=["(D,)", "(L, D)"])
def test_truncation_of_the_first_layers_only(mean):
    w = RNG.normal(size=(2, 18, 4))
    drawn = editing.truncate(w, mean, 0.5, range(8))
    assert drawn[:, :8] == pytest.approx(1 + 0.5 * (w[:, :8] - 1))
    assert (drawn[:, 8:] == w[:, 8:]).all()


@given(codes)
def test_psi_one_keeps_and_psi_zero_is_the_mean(values):
    mean = np.arange(4.0)
    assert editing.truncate(values, mean, 1.0) == pytest.approx(values, abs=1e-9)
    assert editing.truncate(values, mean, 0.0) == pytest.approx(
        np.broadcast_to(mean, values.shape)
    )


def test_mixing_takes_layers():
    row, column = np.zeros((18, 4), np.float32), np.ones((18, 4), np.float32)
    mixed = editing.mix(row, column, range(7))
    assert mixed[:7].tolist() == column[:7].tolist()
    assert mixed[7:].tolist() == row[7:].tolist()
    assert not row.any()


def test_mixing_all_with_all():
    rows, columns = RNG.normal(size=(2, 3, 5, 4))
    mixed = editing.mix(rows[:, None], columns[None], [0, 4])
    assert mixed.shape == (3, 3, 5, 4)
    assert (mixed[1, 2, [0, 4]] == columns[2, [0, 4]]).all()
    assert (mixed[1, 2, 1:4] == rows[1, 1:4]).all()


def test_codes_of_different_layers_are_not_mixed():
    with pytest.raises(LatentError, match="18 layers are 1024 px"):
        editing.mix(np.ones((18, 4)), np.ones((14, 4)), [0])


def test_a_traversal_sets_one_dimension():
    walked = editing.traverse(np.array([1.0, 2.0, 3.0]), [0, 2], [-1.0, 9.0])
    assert walked.tolist() == [[[-1, 2, 3], [9, 2, 3]], [[1, 2, -1], [1, 2, 9]]]


CORNERS = [*np.eye(3), np.ones(3)]


def test_a_grid_by_hand():
    filled = editing.grid(CORNERS, 3, 5)
    assert filled.shape == (3, 5, 3)
    for place, corner in zip(((0, 0), (0, -1), (-1, 0), (-1, -1)), CORNERS, strict=True):
        assert filled[place].tolist() == corner.tolist()
    # u = 1/4, v = 1/2: weights 3/8, 1/8, 3/8, 1/8
    assert filled[1, 1] == pytest.approx((0.5, 0.25, 0.5))


def test_a_grid_that_keeps_the_prior_by_hand():
    weights = np.array([3, 1, 3, 1]) / 8
    expected = np.array([0.5, 0.25, 0.5]) / np.sqrt((weights**2).sum())
    assert editing.grid(CORNERS, 3, 5, preserve=True)[1, 1] == pytest.approx(expected)


def test_a_grid_turned_is_the_grid_of_turned_corners():
    """Turning rows and columns by slerp gives different ones: (.7458 ...) and (.7319 ...)."""
    a, b, c, d = RNG.normal(size=(4, 6))
    there = editing.grid([a, b, c, d], 4, 7, preserve=True)
    turned = editing.grid([a, c, b, d], 7, 4, preserve=True)
    assert turned.swapaxes(0, 1) == pytest.approx(there)


# Seeds.


@pytest.mark.parametrize(
    ("seed", "begins"),
    [(0, (1.76405235, 0.40015721, 0.97873798)), (85, (0.17685072, 2.37775412, 0.99873286))],
)
def test_seeds_are_stylegans(seed, begins):
    assert editing.draw(seed, 512)[:3] == pytest.approx(begins, abs=5e-9)
    assert (editing.draw(seed, 512) == np.random.RandomState(seed).randn(1, 512)[0]).all()


@pytest.mark.parametrize("truncation", [0.01, 0.5, 2.0])
def test_numbers_beyond_the_truncation_are_drawn_again(truncation):
    drawn, free = editing.draw(3, 512, truncation), editing.draw(3, 512)
    assert np.abs(drawn).max() <= truncation
    within = np.abs(free) <= truncation
    assert (drawn[within] == free[within]).all()
    assert len(set(drawn.tolist())) == 512


# What came in comes out.


EDITS = {
    "shift": lambda z: editing.shift(z, np.ones(8), 2),
    "place": lambda z: editing.place(z, np.ones(8), 2, intercept=1),
    "truncate": lambda z: editing.truncate(z, np.ones(8), 0.7),
    "mix": lambda z: editing.mix(z, z[::-1], [0]),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", EDITS)
def test_dtype_and_shape_come_back_and_the_input_stays(name, dtype):
    values = RNG.normal(size=(3, 5, 8)).astype(dtype)
    before = values.copy()
    values.flags.writeable = False
    found = EDITS[name](values)
    assert (found.dtype, found.shape) == (np.dtype(dtype), values.shape)
    assert (values == before).all()
    exact = EDITS[name](before.astype(np.float64)).astype(dtype)
    assert (found == exact).all()  # float64 inside, rounded once


@pytest.mark.parametrize("step", [np.float32(0.1), 0.1, 1e-45, 3e38, 1e300])
def test_sums_are_those_of_float64_rounded_once(step):
    """Also where both are float32: of neighbors far apart, subnormal and too large ones."""
    scales = 10.0 ** RNG.integers(-44, 38, size=(2000, 8))
    codes = (RNG.standard_normal((2000, 8)) * scales).astype(np.float32)
    with np.errstate(over="ignore"):
        expected = (codes + np.full(8, float(step))).astype(np.float32)
    assert (editing.shift(codes, np.full(8, step), 1) == expected).all()


def test_numbers_that_a_dtype_cannot_hold_are_refused():
    assert cast(np.array([65504.0]), np.dtype(np.float16)).tolist() == [65504.0]
    with pytest.raises(LatentError, match="beyond float16, whose largest is 65504"):
        cast(np.array([0.0, 1e5]), np.dtype(np.float16))


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("shape", [(9000, 512), (500, 18, 512)])
def test_very_many_codes_are_changed_as_few_are(dtype, shape):
    codes = RNG.standard_normal(shape, dtype=np.float32).astype(dtype)
    line = RNG.standard_normal(512)
    found = latentcli.edit(codes, line, by=[1.5, -2])
    expected = (codes + np.array([1.5, -2]).reshape(2, *(1,) * len(shape)) * line).astype(dtype)
    near = 1 if dtype == np.float32 else 2
    np.testing.assert_array_max_ulp(found.codes[:, :50], expected[:, :50], maxulp=near)
    norms = np.linalg.norm(expected.astype(np.float64), axis=-1)
    assert found.norms.reshape(norms.shape) == pytest.approx(
        norms, rel=2e-3 if near == 2 else 1e-6
    )


def test_nan_among_very_many_codes_is_found_on_the_way():
    codes = np.ones((9000, 512), np.float32)
    codes[8123, 5] = np.nan
    with pytest.raises(LatentError, match="row 8,123"):
        latentcli.edit(codes, np.ones(512), by=1)
    with pytest.raises(LatentError, match="row 8,123"):
        latentcli.truncate(codes, np.ones(512))
    codes[8123, 5] = 3e38
    with pytest.raises(LatentError, match="beyond float32"):
        latentcli.edit(codes, np.full(512, 1e38), by=3)


@pytest.mark.parametrize("by", [[2.0], [2.0, -1.0]])
def test_very_many_codes_are_written_by_the_threads_that_make_them(tmp_path, monkeypatch, by):
    monkeypatch.setattr(array_writing, "HASHED", 0)
    codes = RNG.standard_normal((9000, 512), dtype=np.float32)
    line = RNG.standard_normal(512)
    path = tmp_path / "edited.npy"
    with array_writing.ArrayWriter(path) as writer:
        result = latentcli.edit(codes, line, by=by, out=writer)
        writer.finish(result.shape, command="edit", settings={})
    assert (np.load(path) == latentcli.edit(codes, line, by=by).codes).all()
