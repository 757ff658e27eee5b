"""Exact search: the best rows of a matrix for many questions at once, in blocks.

Longer than 300 lines: the scan, its bounds and the merge of candidates are one algorithm.

Rows are scanned in float32 by matrix products. Everything that might be among the best, given
the rounding error of those products, is scored again in float64 from the raw rows; so the
answer does not depend on block sizes, batching or threads, and ties go to the earlier row.
Many Euclidean questions at once go through `numerics.neighbors`, which is faster there; what it
cannot decide, because of ties, is searched here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from latentcli.numerics.neighbors import nearest_to
from latentcli.numerics.scoring import COSINE, EUCLIDEAN, Scorer
from latentcli.numerics.types import Array, Progress

Rows = npt.NDArray[np.int64]

_BLOCK_BYTES = 4 << 20
_SCORES_PER_BLOCK = 1 << 20
"""Scores at a time, 4 MB: they stay in the cache, where they are compared after the product."""

_TINY, _HUGE = 1e-30, 1e30

QUESTIONS_PER_PASS = 1024
"""How many questions are answered together, at most."""

MANY = 64
"""Euclidean questions from which `numerics.neighbors` is faster (measured for 16 to 300 dimensions)."""


@dataclass(frozen=True)
class Question:
    """A query in numbers: unit `probes` (P, D) float64, and the rows that are no answers.

    `length` is the norm of the vector of the query (for dot and euclidean), or the numbers that
    the scorer takes in its place; `vector` (D,) is that vector as it is, where the first probe
    and the length do not give it to the last digit. `own` are the rows that it was made of,
    whether they may be answers or not.
    """

    probes: Array
    exclude: tuple[int, ...] = ()
    length: float | tuple[float, ...] = 1.0
    vector: Array | None = None
    own: tuple[int, ...] = ()

    @property
    def lengths(self) -> Array:
        """The length, or the numbers in its place (L,)."""
        return np.atleast_1d(np.asarray(self.length, dtype=np.float64))

    @property
    def whole(self) -> Array:
        """The vector of the query (D,)."""
        return self.probes[0] * self.lengths[0] if self.vector is None else self.vector


@dataclass(frozen=True)
class Hits:
    """The answers to one question, best first: `rows` (k,) int64, `scores` (k,) float64."""

    rows: Rows
    scores: Array = field(repr=False)


def search(
    matrix: Array,
    norms: Array,
    questions: Sequence[Question],
    *,
    top: int,
    scorer: Scorer = COSINE,
    rows: Rows | None = None,
    limit: int | None = None,
    min_score: float | None = None,
    floors: Array | None = None,
    progress: Progress | None = None,
) -> list[Hits]:
    """Find the `top` best rows for each question.

    Parameters
    ----------
    matrix : (N, D) float32
        The raw rows; may be memory-mapped, is read once from front to back. Rows that lie elsewhere have a
        method `search` of their own.
    norms : (N,) float64
        Euclidean norms; rows whose norm is 0 are never answered.
    questions
        All with as many probes as the scorer takes.
    top
        How many answers to give at most; fewer if there are not so many rows.
    rows : (M,) int64, optional
        Answer only these rows (ascending).
    limit
        Answer only the first `limit` rows.
    min_score
        Answer only rows with at least this score.
    floors : (Q,), optional
        Scores, before they are shown, below which rows of each question are of no use: better ones are known.

    Returns
    -------
    list of Hits, one for each question, scores computed in float64.
    """
    top = min(top, len(norms))
    if not questions or top <= 0:
        return [_none() for _ in questions]
    laid: Callable[..., list[Hits]] | None = getattr(matrix, "search", None)
    if laid is not None:
        return laid(
            questions, top=top, scorer=scorer, rows=rows, limit=limit, min_score=min_score
        )
    if scorer is EUCLIDEAN and len(questions) >= MANY and min_score is None:
        return _search_euclidean(matrix, norms, questions, top, rows, limit, progress)
    parts = list(blocks(norms, matrix.shape[1], rows, limit, len(questions)))
    passes = [
        Pass(
            questions[start : start + QUESTIONS_PER_PASS], top, scorer,
            None if floors is None else floors[start : start + QUESTIONS_PER_PASS],
        )
        for start in range(0, len(questions), QUESTIONS_PER_PASS)
    ]  # fmt: skip
    for done, block in enumerate(parts):
        _scan(matrix, norms, block, passes)
        if progress:
            progress(done + 1, len(parts))
    return [hits for part in passes for hits in part.answers(matrix, min_score=min_score)]


def _search_euclidean(
    matrix: Array,
    norms: Array,
    questions: Sequence[Question],
    top: int,
    rows: Rows | None,
    limit: int | None,
    progress: Progress | None,
) -> list[Hits]:
    """Find the nearest rows; search one by one where ties leave it open which those are."""
    allowed = np.flatnonzero(norms[:limit] > 0) if rows is None else rows
    allowed = allowed[(allowed < (len(norms) if limit is None else limit))]
    allowed = allowed[norms[allowed] > 0]
    vectors = np.stack([question.whole for question in questions])
    exclude = [question.exclude for question in questions]
    found = nearest_to(matrix, allowed, vectors, top, exclude, norms=norms, progress=progress)
    answers = [Hits(one.rows, one.distances) if one else _none() for one in found]
    for index in [index for index, one in enumerate(found) if one is None]:
        answers[index] = search(
            matrix, norms, [questions[index]],
            top=top, scorer=EUCLIDEAN, rows=rows, limit=limit,
        )[0]  # fmt: skip
    return answers


def _none() -> Hits:
    return Hits(np.zeros(0, dtype=np.int64), np.zeros(0))


Block = slice | Rows


def blocks(
    norms: Array, dimensions: int, rows: Rows | None, limit: int | None, questions: int
) -> Iterator[Block]:
    """Yield slices of rows (or parts of the list of rows) of a size that stays in the cache."""
    size = max(256, _BLOCK_BYTES // (4 * dimensions))
    if questions > 1:
        size = max(256, min(size, _SCORES_PER_BLOCK // min(questions, QUESTIONS_PER_PASS)))
    end = len(norms) if limit is None else min(limit, len(norms))
    if rows is None:
        for start in range(0, end, size):
            yield slice(start, min(start + size, end))
    else:
        kept = rows[rows < end]
        for start in range(0, len(kept), size):
            yield kept[start : start + size]


def _scan(matrix: Array, norms: Array, block: Block, passes: list[Pass]) -> None:
    """Score a block for every question and keep what might be among the best."""
    values = np.asarray(matrix[block])
    row_norms = norms[block]
    numbers = np.arange(block.start, block.stop) if isinstance(block, slice) else block
    usable = row_norms > 0
    if not usable.all():
        values, row_norms, numbers = values[usable], row_norms[usable], numbers[usable]
    if not len(numbers):
        return
    inverse = None
    if row_norms.min() < _TINY or row_norms.max() > _HUGE:  # float32 would overflow
        values = (values / row_norms[:, None]).astype(np.float32)
    elif sum(len(part.probes) for part in passes) > values.shape[1]:
        # Cheaper to scale the rows once than all their products.
        values = values * (1.0 / row_norms).astype(np.float32)[:, None]
    else:
        inverse = (1.0 / row_norms).astype(np.float32)
    for part in passes:
        probes = part.probes
        cosines = (values @ probes[0])[None] if len(probes) == 1 else probes @ values.T
        if inverse is not None:
            cosines *= inverse
        part.take(cosines, numbers, row_norms)


class _Candidates(NamedTuple):
    """Rows that may be among the best: parallel arrays, with the least and greatest score."""

    questions: Rows
    rows: Rows
    low: Array
    high: Array

    def at(self, which: Array) -> _Candidates:
        return _Candidates(*(column[which] for column in self))


class Pass:
    """The best so far of a batch of up to `QUESTIONS_PER_PASS` questions."""

    def __init__(
        self,
        questions: Sequence[Question],
        top: int,
        scorer: Scorer,
        floors: Array | None = None,
    ) -> None:
        self.questions = questions
        self.top = top
        self.scorer = scorer
        self.exact = np.stack([question.probes for question in questions])  # (Q, P, D)
        self.lengths = np.stack([question.lengths for question in questions])  # (Q, L)
        count, per_question, dimensions = self.exact.shape
        self.probes = self.exact.reshape(count * per_question, dimensions).astype(np.float32)
        # Bounds the error of a float32 scalar product of unit vectors in any order of
        # summation, with the scaling: gamma_n for n = D + 4 (Higham, 2002).
        self.error = (dimensions + 4) * float(np.finfo(np.float32).eps) / 2
        self.excluded = max(len(set(question.exclude)) for question in questions)
        self.banned = self._banned()
        # `top` rows are known to score at least this.
        self.floor = np.full(count, -np.inf) if floors is None else floors.copy()
        self.found: list[_Candidates] = []
        self.waiting = 0

    def take(self, cosines: Array, numbers: Rows, norms: Array) -> None:
        """Keep the rows of a block whose score may be among the best."""
        bounds = self.scorer.bounds(cosines, norms, self.lengths, self.error)
        self.keep(*bounds, numbers)

    def keep(self, low: Array, high: Array, slack: float, numbers: Rows) -> None:
        """Keep rows whose score, from `low` to `high` + `slack` (Q, n), may be among the best."""
        needed = self.top + self.excluded
        if np.isinf(self.floor).any() and low.shape[1] > 4 * needed:
            # Nothing is known yet: this block's own best give the first floor.
            least = np.partition(low, low.shape[1] - needed, axis=1)[:, low.shape[1] - needed]
            self.floor = np.maximum(self.floor, least)
        limit = (self.floor - slack).astype(high.dtype)
        limit = np.nextafter(limit, high.dtype.type(-np.inf))  # which rounding may have raised
        hopeful = np.flatnonzero(high.max(axis=1) >= limit)
        if not hopeful.size:
            return
        # Flat positions: NumPy finds them several times as fast as pairs of indices.
        flat = np.flatnonzero(high[hopeful] >= limit[hopeful, None])
        question, place = np.divmod(flat, high.shape[1])
        question = hopeful[question]
        picked = question, place
        self.found.append(
            _Candidates(
                question,
                numbers[place],
                low[picked].astype(np.float64),
                high[picked].astype(np.float64) + slack,
            )
        )
        self.waiting += len(question)
        if self.waiting >= 2 * self.top * len(self.questions) + 4096:
            self._settle()

    def answers(self, matrix: Array, *, min_score: float | None) -> Iterator[Hits]:
        """Score what is left in float64 and give the best, ties to the earlier row."""
        if not self.found:
            yield from (_none() for _ in self.questions)
            return
        self._settle()
        questions, rows = self.found[0].questions, self.found[0].rows
        order = np.lexsort((rows, questions))
        questions, rows = questions[order], rows[order]
        edges = np.searchsorted(questions, np.arange(len(self.questions) + 1))
        for index in range(len(self.questions)):
            mine = rows[edges[index] : edges[index + 1]]
            if not len(mine):
                yield _none()
                continue
            question = self.questions[index]
            scores = self.scorer.of_rows(
                matrix[mine].astype(np.float64), self.exact[index], self.lengths[index],
                question.whole,
            )  # fmt: skip
            if min_score is not None:
                mine, scores = mine[scores >= min_score], scores[scores >= min_score]
            best = np.argsort(-scores, kind="stable")[: self.top]
            yield Hits(mine[best].astype(np.int64), self.scorer.shown(scores[best]))

    def _banned(self) -> Rows:
        """Code (question, row) pairs that must not be answered as sorted numbers."""
        pairs = [
            self._code(index, row)
            for index, question in enumerate(self.questions)
            for row in question.exclude
        ]
        return np.array(sorted(pairs), dtype=np.int64)

    @staticmethod
    def _code(question: Any, row: Any) -> Any:
        return row * QUESTIONS_PER_PASS + question

    def _settle(self) -> None:
        """Merge the candidates, raise the floors, and drop what fell below."""
        merged = _Candidates(
            *(np.concatenate(column) for column in zip(*self.found, strict=True))
        )
        if self.banned.size:
            merged = merged.at(~np.isin(self._code(merged.questions, merged.rows), self.banned))
        merged = merged.at(np.lexsort((-merged.low, merged.questions)))
        edges = np.searchsorted(merged.questions, np.arange(len(self.questions) + 1))
        full = np.flatnonzero(np.diff(edges) >= self.top)
        self.floor[full] = np.maximum(self.floor[full], merged.low[edges[full] + self.top - 1])
        self.found = [merged.at(merged.high >= self.floor[merged.questions])]
        self.waiting = 0
