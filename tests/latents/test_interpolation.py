import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.interpolate import CubicSpline
from scipy.spatial import geometric_slerp

from latentcli.errors import LatentError, ParameterError
from latentcli.latents._along import KINDS as ALL_KINDS
from latentcli.latents._along import along, even_times, step_lengths
from latentcli.latents._interpolation import NORMS, angles, combine, lerp, slerp

EAST, NORTH = np.array([1.0, 0.0]), np.array([0.0, 1.0])
RNG = np.random.default_rng(0)
KINDS = list(ALL_KINDS)

numbers = st.floats(-1e3, 1e3, width=32).map(lambda x: 0.0 if abs(x) < 1e-3 else x)
codes = arrays.arrays(np.float64, st.just((3, 5)), elements=numbers)
times = arrays.arrays(np.float64, st.just(4), elements=st.floats(0, 1))


def opposite(a, b):
    return (np.pi - angles(a, b) < 1e-3).any()


# Shoemake's formula and what may become of the length, worked by hand.


@pytest.mark.parametrize(
    ("t", "norm", "expected"),
    [
        (0.5, "textbook", (0.7071, 1.4142)),
        (0.5, "linear", (1.0607, 1.0607)),
        (0.5, "unit", (0.7071, 0.7071)),
        (0.25, "textbook", (0.9239, 0.7654)),
        (0.25, "linear", (1.1548, 0.4784)),
    ],
)
def test_the_three_norms(t, norm, expected):
    assert slerp(EAST, 2 * NORTH, t, norm=norm) == pytest.approx(expected, abs=5e-5)


def test_equal_lengths_are_kept():
    a, b = np.array([3.0, 4.0]), np.array([4.0, 3.0])
    assert np.degrees(angles(a, b)) == pytest.approx(16.2602, abs=5e-5)
    middle = slerp(a, b, 0.5)
    assert middle == pytest.approx((3.5355, 3.5355), abs=5e-5)
    assert np.linalg.norm(middle) == pytest.approx(5, abs=1e-12)


def test_the_articles_example_keeps_its_length():
    z1, z2 = np.array([2, -1.5, 0.3]), np.array([-1, 2, 0.8])
    t = np.linspace(0, 1, 11)
    assert np.degrees(angles(z1, z2)) == pytest.approx(142.75, abs=0.005)
    norms = np.linalg.norm(slerp(z1, z2, t), axis=1)
    assert 2.33 <= norms.min() < norms.max() <= 2.57
    assert np.linalg.norm(lerp(z1, z2, 0.5)) == pytest.approx(0.784, abs=5e-4)


def test_scipy_agrees_on_the_sphere():
    a, b = RNG.normal(size=(2, 40))
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    t = np.linspace(0, 1, 9)
    for norm in NORMS:
        assert slerp(a, b, t, norm=norm) == pytest.approx(geometric_slerp(a, b, t), abs=1e-12)


def test_an_unknown_norm_is_refused():
    with pytest.raises(ParameterError, match=r"unknown norm .linaer.. Did you mean linear"):
        slerp(EAST, NORTH, 0.5, norm="linaer")


# The cases in which the slerps that people copy go wrong.


@pytest.mark.parametrize("norm", ["textbook", "linear"])
@pytest.mark.parametrize("swapped", [False, True])
def test_a_zero_vector_goes_straight(norm, swapped):
    ends = (np.zeros(2), np.array([3.0, 4.0]))
    a, b = ends[::-1] if swapped else ends
    t = np.linspace(0, 1, 5)
    assert slerp(a, b, t, norm=norm) == pytest.approx(lerp(a, b, t), abs=1e-12)


def test_two_zero_vectors_stay_zero():
    assert not slerp(np.zeros(3), np.zeros(3), [0, 0.5, 1]).any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("ratio", [1.0, 0.3, 7.0])
def test_parallel_vectors_go_straight(dtype, ratio):
    """Of 2,000 such pairs an unclipped arccos makes NaN of most."""
    a = np.random.RandomState(0).randn(300, 512).astype(dtype)
    b = (a * dtype(ratio)).astype(dtype)
    for norm in ("textbook", "linear"):
        path = slerp(a, b, 0.25, norm=norm)
        assert np.allclose(path, lerp(a, b, 0.25), rtol=1e-6, atol=1e-6)
    assert np.allclose(np.linalg.norm(slerp(a, b, 0.25, norm="unit"), axis=-1), 1)


