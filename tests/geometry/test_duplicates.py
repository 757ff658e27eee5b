"""Duplicates beside all cosines at once, and what has no direction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

import latentcli
from latentcli.errors import LatentError
from latentcli.geometry import _near_pairs


def plain(x, threshold):
    """All pairs by one matrix of cosines, and the first row of each connected component."""
    rows = np.asarray(x, dtype=np.float64)
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    apart = ((rows[:, None] - rows[None]) ** 2).sum(axis=2)
    first, second = np.nonzero(np.triu(1 - apart / 2 >= threshold, 1))
    graph = coo_array((np.ones(len(first)), (first, second)), (len(rows), len(rows)))
    labels = connected_components(graph, directed=False)[1]
    return set(zip(first.tolist(), second.tolist(), strict=True)), np.unique(
        labels, return_index=True
    )[1][labels]


def listed(found):
    return {(int(pair["a"]), int(pair["b"])) for pair in found.records}


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i4"])
@pytest.mark.parametrize(("rows", "dims", "threshold"), [(300, 3, 0.97), (700, 6, 0.9), (40, 2, 0.5)])  # fmt: skip
def test_pairs_and_groups_are_those_of_all_cosines(rows, dims, threshold, dtype, monkeypatch):
    monkeypatch.setattr(_near_pairs, "_ROWS", 64)
    monkeypatch.setattr(_near_pairs, "_COLUMNS", 24)
    monkeypatch.setattr(_near_pairs, "_WAITING", 50)
    rng = np.random.default_rng(rows)
    x = (9 * rng.standard_normal((rows, dims)) + 0.5).astype(dtype)
    x[~x.any(axis=1)] = 1
    x[rng.integers(rows, size=20)] = x[rng.integers(rows, size=20)]
    x[5] = 3 * x[9]
    found = latentcli.duplicates(x, threshold=threshold, top=10**6)
    pairs, groups = plain(x, threshold)
    assert listed(found) == pairs
    assert found.summary["pairs"] == len(pairs)
    assert found.groups.tolist() == groups.tolist()
    assert found.keep.sum() == len(np.unique(groups))
    cosines = [pair["cosine"] for pair in found.records]
    assert cosines == sorted(cosines, reverse=True)
    few = latentcli.duplicates(x, threshold=threshold, top=7)
    assert [one["cosine"] for one in few.records] == pytest.approx(cosines[:7])
    assert few.summary == found.summary


@given(arrays.arrays(np.int8, st.tuples(st.integers(1, 12), st.integers(1, 3))))
def test_any_small_whole_numbers(x):
    if not x.any():
        with pytest.raises(LatentError, match="has a direction"):
            latentcli.duplicates(x)
        return
    found = latentcli.duplicates(x, threshold=1, top=100)
    used = np.flatnonzero(x.any(axis=1))
    pairs, _ = plain(x[used], 1 - 1e-15)
    assert listed(found) == {(int(used[a]), int(used[b])) for a, b in pairs}


def test_multiples_are_duplicates_and_opposites_are_not():
    found = latentcli.duplicates([[1, 2], [3, 6], [-1, -2], [2, 1]], threshold=1)
    assert [(pair["a"], pair["b"], pair["cosine"]) for pair in found.records] == [("0", "1", 1)]


def test_lengths_beyond_float32_squares_are_compared():
    x = np.array([[1e-30, 2e-30], [1e30, 2e30], [1e-30, -1e-30]], dtype=np.float32)
    assert listed(latentcli.duplicates(x)) == {(0, 1)}


def test_a_chain_is_one_group_whose_ends_are_apart():
    angles = np.radians([0, 10, 20, 30, 90])
    found = latentcli.duplicates(np.c_[np.cos(angles), np.sin(angles)], threshold=0.98)
    assert found.groups.tolist() == [0, 0, 0, 0, 4]
    [group] = found.views[0].records
    assert group["size"] == 4
    assert group["least_cosine"] == pytest.approx(np.cos(np.radians(30)))


def test_many_copies_are_counted_without_being_listed():
    x = np.r_[np.tile([[1.0, 2.0]], (3000, 1)), [[-0.0, 1.0], [0.0, 1.0]]]
    found = latentcli.duplicates(x, top=3)
    assert found.summary["pairs"] == 3000 * 2999 // 2 + 1
    assert found.summary["exact_copies"] == 3000
    assert [(one["a"], one["b"]) for one in found.records] == [("0", "1"), ("0", "2"), ("0", "3")]  # fmt: skip


def test_rows_without_a_direction_are_left_out_and_stay():
    x = np.array([[1.0, 1.0], [0.0, 0.0], [np.nan, 1.0], [1.0, 1.0]])
    found = latentcli.duplicates(x)
    assert listed(found) == {(0, 3)}
    assert found.keep.tolist() == [True, True, True, False]
    assert found.notes == ("2 of 4 rows left out: NaN or infinity, zero",)


def test_words_are_named():
    found = latentcli.duplicates(latentcli.open(), threshold=0.95)
    assert ("send", "sending") in {(one["a"], one["b"]) for one in found.records}


@pytest.mark.parametrize("settings", [{"threshold": 0}, {"threshold": 1.01}, {"threshold": float("nan")}, {"top": 0}])  # fmt: skip
def test_settings_out_of_range(settings):
    with pytest.raises(latentcli.ParameterError, match="it must be"):
        latentcli.duplicates(np.eye(3), **settings)


def test_exact_copies_do_not_say_that_all_rows_are_alike():
    rows = np.random.default_rng(0).standard_normal((30, 50))
    found = latentcli.duplicates(np.repeat(rows, 10, axis=0))
    assert found.summary["exact_copies"] == 270
    assert not any("no sign of duplicates" in note for note in found.notes)
