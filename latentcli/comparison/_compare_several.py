"""Which of several spaces is most like one: measures of the same rows, and which differences are more than chance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from latentcli.comparison import _cka, _procrustes
from latentcli.comparison._compare import check_numbers
from latentcli.comparison._matching import match
from latentcli.comparison._moments import side_of, triple
from latentcli.comparison._overlap import METRICS, overlap
from latentcli.comparison._rsa import rsa
from latentcli.errors import LatentError, check_choice, counted
from latentcli.numerics.blocks import sampled
from latentcli.numerics.multiple_comparisons import (
    Difference,
    difference_of,
    differences_from_best,
    paired_difference,
)
from latentcli.numerics.named_rows import named_rows
from latentcli.numerics.parallel import each
from latentcli.numerics.points import Points
from latentcli.numerics.resampling import HALVES, half_samples
from latentcli.numerics.types import Array, HasMatrix, Progress
from latentcli.results import Dot, Dots, HeatMap, Picture, Record, Result, Sheet

COLUMNS = (
    "measure", "space", "value", "difference", "low", "high", "p_value", "p_holm", "group",
)  # fmt: skip
_LOWER = "procrustes"
"""The measure whose best value is 0."""

_LEAST = 40
"""Rows in common from which halves can be compared."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Several(Result):
    """How alike several spaces are to one: see `compare_several`.

    `names` (n,) are X and the others, and `cka` (n, n) the debiased CKA of every two of them, in [-1, 1];
    NaN where it does not exist.
    """

    names: tuple[str, ...]
    cka: Array

    def pictures(self) -> tuple[Picture, ...]:
        """Return the CKA of every two spaces, and for each measure the differences from the best."""
        low = -1.0 if np.nanmin(self.cka, initial=0.0) < 0 else 0.0
        values = self.cka.tolist()
        charts: list[Picture] = [
            HeatMap("cka", self.names, self.names, values, low, 1.0, "CKA")
        ]
        for measure in dict.fromkeys(row["measure"] for row in self.records):
            mine = [row for row in self.records if row["measure"] == measure]
            dots = [
                Dot(*(_number(row[key]) for key in ("difference", "low", "high")))
                for row in mine
            ]
            names = [str(row["space"]) for row in mine]
            title = str(measure).replace("_", " ")
            charts.append(Dots(title, "difference from the best", names, {"": dots}))
        return tuple(charts)


