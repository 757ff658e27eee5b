"""Codes decoded to images, through an ONNX decoder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError
from latentcli.numerics.types import Array, Progress
from latentcli.pictures._decoding import BATCH, MAX_MEMORY, TIMEOUT, Decoder
from latentcli.pictures._images import Convention, clipped, convention_of, images_of
from latentcli.results import Record, Result

COLUMNS = ("code", "least", "mean", "greatest", "moved")

_CLIPPED = 0.01
"""Share of numbers beyond the range from which it is said."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DecodeResult(Result):
    """What a decoder made of codes.

    `outputs` (N, ...) are its own numbers, None where they went to `out`; `images` (N, H, W, C) uint8,
    None for outputs that are no images; `convention` says how one became the other.
    """

    outputs: Array | None
    images: Array | None
    convention: Convention | None


def decode(
    codes: npt.ArrayLike,
    decoder: Decoder | str | os.PathLike[str],
    *,
    feed: Mapping[str, Any] | None = None,
    layout: str | None = None,
    limits: tuple[float, float] | None = None,
    size: tuple[int, int] | None = None,
    batch: int = BATCH,
    provider: str = "cpu",
    timeout: float = TIMEOUT,
    max_memory: int = MAX_MEMORY,
    out: Any = None,
    progress: Progress | None = None,
) -> DecodeResult:
    """Decode codes to outputs, and to images where they are some.

    Parameters
    ----------
    codes
        (N, D), (N, L, D) or (N, C, H, W): one code for each sample.
    decoder
        An ONNX file, or a `Decoder`. The input is the one that the codes fit.
    feed
        Values of other inputs by name (noise, label, truncation): a number, or an array.
    layout
        "NCHW", "NHWC", "NHW" or "flat"; None: found from the shape.
    limits
        The numbers that are black and white; None: 0 to 255, -1 to 1 or 0 to 1, found from the
        values of the first batch.
    size
        Height and width of flat outputs; None: a square.
    batch
        Codes that are decoded at a time, at most.
    provider
        "cpu" or "cuda".
    timeout, max_memory
        Seconds that one code, and bytes that the model may take.
    out
        Anything with `out[a:b] = block`, which gets the outputs; images are not kept then.
    progress
        Called with (done, total).

    Raises
    ------
    LatentError
        For codes that the model does not take, a model that fails, and without onnxruntime.
    FileError
        For a file that is no model.
    """
    values = np.asarray(codes)
    if values.ndim == 1:
        values = values[None]
    if values.dtype.kind not in "fiu" or not len(values):
        raise LatentError(f"codes of shape {values.shape} and type {values.dtype} are no codes")
    if not isinstance(decoder, Decoder):
        decoder = Decoder(
            decoder, feed=feed, provider=provider, timeout=timeout, max_memory=max_memory
        )
    parts: list[Array] = []
    pictures: list[Array] = []
    records: list[Record] = []
    convention: Convention | None = None
    beyond = 0.0
    before: Array | None = None
    for part in decoder.decode(values, batch=batch, progress=progress):
        start = len(records)
        if start == 0:
            convention = convention_of(part, layout=layout, limits=limits, size=size)
        records += _records(part, before, start)
        before = part[-1:]
        if out is None:
            parts.append(part)
            if convention is not None:
                pictures.append(images_of(part, convention))
        else:
            out[start : start + len(part)] = part
        if convention is not None:
            beyond += len(part) * clipped(part, convention)
    outputs = np.concatenate(parts) if parts else None
    return DecodeResult(
        outputs=outputs,
        images=np.concatenate(pictures) if pictures else None,
        convention=convention,
        title=f"{len(values):,} codes through {decoder.path.name}",
        columns=COLUMNS,
        records=records,
        summary=_summary(records, convention),
        settings={
            "decoder": str(decoder.path),
            "layout": convention.layout if convention else None,
            "low": convention.low if convention else None,
            "high": convention.high if convention else None,
            "batch": batch,
            "provider": provider,
        },
        notes=_notes(decoder, convention, beyond / len(values)),
    )


def _records(part: Array, before: Array | None, start: int) -> list[Record]:
    """Return for each output its least, mean and greatest number, and how far it is from the one before."""
    flat = part.reshape(len(part), -1).astype(np.float64)
    last = None if before is None else before.reshape(1, -1).astype(np.float64)
    previous = np.concatenate([flat[:1] if last is None else last, flat[:-1]])
    moved = np.sqrt(((flat - previous) ** 2).mean(axis=1))
    return [
        {
            "code": start + row,
            "least": float(one.min()),
            "mean": float(one.mean()),
            "greatest": float(one.max()),
            "moved": float(moved[row]) if start + row else None,
        }
        for row, one in enumerate(flat)
    ]


def _summary(records: list[Record], convention: Convention | None) -> Record:
    steps = [float(row["moved"]) for row in records[1:]]  # type: ignore[arg-type]
    summary: Record = {"codes": len(records)}
    if convention is not None:
        height, width, channels = convention.size
        summary |= {"height": height, "width": width, "channels": channels}
    if steps:
        summary |= {"largest_step": max(steps), "largest_step_at": 1 + int(np.argmax(steps))}
    return summary


def _notes(decoder: Decoder, convention: Convention | None, beyond: float) -> tuple[str, ...]:
    notes = []
    if len(decoder.outputs) > 1:
        others = ", ".join(decoder.outputs[1:])
        notes.append(f"of the outputs of {decoder.path.name}, {others} are not used")
    if convention is None:
        notes.append("the outputs are not images: their numbers can be written as an array")
    elif convention.guesses:
        notes.append(
            f"taken as images of {' and '.join(convention.guesses)}; `layout` and `limits` say otherwise"
        )
    if beyond > _CLIPPED:
        notes.append(
            f"{beyond:.0%} of the numbers lie beyond the range and are clipped: see `limits`"
        )
    return tuple(notes)
