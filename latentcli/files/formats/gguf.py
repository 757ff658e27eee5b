"""GGUF, as llama.cpp keeps models and control vectors: a header, then raw or quantized tensors.

A control vector has a tensor `direction.N` for each layer N; without a key they are read as one array
(layers, features). Of a model, the token embeddings are read, with the tokens as words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from latentcli.errors import FormatError, shown
from latentcli.files import arrays, bounds
from latentcli.files.formats.gguf_header import Header, Source, Tensor, read_header
from latentcli.files.reading import Block, Findings, Reading, decode
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

_DTYPES = {
    "F32": "f4", "F16": "f2", "F64": "f8", "BF16": "u2", "I8": "i1", "I16": "i2", "I32": "i4",
    "I64": "i8",
}  # fmt: skip
_READABLE = {*_DTYPES, "Q8_0"}
_NAMES = {"BF16": "bfloat16", "Q8_0": "q8_0"}
_DIRECTION = re.compile(r"direction\.(\d{1,9})", re.ASCII)
_TEXT = re.compile(rb"[\t\n\r -~]{4}")
_EMBEDDINGS = "token_embd.weight"


def sniff(stream: Stream) -> bool:
    """Tell by the magic letters, unless they begin a line of text: a version is no four letters."""
    head = stream.head(8)
    return head[:4] == b"GGUF" and not _TEXT.fullmatch(head[4:])


def read(stream: Stream, key: str = "") -> Reading:
    """Read the tensor that is meant as rows, or the directions of all layers as one array."""
    source = Source(stream)
    try:
        header = read_header(source)
    except ValueError as error:
        raise stream.error(f"a damaged GGUF header ({shown(error)})") from error
    _check_there(stream, header)
    layers = [] if key else _layers(header.tensors)
    if layers:
        return _control_vector(stream, source, header, layers)
    chosen = _chosen(stream, header, key)
    tensor = header.tensors[chosen]
    label = f"{stream.name}::{shown(chosen)}"
    rows, dimensions = arrays.rows_of(label, tensor.shape, _dtype(tensor))
    tokens = header.tokens if chosen == _EMBEDDINGS else None
    words = tokens if tokens is not None and len(tokens) == rows else None
    findings = Findings()
    reading = Reading(
        format="GGUF",
        dimensions=dimensions,
        blocks=lambda: _blocks(source, header, label, tensor, words, findings),
        findings=findings,
        dtype=_NAMES.get(tensor.type.name, str(_dtype(tensor))),
        key=chosen,
        shape=tensor.shape,
        notes=arrays.flattened_note(tensor.shape)
        + (["the words are its tokens"] if words else []),
    )
    offset = header.data + tensor.start
    if tensor.type.name == "F32" and header.order == "<" and stream.plain and not words:
        reading.mapped = (stream.path, offset, rows) if offset % 4 == 0 else None
    return reading


def _dtype(tensor: Tensor) -> np.dtype[np.generic]:
    """Return the dtype that a tensor's numbers are given in."""
    name = tensor.type.name
    return np.dtype("f4" if name in _NAMES else _DTYPES[name])


def _check_there(stream: Stream, header: Header) -> None:
    """Refuse tensors that lie beyond the end of the file."""
    if stream.plain:
        for name, tensor in header.tensors.items():
            if header.data + tensor.end > stream.size:
                raise stream.error(f"truncated: the numbers of '{shown(name)}' are not there")


def _chosen(stream: Stream, header: Header, key: str) -> str:
    """Return the name of the tensor that is meant."""
    name = key or (_EMBEDDINGS if _EMBEDDINGS in header.tensors else "")
    shapes: arrays.Shapes = {
        name: (tensor.shape, _dtype(tensor))
        for name, tensor in header.tensors.items()
        if tensor.type.name in _READABLE
    }
    meant = name if name or shapes else next(iter(header.tensors), "")
    if meant in header.tensors and meant not in shapes:
        raise stream.error(
            f"'{shown(meant)}' is {header.tensors[meant].type.name}, which cannot be read; "
            "F32, F16, BF16 and Q8_0 can"
        )
    return arrays.choose(stream.name, shapes, name)


