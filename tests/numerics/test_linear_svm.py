import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.svm import LinearSVC

from latentcli.numerics import linear_svm as sorted_classes


def ordered(values, labels):
    order = np.argsort(values, kind="stable")
    return sorted_classes.order(values[order], labels[order])


def made(classes, scale, seed=0, rows=600):
    random = np.random.default_rng(seed)
    labels = random.choice(classes, rows, p=np.arange(1, classes + 1) / sum(range(classes + 1)))
    return scale * (labels + random.normal(0, 0.5, rows) - 0.3), labels


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("scale", [-1.0, 0.01, 1.0, 10.0])
def test_svm_is_liblinears(classes, scale):
    values, labels = made(classes, scale)
    slope, offset = sorted_classes.svm(ordered(values, labels), penalty=0.01)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = LinearSVC(C=0.01, class_weight="balanced", tol=1e-10, max_iter=100_000)
        peer.fit(values[:, None], labels)
    np.testing.assert_allclose(slope, peer.coef_[:, 0], rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(offset, peer.intercept_, rtol=1e-5, atol=1e-6)
    told = sorted_classes.decide(slope, offset, np.arange(classes), values)
    np.testing.assert_array_equal(told, peer.predict(values[:, None]))


def test_svm_of_a_constant_has_no_slope():
    labels = np.arange(30) % 3
    slope, offset = sorted_classes.svm(sorted_classes.order(np.zeros(30), labels), penalty=0.01)
    np.testing.assert_array_equal(slope, 0.0)
    assert np.isfinite(offset).all()


def test_svm_with_huge_values_is_finite():
    values, labels = made(3, 1e8)
    slope, offset = sorted_classes.svm(ordered(values, labels), penalty=0.01)
    assert np.isfinite(slope).all()
    assert np.isfinite(offset).all()


def brute(values, labels, label):
    """The best interval by trying all of them."""
    mine, best = labels == label, -np.inf
    for low in values[mine]:
        for high in values[mine]:
            held = (values >= low) & (values <= high)
            best = max(best, held[mine].mean() - held[~mine].mean())
    return best


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2)), min_size=4, max_size=25).filter(
        lambda rows: len({label for _, label in rows}) > 1
    )
)
def test_intervals_are_the_best_there_are(rows):
    values, labels = np.array(rows).T
    low, high = sorted_classes.intervals(ordered(values.astype(float), labels))
    for c, label in enumerate(np.unique(labels)):
        held, mine = (values >= low[c]) & (values <= high[c]), labels == label
        assert held[mine].mean() - held[~mine].mean() == pytest.approx(
            brute(values, labels, label)
        )


def test_a_class_in_the_middle_has_its_interval():
    labels = np.repeat([0, 1, 2], 10)
    low, high = sorted_classes.intervals(sorted_classes.order(labels * 1.0, labels))
    np.testing.assert_array_equal(low, [0, 1, 2])
    np.testing.assert_array_equal(high, [0, 1, 2])
