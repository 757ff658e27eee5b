import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentcli.disentanglement._train_test_split import influence, interval, split
from latentcli.errors import ParameterError


@given(st.lists(st.integers(0, 4), min_size=2, max_size=60), st.integers(0, 9))
def test_every_class_keeps_a_training_row(rows, seed):
    labels = np.unique(rows, return_inverse=True)[1]
    train, test = split(labels, test=0.3, seed=seed)
    assert sorted([*train, *test]) == list(range(len(labels)))
    assert set(labels[train]) == set(labels)


def test_each_class_is_held_out_in_its_share_also_in_sorted_files():
    labels = np.repeat([0, 1, 2], [100, 50, 10])
    test = split(labels, test=0.2, seed=0).test
    assert np.abs(np.bincount(labels[test]) - [20, 10, 2]).max() <= 1


def test_the_seed_draws_the_split():
    labels = np.zeros(50, dtype=int)
    first, again, other = (split(labels, test=0.5, seed=seed).test for seed in (1, 1, 2))
    assert first.tolist() == again.tolist() != other.tolist()


@pytest.mark.parametrize(("limit", "rows"), [(None, 100), (0, 100), (40, 40), (1000, 100)])
def test_limit_is_the_most_rows(limit, rows):
    train, test = split(np.arange(100) % 4, test=0.25, seed=0, limit=limit)
    assert abs(len(train) + len(test) - rows) <= 1


@pytest.mark.parametrize("given", [{"test": 0.0}, {"test": 1.0}, {"test": 0.2, "limit": 1}])
def test_what_has_no_meaning_is_refused(given):
    with pytest.raises(ParameterError):
        split(np.zeros(5, dtype=int), seed=0, **given)


def test_interval_of_a_mean_over_some_rows_is_the_usual_one():
    values = np.random.default_rng(0).normal(3, 2, 500)
    moved = influence(values, np.arange(0, 1000, 2), 1000)
    low, high = interval(float(values.mean()), moved, 0.95, high=10.0)
    assert high - low == pytest.approx(2 * 1.959964 * values.std() / np.sqrt(500))