# ---- control vectors


def _layers(tensors: dict[str, Tensor]) -> list[str]:
    """Return the names of the directions in the order of their layers; [] where there is something else.

    A control vector holds nothing but `direction.N`, floating-point numbers of one length.
    """
    numbers = {name: _DIRECTION.fullmatch(name) for name in tensors}
    if not all(numbers.values()):
        return []
    alike = {(one.shape, one.type.name) for one in tensors.values()}
    if len(alike) != 1:
        return []
    shape, stored = next(iter(alike))
    if len(shape) != 1 or stored not in _READABLE or stored.startswith("I"):
        return []
    return sorted(tensors, key=lambda name: (int(name.split(".")[1]), name))


def _control_vector(
    stream: Stream, source: Source, header: Header, names: list[str]
) -> Reading:
    """Read the directions of all layers as one array."""
    first = header.tensors[names[0]]
    shape = (len(names), *first.shape)
    rows, dimensions = arrays.rows_of(stream.name, shape, _dtype(first))
    bounds.check_total(stream.name, rows * dimensions * _dtype(first).itemsize)
    numbers = [int(name.split(".")[1]) for name in names]
    gap = "" if numbers[-1] - numbers[0] + 1 == len(names) else ", with gaps"
    return Reading(
        format="GGUF control vector",
        dimensions=dimensions,
        blocks=lambda: arrays.in_blocks(_stacked(stream, source, header, names)),
        findings=Findings(),
        dtype=_NAMES.get(first.type.name, str(_dtype(first))),
        shape=shape,
        axes="LD",
        notes=[
            f"a control vector: row 0 is layer {numbers[0]}, the last row layer {numbers[-1]}{gap}"
        ],
    )


def _stacked(stream: Stream, source: Source, header: Header, names: list[str]) -> Array:
    """Read the tensors in the order in which they lie in the file; return them in the order of names."""
    first = header.tensors[names[0]]
    values = np.empty((len(names), *first.shape), dtype=_dtype(first))
    for row in sorted(range(len(names)), key=lambda row: header.tensors[names[row]].start):
        tensor = header.tensors[names[row]]
        label = f"{stream.name}::{shown(names[row])}"
        for block in _blocks(source, header, label, tensor, None, Findings()):
            values[row] = block.values[0]
    return values


# ---- the numbers


def _blocks(
    source: Source,
    header: Header,
    label: str,
    tensor: Tensor,
    words: list[bytes] | None,
    findings: Findings,
) -> Iterator[Block]:
    if not source.skip(header.data + tensor.start - source.place):
        raise FormatError(f"{label}: truncated: its numbers are not there")
    stored = tensor.type.name
    rows, dimensions = arrays.rows_of(label, tensor.shape, _dtype(tensor))
    kind = np.dtype(header.order + _DTYPES.get(stored, "u1"))
    width = dimensions // tensor.type.per_block * tensor.type.size // kind.itemsize
    done = 0
    for _, raw, _ in arrays.stream_rows(source, label, kind, rows, width):
        values = _numbers(raw, stored, header.order)
        part = decode(words[done : done + len(values)], findings) if words is not None else None
        yield Block(part, values)
        done += len(values)


def _numbers(raw: Array, stored: str, order: str) -> Array:
    """Return the numbers of rows as they are stored.

    bfloat16 is the upper half of float32; Q8_0 has a float16 scale before every 32 int8.
    """
    if stored == "BF16":
        return (raw.astype("=u4") << 16).view("=f4")
    if stored == "Q8_0":
        parts = raw.view(np.dtype([("scale", f"{order}f2"), ("values", "i1", 32)]))
        with np.errstate(invalid="ignore"):  # a scale of infinity or NaN
            whole: Array = parts["values"] * parts["scale"].astype("f4")[..., None]
        return whole.reshape(len(raw), -1)
    return raw
