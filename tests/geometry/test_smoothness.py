import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.manifold import trustworthiness

from latentcli.errors import LatentError
from latentcli.geometry import _smoothness as smoothness
from latentcli.geometry._cloud import Cloud
from latentcli.geometry._sampling import Settings
from latentcli.numerics import blocks

RNG = np.random.default_rng(0)


def column(*values):
    return np.array(values, dtype=float)[:, None]


def measured(codes, outputs, **options):
    cloud = Cloud(codes, Settings(**options), outputs=outputs)
    return {one.measure + one.variant[:2]: one for one in smoothness.measure(cloud)}


def test_six_points_by_hand():
    high, low = column(0, 1, 2, 3, 4, 10), column(0, 1, 2, 3, 10, 4)
    assert smoothness.trustworthiness(high, low, 2) == pytest.approx(0.766667, abs=5e-7)
    assert trustworthiness(high, low, n_neighbors=2) == pytest.approx(0.766667, abs=5e-7)


@pytest.mark.parametrize("k", [1, 5, 40])
def test_scikit_learn_gives_the_same(monkeypatch, k):
    monkeypatch.setattr(blocks, "_NUMBERS", 3000)
    high = RNG.standard_normal((200, 9))
    low = high[:, :2] + 0.1 * RNG.standard_normal((200, 2))
    for one, other in ((high, low), (low, high)):
        assert smoothness.trustworthiness(one, other, k) == pytest.approx(
            trustworthiness(one, other, n_neighbors=k), abs=1e-8
        )


def test_no_order_at_all_has_the_trust_of_chance():
    found = [
        smoothness.trustworthiness(
            RNG.standard_normal((300, 5)), RNG.standard_normal((300, 5)), 10
        )
        for _ in range(5)
    ]
    assert np.mean(found) == pytest.approx(smoothness.chance_of_trust(300, 10), abs=0.01)


def test_distance_correlation_as_it_is_written(monkeypatch):
    monkeypatch.setattr(blocks, "_NUMBERS", 200)
    a, b = RNG.standard_normal((40, 3)), RNG.standard_normal((40, 5))
    b[:, 0] += a[:, 0]
    n = 40

    def centered(values):
        d = cdist(values, values)
        u = d - d.sum(0) / (n - 2) - d.sum(1)[:, None] / (n - 2) + d.sum() / ((n - 1) * (n - 2))
        np.fill_diagonal(u, 0)
        return u

    u, v = centered(a), centered(b)
    expected = (u * v).sum() / np.sqrt((u * u).sum() * (v * v).sum())
    assert smoothness.distance_correlation(a, b) == pytest.approx(expected, abs=1e-10)
    assert smoothness.distance_correlation(a, 3 * a + 1) == pytest.approx(1)
    assert smoothness.distance_correlation(a, 0 * a) is None


def test_independent_rows_of_many_dimensions_do_not_correlate():
    a, b = RNG.standard_normal((50, 512)), RNG.standard_normal((50, 512))
    assert smoothness.distance_correlation(a, b) == pytest.approx(0, abs=0.1)


def test_the_slope_of_a_linear_map():
    codes = RNG.standard_normal((100, 3))
    assert smoothness.slopes(codes, 5 * codes, 4) == pytest.approx(5)
    assert (
        smoothness.slopes(np.repeat(codes, 2, axis=0), np.repeat(codes, 2, axis=0), 2).size
        == 200
    )


def test_a_smooth_decoder_and_none():
    codes = RNG.standard_normal((400, 3))
    smooth = measured(codes, np.tanh(codes @ RNG.standard_normal((3, 20))))
    assert smooth["trustworthinessk="].value > 0.95
    assert smooth["trustworthinessk="].reading == "neighbors are kept"
    assert smooth["lipschitz50"].value < smooth["lipschitz50"].white_noise
    rough = measured(codes, RNG.standard_normal((400, 20)))
    assert rough["trustworthinessk="].value == pytest.approx(
        rough["trustworthinessk="].white_noise, abs=0.03
    )
    assert rough["distance_correlationbi"].value == pytest.approx(0, abs=0.03)


def test_outputs_that_are_all_the_same():
    (one,) = measured(RNG.standard_normal((20, 3)), np.ones((20, 4))).values()
    assert (one.value, one.note) == (None, "all outputs are the same")


def test_outputs_too_large_for_their_squares():
    with pytest.raises(LatentError, match="beyond 1e"):
        measured(RNG.standard_normal((20, 3)), np.eye(20) * 1e200)


def test_three_rows():
    found = measured(column(0, 1, 3), column(0, 1, 3))
    assert found["distance_correlationbi"].value is None
    assert found["trustworthinessk="].value == 1.0


def test_large_outputs_are_drawn_from(monkeypatch):
    monkeypatch.setattr(smoothness, "_IN_MEMORY", 40 * 20)
    codes = RNG.standard_normal((100, 3))
    found = measured(codes, np.tanh(codes @ RNG.standard_normal((3, 20))))
    assert found["trustworthinessk="].white_noise == smoothness.chance_of_trust(40, 10)
