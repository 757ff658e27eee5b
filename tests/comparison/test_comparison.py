"""Two spaces beside each other: worked numbers, closed forms, SciPy, and plain loops."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import linalg, spatial, stats

from latentcli.comparison import _cka as cka
from latentcli.comparison import _procrustes as procrustes
from latentcli.comparison._compare import _overlap_halves, compare
from latentcli.comparison._moments import side_of, triple
from latentcli.comparison._moves import all_moves
from latentcli.comparison._overlap import overlap
from latentcli.comparison._rsa import rsa
from latentcli.errors import LatentError
from latentcli.numerics.points import Points
from latentcli.numerics.repeats import Repeats
from latentcli.numerics.vectors import unit

NORMAL = np.random.default_rng(0).normal


def sides(x, y):
    return tuple(side_of(np.asarray(one, dtype=float), np.arange(len(one))) for one in (x, y))


def sums(x, y):
    first, second = sides(x, y)
    return triple(first, second, np.arange(len(x)))


def points(matrix, rows=None, metric="cosine"):
    return Points(np.asarray(matrix, dtype=np.float32), metric == "cosine", rows)


def single(matrix):
    return np.asarray(matrix, dtype=np.float32)


def rotation(dimensions, seed=1):
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(dimensions, dimensions)))[0]


def unbiased_hsic(k, l):  # noqa: E741
    """Song et al. (2012), equation 5, with n x n matrices."""
    n = len(k)
    k, l = k - np.diag(np.diag(k)), l - np.diag(np.diag(l))  # noqa: E741
    one = np.ones(n)
    return (
        np.trace(k @ l)
        + (one @ k @ one) * (one @ l @ one) / ((n - 1) * (n - 2))
        - 2 / (n - 2) * (one @ k @ l @ one)
    ) / (n * (n - 3))


# ---- CKA


def test_the_worked_numbers_of_cka():
    x = np.array([[1.0], [2], [3], [4]])
    found = sums(x, x**2)
    assert cka.biased_cka(found) == pytest.approx(0.968992, abs=5e-7)
    assert cka.biased_cka(found) == pytest.approx(np.corrcoef(x[:, 0], x[:, 0] ** 2)[0, 1] ** 2)
    assert cka.debiased_cka(found) == pytest.approx(0.999456, abs=5e-7)


def test_independent_noise_is_unlike_once_debiased():
    """n = 50, d = 512: biased .9116, debiased .0142."""
    rng = np.random.default_rng(0)
    found = sums(rng.normal(size=(50, 512)), rng.normal(size=(50, 512)))
    assert cka.biased_cka(found) == pytest.approx(0.9116, abs=5e-5)
    assert cka.debiased_cka(found) == pytest.approx(0.0142, abs=5e-5)


@pytest.mark.parametrize("shape", [(4, 1, 1), (9, 3, 5), (30, 8, 4), (12, 40, 3), (10, 30, 20)])
def test_moments_give_what_n_by_n_matrices_give(shape):
    n, first, second = shape
    rng = np.random.default_rng(n)
    x, y = rng.normal(size=(n, first)) + 3, rng.normal(size=(n, second)) ** 2
    k, l = x @ x.T, y @ y.T  # noqa: E741
    expected = unbiased_hsic(k, l) / np.sqrt(unbiased_hsic(k, k) * unbiased_hsic(l, l))
    assert cka.debiased_cka(sums(x, y)) == pytest.approx(np.clip(expected, -1, 1), abs=1e-9)
    center = np.eye(n) - 1 / n
    k, l = center @ k @ center, center @ l @ center  # noqa: E741
    expected = (k * l).sum() / np.sqrt((k * k).sum() * (l * l).sum())
    assert cka.biased_cka(sums(x, y)) == pytest.approx(expected, abs=1e-9)


@given(st.floats(-6, 6), st.floats(-100, 100), st.integers(0, 9))
def test_cka_minds_no_scale_shift_or_rotation(power, shift, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(15, 6)), rng.normal(size=(15, 4))
    turned = sums(10**power * (x @ rotation(6)) + shift, y)
    assert cka.debiased_cka(turned) == pytest.approx(cka.debiased_cka(sums(x, y)), abs=1e-6)
    assert cka.biased_cka(turned) == pytest.approx(cka.biased_cka(sums(x, y)), abs=1e-6)
    assert cka.debiased_cka(sums(y, x)) == pytest.approx(cka.debiased_cka(sums(x, y)))


def test_equal_rows_have_no_cka():
    x, same = NORMAL(size=(9, 3)), np.full((9, 2), 0.1)
    for found in (sums(x, same), sums(same, x), sums(same, same)):
        assert cka.debiased_cka(found) is None
        assert cka.biased_cka(found) is None


def test_one_hot_rows_are_equally_far_and_have_no_debiased_cka():
    assert cka.debiased_cka(sums(np.eye(8), NORMAL(size=(8, 3)))) is None


def test_three_rows_are_too_few_to_debias():
    assert cka.debiased_cka(sums(NORMAL(size=(3, 2)), NORMAL(size=(3, 2)))) is None


def test_moments_of_the_rest_are_the_whole_less_a_group():
    first, second = sides(NORMAL(size=(30, 4)), NORMAL(size=(30, 3)))
    every, group = np.arange(30), np.arange(0, 30, 7)
    rest = triple(first, second, every) - triple(first, second, group)
    alone = triple(first, second, np.setdiff1d(every, group))
    assert cka.debiased_cka(rest) == pytest.approx(cka.debiased_cka(alone))


@pytest.mark.slow
def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    """Y = X A + noise: the CKA of very many rows is within the interval of 200."""
    rng = np.random.default_rng(0)
    mix = rng.normal(size=(6, 6))

    def draw(count):
        x = rng.normal(size=(count, 6)) * np.arange(1, 7)
        return x, x @ mix + 5 * rng.normal(size=(count, 6))

    truth = cka.debiased_cka(sums(*draw(200_000)))
    held = 0
    for seed in range(200):
        x, y = sides(*draw(200))
        whole = triple(x, y, np.arange(200))
        value = cka.debiased_cka(whole)
        found = cka.interval(x, y, whole, value, level=0.9, seed=seed)
        held += found.low <= truth <= found.high
    assert 0.84 <= held / 200 <= 0.97


# ---- Procrustes


@pytest.mark.parametrize("shape", [(20, 3, 3), (40, 6, 6), (6, 9, 9)])
def test_scipys_procrustes(shape):
    """SciPy also scales: its disparity is 1 - s^2 where ours is 2 - 2 s."""
    n, first, second = shape
    x, y = NORMAL(size=(n, first)), NORMAL(size=(n, second))
    disparity = spatial.procrustes(x, y)[2]
    found = procrustes.rotation(sums(x, y)).distance
    assert found == pytest.approx(2 - 2 * np.sqrt(1 - disparity), abs=1e-9)


def test_the_rotation_is_scipys():
    x, y = NORMAL(size=(30, 4)), NORMAL(size=(30, 4))
    first, second = sides(x, y)
    found = procrustes.rotation(triple(first, second, np.arange(30)))
    expected, _ = linalg.orthogonal_procrustes(x - x.mean(axis=0), y - y.mean(axis=0))
    np.testing.assert_allclose(found.left @ found.right, expected, atol=1e-9)


def test_padding_with_zeros_changes_nothing():
    x, y = NORMAL(size=(20, 3)), NORMAL(size=(20, 5))
    padded = np.c_[x, np.zeros((20, 2))]
    assert procrustes.rotation(sums(x, y)).distance == pytest.approx(
        procrustes.rotation(sums(padded, y)).distance
    )


@pytest.mark.parametrize(("rows", "dimensions"), [(50, 8), (6, 20)])
def test_a_space_is_brought_back_from_where_it_was_turned(rows, dimensions):
    x = NORMAL(size=(rows, dimensions))
    y = x @ rotation(dimensions) + 3
    first, second = sides(x, y)
    found = procrustes.rotation(triple(first, second, np.arange(rows)))
    assert found.distance == 0
    np.testing.assert_allclose(procrustes.aligned(x, first, second, found), y, atol=1e-9)
    assert all_moves(first, second, found).max() < 1e-12


def test_rows_without_a_place_come_out_as_zeros():
    first, second = sides(NORMAL(size=(9, 2)), NORMAL(size=(9, 3)))
    found = procrustes.rotation(triple(first, second, np.arange(9)))
    rows = np.array([[0.0, 0], [np.nan, 1], [1, 1]])
    turned = procrustes.aligned(rows, first, second, found)
    assert turned[:2].tolist() == [[0, 0, 0]] * 2
    assert turned[2].any()


def test_the_row_that_moved_is_found():
    x = NORMAL(size=(60, 5))
    y = x @ rotation(5)
    y[17] = -y[17]
    first, second = sides(x, y)
    found = procrustes.rotation(triple(first, second, np.arange(60)))
    moved = all_moves(first, second, found)
    assert moved.argmax() == 17
    assert moved[17] > 1.5
    assert np.delete(moved, 17).max() < 0.2


def test_a_row_at_the_center_has_not_moved_nor_stayed():
    x = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1], [0, 0]])
    first, second = sides(x, x)
    found = procrustes.rotation(triple(first, second, np.arange(5)))
    assert np.isnan(all_moves(first, second, found)).tolist() == [False] * 4 + [True]


# ---- RSA


def test_the_worked_number_of_rsa():
    points = np.array([[0.0, 0], [1, 0], [0, 2], [3, 3]])
    assert rsa(points, points[[1, 0, 2, 3]]).value == pytest.approx(0.885714, abs=5e-7)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_scipys_spearman_of_scipys_distances(metric):
    x, y = NORMAL(size=(25, 4)), NORMAL(size=(25, 7)).round()
    expected = stats.spearmanr(
        spatial.distance.pdist(x, metric), spatial.distance.pdist(y, metric).round(9)
    )
    assert rsa(x, y, metric=metric).value == pytest.approx(expected.statistic, abs=1e-9)


def test_distances_that_rounding_parts_are_ties():
    grid = np.array([[i, j] for i in range(4) for j in range(3)], dtype=float)
    assert rsa(grid, grid @ rotation(2)).value == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("rows", [np.eye(5), np.ones((5, 2)), np.eye(5)[:2]])
def test_without_an_order_there_is_no_rsa(rows):
    assert rsa(rows, rows, level=0.95).value is None


def test_the_interval_of_rsa_is_around_it():
    x = NORMAL(size=(80, 4))
    found = rsa(x, x + NORMAL(size=(80, 4)), level=0.95)
    assert -1 <= found.low < found.value < found.high <= 1


# ---- neighbors


def neighbors_by_loop(x, metric, k):
    distances = spatial.distance.cdist(x, x, metric)
    np.fill_diagonal(distances, np.inf)
    return [set(np.argsort(row, kind="stable")[:k].tolist()) for row in distances]


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_neighbors_by_a_plain_loop(metric):
    x, y = NORMAL(size=(60, 5)), NORMAL(size=(60, 8))
    y[:, :5] += 2 * x
    near = [neighbors_by_loop(one.astype(np.float32), metric, 4) for one in (x, y)]
    expected = [len(a & b) / 4 for a, b in zip(*near, strict=True)]
    found = overlap(points(x, metric=metric), points(y, metric=metric), np.arange(60), k=4)
    assert found.shares.tolist() == expected
    assert found.tied == 0


def test_only_paired_rows_are_neighbors_wherever_they_are():
    x = NORMAL(size=(30, 4))
    order = np.random.default_rng(5).permutation(30)
    y = np.concatenate([NORMAL(size=(10, 4)), x[order]])
    places = 10 + np.argsort(order)
    found = overlap(points(x), points(y, places), np.arange(30), k=3)
    assert found.shares.tolist() == [1.0] * 30


def test_ties_on_a_grid_are_taken_alike():
    grid = np.array([[i, j] for i in range(1, 6) for j in range(1, 5)], dtype=float)
    found = overlap(
        points(grid, metric="euclidean"),
        points(grid @ rotation(2), metric="euclidean"),
        np.arange(20),
        k=3,
    )
    assert found.shares.tolist() == [1.0] * 20


def test_ties_that_cannot_be_seen_whole_are_counted():
    found = overlap(points(np.eye(40)), points(np.eye(40)), np.arange(40), k=2)
    assert found.tied == 40
    assert found.mean is None


# ---- all together


@pytest.mark.parametrize("dimensions", [5, 64])
def test_a_space_and_its_rotation_are_the_same(dimensions):
    x = NORMAL(size=(200, dimensions)) + 1
    found = compare(single(x), single(x @ rotation(dimensions)))
    assert found.cka == pytest.approx(1, abs=1e-6)
    assert found.cka_interval.low == pytest.approx(1, abs=1e-6)
    assert found.cka_biased == pytest.approx(1, abs=1e-6)
    assert found.rsa == pytest.approx(1, abs=1e-6)
    assert found.neighbor_overlap == pytest.approx(1, abs=0.002)
    assert found.procrustes == pytest.approx(0, abs=1e-9)
    assert found.moves.max() < 1e-9
    assert {one["reading"] for one in found.records} == {"equal up to rotation"}


def test_the_sample_is_said_and_seeded():
    x, y = NORMAL(size=(300, 5)), NORMAL(size=(300, 5))
    first = compare(x, y, sample=50, seed=3)
    assert "RSA and neighbors are measured on 50 of 300 rows (`sample`)" in first.notes
    again, other = (compare(x, y, sample=50, seed=seed) for seed in (3, 4))
    assert again.records == first.records
    assert other.rsa != first.rsa
    assert other.cka_biased == first.cka_biased


def test_without_a_level_there_are_no_intervals():
    found = compare(NORMAL(size=(60, 3)), NORMAL(size=(60, 3)), ci=None)
    assert found.cka_interval is found.rsa_interval is found.neighbor_overlap_interval is None


def test_no_more_than_half_are_neighbours():
    found = compare(NORMAL(size=(9, 3)), NORMAL(size=(9, 3)), neighbors=100)
    assert found.settings["neighbors"] == 4


def test_two_rows_are_too_few():
    with pytest.raises(LatentError, match="2 rows in common"):
        compare(np.eye(2), np.eye(2))


def test_very_large_and_very_small_numbers():
    x = NORMAL(size=(30, 4)).astype(np.float32)
    found = compare(x * np.float32(1e30), x * np.float32(1e-30))
    assert found.cka == pytest.approx(1, abs=1e-6)
    assert found.procrustes == pytest.approx(0, abs=1e-6)


def test_a_constant_space_has_no_neighbors():
    x, same = NORMAL(size=(30, 3)), np.ones((30, 2))
    found = compare(x, same)
    assert found.neighbor_overlap is None
    assert found.neighbor_overlap_interval is None
    assert "all rows of `y` are the same: there is nothing to compare" in found.notes
    ray = np.arange(1.0, 31)[:, None] * [1, 2]
    assert compare(x, ray, metric="cosine").neighbor_overlap is None
    assert compare(x, ray).neighbor_overlap is not None


def test_zero_is_a_code_like_any_other_where_directions_do_not_count():
    x = NORMAL(size=(30, 3))
    x[4] = 0
    assert len(compare(x, x).rows_x) == 30
    found = compare(x, x, metric="cosine")
    assert len(found.rows_x) == 29
    assert "1 pair is left out: a row of zeros, NaN or infinity" in found.notes


def test_align_brings_rows_of_x_onto_y():
    x = NORMAL(size=(50, 4))
    y = x @ rotation(4) + 3
    np.testing.assert_allclose(compare(x, y).align(x), y, atol=1e-9)


def test_a_row_that_moved_farther_than_noise_is_named_and_no_other():
    x = NORMAL(size=(400, 20))
    y = x @ rotation(20) + 0.3 * NORMAL(size=(400, 20))
    quiet = compare(x, y)
    assert {one["reading"] for one in quiet.records if one["measure"] == "moved"} == {
        "within what noise moves"
    }
    y[17] = -y[17]
    found = compare(x, y)
    moved = [one for one in found.records if one["measure"] == "moved"]
    assert (moved[0]["word"], moved[0]["reading"]) == ("17", "moved more than noise")
    assert {one["reading"] for one in moved[1:]} == {"within what noise moves"}
    assert found.median_move < found.noise_limit < moved[0]["value"]
    assert f"and {1} row moved farther" in found.notes[-1]


def test_few_rows_have_moves_without_a_reading():
    found = compare(NORMAL(size=(12, 3)), NORMAL(size=(12, 3)))
    assert found.noise_limit is None
    assert any("too few rows to say how far noise moves" in note for note in found.notes)


def test_the_interval_of_the_overlap_holds_what_other_rows_give():
    """Rows go with their neighbors: halves of the rows, each with neighbors of its own."""
    rng = np.random.default_rng(0)
    rows = np.arange(200)

    def pair():
        x = rng.normal(size=(200, 4))
        return [unit(x), unit(x + 0.5 * rng.normal(size=(200, 4)))]

    def shared(some):
        return overlap(*map(Points, some), rows, k=10).mean

    truth = np.mean([shared(pair()) for _ in range(60)])
    held = 0
    for _ in range(30):
        some = pair()
        interval = _overlap_halves(some, 10, 0.95, 0, Repeats(200)).interval(
            "overlap", shared(some), 0.0, 1.0
        )
        held += interval[0] <= truth <= interval[1]
    assert held >= 25


@pytest.mark.parametrize(
    ("setting", "value"),
    [("neighbors", 0), ("moved", -1), ("sample", 2), ("seed", -1), ("ci", 1.0), ("ci", 0.0)],
)
def test_settings_without_a_meaning_name_the_parameter(setting, value):
    from latentcli.errors import ParameterError

    with pytest.raises(ParameterError, match=f"`{setting}` is"):
        compare(np.eye(5), np.eye(5), **{setting: value})
