"""How alike two spaces of the same things are: all measures in one result."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.comparison._cka import FEWEST
from latentcli.comparison._compare import Comparison, Stage
from latentcli.comparison._compare import compare as measured
from latentcli.comparison._matching import Match, match
from latentcli.comparison._overlap import METRICS, Paired
from latentcli.errors import ParameterError, check_choice, counted
from latentcli.numerics.resampling import Estimate
from latentcli.numerics.types import Array
from latentcli.results import Record, Result, Sheet

COLUMNS = ("measure", "variant", "value", "low", "high", "word")

_NEAR = {"word": "cosine", "lexicon": "cosine", "row": "euclidean"}
"""What is near, by what the rows are matched by."""

_STILL = 1e-6
"""Rows that moved less did not move: vectors are float32."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CompareResult(Result):
    """How alike two spaces are.

    Attributes
    ----------
    cka
        Debiased linear CKA in [-1, 1]; None where it has no meaning, as all of these.
    cka_biased
        Linear CKA in [0, 1].
    rsa
        Spearman's correlation of the distances in X with those in Y.
    procrustes
        What the best rotation leaves, in [0, 2].
    neighbor_overlap
        Share of common nearest neighbors in [0, 1]; `chance` is that of unrelated spaces.
    rows_x, rows_y
        The matched rows (n,) of X and of Y.
    moved
        1 - cosine of each matched row after the rotation with its partner (n,); NaN at the centre.
    comparison
        The same with what X is rotated by.
    """

    cka: float | None
    cka_biased: float | None
    rsa: float | None
    procrustes: float | None
    neighbor_overlap: float | None
    chance: float
    rows_x: Array
    rows_y: Array
    moved: Array
    comparison: Comparison


def compare(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    lexicon: Sequence[tuple[str, str]] | None = None,
    neighbors: int = 10,
    metric: str | None = None,
    ci: float | None = 0.95,
    sample: int = 1000,
    seed: int = 0,
    moved: int = 10,
    biased: bool = False,
    stage: Stage | None = None,
) -> CompareResult:
    """Compare two spaces whose rows are the same things, by word, by a lexicon or by number.

    Linear CKA (Kornblith et al., 2019), debiased (Song et al., 2012); RSA (Kriegeskorte et al.,
    2008); the orthogonal Procrustes distance (Ding et al., 2021); the overlap of nearest neighbors.

    Parameters
    ----------
    x, y : (N, D1) and (M, D2) arrays, Spaces, or names of files of either
        Two Spaces with words are matched by word; else N = M and rows are matched by number.
    lexicon
        Pairs (word of X, word of Y) that match the rows of two Spaces.
    neighbors
        How many nearest neighbors, from 1; half of the other rows at most.
    metric
        "cosine" or "euclidean", of neighbors and RSA; None: cosine for words, else euclidean.
    ci
        Confidence level of the intervals, in (0, 1); None for none.
    sample
        Rows of which RSA and neighbors are taken, at most, from 3.
    seed
        Random seed.
    moved
        How many of the rows that moved most are among the records.
    biased
        Whether biased CKA is among the records.
    stage
        Opens a stage of the work by name; gives what is called with (done, total).

    Raises
    ------
    LatentError
        Fewer than three rows in common, or different numbers of rows.
    UsageError
        A parameter without a meaning.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((100, 4))
    >>> result = compare(x, 3 * x[:, ::-1] + 1)
    >>> round(result.cka, 4), round(result.procrustes, 4), result.neighbor_overlap
    (1.0, 0.0, 1.0)
    """
    _check(neighbors, metric, ci, sample, seed, moved)
    spaces = _space(x, "x"), _space(y, "y")
    matched = match(spaces[0].entry, spaces[1].entry, lexicon)
    near = metric or _NEAR[matched.by]
    pair = [
        Paired(space.matrix, space.norms, rows)
        for space, rows in zip(spaces, (matched.x, matched.y), strict=True)
    ]
    found = measured(
        *pair,
        k=neighbors,
        metric=near,
        level=ci,
        sample=sample,
        seed=seed,
        stage=stage or (lambda name: nullcontext()),
    )
    records = _measures(found, near, biased)
    words = _moved(found, matched, spaces[0], moved)
    notes = _notes(found, matched, spaces, neighbors)
    if moved and found.rotation is not None and not words:
        notes.append("after the rotation no row has moved, but for rounding")
    return CompareResult(
        title=f"{len(matched.x):,} rows in common",
        columns=COLUMNS,
        records=records + words,
        summary={
            "rows_in_common": len(matched.x),
            "overlap_by_chance": found.overlap.chance,
        },
        settings={
            "rows_x": len(spaces[0].matrix), "rows_y": len(spaces[1].matrix),
            "dimensions_x": spaces[0].dimensions, "dimensions_y": spaces[1].dimensions,
            "matched_by": matched.by, "neighbors": found.k, "metric": near, "ci": ci or 0.0,
            "sample": sample, "seed": seed,
        },
        notes=tuple(notes),
        views=_parts(records, words),
        cka=found.debiased.value,
        cka_biased=found.biased.value,
        rsa=found.rsa.value,
        procrustes=None if found.rotation is None else found.rotation.distance,
        neighbor_overlap=found.neighbors.value,
        chance=found.overlap.chance,
        rows_x=matched.x,
        rows_y=matched.y,
        moved=found.moved,
        comparison=found,
    )  # fmt: skip


