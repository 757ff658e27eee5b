"""Decoders made with the onnx package, whose outputs are known in closed form."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, HALF, UINT8 = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.UINT8
info = helper.make_tensor_value_info


def save(path, nodes, inputs, outputs, weights=(), **options):
    named = [numpy_helper.from_array(np.asarray(value), name) for name, value in weights]
    graph = helper.make_graph(nodes, "graph", inputs, outputs, named)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], **options)
    model.ir_version = 9
    path.write_bytes(model.SerializeToString())
    return str(path)


def affine(path, *, shape=(3,), size=(1, 4, 4), batch="N", kind=FLOAT, ending=None, scale=1.0,
           channels_last=False, flat=False):  # fmt: skip
    """Output = scale * ending(z W), W fixed; the shape of a code is `shape`, of an image `size`."""
    dtype = np.float16 if kind == HALF else np.float32
    count, pixels = int(np.prod(shape)), int(np.prod(size))
    weights = (np.arange(count * pixels).reshape(count, pixels) % 7 - 3).astype(dtype) / 8
    nodes = [
        helper.make_node("Reshape", ["z", "flat"], ["row"]),
        helper.make_node("MatMul", ["row", "w"], ["y0"]),
        helper.make_node(ending or "Identity", ["y0"], ["y1"]),
        helper.make_node("Mul", ["y1", "scale"], ["y2"]),
    ]
    named = [("flat", [-1, count]), ("w", weights), ("scale", dtype(scale))]
    named[0] = ("flat", np.array([-1, count]))
    if flat:
        nodes.append(helper.make_node("Identity", ["y2"], ["image"]))
        out = [batch, pixels]
    else:
        nodes.append(helper.make_node("Reshape", ["y2", "size"], ["y3"]))
        named.append(("size", np.array([-1, *size])))
        if channels_last:
            nodes.append(helper.make_node("Transpose", ["y3"], ["image"], perm=[0, 2, 3, 1]))
            out = [batch, *size[1:], size[0]]
        else:
            nodes.append(helper.make_node("Identity", ["y3"], ["image"]))
            out = [batch, *size]
    save(path, nodes, [info("z", kind, [batch, *shape])], [info("image", kind, out)], named)
    return str(path), weights


def loop(path):
    """A loop that does not end in a lifetime."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["more"], ["go"]),
            helper.make_node("Add", ["v", "one"], ["v2"]),
        ],
        "body",
        [info("i", TensorProto.INT64, []), info("more", TensorProto.BOOL, []),
         info("v", FLOAT, ["N", 4])],
        [info("go", TensorProto.BOOL, []), info("v2", FLOAT, ["N", 4])],
        [numpy_helper.from_array(np.float32(1), "one")],
    )  # fmt: skip
    node = helper.make_node("Loop", ["times", "yes", "z"], ["image"], body=body)
    weights = [("times", np.int64(2**62)), ("yes", np.array(True))]
    inputs, outputs = [info("z", FLOAT, ["N", 4])], [info("image", FLOAT, ["N", 4])]
    return save(path, [node], inputs, outputs, weights)


def huge(path):
    """An output of 10^12 numbers."""
    nodes = [
        helper.make_node("ReduceMean", ["z"], ["mean"], axes=[1], keepdims=1),
        helper.make_node("Expand", ["mean", "size"], ["image"]),
    ]
    inputs, outputs = [info("z", FLOAT, ["N", 4])], [info("image", FLOAT, None)]
    return save(path, nodes, inputs, outputs, [("size", np.array([1, 10**12]))])


def custom(path):
    """An operator that nobody has."""
    node = helper.make_node("Nonsense", ["z"], ["image"], domain="org.example")
    return save(path, [node], [info("z", FLOAT, ["N", 4])], [info("image", FLOAT, ["N", 4])])


def external(path, location):
    """Weights in another file."""
    tensor = numpy_helper.from_array(np.eye(4, dtype=np.float32), "w")
    data = tensor.raw_data
    onnx.external_data_helper.set_external_data(tensor, location, length=len(data))
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["z", "w"], ["image"])],
        "graph", [info("z", FLOAT, ["N", 4])], [info("image", FLOAT, ["N", 4])], [tensor],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    path.write_bytes(model.SerializeToString())
    return data
