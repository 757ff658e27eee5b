import numpy as np
import pytest
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from latentcli import infomec
from latentcli.disentanglement import _scaling
from latentcli.disentanglement._explicitness import areas_under_curves, explicitness, mean_area


@pytest.mark.parametrize("name", ["01_grid_perfect", "03_duplicated", "04b_noise_0.5"])
def test_equals_the_peer_within_its_spread(case, name):
    data, expected = case(name)
    peer = expected["dlib"]["explicitness"]["result"]
    score = explicitness(data)
    assert score.value == pytest.approx(peer["explicitness_test"], abs=0.006)
    assert score.summary["explicitness_train"] == pytest.approx(
        peer["explicitness_train"], abs=0.006
    )


@pytest.mark.slow
def test_equals_the_peer_on_many_classes(case):
    data, expected = case("07_dsprites_entangled")
    peer = expected["dlib"]["explicitness"]["result"]
    score = explicitness(data)
    assert score.value == pytest.approx(peer["explicitness_test"], abs=0.006)


def test_areas_are_scikit_learns():
    random = np.random.default_rng(0)
    labels = random.integers(3, size=200)
    scores = np.round(random.random((200, 3)) + (labels[:, None] == np.arange(3)), 1)
    areas, terms, classes = areas_under_curves(scores, labels)
    peer = [roc_auc_score(labels == c, scores[:, c]) for c in range(3)]
    np.testing.assert_allclose(areas, peer)
    assert terms.mean() == pytest.approx(np.mean(peer))
    assert classes.tolist() == [0, 1, 2]


def test_interval_of_one_area_is_delongs():
    random = np.random.default_rng(0)
    labels = np.repeat([0, 1], [120, 80])
    scores = random.normal(size=200) + labels
    _, terms, _ = areas_under_curves(np.column_stack([-scores, scores]), labels)
    # DeLong's variance: that of the placements of either side, each by its number.
    placed = (scores[labels == 1][:, None] > scores[labels == 0]).astype(float)
    variance = placed.mean(axis=1).var() / 80 + placed.mean(axis=0).var() / 120
    assert terms.var() / 200 == pytest.approx(variance)


def test_noise_is_chance(noise):
    score = explicitness(*noise)
    assert score.summary["explicitness_low"] < 0.5 < score.summary["explicitness_high"]
    assert score.summary["explicitness_scaled"] == pytest.approx(2 * score.value - 1)


def test_classes_that_no_row_tests_are_left_out_and_named(case):
    """The peer fails with an index error on this file."""
    score = explicitness(case("01b_grid_exact12")[0])
    assert score.value is not None
    assert any("shape (1 of 3), colour (2 of 4)" in note for note in score.notes)


def test_dead_dimensions_have_no_information(clean):
    """The peer fails on NaN."""
    codes, factors = clean
    dead = np.full((len(codes), 1), 3.7)
    plain = explicitness(codes, factors).value
    assert explicitness(np.hstack([dead, codes]), factors).value == pytest.approx(plain)
    assert explicitness(dead, factors).value == pytest.approx(0.5)


def test_scale_changes_nothing(clean):
    codes, factors = clean
    values = [
        explicitness(z, factors).value
        for z in (codes, codes * [1e-200, -1e3, 1e100] + [0, 9, 0])
    ]
    assert values[0] == pytest.approx(values[1], abs=1e-9)


def test_the_worst_predicted_class_is_named(clean):
    codes, factors = clean
    codes = codes + np.random.default_rng(0).normal(size=codes.shape)
    names = np.array(["a", "b", "c", "d"])[factors[:, 1]]
    score = explicitness(codes, {"letter": names})
    assert score.factors[0]["worst_class"] in ("b", "c")


def test_without_rows_to_test_there_is_no_score():
    score = explicitness(np.eye(2), np.eye(2))
    assert score.value is None
    assert "too few rows" in score.notes[0]


def test_areas_by_ranks_are_scikit_learns():
    random = np.random.default_rng(0)
    labels = random.integers(3, size=200)
    scores = np.round(random.random((200, 4)) + (labels[:, None] == np.arange(4)), 1)
    peer = [roc_auc_score(labels == c, scores[:, c]) for c in range(3)]  # no row has the last
    assert mean_area(rankdata(scores, axis=0), labels) == pytest.approx(np.mean(peer))
    assert mean_area(rankdata(scores, axis=0), np.zeros(200, dtype=int)) is None


def test_many_classes_are_learned_in_single_precision(monkeypatch):
    random = np.random.default_rng(0)
    labels = np.arange(900) % 30
    codes = random.normal(size=(900, 3)) + np.outer(labels, [1, 0.2, 0]) / 10
    double = explicitness(codes, labels, ci=None).value, infomec(codes, labels, ci=None)
    monkeypatch.setattr(_scaling, "_MANY", 0)
    single = explicitness(codes, labels, ci=None).value, infomec(codes, labels, ci=None)
    assert single[0] == pytest.approx(double[0], abs=2e-5)
    assert single[1].summary["infoe"] != double[1].summary["infoe"]
    assert single[1].summary["infoe"] == pytest.approx(double[1].summary["infoe"], abs=2e-5)
