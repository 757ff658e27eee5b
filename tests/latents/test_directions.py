import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import roc_auc_score

from latentcli.errors import LatentError, ParameterError
from latentcli.latents import _directions as directions
from latentcli.latents._orthogonal import cosines, orthogonal_to
from latentcli.latents._separation import auc

METHODS = list(directions.METHODS)


def sides(seed=0, count=40, dimensions=6, apart=3.0):
    """Two clouds, apart along the first axis."""
    rng = np.random.default_rng(seed)
    positive, negative = rng.normal(size=(2, count, dimensions))
    positive[:, 0] += apart
    return positive, negative


# White's balance, by hand: (male, smile), how many, their mean.
CELLS = [((1, 1), 1, 3.0), ((1, 0), 3, 2.0), ((0, 1), 3, 1.0), ((0, 0), 1, 0.0)]


def worked(attribute):
    """The codes with and without an attribute (0 male, 1 smile), and the other label of each."""
    found = {0: ([], []), 1: ([], [])}
    for labels, count, mean in CELLS:
        codes, others = found[labels[attribute]]
        codes += [[mean]] * count
        others += [[labels[1 - attribute]]] * count
    (negative, others_of_negative), (positive, others_of_positive) = found[0], found[1]
    return (
        np.array(positive),
        np.array(negative),
        (np.array(others_of_positive), np.array(others_of_negative)),
    )


@pytest.mark.parametrize(("attribute", "naive", "balanced"), [(0, 1.5, 2.0), (1, 0.0, 1.0)])
def test_the_balanced_direction_is_free_of_what_goes_along(attribute, naive, balanced):
    positive, negative, others = worked(attribute)
    assert positive.mean() - negative.mean() == pytest.approx(naive)
    found = directions.find(positive, negative, others=others)
    assert found.norm == pytest.approx(balanced)
    assert found.vector.tolist() == [1.0]


def test_a_balanced_direction_is_judged_in_balance():
    """Sides 3 and 1, 2 and 0, half each: means 2 and 1, each variance 1 * 4 / (4 - 4/3)."""
    found = directions.find(*worked(1)[:2], others=worked(1)[2])
    assert found.intercept == pytest.approx(-1.5)
    assert found.separation == pytest.approx(1 / 1.5**0.5)
    assert found.scale == pytest.approx(1.5**0.5)  # squares 10, degrees 8 - 4/3


def test_the_held_out_area_is_balanced():
    """Smile is 1 along the axis, but 2 are the male that rarely smile: 3 of 4 pairs of cells win."""
    positive, negative, others = (
        np.repeat(part, 100, axis=0) if n < 2 else part for n, part in enumerate(worked(1))
    )
    others = tuple(np.repeat(part, 100, axis=0) for part in others)
    assert directions.find(positive, negative, others=others).auc == pytest.approx(0.75)


@pytest.mark.parametrize("method", ["logistic", "svm", "ridge"])
def test_a_classifier_keeps_its_own_plane(method):
    from sklearn.linear_model import Ridge

    positive, negative = sides(apart=6.0)
    positive[:5, 0] += 50  # outliers move the mean, not a logistic plane
    found = directions.find(positive, negative, method=method)
    middle = directions.judged(found.vector, 1.0, positive, negative).intercept
    if method == "ridge":
        labels = np.repeat([1.0, -1.0], 40)
        model = Ridge().fit(np.concatenate([positive, negative]), labels)
        assert found.intercept == pytest.approx(model.intercept_ / np.linalg.norm(model.coef_))
    else:
        assert found.intercept > middle + 1
        assert (positive @ found.vector + found.intercept > 0).all()
    cleaned = directions.find(positive, negative, method=method, without=[np.eye(6)[1]])
    means = positive.mean(0) + negative.mean(0)
    assert cleaned.intercept == pytest.approx(-(cleaned.vector @ means) / 2)


def test_the_naive_direction_is_none():
    positive, negative, _ = worked(1)
    with pytest.raises(LatentError, match="the two sides do not differ"):
        directions.find(positive, negative)


def test_cells_of_one_side_only_do_not_count():
    positive, negative = np.array([[1.0], [100.0]]), np.array([[0.0], [-100.0]])
    others = np.array([[0], [1]]), np.array([[0], [2]])
    assert directions.find(positive, negative, others=others).norm == 1


def test_labels_that_go_together_cannot_be_balanced():
    with pytest.raises(LatentError, match=r"cannot balance; without `balance`"):
        directions.find(*sides(), others=(np.ones((40, 1)), np.zeros((40, 1))))


def test_the_mean_difference_by_hand():
    found = directions.find(np.array([[3.0, 4], [3, 6]]), np.array([[0.0, 0], [0, 2]]))
    assert found.vector == pytest.approx((0.6, 0.8))
    assert found.norm == pytest.approx(5)
    assert found.intercept == pytest.approx(-0.5 * (3 * 0.6 + 5 * 0.8 + 0.8))
    # scores 5, 6.6 and 0, 1.6: apart by 5, each side with a variance of 1.28
    assert found.separation == pytest.approx(5 / 1.28**0.5)
    assert found.scale == pytest.approx(np.std([5, 6.6, 0, 1.6], ddof=1))
    assert found.auc is None
    assert found.kept == 1


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_the_axis_that_differs(method):
    positive, negative = sides(count=400)
    found = directions.find(positive, negative, method=method)
    assert np.linalg.norm(found.vector) == pytest.approx(1)
    assert found.vector[0] > 0.97
    assert found.separation == pytest.approx(3, abs=0.3)
    assert found.auc == pytest.approx(0.983, abs=0.02)  # Phi(3 / sqrt 2)
    assert np.mean(positive @ found.vector + found.intercept > 0) > 0.9
    assert np.mean(negative @ found.vector + found.intercept < 0) > 0.9