def test_small_angles_are_exact():
    """The arccos of float32 gives 0.0010358 for an angle like this."""
    a = np.array([1.0, 0.0])
    b = np.array([np.cos(0.0009623), np.sin(0.0009623)])
    assert angles(a, b) == pytest.approx(0.0009623, rel=1e-9)
    assert angles(a, a) == 0
    assert angles(a, -a) == np.pi


@pytest.mark.parametrize("scale", [1.0, 2.5])
def test_opposite_ends_are_an_error(scale):
    a = RNG.normal(size=512)
    with pytest.raises(LatentError, match="the two codes are opposite"):
        slerp(a, -scale * a, 0.5)


def test_opposite_rows_are_counted():
    a = RNG.normal(size=(4, 8))
    b = a.copy()
    b[1:3] *= -1
    with pytest.raises(LatentError, match=r"2 of 4 rows \(1, 2\) are opposite: .*name a point"):
        slerp(a, b, 0.5)


@pytest.mark.parametrize(
    ("norm", "lengths"),
    [("textbook", (1, 1.5, 2, 2.5, 3)), ("linear", (1, 1.5, 2, 2.5, 3)), ("unit", (1,) * 5)],
)
def test_a_point_says_which_way_round(norm, lengths):
    path = slerp(EAST, -3 * EAST, np.linspace(0, 1, 5), norm=norm, via=EAST + 5 * NORTH)
    assert np.linalg.norm(path, axis=1) == pytest.approx(lengths)
    assert path[:4, 1] == pytest.approx(np.sin(np.pi * np.arange(4) / 4) * lengths[:4])
    assert (path[0] == EAST).all()


def test_only_opposite_rows_go_through_the_point():
    a = np.array([[1.0, 0, 0], [0, 1, 0]])
    b = np.array([[-1.0, 0, 0], [0, 0, 1]])
    via = np.array([0.0, 1, 0])  # on the line of no opposite pair, but along the second row
    path = slerp(a, b, 0.5, via=via)
    assert path == pytest.approx(np.array([[0, 1, 0], [0, 0.5**0.5, 0.5**0.5]]))


@pytest.mark.parametrize("via", [EAST, -2 * EAST, np.zeros(2)])
def test_a_point_on_the_line_opens_no_plane(via):
    with pytest.raises(LatentError, match="lies on the line of the two ends"):
        slerp(EAST, -EAST, 0.5, via=via)


def test_a_point_of_another_shape_is_refused():
    with pytest.raises(LatentError, match=r"has shape \(3,\), the ends have \(2,\)"):
        slerp(EAST, -EAST, 0.5, via=np.ones(3))


def test_a_batch_is_not_one_long_vector():
    """One row of four nearly opposite: a dot product over the whole tensor spoils them all."""
    a, b = RNG.normal(size=(2, 4, 512))
    b[0] = -a[0] + 0.01 * b[0]
    path = slerp(a, b, 0.5)
    assert path == pytest.approx(
        np.stack([slerp(u, v, 0.5) for u, v in zip(a, b, strict=True)])
    )
    assert np.linalg.norm(path, axis=1).min() > 20


@pytest.mark.parametrize("t", [-0.5, 1.5])
def test_beyond_the_ends_the_turn_goes_on(t):
    path = slerp(EAST, NORTH, t)
    assert path == pytest.approx((np.cos(t * np.pi / 2), np.sin(t * np.pi / 2)))
    assert lerp(EAST, NORTH, t) == pytest.approx((1 - t, t))


def test_float16_is_computed_in_float64():
    """The norm of 4,096 tens overflows float16."""
    a = np.full(4096, 10, dtype=np.float16)
    b = a.copy()
    b[::2] *= -1
    middle = slerp(a, b, 0.5)
    assert np.isfinite(middle).all()
    assert np.linalg.norm(middle) == pytest.approx(640)


def test_huge_and_tiny_codes_turn_as_well():
    for scale in (1e200, 1e-200):
        middle = slerp(scale * EAST, scale * NORTH, 0.5) / scale
        assert middle == pytest.approx((0.5**0.5, 0.5**0.5))


