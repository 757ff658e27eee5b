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
from latentcli.numerics.intervals import wilson
from latentcli.numerics.types import Array, Progress
from latentcli.pictures._between import STEPS, Jump, along, jump_between, random_pairs
from latentcli.pictures._decode import opened
from latentcli.pictures._decoding import BATCH, Decoder
from latentcli.pictures._movement import JUMP
from latentcli.results import Bars, Interval, Record, Result, Sheet, View

PATHS: tuple[str, ...] = ("slerp", "lerp")
"""The path between two codes: slerp for z, whose prior is a sphere; lerp for w."""

_PLACE = ("from", "to", "t", "ratio", "abrupt")
COLUMNS = ("measure", "value", "low", "high", *_PLACE, "note")
QUANTILES = (0.5, 0.9, 0.99)

EPSILON = 1e-4
"""The step along a path, as published."""

_HALF_EPSILON = 1e-2
"""The step for decoders in float16, whose rounding hides a smaller one."""

_SHOWN = 5
"""How many jumps are listed, the largest first; a result has all."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SmoothnessResult(Result):
    """How smooth a decoder is between codes.

    `path_length` is the perceptual path length with its 95 % `interval` over pairs; `slopes` are the
    quantiles 0.5, 0.9 and 0.99 of how far outputs move for a move of codes; `jumps` in [0, 1] is the share of
    pairs whose path crosses a jump, with its 95 % `jumps_interval` (Wilson); `crossings` has these jumps, the
    largest first: which pair, where on its path, how large.
    """

    path_length: float
    interval: Interval
    slopes: tuple[float, ...]
    jumps: float
    jumps_interval: Interval
    crossings: tuple[Jump, ...]


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
    one, two = values[random_pairs(random, len(values), pairs)].swapaxes(0, 1)
    step = _checked_step(epsilon, model, one[:1])
    times = random.uniform(0, 1 - step, pairs)
    near, far = (along(one, two, t, path) for t in (times, times + step))
    total = 2 * pairs + jump_pairs * (STEPS + 1)
    squared = np.empty(pairs)
    for start in range(
        0, pairs, batch
    ):  # so that two batches of outputs are held, whatever the pairs
        part = slice(start, start + batch)
        moves = model.outputs(far[part]) - model.outputs(near[part])
        squared[part] = (moves**2).mean(axis=1)
        if progress:
            progress(2 * min(start + batch, pairs), total)
    lengths = squared / step**2
    moved = np.sqrt(((far - near) ** 2).reshape(pairs, -1).sum(axis=1))
    slopes = np.sqrt(squared)[moved > 0] / moved[moved > 0]
    if not len(slopes):
        raise LatentError("all pairs of codes are the same: there is no path between them")
    value = float(lengths.mean())
    margin = 1.96 * float(lengths.std(ddof=1)) / np.sqrt(pairs)
    interval = Interval(max(0.0, value - margin), value + margin)
    crossings = _crossings(values, model, path, jump_pairs, random, progress, total)
    jumps = len(crossings) / jump_pairs if jump_pairs else 0.0
    share = Interval(*(wilson(len(crossings), jump_pairs) or (0.0, 1.0)))
    quantiles = tuple(float(q) for q in np.quantile(slopes, QUANTILES))
    records = _records(value, interval, quantiles, share, jump_pairs, crossings)
    return SmoothnessResult(
        path_length=value,
        interval=interval,
        slopes=quantiles,
        jumps=jumps,
        jumps_interval=share,
        crossings=crossings,
        title=f"{path} between {pairs:,} pairs of codes through {decoder.path.name}",
        columns=COLUMNS,
        records=records,
        summary={
            "path_length": value,
            "path_length_low": interval.low,
            "path_length_high": interval.high,
            "jumps": jumps,
            "jumps_low": share.low,
            "jumps_high": share.high,
            **_largest(crossings),
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
        notes=tuple(one.note for one in crossings[:1]),
        views=_views(records, quantiles),
    )


class _Model:
    """A decoder, with a network behind it where distances are taken in its features."""

    def __init__(self, decoder: Decoder, features: Decoder | None, batch: int) -> None:
        self._decoder = decoder
        self._features = features
        self._batch = batch
        self.half = False

    def outputs(self, codes: Array) -> Array:
        """Return the outputs of codes (n, ...) as rows (n, P) float64."""
        rows = []
        for part in self._decoder.decode(codes, batch=self._batch):
            self.half = part.dtype == np.float16
            if self._features is not None:
                part = np.concatenate(list(self._features.decode(part, batch=self._batch)))
            rows.append(part.reshape(len(part), -1).astype(np.float64))
        return np.concatenate(rows)


def _checked_step(epsilon: float | None, model: _Model, code: Array) -> float:
    if epsilon is None:
        model.outputs(code)
        return _HALF_EPSILON if model.half else EPSILON
    if not 0 < epsilon < 1:
        raise ParameterError("epsilon", epsilon, "between 0 and 1")
    return epsilon


def _crossings(
    values: Array,
    model: _Model,
    path: str,
    pairs: int,
    random: np.random.Generator,
    progress: Progress | None,
    total: int,
) -> tuple[Jump, ...]:
    """Return the jumps on the paths of random pairs, the largest first."""
    found = []
    for number, (first, second) in enumerate(
        random_pairs(random, len(values), pairs).tolist(), 1
    ):
        jump = jump_between(values, first, second, path, model.outputs)
        if jump is not None:
            found.append(jump)
        if progress:
            progress(total - (pairs - number) * (STEPS + 1), total)
    return tuple(sorted(found, key=lambda one: -one.step))


def _records(
    value: float, interval: Interval, slopes: tuple[float, ...], share: Interval, looked: int,
    crossings: tuple[Jump, ...],
) -> list[Record]:  # fmt: skip
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
    if looked:
        rows.append(
            {
                "measure": "paths with a jump", "value": len(crossings) / looked,
                "low": share.low, "high": share.high,
                "note": f"a step over {JUMP:g} x the median step of its path of {STEPS}",
            }
        )  # fmt: skip
    rows += [
        {
            "measure": "jump", "value": one.step, "from": one.first, "to": one.second, "t": one.t,
            "ratio": one.ratio if np.isfinite(one.ratio) else None, "abrupt": one.abrupt,
        }
        for one in crossings[:_SHOWN]
    ]  # fmt: skip
    return [{name: row.get(name) for name in COLUMNS} for row in rows]


def _views(records: list[Record], slopes: tuple[float, ...]) -> tuple[View, ...]:
    """Return the measures, the largest jumps where there are some, and the slopes as bars."""
    found: list[Record] = [
        {**{name: row[name] for name in _PLACE}, "step": row["value"]}
        for row in records
        if row["measure"] == "jump"
    ]
    measures = tuple(name for name in COLUMNS if name not in _PLACE)
    views: list[View] = [Sheet("", measures, [r for r in records if r["measure"] != "jump"])]
    if found:
        views.append(Sheet("largest jumps, by rows of codes", tuple(found[0]), found))
    bars = Bars("slope by quantile", [f"{q:g}" for q in QUANTILES], slopes)
    return (*views, bars)


def _largest(crossings: tuple[Jump, ...]) -> Record:
    if not crossings:
        return {}
    one = crossings[0]
    return {
        "largest_jump": one.step, "largest_jump_from": one.first,
        "largest_jump_to": one.second, "largest_jump_t": one.t,
    }  # fmt: skip
