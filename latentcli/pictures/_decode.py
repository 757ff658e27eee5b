"""Codes decoded to images, through an ONNX decoder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError
from latentcli.numerics.types import Array, Progress
from latentcli.pictures._decoding import BATCH, MAX_MEMORY, TIMEOUT, Decoder
from latentcli.pictures._images import Convention, convention_of
from latentcli.pictures._kept_outputs import KeptOutputs
from latentcli.pictures._movement import Movement
from latentcli.results import Record, Result

_CLIPPED = 0.01
"""Share of numbers beyond the range from which it is said."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DecodeResult(Result):
    """What a decoder made of codes.

    Attributes
    ----------
    outputs
        (N, ...): the decoder's own numbers; None where they went to `out`.
    images
        (N, H, W, C) uint8; None for outputs that are no images, and where they were not requested.
    shape, dtype
        Of the outputs, also where `out` took them.
    convention
        How outputs became images: layout, size, range.
    moved, feature_moved
        How far each output (each feature vector of it) is from the one before, (N,): root mean
        squares; NaN where a path begins. `feature_moved` is None without `features`.
    """

    outputs: Array | None
    images: Array | None
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    convention: Convention | None
    moved: Array
    feature_moved: Array | None


def decode(
    codes: npt.ArrayLike,
    decoder: Decoder | str | os.PathLike[str],
    *,
    features: Decoder | str | os.PathLike[str] | None = None,
    steps: int | None = None,
    feed: Mapping[str, Any] | None = None,
    layout: str | None = None,
    limits: tuple[float, float] | None = None,
    size: tuple[int, int] | None = None,
    batch: int = BATCH,
    provider: str = "cpu",
    timeout: float = TIMEOUT,
    max_memory: int = MAX_MEMORY,
    images: bool = True,
    names: Sequence[str] | None = None,
    out: Any = None,
    progress: Progress | None = None,
) -> DecodeResult:
    """Decode codes to outputs, and to images where they are some.

    Parameters
    ----------
    codes
        (N, D), (N, L, D) or (N, C, H, W): one code for each sample.
    decoder
        An ONNX file, the name of a sample model, or a `Decoder`. The input is the one that the codes fit.
    features
        A second model, which takes outputs: moves are measured in what it makes of them as well.
    steps
        So many codes in a row are one path, from 2; None: the codes are no paths.
    feed
        Values of other inputs by name (noise, label, truncation): a number, an array, or one with
        a row for each code.
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
        Seconds that one code, and bytes that the model, and what is kept of its outputs, may take.
    images
        Make images of the outputs and keep them.
    names
        What the codes are called in notes.
    out
        Anything with `out[a:b] = block`, which gets the outputs; they are not kept then.
    progress
        Called with (done, total).

    Returns
    -------
    DecodeResult
        Records of `code`, `least`, `mean`, `greatest`, `output_step`, and with features `feature_step`.

    Raises
    ------
    LatentError
        For codes that the model does not take, a model that fails, and without onnxruntime.
    FileError
        For a file that is no model.

    Examples
    --------
    >>> import latentcli
    >>> digits = latentcli.decode("digits::codes[0:2]", "digits")
    >>> digits.images.shape, digits.convention.layout
    ((2, 16, 16, 1), 'NCHW')
    """
    values = np.asarray(codes)
    if values.ndim == 1:
        values = values[None]
    if values.dtype.kind not in "fiu" or not len(values):
        raise LatentError(
            f"an array of shape {values.shape} and type {values.dtype} holds no codes"
        )
    if steps is not None and (steps < 2 or len(values) % steps):
        raise ParameterError("steps", steps, f"from 2, a divisor of {len(values):,} codes")
    model = opened(
        decoder, feed=feed, provider=provider, timeout=timeout, max_memory=max_memory
    )
    network = None
    if features is not None:
        network = opened(features, provider=provider, timeout=timeout, max_memory=max_memory)
    kept = KeptOutputs(len(values), out, max_memory)
    moves, feature_moves = Movement(steps), Movement(steps)
    convention, parts = _looked_at(
        model.decode(values, batch=batch, progress=progress), batch, layout, limits, size
    )
    for part in parts:
        kept.add(part, convention, images=images)
        moves.add(part)
        if network is not None:
            feature_moves.add(np.concatenate(list(network.decode(part, batch=batch))))
    feature_moved = None if network is None else feature_moves.moved
    columns, records = kept.records(moves.moved, feature_moved)
    summary: Record = {"codes": len(values), **moves.summary("output")}
    if convention is not None:
        height, width, channels = convention.size
        summary |= {"height": height, "width": width, "channels": channels}
    if network is not None:
        summary |= feature_moves.summary("feature")
    return DecodeResult(
        outputs=kept.outputs,
        images=kept.images,
        shape=(len(values), *kept.shape),
        dtype=kept.dtype,
        convention=convention,
        moved=moves.moved,
        feature_moved=feature_moved,
        title=f"{len(values):,} codes through {model.path.name}",
        columns=columns,
        records=records,
        summary=summary,
        settings={
            "decoder": str(model.path),
            "features": None if network is None else str(network.path),
            "layout": convention.layout if convention else None,
            "low": convention.low if convention else None,
            "high": convention.high if convention else None,
            "batch": batch,
            "provider": provider,
        },
        notes=_notes(model, convention, kept.beyond / len(values), moves, names),
    )


def opened(model: Decoder | str | os.PathLike[str], **options: Any) -> Decoder:
    """Return a model that is open, or that of a file."""
    return model if isinstance(model, Decoder) else Decoder(model, **options)


def _looked_at(
    parts: Iterator[Array],
    batch: int,
    layout: str | None,
    limits: tuple[float, float] | None,
    size: tuple[int, int] | None,
) -> tuple[Convention | None, Iterator[Array]]:
    """Find from the first batch of outputs how they are images; return it and all parts."""
    head: list[Array] = []
    for part in parts:
        head.append(part)
        if sum(map(len, head)) > batch:
            break
    first = np.concatenate(head)
    convention = convention_of(first, layout=layout, limits=limits, size=size)
    return convention, chain([first], parts)


def _notes(
    decoder: Decoder,
    convention: Convention | None,
    beyond: float,
    moves: Movement,
    names: Sequence[str] | None,
) -> tuple[str, ...]:
    notes = []
    if len(decoder.outputs) > 1:
        others = ", ".join(decoder.outputs[1:])
        notes.append(f"of the outputs of {decoder.path.name}, {others} are not used")
    if convention is None:
        notes.append("the outputs are not images: their numbers can be written as an array")
    elif convention.guesses:
        notes.append(
            f"read as images with {' and '.join(convention.guesses)}; `layout` and `limits` say otherwise"
        )
    if beyond > _CLIPPED:
        notes.append(
            f"{beyond:.0%} of the numbers lie beyond the range and are clipped: see `limits`"
        )
    jump = moves.jump()
    if jump is not None:
        place = f"code {jump[0]}" if names is None else names[jump[0]]
        notes.append(
            f"the output jumps at {place}: that step is {jump[1]:.1f} x the median step"
        )
    return tuple(notes)
