import numpy as np
import pytest

from latentcli.disentanglement._irs import irs
from latentcli.errors import ParameterError

CASES = [
    "01_grid_perfect",
    "01b_grid_exact12",
    "03_duplicated",
    "04b_noise_0.5",
    "05_continuous",
    "07_dsprites_entangled",
]


@pytest.mark.parametrize("name", CASES)
def test_equals_the_peer(case, name):
    data, expected = case(name)
    peer = expected["dlib"]["irs"]["result"]
    score = irs(data)
    assert score.value == pytest.approx(peer["score"], abs=1e-6)
    assert irs(data, quantile=1.0).value == pytest.approx(peer["score_quantile1"], abs=1e-6)
    np.testing.assert_allclose(score.matrix, peer["irs_matrix"], atol=1e-6)
    assert [row["irs"] for row in score.dimensions] == pytest.approx(peer["per_code"])


@pytest.mark.parametrize("value", [0.0, 3.7])
def test_a_dead_dimension_is_left_out(clean, value):
    """Peers take 3.7 for alive, as its variance is 1e-31, and give NaN."""
    codes, factors = clean
    dead = np.full((len(codes), 1), value)
    plain = irs(codes, factors).value
    for z in (np.hstack([dead, codes]), np.hstack([codes, dead])):
        assert irs(z, factors).value == pytest.approx(plain)
    nothing = irs(dead, factors)
    assert nothing.value == 0.0
    assert any("no dimension varies" in note for note in nothing.notes)


def test_each_dimension_is_robust_whatever_its_scale(clean):
    codes, factors = clean
    scaled = irs(codes * [1e-9, -1.0, 1e9], factors)
    plain = irs(codes, factors)
    np.testing.assert_allclose(scaled.matrix, plain.matrix, rtol=1e-9)
    assert scaled.summary["irs_unweighted"] == pytest.approx(plain.summary["irs_unweighted"])


def test_chance_is_what_noise_scores(noise):
    score = irs(*noise)
    assert score.value == pytest.approx(score.summary["irs_chance"], abs=0.05)


def test_blocks_of_dimensions_change_nothing(clean, monkeypatch):
    plain = irs(*clean).matrix
    monkeypatch.setattr("latentcli.disentanglement._irs._BLOCK", 1)
    np.testing.assert_allclose(irs(*clean).matrix, plain, rtol=1e-12)


def test_classes_too_small_for_the_quantile_are_named():
    score = irs(np.arange(12.0), np.arange(12) % 3)
    assert any("factor0 (4) have too few rows" in note for note in score.notes)


@pytest.mark.parametrize("quantile", [0.0, 1.1])
def test_quantiles_beyond_reason_are_refused(clean, quantile):
    with pytest.raises(ParameterError, match="`quantile`"):
        irs(*clean, quantile=quantile)
