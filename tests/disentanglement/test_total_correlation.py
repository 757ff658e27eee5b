import numpy as np
import pytest

from latentcli.disentanglement._total_correlation import total_correlation

CASES = [
    "01_grid_perfect",
    "03_duplicated",
    "04b_noise_0.5",
    "05_continuous",
    "07_dsprites_entangled",
]


@pytest.mark.parametrize("name", CASES)
def test_equals_the_peer(case, name):
    data, expected = case(name)
    peer = expected["dlib"]["unsupervised"]["result"]["gaussian_total_correlation"]
    assert total_correlation(data).value == pytest.approx(peer, abs=1e-8)


def pair(correlation, rows=4000, seed=0):
    """Codes (rows, 2) whose sample correlation is exactly what it is to be."""
    codes = np.random.default_rng(seed).normal(size=(rows, 2))
    codes -= codes.mean(axis=0)
    codes = codes @ np.linalg.inv(np.linalg.cholesky(np.cov(codes.T))).T
    return codes @ np.linalg.cholesky([[1, correlation], [correlation, 1]]).T


def test_the_peers_own_unit_test():
    score = total_correlation(pair(0.9))
    assert score.value == pytest.approx(-0.5 * np.log(1 - 0.81))
    assert score.dimensions[0]["information"] == pytest.approx(score.value)
    assert score.dimensions[0]["correlation"] == pytest.approx(0.9)


def test_the_correction_takes_all_bias_away():
    random = np.random.default_rng(0)
    mixing = np.linalg.cholesky(0.5 * np.eye(6) + 0.5)
    truth = -0.5 * np.linalg.slogdet(mixing @ mixing.T)[1]
    found = [
        total_correlation(random.normal(size=(30, 6)) @ mixing.T, ci=None).summary
        for _ in range(400)
    ]
    plain, corrected = (
        np.mean([summary[key] for summary in found])
        for key in ("total_correlation", "total_correlation_corrected")
    )
    assert plain - truth > 0.2
    assert corrected == pytest.approx(truth, abs=0.05)


def test_interval_holds_the_truth():
    mixing = np.linalg.cholesky([[1, 0.6], [0.6, 1]])
    truth = -0.5 * np.log(1 - 0.36)
    held = 0
    for seed in range(200):
        codes = np.random.default_rng(seed).normal(size=(500, 2)) @ mixing.T
        summary = total_correlation(codes).summary
        held += summary["total_correlation_low"] <= truth <= summary["total_correlation_high"]
    assert 0.9 <= held / 200 <= 0.99


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e150])
def test_scale_changes_nothing(scale):
    score = total_correlation(pair(0.9) * [scale, -1.0])
    assert score.value == pytest.approx(-0.5 * np.log(1 - 0.81))


def test_dead_dimensions_are_left_out():
    """Peers give NaN."""
    codes = np.column_stack([np.full(4000, 3.7), pair(0.9)])
    score = total_correlation(codes)
    assert score.value == pytest.approx(0.8304, abs=1e-4)
    assert score.dimensions[0]["information"] is None


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        (np.arange(5.0), "fewer than two dimensions vary"),
        (np.eye(4), "too few"),
        (
            np.repeat(np.random.default_rng(0).normal(size=(50, 1)), 2, axis=1),
            "linear combinations of others",
        ),
    ],
)
def test_what_is_infinite_or_undefined_has_a_reason(codes, reason):
    score = total_correlation(codes)
    assert score.value is None
    assert reason in score.notes[0]


def test_shuffles_that_make_dimensions_collinear_have_no_part_in_chance():
    """Of four corners nearly every other order is a copy of a dimension, or its opposite: infinite."""
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    assert total_correlation(corners).chance == pytest.approx(0.0, abs=1e-12)
    three = total_correlation(np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]]))
    assert np.isfinite(three.chance)
