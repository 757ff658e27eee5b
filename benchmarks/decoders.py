"""Decoding: our overhead over the model itself, run by onnxruntime alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from measuring import Bench, Row

_CODES, _BATCH, _TURNS = 256, 64, 5
_WIDTHS = (256, 128, 64, 32, 3)


def generator(path: Path) -> None:
    """Write a generator like DCGAN's (Radford et al., 2016), half as wide: 100 numbers to 3 x 64 x 64."""
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng(0)
    nodes = [helper.make_node("Reshape", ["z", "shape"], ["x0"])]
    weights = [numpy_helper.from_array(np.array([-1, 100, 1, 1]), "shape")]
    for number, (inputs, outputs) in enumerate(zip((100, *_WIDTHS), _WIDTHS, strict=False)):
        kernel = rng.standard_normal((inputs, outputs, 4, 4)) / np.sqrt(4 * inputs)
        weights.append(numpy_helper.from_array(kernel.astype(np.float32), f"w{number}"))
        stride, pad = (1, 0) if number == 0 else (2, 1)
        nodes += [
            helper.make_node(
                "ConvTranspose", [f"x{number}", f"w{number}"], [f"y{number}"],
                strides=[stride, stride], pads=[pad] * 4, kernel_shape=[4, 4],
            ),
            helper.make_node(
                "Tanh" if outputs == 3 else "Relu", [f"y{number}"], [f"x{number + 1}"]
            ),
        ]  # fmt: skip
    graph = helper.make_graph(
        nodes, "generator",
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["N", 100])],
        [helper.make_tensor_value_info(f"x{len(_WIDTHS)}", TensorProto.FLOAT, ["N", 3, 64, 64])],
        weights,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path.write_bytes(model.SerializeToString())


def decoding(bench: Bench) -> list[Row]:
    """Codes to images in batches of 64, beside `session.run` of the same batches."""
    import onnxruntime

    import latentcli

    path = bench.work / "generator.onnx"
    generator(path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    codes = np.random.default_rng(1).standard_normal((_CODES, 100)).astype(np.float32)

    def bare() -> None:
        for start in range(0, _CODES, _BATCH):
            session.run(None, {"z": codes[start : start + _BATCH]})

    model = latentcli.Decoder(path)
    ours, alone = _least(lambda: latentcli.decode(codes, model, batch=_BATCH), bare)
    return [
        Row(
            f"latent decode, {_CODES} codes to 64 x 64 x 3, batch {_BATCH}",
            f"{ours * 1000:.0f} ms",
            f"onnxruntime {alone * 1000:.0f} ms",
            f"{ours / alone:.2f} x its time",
            "<= 1.1 x",
        )
    ]


def _least(*functions: Callable[[], object]) -> list[float]:
    """Return the least seconds of each function, called in turn."""
    found = [float("inf")] * len(functions)
    for _ in range(_TURNS):
        for number, function in enumerate(functions):
            begun = time.perf_counter()
            function()
            found[number] = min(found[number], time.perf_counter() - begun)
    return found