def _check(
    neighbors: int, metric: str | None, ci: float | None, sample: int, seed: int, moved: int
) -> None:
    for name, value, least in (
        ("neighbors", neighbors, 1), ("sample", sample, 3), ("seed", seed, 0), ("moved", moved, 0),
    ):  # fmt: skip
        if value < least:
            raise ParameterError(name, value, f"a whole number from {least}")
    if ci is not None and not 0 < ci < 1:
        raise ParameterError("ci", ci, "between 0 and 1, such as 0.95")
    if metric is not None:
        check_choice("metric", metric, METRICS)


class _Rows:
    """An array (N, D) as a space whose words are row numbers."""

    named = False

    def __init__(self, values: npt.ArrayLike, name: str) -> None:
        array = np.asarray(values)
        if array.ndim < 2 or array.dtype.kind not in "biuf":
            raise ParameterError(
                name, f"of shape {array.shape}", "an array (N, D) of real numbers"
            )
        self.matrix = array.reshape(len(array), -1)
        lengths = np.linalg.norm(self.matrix.astype(np.float64), axis=1)
        self.norms = np.where(np.isfinite(lengths), lengths, 0.0)
        self.dimensions = int(self.matrix.shape[1])
        self.name = f"`{name}`"
        self.path = Path(self.name)
        self.entry: Any = self
        self.vocabulary = self

    def __len__(self) -> int:
        return len(self.matrix)

    def row(self, word: str) -> int | None:
        number = int(word) if word.isdecimal() and word.isascii() else len(self)
        return number if number < len(self) else None

    @property
    def words(self) -> Any:
        return _Numbers()


class _Numbers:
    def words(self, rows: Sequence[int]) -> list[str]:
        return [str(row) for row in rows]


def _space(values: Any, name: str) -> Any:
    return values if hasattr(values, "entry") else _Rows(values, name)


def _measures(found: Comparison, metric: str, biased: bool) -> list[Record]:
    """Return a record for each measure."""
    distance = Estimate(None if found.rotation is None else found.rotation.distance)
    measures = [
        ("cka", "linear, debiased", found.debiased),
        *([("cka", "linear, biased", found.biased)] if biased else []),
        ("rsa", f"spearman, {metric}", found.rsa),
        ("procrustes", "centred, unit norm", distance),
        ("neighbor_overlap", f"k={found.k}, {metric}", found.neighbors),
    ]
    return [_record(measure, variant, estimate) for measure, variant, estimate in measures]


def _record(measure: str, variant: str, estimate: Estimate, word: str | None = None) -> Record:
    return {
        "measure": measure,
        "variant": variant,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "word": word,
    }


