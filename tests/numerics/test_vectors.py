"""Unit vectors, angles and distances against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentcli.errors import LatentError
from latentcli.numerics.vectors import (
    DISTANCES,
    angle,
    check_squares,
    cosine,
    distances,
    pair,
    unit,
)

PYTHAGORAS = np.array([3.0, 4.0])
scales = st.floats(1e-300, 1e300)


@pytest.mark.parametrize("scale", [1e-300, 1e-150, 1.0, 1e150, 1e300])
def test_unit_vectors_have_length_one_at_any_scale(scale):
    np.testing.assert_allclose(unit(PYTHAGORAS * scale), [0.6, 0.8], rtol=1e-15)


def test_unit_works_on_the_last_axis_and_keeps_zeros():
    stack = np.array([[[3.0, 4.0], [0.0, 0.0]], [[0.0, -2.0], [5.0, 12.0]]])
    expected = [[[0.6, 0.8], [0, 0]], [[0, -1], [5 / 13, 12 / 13]]]
    np.testing.assert_allclose(unit(stack), expected, rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int8])
def test_unit_computes_in_float64(dtype):
    found = unit(np.array([3, 4], dtype=dtype))
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, [0.6, 0.8], rtol=1e-15)


@pytest.mark.parametrize("degrees", [0, 1e-6, 1e-3, 30, 90, 120, 179.999, 180 - 1e-6, 180])
def test_angles_are_exact_near_parallel_and_antiparallel(degrees):
    turned = [np.cos(np.radians(degrees)), np.sin(np.radians(degrees))]
    assert np.degrees(angle(np.array([5.0, 0.0]), np.array(turned))) == pytest.approx(
        degrees, rel=1e-9, abs=1e-12
    )


@given(scales, scales)
def test_a_cosine_depends_on_neither_length(one, other):
    assert cosine(PYTHAGORAS * one, np.array([5.0, 12.0]) * other) == pytest.approx(63 / 65)


def test_a_pair_by_hand():
    found = pair(np.array([3.0, 4.0]), np.array([4.0, 3.0]))
    assert found.dot == 24.0
    assert found.cosine == pytest.approx(24 / 25)
    assert found.euclidean == pytest.approx(np.sqrt(2))
    assert found.angle_degrees == pytest.approx(np.degrees(np.arctan2(7, 24)))


def test_a_pair_of_float32_rows_is_measured_in_float64():
    big = np.float32([3e38, 3e38])
    assert pair(big, big).dot == pytest.approx(2 * 9e76, rel=1e-6)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("cosine", [[0, 1, 2, 1 - np.sqrt(0.5)], [1, 0, 1, 1 - np.sqrt(0.5)]]),
        ("euclidean", [[0, np.sqrt(5), 3, 1], [np.sqrt(5), 0, np.sqrt(8), np.sqrt(2)]]),
        ("angle", [[0, 90, 180, 45], [90, 0, 90, 45]]),
    ],
)
def test_distances_by_hand(metric, expected):
    vectors = np.array([[1.0, 0.0], [0.0, 2.0], [-2.0, 0.0], [1.0, 1.0]])
    np.testing.assert_allclose(distances(vectors, metric)[:2], expected, atol=1e-15)


@pytest.mark.parametrize("metric", DISTANCES)
def test_distances_are_symmetric_and_zero_between_equals(metric):
    vectors = np.random.default_rng(0).normal(size=(6, 5))
    vectors[3] = vectors[0]
    found = distances(vectors, metric)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(np.diag(found), 0)
    assert found[0, 3] == 0
    assert (found >= 0).all()


def test_cosine_distances_of_near_directions_keep_their_digits():
    # 1 - cos t is t^2 / 2 for small t, far below what 1 - cos can hold.
    tiny = np.array([[1.0, 0.0], [1.0, 1e-9], [-1.0, 0.0]])
    np.testing.assert_allclose(distances(tiny)[0], [0, 5e-19, 2], rtol=1e-6)


def test_distances_leave_their_input_alone():
    vectors = np.array([[1.0, 2.0], [3.0, 4.0]])
    vectors.setflags(write=False)
    distances(vectors, "euclidean")


@pytest.mark.parametrize("sign", [1, -1])
def test_numbers_whose_squares_overflow_are_refused(sign):
    check_squares(np.full((2, 3), sign * 1e150), "x")
    check_squares(np.empty((0, 3)), "x")
    with pytest.raises(LatentError, match=r"`x` holds numbers beyond 1e\+150"):
        check_squares(np.full((2, 3), sign * 1e151), "x")
