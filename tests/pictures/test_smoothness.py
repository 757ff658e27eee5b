"""Perceptual path length of decoders whose length is known in closed form."""

import sys
from pathlib import Path

import numpy as np
import pytest

from latentcli.errors import LatentError, ParameterError
from latentcli.pictures import smoothness
from latentcli.pictures._smoothness import along

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
sys.path.insert(0, str(Path(__file__).parent))
import models


def codes(count=40, dimensions=3, seed=0):
    return np.random.default_rng(seed).standard_normal((count, dimensions))


def all_pairs(z):
    first, second = np.triu_indices(len(z), 1)
    return z[first], z[second]


def test_a_linear_decoder_has_a_closed_form(tmp_path):
    """G(z) = z W on a straight path: d / epsilon^2 = mean of ((z2 - z1) W)^2, whatever t."""
    path, weights = models.affine(tmp_path / "m.onnx")
    z = codes()
    one, two = all_pairs(z)
    exact = (((two - one) @ weights) ** 2).mean()
    found = smoothness(z, path, path="lerp", pairs=2000, epsilon=1e-2, jump_pairs=5)
    assert found.interval.low < exact < found.interval.high
    assert found.path_length == pytest.approx(exact, rel=0.1)
    assert found.jumps == 0.0
    # The slope is between the least and the greatest singular value over the root of the pixels.
    values = np.linalg.svd(weights, compute_uv=False) / np.sqrt(weights.shape[1])
    assert values[-1] - 1e-3 <= found.slopes[0] <= found.slopes[2] <= values[0] + 1e-3


def test_a_step_is_a_jump(tmp_path):
    """G(z) = 100 sign(z1) + z1: every path that crosses 0 jumps there."""
    nodes = [
        onnx.helper.make_node("Sign", ["z"], ["s"]),
        onnx.helper.make_node("Mul", ["s", "hundred"], ["h"]),
        onnx.helper.make_node("Add", ["h", "z"], ["image"]),
    ]
    info = models.info
    path = models.save(
        tmp_path / "m.onnx", nodes, [info("z", 1, ["N", 1])], [info("image", 1, ["N", 1])],
        [("hundred", np.float32(100))],
    )  # fmt: skip
    z = np.array([[-1.0], [-2.0], [1.5], [2.5]])
    found = smoothness(z, path, path="lerp", pairs=50, jump_pairs=300, epsilon=1e-3)
    # Of the 12 ordered pairs of different codes, 8 cross 0.
    assert found.jumps == pytest.approx(8 / 12, abs=0.09)
    same_side = smoothness(np.abs(z), path, path="lerp", pairs=50, jump_pairs=50, epsilon=1e-3)
    assert same_side.jumps == 0.0


def test_distances_in_the_features_of_a_second_network(tmp_path):
    path, _ = models.affine(tmp_path / "m.onnx", size=(1, 1, 9), flat=True)
    double = models.save(
        tmp_path / "f.onnx",
        [onnx.helper.make_node("Add", ["x", "x"], ["y"])],
        [models.info("x", 1, ["N", 9])], [models.info("y", 1, ["N", 9])],
    )  # fmt: skip
    z = codes()
    plain = smoothness(z, path, path="lerp", pairs=100, jump_pairs=0, epsilon=1e-2)
    twice = smoothness(
        z, path, path="lerp", pairs=100, jump_pairs=0, epsilon=1e-2, features=double
    )
    assert twice.path_length == pytest.approx(4 * plain.path_length, rel=1e-3)


def test_the_path_is_a_slerp():
    rng = np.random.default_rng(3)
    one, two = rng.standard_normal((2, 5, 4))
    found = along(one, two, np.linspace(0, 1, 5), "slerp")
    for row, t in enumerate(np.linspace(0, 1, 5)):
        a, b = one[row], two[row]
        angle = np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
        exact = (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
        assert found[row] == pytest.approx(exact, abs=1e-12)


def test_what_means_nothing(tmp_path):
    path, _ = models.affine(tmp_path / "m.onnx")
    with pytest.raises(LatentError, match="takes two codes or more"):
        smoothness(codes(1), path)
    with pytest.raises(ParameterError, match="`epsilon` is 0"):
        smoothness(codes(), path, epsilon=0)
    with pytest.raises(LatentError, match="all pairs of codes are the same"):
        smoothness(np.ones((4, 3)), path, pairs=10)
    with pytest.raises(ParameterError, match="`pairs` is 1"):
        smoothness(codes(), path, pairs=1)