def _moved(found: Comparison, matched: Match, space: Any, most: int) -> list[Record]:
    """Return a record for each of the rows that moved most, the first one the farthest."""
    distances = np.nan_to_num(found.moved, nan=0.0)
    order = np.argsort(-distances, kind="stable")[:most]
    order = order[distances[order] > _STILL]
    words = space.words.words(matched.x[order].tolist())
    return [
        _record("moved", "1 - cosine", Estimate(float(distance)), word)
        for word, distance in zip(words, distances[order], strict=True)
    ]


def _parts(measures: list[Record], moved: list[Record]) -> tuple[Sheet, ...]:
    """Return the measures, and beneath them what moved, if anything did."""
    sheet = Sheet("", COLUMNS[:5], measures)
    title = "moved most: 1 - cosine after the rotation"
    return (sheet, Sheet(title, ("word", "value"), moved)) if moved else (sheet,)


def _notes(found: Comparison, matched: Match, spaces: tuple[Any, Any], k: int) -> list[str]:
    """Say what a careful reader should know."""
    notes = [_matching(matched, spaces)]
    if matched.unusable:
        pairs = counted(matched.unusable, "pair is", "pairs are")
        notes.append(f"{pairs} left out, for a row of zeros, NaN or infinity")
    if matched.missing:
        pairs = counted(matched.missing, "pair is", "pairs are")
        notes.append(f"{pairs} left out: a word of the lexicon is not there")
    if matched.repeated and matched.by == "lexicon":
        notes.append(f"{matched.repeated:,} pairs left out: an earlier pair has their word")
    elif matched.repeated:
        rows = counted(matched.repeated, "row is", "rows are")
        notes.append(f"{rows} left out: an earlier row of {spaces[0].name} has their word")
    notes += [text for there, text in _conditions(found, spaces, k) if there]
    if found.rsa_rows < len(matched.x):
        notes.append(
            f"RSA and neighbors are measured on {found.rsa_rows:,} of {len(matched.x):,} rows "
            "(`sample`)"
        )
    return notes


def _matching(matched: Match, spaces: tuple[Any, Any]) -> str:
    count = len(matched.x)
    if matched.by == "row":
        return f"matched {count:,} rows by number"
    how = " by the lexicon" if matched.by == "lexicon" else ""
    return (
        f"matched {count:,} words{how}: of {len(spaces[0]):,} in {spaces[0].name} and "
        f"{len(spaces[1]):,} in {spaces[1].name}"
    )


def _conditions(found: Comparison, spaces: tuple[Any, Any], k: int) -> list[tuple[bool, str]]:
    """Return what might be worth saying of the measures, each with whether it is."""
    count = len(found.x)
    sizes = [space.dimensions for space in spaces]
    sides = zip(spaces, (found.x, found.y), strict=True)
    same = [space.name for space, side in sides if not side.scale]
    even = count >= FEWEST and found.debiased.value is None and not same
    flat = f"all rows of {' and of '.join(same)} are the same: there is nothing to compare"
    few = (
        f"{count:,} rows in {max(sizes):,} dimensions: a rotation fits so few very well, and "
        "Procrustes says little"
    )
    padded = (
        f"{sizes[0]:,} and {sizes[1]:,} dimensions: for the rotation the smaller is padded with "
        "zeros"
    )
    torn = (
        f"{found.overlap.torn:,} rows have more ties among their neighbors than were looked at: "
        "which of them count is arbitrary"
    )
    return [
        (bool(same), flat),
        (count < FEWEST, f"debiased CKA takes {FEWEST} rows, {count} are in common"),
        (even, "no debiased CKA: all rows of one space are equally far from each other"),
        (
            found.rsa.value is None and not same,
            "no RSA: all distances in one space are the same",
        ),
        (found.k < k, f"k is {found.k}, not {k}: of {count - 1:,} other rows half at most"),
        (count <= max(sizes), few),
        (sizes[0] != sizes[1], padded),
        (found.overlap.torn > 0, torn),
    ]
