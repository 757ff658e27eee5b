"""Local against distributed, and how full a space is: closed forms and the literature."""

import math

import numpy as np
import pytest

from latentcli.geometry import _patterns, _room
from latentcli.numerics.vectors import distances, one_hot_distance


def rows_of(matrix):
    return np.arange(len(matrix))


def signs(matrix):
    matrix = np.asarray(matrix, dtype=np.float32)
    return _patterns.signs(matrix, rows_of(matrix))


def room(matrix, **settings):
    matrix = np.asarray(matrix, dtype=np.float32)
    return _room.room(matrix, rows_of(matrix), **settings)


@pytest.mark.parametrize(("dims", "patterns"), [(1, 2), (5, 32), (10, 1024), (53, 2**53)])
def test_n_units_name_n_concepts_or_2_to_the_n(dims, patterns):
    one_hot, binary = _patterns.patterns_of(dims)
    assert (one_hot.name, one_hot.patterns) == ("one-hot", dims)
    assert (binary.name, binary.patterns, binary.bits) == ("binary", patterns, dims)
    assert one_hot.bits == pytest.approx(math.log2(dims))


def test_levels_make_more_patterns():
    assert _patterns.patterns_of(5, 3)[-1].patterns == 3**5
    assert _patterns.patterns_of(5, 3)[-1].bits == pytest.approx(5 * math.log2(3))


@pytest.mark.parametrize("dims", [54, 512, 10**15])
def test_patterns_beyond_what_is_exact_are_bits(dims):
    assert _patterns.patterns_of(dims)[1] == _patterns.Code("binary", dims, None, dims)


@pytest.mark.parametrize(
    ("concepts", "bits"),
    [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (50_000, 16), (2**16, 16), (2**16 + 1, 17)],
)
def test_how_many_bits_concepts_need(concepts, bits):
    assert _patterns.room_for(concepts)[1].dims == bits


def test_powers_are_counted_in_whole_numbers():
    """log(1000, 10) is 2.9999999999999996 in floating point, and log(243, 3) is above 5."""
    assert _patterns.room_for(1000, 10)[2].dims == 3
    assert _patterns.room_for(243, 3)[2].dims == 5


def test_50000_words():
    assert [(code.name, code.dims) for code in _patterns.room_for(50_000)] == [
        ("one-hot", 50_000), ("binary", 16), ("dense, usually from", 100),
        ("dense, usually to", 300),
    ]  # fmt: skip


def test_every_pair_of_one_hot_vectors_is_sqrt_2_apart():
    apart = distances(np.eye(6), "euclidean")[~np.eye(6, dtype=bool)]
    assert apart == pytest.approx(math.sqrt(2), abs=1e-15)
    assert one_hot_distance() == pytest.approx(math.sqrt(2), abs=1e-15)


def test_the_corners_of_a_cube_are_all_patterns():
    corners = np.array(np.meshgrid(*[[-1, 1]] * 5)).reshape(5, -1).T
    found = signs(corners)
    assert (found.rows, found.distinct, found.possible) == (32, 32, 32)
    assert found.bits == pytest.approx(5)
    assert found.perplexity == pytest.approx(32)


def test_perplexity_by_hand():
    """Patterns with p = 1/2, 1/4, 1/4: H = 1.5 bits, 2^1.5 = 2.8284."""
    found = signs([[1, 1], [1, 1], [1, -1], [-1, 1]])
    assert found.perplexity == pytest.approx(2.8284, abs=5e-5)
    assert found.distinct == 3
    quarter = -(0.25 * math.log2(0.25) + 0.75 * math.log2(0.75))
    assert found.bits == pytest.approx(2 * quarter)


def test_a_sign_that_never_changes_says_nothing():
    found = signs(np.c_[np.ones(4), [1, -1, 1, -1]])
    assert (found.distinct, found.possible, found.bits) == (2, 4, 1)


def test_zero_is_not_above_zero():
    assert signs([[0.0, 1.0], [-1.0, 1.0]]).distinct == 1


def test_few_dimensions_bound_the_patterns():
    found = signs(np.random.default_rng(0).normal(size=(100, 3)))
    assert (found.distinct, found.possible) == (8, 8)


