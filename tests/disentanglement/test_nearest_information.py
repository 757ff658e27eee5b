"""Information by nearest neighbors: scikit-learn's on the same numbers, and closed forms of Gaussians."""

import numpy as np
import pytest
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

from latentcli.disentanglement._nearest_information import (
    block_information,
    nearest_information,
    nearest_information_of_values,
)


def random():
    return np.random.RandomState(0)


@pytest.fixture
def made():
    rng = np.random.default_rng(1)
    codes = rng.normal(size=(600, 3)) * [1, 20, 0.01]
    values = codes[:, 0] + 0.3 * rng.normal(size=600)
    return codes, values


@pytest.mark.parametrize("neighbors", [1, 3, 10])
def test_values_are_as_scikit_learn_has_them(made, neighbors):
    codes, values = made
    found = nearest_information_of_values(codes, values[:, None], neighbors, random())
    expected = mutual_info_regression(codes, values, n_neighbors=neighbors, random_state=0)
    assert found == pytest.approx(expected, abs=1e-9)


def test_values_with_ties_are_as_scikit_learn_has_them(made):
    codes, values = np.round(made[0], 1), np.round(made[1])
    found = nearest_information_of_values(codes, values[:, None], 3, random())
    expected = mutual_info_regression(codes, values, random_state=0)
    assert found == pytest.approx(expected, abs=1e-3)


def test_classes_are_as_scikit_learn_has_them(made):
    codes, values = made
    labels = np.digitize(values, [-1, 0, 1])
    found = nearest_information(codes, labels, 3, random())
    assert found == pytest.approx(mutual_info_classif(codes, labels, random_state=0), abs=1e-9)


@pytest.mark.parametrize("column", range(3))
def test_a_block_of_one_is_its_dimension(made, column):
    codes, values = made
    labels = np.digitize(values, [-1, 0, 1])
    block = codes[:, [column]]
    assert block_information(block, labels, 3, random()) == pytest.approx(
        nearest_information(block, labels, 3, random())[0], abs=1e-9
    )
    assert block_information(block, values[:, None], 3, random()) == pytest.approx(
        nearest_information_of_values(block, values[:, None], 3, random())[0], abs=1e-12
    )


@pytest.mark.parametrize("noise", [0.5, 1.0, 3.0])
def test_a_block_knows_of_a_gaussian_what_the_formula_says(noise):
    rng = np.random.default_rng(2)
    value = rng.normal(size=(4000, 1))
    block = value + noise * rng.normal(size=(4000, 3))
    exact = 0.5 * np.log1p(3 / noise**2)  # three looks at one value
    assert block_information(block, value, 3, random()) == pytest.approx(exact, abs=0.06)


def test_what_no_dimension_knows_alone_a_block_knows():
    rng = np.random.default_rng(3)
    block = rng.choice([-1.0, 1.0], size=(2000, 2)) + 0.1 * rng.normal(size=(2000, 2))
    labels = (block.prod(axis=1) > 0).astype(int)
    assert nearest_information(block, labels, 3, random()).max() < 0.03
    assert block_information(block, labels, 3, random()) == pytest.approx(np.log(2), abs=0.01)


def test_rows_alone_in_their_class_say_nothing():
    assert block_information(np.arange(6.0).reshape(3, 2), np.arange(3), 3, random()) == 0.0
