import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from latentcli.errors import LatentError, ParameterError
from latentcli.latents._along import along
from latentcli.latents._holes import find_holes
from latentcli.latents._paths import Meter, measure

RNG = np.random.default_rng(0)
CORNER = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
LINE = np.arange(4.0)[:, None]


def test_a_corner_by_hand():
    found = measure(CORNER)
    assert found.length == 2
    assert found.straightness == pytest.approx(0.7071, abs=5e-5)
    assert found.steps.tolist() == [0, 1, 1]
    assert found.norms.ravel() == pytest.approx((0, 1, 2**0.5))


def test_a_closed_path_has_the_way_back_in_its_length():
    found = measure(CORNER, closed=True)
    assert found.length == pytest.approx(2 + 2**0.5)
    assert found.straightness == 0


def test_a_straight_path_is_never_more_than_straight():
    for seed in range(50):
        points = np.random.default_rng(seed).normal(size=(2, 7))
        straightness = measure(along(points, np.linspace(0, 1, 11))).straightness
        assert 1 - 1e-12 < straightness <= 1


def test_lengths_by_hand():
    line = along(np.array([[0.0, 0.0], [3.0, 4.0]]), np.linspace(0, 1, 11))
    assert measure(line).length == pytest.approx(5)
    assert measure(line).steps[1:] == pytest.approx(0.5)
    quarter = along(np.eye(2), np.linspace(0, 1, 1001), kind="slerp")
    assert measure(quarter).length == pytest.approx(np.pi / 2, abs=1e-6)


def test_a_path_that_stays_has_no_straightness():
    assert measure(np.ones((3, 2))).straightness is None
    assert measure(np.ones((1, 2))).length == 0


def test_layers_have_norms_of_their_own_and_one_step():
    path = np.zeros((2, 3, 4))
    path[1] = 1.0
    found = measure(path)
    assert found.norms.shape == (2, 3)
    assert found.norms[1] == pytest.approx(2)
    assert found.steps[1] == pytest.approx(12**0.5)


@pytest.mark.parametrize("cut", [1, 4, 9])
def test_parts_measure_as_the_whole(cut):
    path = RNG.normal(size=(10, 3, 5))
    meter = Meter()
    for start in range(0, 10, cut):
        meter.add(path[start : start + cut])
    found, whole = meter.course(closed=True), measure(path, closed=True)
    assert found.steps.tolist() == whole.steps.tolist()
    assert found.norms.tolist() == whole.norms.tolist()
    assert found.length == pytest.approx(whole.length)


def test_a_meter_keeps_no_view_of_what_it_was_given():
    path = CORNER.copy()
    meter = Meter()
    meter.add(path)
    path[:] = 100
    meter.add(CORNER[-1:])
    assert meter.course().length == 2


# Holes: R = {0, 1, 2, 3}, k = 1, where every reference code has a neighbour at 1.


@pytest.mark.parametrize(
    ("point", "distance", "hole"),
    [(1.5, 0.5, False), (10.0, 7.0, True), (4.0, 1.0, False), (4.01, 1.01, True)],
)
def test_a_hole_by_hand(point, distance, hole):
    found = find_holes(np.array([[point]]), LINE, k=1)
    assert found.limit == 1
    assert found.distances[0] == pytest.approx(distance)
    assert found.holes.tolist() == [hole]
    assert found.percentiles[0] == (0 if distance < 1 else 100)


def test_a_reference_code_is_judged_without_itself():
    found = find_holes(LINE[[2]], LINE, k=1)
    assert (found.distances[0], found.nearest[0], found.percentiles[0]) == (1, 2, 100)
    assert not found.holes.any()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("k", [1, 5])
def test_scikit_learn_agrees(dtype, k):
    reference = RNG.normal(size=(60, 7)).astype(dtype)
    path = RNG.normal(size=(9, 7)) * 2
    tree = NearestNeighbors(algorithm="brute").fit(reference.astype(np.float64))
    own = tree.kneighbors(n_neighbors=k)[0][:, -1]  # each without itself
    far, rows = tree.kneighbors(path, n_neighbors=k)
    found = find_holes(path, reference, k=k, percentile=90)
    assert found.distances == pytest.approx(far[:, -1], rel=1e-5)
    assert found.nearest.tolist() == rows[:, 0].tolist()
    assert found.limit == pytest.approx(np.percentile(own, 90), rel=1e-5)
    assert found.holes.tolist() == (far[:, -1] > np.percentile(own, 90)).tolist()
    shares = [100 * np.mean(own <= distance) for distance in far[:, -1]]
    assert found.percentiles == pytest.approx(shares)


def test_codes_of_layers_are_compared_whole():
    reference = RNG.normal(size=(30, 2, 3))
    path = reference[:4] + 0.01
    found = find_holes(path, reference.reshape(30, 6), k=2)
    assert found.nearest.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("k", [4, 5, 100])
def test_k_too_large_for_the_reference(k):
    with pytest.raises(LatentError, match="`k` must be from 1 to 3"):
        find_holes(LINE, LINE, k=k)


@pytest.mark.parametrize("wrong", [{"k": 0}, {"k": -1}, {"percentile": 101.0},
                                   {"percentile": -1.0}, {"percentile": float("nan")}])  # fmt: skip
def test_settings_that_mean_nothing_are_usage_errors(wrong):
    with pytest.raises(ParameterError):
        find_holes(LINE, LINE, **wrong)


def test_dimensions_must_agree():
    with pytest.raises(LatentError, match="reference has 1 dimensions, the path 2"):
        find_holes(np.ones((3, 2)), LINE, k=1)