@pytest.mark.parametrize("dimensions", [7, 8, 9, 62, 63, 64, 65, 130])
def test_patterns_are_whatever_the_dimensions(dimensions):
    rng = np.random.default_rng(dimensions)
    matrix = rng.integers(0, 2, (50, dimensions)) * np.ones((1, dimensions))
    matrix = np.concatenate([matrix, matrix[:20]])
    assert signs(matrix).distinct == len(np.unique(matrix, axis=0))


def test_only_the_wanted_rows_count():
    matrix = np.array([[1, 1], [np.nan, 0], [-1, 1]], dtype=np.float32)
    assert _patterns.signs(matrix, np.array([0, 2])).distinct == 2
    assert _room.room(matrix, np.array([0, 2])).largest == pytest.approx(0)


def test_the_welch_bound():
    assert _room.welch_bound(10_000, 512) == pytest.approx(0.0431, abs=5e-5)
    assert _room.welch_bound(512, 512) == 0
    assert _room.welch_bound(2, 1) == 1


def test_three_directions_in_a_plane_meet_the_bound():
    """The Mercedes-Benz frame: cosines of -1/2, the least that three directions can have."""
    angles = np.radians([90, 210, 330])
    found = room(np.c_[np.cos(angles), np.sin(angles)] * [[1], [5], [0.1]])
    assert found.welch == pytest.approx(0.5)
    assert found.rms == pytest.approx(0.5, abs=1e-6)
    assert found.mean == pytest.approx(0.5, abs=1e-6)
    assert found.largest == pytest.approx(0.5, abs=1e-6)


def test_an_orthonormal_basis_has_room():
    found = room(np.eye(5))
    assert (found.rms, found.mean, found.largest, found.welch) == (0, 0, 0, 0)


@pytest.mark.parametrize("shape", [(40, 7), (7, 40), (2, 1)])
def test_cosines_as_they_are_written_out(shape):
    matrix = np.random.default_rng(3).normal(size=shape)
    directions = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    cosines = np.abs(directions @ directions.T)[np.triu_indices(shape[0], 1)]
    found = room(matrix)
    assert found.rms == pytest.approx(np.sqrt((cosines**2).mean()), abs=1e-6)
    assert found.mean == pytest.approx(cosines.mean(), abs=1e-6)
    assert found.largest == pytest.approx(cosines.max(), abs=1e-6)
    assert found.pairs == len(cosines)


def test_random_directions_in_512_dimensions():
    """Their cosines have a standard deviation of 1/sqrt(512) = .0442; 3,000 reach .229 or so."""
    found = room(np.random.default_rng(0).standard_normal((3000, 512)))
    assert found.rms == pytest.approx(0.0442, abs=5e-5)
    assert found.largest == pytest.approx(0.229, abs=0.015)  # 5.2 sd, of 4.5 million
    assert found.mean == pytest.approx(found.random, rel=0.01)
    assert found.welch <= found.rms


@pytest.mark.parametrize(("dimensions", "expected"), [(1, 1), (2, 2 / math.pi), (3, 0.5)])
def test_the_mean_cosine_of_random_directions(dimensions, expected):
    assert _room.random_cosine(dimensions) == pytest.approx(expected, abs=1e-12)


def test_the_sample_is_that_of_its_seed():
    matrix = np.random.default_rng(0).normal(size=(300, 5))
    assert room(matrix, sample=50, seed=1) == room(matrix, sample=50, seed=1)
    assert room(matrix, sample=50, seed=1).mean != room(matrix, sample=50, seed=2).mean
    assert room(matrix, sample=50, seed=1).rms == room(matrix).rms


def test_one_function_of_numbers_and_of_spaces():
    import latentcli

    rows = np.random.default_rng(0).standard_normal((40, 6))
    rows[3] = 0
    found = latentcli.capacity(rows)
    assert found.signs.rows == 39
    assert found.notes == ("1 of 40 rows left out: zero",)
    assert found.records[5]["value"] == found.room.rms
    assert [code.dims for code in latentcli.capacity(concepts=8).codes][:2] == [8, 3]
    for wrong in ({}, {"dims": 3, "concepts": 3}, {"x": rows, "levels": 3}, {"dims": 0}):
        with pytest.raises(ValueError, match="`"):
            latentcli.capacity(**wrong)
