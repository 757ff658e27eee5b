"""Numbers whose squares no float64 holds: one line from everything that takes rows, and no warning."""

from contextlib import suppress

import numpy as np
import pytest

import latentcli
from latentcli.errors import LatentError

ROWS = np.random.default_rng(0).standard_normal((60, 4))
HUGE = np.where(np.arange(60)[:, None] == 3, 1e200, ROWS)

VERBS = {
    "clusters": lambda x: latentcli.clusters(x, k=3),
    "HDBSCAN": lambda x: latentcli.clusters(x, method="hdbscan"),
    "duplicates": latentcli.duplicates,
    "outliers": latentcli.outliers,
    "space_map": lambda x: latentcli.space_map(x, method="pca"),
    "compare": lambda x: latentcli.compare(x, ROWS),
    "drift": lambda x: latentcli.drift(ROWS, x),
    "geometry_report": latentcli.geometry_report,
}


@pytest.mark.parametrize("verb", VERBS)
def test_one_line_says_so(verb):
    with pytest.raises(LatentError, match="squares overflow") as error:
        VERBS[verb](HUGE)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("verb", VERBS)
def test_nan_that_signals_is_left_out_without_a_warning(tmp_path, verb):
    rows = ROWS.astype("<f4")
    rows.view("<u4")[3, 1] = 0x7FA00000
    np.savez(tmp_path / "x.npz", vectors=rows, words=[f"w{row}" for row in range(60)])
    for given in (latentcli.open(tmp_path / "x.npz"), rows):
        found = VERBS[verb](given)
        assert any("left out" in note for note in found.notes)


@pytest.mark.parametrize("scale", [1e30, 1e-30])
@pytest.mark.parametrize("verb", ["compare", "duplicates", "drift", "space_map"])
def test_large_and_small_units_are_none_of_its_concern(verb, scale):
    VERBS[verb](ROWS * scale)


@pytest.mark.parametrize("scale", [1e60, 1e100, 1e140])
@pytest.mark.parametrize("verb", VERBS)
def test_numbers_whose_higher_powers_overflow_give_an_answer_or_one_line(verb, scale):
    for rows in (ROWS * scale, np.where(np.arange(60)[:, None] == 3, scale, ROWS)):
        with suppress(LatentError):
            VERBS[verb](rows)


def test_drift_says_that_powers_overflow():
    with pytest.raises(LatentError, match="powers of the numbers"):
        latentcli.drift(ROWS, ROWS * 1e60)


def test_mahalanobis_distances_have_no_unit():
    plain, scaled = latentcli.outliers(ROWS), latentcli.outliers(ROWS * 1e100)
    for one, other in zip(plain.records, scaled.records, strict=True):
        assert one["mahalanobis"] == pytest.approx(other["mahalanobis"], rel=1e-12)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_subnormal_codes_are_cut_without_a_warning(dtype):
    codes = (np.random.default_rng(0).random((90, 2)) * 1e3).astype(dtype) * np.finfo(
        dtype
    ).tiny
    codes *= dtype(1e-5)
    factors = np.arange(90) % 3
    same = latentcli.mig(codes / codes.max(), factors, binning="width")
    found = latentcli.mig(codes, factors, binning="width")
    assert found.value == pytest.approx(same.value, abs=1e-9)
