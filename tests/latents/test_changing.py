"""Very many codes of float32 are changed in blocks, by threads, in any order: with the same results."""

import numpy as np
import pytest

import latentcli
from latentcli.files.array_writing import ArrayWriter
from latentcli.latents import _changing, _editing

RNG = np.random.default_rng(0)


@pytest.fixture
def many(monkeypatch):
    """Let 3,000 codes be very many, and parts of 100 and blocks of 7 of them fit in memory."""
    monkeypatch.setattr(_changing, "_MANY", 1)
    monkeypatch.setattr(_changing, "_QUICK_PART", 800)
    monkeypatch.setattr(_editing, "_BLOCK", 56)
    return RNG.standard_normal((3000, 4, 2)).astype(np.float32)


@pytest.mark.parametrize("cutoff", [None, 3])
@pytest.mark.parametrize("shape", [(2,), (4, 2)])
def test_truncation_by_the_formula(many, cutoff, shape):
    mean = RNG.standard_normal(shape)
    found = latentcli.truncate(many, mean, psi=0.4, cutoff=cutoff, axes="NLD")
    wide = many.astype(np.float64)
    known = mean + 0.4 * (wide - mean)
    known[:, cutoff or 4 :] = wide[:, cutoff or 4 :]
    assert found.codes.dtype == np.float32
    assert (found.codes == known.astype(np.float32)).all()
    away = np.linalg.norm((known - mean).reshape(3000, -1), axis=1)
    assert found.distances == pytest.approx(away, rel=1e-5)
    assert found.norms == pytest.approx(np.linalg.norm(known, axis=-1), rel=1e-5)


def test_a_mean_whose_squares_overflow_float32(many):
    found = latentcli.truncate(many, np.full(2, 1e30), psi=1.0, axes="NLD")
    assert found.distances == pytest.approx(np.full(3000, 1e30 * 8**0.5))


def test_a_file_written_in_any_order_holds_the_codes_in_theirs(many, tmp_path, monkeypatch):
    monkeypatch.setattr("latentcli.files.array_writing.HASHED", 100)
    line = np.array([1.0, -2.0])
    with ArrayWriter(tmp_path / "made.npy") as writer:
        found = latentcli.edit(many, line, by=[1, 2], axes="NLD", out=writer)
        writer.finish(found.shape, command="edit", settings={})
    known = np.stack([many + line, many + 2 * line]).astype(np.float32)
    assert (np.load(tmp_path / "made.npy") == known).all()
    assert found.norms == pytest.approx(
        np.linalg.norm(known, axis=-1).reshape(6000, -1), rel=1e-5
    )
