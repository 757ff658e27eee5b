"""What `latent evaluate` says of noise: no association in more than 5 % of seeds."""

import numpy as np
import pytest
from noise_rates import check, seeds

import latentcli


def noise(tmp_path, seed, count=60, dimensions=30):
    path = tmp_path / f"{seed}.txt"
    rows = np.random.default_rng(seed).standard_normal((count, dimensions))
    path.write_text("".join(f"w{n} {' '.join(map(str, row))}\n" for n, row in enumerate(rows)))
    return latentcli.open(path, cache=False)


def lists(size=8):
    return {
        name: [f"w{start + n}" for n in range(size)]
        for name, start in (("x", 0), ("y", 10), ("a", 20), ("b", 30))
    }


def associations(tmp_path, chosen):
    """Count the seeds of noise in which targets are said to go with attributes."""
    readings = [
        latentcli.weat(noise(tmp_path, seed), lists(5)).records[0]["reading"] for seed in chosen
    ]
    return sum(reading != "not significant" for reading in readings)


def test_weat_of_noise_reads_as_not_significant(tmp_path):
    assert associations(tmp_path, range(5)) <= 1


@pytest.mark.slow
def test_weat_of_noise_reads_as_not_significant_in_95_of_100_seeds(tmp_path):
    check("evaluate weat", "5 words a list", {"reading": associations(tmp_path, seeds())})


def test_weat_of_a_real_association_is_read_either_way(tmp_path):
    path = tmp_path / "v.txt"
    random = np.random.default_rng(0)
    ends = {"x": 1, "y": -1, "a": 1, "b": -1}
    path.write_text(
        "".join(
            f"{name}{n} {side + random.normal() * 0.2} {random.normal() * 0.2}\n"
            for name, side in ends.items()
            for n in range(5)
        )
    )
    space = latentcli.open(path, cache=False)
    words = {name: [f"{name}{n}" for n in range(5)] for name in ends}
    assert latentcli.weat(space, words).records[0]["reading"] == "X with A, Y with B"
    swapped = {"x": words["y"], "y": words["x"], "a": words["a"], "b": words["b"]}
    assert latentcli.weat(space, swapped).records[0]["reading"] == "X with B, Y with A"


def test_few_targets_cannot_be_significant_and_that_is_said(tmp_path):
    found = latentcli.weat(noise(tmp_path, 1), lists(2))
    assert found.records[0]["reading"] == "not significant"
    assert "no p-value is below 0.167" in found.notes[0]


def test_purity_of_noise_is_near_its_chance(tmp_path):
    gaps = []
    for seed in range(8):
        found = latentcli.evaluate_categories(noise(tmp_path, seed), lists(10))
        gaps.append(found.purity - found.chance)
    assert abs(np.mean(gaps)) < 0.05
