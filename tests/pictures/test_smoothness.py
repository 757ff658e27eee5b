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


def stepped(path, place=0.0, sharpness=None):
    """G(z) = z + 100 sign(z - place); with a sharpness, 100 tanh in place of the sign."""
    nodes = [
        onnx.helper.make_node("Sub", ["z", "place"], ["moved"]),
        onnx.helper.make_node("Mul", ["moved", "sharp"], ["scaled"]),
        onnx.helper.make_node("Tanh" if sharpness else "Sign", ["scaled"], ["s"]),
        onnx.helper.make_node("Mul", ["s", "hundred"], ["h"]),
        onnx.helper.make_node("Add", ["h", "z"], ["image"]),
    ]
    weights = [("place", place), ("sharp", sharpness or 1), ("hundred", 100)]
    return models.save(
        path, nodes, [models.info("z", 1, ["N", 1])], [models.info("image", 1, ["N", 1])],
        [(name, np.float32(value)) for name, value in weights],
    )  # fmt: skip


def test_a_jump_is_found_at_its_place(tmp_path):
    """Each pair that lies on both sides of 0.3 jumps where its straight path is at 0.3, and no other."""
    path = stepped(tmp_path / "m.onnx", 0.3)
    z = np.array([[-1.0], [-2.0], [1.5], [2.5]])
    found = smoothness(z, path, path="lerp", pairs=2, jump_pairs=30, epsilon=1e-3)
    assert found.crossings
    for one in found.crossings:
        a, b = z[one.first, 0], z[one.second, 0]
        assert (a < 0.3) != (b < 0.3)
        assert one.t == pytest.approx((0.3 - a) / (b - a), abs=1 / 4096)
        assert one.step == pytest.approx(200 + abs(b - a) / 16, rel=1e-5)
        assert one.ratio == pytest.approx(one.step / (abs(b - a) / 16), rel=1e-3)
        assert one.abrupt == pytest.approx(1, abs=0.01)
    steps = [one.step for one in found.crossings]
    assert steps == sorted(steps, reverse=True)
    assert found.jumps == len(found.crossings) / 30
    low, high = found.jumps_interval
    assert low < found.jumps < high
    largest = found.crossings[0]
    assert (found.summary["largest_jump_from"], found.summary["largest_jump_to"]) == largest[:2]
    assert found.summary["largest_jump_t"] == largest.t
    rows = [row for row in found.records if row["measure"] == "jump"]
    assert [row["t"] for row in rows] == [one.t for one in found.crossings[:5]]
    assert any("is a break" in note for note in found.notes)


def test_a_steep_slope_is_no_break(tmp_path):
    """tanh(60 z): within 1/16 of a path from -1 to 1 it takes a step, within 1/4096 it does not."""
    path = stepped(tmp_path / "m.onnx", 0.01, sharpness=60)
    found = smoothness([[-1.0], [1.0]], path, path="lerp", pairs=2, jump_pairs=5, epsilon=1e-3)
    assert len(found.crossings) == 5
    assert max(one.abrupt for one in found.crossings) < 0.05
    assert any("is a steep slope" in note for note in found.notes)


def test_outputs_that_stand_still_but_for_a_jump(tmp_path):
    """With nothing else that moves, the ratio is infinite, and no number in the records."""
    node = [onnx.helper.make_node("Sign", ["z"], ["image"])]
    path = models.save(
        tmp_path / "m.onnx", node, [models.info("z", 1, ["N", 1])],
        [models.info("image", 1, ["N", 1])],
    )  # fmt: skip
    found = smoothness([[-1.0], [2.0]], path, path="lerp", pairs=2, jump_pairs=2, epsilon=1e-3)
    assert [one.ratio for one in found.crossings] == [np.inf] * 2
    assert [row["ratio"] for row in found.records if row["measure"] == "jump"] == [None] * 2


def test_memory_does_not_grow_with_the_pairs(tmp_path):
    """Outputs are measured batch by batch: 4,000 pairs of 4,096 numbers are 262 MB in float64."""
    import tracemalloc

    path, _ = models.affine(tmp_path / "m.onnx", size=(1, 64, 64))
    tracemalloc.start()
    smoothness(codes(), path, path="lerp", pairs=4000, jump_pairs=0, epsilon=1e-2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40e6


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
