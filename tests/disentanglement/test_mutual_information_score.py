import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from latentcli.disentanglement._mutual_information_score import mutual_information_score


@pytest.mark.parametrize(
    "name",
    [
        "01_grid_perfect",
        "01b_grid_exact12",
        "03_duplicated",
        "04b_noise_0.5",
        "07_dsprites_entangled",
    ],
)
def test_equals_the_peer(case, name):
    data, expected = case(name)
    peer = expected["dlib"]["unsupervised"]["result"]["mutual_info_score"]
    assert mutual_information_score(data).value == pytest.approx(peer, abs=1e-8)


def test_each_pair_equals_scikit_learn():
    codes = np.random.default_rng(0).integers(4, size=(300, 3)).astype(float)
    codes[:, 2] += codes[:, 0]
    matrix = mutual_information_score(codes).matrix
    peer = [[mutual_info_score(a, b) for a in codes.T] for b in codes.T]
    np.testing.assert_allclose(matrix, peer, atol=1e-12)


def test_the_correction_takes_away_what_chance_gives():
    codes = np.random.default_rng(0).normal(size=(20_000, 3))
    summary = mutual_information_score(codes).summary
    assert summary["mutual_information_score"] > 0.004
    assert summary["mutual_information_score_corrected"] < 0.003


def test_dead_dimensions_count_in_the_published_score_only():
    codes = np.random.default_rng(0).normal(size=(200, 2))
    with_dead = mutual_information_score(np.column_stack([codes, np.full(200, 3.7)])).summary
    plain = mutual_information_score(codes).value
    assert with_dead["mutual_information_score"] == pytest.approx(plain / 3)
    assert with_dead["mutual_information_score_alive"] == pytest.approx(plain)


def test_duplicates_tell_all_of_each_other():
    codes = np.random.default_rng(0).normal(size=(200, 1))
    score = mutual_information_score(np.hstack([codes, -codes]))
    # Equal width from either end: the same bins, but for values on an edge.
    assert score.summary["mutual_information_score_norm"] > 0.95
    assert score.dimensions[0]["nearest"] == "z1"


def test_one_dimension_has_no_score():
    score = mutual_information_score(np.arange(5.0))
    assert score.value is None
    assert "needs two" in score.notes[0]


def test_corrected_information_does_not_depend_on_the_order_of_dimensions():
    rng = np.random.default_rng(33)
    a = rng.integers(0, 3, 40)
    codes = [np.where(rng.random(40) < 0.35, a, rng.integers(0, 3, 40)) for _ in range(4)]
    one, other = (
        mutual_information_score(np.stack(columns, axis=1) * 1.0).summary
        for columns in (codes, codes[::-1])
    )
    name = "mutual_information_score_corrected"
    assert one[name] == pytest.approx(other[name], rel=1e-12)


def test_corrected_information_is_of_distinct_values():
    """0 and 0.001 are one of twenty bins of equal width, and two values."""
    values = np.array([0.0, 0.001, 1.0])[np.arange(300) % 3]
    summary = mutual_information_score(np.stack([values, values], axis=1)).summary
    assert summary["mutual_information_score_corrected"] == pytest.approx(np.log(3), rel=0.01)
    assert summary["mutual_information_score"] == pytest.approx(0.6365, abs=1e-4)
