"""Codes to outputs through a decoder: an ONNX model, run by onnxruntime in batches.

Longer than 300 lines: what may go wrong with a model, before it runs and while it does, is named here.

The conventions of exported decoders differ: the shape of the codes, a fixed or a free batch, float16 or
float32, other inputs. They are found from the model; what cannot be found is a parameter.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from latentcli.errors import (
    FileError,
    FormatError,
    LatentError,
    ParameterError,
    counted,
    reason,
    shown,
)
from latentcli.numerics.types import Array, Progress
from latentcli.pictures._onnx_graph import external_locations

PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
"""What runs a model, by our names and onnxruntime's."""

BATCH = 64
"""Codes that are decoded at a time, at most."""

TIMEOUT = 8.0
"""Seconds that one code may take, unless more are allowed: one that hangs is stopped within ten."""

_SLOWER = 10.0
"""How many times slower than the first code others may be."""

MAX_MEMORY = 2 << 30
"""Bytes that a model may use for what it computes, unless more are allowed."""

_FLOATS = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
}
_TYPES: dict[str, Any] = {
    **_FLOATS, "tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(bool)": np.bool_,
    "tensor(uint8)": np.uint8,
}  # fmt: skip


@dataclass(frozen=True)
class Input:
    """An input of a model: its name, NumPy type, and the shape of one sample, None where free.

    `batch` is how many samples are taken at a time, None for any number; a `scalar` has no axes; one that is
    `empty` has an axis of length 0, as the labels of a GAN without classes, and needs no value.
    """

    name: str
    dtype: Any
    shape: tuple[int | None, ...]
    batch: int | None
    scalar: bool = False
    empty: bool = False


