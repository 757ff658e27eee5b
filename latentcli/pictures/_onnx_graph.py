"""What an ONNX file points to, read from its bytes: the files of weights outside it.

ONNX is a Protocol Buffers message. A few field numbers suffice to find every tensor with
external data, in the main graph and in graphs of nodes' attributes, without the onnx package.
"""

from __future__ import annotations

from collections.abc import Iterator

from latentcli.errors import FormatError

_MODEL = {7: "graph", 25: "function"}
_FIELDS: dict[str, dict[int, str]] = {
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node"},
    "node": {5: "attribute"},
    "attribute": {
        5: "tensor",
        6: "graph",
        10: "tensor",
        11: "graph",
        22: "sparse",
        23: "sparse",
    },
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {13: "entry"},
}
"""The fields of each message that lead to tensors, and what kind of message they hold."""

_DEPTH = 64


def external_locations(model: bytes) -> set[str]:
    """Return the names of the files that hold tensors outside the model.

    Raises FormatError for bytes that are no Protocol Buffers message, or nested too deeply.
    """
    return set(_locations(memoryview(model), _MODEL, 0))


def _locations(message: memoryview, fields: dict[int, str], depth: int) -> Iterator[str]:
    if depth > _DEPTH:
        raise FormatError("an ONNX model whose graphs are nested too deeply")
    for number, value in _length_delimited(message):
        kind = fields.get(number)
        if kind == "entry":
            key, text = _entry(value)
            if key == "location":
                yield text
        elif kind is not None:
            yield from _locations(value, _FIELDS[kind], depth + 1)


def _entry(message: memoryview) -> tuple[str, str]:
    """Return a StringStringEntryProto's key and value."""
    parts = dict(_length_delimited(message))
    key, value = (bytes(parts.get(number, b"")).decode("utf-8", "replace") for number in (1, 2))
    return key, value


def _length_delimited(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Yield number and bytes of each length-delimited field; others are passed over."""
    place = 0
    while place < len(message):
        tag, place = _varint(message, place)
        number, kind = tag >> 3, tag & 7
        if kind == 0:
            _, place = _varint(message, place)
        elif kind in (1, 5):
            place += 8 if kind == 1 else 4
        elif kind == 2:
            length, place = _varint(message, place)
            if length > len(message) - place:
                raise FormatError("not an ONNX model, or a truncated one")
            yield number, message[place : place + length]
            place += length
        else:
            raise FormatError("not an ONNX model")
    if place > len(message):
        raise FormatError("a truncated ONNX model")


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if place >= len(message) or shift > 63:
            raise FormatError("not an ONNX model, or a truncated one")
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7
