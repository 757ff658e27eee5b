import numpy as np
import pytest
from sklearn import metrics
from sklearn.datasets import make_blobs

from latentcli.geometry import _clusters as clusters
from latentcli.geometry._cloud import Cloud, coded
from latentcli.geometry._kmeans import silhouettes
from latentcli.geometry._sampling import Settings
from latentcli.numerics import blocks
from latentcli.numerics.points import Points

LINE, SIDES = np.array([[0.0], [1], [10], [11]]), np.array([0, 0, 1, 1])


def measured(rows, labels, **options):
    cloud = Cloud(rows, Settings(**options), None if labels is None else coded(labels))
    return {one.measure: one for one in clusters.measure(cloud)}


def test_four_points_by_hand():
    assert silhouettes(LINE, SIDES)[:2] == pytest.approx([0.904762, 0.894737], abs=5e-7)
    assert silhouettes(LINE, SIDES).mean() == pytest.approx(0.899749, abs=5e-7)
    found = clusters.scatter(Points(LINE), SIDES)
    assert found.davies_bouldin() == pytest.approx(0.1)
    assert found.calinski_harabasz() == pytest.approx(200)
    assert measured(LINE, SIDES, k=1)["knn_purity"].value == 1.0


@pytest.mark.parametrize("classes", [2, 7])
@pytest.mark.parametrize("offset", [0.0, 1e3])
def test_scikit_learn_gives_the_same(monkeypatch, classes, offset):
    monkeypatch.setattr(blocks, "_NUMBERS", 5000)
    rng = np.random.default_rng(classes)
    rows = rng.standard_normal((300, 8)) + offset
    labels = rng.integers(0, classes, 300)
    labels[0] = classes  # alone in its class
    found = clusters.scatter(Points(rows), labels)
    each = silhouettes(rows, labels)
    assert each == pytest.approx(metrics.silhouette_samples(rows, labels), abs=1e-8)
    there = rows - offset  # far from 0 scikit-learn loses digits
    assert found.davies_bouldin() == pytest.approx(
        metrics.davies_bouldin_score(there, labels), abs=1e-8
    )
    assert found.calinski_harabasz() == pytest.approx(
        metrics.calinski_harabasz_score(there, labels), abs=1e-8
    )


def test_blobs_are_clusters_and_white_noise_is_none():
    rows, labels = make_blobs(400, 5, centers=4, cluster_std=0.5, random_state=0)
    found = measured(rows, labels)
    assert found["silhouette"].value > 0.7
    assert found["silhouette"].reading == "strong clusters"
    assert found["silhouette"].white_noise == pytest.approx(0, abs=0.05)
    assert found["calinski_harabasz"].white_noise == pytest.approx(1, abs=0.8)
    assert found["knn_purity"].value == 1.0
    assert found["knn_purity"].white_noise == pytest.approx(0.25, abs=0.01)
    assert found["probe_accuracy"].value == 1.0
    assert found["probe_accuracy"].white_noise == pytest.approx(0.25, abs=0.1)


def test_without_labels_the_groups_are_found():
    rows, _ = make_blobs(400, 5, centers=4, cluster_std=0.5, random_state=0)
    found = measured(rows, None)
    assert list(found) == ["silhouette", "davies_bouldin", "calinski_harabasz"]
    assert found["silhouette"].variant == "k-means, 4 groups, euclidean"
    assert found["silhouette"].value > found["silhouette"].white_noise + 0.4


def test_what_has_no_label_is_left_out():
    rows, labels = make_blobs(100, 3, centers=2, random_state=0)
    given = [None if i % 5 == 0 else str(one) for i, one in enumerate(labels)]
    kept = np.arange(100) % 5 > 0
    found = measured(rows, given)
    assert found["silhouette"].value == pytest.approx(
        metrics.silhouette_score(rows[kept], labels[kept]), abs=1e-8
    )


@pytest.mark.parametrize(
    ("labels", "why"), [([1, 1, 1, 1], "one label"), ([1, 2, 3, 4], "its own label"),
                        ([None, "", float("nan"), "a"], "one label")],
)  # fmt: skip
def test_no_classes(labels, why):
    found = measured(LINE, labels)
    assert list(found) == ["silhouette"]
    assert found["silhouette"].value is None
    assert why in found["silhouette"].note


def test_classes_in_one_place():
    rows = np.array([[-1.0], [1], [-2], [2]])
    found = measured(rows, [0, 0, 1, 1])
    assert found["davies_bouldin"].value is None
    assert found["davies_bouldin"].note == "one class, or two with the same mean"
    flat = measured(np.array([[0.0], [0], [1], [1]]), [0, 0, 1, 1])
    assert flat["calinski_harabasz"].value is None
    assert flat["silhouette"].value == 1.0


def test_a_class_of_one_is_not_probed():
    found = measured(np.arange(5.0)[:, None], [0, 0, 0, 0, 1])
    assert found["probe_accuracy"].value is None
    assert "too few classes" in found["probe_accuracy"].note


def test_fewer_distinct_rows_than_groups():
    rows = np.repeat(np.array([[0.0], [1.0], [5.0]]), 5, axis=0)
    found = measured(rows, None)
    assert found["silhouette"].variant == "k-means, 2 groups, euclidean"


def test_very_many_classes_are_told():
    labels = np.arange(2400) // 2
    found = measured(np.random.default_rng(0).standard_normal((2400, 2)), labels)
    assert "1,200 labels, more than 1,000" in found["silhouette"].note
    some = measured(np.random.default_rng(0).standard_normal((300, 2)), np.arange(300) // 2)
    assert some["silhouette"].value is not None
    assert some["probe_accuracy"].note == "more than 100 classes"


def test_what_k_means_makes_of_white_noise_is_no_clusters():
    """In one dimension its groups have a silhouette above 0.5, as in any other space of noise."""
    found = measured(np.random.default_rng(0).standard_normal((50, 1)), None)["silhouette"]
    assert found.value > 0.5
    assert found.reading == "no clearer groups than one Gaussian has"


def test_equidistant_rows_have_a_silhouette_of_nothing_at_all():
    assert measured(np.eye(64), None)["silhouette"].value == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("distinct", [2, 3, 4, 5])
def test_a_probe_of_few_distinct_rows_has_an_answer_or_a_reason(distinct):
    rows = np.repeat(np.random.default_rng(0).normal(size=(distinct, 4)), 20, axis=0)
    labels = np.where(np.arange(len(rows)) < 20 * (distinct - 1), "a", "b")
    found = measured(rows, labels)["probe_accuracy"]
    assert found.value is not None or "two distinct rows" in found.note
