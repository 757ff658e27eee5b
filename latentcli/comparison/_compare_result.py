"""The result of a comparison, and its records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from latentcli.comparison import _procrustes
from latentcli.comparison._matching import Match
from latentcli.comparison._moments import Side
from latentcli.comparison._moves import STILL
from latentcli.comparison._procrustes import Rotation
from latentcli.errors import LatentError
from latentcli.numerics.named_rows import NamedRows
from latentcli.numerics.nulls import Null
from latentcli.numerics.resampling import Estimate
from latentcli.numerics.types import Array
from latentcli.results import Interval, Picture, Record, Result

COLUMNS = (
    "measure", "variant", "value", "low", "high", "null", "p_value", "reading", "word",
)  # fmt: skip
_SAME_SHAPE = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CompareResult(Result):
    """How alike two spaces are.

    Attributes
    ----------
    cka, cka_interval, cka_biased
        Linear CKA, debiased, its interval, and the biased one; None where they do not exist.
    rsa, rsa_interval
        Spearman's correlation of the distances.
    procrustes
        The orthogonal Procrustes distance, in [0, 2].
    neighbor_overlap, neighbor_overlap_interval, neighbor_overlap_chance
        The share of common neighbors, and what unrelated spaces have.
    nulls
        Of each measure: its mean over shuffled rows, and p-values.
    rows_x, rows_y : (n,)
        The numbers of the paired rows.
    moves : (n,)
        1 - cosine of each rotated row and its partner, NaN where there is none.
    median_move, noise_limit
        The usual move, and the move beyond which a row moved more than noise of the usual size.
    """

    cka: float | None
    cka_interval: Interval | None
    cka_biased: float | None
    rsa: float | None
    rsa_interval: Interval | None
    procrustes: float | None
    neighbor_overlap: float | None
    neighbor_overlap_interval: Interval | None
    neighbor_overlap_chance: float
    nulls: Mapping[str, Null]
    rows_x: Array
    rows_y: Array
    moves: Array
    median_move: float | None
    noise_limit: float | None
    sides: tuple[Side, Side] = field(repr=False)
    rotation: Rotation | None = field(repr=False)

    def pictures(self) -> tuple[Picture, ...]:
        """Return the measures beside what shuffled rows give, and the words that moved most."""
        from latentcli.comparison._pictures import of_comparison

        return of_comparison(self.records)

    def align(self, rows: ArrayLike) -> Array:
        """Return rows of X (n, D1), as they are in X, rotated onto Y and shifted to its mean.

        Rows of zeros, NaN or infinity come out as zeros. Raises LatentError where all rows of a space
        are the same.
        """
        if self.rotation is None:
            raise LatentError("nothing to align: all rows of one space are the same")
        return _procrustes.aligned(np.asarray(rows), *self.sides, self.rotation)


def measure_record(
    name: str,
    variant: str,
    found: Estimate,
    nulls: Mapping[str, Null],
    rotation: Rotation | None,
) -> Record:
    """Return the record of a measure, read by its null."""
    null = nulls.get(name) if found.value is not None else None
    reading = p_value = None
    if null is not None:
        p_value = null.p_smaller if name == "procrustes" else null.p_larger
        alike = null.smaller if name == "procrustes" else null.larger
        reading = "alike beyond chance" if alike else "alike as by chance"
        if alike and rotation is not None and rotation.distance < _SAME_SHAPE:
            reading = "equal up to rotation"
    return {
        "measure": name, "variant": variant, "value": found.value, "low": found.low,
        "high": found.high, "null": null and null.mean, "p_value": p_value, "reading": reading,
        "word": None,
    }  # fmt: skip


def interval_of(found: Estimate) -> Interval | None:
    if found.low is None or found.high is None:
        return None
    return Interval(found.low, found.high)


def moved_records(
    x: NamedRows, matched: Match, moves: Array, limit: float | None, most: int
) -> list[Record]:
    """Return a record for each of the rows that moved most, the farthest first."""
    distances = np.nan_to_num(moves, nan=0.0)
    order = np.argsort(-distances, kind="stable")[:most]
    order = order[distances[order] > STILL]
    readings = ("within what noise moves", "moved more than noise")
    return [
        {
            **dict.fromkeys(COLUMNS),
            "measure": "moved",
            "variant": "1 - cosine",
            "value": float(distances[row]),
            "reading": None if limit is None else readings[bool(distances[row] > limit)],
            "word": x.name(int(matched.x[row])),
        }
        for row in order
    ]
