"""The report of a space's geometry: all sections, or some, with what a reader should know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

from numpy.typing import ArrayLike

from latentcli.errors import ParameterError, unknown_choice
from latentcli.geometry import LAID, MEASURES, NEEDS, SECTIONS
from latentcli.geometry._cloud import Cloud, constant_dimensions
from latentcli.geometry._inputs import Pairs, cloud_of
from latentcli.geometry._measure import Measure
from latentcli.geometry._report_views import views_of
from latentcli.geometry._sampling import Settings
from latentcli.numerics.named_rows import named_rows
from latentcli.numerics.resampling import GROUPS
from latentcli.numerics.types import Array, HasMatrix, Progress
from latentcli.results import Picture, Record, Result

COLUMNS = (
    "section", "measure", "variant", "value", "low", "high", "white_noise", "null", "p_value",
    "reading", "note",
)  # fmt: skip

_OF_NEIGHBORS = {
    "knn_purity", "k_skewness", "antihubs", "hub_share", "robin_hood", "hub",
    "trustworthiness", "continuity", "lipschitz",
}  # fmt: skip
"""Measures that count k neighbors."""

_OF_DIRECTIONS = {"mean_cosine", "all_but_the_top", "uniformity", "alignment"}
"""Measures of directions, which rows of zeros do not have."""

_TOPICS = {
    "dimension": "manifold", "twonn": "manifold", "rank": "isotropy", "class": "clusters",
    "label": "clusters", "separa": "clusters", "cosine": "isotropy", "analog": "linear",
    "relation": "linear", "hubs": "hubness", "lipschitz": "smoothness", "sphere": "uniformity",
}  # fmt: skip
"""What people ask for, in part of a word, and the section that answers."""

_SEEDS = 2**32
"""K-means takes seeds below this."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GeometryResult(Result):
    """The measures of a space, in the order of the sections.

    Attributes
    ----------
    measures
        Each with its value, its interval, what white noise gives, and its reading.
    rows, dimensions
        The size of what was measured.
    cloud
        The rows themselves, with the neighbors that were found.
    """

    measures: tuple[Measure, ...]
    rows: int
    dimensions: int
    cloud: Cloud

    def pictures(self) -> tuple[Picture, ...]:
        """Return one page: spectrum, distances, k-occurrence, silhouettes, dimensions, beside white noise."""
        from latentcli.geometry._pictures import page

        return page(self.cloud, self.measures)

    def __getitem__(self, name: str) -> Measure:
        """Return the first measure of a name."""
        return self._first(name, "")

    def value(self, name: str, variant: str = "") -> float | None:
        """Return the number of the first measure of a name whose variant begins so."""
        return self._first(name, variant).value

    def _first(self, name: str, variant: str) -> Measure:
        for one in self.measures:
            if one.measure == name and one.variant.startswith(variant):
                return one
        names = dict.fromkeys(one.measure for one in self.measures)
        raise unknown_choice("measure", name, names)


def geometry_report(
    x: HasMatrix | ArrayLike,
    labels: Sequence[object] | Array | None = None,
    outputs: ArrayLike | None = None,
    relations: Mapping[str, Pairs] | Pairs | None = None,
    *,
    only: Sequence[str] | None = None,
    neighbors: int = 10,
    unit: bool | None = None,
    sample: int | None = 5000,
    seed: int = 0,
    ci: float | None = 0.95,
    progress: Progress | None = None,
) -> GeometryResult:
    """Measure what kind of space a set of vectors is, each number beside that of white noise.

    Parameters
    ----------
    x : (N, D)
        Codes, or a space of words (`latentcli.open`); further axes are flattened. Three rows or
        more; rows with NaN or infinity are left out.
    labels : (N,)
        A class for each row, for clusters and alignment; None, NaN and "" are none. Without labels the
        clusters are those that k-means finds.
    outputs : (N, ...)
        What a decoder made of each row, for smoothness.
    relations
        Pairs of words (of row numbers, for an array) that stand in one relation, by its name: for
        linear structure.
    only
        Names of sections or measures (`latentcli.geometry.MEASURES`); None is all that can be
        measured.
    neighbors
        How many nearest neighbors count, from 1, less than half of the rows.
    unit
        Rows at length 1 where nearness counts; None: for words only.
    sample
        Rows of which all pairs are taken at most, from 10, None for all; neighbors are looked up of
        twice as many.
    seed
        Random seed, from 0.
    ci
        Level of the intervals, in (0, 1); None for no intervals.
    progress
        Called with sections done and in all.

    Returns
    -------
    GeometryResult
        Its readings are fixed phrases, each with a null: no phrase claims structure where the null
        gives as much in more than one of twenty cases. The intervals show how numbers vary with the
        rows, not with another model.

    Raises
    ------
    LatentError
        For fewer than three rows, rows that are all the same, numbers beyond 1e60.
    ParameterError
        For settings without a meaning, and sections that lack what they are measured with.

    Examples
    --------
    >>> import latentcli
    >>> found = latentcli.geometry_report([[0.0, 0], [0, 1], [1, 0], [1, 1], [2, 1]], only=["isotropy"])
    >>> round(found["stable_rank"].value, 4)
    1.3333
    """
    _check_numbers(neighbors, sample, seed, ci)
    given = named_rows(x, "x")
    names = _names(only, laid=hasattr(given.rows, "reduced"))
    unit = given.named if unit is None else unit
    settings = Settings(neighbors, sample or len(given), seed, ci, unit)
    together = frozenset(MEASURES[name] for name in names)
    cloud, notes = cloud_of(given, settings, labels, outputs, relations, together)
    sections = _sections(names, cloud, chosen=only is not None)
    measures: list[Measure] = []
    for done, section in enumerate(sections):
        if progress:
            progress(done, len(sections))
        measures += import_module(f"latentcli.geometry._{section}").measure(cloud)
    measures = [one for one in measures if one.measure in names]
    return GeometryResult(
        measures=tuple(measures),
        rows=len(cloud),
        dimensions=cloud.dimensions,
        cloud=cloud,
        title=f"Geometry: {len(cloud):,} rows x {cloud.dimensions:,} dimensions",
        columns=COLUMNS,
        records=[_record(one) for one in measures],
        summary={
            "rows": len(cloud),
            "dimensions": cloud.dimensions,
            "rows_of_pairs": len(cloud.sampling.drawn),
            "rows_of_neighbors": len(cloud.sampling.queries),
            "noise_rows": len(cloud.noise),
        },
        settings={
            "only": None if only is None else ",".join(only),
            "neighbors": neighbors, "unit": unit, "sample": sample, "seed": seed, "ci": ci,
        },
        notes=(*notes, *_notes(cloud, names)),
        views=views_of(measures),
    )  # fmt: skip


