import numpy as np
import pytest

from latentcli.disentanglement._betavae import betavae

FEW = {"train": 400, "evaluate": 400}


@pytest.mark.parametrize(
    "name", ["01_grid_perfect", "03_duplicated", "04b_noise_0.5", "07_dsprites_entangled"]
)
def test_equals_the_peer_within_its_spread(case, name):
    data, expected = case(name)
    peer = expected["dlib"]["beta_vae"]["result"]
    score = betavae(data, ci=None)
    assert score.value == pytest.approx(peer["eval_accuracy"], abs=0.01)
    assert score.summary["betavae_train"] == pytest.approx(peer["train_accuracy"], abs=0.01)


def test_equals_the_peer_that_draws_rows(case):
    data, expected = case("05_continuous")
    score = betavae(data, batch=200, train=1000, evaluate=1000, ci=None)
    peer = expected["ubisoft"]["z_diff"]["result"]
    assert score.summary["betavae_scaled"] == pytest.approx(peer, abs=0.01)


def test_noise_is_chance(noise):
    assert betavae(*noise, **FEW).value == pytest.approx(1 / 3, abs=0.08)


def test_the_factor_that_is_shared_is_near_in_its_dimension(clean):
    score = betavae(*clean, **FEW)
    assert [row["dimension"] for row in score.factors] == ["z0", "z1", "z2"]
    assert score.matrix.argmin(axis=0).tolist() == [0, 1, 2]
    assert score.value == 1.0


def test_dead_dimensions_have_no_information(clean):
    codes, factors = clean
    dead = np.full((len(codes), 1), 3.7)
    assert betavae(np.hstack([dead, codes]), factors, **FEW).value == 1.0
    score = betavae(dead, factors, **FEW)
    assert score.value == pytest.approx(1 / 3, abs=0.08)
    assert any("all batches are equal" in note for note in score.notes)


def test_one_factor_has_no_score(clean):
    codes, factors = clean
    score = betavae(codes, factors[:, :1])
    assert score.value is None
    assert score.notes


def test_what_noise_may_score_is_no_more_than_a_score_can_be():
    rng = np.random.default_rng(0)
    codes, factors = rng.normal(size=(20, 3)), rng.integers(0, 2, (20, 3))
    score = betavae(codes, factors, batch=16, train=300, evaluate=300, ci=None)
    assert score.estimate.is_noise
    assert score.estimate.highest_chance <= 1
