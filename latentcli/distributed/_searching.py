"""What workers find in one shard: the best rows for many questions, and how those of shards are merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from latentcli.distributed import _shards
from latentcli.distributed._shards import inside
from latentcli.files.reading import Findings
from latentcli.files.store.build import narrowed
from latentcli.numerics import scoring
from latentcli.numerics.blocks import spans
from latentcli.numerics.scoring import EUCLIDEAN, Scorer
from latentcli.numerics.search import MANY, Question, search
from latentcli.numerics.types import Array

if TYPE_CHECKING:
    from latentcli.distributed._shards import Shard

_SEARCHED = 128 << 20
"""Bytes in float64 of a piece of a shard that is searched for many questions: what is done for each question counts less."""

Best = tuple[Array, Array]
"""Rows (k,) and their scores before they are shown, the best first."""

NOTHING: Best = (np.zeros(0, dtype=np.int64), np.zeros(0))


def floors_of(best: Sequence[Best], top: int) -> Array:
    """Return the scores (Q,) that as many rows as are requested have, or more; -inf where there are not so many yet."""
    return np.array([scores[-1] if len(scores) == top else -np.inf for _, scores in best])


def name_of(scorer: Scorer) -> str:
    """Return what a scorer is called in its module: functions of it cannot be sent."""
    return next(name for name, value in vars(scoring).items() if value is scorer)


def better(one: Best, other: Best, top: int) -> Best:
    """Merge the best of earlier rows with those of later ones: ties go to the earlier row."""
    rows, scores = np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]])
    best = np.argsort(-scores, kind="stable")[:top]
    return rows[best], scores[best]


def by_distance(scorer: Scorer, questions: int, min_score: float | None) -> bool:
    """Tell whether `search` goes through `numerics.neighbors`, which compares distances, not squares."""
    return scorer is EUCLIDEAN and questions >= MANY and min_score is None


def _as_it_is(score: Array) -> Array:
    return score


def best_of(
    shard: Shard,
    questions: Sequence[Question],
    top: int,
    scorer: str,
    unusable: Array,
    among: Array | None,
    limit: int,
    min_score: float | None,
    floors: Array,
) -> list[Best]:
    """Search a shard, piece by piece, for what may be better than the best of other shards."""
    plain: Scorer = getattr(scoring, scorer)
    away = by_distance(plain, len(questions), min_score)
    kept = plain if away else replace(plain, shown=_as_it_is)
    best = [NOTHING for _ in questions]
    for first, values in _shards.blocks(
        shard, _SEARCHED if len(questions) > 1 else _shards.PIECE
    ):
        if first >= limit:
            break
        span = slice(first, first + len(values))
        matrix, norms = _narrowed(values)
        norms[inside(unusable, span)] = 0.0
        begin = shard.first + first
        local = [
            replace(one, exclude=tuple(row - begin for row in one.exclude)) for one in questions
        ]
        hits = search(
            matrix, norms, local, top=top, scorer=kept, min_score=min_score,
            rows=None if among is None else inside(among, span), limit=limit - first,
            floors=np.maximum(floors, floors_of(best, top)),
        )  # fmt: skip
        best = [
            better(old, (new.rows + begin, -new.scores if away else new.scores), top)
            if len(new.rows)
            else old
            for old, new in zip(best, hits, strict=True)
        ]
    return best


def _narrowed(values: Array) -> tuple[Array, Array]:
    """Return rows as float32 with their norms, a few at a time, so that no copy of all in float64 is made."""
    parts = [narrowed(values[part], Findings()) for part in spans(*values.shape)]
    norms = np.concatenate([one for _, one in parts])
    plain = values.dtype == np.float32 and values.flags.c_contiguous and values.dtype.isnative
    return values if plain else np.concatenate([one for one, _ in parts]), norms
