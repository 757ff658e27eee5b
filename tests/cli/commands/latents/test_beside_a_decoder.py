"""`--decoder` beside the verbs that make codes: pictures of them, and how far they move."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
sys.path.insert(0, str(Path(__file__).parents[3] / "pictures"))
import models
import onnx

from latentcli.files import samples
from latentcli.pictures import Decoder

FIRST, SECOND = "digits::codes[0]", "digits::codes[1]"


@pytest.fixture
def run(latent):
    def run(*arguments):
        code, out, err = latent(*arguments, "--json")
        assert code == 0, err
        return json.loads(out)

    return run


@pytest.fixture
def step(tmp_path):
    """G(z) = z1 + 5 sign(z1 - 0.35), all over a picture of 4 x 4."""
    nodes = [
        onnx.helper.make_node("Slice", ["z", "zero", "one", "one"], ["z1"]),
        onnx.helper.make_node("Sub", ["z1", "place"], ["away"]),
        onnx.helper.make_node("Sign", ["away"], ["side"]),
        onnx.helper.make_node("Mul", ["side", "five"], ["high"]),
        onnx.helper.make_node("Add", ["high", "z1"], ["y"]),
        onnx.helper.make_node("Tile", ["y", "times"], ["image"]),
    ]
    info = models.info
    weights = [
        ("zero", np.array([0])), ("one", np.array([1])), ("place", np.float32(0.35)),
        ("five", np.float32(5)), ("times", np.array([1, 16])),
    ]  # fmt: skip
    path = tmp_path / "step.onnx"
    return models.save(
        path, nodes, [info("z", 1, ["N", 2])], [info("image", 1, ["N", 16])], weights
    )


def picture(path):
    with Image.open(path) as opened:
        opened.load()
    return opened


def test_a_strip_ends_with_the_output_of_the_last_code(run, tmp_path):
    strip, codes = tmp_path / "strip.png", tmp_path / "path.npy"
    whole = run(
        "interp", FIRST, SECOND, "--slerp", "--decoder", "digits", "--strip", strip, "-o", codes
    )
    with np.load(samples.path("digits.npz")) as data:
        last = data["codes"][1:2]
    assert np.load(codes)[-1:].tolist() == last.tolist()
    (output,) = Decoder(samples.path("digits-decoder.onnx")).decode(last)
    sheet = np.asarray(picture(strip))
    factor = 4  # 16 pixels to 64, 4 between images, 11 steps
    assert sheet.shape[1] == 11 * (16 * factor + 4) + 4
    shown = sheet[4 : 4 + 64 : factor, 4 + 10 * 68 : 4 + 10 * 68 + 64 : factor, 0]
    assert np.abs(shown - output[0, 0] * 255).max() <= 0.51
    assert json.loads(picture(strip).text["latent"])["command"] == "interp"
    assert whole["settings"]["decoder"].endswith("digits-decoder.onnx")


def test_the_jump_is_found_at_its_place(run, step, tmp_path):
    np.save(tmp_path / "a.npy", np.array([0.0, 1.0], np.float32))
    np.save(tmp_path / "b.npy", np.array([1.0, 1.0], np.float32))
    whole = run(
        "interp", tmp_path / "a.npy", tmp_path / "b.npy", "--decoder", step, "--steps", "11"
    )
    steps = [row["output_step"] for row in whole["results"]]
    assert steps[0] is None
    assert steps[4] == pytest.approx(10.1, abs=1e-5)  # from t = 0.3 to 0.4
    assert [one for at, one in enumerate(steps) if at not in (0, 4)] == pytest.approx(
        [0.1] * 9, abs=1e-5
    )
    summary = whole["summary"]
    assert summary["largest_output_step_at"] == pytest.approx(0.4)
    assert summary["output_length"] == pytest.approx(11.0, abs=1e-4)
    assert summary["output_length_ratio"] == pytest.approx(1.0, abs=1e-5)
    assert any("jumps at t=0.40: that step is 101.0 x the median" in n for n in whole["notes"])


def test_moves_in_a_second_network(run, step, tmp_path):
    twice = models.save(
        tmp_path / "f.onnx", [onnx.helper.make_node("Add", ["x", "x"], ["y"])],
        [models.info("x", 1, ["N", 16])], [models.info("y", 1, ["N", 16])],
    )  # fmt: skip
    np.save(tmp_path / "ab.npy", np.array([[0.5, 0], [1, 0]], np.float32))
    whole = run(
        "interp", f"{tmp_path}/ab.npy[0]", f"{tmp_path}/ab.npy[1]", "--decoder", step,
        "--features", twice, "--steps", "3",
    )  # fmt: skip
    assert [row["feature_step"] for row in whole["results"][1:]] == pytest.approx([0.5, 0.5])
    assert whole["summary"]["feature_length"] == pytest.approx(1.0)


def test_rows_that_move_side_by_side_are_rows_of_the_strip(run, step, tmp_path):
    np.save(tmp_path / "a.npy", np.array([[1.0, 0], [2, 0], [3, 0]], np.float32))
    np.save(tmp_path / "b.npy", np.array([[2.0, 0], [4, 0], [7, 0]], np.float32))
    strip = tmp_path / "s.png"
    whole = run(
        "interp", tmp_path / "a.npy", tmp_path / "b.npy", "--decoder", step, "--steps", "5",
        "--strip", strip, "--axes", "ND", "--limits", "0,20",
    )  # fmt: skip
    # Each step is the root mean square of 1/4, 2/4 and 4/4.
    expected = np.sqrt((1 + 4 + 16) / 3) / 4
    assert [row["output_step"] for row in whole["results"][1:]] == pytest.approx([expected] * 4)
    sheet = np.asarray(picture(strip))
    assert sheet.shape[:2] == (3 * (64 + 14 + 4) + 4, 5 * 68 + 4)
    third_row_last = sheet[4 + 2 * 82, 4 + 4 * 68, 0]
    assert third_row_last == round((7 + 5) / 20 * 255)


@pytest.mark.parametrize(
    ("arguments", "steps"),
    [
        (("edit", "CODE", "WAY", "--by", "0:2:3"), [None, 1, 1]),
        (("traverse", "CODE", "--dims", "0,1", "--range", "1,2,4"), [None, 1, 2, None, 0, 0]),
        (("grid", "CODE", "TO", "CODE", "TO", "--rows", "2", "--cols", "3"),
         [None, 1, 1, None, 1, 1]),
    ],
)  # fmt: skip
def test_steps_of_other_verbs(run, step, tmp_path, arguments, steps):
    arrays = {"CODE": [1.0, 0.5], "TO": [3.0, 0.5], "WAY": [1.0, 0.0]}
    given = []
    for one in arguments:
        if one in arrays:
            np.save(tmp_path / f"{one}.npy", np.array(arrays[one], np.float32))
            one = tmp_path / f"{one}.npy"
        given.append(one)
    found = run(*given, "--decoder", step)["results"]
    assert [row["output_step"] for row in found] == pytest.approx(steps, abs=1e-5)


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (("truncate", "digits::codes[0:3]", "--mean-of", "digits::codes"), 3),
        (("sample-z", "--seeds", "0-3", "--dim", "8"), 4),
        (("edit", FIRST, SECOND, "--by", "0.5"), 1),
        (("decode", "digits::codes[0:5]"), 5),
    ],
)
def test_every_code_has_a_picture(run, tmp_path, arguments, count):
    frames, webp = tmp_path / "frames", tmp_path / "all.webp"
    run(*arguments, "--decoder", "digits", "--frames", frames, "--webp", webp)
    assert sorted(file.name for file in frames.iterdir()) == [
        f"{number:04d}.png" for number in range(count)
    ]
    assert picture(frames / "0000.png").size == (16, 16)
    with Image.open(webp) as animation:
        assert animation.n_frames == count


def test_mixed_layers_are_decoded(run, tmp_path):
    model, _ = models.affine(tmp_path / "m.onnx", shape=(4, 6), ending="Sigmoid")
    rng = np.random.default_rng(0)
    np.save(tmp_path / "w.npy", rng.standard_normal((2, 4, 6)).astype(np.float32))
    frames = tmp_path / "f" / "mix-%02d.png"
    run(
        "mix", tmp_path / "w.npy", tmp_path / "w.npy", "--layers", "0-1", "--axes", "NLD",
        "--decoder", model, "--frames", frames,
    )  # fmt: skip
    assert len([*frames.parent.iterdir()]) == 4


def test_a_hole_is_marked_in_the_strip(run, tmp_path):
    """A ring has a hole in its middle, which a straight path between opposite points crosses."""
    turns = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    ring = np.stack([np.cos(turns), np.sin(turns)], axis=1).astype(np.float32)
    np.save(tmp_path / "ring.npy", ring)
    model, _ = models.affine(tmp_path / "m.onnx", shape=(2,), ending="Sigmoid")
    arguments = [
        "interp", f"{tmp_path}/ring.npy[0]", f"{tmp_path}/ring.npy[100]", "--steps", "5",
        "--decoder", model,
    ]  # fmt: skip
    plain, marked = tmp_path / "plain.png", tmp_path / "marked.png"
    run(*arguments, "--strip", plain)
    whole = run(*arguments, "--strip", marked, "--reference", tmp_path / "ring.npy")
    assert [row["hole"] for row in whole["results"]] == [False, True, True, True, False]
    one, two = (np.asarray(picture(file)) for file in (plain, marked))
    differs = [(one[:, 4 + 68 * n : 72 + 68 * n] != two[:, 4 + 68 * n : 72 + 68 * n]).any()
               for n in range(5)]  # fmt: skip
    assert differs == [False, True, True, True, False]


def frames_of(folder):
    return [
        np.asarray(picture(file)).astype(float)[..., 0] for file in sorted(folder.iterdir())
    ]


def test_directions_are_seen_through_a_decoder(run, tmp_path):
    """A row for each component: the mean of the codes moved by standard deviations along it."""
    model, weights = models.affine(tmp_path / "m.onnx")
    z = np.random.default_rng(0).standard_normal((40, 3)) * [3, 2, 1]
    np.save(tmp_path / "z.npy", z)
    folder = tmp_path / "frames"
    whole = run(
        "directions", "pca", tmp_path / "z.npy", "-k", "2", "--by=-1,0,2", "--decoder", model,
        "--frames", folder, "--limits", "-8,8",
    )  # fmt: skip
    values, vectors = np.linalg.eigh(np.cov(z.T))
    expected, lengths = [], []
    for value, way in zip(values[:0:-1], vectors.T[:0:-1], strict=True):
        step = np.sqrt(value) * way * np.sign(way[np.abs(way).argmax()])
        expected += [(z.mean(axis=0) + by * step) @ weights for by in (-1, 0, 2)]
        lengths.append(3 * np.sqrt(((step @ weights) ** 2).mean()))
    found = frames_of(folder)
    assert len(found) == 6
    for image, output in zip(found, expected, strict=True):
        assert np.abs(image.ravel() - (output + 8) / 16 * 255).max() <= 0.51
    assert [row["output_length"] for row in whole["results"]] == pytest.approx(
        lengths, rel=1e-5
    )
    assert whole["settings"]["by"] == "-1 0 2"


def test_directions_of_weights_begin_where_they_are_to(run, tmp_path):
    model, weights = models.affine(tmp_path / "m.onnx")
    np.save(tmp_path / "a.npy", np.diag([1.0, 3.0, 2.0]))
    np.save(tmp_path / "z.npy", np.float32([[9, 9, 9], [1, 0, -1]]))
    folder = tmp_path / "frames"
    run(
        "directions", "sefa", tmp_path / "a.npy", "-k", "1", "--by", "0,2", "--decoder", model,
        "--from", f"{tmp_path}/z.npy[1]", "--frames", folder, "--limits", "-8,8",
    )  # fmt: skip
    for image, code in zip(frames_of(folder), ([1, 0, -1], [1, 2, -1]), strict=True):
        assert np.abs(image.ravel() - (code @ weights + 8) / 16 * 255).max() <= 0.51


def test_contrasts_move_all_layers(run, tmp_path):
    """Each layer moves by its own vector, from the middle of both sides."""
    model, weights = models.affine(tmp_path / "m.onnx", shape=(2, 3))
    low = np.random.default_rng(0).standard_normal((4, 2, 3))
    gap = np.arange(6.0).reshape(2, 3) / 6
    np.save(tmp_path / "a.npy", low + gap)
    np.save(tmp_path / "b.npy", low)
    folder = tmp_path / "frames"
    whole = run(
        "directions", "contrast", tmp_path / "a.npy", tmp_path / "b.npy", "--by", "0,1",
        "--decoder", model, "--frames", folder, "--limits", "-8,8",
    )  # fmt: skip
    middle = low.mean(axis=0) + gap / 2
    for image, code in zip(frames_of(folder), (middle, middle + gap), strict=True):
        assert np.abs(image.ravel() - (code.ravel() @ weights + 8) / 16 * 255).max() <= 0.51
    moved = np.sqrt(((gap.ravel() @ weights) ** 2).mean())
    assert whole["summary"]["output_length"] == pytest.approx(moved, rel=1e-5)


@pytest.mark.parametrize(
    ("options", "reported"),
    [
        (("--by", "1"), "--by is for a decoder"),
        (("--from", SECOND), "--from is for a decoder"),
        (("--decoder", "digits", "--from", "z1.npy"), "one code of shape (8,), not (3,)"),
        (("--decoder", "shapes-beta4"), "takes no codes of shape (8)"),
    ],
)
def test_directions_that_cannot_be_seen(latent, options, reported):
    code, out, err = latent("directions", "pca", "digits::codes", *options)
    (line,) = [line for line in err.splitlines() if "error" in line]
    assert (code in (1, 2), out) == (True, "")
    assert reported in line


@pytest.mark.parametrize(
    ("options", "reported"),
    [
        (("--strip", "s.png"), "--strip is for a decoder: --decoder FILE.onnx"),
        (("--preview",), "--preview is for a decoder"),
        (("--decoder", "digits", "--gif", "s.png"), "ending of --gif"),
        (("--decoder", "digits", "--fps", "5"), "--fps is for --gif, --webp and --mp4"),
        (("--decoder", "digits", "--frames", "a.png"), "a folder, or numbered files"),
        (("--decoder", "digits", "--frames", "%d-%d.png"), "one number in the name"),
        (("--decoder", "nothing"), "cannot read nothing"),
        (("--decoder", "digits", "--wav", "s.wav"), "are not sounds (N, samples)"),
    ],
)
def test_what_means_nothing_is_one_line(latent, tmp_path, monkeypatch, options, reported):
    monkeypatch.chdir(tmp_path)
    code, out, err = latent("interp", FIRST, SECOND, *options)
    (line,) = [line for line in err.splitlines() if "error" in line]
    assert reported in line
    assert (code in (1, 2), out) == (True, "")
    assert [*tmp_path.iterdir()] == []


def test_frames_do_not_replace_files_of_others(latent, tmp_path):
    folder = tmp_path / "frames"
    folder.mkdir()
    (folder / "0003.png").write_bytes(b"mine")
    arguments = ["interp", FIRST, SECOND, "--decoder", "digits", "--frames", folder]
    code, _, err = latent(*arguments)
    assert code == 1
    assert "was not written by latent" in err
    assert [file.name for file in folder.iterdir()] == ["0003.png"]
    assert latent(*arguments, "--force")[0] == 0
    assert len([*folder.iterdir()]) == 11
    assert latent(*arguments)[0] == 0  # its own are replaced


def test_geometry_measures_what_the_decoder_makes(run, tmp_path):
    model, weights = models.affine(tmp_path / "m.onnx")
    codes = np.random.default_rng(0).standard_normal((60, 3)).astype(np.float32)
    np.save(tmp_path / "z.npy", codes)
    np.save(tmp_path / "y.npy", codes @ weights)
    arguments = ["geometry", tmp_path / "z.npy", "--only", "smoothness"]
    by_decoder = run(*arguments, "--decoder", model)
    by_file = run(*arguments, "--outputs", tmp_path / "y.npy")
    for one, two in zip(by_decoder["results"], by_file["results"], strict=True):
        assert one["value"] == pytest.approx(two["value"], abs=1e-3)
    assert by_decoder["settings"]["decoder"] == model


def test_sounds(latent, tmp_path):
    import wave

    np.save(tmp_path / "z.npy", np.eye(3, dtype=np.float32))
    model, weights = models.affine(tmp_path / "m.onnx", size=(1, 1, 101), flat=True)
    wav = tmp_path / "all.wav"
    code, _, _ = latent(
        "interp", f"{tmp_path}/z.npy[0]", f"{tmp_path}/z.npy[1]", "--steps", "3",
        "--decoder", model, "--wav", wav, "--rate", "8000",
    )  # fmt: skip
    with wave.open(str(wav)) as file:
        assert (code, file.getframerate(), file.getnframes()) == (0, 8000, 303)
        data = np.frombuffer(file.readframes(303), "<i2") / 32767
    assert data[:101] == pytest.approx(weights[0], abs=1e-4)
    assert data[-101:] == pytest.approx(weights[1], abs=1e-4)
