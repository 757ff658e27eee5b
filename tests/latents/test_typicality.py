import numpy as np
import pytest
from scipy import stats

import latentcli
from latentcli.errors import LatentError
from latentcli.latents import _typicality as typicality

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("dimensions", "expected", "deviation"),
    [(100, 9.9750, 0.7062), (512, 22.6164, 0.7069), (1024, 31.9922, 0.7070),
     (16384, 127.998, 0.7071)],
)  # fmt: skip
def test_how_long_normal_vectors_are(dimensions, expected, deviation):
    found = typicality.length_of(dimensions)
    assert found.expected == pytest.approx(expected, abs=1e-3 if dimensions > 2000 else 5e-5)
    assert found.deviation == pytest.approx(deviation, abs=5e-5)


@pytest.mark.parametrize("dimensions", [1, 2, 3, 17, 100, 999, 1000])
def test_scipys_chi(dimensions):
    mean, variance = stats.chi.stats(dimensions, moments="mv")
    found = typicality.length_of(dimensions)
    assert found.expected == pytest.approx(float(mean), rel=1e-9)
    assert found.deviation == pytest.approx(float(variance) ** 0.5, rel=1e-7)


def test_the_deviation_does_not_lose_its_digits():
    """D - mean^2 cancels; the series takes over without a step."""
    small, large = typicality.length_of(1000), typicality.length_of(1001)
    assert small.deviation == pytest.approx(large.deviation, abs=1e-6)
    assert typicality.length_of(10**12).deviation == pytest.approx(0.5**0.5, abs=1e-9)


@pytest.mark.parametrize(("dimensions", "sigma"), [(100, -4.11), (512, -9.36)])
def test_the_middle_of_a_line_between_independent_codes(dimensions, sigma):
    """White (2016): "10 -> 7, over 4 sd": such a middle is N(0, I/2)."""
    norm = typicality.length_of(dimensions).expected / 2**0.5
    assert typicality.sigmas(norm, dimensions) == pytest.approx(sigma, abs=0.04)


def test_an_edit_across_the_prior():
    """Moving by 3 along a unit direction that is orthogonal: sqrt(512 + 9)."""
    norm = np.sqrt(512 + 9.0)
    assert norm == pytest.approx(22.825, abs=5e-4)
    assert typicality.sigmas(norm, 512) == pytest.approx(0.30, abs=0.005)
    assert typicality.percentiles(np.sqrt(512 + 9.28**2), 512) == pytest.approx(99.5, abs=0.01)


def test_percentiles_by_hand():
    assert typicality.percentiles(np.array([2.0]), 2)[0] == pytest.approx(
        100 * (1 - np.exp(-2)), abs=1e-10
    )
    assert typicality.percentiles(np.array([20.817, 24.458]), 512) == pytest.approx(
        (0.50, 99.50), abs=0.01
    )


@pytest.mark.parametrize("dimensions", [1, 3, 512])
def test_scipys_percentiles(dimensions):
    norms = np.linspace(0, 2 * np.sqrt(dimensions), 30)
    found = typicality.percentiles(norms, dimensions)
    assert found == pytest.approx(100 * stats.chi.cdf(norms, dimensions), abs=1e-9)


def test_samples_of_the_prior_are_uniform_in_their_percentile():
    norms = np.linalg.norm(np.random.RandomState(0).randn(4000, 40), axis=1)
    found = typicality.percentiles(norms, 40) / 100
    assert stats.kstest(found, "uniform").pvalue > 0.01


def test_a_round_reference_has_euclidean_sigmas():
    axes = np.concatenate([np.eye(3), -np.eye(3)])
    shape = typicality.shape_of(axes + 5)
    sd = np.sqrt(2 / 5)
    assert shape.mean == pytest.approx(5)
    assert typicality.mahalanobis(np.array([[5.0, 5 + 2 * sd, 5]]), shape) == pytest.approx(2)


def test_numpy_agrees_on_mahalanobis():
    codes = RNG.normal(size=(200, 6)) @ RNG.normal(size=(6, 6)) + 3
    inverse = np.linalg.inv(np.cov(codes.T))
    away = codes - codes.mean(axis=0)
    by_hand = np.sqrt(np.einsum("ij,jk,ik->i", away, inverse, away))
    found = typicality.mahalanobis(codes, typicality.shape_of(codes))
    assert found == pytest.approx(by_hand)


def test_the_tail_of_mahalanobis_by_hand():
    assert 1 - typicality.percentiles(3.0, 2) / 100 == pytest.approx(0.011109, abs=5e-7)


def test_flat_directions_are_left_out():
    codes = np.zeros((50, 5))
    codes[:, :2] = RNG.normal(size=(50, 2))
    shape = typicality.shape_of(codes)
    assert shape.rank == 2
    there, off = codes[:1], codes[:1] + np.array([0, 0, 9, 0, 0])
    assert typicality.mahalanobis(off, shape) == pytest.approx(
        typicality.mahalanobis(there, shape)
    )


@pytest.mark.parametrize(
    ("codes", "message"),
    [(np.ones((1, 3)), "two codes or more"), (np.ones((4, 3)), "the same")],
)
def test_a_reference_without_extent_is_refused(codes, message):
    with pytest.raises(LatentError, match=message):
        typicality.shape_of(codes)


@pytest.mark.parametrize(
    ("codes", "reading"),
    [
        (np.r_[np.zeros((40, 6)), np.random.default_rng(0).standard_normal((40, 6))], "norms not as of N(0, I)"),
        (1e-9 * np.random.default_rng(0).standard_normal((80, 6)), "norms not as of N(0, I)"),
        (np.zeros((80, 6)), "norms not as of N(0, I)"),
        (1e-9 * np.eye(80), "on a sphere: all norms are the same"),
        (np.repeat(np.random.default_rng(0).standard_normal((8, 6)), 10, axis=0), "not tested"),
    ],
)  # fmt: skip
def test_norms_of_zeros_of_small_codes_and_of_few_copies(codes, reading):
    found = latentcli.typical(codes)
    assert found.reading == reading
    assert (
        (found.p_value is None)
        == (reading == "not tested")
        == any("too few of them differ for a test" in n for n in found.notes)
    )
