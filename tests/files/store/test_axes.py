"""Spaces of arrays of several axes: what is a row of them."""

import numpy as np
import pytest
from safetensors.numpy import save as tensors

import latentcli
from latentcli.errors import LatentError, ParameterError


@pytest.fixture
def saved(tmp_path):
    def save(shape, name="codes.npy"):
        values = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
        np.save(tmp_path / name, values)
        return tmp_path / name, values

    return save


def test_an_array_that_can_be_read_in_two_ways_is_no_space(saved):
    path, _ = saved((4, 16, 16))
    with pytest.raises(LatentError, match=r"two ways: `axes` CHW, 1 code of .* NLD, 4 codes"):
        latentcli.open(path)


def test_axes_without_samples_are_one_row(saved):
    path, values = saved((4, 16, 16))
    space = latentcli.open(path, axes="CHW")
    assert space.matrix.tolist() == [values.ravel().tolist()]
    assert space.norms.tolist() == [pytest.approx(np.linalg.norm(values.astype(float)))]
    assert space.words.words([0]) == ["0"]


@pytest.mark.parametrize(
    ("shape", "axes", "reading"),
    [
        ((10, 3, 12), "", "10 codes of 3 layers of 12 numbers (axes NLD, guessed)"),
        ((4, 16, 16), "nld", "4 codes of 16 layers of 16 numbers (axes NLD)"),
        ((6, 2, 3, 5), "", "6 codes of 2 x 3 x 5 = 30 numbers (axes NCHW, guessed)"),
    ],
)
def test_what_was_read_is_in_the_title_and_the_notes(saved, shape, axes, reading):
    path, values = saved(shape)
    found = latentcli.open(path, axes=axes).neighbors("0", top=2)
    assert found.title == f"0 among {reading}"
    assert f"codes.npy: read as {reading}" in found.notes
    rows = values.reshape(len(values), -1).astype(float)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert found[0].score == pytest.approx(float((rows[1:] @ rows[0]).max()), abs=1e-12)


def test_rows_with_labels_are_samples(saved, tmp_path):
    path, _ = saved((4, 16, 16))
    (tmp_path / "labels.txt").write_text("a\nb\nc\nd\n")
    assert len(latentcli.open(path, labels=tmp_path / "labels.txt")) == 4
    with pytest.raises(ParameterError, match="axes CHW make one row of it, which has 4 words"):
        latentcli.open(path, labels=tmp_path / "labels.txt", axes="CHW")


def test_a_file_that_knows_its_axes_is_not_asked(saved, tmp_path):
    _, values = saved((4, 16, 16))
    path = tmp_path / "known.latent"
    path.write_bytes(tensors({"latent_tensor": values}))
    assert latentcli.open(path).matrix.shape == (1, 1024)


def test_rows_of_numbers_say_nothing_of_axes(saved):
    path, _ = saved((10, 12))
    space = latentcli.open(path)
    assert (space.axes, space.reading, space.notes) == (None, "", ())


def test_the_first_axis_can_be_taken_whatever_the_others_are(saved):
    path, _ = saved((4, 16, 16))
    assert latentcli.open(path, axes="N...").matrix.shape == (4, 256)