class Decoder:
    """An ONNX model that makes outputs of codes.

    Parameters
    ----------
    path
        The file. Its weights may be in other files of its folder, and nowhere else.
    feed
        Values of inputs other than the codes, by name: a number for all of it, or an array.
    provider
        "cpu" or "cuda".
    timeout
        Seconds that one code may take, and the first run in any case.
    max_memory
        Bytes that the model may use for what it computes.

    Raises
    ------
    FileError
        For a file that cannot be read, or is no model that onnxruntime can run.
    LatentError
        Where onnxruntime is not installed.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        feed: Mapping[str, Any] | None = None,
        provider: str = "cpu",
        timeout: float = TIMEOUT,
        max_memory: int = MAX_MEMORY,
    ) -> None:
        if provider not in PROVIDERS:
            raise ParameterError("provider", provider, "cpu or cuda")
        if not timeout > 0:
            raise ParameterError("timeout", timeout, "a number of seconds above 0")
        self.path = Path(path)
        self.timeout = timeout
        self._session = _session(self.path, provider, max_memory)
        self._feed = dict(feed or {})
        self.inputs = [_input(one, self.path.name) for one in self._session.get_inputs()]
        self.outputs = [one.name for one in self._session.get_outputs()]
        unknown = [name for name in self._feed if name not in {one.name for one in self.inputs}]
        if unknown:
            names = ", ".join(one.name for one in self.inputs)
            raise ParameterError("feed", unknown[0], f"an input of {self.path.name}: {names}")

    def decode(
        self, codes: Array, *, batch: int = BATCH, progress: Progress | None = None
    ) -> Iterator[Array]:
        """Yield the outputs (n, ...) of codes (N, ...), at most `batch` at a time, in order.

        Raises LatentError for codes that no input takes, and for a model that fails, takes longer than
        the timeout or more memory than it may.
        """
        if batch < 1:
            raise ParameterError("batch", batch, "at least 1")
        target, shaped = self._fitted(codes)
        others = self._others(target)
        start, size = 0, target.batch or 1  # a first one alone shows what a code takes
        allowed, taken = self.timeout, 0.0
        while start < len(shaped):
            part = np.asarray(shaped[start : start + size])
            count = len(part)
            if target.batch and count < target.batch:  # copies of the last fill a fixed batch
                part = np.concatenate([part, part[-1:].repeat(target.batch - count, axis=0)])
            feed = {target.name: np.ascontiguousarray(part, dtype=target.dtype)}
            feed |= {
                one.name: self._value(one, start, len(part), len(shaped)) for one in others
            }
            begun = time.monotonic()
            made = self._run(feed, len(part), allowed)
            taken = taken or (time.monotonic() - begun) / size
            yield made[:count]
            start, size = start + count, target.batch or batch
            allowed = max(self.timeout, size * min(self.timeout, _SLOWER * taken))
            if progress:
                progress(start, len(shaped))

    def _fitted(self, codes: Array) -> tuple[Input, Array]:
        """Return the input that takes the codes, and the codes in its shape."""
        free = [one for one in self.inputs if one.name not in self._feed]
        floats = [one for one in free if one.dtype in _FLOATS.values() and not one.empty]
        for one in floats:
            if not one.scalar and _fits(codes.shape[1:], one.shape):
                return one, codes
        for one in floats:  # one code for all layers: a W code where W+ is taken
            if len(one.shape) == codes.ndim and codes.ndim == 2 and _fits(
                codes.shape[1:], one.shape[1:]
            ) and one.shape[0]:  # fmt: skip
                return one, codes[:, None].repeat(one.shape[0], axis=1)
        size = int(np.prod(codes.shape[1:]))
        for one in floats:  # the same numbers in another shape
            known = [length for length in one.shape if length is not None]
            if len(known) == len(one.shape) and int(np.prod(known)) == size:
                return one, codes.reshape(len(codes), *known)
        described = "; ".join(f"{one.name} {_written(one.shape)}" for one in self.inputs)
        raise LatentError(
            f"{self.path.name} takes no codes of shape {_written(codes.shape[1:])}: its inputs "
            f"are {described or 'none'}"
        )

    def _others(self, target: Input) -> list[Input]:
        others = [one for one in self.inputs if one is not target]
        missing = [one for one in others if one.name not in self._feed and not one.empty]
        if missing:
            names = ", ".join(f"{one.name} {_written(one.shape)}" for one in missing)
            raise LatentError(
                f"{self.path.name} has other inputs: {names}; give each a value with `feed`, "
                f"such as {missing[0].name}=0"
            )
        return others

    def _value(self, one: Input, start: int, rows: int, codes: int) -> Array:
        """Return what an input other than the codes gets for `rows` codes from `start` on."""
        shape: tuple[int, ...] = ()
        if not one.scalar:
            shape = (one.batch or rows, *(size or int(not one.empty) for size in one.shape))
        if one.empty:
            return np.zeros(shape, one.dtype)
        given = np.asarray(self._feed[one.name])
        if (
            shape and given.ndim == len(shape) and len(given) == codes > 1
        ):  # a row for each code
            given = given[np.minimum(np.arange(start, start + rows), codes - 1)]
        try:
            return np.array(np.broadcast_to(given, shape), dtype=one.dtype, order="C")
        except ValueError:
            raise LatentError(
                f"the value of {one.name} has shape {given.shape}; {self.path.name} takes "
                f"{_written(one.shape)}"
            ) from None

    def _run(self, feed: dict[str, Array], rows: int, seconds: float) -> Array:
        with _limited(seconds) as (options, stopped):
            try:
                found = self._session.run([self.outputs[0]], feed, options)[0]
            except Exception as error:  # onnxruntime raises classes of its own
                if stopped.is_set():
                    raise LatentError(
                        f"{self.path.name} takes longer than {seconds:.3g} s for "
                        f"{counted(rows, 'code')}; `timeout` allows more"
                    ) from None
                raise LatentError(f"{self.path.name}: {_cause(error)}") from None
        made = np.asarray(found)
        if made.ndim < 1 or len(made) != rows:
            raise LatentError(
                f"{self.path.name} made an output of shape {_written(made.shape)} of {rows} codes: "
                "its first axis has to be that of the codes"
            )
        return made


def _session(path: Path, provider: str, max_memory: int) -> Any:
    try:
        import onnxruntime as ort
    except ImportError:
        raise LatentError(
            "decoders are run by onnxruntime, which is not installed; run: "
            "pip install 'latentcli[decode]'"
        ) from None
    _check_weights(path)
    options = ort.SessionOptions()
    options.log_severity_level = 4  # what fails is raised, and said once
    options.add_session_config_entry("session.use_env_allocators", "1")
    memory = ort.OrtMemoryInfo(
        "Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT
    )
    ort.create_and_register_allocator(memory, ort.OrtArenaCfg(max_memory, 0, -1, -1))
    needed = PROVIDERS[provider]
    if needed not in ort.get_available_providers():
        raise LatentError(f"this onnxruntime has no {needed}; install onnxruntime-gpu for it")
    try:
        return ort.InferenceSession(str(path), options, providers=[needed])
    except Exception as error:
        raise FormatError(
            f"{path.name} is not a model that can be run: {_cause(error)}"
        ) from None


def _check_weights(path: Path) -> None:
    """Refuse what is no model, and weights outside the model's folder."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError(f"cannot read {path}: {reason(error)}") from error
    if not content:
        raise FormatError(f"{path.name} is empty")
    try:
        locations = external_locations(content)
    except FormatError as error:
        raise FormatError(f"{path.name}: {error}") from None
    folder = path.resolve().parent
    for location in sorted(locations):
        place = (folder / location).resolve()
        if folder not in place.parents:
            raise FormatError(
                f"{path.name} has weights outside its folder ({shown(location, 80)}), which are "
                "not read"
            )
        if not place.is_file():
            raise FormatError(
                f"{path.name} has weights in {shown(location, 80)}, which is missing"
            )


@contextmanager
def _limited(seconds: float) -> Iterator[tuple[Any, threading.Event]]:
    """Give run options that end the run after some seconds, and whether they did."""
    import onnxruntime as ort

    options = ort.RunOptions()
    stopped = threading.Event()

    def stop() -> None:
        stopped.set()
        options.terminate = True

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield options, stopped
    finally:
        timer.cancel()


def _input(one: Any, model: str) -> Input:
    if one.type not in _TYPES:
        raise FormatError(
            f"{model} has an input of {one.type} ({one.name}), which is not supported"
        )
    sizes = [size if isinstance(size, int) and size > 0 else None for size in one.shape]
    batch = sizes[0] if sizes else None
    empty = 0 in one.shape[1:]
    return Input(one.name, _TYPES[one.type], tuple(sizes[1:]), batch, not sizes, empty)


def _fits(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    return len(shape) == len(expected) and all(
        size is None or size == have for have, size in zip(shape, expected, strict=True)
    )


def _written(shape: tuple[int | None, ...]) -> str:
    return f"({', '.join('N' if size is None else str(size) for size in shape)})"


def _cause(error: Exception) -> str:
    """Return the one sentence of an onnxruntime message that says what is wrong."""
    text = str(error)
    if "Available memory" in text or "bad_alloc" in text or "Failed to allocate" in text:
        return "it takes more memory than `max_memory` allows"
    for mark in ("Status Message: ", "failed:"):
        text = text.rpartition(mark)[2] or text
    return shown(text, 200)
