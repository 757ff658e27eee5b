"""Smoothness of a decoder along paths between codes: perceptual path length, slopes and jumps.

    PPL = E [ d(G(p(t)), G(p(t + epsilon))) / epsilon^2 ]        (Karras, Laine and Aila, 2019)

p is the path between two random codes (slerp in z, lerp in w), t is uniform, and d is the mean squared
difference of outputs, or of what a second network makes of them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError, check_choice
from latentcli.numerics.types import Array, Progress
from latentcli.pictures._decode import opened
from latentcli.pictures._decoding import BATCH, Decoder
from latentcli.pictures._movement import JUMP
from latentcli.results import Bars, Interval, Record, Result

PATHS: tuple[str, ...] = ("slerp", "lerp")
"""The path between two codes: slerp for z, whose prior is a sphere; lerp for w."""

COLUMNS = ("measure", "value", "low", "high", "note")
QUANTILES = (0.5, 0.9, 0.99)

EPSILON = 1e-4
"""The step along a path, as published."""

_HALF_EPSILON = 1e-2
"""The step for decoders in float16, whose rounding hides a smaller one."""

_STEPS = 16
"""Steps of a path that is looked at for jumps."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SmoothnessResult(Result):
    """How smooth a decoder is between codes.

    `path_length` is the perceptual path length with its 95 % `interval` over pairs; `slopes` are the
    quantiles 0.5, 0.9 and 0.99 of how far outputs move for a move of codes; `jumps` in [0, 1] is the share of
    pairs whose path crosses a jump.
    """

    path_length: float
    interval: Interval
    slopes: tuple[float, ...]
    jumps: float


def smoothness(
    codes: npt.ArrayLike,
    decoder: Decoder | str | os.PathLike[str],
    *,
    features: Decoder | str | os.PathLike[str] | None = None,
    path: str = "slerp",
    pairs: int = 1000,
    jump_pairs: int = 50,
    epsilon: float | None = None,
    batch: int = BATCH,
    seed: int = 0,
    progress: Progress | None = None,
) -> SmoothnessResult:
    """Measure how smoothly outputs change along paths between random pairs of codes.

    Parameters
    ----------
    codes
        (N, ...): the pairs are drawn from these; two or more.
    decoder
        An ONNX file, or a `Decoder`.
    features
        A second model, in whose outputs distances are taken, as LPIPS does; None: in the outputs.
    path
        "slerp" (for z) or "lerp" (for w).
    pairs
        Pairs for the path length and the slopes.
    jump_pairs
        Pairs whose path is followed in 16 steps to find jumps.
    epsilon
        The step along a path; None: 1e-4 as published, 1e-2 for outputs in float16.
    batch
        Codes decoded at a time.
    seed
        Random seed of pairs and times.
    progress
        Called with (done, total).

    Returns
    -------
    SmoothnessResult
        The path length has no upper bound; lower is smoother. It depends on the scale of outputs and of
        codes: compare models on the same data and range only.

    Raises
    ------
    LatentError
        For fewer than two different codes, and for a model that fails.
    """
    check_choice("path", path, PATHS)
    for name, count, least in (("pairs", pairs, 2), ("jump_pairs", jump_pairs, 0)):
        if count < least:
            raise ParameterError(name, count, f"at least {least}")
    values = np.asarray(codes, dtype=np.float64)
    if values.ndim < 2 or len(values) < 2 or not np.isfinite(values).all():
        raise LatentError(
            f"smoothness takes two codes or more, not an array of shape {values.shape}"
        )
    decoder = opened(decoder)
    features = None if features is None else opened(features)
    model = _Model(decoder, features, batch)
    random = np.random.default_rng(seed)
    one, two = values[_pairs(random, len(values), pairs)].swapaxes(0, 1)
    step = _checked_step(epsilon, model, one[:1])
    times = random.uniform(0, 1 - step, pairs)
    near, far = (along(one, two, t, path) for t in (times, times + step))
    total = 2 * pairs + jump_pairs * (_STEPS + 1)
    first = model.outputs(near, progress, 0, total)
    second = model.outputs(far, progress, pairs, total)
    squared = ((second - first) ** 2).mean(axis=1)
    lengths = squared / step**2
    moved = np.sqrt(((far - near) ** 2).reshape(pairs, -1).sum(axis=1))
    slopes = np.sqrt(squared)[moved > 0] / moved[moved > 0]
    if not len(slopes):
        raise LatentError("all pairs of codes are the same: there is no path between them")
    value = float(lengths.mean())
    margin = 1.96 * float(lengths.std(ddof=1)) / np.sqrt(pairs)
    interval = Interval(max(0.0, value - margin), value + margin)
    ratios = _largest_steps(values, model, path, jump_pairs, random, progress, total)
    jumps = float((ratios > JUMP).mean()) if len(ratios) else 0.0
    quantiles = tuple(float(q) for q in np.quantile(slopes, QUANTILES))
    return SmoothnessResult(
        path_length=value,
        interval=interval,
        slopes=quantiles,
        jumps=jumps,
        title=f"{path} between {pairs:,} pairs of codes through {decoder.path.name}",
        columns=COLUMNS,
        records=_records(value, interval, quantiles, jumps, ratios),
        summary={
            "path_length": value,
            "path_length_low": interval.low,
            "path_length_high": interval.high,
            "jumps": jumps,
        },
        settings={
            "decoder": str(decoder.path),
            "features": None if features is None else str(features.path),
            "path": path,
            "pairs": pairs,
            "jump_pairs": jump_pairs,
            "epsilon": step,
            "seed": seed,
        },
        views=(Bars("slope by quantile", [f"{q:g}" for q in QUANTILES], quantiles),),
    )


