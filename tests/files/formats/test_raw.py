"""Raw arrays without a header are read where their address says how, and only there."""

import bz2

import numpy as np
import pytest

import latentcli
from latentcli.errors import FormatError, LatentError

ROWS = np.random.default_rng(0).standard_normal((40, 25))


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int16", ">f4", "uint8"])
def test_rows_are_those_that_were_written(tmp_path, dtype):
    written = (8 * np.abs(ROWS)).astype(dtype)
    path = tmp_path / "codes.dat"
    written.tofile(path)
    found = np.asarray(latentcli.load(f"{path}::raw:{dtype}x25"))
    assert np.array_equal(found, written)
    assert found.shape == (40, 25)
    assert np.array_equal(latentcli.load(f"{path}::raw:{dtype}x25[3]"), written[3])


def test_a_compressed_file_is_read_too(tmp_path):
    path = tmp_path / "codes.f32.bz2"
    path.write_bytes(bz2.compress(ROWS.astype("f4").tobytes()))
    space = latentcli.open(f"{path}::raw:float32x25", cache=False)
    assert np.array_equal(np.asarray(space.matrix), ROWS.astype("f4"))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_info_and_convert_take_dim(latent, tmp_path, monkeypatch, dtype):
    monkeypatch.chdir(tmp_path)
    ROWS.astype(dtype).tofile("codes.f32")
    code, out, err = latent("info", "codes.f32", "--dim", "25", "--dtype", dtype)
    assert (code, "40 x 25" in out) == (0, True), err
    code, _, err = latent("convert", "codes.f32", "c.npy", "--dim", "25", "--dtype", dtype)
    assert code == 0, err
    assert np.array_equal(np.load("c.npy"), ROWS.astype(dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_without_an_address_the_error_says_how(latent, tmp_path, dtype):
    path = tmp_path / "codes.bin"
    ROWS.astype(dtype).tofile(path)
    code, _, err = latent("info", path)
    assert code == 1
    assert f"codes.bin::raw:{dtype}x" in err
    assert "25" in err.partition(";")[2]


def test_bytes_that_are_no_plausible_numbers_get_no_such_advice(tmp_path):
    path = tmp_path / "noise.bin"
    path.write_bytes(np.random.default_rng(0).bytes(4000))
    with pytest.raises(FormatError, match="without a header"):
        latentcli.open(path, cache=False)


@pytest.mark.parametrize(
    ("dim", "dtype", "words"),
    [("7", "float32", "not whole rows of 7 numbers"), ("0", "float32", "--dim is 0"),
     ("25", "object", "--dtype"), ("25", "foo", "--dtype"), ("25", "U4", "--dtype")],
)  # fmt: skip
def test_what_does_not_fit_is_refused(latent, tmp_path, dim, dtype, words):
    path = tmp_path / "codes.f32"
    ROWS.astype("f4").tofile(path)
    code, _, err = latent("info", path, "--dim", dim, "--dtype", dtype)
    assert (code in (1, 2), words in err) == (True, True), err


def test_an_empty_file_is_an_error(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(LatentError):
        latentcli.load(f"{tmp_path / 'empty'}::raw:float32x2")


def test_what_the_glove_tool_wrote_says_how_many_numbers_a_word_has(
    latent, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    np.random.default_rng(0).standard_normal((2 * 7, 6)).tofile("vectors.bin")
    (tmp_path / "vocab.txt").write_text("".join(f"w{k} {9 - k}\n" for k in range(7)))
    code, _, err = latent("info", "vectors.bin")
    assert code == 1
    address = err.split()[-1]
    assert address == "vectors.bin::raw:float64x6"
    assert latent("info", address)[0] == 0
    (tmp_path / "vocab.txt").unlink()
    assert "use its vectors.txt" in latent("info", "vectors.bin")[2]
