"""Which does not belong, and whether offsets agree, by hand."""

from itertools import combinations, permutations

import numpy as np
import pytest

from latentcli.numerics.offset_consistency import (
    PairingTest,
    belonging,
    cosines_to_others,
    distinct_pairs,
    pairing_test,
    verdict,
)


def test_belonging_is_the_cosine_with_the_mean_of_unit_vectors():
    # Unit vectors (1,0), (1,0), (0,1): the mean points along (2,1).
    found = belonging(np.array([[1.0, 0], [9.0, 0], [0, 0.1]]))
    np.testing.assert_allclose(found, np.array([2, 2, 1]) / np.sqrt(5))


def test_belonging_does_not_depend_on_lengths():
    vectors = np.random.default_rng(0).normal(size=(5, 4))
    scaled = vectors * [[1e-9], [1.0], [7.0], [1e9], [0.5]]
    np.testing.assert_allclose(belonging(scaled), belonging(vectors), rtol=1e-12)


def plain(starts, ends, pairing):
    offsets = np.array([ends[j] - starts[i] for i, j in enumerate(pairing)])
    offsets = offsets / np.linalg.norm(offsets, axis=1, keepdims=True)
    return np.mean([offsets[i] @ offsets[j] for i, j in combinations(range(len(offsets)), 2)])


@pytest.mark.parametrize("count", [2, 3, 5])
def test_the_test_counts_all_pairings(count):
    starts, ends = np.random.default_rng(count).normal(size=(2, count, 4))
    means = [plain(starts, ends, pairing) for pairing in permutations(range(count))]
    found = pairing_test(starts, ends)
    assert found.mean_cosine == pytest.approx(means[0], abs=1e-12)
    assert found.chance == pytest.approx(np.mean(means), abs=1e-12)
    assert found.p_value == np.mean(np.array(means) >= means[0] - 1e-12)
    assert (found.pairings, found.exact) == (len(means), True)


def test_many_pairs_are_paired_at_random():
    starts, ends = np.random.default_rng(0).normal(size=(2, 12, 6))
    first, again, other = (pairing_test(starts, ends, seed=seed) for seed in (0, 0, 1))
    assert (first.exact, first.pairings) == (False, 5040)
    assert first == again
    assert first.p_value == pytest.approx(other.p_value, abs=0.04)


def test_a_vector_is_not_paired_with_itself():
    a, b, c = np.eye(3)
    found = pairing_test(np.array([a, b]), np.array([b, c]))
    assert found.pairings == 1
    assert found.p_value == 1.0


def test_opposite_offsets_have_no_mean():
    assert np.isnan(cosines_to_others(np.array([[1.0, 2], [1, -1], [-1, 1]]))[0])


def test_repeated_pairs_are_found_whatever_their_length():
    starts = np.array([[1.0, 0], [0, 1], [3, 0]])
    ends = np.array([[0.0, 1], [1, 1], [0, 5]])
    assert distinct_pairs(starts, ends).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("mean", "chance", "p", "pairs", "expected"),
    [
        (0.6, 0.1, 0.01, 6, "one direction"),
        (0.5, 0.1, 0.05, 6, "one direction"),
        (0.49, 0.1, 0.05, 6, "loosely related"),
        (0.25, 0.1, 0.05, 6, "loosely related"),
        (0.24, 0.1, 0.01, 6, "no common direction"),
        (0.6, 0.55, 0.01, 6, "no common direction"),
        (0.9, 0.1, 0.06, 6, "no common direction"),
        (0.9, 0.1, 1 / 6, 3, "too few pairs"),
    ],
)
def test_the_verdict_follows_p_and_size(mean, chance, p, pairs, expected):
    assert verdict(mean, PairingTest(mean, chance, p, 720, True), pairs) == expected


def test_one_pair_has_no_verdict():
    assert verdict(None, None, 1) == "a single pair"
