"""Rows that repeat others: found where they are no new evidence, kept together in all that is drawn."""

import numpy as np
import pytest

from latentcli.numerics.points import Points
from latentcli.numerics.repeats import (
    Repeats,
    bootstrapped,
    grouped,
    repeats_of,
    repeats_of_keys,
    repeats_of_pairs,
)


def noise(rows=50, dimensions=3):
    return np.random.default_rng(0).normal(size=(rows, dimensions))


def test_copies_are_found_wherever_they_are():
    order = np.random.default_rng(1).permutation(np.repeat(np.arange(50), 4))
    found = repeats_of(noise()[order])
    assert (found.rows, found.distinct) == (200, 50)
    assert np.array_equal(order[found.first][found.group], order)
    assert np.array_equal(found.first, np.sort(found.first))
    assert found.note[0].startswith("200 rows, 50 distinct: ")


def test_rows_of_which_few_repeat_all_count():
    codes = noise(100)
    assert not repeats_of(codes)
    assert not repeats_of(np.concatenate([codes, codes[:5]]))
    assert repeats_of(np.concatenate([codes, codes[:6]]))
    assert repeats_of(codes).note == ()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_zeros_with_a_sign_are_zeros(dtype):
    codes = noise().astype(dtype)
    codes[:, 0] = 0.0
    assert repeats_of(np.concatenate([codes, codes * [-1, 1, 1]]).astype(dtype)).distinct == 50


def test_classes_come_again_by_themselves():
    rng = np.random.default_rng(0)
    assert not repeats_of(rng.integers(0, 2, (500, 3)).astype(float))
    assert not repeats_of(rng.integers(0, [3, 4], (500, 2)) * 0.37)
    labels = rng.integers(0, 10, 500)
    assert not repeats_of(np.sqrt(labels)[:, None], labels, classes=10)


def test_equal_rows_with_other_factors_were_drawn_again():
    codes, rng = np.repeat(noise(), 4, axis=0), np.random.default_rng(1)
    assert repeats_of(codes, np.repeat(rng.integers(0, 3, 50), 4), classes=3).distinct == 50
    assert not repeats_of(codes, rng.integers(0, 3, 200), classes=3)


def test_copies_are_found_among_very_many_rows():
    codes = np.random.default_rng(0).normal(size=(40_000, 2))
    assert repeats_of(np.concatenate([codes, codes])).distinct == 40_000
    assert not repeats_of(codes)


def test_what_is_drawn_keeps_equal_rows_together():
    keys = np.random.default_rng(0).integers(0, 60, 300)
    found = grouped(keys)
    order = found.permutation(np.random.default_rng(1))
    pairs = set(zip(keys.tolist(), keys[order].tolist(), strict=True))
    assert len(pairs) == found.distinct == len({new for _, new in pairs})
    order = grouped(np.repeat(np.arange(60), 3)).permutation(np.random.default_rng(1))
    assert np.array_equal(np.sort(order)[::60], np.arange(180)[::60])
    for half in found.halves(0):
        assert set(keys[half]).isdisjoint(np.delete(keys, half))
        assert len(set(keys[half])) == found.distinct // 2
        assert np.array_equal(np.unique(keys[half]), np.sort(keys[half[found.among(half)]]))


def test_without_repeats_all_is_as_ever():
    every = Repeats(100)
    expected = np.random.default_rng(3).permutation(100)
    assert np.array_equal(every.permutation(np.random.default_rng(3)), expected)
    assert every.of(np.arange(7)).rows == 7


def test_sums_over_groups_have_the_standard_error_of_distinct_rows():
    """Each value four times is as sure as each once."""
    values = np.random.default_rng(0).normal(size=50)
    found = grouped(np.repeat(np.arange(50), 4)).summed(np.repeat(values, 4))
    assert found == pytest.approx(values)


def test_pairs_of_rows_are_found_block_by_block_as_at_once():
    order = np.random.default_rng(1).permutation(np.repeat(np.arange(9_000), 3))
    x, y = np.random.default_rng(2).normal(size=(2, 9_000, 2))
    found = repeats_of_pairs(Points(x[order]), Points(y[order]))
    assert np.array_equal(found.group, repeats_of(x[order], *y[order].T).group)
    assert not repeats_of_pairs(Points(x[order]), Points(np.arange(27_000.0)[:, None]))


def test_groups_that_are_left_out_have_all_copies():
    found = grouped(np.random.default_rng(0).permutation(np.repeat(np.arange(90), 3)))
    parts = found.parted(0)
    assert len(parts) == 20
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(270))
    groups = [{*found.group[part].tolist()} for part in parts]
    assert sum(map(len, groups)) == len(set.union(*groups)) == 90
    assert sorted(found.times.tolist()) == [3] * 270


def test_keys_that_come_again_seldom_all_count():
    assert not repeats_of_keys([*range(95), *range(5)])
    assert repeats_of_keys([*range(94), *range(6)]).distinct == 94
    assert not repeats_of_keys([])


def test_a_bootstrap_draws_copies_together():
    """Its interval is that of the distinct values, however often each is there."""
    values = np.random.default_rng(0).normal(size=200)
    once = bootstrapped(values, 0.95, 0, Repeats(200))
    order = np.random.default_rng(1).permutation(np.repeat(np.arange(200), 5))
    several = bootstrapped(values[order], 0.95, 0, grouped(order))
    assert np.diff(several) == pytest.approx(np.diff(once), rel=0.15)


def test_one_row_that_most_copies_are_of_is_a_value_that_comes_often():
    """Zeros, padding, a collapsed code: each counts, and so do other copies where they are few."""
    rng = np.random.default_rng(0)
    zeros = np.concatenate([rng.normal(size=(50, 3)), np.zeros((40, 3))])
    assert not repeats_of(zeros)
    found = repeats_of(np.concatenate([zeros, zeros[:20]]))
    assert found.distinct == 90
    assert (found.times[50:90] == 1).all()
