"""Which does not belong, and whether offsets agree, by hand."""

import numpy as np
import pytest

from latentcli.numerics.offset_consistency import belonging, consistency


def offsets(*ends):
    ends = np.array(ends, dtype=float)
    return consistency(np.zeros_like(ends), ends)


def test_belonging_is_the_cosine_with_the_mean_of_unit_vectors():
    # Unit vectors (1,0), (1,0), (0,1): the mean points along (2,1).
    found = belonging(np.array([[1.0, 0], [9.0, 0], [0, 0.1]]))
    np.testing.assert_allclose(found, np.array([2, 2, 1]) / np.sqrt(5))


def test_belonging_does_not_depend_on_lengths():
    vectors = np.random.default_rng(0).normal(size=(5, 4))
    scaled = vectors * [[1e-9], [1.0], [7.0], [1e9], [0.5]]
    np.testing.assert_allclose(belonging(scaled), belonging(vectors), rtol=1e-12)


def test_offsets_run_from_start_to_end():
    found = consistency(np.array([[1.0, 1.0]]), np.array([[4.0, 5.0]]))
    assert found.norms.tolist() == [5.0]
    assert found.verdict == "a single pair"
    assert found.mean_pairwise is None
    assert found.to_mean.tolist() == pytest.approx([1.0])


def test_pairwise_cosines_and_their_mean_by_hand():
    found = offsets([1, 0], [0, 2], [3, 3])
    half = np.sqrt(0.5)
    np.testing.assert_allclose(found.pairwise, [[1, 0, half], [0, 1, half], [half, half, 1]])
    assert found.mean_pairwise == pytest.approx(2 * half / 3)
    np.testing.assert_allclose(found.to_mean, [half, half, 1])
    np.testing.assert_allclose(found.norms, [1, 2, np.sqrt(18)])


@pytest.mark.parametrize(
    ("degrees", "verdict"),
    [
        (0, "one direction"),
        (59.9, "one direction"),
        (60.1, "loosely related"),
        (75.5, "loosely related"),  # cos 75.52... is 0.25
        (75.6, "no common direction"),
        (90, "no common direction"),
        (180, "no common direction"),
    ],
)
def test_the_verdict_follows_the_mean_cosine(degrees, verdict):
    angle = np.radians(degrees)
    assert offsets([1, 0], [np.cos(angle), np.sin(angle)]).verdict == verdict


def test_opposite_offsets_have_no_mean():
    found = offsets([1, 2], [-1, -2])
    assert found.mean_pairwise == pytest.approx(-1)
    assert found.to_mean.tolist() == [0, 0]


@pytest.mark.parametrize("dimensions", [1, 4, 300])
def test_chance_is_the_deviation_of_a_cosine_between_random_directions(dimensions):
    assert offsets(np.ones(dimensions)).chance == pytest.approx(1 / np.sqrt(dimensions))
