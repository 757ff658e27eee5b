"""What kind of space is this: all measures of a set of points, with white noise, in one result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError, UsageError, counted, unknown_choice
from latentcli.geometry import MEASURES, NEEDS, SECTIONS, measure
from latentcli.geometry._cloud import Cloud, Measure, Relation, Settings, coded
from latentcli.numerics.blocks import spans
from latentcli.numerics.types import Array, HasMatrix, Progress
from latentcli.results import Record, Result, Sheet

COLUMNS = (
    "section", "measure", "variant", "value", "white_noise", "low", "high", "note",
)  # fmt: skip

_SHEET = ("measure", "value", "white_noise", "reading")
_NEAR = {
    "knn_purity", "k_skewness", "antihubs", "hub_share", "robin_hood", "hub",
    "trustworthiness", "continuity", "lipschitz",
}  # fmt: skip
"""Measures that count k neighbors."""
_SEEDS = 2**32
"""K-means takes seeds below this."""

_LEAST_SAMPLE = 10

Pairs = Mapping[str, Sequence[tuple[Any, Any]]]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GeometryResult(Result):
    """All measures of a set of N points in D dimensions.

    Attributes
    ----------
    measures
        Each number with its section, variant, white noise, interval and reading, in the order of
        the report.
    rows, dimensions
        N, of rows that could be measured, and D.
    """

    measures: tuple[Measure, ...]
    rows: int
    dimensions: int

    def value(self, name: str, variant: str = "") -> float | None:
        """Return the number of the first measure of this name whose variant begins so."""
        for one in self.measures:
            if one.measure == name and one.variant.startswith(variant):
                return one.value
        raise unknown_choice(
            "measure", name, dict.fromkeys(one.measure for one in self.measures)
        )


def geometry_report(
    x: HasMatrix | npt.ArrayLike,
    *,
    labels: Sequence[object] | None = None,
    outputs: npt.ArrayLike | None = None,
    relations: Pairs | None = None,
    only: Sequence[str] | None = None,
    neighbors: int = 10,
    unit: bool | None = None,
    sample: int = 5000,
    ci: float = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
) -> GeometryResult:
    """Measure what kind of space a set of points is.

    Clusters, linear structure, dimension, isotropy, hubness, uniformity and smoothness; each number
    with that of N(0, I) of as many rows and dimensions, and a reading.

    Parameters
    ----------
    x : (N, ...) array, Space, or the name of a file of either
        The points; further axes are flattened. Rows with NaN or infinity are left out.
    labels : (N,), optional
        A class for each row, for clusters and alignment; None, NaN and "" are none.
    outputs : (N, ...), optional
        What a decoder made of each row, for smoothness.
    relations : mapping of names to pairs, optional
        Pairs of words (of a Space) or of row numbers, for linear structure.
    only
        Names of sections and measures of `latentcli.geometry.MEASURES`; None for all.
    neighbors
        How many nearest neighbors count, from 1; less than half of the rows are taken.
    unit
        Whether rows are at length 1 where nearness counts; None: for a Space.
    sample
        Rows of which all pairs are taken, at most, from 10; neighbors are looked for of twice as many.
    ci
        Confidence level of the intervals, in (0, 1).
    seed
        Random seed.
    progress
        Called with (done, total).

    Raises
    ------
    LatentError
        Fewer than three rows, equal rows, numbers whose powers leave float64.
    UsageError
        A parameter without a meaning, or a section without what it is measured with.

    Notes
    -----
    Formulas and sources stand with each measure in docs/commands.md, and the null of each reading.

    Examples
    --------
    >>> import numpy as np
    >>> points = np.random.default_rng(0).standard_normal((500, 3)) @ np.eye(3, 20)
    >>> report = geometry_report(points, only=["manifold"])
    >>> round(report.value("participation_ratio"), 1), round(report.value("two_nn", "fit"), 1)
    (3.0, 3.1)
    """
    _check(neighbors, sample, seed, ci)
    names = _names(only)
    space = x if hasattr(x, "matrix") and hasattr(x, "norms") else None
    if unit is None:
        unit = space is not None
    settings = Settings(k=neighbors, sample=sample, seed=seed, ci=ci, unit=unit)
    cloud, notes = _cloud(x, space, settings, labels, outputs, relations)
    found: list[Measure] = []
    for section in _sections(names, cloud, chosen=only is not None):
        found += measure(section, cloud, progress)
    measures = tuple(one for one in found if one.measure in names)
    return GeometryResult(
        title=f"{len(cloud):,} x {cloud.dimensions:,}",
        columns=COLUMNS,
        records=[{name: getattr(one, name) for name in COLUMNS} for one in measures],
        summary={
            "rows": len(cloud),
            "dimensions": cloud.dimensions,
            "rows_of_pairs": len(cloud.drawn),
            "rows_of_neighbors": len(cloud.queries),
            "noise_rows": len(cloud.noise),
        },
        settings={"only": None if only is None else ",".join(only), **_named(settings)},
        notes=(*notes, *_notes(cloud, names)),
        views=(Sheet("", _SHEET, _rows(list(measures), cloud.kind)),),
        measures=measures,
        rows=len(cloud),
        dimensions=cloud.dimensions,
    )


def _named(settings: Settings) -> Record:
    return {
        ("neighbors" if key == "k" else key): value for key, value in asdict(settings).items()
    }


def _check(neighbors: int, sample: int, seed: int, ci: float) -> None:
    if neighbors < 1:
        raise ParameterError("neighbors", neighbors, "a whole number from 1")
    if sample < _LEAST_SAMPLE:
        raise ParameterError("sample", sample, f"a whole number from {_LEAST_SAMPLE}")
    if not 0 <= seed < _SEEDS:
        raise ParameterError("seed", seed, f"a whole number from 0 to {_SEEDS - 1:,}")
    if not 0 < ci < 1:
        raise ParameterError("ci", ci, "between 0 and 1, such as 0.95")


def _names(only: Sequence[str] | None) -> set[str]:
    """Return the measures that are wanted: those named, and those of the sections named."""
    if only is None:
        return set(MEASURES)
    wanted: set[str] = set()
    for name in only:
        if name not in MEASURES and name not in SECTIONS:
            raise unknown_choice("section or measure", name, [*SECTIONS, *MEASURES])
        wanted |= {one for one, section in MEASURES.items() if name in (one, section)}
    if not wanted:
        raise ParameterError("only", "empty", "names of sections or measures")
    return wanted


def _sections(names: set[str], cloud: Cloud, *, chosen: bool) -> list[str]:
    """Return the sections to measure; an error if one that is named has nothing to go on."""
    wanted = [name for name in SECTIONS if any(MEASURES[one] == name for one in names)]
    known = {"relations": bool(cloud.relations), "outputs": cloud.outputs is not None}
    lacking = [name for name in wanted if name in NEEDS and not known[NEEDS[name]]]
    if chosen and lacking:
        raise UsageError(f"{lacking[0]} is measured with `{NEEDS[lacking[0]]}`")
    if chosen and names == {"alignment"} and cloud.labels is None:
        raise UsageError("alignment is measured with `labels`")
    return [name for name in wanted if name not in lacking]


def _cloud(
    x: Any,
    space: Any,
    settings: Settings,
    labels: Sequence[object] | None,
    outputs: npt.ArrayLike | None,
    relations: Pairs | None,
) -> tuple[Cloud, list[str]]:
    """Put the rows that can be measured together with what is known of them."""
    notes: list[str] = []
    rows = _flat(space.matrix if space is not None else np.asarray(x), "x", notes)
    count = len(rows)
    usable = space.norms > 0 if space is not None else _finite(rows)
    decoded = None
    if outputs is not None:
        decoded = _flat(np.asarray(outputs), "outputs", [])
        if len(decoded) != count:
            raise LatentError(f"`outputs`: {len(decoded):,} outputs for {count:,} rows")
        usable = usable & _finite(decoded)
    if labels is not None and len(labels) != count:
        raise LatentError(f"`labels`: {len(labels):,} labels for {count:,} rows")
    if settings.unit and space is None:
        usable = usable & rows.any(axis=1)
    chosen = np.flatnonzero(usable)
    if len(chosen) < count:
        notes.append(
            f"{count - len(chosen):,} of {count:,} rows left out: NaN, infinity"
            + (", zeros" if settings.unit else "")
            + (" or a repeated word" if space is not None else "")
        )

    def part(values: Array) -> Array:
        return values if len(chosen) == count else values[chosen]

    def name(row: int) -> str:
        number = int(chosen[row])
        return str(number) if space is None else str(space.words.words([number])[0])

    cloud = Cloud(
        part(rows),
        settings,
        None if labels is None else part(coded(labels)),
        None if decoded is None else part(decoded),
        () if relations is None else _relations(relations, space, chosen, notes),
        name,
    )
    return cloud, notes


def _flat(values: Array, name: str, notes: list[str]) -> Array:
    """Return each entry as one row of numbers (N, D)."""
    if values.ndim < 2 and name == "x":
        values = values.reshape(1, -1)
    if values.dtype.kind not in "biuf":
        raise ParameterError(name, f"of {values.dtype}", "an array of real numbers")
    rows = values.reshape(len(values), -1)
    if values.ndim > 2:
        shape = " x ".join(map(str, values.shape))
        notes.append(
            f"{shape} is measured as {len(rows):,} rows of {rows.shape[1]:,} numbers; one layer "
            f"is `{name}`[:,0]"
        )
    return rows


def _finite(rows: Array) -> Array:
    """Return which rows (N,) hold no NaN and no infinity."""
    parts = [np.isfinite(rows[part]).all(axis=1) for part in spans(len(rows), rows.shape[1])]
    return np.concatenate([np.zeros(0, dtype=bool), *parts])


def _relations(
    relations: Pairs, space: Any, chosen: Array, notes: list[str]
) -> Sequence[Relation]:
    """Return relations as pairs of rows; words that are not there are counted."""
    row = _row_of(space, chosen)
    found = []
    missing: dict[str, None] = {}
    for name, pairs in relations.items():
        rows = [(row(start), row(end)) for start, end in pairs]
        for pair, two in zip(pairs, rows, strict=True):
            missing |= {
                str(word): None for word, at in zip(pair, two, strict=True) if at is None
            }
        there = [pair for pair in rows if None not in pair]
        found.append(Relation(name, np.array(there, dtype=np.int64).reshape(-1, 2)))
    if missing:
        some = ", ".join(sorted(missing)[:3]) + (", ..." if len(missing) > 3 else "")
        are = counted(len(missing), "word is", "words are")
        notes.append(f"`relations`: {are} not there: {some}")
    if not any(len(relation.pairs) for relation in found):
        raise LatentError("`relations`: none of its pairs is in `x`")
    return found


def _row_of(space: Any, chosen: Array) -> Callable[[Any], int | None]:
    """Return what finds the place of a word, or of a row number, among the rows measured."""

    def row(word: Any) -> int | None:
        if space is not None:
            number = space.row(word) if word in space else -1
        else:
            text = str(word)
            number = int(text) if text.isdecimal() and text.isascii() else -1
        place = int(np.searchsorted(chosen, number))
        return place if place < len(chosen) and chosen[place] == number else None

    return row


def _notes(cloud: Cloud, names: set[str]) -> list[str]:
    notes = []
    if cloud.k < cloud.settings.k and names & _NEAR:
        notes.append(
            f"k is {cloud.k}, not {cloud.settings.k:,}: less than half of {len(cloud.drawn):,} rows"
        )
    if cloud.constant:
        notes.append(
            f"{cloud.constant:,} of {cloud.dimensions:,} dimensions are the same in all rows"
        )
    if cloud.dimensions >= len(cloud):
        notes.append(
            f"{len(cloud):,} rows span {len(cloud) - 1:,} of {cloud.dimensions:,} dimensions at "
            "most: compare the numbers with those of white noise only"
        )
    if len(cloud.noise) < len(cloud):
        notes.append(f"white noise has {len(cloud.noise):,} rows, not {len(cloud):,}")
    return notes


def _rows(measures: list[Measure], kind: str) -> list[Record]:
    """Return what the table shows: below each section its measures, and its hubs on one line."""
    rows: list[Record] = []
    for section, found in groupby(measures, key=lambda one: one.section):
        rows.append(dict.fromkeys(_SHEET, "") | {"measure": section})
        rows += [_row(one, kind) for one in _with_one_line_of_hubs(list(found))]
    return rows


def _with_one_line_of_hubs(measures: list[Measure]) -> list[Measure]:
    hubs = [one for one in measures if one.measure == "hub"]
    if not hubs:
        return measures
    named = ", ".join(f"{hub.variant} ({hub.value:,.0f})" for hub in hubs)
    line = replace(hubs[0], measure="hubs", variant=hubs[0].note, note=named)
    return [*(one for one in measures if one.measure != "hub"), line]


def _row(one: Measure, kind: str) -> Record:
    """Return a row of the table: what there is to say of a measure in one column of text."""
    interval = "" if one.low is None else f"[{one.low:,.3g} to {one.high:,.3g}]"
    variant = one.variant.removesuffix(kind).removesuffix(", ")
    said = "; ".join(filter(None, (one.note, variant)))
    return {
        "measure": f"  {one.measure.replace('_', ' ')}",
        "value": one.value,
        "white_noise": one.white_noise,
        "reading": " ".join(filter(None, (said, interval))),
    }
