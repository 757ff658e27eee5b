import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier

from latentcli.numerics.gradient_boosting import fit_predict


def made(classes, seed=0, rows=400):
    random = np.random.default_rng(seed)
    labels = random.integers(classes, size=rows)
    codes = random.normal(size=(rows, 4))
    codes[:, 1] += labels
    codes[:, 3] = np.round(codes[:, 3] + (labels == 1), 1)
    return codes, labels


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_boosting_is_scikit_learns(classes):
    codes, labels = made(classes)
    found = fit_predict(codes[:300], labels[:300], codes[300:], n_estimators=30)
    peer = GradientBoostingClassifier(n_estimators=30, random_state=0)
    peer.fit(codes[:300], labels[:300])
    # Splits that are equally good are chosen at random, here and there.
    np.testing.assert_allclose(found.importances, peer.feature_importances_, atol=0.02)
    assert np.mean(found.train_predictions == peer.predict(codes[:300])) > 0.97
    assert np.mean(found.test_predictions == peer.predict(codes[300:])) > 0.9


@pytest.mark.parametrize("classes", [2, 3])
def test_a_single_round_without_ties_is_equal(classes):
    # One dimension decides, so no two splits are equally good.
    codes, labels = made(classes)
    codes = np.column_stack([labels + 0.01 * codes[:, 0], np.zeros(len(labels))])
    found = fit_predict(codes, labels, codes, n_estimators=1)
    peer = GradientBoostingClassifier(n_estimators=1).fit(codes, labels)
    np.testing.assert_allclose(found.importances, peer.feature_importances_, atol=1e-9)
    np.testing.assert_array_equal(found.train_predictions, peer.predict(codes))


def test_duplicates_share_importance():
    codes, labels = made(3)
    both = codes[:, [1, 1]]
    found = fit_predict(both, labels, both)
    assert 0.2 < found.importances[0] < 0.8


def test_the_seed_decides_ties_and_nothing_else():
    codes, labels = made(3)
    first, again = (fit_predict(codes, labels, codes, n_estimators=5, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.importances, again.importances)


def test_constant_codes_have_no_importance():
    labels = np.arange(40) % 2
    found = fit_predict(np.full((40, 2), 3.7), labels, np.full((3, 2), 3.7))
    np.testing.assert_array_equal(found.importances, 0.0)
    assert len(found.test_predictions) == 3


def test_one_class_is_predicted_without_a_fit():
    found = fit_predict(np.zeros((3, 1)), np.array([4, 4, 4]), np.zeros((2, 1)))
    assert found.test_predictions.tolist() == [4, 4]


def test_steps_are_counted():
    steps = []
    codes, labels = made(2)
    fit_predict(codes, labels, codes[:0], n_estimators=7, step=lambda: steps.append(1))
    assert len(steps) == 7


@pytest.mark.parametrize("decimals", [0, 1, 3])
def test_ties_are_never_separated(decimals):
    """Masked before or after the best split is found, ties give the trees of scikit-learn."""
    random = np.random.default_rng(decimals)
    codes = np.round(random.normal(size=(300, 2)), decimals)
    labels = (codes[:, 0] + 0.7 * random.normal(size=300) > 0).astype(int)
    found = fit_predict(codes, labels, codes, n_estimators=20)
    peer = GradientBoostingClassifier(n_estimators=20, random_state=0).fit(codes, labels)
    np.testing.assert_allclose(found.importances, peer.feature_importances_, atol=0.01)
    assert np.mean(found.train_predictions == peer.predict(codes)) > 0.97
    ones = np.unique(codes, axis=0, return_inverse=True)[1].ravel()
    for row in np.unique(ones):
        assert len(np.unique(found.train_predictions[ones == row])) == 1