def test_different_shapes_are_refused():
    with pytest.raises(LatentError, match=r"different shapes: \(2,\) and \(3,\)"):
        lerp(np.ones(2), np.ones(3), 0.5)


# Prior-preserving combinations (Bodin et al., 2024).


@pytest.mark.parametrize(
    ("weights", "expected"),
    [((0.5, 0.5), (0.7071, 0.7071)), ((0.75, 0.25), (0.9487, 0.3162))],
)
def test_the_papers_combination(weights, expected):
    assert combine(np.eye(2), np.array(weights)) == pytest.approx(expected, abs=5e-5)


def test_a_prior_elsewhere_than_at_zero():
    points = np.array([[3.0, 5.0], [1.0, 1.0]])
    assert combine(points, np.array([0.5, 0.5]), mean=np.ones(2)) == pytest.approx(
        (2.4142, 3.8284), abs=5e-5
    )


def test_weights_of_zero_count_as_one():
    assert combine(np.eye(2), np.zeros(2)) == pytest.approx((0.5**0.5, 0.5**0.5))


def test_an_analogy_is_brought_back_to_the_prior():
    points = RNG.normal(size=(3, 512))
    by_hand = (points[1] + points[2] - points[0]) / 3**0.5
    assert combine(points, np.array([-1.0, 1, 1])) == pytest.approx(by_hand)


def test_two_points_are_a_line_over_its_expected_length():
    a, b = RNG.normal(size=(2, 64))
    t = np.linspace(0, 1, 7)
    by_hand = lerp(a, b, t) / np.sqrt((1 - t) ** 2 + t**2)[:, None]
    assert along(np.stack([a, b]), t, kind="lol") == pytest.approx(by_hand)


def test_the_middle_of_independent_codes_keeps_the_priors_length():
    a, b = np.random.RandomState(0).randn(2, 1000, 512)
    t = np.array([0.5])
    straight = np.linalg.norm(along(np.stack([a, b]), t), axis=-1).mean()
    kept = np.linalg.norm(along(np.stack([a, b]), t, kind="lol"), axis=-1).mean()
    assert straight == pytest.approx(15.99, abs=0.06)
    assert kept == pytest.approx(22.62, abs=0.08)


# Several waypoints, loops and splines.


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [2, 3, 5, 50])
def test_a_path_goes_exactly_through_its_waypoints(kind, count):
    points = RNG.normal(size=(count, 6))
    assert (along(points, np.linspace(0, 1, count), kind=kind) == points).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [3, 4, 8])
