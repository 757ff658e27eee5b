"""How alike two spaces are: all measures of paired rows, and the rows that moved most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from latentcli.comparison import _cka, _procrustes
from latentcli.comparison._compare_result import (
    COLUMNS,
    CompareResult,
    interval_of,
    measure_record,
    moved_records,
)
from latentcli.comparison._matching import match
from latentcli.comparison._moments import side_of, triple
from latentcli.comparison._moves import all_moves, noise_limit
from latentcli.comparison._notes import (
    notes_on_measures,
    notes_on_moves,
    notes_on_rows,
    views_of,
)
from latentcli.comparison._null import TESTED, shuffled_rows_null
from latentcli.comparison._overlap import METRICS, overlap, overlap_by_chance
from latentcli.comparison._rsa import rsa
from latentcli.errors import LatentError, ParameterError, check_choice, counted
from latentcli.numerics.blocks import Rows, sampled
from latentcli.numerics.halves import Halves
from latentcli.numerics.named_rows import named_rows
from latentcli.numerics.points import Points
from latentcli.numerics.repeats import Repeats, repeats_of_pairs
from latentcli.numerics.resampling import Estimate
from latentcli.numerics.types import Array, HasMatrix, Progress

_STAGES = 6


def compare(
    x: HasMatrix | ArrayLike,
    y: HasMatrix | ArrayLike,
    *,
    lexicon: Iterable[tuple[str, str]] | None = None,
    labels: Sequence[object] | None = None,
    neighbors: int = 10,
    metric: str | None = None,
    biased: bool = False,
    moved: int = 10,
    sample: int | None = 1000,
    seed: int = 0,
    ci: float | None = 0.95,
    progress: Progress | None = None,
) -> CompareResult:
    """Compare two spaces of the same things, which may have different dimensions.

    Parameters
    ----------
    x, y : (N, D)
        Codes, or spaces of words (`latentcli.open`). Arrays are matched by row, spaces by word.
    lexicon
        Pairs of words, one of x and one of y, that mean the same: for spaces of two languages.
    labels : (N,)
        Names for the rows of x, by which those that moved most are listed.
    neighbors
        How many nearest neighbors, from 1; no more than half of the other rows are taken.
    metric
        Of neighbors and RSA: "cosine" or "euclidean"; None: cosine for words, euclidean for rows.
        CKA and Procrustes have none.
    biased
        Report biased CKA, too.
    moved
        How many of the rows that moved most are listed.
    sample
        How many rows, drawn at random, RSA and the neighbors are measured on, from 3; None is all.
        CKA and Procrustes take all.
    seed
        Random seed, from 0.
    ci
        Level of the intervals, in (0, 1); None for no intervals.
    progress
        Called with steps done and in all.

    Returns
    -------
    CompareResult
        Its records are the measures, then the rows that moved most. A reading says whether the
        spaces are alike beyond what shuffled rows give (p at most 0.01, on at most 500 rows).

    Raises
    ------
    LatentError
        For fewer than three rows in common.
    ParameterError
        For settings without a meaning.

    Examples
    --------
    >>> import numpy as np, latentcli
    >>> x = np.random.default_rng(0).standard_normal((60, 4))
    >>> turned = x @ np.linalg.qr(x[:4])[0]
    >>> found = latentcli.compare(x, turned)
    >>> round(found.cka, 6), found.records[0]["reading"]
    (1.0, 'equal up to rotation')
    """
    check_numbers(neighbors, moved, sample, seed, ci)
    if metric is not None:
        check_choice("metric", metric, METRICS)
    first, second = named_rows(x, "x").labeled(labels), named_rows(y, "y")
    matched = match(
        first, second, lexicon, directions=None if metric is None else metric == "cosine"
    )
    metric = metric or ("euclidean" if matched.by == "row" else "cosine")
    count = len(matched.x)
    if count < 3:
        rows = counted(count, "row")
        raise LatentError(f"{rows} in common: a comparison needs three or more")

    def step(done: int) -> None:
        if progress:
            progress(done, _STAGES)

    sides = side_of(first.rows, matched.x), side_of(second.rows, matched.y)
    repeats = repeats_of_pairs(
        *(
            Points(one.rows, False, rows)
            for one, rows in ((first, matched.x), (second, matched.y))
        )
    )
    sums = triple(*sides, np.arange(count))
    step(1)
    debiased = Estimate(_cka.debiased_cka(sums))
    if debiased.value is not None and ci is not None:
        debiased = _cka.interval(
            *sides, sums, debiased.value, level=ci, seed=seed, repeats=repeats
        )
    step(2)
    rotation, moves, limit = None, np.full(count, np.nan), None
    if all(side.scale for side in sides):
        rotation = _procrustes.rotation(sums)
        moves = all_moves(*sides, rotation)
        limit = noise_limit(*sides, rotation, seed)
    step(3)
    chosen = sampled(count, sample or count, seed)
    near = tuple(
        Points(one.rows, metric == "cosine", rows)
        for one, rows in ((first, matched.x), (second, matched.y))
    )
    some = [one.take(chosen) for one in near]
    alike = repeats.of(chosen)
    ranked = rsa(*some, metric=metric, level=ci, seed=seed, repeats=alike)
    step(4)
    k = min(neighbors, max(1, (count - 1) // 2))
    shared = overlap(near[0], near[1], chosen, k=k)
    common = Estimate(None if shared is None else shared.mean)
    if common.value is not None:
        halves = _overlap_halves(some, k, ci, seed, alike)
        common = Estimate(
            common.value, *(halves.interval("overlap", common.value, 0.0, 1.0) or ())
        )
    step(5)
    tested = sampled(count, min(sample or TESTED, TESTED), seed)
    nulls = shuffled_rows_null(
        (sides[0].take(tested), sides[1].take(tested)),
        (near[0].take(tested), near[1].take(tested)),
        k=k,
        metric=metric,
        seed=seed,
    )
    distance = Estimate(None if rotation is None else rotation.distance)
    plain = Estimate(_cka.biased_cka(sums))
    median = float(np.nanmedian(moves)) if np.isfinite(moves).any() else None
    measures = [
        measure_record("cka", "linear, debiased", debiased, nulls, rotation),
        *([measure_record("cka", "linear, biased", plain, {}, rotation)] if biased else []),
        measure_record("rsa", f"spearman, {metric}", ranked, nulls, rotation),
        measure_record("procrustes", "centered, unit norm", distance, nulls, rotation),
        measure_record("neighbor_overlap", f"k={k}, {metric}", common, nulls, rotation),
    ]
    words = moved_records(first, matched, moves, limit, moved)
    chance = overlap_by_chance(repeats, k)
    return CompareResult(
        cka=debiased.value,
        cka_interval=interval_of(debiased),
        cka_biased=plain.value,
        rsa=ranked.value,
        rsa_interval=interval_of(ranked),
        procrustes=distance.value,
        neighbor_overlap=common.value,
        neighbor_overlap_interval=interval_of(common),
        neighbor_overlap_chance=chance,
        nulls=nulls,
        rows_x=matched.x,
        rows_y=matched.y,
        moves=moves,
        median_move=median,
        noise_limit=limit,
        sides=sides,
        rotation=rotation,
        title=f"Comparison: {count:,} rows in common",
        columns=COLUMNS,
        records=measures + words,
        summary={
            "rows_in_common": count,
            "overlap_by_chance": chance,
            "median_move": median,
            "noise_limit": limit,
        },
        settings={
            "rows_x": len(first), "rows_y": len(second), "dimensions_x": first.rows.shape[1],
            "dimensions_y": second.rows.shape[1], "matched_by": matched.by, "neighbors": k,
            "metric": metric, "ci": ci, "sample": sample, "seed": seed,
        },
        notes=(
            *first.notes("x", np.ones(len(first), dtype=bool)),
            *second.notes("y", np.ones(len(second), dtype=bool)),
            *notes_on_rows(first, second, matched),
            *repeats.note,
            *notes_on_measures(sides, (first, second), debiased, ranked, shared, neighbors, k),
            *notes_on_moves(moves, rotation, limit, moved, words),
            *(
                [
                    f"RSA and neighbors are measured on {len(chosen):,} of {count:,} rows (`sample`)"
                ]
                if len(chosen) < count
                else []
            ),
        ),
        views=views_of(measures, words),
    )  # fmt: skip


def check_numbers(
    neighbors: int, moved: int, sample: int | None, seed: int, ci: float | None
) -> None:
    for name, value, least in (
        ("neighbors", neighbors, 1), ("moved", moved, 0), ("sample", sample, 3), ("seed", seed, 0),
    ):  # fmt: skip
        if value is not None and value < least:
            raise ParameterError(name, value, f"a whole number from {least}")
    if ci is not None and not 0 < ci < 1:
        raise ParameterError("ci", ci, "between 0 and 1, such as 0.95")


def _overlap_halves(
    some: list[Array], k: int, ci: float | None, seed: int, repeats: Repeats
) -> Halves:
    """Measure the overlap of random halves of the rows, with neighbors among themselves."""

    def afresh(rows: Rows) -> dict[str, float | None]:
        first, second = (Points(one[rows]) for one in some)
        k_of_half = min(k, (len(rows) - 1) // 2)
        found = overlap(first, second, np.arange(len(rows)), k=k_of_half)
        return {"overlap": None if found is None else found.mean}

    return Halves(repeats, afresh, ci=ci, seed=seed)
