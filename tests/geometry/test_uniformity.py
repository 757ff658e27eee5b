import numpy as np
import pytest

from latentcli.geometry import _uniformity as uniformity
from latentcli.geometry._cloud import Cloud
from latentcli.geometry._sampling import Settings

RNG = np.random.default_rng(0)


def test_four_points_on_a_circle():
    angles = np.arange(4) * np.pi / 2
    rows = 3 * np.column_stack([np.cos(angles), np.sin(angles)])
    assert uniformity.uniformity(rows) == pytest.approx(-4.396349, abs=5e-7)
    assert uniformity.uniformity(rows) == pytest.approx(
        np.log((4 * np.exp(-4) + 2 * np.exp(-8)) / 6)
    )


@pytest.mark.parametrize(("size", "expected"), [(3, -2.081), (64, -3.876), (512, -3.984)])
def test_a_uniform_sphere(size, expected):
    assert uniformity.uniformity_of_sphere(size) == pytest.approx(expected, abs=1.5e-3)
    rows = RNG.standard_normal((1500, size))
    assert uniformity.uniformity(rows) == pytest.approx(expected, abs=0.01)


def test_the_circle_in_closed_form():
    """In two dimensions it is exp(-4) I0(4)."""
    from scipy.special import i0

    assert uniformity.uniformity_of_sphere(2) == pytest.approx(np.log(np.exp(-4) * i0(4)))


def test_alignment_pair_by_pair():
    rows = RNG.standard_normal((50, 4))
    labels = RNG.integers(0, 3, 50)
    labels[:5] = -1
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    pairs = [
        ((units[i] - units[j]) ** 2).sum()
        for i in range(50)
        for j in range(i)
        if labels[i] == labels[j] >= 0
    ]
    assert uniformity.alignment(rows, labels) == pytest.approx(np.mean(pairs))
    assert uniformity.alignment(rows, np.arange(50)) is None


def test_an_interval_covers_what_all_rows_give():
    rows = RNG.standard_normal((3000, 3)) + 1
    (part,) = uniformity.measure(Cloud(rows, Settings(sample=300)))
    (whole,) = uniformity.measure(Cloud(rows))
    assert part.interval.low < whole.value < part.interval.high
    assert np.diff(part.interval) > 2 * np.diff(whole.interval)
    assert part.variant == "t=2, 300 rows"


def test_rows_of_zeros_are_left_out():
    rows = np.concatenate([np.zeros((4, 2)), np.eye(2), -np.eye(2)])
    (one,) = uniformity.measure(Cloud(rows))
    assert one.value == pytest.approx(-4.396349, abs=5e-7)


def test_labels_drawn_at_random_are_no_nearer_than_any_in_a_space_that_leans_one_way():
    rows = RNG.standard_normal((300, 10)) + 3
    labels = RNG.integers(0, 3, 300)
    found = uniformity.measure(Cloud(rows, Settings(), labels))[1]
    assert found.value < 0.5
    assert found.reading == "rows of one label are no nearer than any"


def test_one_direction_has_no_labels_apart():
    rows = np.arange(1.0, 13.0)[:, None] * [1, 2]
    found = uniformity.measure(Cloud(rows, Settings(), np.arange(12) % 2))[1]
    assert found.value == pytest.approx(0, abs=1e-12)
    assert "no nearer than any" in found.reading


def test_labels_that_tell_a_little_are_nearer():
    """A ratio near 1 is no chance where labels are many and rows are too."""
    rng = np.random.default_rng(0)
    labels = np.arange(300) % 5
    rows = rng.standard_normal((300, 40)) + 0.6 * rng.standard_normal((5, 40))[labels]
    found = uniformity.measure(Cloud(rows, Settings(), labels))[1]
    assert found.value > 1.5
    assert (found.reading, found.p_value) == ("rows of one label are nearer than others", 0.005)
