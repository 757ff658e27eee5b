import json
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
sys.path.insert(0, str(Path(__file__).parents[3] / "pictures"))
import models
from PIL import Image


@pytest.fixture
def codes(tmp_path):
    path = tmp_path / "codes.npy"
    np.save(path, np.random.default_rng(0).standard_normal((6, 3)).astype(np.float32))
    return path


@pytest.fixture
def model(tmp_path):
    return models.affine(tmp_path / "model.onnx", ending="Sigmoid", size=(3, 8, 8))[0]


def test_a_strip_an_animation_and_an_array(latent, codes, model, tmp_path):
    strip, gif, out = (tmp_path / name for name in ("strip.png", "all.gif", "out.npy"))
    code, text, _ = latent(
        "decode", codes, "--decoder", model, "--strip", strip, "--gif", gif, "-o", out,
        "--per-row", "3", "--json",
    )  # fmt: skip
    whole = json.loads(text)
    assert (code, whole["command"], len(whole["results"])) == (0, "decode", 6)
    with Image.open(strip) as picture:
        picture.load()
    assert picture.size == (3 * (64 + 4) + 4, 2 * (64 + 14 + 4) + 4)
    assert json.loads(picture.text["latent"])["decoder"] == model
    outputs = np.load(out)
    first = np.asarray(picture)[4:68, 4:68][::8, ::8]
    assert np.abs(first - outputs[0].transpose(1, 2, 0) * 255).max() <= 0.51
    with Image.open(gif) as frames:
        assert frames.n_frames == 6


def test_a_webp_keeps_every_pixel(latent, codes, model, tmp_path):
    out, webp = tmp_path / "out.npy", tmp_path / "all.webp"
    latent("decode", codes, "--decoder", model, "--webp", webp, "-o", out, "--fps", "5")
    with Image.open(webp) as frames:
        frames.seek(5)
        last = np.asarray(frames.convert("RGB"))
    assert np.abs(last - np.load(out)[5].transpose(1, 2, 0) * 255).max() <= 0.51


def test_a_preview_is_within_the_width(latent, codes, model):
    code, out, err = latent("decode", codes, "--decoder", model, "--preview", "-q")
    assert code == 0
    lines = err.splitlines()
    assert lines
    assert max(map(len, lines)) <= 80
    assert "output step" in out


@pytest.mark.parametrize(
    ("options", "reported"),
    [
        ((), "name a model: --decoder FILE.onnx"),
        (("--strip", "x.png"), "name a model"),
        (("--decoder", "none.onnx"), "cannot read none.onnx"),
        (("--decoder", "MODEL", "--strip", "x.jpeg"), "ending of --strip"),
        (("--decoder", "MODEL", "--fps", "3"), "--fps is for --gif"),
        (("--decoder", "MODEL", "--limits", "one"), "--limits one: two numbers"),
        (("--decoder", "MODEL", "--limits", "1,0"), "two numbers, the lower one first"),
        (("--decoder", "MODEL", "--layout", "CHWN"), "unknown layout 'CHWN'"),
        (("--decoder", "MODEL", "--feed", "noise"), "--feed noise: NAME=VALUE"),
        (("--decoder", "MODEL", "--feed", "noise=1"), "an input of model.onnx"),
        (("--decoder", "MODEL", "--provider", "tpu"), "--provider is tpu"),
        (("--decoder", "MODEL", "--batch", "0"), "--batch is 0"),
        (("--decoder", "MODEL", "--timeout", "0"), "--timeout is 0"),
    ],
)
def test_what_means_nothing_is_one_line(latent, codes, model, options, reported):
    given = [model if option == "MODEL" else option for option in options]
    code, _, err = latent("decode", codes, *given)
    (line,) = [line for line in err.splitlines() if "error" in line]
    assert reported in line
    assert code in (1, 2)


def test_sound(latent, tmp_path):
    codes = tmp_path / "codes.npy"
    np.save(codes, np.eye(3, dtype=np.float32))
    model, weights = models.affine(tmp_path / "m.onnx", size=(1, 1, 101), flat=True)
    wav = tmp_path / "all.wav"
    code, _, _ = latent("decode", codes, "--decoder", model, "--wav", wav, "--rate", "8000")
    import wave

    with wave.open(str(wav)) as file:
        assert (code, file.getframerate(), file.getnframes()) == (0, 8000, 303)
        data = np.frombuffer(file.readframes(303), "<i2") / 32767
    assert data == pytest.approx(weights.ravel(), abs=1e-4)


def test_what_was_there_stays_when_the_model_fails(latent, codes, tmp_path):
    strip = tmp_path / "strip.png"
    strip.write_bytes(b"mine")
    model = models.loop(tmp_path / "loop.onnx")
    code, _, _ = latent(
        "decode", codes, "--decoder", model, "--strip", strip, "--timeout", "0.3"
    )
    assert (code, strip.read_bytes()) == (1, b"mine")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "codes.npy", "loop.onnx", "strip.png",
    ]  # fmt: skip