def _check_numbers(neighbors: int, sample: int | None, seed: int, ci: float | None) -> None:
    if neighbors < 1:
        raise ParameterError("neighbors", neighbors, "a whole number from 1")
    if sample is not None and sample < 10:
        raise ParameterError("sample", sample, "a whole number from 10")
    if not 0 <= seed < _SEEDS:
        raise ParameterError("seed", seed, f"a whole number from 0 to {_SEEDS - 1:,}")
    if ci is not None and not 0 < ci < 1:
        raise ParameterError("ci", ci, "between 0 and 1, such as 0.95")


def _names(only: Sequence[str] | None, *, laid: bool) -> set[str]:
    """Return the measures that are requested: those named, and those of the sections named.

    Of rows that are `laid` elsewhere, those that need no pairs of them.
    """
    if only is None:
        return {*LAID} if laid else {*MEASURES}
    names = [name.strip() for name in only if name.strip()]
    if not names:
        raise ParameterError("`only` names no section and no measure")
    for name in names:
        if name not in MEASURES and name not in SECTIONS:
            raise _unknown(name)
    found = {one for one, section in MEASURES.items() if {one, section} & set(names)}
    if laid and not (found := found & LAID):
        raise ParameterError(
            f"{names[0]} needs pairs of rows; of rows in shards these are measured: "
            f"{', '.join(one for one in MEASURES if one in LAID)}"
        )
    return found


def _unknown(name: str) -> ParameterError:
    """Say that a name is no section and no measure, and which section has what it asks for."""
    short = name.lower().replace("-", "_")
    known = {one for topic, one in _TOPICS.items() if topic in short}
    if not known:
        return unknown_choice("section or measure", name, [*SECTIONS, *MEASURES])
    section = min(known)
    measures = ", ".join(one for one, its in MEASURES.items() if its == section)
    return ParameterError(
        f"unknown section or measure '{name}'. Did you mean {section} ({measures})? "
        f"Sections: {', '.join(SECTIONS)}."
    )


def _sections(names: set[str], cloud: Cloud, *, chosen: bool) -> list[str]:
    """Return the sections to measure; an error if one that was named lacks what it needs."""
    requested = [name for name in SECTIONS if any(MEASURES[one] == name for one in names)]
    known = {"relations": bool(cloud.relations), "outputs": cloud.outputs is not None}
    lacking = [name for name in requested if name in NEEDS and not known[NEEDS[name]]]
    if chosen and lacking:
        raise ParameterError(f"{lacking[0]} is measured with `{NEEDS[lacking[0]]}`")
    if chosen and names == {"alignment"} and cloud.labels is None:
        raise ParameterError("alignment is measured with `labels`")
    return [name for name in requested if name not in lacking]


def _notes(cloud: Cloud, names: set[str]) -> list[str]:
    notes = [*cloud.repeats.note]
    k, drawn = cloud.sampling.k, len(cloud.sampling.drawn)
    if k < cloud.settings.k and names & _OF_NEIGHBORS:
        notes.append(
            f"`neighbors` is {k}, not {cloud.settings.k:,}: less than half of {drawn:,} rows"
        )
    if cloud.zeros and names & _OF_DIRECTIONS:
        are = "row is zero and has" if cloud.zeros == 1 else "rows are zero and have"
        notes.append(
            f"{cloud.zeros:,} {are} no direction: left out of mean cosine, uniformity and alignment"
        )
    if constant := constant_dimensions(cloud):
        notes.append(
            f"{constant:,} of {cloud.dimensions:,} dimensions are the same in all rows"
        )
    if cloud.dimensions >= len(cloud):
        notes.append(
            f"{len(cloud):,} rows span {len(cloud) - 1:,} of {cloud.dimensions:,} dimensions at "
            "most: compare the numbers with those of white noise only"
        )
    if cloud.settings.ci is not None and len(cloud) < 2 * GROUPS:
        notes.append(
            f"{len(cloud):,} rows are too few for intervals of what is computed from halves of them"
        )
    if len(cloud.noise) < len(cloud):
        notes.append(f"white noise has {len(cloud.noise):,} rows, not {len(cloud):,}")
    return notes


def _record(one: Measure) -> Record:
    low, high = one.interval or (None, None)
    return {
        "section": one.section, "measure": one.measure, "variant": one.variant,
        "value": one.value, "low": low, "high": high, "white_noise": one.white_noise,
        "null": one.null, "p_value": one.p_value,
        "reading": one.reading or None, "note": one.note or None,
    }  # fmt: skip