def compare_several(
    x: HasMatrix | ArrayLike,
    spaces: Mapping[str, HasMatrix | ArrayLike],
    *,
    neighbors: int = 10,
    metric: str | None = None,
    sample: int | None = 1000,
    seed: int = 0,
    ci: float | None = 0.95,
    progress: Progress | None = None,
) -> Several:
    """Say which of several spaces is most like `x`, and which of them cannot be distinguished.

    Parameters
    ----------
    x : (N, D)
        Codes, or a space of words (`latentcli.open`).
    spaces
        Two or more others by name. Arrays are matched by row, spaces by word.
    neighbors, metric, ci, seed
        See `compare`.
    sample
        Rows at most that are compared, of those that all spaces have; None is all.
    progress
        Called with steps done and in all.

    Returns
    -------
    Several
        For each measure a record of each space, from the best down: `value`, `difference` from the best with its
        interval, `p_value`, `p_holm` (Holm, 1979, over all pairs) and `group`: spaces that share a letter are
        not distinguished at 5 %. Differences are tested by the same random halves of the rows for all.

    Raises
    ------
    LatentError
        For fewer than two other spaces, or fewer than 40 rows in common.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal((200, 5))
    >>> spaces = {sd: x + float(sd) * rng.standard_normal(x.shape) for sd in ("0.1", "2")}
    >>> found = compare_several(x, spaces)
    >>> [(row["space"], row["group"]) for row in found.records if row["measure"] == "cka"]
    [('0.1', 'a'), ('2', 'b')]
    """
    check_numbers(neighbors, 0, sample, seed, ci)
    if metric is not None:
        check_choice("metric", metric, METRICS)
    if len(spaces) < 2:
        raise LatentError("`spaces` names fewer than two spaces")
    first = named_rows(x, "x")
    others = {name: named_rows(one, "y") for name, one in spaces.items()}
    angles = None if metric is None else metric == "cosine"
    matched = {name: match(first, one, directions=angles) for name, one in others.items()}
    common = reduce(np.intersect1d, (one.x for one in matched.values()))
    if len(common) < _LEAST:
        rows = counted(len(common), "row")
        raise LatentError(f"{rows} in common: {_LEAST} are needed to tell spaces apart")
    by = next(iter(matched.values())).by
    metric = metric or ("euclidean" if by == "row" else "cosine")
    chosen = common[sampled(len(common), sample or len(common), seed)]
    mine = np.asarray(first.rows[chosen], dtype=np.float64)
    theirs = {}
    for name, pairs in matched.items():
        place = dict(zip(pairs.x.tolist(), pairs.y.tolist(), strict=True))
        partners = [place[row] for row in chosen.tolist()]
        theirs[name] = np.asarray(others[name].rows[partners], dtype=np.float64)
    every = np.arange(len(chosen))
    parts = [every, *half_samples(len(chosen), seed, count=HALVES)]
    tasks = [(name, rows) for name in theirs for rows in parts]

    def measured(task: tuple[str, Array]) -> dict[str, float]:
        name, rows = task
        return measures_of(mine[rows], theirs[name][rows], k=neighbors, metric=metric)

    found = each(measured, tasks, progress)
    by_name = {name: found[i * len(parts) :][: len(parts)] for i, name in enumerate(theirs)}
    records = [row for name in found[0] for row in _compared(name, by_name, ci)]
    return Several(
        names=("X", *theirs),
        cka=_cka_of_pairs([mine, *theirs.values()]),
        title=f"{counted(len(spaces), 'space')} compared with one: {len(chosen):,} rows",
        columns=COLUMNS,
        records=records,
        summary={"rows_in_common": len(common), "rows": len(chosen)},
        settings={
            "matched_by": by, "neighbors": neighbors, "metric": metric, "sample": sample, "ci": ci,
            "seed": seed,
        },
        views=tuple(
            Sheet(f"{name.replace('_', ' ')}", COLUMNS[1:], [r for r in records if r["measure"] == name], ("p_value",))
            for name in dict.fromkeys(str(row["measure"]) for row in records)
        ),
    )  # fmt: skip


def measures_of(x: Array, y: Array, *, k: int, metric: str) -> dict[str, float]:
    """Return debiased CKA, RSA, Procrustes distance and the overlap of neighbors of paired rows.

    NaN for a measure that does not exist. Of few rows k is no more than half of the others.
    """
    every = np.arange(len(x))
    sides = side_of(x, every), side_of(y, every)
    sums = triple(*sides, every)
    near = Points(x, metric == "cosine"), Points(y, metric == "cosine")
    turned = all(side.scale for side in sides)
    k = min(k, max(1, (len(x) - 1) // 2))
    shared = overlap(near[0], near[1], every, k=k)
    found = {
        "cka": _cka.debiased_cka(sums),
        "rsa": rsa(near[0].take(every), near[1].take(every), metric=metric).value,
        "procrustes": _procrustes.rotation(sums).distance if turned else None,
        "neighbor_overlap": None if shared is None else shared.mean,
    }
    return {name: math.nan if value is None else value for name, value in found.items()}


def _cka_of_pairs(spaces: Sequence[Array]) -> Array:
    """Return the debiased CKA (n, n) of every two spaces (N, D), by the same rows."""
    every = np.arange(len(spaces[0]))
    sides = [side_of(rows, every) for rows in spaces]
    found = np.eye(len(spaces))
    for i, j in combinations(range(len(spaces)), 2):
        value = _cka.debiased_cka(triple(sides[i], sides[j], every))
        found[i, j] = found[j, i] = math.nan if value is None else value
    return found


def _compared(
    measure: str, found: Mapping[str, list[dict[str, float]]], ci: float | None
) -> list[Record]:
    """Return the records of one measure; `found` has for each space that of all rows, then of halves."""
    values = {name: ones[0][measure] for name, ones in found.items()}
    known = {name: value for name, value in values.items() if math.isfinite(value)}

    def difference(one: str, other: str) -> Difference:
        pairs = zip(found[one][1:], found[other][1:], strict=True)
        apart = [difference_of(a[measure], b[measure]) for a, b in pairs]
        return paired_difference(difference_of(values[one], values[other]), apart, ci)

    if len(known) < 2:
        return []
    rows = differences_from_best(known, difference, lower_is_better=measure == _LOWER)
    return [{"measure": measure, "space": row.pop("name"), **row} for row in rows]


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
