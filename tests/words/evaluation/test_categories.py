import numpy as np
import pytest
from sklearn.metrics.cluster import contingency_matrix

from latentcli.words.evaluation._categories import cluster, purity


def test_purity_is_that_of_the_contingency_table():
    rng = np.random.default_rng(1)
    found, true = rng.integers(0, 4, 60), rng.integers(0, 5, 60)
    peer = contingency_matrix(true, found).max(axis=0).sum() / 60
    assert purity(found, [f"c{one}" for one in true]) == pytest.approx(peer)


def test_far_directions_are_parted_whatever_their_lengths():
    rng = np.random.default_rng(2)
    vectors = np.repeat(np.eye(3), 5, axis=0) + rng.standard_normal((15, 3)) * 0.05
    vectors *= rng.uniform(0.1, 10, (15, 1))
    names = [name for name in "abc" for _ in range(5)]
    assert purity(cluster(vectors, 3), names) == 1.0


def test_equal_vectors_make_fewer_clusters():
    assert purity(cluster(np.ones((4, 2)), 2), ["a", "a", "a", "b"]) == 0.75
