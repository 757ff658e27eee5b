"""What the commands of latent codes say of noise, and of what is there."""

import numpy as np
import pytest

import latentcli

SEEDS = 60


def test_a_direction_of_noise_is_not_significant():
    readings = []
    for seed in range(SEEDS):
        z = np.random.default_rng(seed).standard_normal((60, 30))
        readings.append(latentcli.direction(z[:30], z[30:]).reading)
    # A test at 5 %: more than 7 of 60 have a probability of 1 %.
    assert sum(reading != "not significant" for reading in readings) <= 7


def test_separation_in_sample_is_shown_behind_what_is_held_out():
    z = np.random.default_rng(0).standard_normal((200, 512))
    found = latentcli.direction(z[:100], z[100:], method="ridge")
    assert found.separation > 5
    assert abs(found.held_out_separation) < 1
    assert found.columns.index("held_out_separation") < found.columns.index("separation")


def test_a_direction_that_is_there_separates():
    z = np.random.default_rng(1).standard_normal((100, 20))
    z[:50, 3] += 3
    found = latentcli.direction(z[:50], z[50:])
    assert (found.reading, found.held_out_auc > 0.9) == ("separates held-out codes", True)


@pytest.mark.parametrize("dimensions", [4, 64, 512])
def test_codes_of_the_prior_read_as_such(dimensions):
    readings = [
        latentcli.typical(np.random.default_rng(s).standard_normal((200, dimensions))).reading
        for s in range(SEEDS)
    ]
    assert sum(reading != "norms as of N(0, I)" for reading in readings) <= 7


def test_spheres_and_other_spreads_read_as_such():
    z = np.random.default_rng(0).standard_normal((300, 64))
    sphere = 8 * z / np.linalg.norm(z, axis=1, keepdims=True)
    assert latentcli.typical(sphere).reading == "on a sphere: all norms are the same"
    assert latentcli.typical(1.2 * z).reading == "norms not as of N(0, I)"


def test_scores_of_noise_have_no_direction():
    random = np.random.default_rng
    readings = [
        latentcli.direction_of_scores(
            random(s).standard_normal((80, 10)), random(s + 999).standard_normal(80)
        ).reading
        for s in range(SEEDS)
    ]
    assert sum(reading != "not significant" for reading in readings) <= 7
