"""Control vectors as llama.cpp reads them: a GGUF file with a tensor `direction.l` for each layer l.

The format is a header, keys with values, a list of tensors, and the numbers; a library for it would be
larger than what is needed of it. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import json
import struct
from typing import IO, Any

import numpy as np

from latentcli.errors import FormatError
from latentcli.files.outputs import META
from latentcli.numerics.types import Array

_ALIGNED = 32
_UINT32, _STRING, _F32 = 4, 8, 0


def write(file: IO[bytes], vectors: Array, meta: dict[str, Any]) -> None:
    """Write a vector for each layer (L, D) as float32; row l is `direction.l`.

    Row 0, the embeddings, has no place in the format. Raises FormatError for other shapes.
    """
    if vectors.ndim != 2 or len(vectors) < 2 or vectors.dtype.kind != "f":
        raise FormatError(
            f"a GGUF control vector has a row for each layer from 0, (L, D), not {vectors.shape}"
        )
    rows = np.ascontiguousarray(vectors[1:], dtype="<f4")
    if not np.isfinite(rows).all():
        raise FormatError("the vectors have numbers that float32 cannot hold")
    size = rows.shape[1] * 4
    step = -(-size // _ALIGNED) * _ALIGNED
    pairs: list[tuple[str, int, str | int]] = [
        ("general.architecture", _STRING, "controlvector"),
        ("controlvector.model_hint", _STRING, str(meta["settings"].get("space") or "")),
        ("controlvector.layer_count", _UINT32, len(rows)),
        ("latent.provenance", _STRING, json.dumps({META: meta}, ensure_ascii=False)),
    ]
    head = b"GGUF" + struct.pack("<IQQ", 3, len(rows), len(pairs))
    for key, kind, value in pairs:
        body = struct.pack("<I", value) if isinstance(value, int) else _text(value)
        head += _text(key) + struct.pack("<I", kind) + body
    for index in range(len(rows)):
        head += _text(f"direction.{index + 1}")
        head += struct.pack("<IQIQ", 1, rows.shape[1], _F32, index * step)
    file.write(head + bytes(-len(head) % _ALIGNED))
    for row in rows:
        file.write(row.tobytes() + bytes(step - size))


def _text(text: str) -> bytes:
    data = text.encode("utf-8", "backslashreplace")
    return struct.pack("<Q", len(data)) + data
