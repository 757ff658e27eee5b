import numpy as np
import pytest

from latentcli.disentanglement._zmaxvar import zmaxvar


@pytest.mark.parametrize(
    "name",
    [
        "01_grid_perfect",
        "03_duplicated",
        "04b_noise_0.5",
        "05_continuous",
        "07_dsprites_entangled",
    ],
)
def test_equals_the_peer_within_its_spread(case, name):
    data, expected = case(name)
    peer = expected["ubisoft"]["z_max_var"]["result"]
    found = [
        zmaxvar(data, bins=10, threshold=0.02, seed=seed, ci=None).summary for seed in range(6)
    ]
    scaled = [summary["zmaxvar_scaled"] for summary in found]
    assert min(scaled) - 0.03 <= peer <= max(scaled) + 0.03


def test_few_rows_that_agree_are_named(case):
    notes = zmaxvar(case("07_dsprites_entangled")[0]).notes
    assert any("noise decides votes: shape (2)" in note for note in notes)


def test_without_rows_that_agree_there_is_no_score():
    score = zmaxvar(np.eye(4), np.arange(8).reshape(4, 2))
    assert score.value is None
    assert "agree in all other factors" in score.notes[0]


def test_dead_dimensions_win_no_vote(clean):
    codes, factors = clean
    dead = np.full((len(codes), 1), 3.7)
    score = zmaxvar(np.hstack([dead, codes]), factors, threshold=0.0)
    assert score.value == 1.0
    assert score.dimensions[0]["votes"] == 0


def test_noise_is_chance(noise):
    assert zmaxvar(*noise).value == pytest.approx(1 / 3, abs=0.12)


def test_continuous_factors_are_cut_coarsely():
    factors = np.random.default_rng(0).random((3000, 2))
    assert zmaxvar(factors, factors).value > 0.9
