import struct

import numpy as np
import pytest

import latentcli
from latentcli.errors import LatentError, ParameterError

RNG = np.random.default_rng(0)
TRAIT = RNG.standard_normal((5, 16))
STRENGTH = np.array([0.0, 0.0, 0.5, 1.0, 2.0])[:, None]


def _pairs(count, strength=STRENGTH):
    base = RNG.standard_normal((count, 5, 16))
    sides = base + 0.5 * RNG.standard_normal((2, count, 5, 16))
    return sides[0] + strength * TRAIT, sides[1]


def test_the_difference_of_means_of_each_layer():
    positive, negative = _pairs(40)
    found = latentcli.contrast_directions(positive, negative)
    assert found.vectors == pytest.approx((positive - negative).mean(axis=0))
    assert [row["layer"] for row in found.records] == [0, 1, 2, 3, 4]
    assert [row["length"] for row in found.records] == pytest.approx(
        np.linalg.norm(found.vectors, axis=1)
    )


def test_the_principal_component_is_that_of_both_orders_of_the_pairs():
    positive, negative = _pairs(40)
    found = latentcli.contrast_directions(positive, negative, method="pca").vectors
    turned = latentcli.contrast_directions(negative, positive, method="pca").vectors
    assert found == pytest.approx(-turned)
    for layer in range(5):
        differences = (positive - negative)[:, layer]
        both = np.linalg.svd(np.concatenate([differences, -differences]))[2][0]
        assert abs(both @ found[layer]) == pytest.approx(1)
        assert (differences @ found[layer]).mean() > 0


@pytest.mark.parametrize("method", ["mean", "pca"])
def test_layers_with_the_trait_separate_and_others_do_not(method):
    found = latentcli.contrast_directions(*_pairs(60), method=method)
    assert found.accuracies[3:] == pytest.approx(1)
    assert [row["reading"] for row in found.records[3:]] == ["separates"] * 2
    assert [row["reading"] for row in found.records[:2]] == ["not significant"] * 2
    assert found.best == 4


def test_accuracy_is_that_of_directions_found_without_the_pair():
    positive, negative = _pairs(20)
    found = latentcli.contrast_directions(positive, negative, seed=3)
    fold = np.random.default_rng(3).permutation(20) % 10
    hits = []
    for pair in range(20):
        rest = fold != fold[pair]
        line = (positive - negative)[rest, 2].mean(axis=0)
        hits.append((positive - negative)[pair, 2] @ line > 0)
    assert found.accuracies[2] == np.mean(hits)


def test_noise_separates_as_often_as_it_says():
    alarms = [
        latentcli.contrast_directions(
            *np.random.default_rng(seed).standard_normal((2, 20, 3, 8)), seed=seed
        ).p_values.min()
        <= 0.05
        for seed in range(150)
    ]
    assert np.mean(alarms) < 0.1


def test_codes_without_layers():
    found = latentcli.contrast_directions([[2.0, 0], [4, 0]], [[0.0, 1], [0, -1]])
    assert (found.vectors.tolist(), found.best) == ([3, 0], None)
    assert found.records[0]["reading"] == "not tested"


@pytest.mark.parametrize(
    ("sides", "error"),
    [
        ((np.ones((4, 3)), np.zeros((5, 3))), LatentError),
        ((np.ones((4, 3)), np.ones((4, 3))), LatentError),
        ((np.ones((1, 3)), np.zeros((1, 3))), LatentError),
    ],
)
def test_sides_that_are_no_pairs(sides, error):
    with pytest.raises(error):
        latentcli.contrast_directions(*sides)
    with pytest.raises(ParameterError):
        latentcli.contrast_directions(*_pairs(12), method="median")


def test_a_control_vector_by_the_format(latent, tmp_path):
    for name, side in zip("pn", _pairs(12), strict=True):
        np.save(tmp_path / f"{name}.npy", side)
    out = tmp_path / "v.gguf"
    run = (
        "directions",
        "contrast",
        tmp_path / "p.npy",
        tmp_path / "n.npy",
        "--axes",
        "NLD",
        "-o",
    )
    assert latent(*run, out)[0] == 0
    assert latent(*run, tmp_path / "v.npy")[0] == 0
    data, vectors = out.read_bytes(), np.load(tmp_path / "v.npy")
    assert struct.unpack("<4sIQQ", data[:24]) == (b"GGUF", 3, 4, 4)
    assert b"controlvector.layer_count" in data
    for layer in range(1, 5):
        name = f"direction.{layer}".encode()
        at = data.index(struct.pack("<Q", len(name)) + name) + 8 + len(name)
        axes, size, kind, offset = struct.unpack("<IQIQ", data[at : at + 24])
        assert (axes, size, kind, offset % 32) == (1, 16, 0, 0)
        start = len(data) - 4 * 64 + offset
        assert np.frombuffer(data, "<f4", 16, start) == pytest.approx(vectors[layer])
    assert latent(*run, out)[0] == 0  # ours, and so replaced
    code, _, said = latent("sample-z", "--seeds", "0", "--dim", "4", "-o", out)
    assert (code, "a row for each layer" in said) == (1, True)


def test_a_direction_of_each_layer_is_that_of_the_layer_alone():
    positive, negative = _pairs(30)
    whole = latentcli.direction(positive, negative, method="ridge", axes="NLD", per_layer=True)
    for layer in range(5):
        alone = latentcli.direction(positive[:, layer], negative[:, layer], method="ridge")
        assert whole.vector[layer] == pytest.approx(alone.vector)
        assert whole.records[layer]["p_value"] == alone.p_value
    assert whole.p_value == min(1, 5 * min(row["p_value"] for row in whole.records))
    assert whole.reading == "separates held-out codes"


def test_the_difference_of_means_is_the_same_in_both_ways():
    sides = _pairs(12)
    apart = latentcli.direction(*sides, axes="NLD", per_layer=True)
    together = latentcli.direction(*sides, axes="NLD")
    assert apart.vector == pytest.approx(together.vector)
    assert (apart.intercept, apart.scale) == pytest.approx((together.intercept, together.scale))
    with pytest.raises(ParameterError, match="no layers"):
        latentcli.direction(*np.ones((2, 4, 3)), per_layer=True)
