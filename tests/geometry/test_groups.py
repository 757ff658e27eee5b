"""Clusters beside scikit-learn's, their stability by hand, and noise, which has none."""

import numpy as np
import pytest
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.metrics import adjusted_rand_score

import latentcli
from latentcli.errors import LatentError
from latentcli.geometry._stability import best_jaccard


def blobs(seed=0, each=40, away=8.0):
    rng = np.random.default_rng(seed)
    centers = away * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    truth = np.repeat(np.arange(4), each)
    return rng.standard_normal((4 * each, 3)) + centers[truth], truth


def test_blobs_are_found_and_stable():
    x, truth = blobs()
    found = latentcli.clusters(x)
    assert adjusted_rand_score(truth, found.labels) == 1
    assert {one["reading"] for one in found.records} == {"stable"}
    assert found.settings["k"] == 4
    assert found.settings["k_chosen"]
    assert found.summary["silhouette_p_value"] <= 0.01
    for one in found.records:
        members = x[found.labels == one["cluster"]]
        center = members.mean(axis=0)
        nearest = np.argsort(np.linalg.norm(members - center, axis=1))[:5]
        rows = np.flatnonzero(found.labels == one["cluster"])[nearest]
        assert one["central"] == ", ".join(map(str, rows))


def test_hdbscan_is_scikit_learns():
    x, _ = blobs(1, away=5.0)
    found = latentcli.clusters(x, method="hdbscan", min_cluster_size=8, bootstraps=0)
    theirs = HDBSCAN(min_cluster_size=8, copy=True).fit_predict(x)
    assert adjusted_rand_score(theirs, found.labels) == 1
    assert ((theirs < 0) == (found.labels < 0)).all()
    sizes = [one["rows"] for one in found.records]
    assert sizes == sorted(sizes, reverse=True)


def test_k_means_is_scikit_learns():
    x, _ = blobs(2, away=2.0)
    found = latentcli.clusters(x, k=5, seed=3, bootstraps=0)
    theirs = KMeans(5, n_init=3, random_state=3).fit_predict(x - x.mean(axis=0))
    assert adjusted_rand_score(theirs, found.labels) == 1
    assert {one["reading"] for one in found.records} <= {"not tested", "as one Gaussian"}


@pytest.mark.parametrize("method", ["kmeans", "hdbscan"])
def test_clusters_of_one_gaussian_are_said_to_be_none(method):
    """A long Gaussian cloud splits into two stable halves, which are no clusters: 20 sets."""
    wrong = 0
    for seed in range(20):
        x = np.random.default_rng(seed).standard_normal((150, 3)) * [5, 1, 1]
        try:
            found = latentcli.clusters(x, k=2, method=method, bootstraps=3, seed=seed)
        except LatentError:
            continue
        wrong += any(one["reading"] == "stable" for one in found.records)
    assert wrong <= 4


def test_jaccard_by_hand():
    labels = np.array([0, 0, 0, 1, 1, -1, 3])
    others = np.array([2, 2, -1, 2, 7, 7, -1])
    assert best_jaccard(labels, others).tolist() == pytest.approx(
        [2 / 4, 1 / 3, float("nan"), 0], nan_ok=True
    )


def test_words_name_clusters():
    words = ["cat", "dog", "horse", "cow", "red", "green", "blue", "white", "monday", "friday", "sunday", "tuesday"]  # fmt: skip
    space = latentcli.open()
    rows = np.stack([space[word] for word in words])
    found = latentcli.clusters(rows, k=3, unit=True, named_by=4)
    named = {frozenset(words[int(row)] for row in one["central"].split(", ")) for one in found.records}  # fmt: skip
    assert named == {frozenset(words[:4]), frozenset(words[4:8]), frozenset(words[8:])}


def test_rows_left_out_have_no_cluster():
    x, _ = blobs()
    x[3] = np.nan
    found = latentcli.clusters(x)
    assert np.flatnonzero(found.labels < 0).tolist() == [3]
    assert found.notes == ("1 of 160 rows left out: NaN or infinity",)


@pytest.mark.parametrize(
    ("x", "settings", "said"),
    [
        (np.eye(3), {}, "clusters take 10"),
        (np.ones((30, 2)), {}, "1 distinct row"),
        (np.ones((30, 2)), {"method": "hdbscan"}, "no cluster|distinct"),
        (np.arange(40.0).reshape(20, 2), {"k": 21}, "20 distinct rows, fewer than 21"),
        (np.arange(40.0).reshape(20, 2), {"k": 1}, "whole number from 2"),
        (np.arange(40.0).reshape(20, 2), {"sample": 2}, "whole number from 10"),
        (np.arange(40.0).reshape(20, 2), {"method": "k-means"}, "Did you mean kmeans"),
    ],
)
def test_what_cannot_be_clustered_is_one_line(x, settings, said):
    with pytest.raises(LatentError, match=said):
        latentcli.clusters(x, **settings)
