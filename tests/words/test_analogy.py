"""Analogy questions against the papers' formulas."""

import numpy as np
import pytest

from latentcli.errors import LatentError
from latentcli.words._analogy import METHODS, ask, combine

A, B, C = np.array([3.0, 4.0, 0.0]), np.array([0.0, 0.0, 2.0]), np.array([0.0, 5.0, 0.0])


def test_the_parts_are_unit_vectors_by_default():
    np.testing.assert_allclose(combine([(1, A), (-1, B), (1, C)], raw=False), [0.6, 1.8, -1])


def test_the_parts_are_taken_as_they_are_when_raw():
    np.testing.assert_array_equal(combine([(1, A), (-1, B), (0.5, C)], raw=True), [3, 6.5, -2])


@pytest.mark.parametrize("scale", [1e-45, 1.0, 1e38])
@pytest.mark.parametrize("terms", [[(1, A), (-1, A)], [(0, A)], [(2, A), (-1, 2 * A)]])
def test_a_sum_that_vanishes_is_refused(terms, scale):
    with pytest.raises(LatentError, match="cancel out"):
        combine([(weight, vector * scale) for weight, vector in terms], raw=True)


def test_almost_equal_vectors_still_have_a_direction():
    other = A + np.array([0, 0, 1e-6])
    np.testing.assert_allclose(combine([(1, other), (-1, A)], raw=True), [0, 0, 1e-6])


def test_3cosadd_asks_with_the_direction_of_the_sum():
    question = ask(A, B, C, exclude=(7, 8, 9))
    expected = np.array([[0.6, 1.8, -1.0]])
    np.testing.assert_allclose(question.probes, expected / np.linalg.norm(expected))
    assert question.length == pytest.approx((np.linalg.norm(expected),))
    assert question.exclude == (7, 8, 9)


def test_3cosmul_asks_with_each_word():
    np.testing.assert_allclose(
        ask(A, B, C, method="3cosmul").probes, [[0.6, 0.8, 0], [0, 0, 1], [0, 1, 0]]
    )


def test_pairdirection_asks_with_the_offset_and_where_it_starts():
    question = ask(A, B, C, method="pairdirection")
    offset = np.array([0.6, 0.8, -1]) / np.sqrt(2)
    np.testing.assert_allclose(question.probes, [offset, [0, 1, 0]])
    assert question.length == pytest.approx((offset[1],))


@pytest.mark.parametrize("method", METHODS)
def test_every_probe_has_length_one(method):
    probes = ask(A, B, C, method=method).probes
    np.testing.assert_allclose(np.linalg.norm(probes, axis=1), 1, rtol=1e-15)


def test_every_method_names_its_paper():
    assert all(method.source[-4:].isdigit() for method in METHODS.values())
