"""Sets of analogies, a is to b as c is to d, answered many at a time by any of five methods.

A set asks about a few hundred words thousands of times. So 3CosMul and PairDirection, which
compare every row with three words, take the rows' cosines with each word once, and make each
question's scores of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from latentcli.numerics.scoring import COSINE, Scorer
from latentcli.numerics.search import QUESTIONS_PER_PASS, Hits, Pass, Question, search
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import unit
from latentcli.words._analogy import METHODS as SINGLE
from latentcli.words.evaluation import _bounds

Rows = npt.NDArray[np.int64]

_AT_ONCE = 16 * QUESTIONS_PER_PASS
_ROWS_SCANNED, _ROWS = 4096, 256
_ROWS_EXACT, _QUERIES_EXACT = 1024, 256
_ALIKE = 1e-12


@dataclass(frozen=True)
class Analogies:
    """Questions in numbers.

    `rows` (Q, 4) are the rows of a, b, c and d in the matrix; `groups` (Q,) says which questions
    are of one relation; `barred` holds for each question the rows that are no answer. `whole`
    is the set that these are a part of.
    """

    matrix: Array
    rows: Rows
    groups: Rows
    barred: Sequence[tuple[int, ...]]
    whole: Analogies | None = None

    @cached_property
    def words(self) -> Rows:
        """Each row of a question, once, ascending (W,)."""
        return np.unique(self.rows)

    @cached_property
    def places(self) -> Rows:
        """Where in `words` each of `rows` is (Q, 4)."""
        return np.searchsorted(self.words, self.rows)

    @cached_property
    def units(self) -> Array:
        """The unit vectors of `words` (W, D) float64."""
        return unit(np.asarray(self.matrix[self.words], dtype=np.float64))

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def relations(self) -> dict[int, Rows]:
        """The pairs (P, 2), a:b and c:d, of each group of the whole set, each pair once."""
        if self.whole is not None:
            return self.whole.relations
        found = {}
        for group in np.unique(self.groups).tolist():
            rows = self.rows[self.groups == group]
            found[group] = np.unique(np.concatenate([rows[:, :2], rows[:, 2:]]), axis=0)
        return found

    def part(self, which: slice | Rows) -> Analogies:
        """Return some of the questions; their relations stay those of the whole."""
        barred = [self.barred[place] for place in np.arange(len(self))[which]]
        return Analogies(
            self.matrix, self.rows[which], self.groups[which], barred, self.whole or self
        )


Probes = tuple[Array, Array]
"""Unit probes (Q, P, D) and the lengths that the scorer takes (Q, L)."""


def _of_single(name: str) -> Callable[[Analogies], Probes]:
    """Make the probes of a method for single analogies: a is to b as c is to d is b - a + c."""

    def probes(analogies: Analogies) -> Probes:
        a, b, c, _ = (analogies.units[analogies.places[:, place]] for place in range(4))
        return SINGLE[name].probes(b, a, c)

    return probes


def _average(analogies: Analogies) -> Probes:
    return _one_probe(analogies.units[analogies.places[:, 2]] + _mean_offsets(analogies))


def _only_b(analogies: Analogies) -> Probes:
    return _one_probe(analogies.units[analogies.places[:, 2]])


def _one_probe(vectors: Array) -> Probes:
    return unit(vectors)[:, None], np.ones((len(vectors), 1))


class Method(NamedTuple):
    """A way to answer; `bounds` makes its scores of the cosines with single words."""

    scorer: Scorer
    probes: Callable[[Analogies], Probes]
    source: str
    bounds: Callable[..., _bounds.Bounds] | None = None


_BOUNDS = {
    "3cosadd": _bounds.sum_bounds,
    "3cosmul": _bounds.cosmul_bounds,
    "pairdirection": _bounds.direction_bounds,
}

METHODS: dict[str, Method] = {
    **{
        name: Method(single.scorer, _of_single(name), single.source, _BOUNDS.get(name))
        for name, single in SINGLE.items()
    },
    "3cosavg": Method(COSINE, _average, "Drozd, Gladkova and Matsuoka, 2016"),
    "only-b": Method(COSINE, _only_b, "Linzen, 2016"),
}
"""The methods by name: those for single analogies, and two that need a set. 3CosAvg adds to c the
mean offset of the relation's other pairs, c's own left out; only-b, a baseline, takes the nearest
to c (Linzen's b), whatever a and b are."""


def answer(
    analogies: Analogies,
    norms: Array,
    *,
    method: str,
    top: int = 1,
    limit: int | None = None,
    progress: Progress | None = None,
) -> list[Hits]:
    """Find the `top` answers to each question among the first `limit` rows, exactly.

    `norms` (N,) are those of the matrix. Scores are compared in float32 first and in float64
    where it matters; ties go to the earlier row.
    """
    found: list[Hits] = []
    for start in range(0, len(analogies), _AT_ONCE):
        part = analogies.part(slice(start, start + _AT_ONCE))
        found += _answer(part, norms, method, top, limit, _share(progress, start, analogies))
    return found


def ranks(
    analogies: Analogies,
    rows: Rows,
    norms: Array,
    *,
    method: str,
    limit: int | None = None,
    progress: Progress | None = None,
) -> Rows:
    """Return the rank (Q, R) of given `rows` (Q, R) among all rows, those barred as well.

    1 is the best; equal scores rank in the order of rows.
    """
    scorer = METHODS[method].scorer
    probes, lengths = METHODS[method].probes(analogies)
    norms = norms[:limit]
    better = np.zeros(rows.shape, dtype=np.int64)
    for first in range(0, len(analogies), _QUERIES_EXACT):
        chosen = slice(first, first + _QUERIES_EXACT)
        mine = rows[chosen]
        own = _exact(analogies.matrix, norms, mine, probes[chosen], lengths[chosen], scorer)
        for start in range(0, len(norms), _ROWS_EXACT):
            numbers = np.arange(start, min(start + _ROWS_EXACT, len(norms)))
            numbers = numbers[norms[numbers] > 0]
            directions = unit(analogies.matrix[numbers])
            cosines = probes[chosen] @ directions.T
            scores = scorer.score(cosines, norms[numbers], lengths[chosen])
            for place in range(rows.shape[1]):
                gap = scores - own[:, place, None]
                ahead = (gap > _ALIKE) | (
                    (np.abs(gap) <= _ALIKE) & (numbers < mine[:, place, None])
                )
                better[chosen, place] += np.count_nonzero(ahead, axis=1)
        if progress:
            progress(min(first + _QUERIES_EXACT, len(analogies)), len(analogies))
    return better + 1


def _exact(
    matrix: Array, norms: Array, rows: Rows, probes: Array, lengths: Array, scorer: Scorer
) -> Array:
    """Return the score (Q, R) of each question's own rows (Q, R)."""
    directions = unit(matrix[rows])  # (Q, R, D)
    cosines = probes @ directions.swapaxes(1, 2)  # (Q, P, R)
    return scorer.score(cosines, norms[rows], lengths)


def _share(progress: Progress | None, start: int, analogies: Analogies) -> Progress | None:
    """Return a progress callback for a part, whose total is that of the whole."""
    if progress is None:
        return None
    size = min(_AT_ONCE, len(analogies) - start)

    def advance(done: int, total: int) -> None:
        progress(start + size * done // total, len(analogies))

    return advance


def _answer(
    analogies: Analogies,
    norms: Array,
    method: str,
    top: int,
    limit: int | None,
    progress: Progress | None,
) -> list[Hits]:
    chosen = METHODS[method]
    probes, lengths = chosen.probes(analogies)
    questions = [
        Question(probe, barred, tuple(length))
        for probe, barred, length in zip(
            probes, analogies.barred, lengths.tolist(), strict=True
        )
    ]
    if chosen.bounds is None or hasattr(analogies.matrix, "search"):
        return search(
            analogies.matrix, norms, questions,
            top=top, scorer=chosen.scorer, limit=limit, progress=progress,
        )  # fmt: skip
    top = min(top, len(norms))
    passes = [
        (start, Pass(questions[start : start + QUESTIONS_PER_PASS], top, chosen.scorer))
        for start in range(0, len(questions), QUESTIONS_PER_PASS)
    ]
    _scan(analogies, norms[:limit], chosen.bounds, passes, progress)
    return [
        hits for _, part in passes for hits in part.answers(analogies.matrix, min_score=None)
    ]


def _scan(
    analogies: Analogies,
    norms: Array,
    bounds: Callable[..., _bounds.Bounds],
    passes: list[tuple[int, Pass]],
    progress: Progress | None,
) -> None:
    """Score all rows from their cosines with the words, and keep what may be among the best."""
    words = analogies.units.astype(np.float32)
    a, b, c, _ = np.ascontiguousarray(analogies.places.T)
    room = _bounds.Room(QUESTIONS_PER_PASS, _ROWS)
    for start in range(0, len(norms), _ROWS_SCANNED):
        numbers = np.arange(start, min(start + _ROWS_SCANNED, len(norms)))
        numbers = numbers[norms[numbers] > 0]
        cosines = words @ unit(analogies.matrix[numbers]).astype(np.float32).T
        for left in range(0, len(numbers), _ROWS):
            block = slice(left, left + _ROWS)
            near = np.ascontiguousarray(cosines[:, block])
            bound = bounds(near, passes[0][1].error, analogies.units, room)
            for first, part in passes:
                mine = slice(first, first + len(part.questions))
                part.keep(*bound(a[mine], b[mine], c[mine]), numbers[block])
        if progress:
            progress(min(start + _ROWS_SCANNED, len(norms)), len(norms))


def _mean_offsets(analogies: Analogies) -> Array:
    """Return for each question the mean offset (Q, D) of its relation's pairs, c's own left out.

    Where c's is the only pair, the offset is zero.
    """
    offsets = np.zeros((len(analogies), analogies.units.shape[1]))
    for group in np.unique(analogies.groups).tolist():
        mine = np.flatnonzero(analogies.groups == group)
        pairs = analogies.relations[group]
        ends = unit(np.asarray(analogies.matrix[pairs], dtype=np.float64))
        steps = ends[:, 1] - ends[:, 0]
        starts, of = np.unique(pairs[:, 0], return_inverse=True)
        own, count = np.zeros((len(starts), steps.shape[1])), np.bincount(of)
        np.add.at(own, of, steps)
        start = np.searchsorted(starts, analogies.rows[mine, 2])
        others = len(pairs) - count[start]
        offsets[mine] = (steps.sum(axis=0) - own[start]) / np.maximum(others, 1)[:, None]
        offsets[mine[others == 0]] = 0.0
    return offsets
