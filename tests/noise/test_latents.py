"""What the commands of latent codes say of noise, and of what is there."""

import numpy as np
import pytest
from noise_rates import check, seeds

import latentcli

SEEDS = 6


def test_a_direction_of_noise_is_not_significant():
    readings = []
    for seed in range(SEEDS):
        z = np.random.default_rng(seed).standard_normal((60, 30))
        readings.append(latentcli.direction(z[:30], z[30:]).reading)
    assert sum(reading != "not significant" for reading in readings) <= 1


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
    assert sum(reading != "norms as of N(0, I)" for reading in readings) <= 1


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
    assert sum(reading != "not significant" for reading in readings) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("case", ["held out", "in sample", "svm", "labels", "scores", "norms"])
def test_no_more_than_5_percent_of_seeds_find_something_in_noise(case):
    found = 0
    for seed in seeds(200):
        rng = np.random.default_rng(seed)
        z = rng.standard_normal((60, 20))
        if case == "in sample":
            result = latentcli.direction(z[:6], z[6:14])
        elif case == "labels":
            labels = {"a": rng.integers(2, size=60), "b": rng.integers(2, size=60)}
            result = latentcli.direction_of_labels(z, labels, "a")
        elif case == "scores":
            result = latentcli.direction_of_scores(z, rng.standard_normal(60))
        elif case == "norms":
            result = latentcli.typical(z)
        else:
            method = "svm" if case == "svm" else "mean"
            result = latentcli.direction(z[:30], z[30:], method=method)
        found += result.reading not in ("not significant", "not tested", "norms as of N(0, I)")
    check("typical" if case == "norms" else "direction", case, {"reading": found}, of=200)


def test_few_codes_that_differ_separate_in_sample():
    z = np.random.default_rng(0).standard_normal((12, 50))
    noise = latentcli.direction(z[:6], z[6:])
    assert noise.separation > 4
    assert (noise.held_out_separation, noise.reading) == (None, "not significant")
    z[:6, 0] += 40
    assert latentcli.direction(z[:6], z[6:]).reading == "separates its own codes"


@pytest.mark.parametrize("kind", ["slerp", "lol"])
@pytest.mark.parametrize("dimensions", [3, 64])
def test_paths_that_keep_the_prior_leave_no_shell(kind, dimensions):
    """Lol is distributed as N(0, I) at each time; textbook slerp falls below 0.8 of the shorter end seldom."""
    left = 0
    for seed in range(60):
        a, b = np.random.default_rng(seed).standard_normal((2, dimensions))
        notes = latentcli.interp(a, b, kind=kind).notes
        left += any("leaves the typical shell" in note for note in notes)
    assert left <= 3


@pytest.mark.parametrize("dimensions", [128, 512])
def test_a_straight_path_between_codes_of_the_prior_leaves_the_shell(dimensions):
    a, b = np.random.default_rng(0).standard_normal((2, dimensions))
    assert any("use `slerp`" in note for note in latentcli.interp(a, b).notes)
    assert latentcli.interp(a, a).notes == ()


def separated(chosen, method, layers):
    """Count the pairs of noise of which a layer is said to separate."""
    count = 0
    for seed in chosen:
        sides = np.random.default_rng([seed, 2]).standard_normal((2, 20, layers, 30))
        found = latentcli.contrast_directions(*sides, method=method, seed=seed)
        count += any(one["reading"] == "separates" for one in found.records)
    return count


@pytest.mark.parametrize("method", ["mean", "pca"])
def test_pairs_of_noise_do_not_separate(method):
    assert separated(range(5), method, 4) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("method", ["mean", "pca"])
def test_pairs_of_noise_do_not_separate_in_95_of_100_seeds(method):
    found = separated(seeds(), method, 6)
    check("directions contrast", f"{method}, 6 layers", {"reading": found})
