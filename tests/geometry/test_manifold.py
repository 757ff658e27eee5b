import numpy as np
import pytest
from sklearn.datasets import make_swiss_roll

from latentcli.geometry import _manifold as manifold
from latentcli.geometry._cloud import Cloud
from latentcli.geometry._sampling import Settings
from latentcli.numerics.neighbors import nearest
from latentcli.numerics.points import Points, distances


def graph(rows, k):
    return nearest(Points(rows), np.arange(len(rows)), k).distances


def dimension(rows):
    """TwoNN and the estimate of Levina and Bickel."""
    near = graph(rows, 20)
    return manifold.two_nn(near[:, 0], near[:, 1]), manifold.mle(near)


def test_five_points_on_a_line():
    near = graph(np.array([[0.0], [1], [3], [7], [15]]), 3)
    assert near[:, 1] / near[:, 0] == pytest.approx([3, 2, 1.5, 1.5, 1.5])
    assert manifold.two_nn(near[:, 0], near[:, 1]) == pytest.approx(1.832983, abs=5e-7)
    assert manifold.two_nn_likelihood(near[:, 0], near[:, 1]) == pytest.approx(
        1.329719, abs=5e-7
    )
    assert manifold.mle(near) == pytest.approx(1.235797, abs=5e-7)


@pytest.mark.parametrize(
    ("seed", "shape", "expected"),
    [
        (0, (300, 6), (4.729853234776981, 4.773625930503681)),
        (1, (500, 12), (10.143001816267416, 9.005021112368537)),
    ],
)
def test_scikit_dimension_gives_the_same(seed, shape, expected):
    """TwoNN() and MLE(K=20) of scikit-dimension 0.5.0, whose numba would slow every test run."""
    rows = np.random.default_rng(seed).standard_normal(shape)
    rows[:, -1] = rows[:, 0] ** 2
    assert dimension(rows) == pytest.approx(expected, abs=1e-8)


def test_scikit_dimension_itself_if_it_is_there():
    skdim = pytest.importorskip("skdim", reason="scikit-dimension is not installed")
    rows = np.random.default_rng(2).standard_normal((400, 8))
    peer = skdim.id.TwoNN().fit(rows).dimension_, skdim.id.MLE(K=20).fit(rows).dimension_
    assert dimension(rows) == pytest.approx(peer, abs=1e-8)


def test_both_saturate():
    """N(0, I) of 2,000 x 512 reads about 119 and 102; five dimensions read 5."""
    rng = np.random.default_rng(0)
    assert dimension(rng.standard_normal((2000, 512))) == pytest.approx((118.8, 101.6), rel=0.1)
    line = rng.standard_normal((2000, 5)) @ rng.standard_normal((5, 40))
    assert dimension(line) == pytest.approx((4.91, 5.01), rel=0.06)


def test_a_swiss_roll_in_ten_dimensions_has_two():
    rng = np.random.default_rng(0)
    roll = make_swiss_roll(2000, random_state=0)[0]
    rows = roll @ np.linalg.qr(rng.standard_normal((10, 10)))[0][:3]
    assert dimension(rows) == pytest.approx((2, 2), abs=0.15)


def test_the_spread_of_distances_by_hand():
    """0, 1 and 3 on a line: distances 1, 2 and 3."""
    rows = np.array([[0.0], [1], [3]])
    assert manifold.distance_spread(rows) == pytest.approx((2 / 3) ** 0.5 / 2)
    assert np.concatenate([part for _, part in distances(rows)]) == pytest.approx(
        np.array([[0, 1, 3], [1, 0, 2], [3, 2, 0]])
    )


def measured(rows, **settings):
    found = manifold.measure(Cloud(rows, Settings(**settings)))
    return {(one.measure, one.variant.split(",")[0]): one for one in found}