def along(one: Array, two: Array, times: Array, path: str) -> Array:
    """Return the codes (n, ...) at times (n,) of the paths from `one` to `two` (n, ...)."""
    t = times.reshape(-1, *(1,) * (one.ndim - 1))
    if path == "lerp":
        return one + t * (two - one)
    flat = tuple(range(1, one.ndim))
    lengths = [np.sqrt((v**2).sum(axis=flat, keepdims=True)) for v in (one, two)]
    u, v = (
        np.divide(code, length, out=np.zeros_like(code), where=length > 0)
        for code, length in zip((one, two), lengths, strict=True)
    )
    angle = 2 * np.arctan2(
        np.sqrt(((u - v) ** 2).sum(axis=flat, keepdims=True)),
        np.sqrt(((u + v) ** 2).sum(axis=flat, keepdims=True)),
    )
    sine = np.sin(angle)
    straight = sine < 1e-9
    safe = np.where(straight, 1.0, sine)
    turned = np.sin((1 - t) * angle) / safe * one + np.sin(t * angle) / safe * two
    return np.where(straight, one + t * (two - one), turned)


class _Model:
    """A decoder, with a network behind it where distances are taken in its features."""

    def __init__(self, decoder: Decoder, features: Decoder | None, batch: int) -> None:
        self._decoder = decoder
        self._features = features
        self._batch = batch
        self.half = False

    def outputs(
        self, codes: Array, progress: Progress | None = None, before: int = 0, total: int = 0
    ) -> Array:
        """Return the outputs of codes (n, ...) as rows (n, P) float64."""
        rows = []
        done = before
        for part in self._decoder.decode(codes, batch=self._batch):
            self.half = part.dtype == np.float16
            done += len(part)
            if self._features is not None:
                part = np.concatenate(list(self._features.decode(part, batch=self._batch)))
            rows.append(part.reshape(len(part), -1).astype(np.float64))
            if progress:
                progress(done, total)
        return np.concatenate(rows)


def _pairs(random: np.random.Generator, count: int, pairs: int) -> Array:
    """Draw pairs (n, 2) of different rows."""
    first = random.integers(0, count, pairs)
    other = random.integers(0, count - 1, pairs)
    return np.stack([first, other + (other >= first)], axis=1)


def _checked_step(epsilon: float | None, model: _Model, code: Array) -> float:
    if epsilon is None:
        model.outputs(code)
        return _HALF_EPSILON if model.half else EPSILON
    if not 0 < epsilon < 1:
        raise ParameterError("epsilon", epsilon, "between 0 and 1")
    return epsilon


def _largest_steps(
    values: Array,
    model: _Model,
    path: str,
    pairs: int,
    random: np.random.Generator,
    progress: Progress | None,
    total: int,
) -> Array:
    """Return for each pair (n,) its largest step over the median one; pairs that do not move have 0."""
    ratios = np.zeros(pairs)
    times = np.linspace(0, 1, _STEPS + 1)
    for number, (a, b) in enumerate(_pairs(random, len(values), pairs)):
        one, two = (values[[row]].repeat(len(times), axis=0) for row in (a, b))
        before = total - (pairs - number) * len(times)
        outputs = model.outputs(along(one, two, times, path), progress, before, total)
        steps = np.sqrt((np.diff(outputs, axis=0) ** 2).mean(axis=1))
        middle = float(np.median(steps))
        largest = float(steps.max())
        ratios[number] = largest / middle if middle > 0 else np.inf if largest > 0 else 0.0
    return ratios


def _records(
    value: float, interval: Interval, slopes: tuple[float, ...], jumps: float, ratios: Array
) -> list[Record]:
    rows: list[Record] = [
        {
            "measure": "perceptual path length", "value": value, "low": interval.low,
            "high": interval.high, "note": "lower is smoother; compare on the same data only",
        },
    ]  # fmt: skip
    rows += [
        {
            "measure": f"slope, quantile {q:g}",
            "value": slope,
            "note": "output moved / code moved",
        }
        for q, slope in zip(QUANTILES, slopes, strict=True)
    ]
    if len(ratios):
        note = f"a step over {JUMP:g} x the median step of its path of {_STEPS}"
        rows.append({"measure": "paths with a jump", "value": jumps, "note": note})
    return rows
