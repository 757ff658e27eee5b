"""Mistakes that names of files tell."""

import numpy as np
import pytest

from latentcli.files.siblings import means_beside, same


@pytest.mark.parametrize(
    ("sampled", "means"),
    [
        ("codes_samples.npy", "codes_mean.npy"),
        ("z.npy", "mu.npy"),
        ("run1-sampled.npy", "run1-means.npy"),
    ],
)
def test_means_beside_samples_are_found(tmp_path, sampled, means):
    (tmp_path / sampled).touch()
    assert means_beside(str(tmp_path / sampled)) == ""
    (tmp_path / means).touch()
    assert means_beside(str(tmp_path / sampled)) == str(tmp_path / means)
    assert means_beside(str(tmp_path / means)) == ""


def test_means_are_found_in_the_same_archive(tmp_path):
    file = tmp_path / "run.npz"
    np.savez(file, z=np.zeros(2), mu=np.zeros(2))
    assert means_beside(f"{file}::z") == f"{file}::mu"
    assert means_beside(f"{file}::mu") == ""


def test_one_file_by_two_names_is_the_same(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.npy").touch()
    (tmp_path / "b.npy").symlink_to("a.npy")
    assert same("a.npy", "b.npy")
    assert same("a.npy", str(tmp_path / "a.npy"))
    assert not same("a.npy", "c.npy")
    assert not same("a.npy::x", "a.npy::y")
