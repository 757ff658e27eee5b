"""Decoders of every convention that exports have, on pictures known in closed form; and hostile ones."""

import sys
from pathlib import Path

import numpy as np
import pytest

from latentcli.errors import FormatError, LatentError, ParameterError
from latentcli.pictures import Decoder, decode

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
sys.path.insert(0, str(Path(__file__).parent))
import models


def codes(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize(
    ("options", "function", "low", "high"),
    [
        ({"ending": "Sigmoid"}, sigmoid, 0, 1),
        ({"ending": "Tanh"}, np.tanh, -1, 1),
        ({"ending": "Sigmoid", "scale": 255.0}, lambda x: 255 * sigmoid(x), 0, 255),
        ({"ending": "Sigmoid", "size": (3, 4, 5)}, sigmoid, 0, 1),
        ({"ending": "Tanh", "size": (3, 4, 5), "channels_last": True}, np.tanh, -1, 1),
        ({"ending": "Sigmoid", "size": (1, 6, 6), "flat": True}, sigmoid, 0, 1),
        ({"ending": "Tanh", "size": (3, 8, 8), "flat": True}, np.tanh, -1, 1),
        ({"ending": "Sigmoid", "shape": (4, 6)}, sigmoid, 0, 1),
        ({"ending": "Tanh", "shape": (2, 4, 4), "size": (3, 4, 4)}, np.tanh, -1, 1),
        ({"ending": "Sigmoid", "kind": models.HALF}, sigmoid, 0, 1),
        ({"ending": "Sigmoid", "batch": 1}, sigmoid, 0, 1),
        ({"ending": "Sigmoid", "batch": 4}, sigmoid, 0, 1),
    ],
)
def test_the_conventions_of_exports(tmp_path, options, function, low, high):
    path, weights = models.affine(tmp_path / "model.onnx", **options)
    z = codes(7, *options.get("shape", (3,)))
    found = decode(z, path, batch=3)
    exact = function(z.reshape(7, -1).astype(np.float64) @ weights.astype(np.float64))
    channels, height, width = options.get("size", (1, 4, 4))
    expected = exact.reshape(7, channels, height, width).transpose(0, 2, 3, 1)
    assert (found.convention.low, found.convention.high) == (low, high)
    near = 0.02 if options.get("kind") == models.HALF else 1e-5
    bytes_ = (expected - low) / (high - low) * 255
    assert found.images.shape == expected.shape
    assert found.images.dtype == np.uint8
    assert np.abs(found.images - bytes_).max() <= 0.5 + 255 * near
    assert len(found.outputs) == 7


def test_another_input_gets_its_value(tmp_path):
    info = models.info
    nodes = [
        onnx.helper.make_node("Mul", ["z", "truncation"], ["scaled"]),
        onnx.helper.make_node("Add", ["scaled", "noise"], ["image"]),
    ]
    inputs = [
        info("z", 1, ["N", 9]), info("truncation", 1, []), info("noise", 1, ["N", 9]),
    ]  # fmt: skip
    path = models.save(tmp_path / "m.onnx", nodes, inputs, [info("image", 1, ["N", 9])])
    z = codes(2, 9)
    with pytest.raises(LatentError, match=r"other inputs: truncation \(\), noise \(9\)"):
        decode(z, path)
    noise = np.full((9,), 0.25, np.float32)
    found = decode(z, path, feed={"truncation": 0.5, "noise": noise})
    assert found.outputs == pytest.approx(z * 0.5 + 0.25)
    with pytest.raises(ParameterError, match=r"`feed` is nois; it must be an input of m\.onnx"):
        Decoder(path, feed={"nois": 1})
    with pytest.raises(LatentError, match=r"the value of noise has shape \(4,\)"):
        decode(z, path, feed={"truncation": 0.5, "noise": np.ones(4)})


def vae_decoder(path, kind):
    """As diffusers and optimum export the decoder of Stable Diffusion's VAE, all axes free.

    Here `sample` is 1.2 x the first three channels of `latent_sample`, eight times as large.
    """
    node = onnx.helper.make_node
    dtype = np.float16 if kind == models.HALF else np.float32
    nodes = [
        node("Slice", ["latent_sample", "zero", "three", "one"], ["colors"]),
        node("Resize", ["colors", "", "scales"], ["large"], mode="nearest"),
        node("Mul", ["large", "gain"], ["sample"]),
    ]
    weights = [
        ("zero", np.array([0])), ("three", np.array([3])), ("one", np.array([1])),
        ("scales", np.float32([1, 1, 8, 8])), ("gain", dtype(1.2)),
    ]  # fmt: skip
    taken = ["batch_size", "num_channels_latent", "height_latent", "width_latent"]
    given = ["batch_size", "num_channels", "height", "width"]
    return models.save(
        path, nodes, [models.info("latent_sample", kind, taken)],
        [models.info("sample", kind, given)], weights,
    )  # fmt: skip


@pytest.mark.parametrize("kind", [models.FLOAT, models.HALF])
def test_the_export_of_a_diffusion_models_vae(tmp_path, kind):
    """(N, 4, H, W) to (N, 3, 8H, 8W), black at -1 and white at 1, a little beyond at times."""
    path = vae_decoder(tmp_path / "vae_decoder.onnx", kind)
    z = np.clip(codes(3, 4, 4, 6), -1, 1)
    found = decode(z, path, batch=2)
    assert found.images.shape == (3, 32, 48, 3)
    assert (found.convention.layout, found.convention.low, found.convention.high) == (
        "NCHW", -1, 1,
    )  # fmt: skip
    expected = np.clip((1.2 * z[:, :3] + 1) / 2, 0, 1).transpose(0, 2, 3, 1) * 255
    assert np.abs(found.images[:, ::8, ::8] - expected).max() <= 0.6
    assert any("lie beyond the range" in note for note in found.notes)


def generator(path, names, size, batch):
    """As StyleGAN2 is exported: z, labels (of `size` classes), truncation; an image from -1 to 1.

    Here the image is tanh(truncation x the first 48 numbers + the sum of the labels).
    """
    node = onnx.helper.make_node
    z, c, psi, image = names
    nodes = [
        node("Slice", [z, "zero", "end", "one"], ["first"]),
        node("Mul", ["first", psi], ["scaled"]),
        node("ReduceSum", [c, "one"], ["label"], keepdims=1),
        node("Add", ["scaled", "label"], ["sum"]),
        node("Tanh", ["sum"], ["flat"]),
        node("Reshape", ["flat", "shape"], [image]),
    ]
    weights = [
        ("zero", np.array([0])), ("end", np.array([48])), ("one", np.array([1])),
        ("shape", np.array([-1, 3, 4, 4])),
    ]  # fmt: skip
    info = models.info
    inputs = [info(z, 1, [batch, 512]), info(c, 1, [batch, size]), info(psi, 1, [])]
    return models.save(path, nodes, inputs, [info(image, 1, [batch, 3, 4, 4])], weights)


@pytest.mark.parametrize(
    ("names", "batch"),
    [
        (("z", "c", "truncation_psi", "img"), 1),  # stylegan2-ada-pytorch, traced with one code
        (
            ("latents_in:0", "labels_in:0", "truncation_psi:0", "images_out:0"),
            "N",
        ),  # by tf2onnx
    ],
)
def test_the_export_of_a_gan(tmp_path, names, batch):
    """Labels of no classes are an input of length 0, which needs no value."""
    z = codes(5, 512)
    plain = generator(tmp_path / "plain.onnx", names, 0, batch)
    found = decode(z, plain, feed={names[2]: 0.7}, batch=2)
    exact = np.tanh(0.7 * z[:, :48]).reshape(5, 3, 4, 4)
    assert found.outputs == pytest.approx(exact, abs=1e-6)
    assert (found.convention.low, found.convention.high) == (-1, 1)
    assert np.abs(found.images - (exact.transpose(0, 2, 3, 1) + 1) * 127.5).max() <= 0.51
    classes = generator(tmp_path / "classes.onnx", names, 10, batch)
    with pytest.raises(LatentError, match=f"other inputs: {names[1]}"):
        decode(z, classes, feed={names[2]: 0.7})
    one_hot = np.eye(10, dtype=np.float32)[:5] * np.arange(5, dtype=np.float32)[:, None] / 10
    found = decode(z, classes, feed={names[2]: 1, names[1]: one_hot})
    exact = np.tanh(z[:, :48] + np.arange(5)[:, None] / 10).reshape(5, 3, 4, 4)
    assert found.outputs == pytest.approx(exact, abs=1e-6)


def test_a_synthesis_network_takes_the_codes_of_its_layers(tmp_path):
    """StyleGAN's `ws` (N, 18, 512): codes of all layers as they are, one code (N, 512) in all of them."""
    path, weights = models.affine(tmp_path / "m.onnx", shape=(18, 512), ending="Tanh")
    w = codes(2, 512) / 100
    exact = np.tanh(np.tile(w, 18).astype(float) @ weights).reshape(2, 1, 4, 4)
    assert decode(w, path).outputs == pytest.approx(exact, abs=1e-4)


def test_a_code_for_all_layers_is_repeated(tmp_path):
    path, _ = models.affine(tmp_path / "m.onnx", shape=(4, 6))
    w = codes(2, 6)
    whole = np.repeat(w[:, None], 4, axis=1)
    assert decode(w, path).outputs == pytest.approx(decode(whole, path).outputs)


def test_codes_that_no_input_takes(tmp_path):
    path, _ = models.affine(tmp_path / "m.onnx", shape=(3,))
    with pytest.raises(
        LatentError, match=r"takes no codes of shape \(5\): its inputs are z \(3\)"
    ):
        decode(codes(2, 5), path)


def test_outputs_that_are_no_images_stay_numbers(tmp_path):
    path, _ = models.affine(tmp_path / "m.onnx", size=(1, 1, 17), flat=True)
    found = decode(codes(2, 3), path)
    assert (found.images, found.outputs.shape) == (None, (2, 17))
    assert any("not images" in note for note in found.notes)
    assert decode(codes(2, 3), path, size=(1, 17)).images.shape == (2, 1, 17, 1)
    with pytest.raises(LatentError, match="not images of the layout"):
        decode(codes(2, 3), path, size=(4, 4))


def test_numbers_beyond_the_range_are_counted(tmp_path):
    path, _ = models.affine(tmp_path / "m.onnx")
    found = decode(10 * codes(5, 3), path, limits=(-1, 1))
    assert any("lie beyond the range" in note for note in found.notes)


def test_the_steps_are_root_mean_squares(tmp_path):
    path, weights = models.affine(tmp_path / "m.onnx")
    z = codes(4, 3)
    outputs = z.astype(np.float64) @ weights
    steps = np.sqrt((np.diff(outputs, axis=0) ** 2).mean(axis=1))
    found = decode(z, path, batch=2)
    assert [row["output_step"] for row in found.records[1:]] == pytest.approx(steps, abs=1e-6)
    assert found.records[0]["output_step"] is None
    assert found.summary["largest_output_step_at"] == 1 + steps.argmax()


def test_out_gets_every_output(tmp_path):
    path, _ = models.affine(tmp_path / "m.onnx")
    z = codes(70, 3)
    out = np.zeros((70, 1, 4, 4), np.float32)
    found = decode(z, path, out=out)
    assert found.outputs is None
    assert out == pytest.approx(decode(z, path).outputs)


# ---- hostile models


def test_a_loop_that_does_not_end(tmp_path):
    path = models.loop(tmp_path / "loop.onnx")
    with pytest.raises(LatentError, match=r"loop\.onnx takes longer than 0\.5 s for 1 code"):
        decode(codes(1, 4), path, timeout=0.5)


def test_an_output_without_end(tmp_path):
    path = models.huge(tmp_path / "huge.onnx")
    with pytest.raises(LatentError, match="more memory than `max_memory` allows"):
        decode(codes(1, 4), path)


def test_an_operator_that_nobody_has(tmp_path):
    with pytest.raises(
        FormatError, match=r"custom\.onnx is not a model that can be run: .*org\.example"
    ):
        decode(codes(1, 4), models.custom(tmp_path / "custom.onnx"))


@pytest.mark.parametrize("location", ["../secret.bin", "/etc/passwd", "a/../../secret.bin"])
def test_weights_outside_the_folder_are_not_read(tmp_path, location):
    folder = tmp_path / "models"
    folder.mkdir()
    data = models.external(folder / "m.onnx", location)
    (tmp_path / "secret.bin").write_bytes(data)
    with pytest.raises(FormatError, match="weights outside its folder"):
        decode(codes(1, 4), folder / "m.onnx")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    data = models.external(folder / "m.onnx", "weights.bin")
    (tmp_path / "secret.bin").write_bytes(data)
    (folder / "weights.bin").symlink_to(tmp_path / "secret.bin")
    with pytest.raises(FormatError, match="weights outside its folder"):
        decode(codes(1, 4), folder / "m.onnx")


def test_weights_beside_the_model_are_read(tmp_path):
    data = models.external(tmp_path / "m.onnx", "weights.bin")
    with pytest.raises(FormatError, match=r"weights in weights\.bin, which is missing"):
        decode(codes(1, 4), tmp_path / "m.onnx")
    (tmp_path / "weights.bin").write_bytes(data)
    z = codes(2, 4)
    assert decode(z, tmp_path / "m.onnx").outputs == pytest.approx(z)


def test_damaged_models_are_one_line(tmp_path):
    path, _ = models.affine(tmp_path / "whole.onnx")
    whole = Path(path).read_bytes()
    random = np.random.default_rng(1)
    damaged = tmp_path / "damaged.onnx"
    cases = [b"", b"not a model", b"\x93NUMPY", whole[: len(whole) // 2], whole[:-1]]
    for _ in range(150):
        broken = bytearray(whole)
        for place in random.integers(0, len(whole), 3):
            broken[place] = random.integers(0, 256)
        cases.append(bytes(broken))
    for case in cases:
        damaged.write_bytes(case)
        error = error_of(damaged)
        assert error is None or (isinstance(error, LatentError) and "\n" not in str(error))


def error_of(path):
    try:
        decode(codes(1, 3), path, timeout=2)
    except Exception as error:
        return error
    return None


def test_a_missing_file(tmp_path):
    with pytest.raises(LatentError, match="cannot read"):
        Decoder(tmp_path / "none.onnx")
