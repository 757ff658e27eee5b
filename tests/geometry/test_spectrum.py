import numpy as np
import pytest

from latentcli.geometry import _spectrum as spectrum
from latentcli.geometry._spectrum import spectrum_of
from latentcli.numerics import blocks

RNG = np.random.default_rng(0)
CROSS = np.array([[2.0, 0], [-2, 0], [0, 1], [0, -1]])


def test_the_cross_by_hand():
    """Its covariance has the eigenvalues 2 and 0.5."""
    found = spectrum_of(CROSS)
    assert found.values == pytest.approx([2, 0.5])
    assert spectrum.effective_rank(found.values) == pytest.approx(1.889882, abs=5e-7)
    assert spectrum.stable_rank(found.values) == pytest.approx(1.25)
    assert spectrum.participation_ratio(found.values) == pytest.approx(1.470588, abs=5e-7)
    assert spectrum.isoscore(found.values, 2) == pytest.approx(0.470588, abs=5e-7)
    # On eigenvalues it would be 1.649385, which is another thing.
    assert spectrum.effective_rank(found.values**2) == pytest.approx(1.649385, abs=5e-7)


def test_isoscore_as_its_authors_write_it():
    values = RNG.random(10)
    n = 10
    unit = values / np.linalg.norm(values) * np.sqrt(n)
    defect = np.linalg.norm(unit - 1) / np.sqrt(2 * (n - np.sqrt(n)))
    share = (n - defect**2 * (n - np.sqrt(n))) ** 2 / n**2
    assert spectrum.isoscore(values, n) == pytest.approx((n * share - 1) / (n - 1), abs=1e-12)


@pytest.mark.parametrize("shape", [(200, 7), (9, 40)])
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_numpy_finds_the_same_singular_values(monkeypatch, shape, offset):
    monkeypatch.setattr(blocks, "_NUMBERS", 100)
    rows = RNG.standard_normal(shape) + offset
    found = spectrum_of(rows)
    singular = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False)
    assert found.values == pytest.approx(singular**2 / len(rows), rel=1e-8, abs=1e-6)
    raw = np.linalg.svd(rows, compute_uv=False)
    assert found.raw[0] == pytest.approx(raw[0] ** 2 / len(rows))
    assert found.mean == pytest.approx(rows.mean(axis=0))
    axes = found.axes[:, : min(shape) - 1]
    assert axes.T @ axes == pytest.approx(np.eye(axes.shape[1]), abs=1e-6)


def test_the_participation_ratio_of_white_noise():
    """ND / (N + D), 407.6 for 2000 x 512."""
    values = spectrum_of(RNG.standard_normal((2000, 512))).values
    assert spectrum.participation_ratio(values) == pytest.approx(407.6, abs=0.5)


def test_both_many_rows_and_many_dimensions_are_drawn_from(monkeypatch):
    monkeypatch.setattr(spectrum, "_LARGEST", 20)
    assert spectrum_of(RNG.standard_normal((60, 30))).rows == 20
    assert spectrum_of(RNG.standard_normal((60, 20))).rows == 60


def test_rankme_is_the_effective_rank_of_rows_not_centered():
    rows = RNG.standard_normal((50, 6)) + 3
    found = spectrum_of(rows)
    singular = np.linalg.svd(rows, compute_uv=False)
    shares = singular / singular.sum()
    assert spectrum.rankme(found.raw) == pytest.approx(
        np.exp(-(shares * np.log(shares)).sum()), abs=1e-4
    )
