"""Matrices of importance from disentanglement_lib's own tests of DCI."""

import numpy as np
import pytest

from latentcli.disentanglement._importance import completeness_of, disentanglement_of, focus

DIAGONAL = np.eye(5)
HALF = 1 - np.log(2) / np.log(10)

MATRICES = [
    (DIAGONAL, 1, 1),
    (DIAGONAL[:2], 1, 1),
    (np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]), 1, 1),
    (np.zeros((10, 10)), 0, 0),
    (np.vstack([DIAGONAL, DIAGONAL]), 1, HALF),
    (np.hstack([DIAGONAL, DIAGONAL]), HALF, 1),
    (np.ones((4, 3)), 0, 0),
]


@pytest.mark.parametrize(("matrix", "disentanglement", "completeness"), MATRICES)
def test_disentanglement_and_completeness(matrix, disentanglement, completeness):
    assert disentanglement_of(matrix) == pytest.approx(disentanglement)
    assert completeness_of(matrix) == pytest.approx(completeness)
    assert completeness_of(matrix.T) == pytest.approx(disentanglement)


def test_the_scale_of_importance_does_not_matter():
    matrix = np.random.default_rng(0).random((6, 4))
    for scale in (1e-200, 1e3):
        assert disentanglement_of(scale * matrix) == pytest.approx(disentanglement_of(matrix))


def test_one_factor_or_one_dimension_has_no_answer():
    assert disentanglement_of(np.ones((3, 1))) is None
    assert completeness_of(np.ones((1, 3))) is None


def test_focus_by_hand():
    found = focus(np.array([[1.0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]]))
    np.testing.assert_allclose(found, [1, 0.5, 0, 0], atol=1e-12)