@pytest.mark.parametrize("method", METHODS)
def test_the_seed_decides_and_the_input_is_kept(method):
    positive, negative = sides(apart=0.5)
    before = positive.copy(), negative.copy()
    first = directions.find(positive, negative, method=method, seed=3)
    again = directions.find(positive, negative, method=method, seed=3)
    assert first.vector.tolist() == again.vector.tolist()
    assert first.auc == again.auc
    assert (positive == before[0]).all()
    assert (negative == before[1]).all()


@pytest.mark.parametrize("method", METHODS)
def test_swapped_sides_turn_the_direction(method):
    positive, negative = sides()
    there = directions.find(positive, negative, method=method).vector
    back = directions.find(negative, positive, method=method).vector
    assert back == pytest.approx(-there, abs=1e-3)


def test_what_is_noise_is_not_called_found():
    """Judged on the codes it was made from, noise of 200 dimensions separates perfectly."""
    found = directions.find(*sides(dimensions=200, apart=0.0))
    assert found.separation > 3
    assert 0.15 < found.auc < 0.85


@pytest.mark.parametrize("count", [1, 3, 9])
def test_too_few_codes_to_hold_out(count):
    assert directions.find(*sides(count=count)).auc is None
    assert directions.find(*sides(count=10)).auc is not None


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("empty", [0, 1])
def test_an_empty_side_is_refused(method, empty):
    both = list(sides())
    both[empty] = both[empty][:0]
    with pytest.raises(LatentError, match="one side is empty"):
        directions.find(*both, method=method)


def test_an_unknown_method_is_refused():
    with pytest.raises(ParameterError, match=r"unknown method 'lda'\."):
        directions.find(*sides(), method="lda")


# Orthogonalisation: p - C^T (C C^T)^-1 C p.

CONDITIONS = [np.array([1.0, 0, 0]), np.array([1.0, 1, 0]) / 2**0.5]


@pytest.mark.parametrize("order", [1, -1])
def test_joint_orthogonalization_by_hand(order):
    """One after the other leaves (-1, 1, 3), which still shares -1 with the first."""
    found = orthogonal_to(np.array([1.0, 2, 3]), CONDITIONS[::order])
    assert found == pytest.approx((0, 0, 1), abs=1e-12)


def test_conditions_may_be_of_any_length_and_repeat():
    conditions = [1e6 * CONDITIONS[0], CONDITIONS[1], CONDITIONS[1]]
    found = orthogonal_to(np.array([1.0, 2, 3]), conditions)
    assert found == pytest.approx((0, 0, 1), abs=1e-9)


@given(arrays.arrays(np.float64, (4, 9), elements=st.floats(-5, 5)))
def test_what_is_left_is_orthogonal_to_all(vectors):
    vectors = vectors + np.eye(9)[:4] * 20
    found = orthogonal_to(vectors[0], list(vectors[1:]))
    assert np.linalg.norm(found) == pytest.approx(1)
    assert vectors[1:] @ found == pytest.approx(0, abs=1e-9)
    assert found @ vectors[0] > 0


@pytest.mark.parametrize("vector", [(1, 0, 0), (5, -3, 0), (1, 1, 1e-9)])
def test_a_direction_in_the_span_of_the_others_is_refused(vector):
    with pytest.raises(LatentError, match="nothing is left"):
        orthogonal_to(np.array(vector, dtype=float), CONDITIONS)


def test_a_found_direction_is_cleaned_and_still_judged_on_codes_held_out():
    positive, negative = sides(count=200)
    positive[:, 1] += 3
    found = directions.find(positive, negative, without=[np.eye(6)[1]])
    assert found.vector[1] == pytest.approx(0, abs=1e-12)
    assert found.kept == pytest.approx(0.5**0.5, abs=0.03)
    whole = directions.find(positive, negative)
    assert found.norm == pytest.approx(whole.norm * found.kept)
    assert found.norm == pytest.approx(found.vector @ (positive.mean(0) - negative.mean(0)))
    assert found.auc == pytest.approx(0.983, abs=0.03)


# Cosines and the area under the curve.


def test_cosines_by_hand():
    matrix = cosines(np.array([[2.0, 0], [0, 3], [1, 1]]))
    half = 0.5**0.5
    assert matrix == pytest.approx(np.array([[1, 0, half], [0, 1, half], [half, half, 1]]))
    assert np.abs(matrix).max() <= 1


@pytest.mark.parametrize(
    ("scores", "expected"),
    [((1, 2, 3, 4), 1.0), ((4, 3, 2, 1), 0.0), ((1, 1, 1, 1), 0.5), ((1, 3, 2, 4), 0.75)],
)
def test_the_area_by_hand(scores, expected):
    labels = np.array([False, False, True, True])
    assert auc(np.array(scores, dtype=float), labels) == expected


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_scikit_learn_agrees_on_the_area(pairs):
    scores = np.array([score for score, _ in pairs], dtype=float)
    labels = np.array([label for _, label in pairs])
    if labels.all() or not labels.any():
        return
    assert auc(scores, labels) == pytest.approx(roc_auc_score(labels, scores))


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(1, 9)), min_size=2))
def test_scikit_learn_agrees_on_the_weighted_area(rows):
    scores, labels, weights = map(np.array, zip(*rows, strict=True))
    if labels.all() or not labels.any():
        return
    expected = roc_auc_score(labels, scores, sample_weight=weights)
    assert auc(scores, labels, weights) == pytest.approx(expected)
