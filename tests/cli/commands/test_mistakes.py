"""Usual mistakes are recognized, in one line with what to type."""

import numpy as np
import pytest


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 4, (400, 2))
    np.savetxt("factors.csv", classes, "%d", ",", header="a,b", comments="")
    np.save("codes.npy", classes + rng.normal(size=(400, 2)) / 9)
    np.save("codes_samples.npy", classes + rng.normal(size=(400, 2)) / 2)
    np.save("codes_mean.npy", classes + rng.normal(size=(400, 2)) / 9)
    np.save("noise.npy", rng.normal(size=(400, 2)))
    np.save("classes.npy", classes)
    np.save("w.npy", rng.normal(size=(1, 512)))


MISTAKES = {
    "swapped": ("mig classes.npy codes.npy", "swapped? Type CODES before FACTORS"),
    "same": ("sap factors.csv factors.csv", "compared with itself; type CODES... FACTORS"),
    "other data": ("mig noise.npy factors.csv", "match rows with --id"),
    "samples": ("mig codes_samples.npy factors.csv", "type codes_mean.npy"),
    "w": ("mix w.npy w.npy --layers 0-7", "(layers, 512)"),
    "frames": ("interp w.npy w.npy --frames 120", "--steps 120"),
}


@pytest.mark.parametrize("mistake", sorted(MISTAKES))
def test_a_mistake_is_told_with_what_to_type(mistake, files, latent):
    typed, told = MISTAKES[mistake]
    _, _, err = latent(*typed.split())
    assert sum(told in line for line in err.splitlines()) == 1


def test_what_is_right_is_not_called_a_mistake(files, latent):
    _, _, err = latent("mig", "codes.npy", "factors.csv")
    assert not any(told in err for _, told in MISTAKES.values())
