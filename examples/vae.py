"""A small convolutional beta-VAE in JAX, and its decoder and encoder as ONNX files.

    p(x | z): Bernoulli of each pixel;  q(z | x): Gaussian with a diagonal covariance
    loss = reconstruction + beta * KL(q(z | x) || N(0, I))        (Higgins et al., 2017)

With `total_correlation=True` the KL is taken apart and only its total correlation is weighted by
beta (beta-TCVAE; Chen, Li, Grosse and Duvenaud, 2018).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import onnx
import optax
from onnx import TensorProto, helper, numpy_helper

Parameters = dict[str, Any]

_CHANNELS = 16
_WIDTH = 128


@dataclass(frozen=True)
class Setting:
    """How a model is trained: sizes, weight of the KL, and the random seed."""

    size: int
    dimensions: int
    beta: float
    seed: int = 0
    steps: int = 12_000
    batch: int = 64
    warm_up: int = 2_000
    total_correlation: bool = False

    @property
    def layers(self) -> int:
        """How often the image is halved: down to 4 x 4."""
        return int(np.log2(self.size // 4))


def initial(setting: Setting) -> Parameters:
    """Draw the weights (He et al., 2015)."""
    random = np.random.default_rng(setting.seed)

    def dense(rows: int, columns: int) -> dict[str, np.ndarray]:
        weights = random.standard_normal((rows, columns)) * np.sqrt(2 / rows)
        return {"w": weights.astype(np.float32), "b": np.zeros(columns, np.float32)}

    def kernel(first: int, second: int, inputs: int, outputs: int) -> dict[str, np.ndarray]:
        weights = random.standard_normal((first, second, 4, 4)) * np.sqrt(2 / inputs)
        return {"w": weights.astype(np.float32), "b": np.zeros(outputs, np.float32)}

    flat = _CHANNELS * 16
    widths = [1] + [_CHANNELS] * setting.layers
    return {
        "down": [kernel(b, a, 16 * a, b) for a, b in pairwise(widths)],
        "hidden": dense(flat, _WIDTH),
        "posterior": dense(_WIDTH, 2 * setting.dimensions),
        "wide": dense(setting.dimensions, _WIDTH),
        "grid": dense(_WIDTH, flat),
        # Kernels of a transposed convolution are (in, out, 4, 4), as ONNX has them.
        "up": [kernel(a, b, 4 * a, b) for a, b in pairwise(widths[::-1])],
    }


def encode(parameters: Parameters, images: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return means and log-variances (N, D) of the posteriors of images (N, 1, S, S)."""
    x = images
    for layer in parameters["down"]:
        x = jax.lax.conv_general_dilated(
            x, layer["w"], (2, 2), ((1, 1), (1, 1)), dimension_numbers=("NCHW", "OIHW", "NCHW")
        )
        x = jax.nn.relu(x + layer["b"][:, None, None])
    x = x.reshape(len(x), -1)
    x = jax.nn.relu(x @ parameters["hidden"]["w"] + parameters["hidden"]["b"])
    x = x @ parameters["posterior"]["w"] + parameters["posterior"]["b"]
    mean, log_variance = jnp.split(x, 2, axis=1)
    return mean, jnp.clip(log_variance, -12.0, 6.0)


def decode(parameters: Parameters, codes: jax.Array) -> jax.Array:
    """Return the logits (N, 1, S, S) of the pixels of codes (N, D)."""
    x = jax.nn.relu(codes @ parameters["wide"]["w"] + parameters["wide"]["b"])
    x = jax.nn.relu(x @ parameters["grid"]["w"] + parameters["grid"]["b"])
    x = x.reshape(len(x), _CHANNELS, 4, 4)
    last = len(parameters["up"]) - 1
    for number, layer in enumerate(parameters["up"]):
        # A transposed convolution is one of the input with holes, by the kernel turned round.
        kernel = jnp.flip(layer["w"], (2, 3)).swapaxes(0, 1)
        x = jax.lax.conv_general_dilated(
            x, kernel, (1, 1), ((2, 2), (2, 2)), lhs_dilation=(2, 2),
            dimension_numbers=("NCHW", "OIHW", "NCHW"),
        )  # fmt: skip
        x = x + layer["b"][:, None, None]
        if number < last:
            x = jax.nn.relu(x)
    return x