def test_one_hot_rows_are_equidistant():
    found = measured(np.eye(60))
    spread = found["distance_spread", "sd / mean"]
    assert spread.value == pytest.approx(0, abs=1e-12)
    assert spread.reading.startswith("equidistant")
    for name in (("two_nn", "fit"), ("two_nn", "maximum likelihood"), ("mle", "k=20")):
        assert found[name].value is None
        assert "equally far" in found[name].note


def test_duplicates_are_left_out_and_counted():
    rows = np.random.default_rng(0).standard_normal((300, 4))
    found = measured(np.concatenate([rows, rows[:40]]))
    assert "40 of 340 rows left out" in found["two_nn", "fit"].note
    assert found["two_nn", "fit"].value == pytest.approx(4, abs=0.8)
    assert found["mle", "k=20"].value == pytest.approx(4, abs=0.8)


def test_nothing_but_duplicates_has_no_local_dimension():
    found = measured(np.repeat(np.eye(3), 4, axis=0))
    assert found["two_nn", "fit"].value is None
    assert found["mle", "k=2"].value is None


def test_the_intervals_cover_the_dimension_about_as_often_as_they_say():
    covered = 0
    for seed in range(12):
        rows = np.random.default_rng(seed).random((500, 2))
        one = measured(rows)["two_nn", "fit"]
        assert one.interval.low < one.value < one.interval.high
        covered += one.interval.low < 2 < one.interval.high
    assert covered >= 9


def test_a_grid_has_ties_near_each_row_and_a_dimension_further_out():
    rows = np.stack(np.meshgrid(np.arange(6.0), np.arange(6.0)), axis=-1).reshape(-1, 2)
    found = {one.measure: one for one in manifold.measure(Cloud(rows))}
    assert found["two_nn"].value is None
    assert found["two_nn"].note == "the two nearest are equally far: no dimension"
    assert found["mle"].value > 1


@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("kind", ["exact", "one step of float32"])
def test_copies_change_no_estimate(kind, unit):
    """Far from 0, where a step of float32 is much longer than the last digit of a distance."""
    rows = (np.random.default_rng(3).standard_normal((200, 6)) + 8).astype(np.float32)
    copies = rows[50:110] if kind == "exact" else np.nextafter(rows[50:110], np.float32(99))
    mixed = np.concatenate([rows, copies, copies])[np.random.default_rng(4).permutation(320)]
    alone, together = measured(rows, unit=unit), measured(mixed, unit=unit)
    for name in (("two_nn", "fit"), ("two_nn", "maximum likelihood"), ("mle", "k=20")):
        assert together[name].value == pytest.approx(alone[name].value, rel=1e-2)
        assert "120 of 320 rows left out" in together[name].note


def test_close_rows_of_float64_far_from_zero_are_no_copies():
    rows = 1e4 + 1e-3 * np.random.default_rng(0).standard_normal((300, 3))
    assert measured(rows)["two_nn", "fit"].value == pytest.approx(3, abs=0.5)


def test_only_what_is_near_white_noise_saturates():
    rng = np.random.default_rng(0)
    flat = rng.standard_normal((400, 4)) @ rng.standard_normal((4, 100))
    assert measured(flat)["two_nn", "fit"].reading == "fewer dimensions than white noise"
    assert (
        measured(rng.standard_normal((400, 100)))["mle", "k=20"].reading
        == "saturated: a lower bound"
    )


def test_intervals_of_local_dimension_hold_what_other_rows_give():
    """Rows are each other's neighbors: resampled as if they were not, intervals held 85 %, and reached 1.6 deviations."""
    values, reaches = [], []
    for seed in range(24):
        cloud = Cloud(np.random.default_rng(seed).standard_normal((300, 4)))
        found = manifold._local(cloud)
        values.append([one.value for one in found])
        reaches.append([(one.interval.high - one.interval.low) / 2 for one in found])
    assert (np.mean(reaches, axis=0) > 1.8 * np.std(values, axis=0, ddof=1)).all()
