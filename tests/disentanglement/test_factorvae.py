import numpy as np
import pytest

from latentcli.disentanglement._factorvae import factorvae
from latentcli.errors import ParameterError

FEW = {"train": 400, "evaluate": 400}


@pytest.mark.parametrize(
    "name", ["01_grid_perfect", "03_duplicated", "04b_noise_0.5", "07_dsprites_entangled"]
)
def test_equals_the_peer_within_its_spread(case, name):
    data, expected = case(name)
    peer = expected["dlib"]["factor_vae"]["result"]["prune005"]
    score = factorvae(data, ci=None)
    assert score.value == pytest.approx(peer["eval_accuracy"], abs=0.015)
    assert score.summary["factorvae_train"] == pytest.approx(peer["train_accuracy"], abs=0.015)


@pytest.mark.parametrize("name", ["05_continuous", "07_dsprites_entangled"])
def test_equals_the_peer_that_draws_rows(case, name):
    data, expected = case(name)
    peer = expected["ubisoft"]["z_min_var"]["result"]
    found = [
        factorvae(data, batch=200, train=800, evaluate=800, seed=seed, ci=None).summary
        for seed in range(4)
    ]
    scaled = [summary["factorvae_scaled"] for summary in found]
    assert min(scaled) - 0.03 <= peer <= max(scaled) + 0.03


@pytest.mark.parametrize("threshold", [0.0, 0.05])
def test_a_dead_dimension_wins_no_vote(clean, threshold):
    """A peer without threshold scores chance here: 0 / 0 is the least variance."""
    codes, factors = clean
    dead = np.full((len(codes), 1), 3.7)
    score = factorvae(np.hstack([dead, codes]), factors, threshold=threshold, **FEW)
    assert score.value == 1.0
    assert score.dimensions[0]["votes"] == 0
    assert score.dimensions[0]["factor"] is None


def test_noise_is_chance(noise):
    score = factorvae(*noise, **FEW)
    assert score.value == pytest.approx(1 / 3, abs=0.12)
    assert score.estimate.is_noise
    assert score.summary["factorvae_chance"] == pytest.approx(1 / 3, abs=0.08)


def test_what_the_threshold_leaves_out_is_named(clean):
    codes, factors = clean
    score = factorvae(codes * [1.0, 0.01, 1.0], factors, **FEW)
    note = next(note for note in score.notes if note.startswith("left out"))
    assert "below 0.05" in note
    assert note.endswith(": z1")
    all_out = factorvae(codes * 0.01, factors, **FEW)
    assert all_out.value == 0.0
    assert "left out by `threshold`" in all_out.notes[0]


def test_scale_changes_nothing_without_threshold(clean):
    codes, factors = clean
    scores = [
        factorvae(z, factors, threshold=0.0, **FEW) for z in (codes, codes * [1e-9, -1.0, 1e9])
    ]
    assert scores[0].value == scores[1].value
    np.testing.assert_array_equal(scores[0].matrix, scores[1].matrix)


def test_one_factor_has_no_score(clean):
    codes, factors = clean
    score = factorvae(codes, factors[:, :1])
    assert score.value is None
    assert "one factor" in score.notes[0]


@pytest.mark.parametrize("asked", [{"batch": 1}, {"train": 0}, {"evaluate": -1}])
def test_numbers_without_meaning_are_refused(clean, asked):
    with pytest.raises(ParameterError):
        factorvae(*clean, **asked)


def test_blocks_are_counted(clean, monkeypatch):
    monkeypatch.setattr("latentcli.disentanglement._voting._BLOCK", 64 * 3 * 100)
    seen = []
    factorvae(*clean, **FEW, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (800, 800)
    assert len(seen) == 8