def _losses(
    parameters: Parameters, images: jax.Array, noise: jax.Array, rows: int, split: bool
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return reconstruction, the KL that is not weighted, and what beta weights: means in nats."""
    mean, log_variance = encode(parameters, images)
    codes = mean + jnp.exp(log_variance / 2) * noise
    logits = decode(parameters, codes)
    bits = optax.sigmoid_binary_cross_entropy(logits, images)
    reconstruction = bits.sum(axis=(1, 2, 3)).mean()
    kl = 0.5 * (mean**2 + jnp.exp(log_variance) - 1 - log_variance).sum(axis=1).mean()
    if not split:
        return reconstruction, jnp.zeros(()), kl
    # Minibatch-weighted sampling (Chen et al., 2018): log q(z) and the product of its margins.
    gaps = (codes[:, None] - mean[None]) ** 2 / jnp.exp(log_variance)[None]
    each = -0.5 * (gaps + log_variance[None] + jnp.log(2 * jnp.pi))
    scale = jnp.log(float(len(images) * rows))
    joint = jax.nn.logsumexp(each.sum(axis=2), axis=1) - scale
    margins = (jax.nn.logsumexp(each, axis=1) - scale).sum(axis=1)
    correlation = (joint - margins).mean()
    return reconstruction, kl - correlation, correlation


def train(images: np.ndarray, setting: Setting) -> Parameters:
    """Train a model on images (N, 1, S, S) of values from 0 to 1."""
    schedule = optax.cosine_decay_schedule(1e-3, setting.steps, alpha=0.02)
    optimizer = optax.adam(schedule)
    parameters = jax.tree_util.tree_map(jnp.asarray, initial(setting))
    state = optimizer.init(parameters)
    rows = len(images)

    @jax.jit
    def step(parameters, state, batch, noise, weight):  # type: ignore[no-untyped-def]
        def loss(parameters: Parameters) -> jax.Array:
            reconstruction, plain, weighted = _losses(
                parameters, batch, noise, rows, setting.total_correlation
            )
            return reconstruction + plain + weight * weighted

        gradients = jax.grad(loss)(parameters)
        updates, state = optimizer.update(gradients, state)
        return optax.apply_updates(parameters, updates), state

    random = np.random.default_rng(setting.seed + 1)
    for number in range(setting.steps):
        batch = images[random.integers(0, rows, setting.batch)]
        noise = random.standard_normal((setting.batch, setting.dimensions)).astype(np.float32)
        weight = setting.beta * min(1.0, (number + 1) / setting.warm_up)
        parameters, state = step(parameters, state, batch, noise, weight)
    return jax.tree_util.tree_map(np.asarray, parameters)


def measure(parameters: Parameters, images: np.ndarray, seed: int = 0) -> dict[str, float]:
    """Return the mean reconstruction error and KL of images, in nats an image."""
    random = np.random.default_rng(seed)
    sums = np.zeros(2)
    for start in range(0, len(images), 512):
        part = images[start : start + 512]
        noise = random.standard_normal((len(part), parameters["wide"]["w"].shape[0]))
        found = _losses(parameters, part, noise.astype(np.float32), len(images), False)
        sums += len(part) * np.array([float(found[0]), float(found[2])])
    reconstruction, kl = sums / len(images)
    return {"reconstruction_nats": float(reconstruction), "kl_nats": float(kl)}


def reconstruction_errors(parameters: Parameters, images: np.ndarray) -> np.ndarray:
    """Return the cross-entropy (N,), in nats, of images and what the means of their codes decode to."""
    decoder = jax.jit(decode)
    codes = means(parameters, images)
    parts = []
    for start in range(0, len(images), 512):
        logits = decoder(parameters, codes[start : start + 512])
        bits = optax.sigmoid_binary_cross_entropy(logits, images[start : start + 512])
        parts.append(np.asarray(bits.sum(axis=(1, 2, 3))))
    return np.concatenate(parts)


def means(parameters: Parameters, images: np.ndarray) -> np.ndarray:
    """Return the posterior means (N, D) float32 of images."""
    encoder = jax.jit(encode)
    parts = [encoder(parameters, images[n : n + 512])[0] for n in range(0, len(images), 512)]
    return np.concatenate([np.asarray(part) for part in parts]).astype(np.float32)


def save_decoder(parameters: Parameters, path: Path) -> None:
    """Write the decoder: `codes` (N, D) to `images` (N, 1, S, S), from 0 to 1."""
    graph = _Graph()
    x = graph.dense("codes", "wide", parameters["wide"])
    x = graph.add("Relu", x)
    x = graph.add("Relu", graph.dense(x, "grid", parameters["grid"]))
    x = graph.reshape(x, (-1, _CHANNELS, 4, 4))
    last = len(parameters["up"]) - 1
    for number, layer in enumerate(parameters["up"]):
        x = graph.conv("ConvTranspose", x, f"up{number}", layer)
        x = graph.add("Relu" if number < last else "Sigmoid", x)
    size = 4 << len(parameters["up"])
    shape = parameters["wide"]["w"].shape[0]
    graph.save(path, ("codes", ["N", shape]), (x, "images", ["N", 1, size, size]))


def save_encoder(parameters: Parameters, path: Path) -> None:
    """Write the encoder: `images` (N, 1, S, S) to the posterior means `codes` (N, D)."""
    graph = _Graph()
    x = "images"
    for number, layer in enumerate(parameters["down"]):
        x = graph.add("Relu", graph.conv("Conv", x, f"down{number}", layer))
    x = graph.reshape(x, (-1, _CHANNELS * 16))
    x = graph.add("Relu", graph.dense(x, "hidden", parameters["hidden"]))
    dimensions = parameters["posterior"]["w"].shape[1] // 2
    posterior = {key: value[..., :dimensions] for key, value in parameters["posterior"].items()}
    x = graph.dense(x, "posterior", posterior)
    size = 4 << len(parameters["down"])
    graph.save(path, ("images", ["N", 1, size, size]), (x, "codes", ["N", dimensions]))


class _Graph:
    """Collects the nodes and weights of an ONNX graph."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def weight(self, name: str, values: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def dense(self, x: str, name: str, layer: dict[str, np.ndarray]) -> str:
        w, b = (self.weight(f"{name}_{key}", layer[key]) for key in "wb")
        return self.add("Gemm", x, w, b)

    def conv(self, kind: str, x: str, name: str, layer: dict[str, np.ndarray]) -> str:
        w, b = (self.weight(f"{name}_{key}", layer[key]) for key in "wb")
        return self.add(kind, x, w, b, strides=[2, 2], pads=[1, 1, 1, 1], kernel_shape=[4, 4])

    def reshape(self, x: str, shape: tuple[int, ...]) -> str:
        return self.add("Reshape", x, self.weight(f"shape{len(self.weights)}", np.array(shape)))

    def save(self, path: Path, given: tuple[str, list], made: tuple[str, str, list]) -> None:
        last, name, shape = made
        self.nodes.append(helper.make_node("Identity", [last], [name]))
        graph = helper.make_graph(
            self.nodes,
            path.stem,
            [helper.make_tensor_value_info(given[0], TensorProto.FLOAT, given[1])],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)],
            self.weights,
        )
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="latent examples"
        )
        model.ir_version = 9
        onnx.checker.check_model(model, full_check=True)
        path.write_bytes(model.SerializeToString(deterministic=True))
