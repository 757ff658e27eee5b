import json
import struct

import numpy as np
import pytest

from latentcli.errors import FormatError
from latentcli.files import codes, frames

RNG = np.random.default_rng(0)
KEYS = RNG.normal(size=(3, 4, 8, 8)).astype(np.float32)


@pytest.fixture
def keys(tmp_path):
    np.save(tmp_path / "keys.npy", KEYS)
    return tmp_path / "keys.npy"


def test_a_path_as_frames_comes_back_as_one_array(latent, keys, tmp_path):
    pattern = tmp_path / "frames" / "%04d.npy"
    assert latent("interp", keys, "--axes", "NCHW", "--steps", "3,9", "-o", pattern)[0] == 0
    names = sorted(one.name for one in (tmp_path / "frames").iterdir())
    assert names == [*(f"{number:04d}.npy" for number in range(12)), "provenance.json"]
    read = codes.load(str(tmp_path / "frames"))
    assert (read.values.shape, read.axes, read.values.dtype) == ((12, 4, 8, 8), "NCHW", "f4")
    assert (read.values[[0, 3, 11]] == KEYS).all()
    assert read.meta["command"] == "interp"


def test_frames_of_an_earlier_run_are_replaced_and_no_others(latent, keys, tmp_path):
    folder = tmp_path / "frames"
    run = ("interp", keys, "--axes", "NCHW", "-o", folder / "%d.npy", "--steps")
    assert latent(*run, "9")[0] == 0
    assert latent(*run, "4")[0] == 0
    assert len(list(folder.glob("*.npy"))) == 4
    np.save(folder / "5.npy", np.ones(3))
    code, _, said = latent(*run, "6")
    assert (code, "--force" in said) == (1, True)
    assert np.load(folder / "5.npy").tolist() == [1, 1, 1]
    assert not (folder / "4.npy").exists()


def test_natural_order_and_frames_of_one_sample(tmp_path):
    for number in range(12):
        np.save(tmp_path / f"f{number}.npy", np.full((1, 2, 3, 3), number, np.float16))
    found = codes.load(str(tmp_path))
    assert (found.values[:, 0, 0, 0] == range(12)).all()
    assert (found.values.shape, found.values.dtype) == ((12, 2, 3, 3), np.float16)
    assert codes.load(f"{tmp_path}[2:4]").values.shape == (2, 2, 3, 3)


def test_frames_that_differ_and_folders_without_any(tmp_path):
    with pytest.raises(FormatError, match="without arrays"):
        codes.load(str(tmp_path))
    np.save(tmp_path / "a.npy", np.ones(3))
    np.save(tmp_path / "b.npy", np.ones(4))
    with pytest.raises(FormatError, match=r"b\.npy is \(4,\)"):
        codes.load(str(tmp_path))


def test_bfloat16_in_and_out(latent, tmp_path):
    ends = []
    for name in "ab":
        bits = (RNG.normal(size=(1, 4, 8, 8)).astype(np.float32).view(np.uint32) >> 16).astype(
            "<u2"
        )
        header = {
            "t": {"dtype": "BF16", "shape": list(bits.shape), "data_offsets": [0, bits.nbytes]}
        }
        text = json.dumps(header).encode()
        (tmp_path / f"{name}.safetensors").write_bytes(
            struct.pack("<Q", len(text)) + text + bits.tobytes()
        )
        ends.append(bits)
    files = [tmp_path / f"{name}.safetensors" for name in "ab"]
    out = tmp_path / "out.safetensors"
    code, _, said = latent("interp", *files, "--slerp", "--steps", "5", "-o", out)
    assert (code, "bfloat16" in said) == (0, True)
    raw = out.read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    assert json.loads(raw[8 : 8 + size])["codes"]["dtype"] == "BF16"
    path = np.frombuffer(raw[8 + size :], "<u2").reshape(5, 1, 4, 8, 8)
    assert (path[0] == ends[0]).all()
    assert (path[-1] == ends[1]).all()


def test_names_of_frames(tmp_path, latent, keys):
    assert frames.names_of(tmp_path / "a%03d.npy", 2) == ["a000.npy", "a001.npy"]
    for name, code in (("none/none/%d.npy", 1), ("%d%d.npy", 2), ("%d.txt", 2)):
        found = latent("interp", keys, "--axes", "NCHW", "-o", tmp_path / name)
        assert (found[0], found[1]) == (code, "")