def test_a_loop_goes_through_its_waypoints_and_leaves_out_the_end(kind, count):
    points = RNG.normal(size=(count, 6))
    t = np.linspace(0, 1, count, endpoint=False)
    path = along(points, t, kind=kind, loop=True)
    assert (path == points).all()
    assert (along(points, np.array([1.0]), kind=kind, loop=True)[0] == points[0]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_loop_goes_round_and_round(kind):
    points = RNG.normal(size=(4, 6))
    t = np.array([0.1, 0.4, 0.875])
    once = along(points, t, kind=kind, loop=True)
    assert along(points, t + 1, kind=kind, loop=True) == pytest.approx(once)
    assert along(points, t - 2, kind=kind, loop=True) == pytest.approx(once)


@pytest.mark.parametrize("count", [2, 3, 4, 8])
def test_a_closed_spline_closes_smoothly(count):
    """Tiled keyframes, as in gen_video, jump in velocity by 0.62 where there are two."""
    points = RNG.normal(size=(count, 3))
    e = 1e-4
    before, at, after = along(points, np.array([1 - e, 0, e]), kind="spline", loop=True)
    assert before == pytest.approx(at, abs=1e-2)
    speed = np.abs(points).max() * count
    assert (after - at) / e == pytest.approx((at - before) / e, abs=0.02 * speed * count)


def test_scipys_periodic_spline():
    points = RNG.normal(size=(5, 3))
    closed = np.concatenate([points, points[:1]])
    spline = CubicSpline(np.linspace(0, 1, 6), closed, bc_type="periodic")
    t = np.linspace(0, 1, 33)
    assert along(points, t, kind="spline", loop=True) == pytest.approx(spline(t), abs=1e-12)


def test_an_open_spline_of_a_cubic_is_the_cubic():
    def cubic(x):
        return np.stack([x**3 - x, 2 * x**2 + 1], axis=-1)

    t = np.linspace(0, 1, 21)
    path = along(cubic(np.linspace(0, 1, 5)), t, kind="spline")
    assert path == pytest.approx(cubic(t), abs=1e-12)


@pytest.mark.parametrize("count", [0, 1])
def test_a_path_takes_two_points(count):
    with pytest.raises(LatentError, match="two points or more"):
        along(np.ones((count, 3)), np.array([0.5]))


def test_an_unknown_kind_is_refused():
    with pytest.raises(ParameterError, match="unknown path 'bezier'"):
        along(np.eye(2), np.array([0.5]), kind="bezier")


# Steps of equal length.


@pytest.mark.parametrize("closed", [False, True])
def test_even_steps_are_equally_long(closed):
    """Three unequal legs: evenly in time, the steps differ a thousand times."""
    points = np.array([[0.0, 0], [1, 0], [1, 100], [1, 100.1]])

    def path(t):
        return along(points, t, loop=closed)

    t = even_times(path, 12, closed=closed)
    whole = np.concatenate([t, [1.0]]) if closed else t
    fine = np.linspace(0, 1, 200_001)
    gone = np.concatenate([[0], np.cumsum(step_lengths(path(fine)))])
    steps = np.diff(np.interp(whole, fine, gone))
    assert steps == pytest.approx(steps.mean(), rel=0.02)
    assert t[0] == 0
    assert len(t) == 12
    assert (t[-1] == 1) is not closed


def test_even_times_do_not_depend_on_the_part_in_memory():
    points = RNG.normal(size=(4, 5))
    most = 0

    def path(t):
        nonlocal most
        most = max(most, len(t))
        return along(points, t, kind="spline")

    whole = even_times(path, 9, part=10**6)
    most = 0
    assert even_times(path, 9, part=7) == pytest.approx(whole)
    assert most == 8


@pytest.mark.parametrize("closed", [False, True])
def test_a_path_without_length_is_even_in_time(closed):
    t = even_times(lambda t: along(np.ones((2, 3)), t), 4, closed=closed)
    assert t == pytest.approx(np.linspace(0, 1, 4, endpoint=not closed))


# Invariants.


@given(codes, codes)
def test_the_ends_are_kept_bit_for_bit(a, b):
    for kind in KINDS:
        if kind == "slerp" and opposite(a, b):
            continue
        path = along(np.stack([a, b]), np.array([0.0, 1.0]), kind=kind)
        assert path.tobytes() == np.stack([a, b]).tobytes()


@given(codes, codes, times)
def test_a_path_reversed_is_the_path_back(a, b, t):
    assert lerp(b, a, 1 - t) == pytest.approx(lerp(a, b, t), abs=1e-9)
    if not opposite(a, b):
        for norm in NORMS:
            there, back = slerp(a, b, t, norm=norm), slerp(b, a, 1 - t, norm=norm)
            assert back == pytest.approx(there, rel=1e-6, abs=1e-6)


@given(codes, codes, times)
def test_unit_has_length_one(a, b, t):
    both_zero = ~(a.any(axis=1) | b.any(axis=1))
    if not opposite(a, b):
        lengths = np.linalg.norm(slerp(a, b, t, norm="unit"), axis=-1)
        assert lengths == pytest.approx(np.broadcast_to(~both_zero, lengths.shape) * 1.0)


@given(codes, codes, times)
def test_rows_are_independent(a, b, t):
    points = np.stack([a, b])
    for kind in KINDS:
        if kind == "slerp" and opposite(a, b):
            continue
        alone = [along(points[:, row], t, kind=kind) for row in range(len(a))]
        assert along(points, t, kind=kind) == pytest.approx(np.stack(alone, 1), abs=1e-9)


@given(codes, codes, times)
def test_the_ends_are_not_changed(a, b, t):
    before = a.copy(), b.copy()
    for kind in KINDS:
        if kind != "slerp" or not opposite(a, b):
            along(np.stack([a, b]), t, kind=kind, loop=True)
            lerp(a, b, t)[:] = 7
    assert (a == before[0]).all()
    assert (b == before[1]).all()
