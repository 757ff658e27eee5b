"""Do two languages line up? A rotation learned from a dictionary, and the translations it finds."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from latentcli.comparison._dictionary import (
    HELD_OUT,
    Known,
    Pairs,
    Side,
    found_pairs,
    parted,
    repeats_by_vector,
)
from latentcli.comparison._translation import densities, procrustes, translations
from latentcli.errors import LatentError, ParameterError, counted
from latentcli.numerics.intervals import wilson
from latentcli.numerics.named_rows import named_rows
from latentcli.numerics.repeats import Repeats
from latentcli.numerics.types import Array, HasMatrix, Progress
from latentcli.results import Picture, Record, Result

COLUMNS = ("retrieval", "k", "precision", "low", "high", "chance")
CUTOFFS = (1, 5, 10)
_MUTUAL = 15_000
"""Words, the most frequent, whose mutual translations refine the rotation, as in MUSE."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AlignResult(Result):
    """A rotation of one space onto another, and how well it translates.

    `rotation` (D, D) takes rows of x of length 1 into y's space: `unit(x) @ rotation`; `precision` has
    P@k for each (retrieval, k); `words` (Q,) are the source words that were tested.
    """

    rotation: Array
    precision: dict[tuple[str, int], float]
    words: tuple[str, ...]

    def pictures(self) -> tuple[Picture, ...]:
        """Return the precision beside that of a shuffled dictionary."""
        from latentcli.comparison._pictures import of_alignment

        return of_alignment(self.records)


def align(
    x: HasMatrix | ArrayLike,
    y: HasMatrix | ArrayLike,
    dictionary: Pairs,
    *,
    test_dictionary: Pairs | None = None,
    refinements: int = 0,
    neighbors: int = 10,
    restrict: int | None = 200_000,
    ci: float | None = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
) -> AlignResult:
    """Rotate one space onto another by a dictionary, and measure bilingual lexicon induction.

    Parameters
    ----------
    x, y : (N, D), (M, D)
        Spaces (`latentcli.open`), arrays (words are row numbers), or files, of the same dimensions.
    dictionary
        Pairs of words that mean the same, to learn from; or a file, as MUSE has them.
    test_dictionary
        Pairs to test with. None: a fifth of the source words of `dictionary` is held out.
    refinements
        How often the rotation is learned again from the mutual nearest translations (by CSLS) of the
        15,000 most frequent words, from 0.
    neighbors
        Neighbors whose mean cosine is the density in CSLS, from 1.
    restrict
        Words of each space, the first so many, that are candidates; None for all.
    ci
        Confidence level of Wilson's intervals; None for none.
    seed
        Random seed of what is held out, and of the shuffled dictionary.
    progress
        Called with steps done and in all.

    Returns
    -------
    AlignResult
        P@1, P@5 and P@10 by the nearest cosine (nn) and by CSLS: the share of source words of which a
        translation is among the k best (Conneau et al., 2018). `chance` is the same after a rotation
        learned from the dictionary's pairs in shuffled order.

    Raises
    ------
    LatentError
        Where fewer than two pairs of a dictionary are in both spaces.

    Examples
    --------
    >>> import numpy, latentcli
    >>> rng = numpy.random.default_rng(0)
    >>> x = rng.standard_normal((200, 8))
    >>> y = x @ numpy.linalg.qr(rng.standard_normal((8, 8)))[0]
    >>> pairs = [(str(row), str(row)) for row in range(100)]
    >>> latentcli.align(x, y, pairs).precision["csls", 1]
    1.0
    """
    for name, value, least in (
        ("refinements", refinements, 0), ("neighbors", neighbors, 1), ("restrict", restrict, 2),
        ("seed", seed, 0),
    ):  # fmt: skip
        if value is not None and value < least:
            raise ParameterError(name, value, f"a whole number from {least}")
    if ci is not None and not 0 < ci < 1:
        raise ParameterError("ci", ci, "between 0 and 1")
    source, target = Side(named_rows(x, "x"), restrict), Side(named_rows(y, "y"), restrict)
    if source.rows.shape[1] != target.rows.shape[1]:
        raise LatentError(
            f"`x` has {source.rows.shape[1]:,} dimensions and `y` {target.rows.shape[1]:,}: a rotation "
            "needs the same number"
        )
    known = found_pairs(source, target, dictionary, "dictionary")
    if test_dictionary is None:
        learned, tested = parted(known, source, seed)
    else:
        learned, tested = known, found_pairs(source, target, test_dictionary, "test_dictionary")
    steps = refinements + 2
    rotation = _learned(source, target, learned.pairs)
    for done in range(refinements):
        rotation = _learned(source, target, _mutual(source, target, rotation, neighbors))
        if progress:
            progress(done + 1, steps)
    right = _tested(source, target, rotation, tested.pairs, neighbors)
    rng = np.random.default_rng([seed, 17])
    shuffled = np.stack([learned.pairs[:, 0], rng.permutation(learned.pairs[:, 1])], axis=1)
    null = _tested(source, target, _learned(source, target, shuffled), tested.pairs, neighbors)
    if progress:
        progress(steps, steps)
    sources = np.unique(tested.pairs[:, 0])
    repeats = repeats_by_vector(source, sources)
    records = [
        _record(name, k, values, null[name, k], ci, repeats.distinct)
        for (name, k), values in right.items()
    ]
    count = len(sources)
    return AlignResult(
        rotation=rotation,
        precision={key: float(values.mean()) for key, values in right.items()},
        words=tuple(source.given.name(int(source.places[row])) for row in sources),
        title=f"Alignment: {counted(count, 'source word')}, {len(target.rows):,} candidates",
        columns=COLUMNS,
        records=records,
        summary={
            **{f"{one['retrieval']}_p_at_{one['k']}": one["precision"] for one in records},
            "learned_pairs": len(learned.pairs), "tested_pairs": len(tested.pairs),
            "tested_words": count,
            "coverage": tested.coverage,
        },
        settings={
            "refinements": refinements, "neighbors": neighbors, "restrict": restrict, "ci": ci,
            "seed": seed, "held_out": HELD_OUT if test_dictionary is None else None,
        },
        notes=(
            *_notes_on_repeats(repeats, source, target, learned, tested),
            *_notes(known, tested, test_dictionary is None),
        ),
    )  # fmt: skip


def _learned(source: Side, target: Side, pairs: Array) -> Array:
    x, y = source.rows[pairs[:, 0]], target.rows[pairs[:, 1]]
    return procrustes(x.astype(np.float64), y.astype(np.float64))


def _mutual(source: Side, target: Side, rotation: Array, neighbors: int) -> Array:
    """Return pairs (n, 2) of frequent words that are each other's nearest by CSLS."""
    x = (source.rows[:_MUTUAL] @ rotation).astype(np.float32)
    y = target.rows[:_MUTUAL]
    forward = translations(x, y, densities(y, x, neighbors), 1)[:, 0]
    back = translations(y, x, densities(x, y, neighbors), 1)[:, 0]
    mine = np.flatnonzero(back[forward] == np.arange(len(x)))
    return np.stack([mine, forward[mine]], axis=1)


def _tested(
    source: Side, target: Side, rotation: Array, pairs: Array, neighbors: int
) -> dict[tuple[str, int], Array]:
    """Return for each (retrieval, k) whether each source word's translation is found (q,)."""
    words = np.unique(pairs[:, 0])
    mapped = (source.rows @ rotation).astype(np.float32)
    right: dict[tuple[str, int], Array] = {}
    gold = {int(word): set(pairs[pairs[:, 0] == word, 1].tolist()) for word in words}
    for name, penalty in (
        ("nn", np.zeros(len(target.rows))),
        ("csls", densities(target.rows, mapped, neighbors)),
    ):
        found = translations(mapped[words], target.rows, penalty, max(CUTOFFS))
        for k in CUTOFFS:
            right[name, k] = np.array(
                [
                    bool(gold[int(word)] & set(best[:k].tolist()))
                    for word, best in zip(words, found, strict=True)
                ]
            )
    return right


def _record(
    name: str, k: int, right: Array, null: Array, ci: float | None, distinct: int
) -> Record:
    low = high = None
    if ci:
        z = NormalDist().inv_cdf(0.5 + ci / 2)
        low, high = wilson(float(right.mean()) * distinct, distinct, z) or (None, None)
    return {
        "retrieval": name, "k": k, "precision": float(right.mean()), "low": low, "high": high,
        "chance": float(null.mean()),
    }  # fmt: skip


def _notes_on_repeats(
    repeats: Repeats, source: Side, target: Side, learned: Known, tested: Known
) -> list[str]:
    """Say how many words that are tested have one vector, and how many pairs were learned from."""
    notes = []
    if repeats:
        notes.append(
            f"{counted(repeats.rows, 'tested word')}, {repeats.distinct:,} distinct vectors: words of one vector "
            "count once for intervals, and are held out together"
        )
    seen = {_vectors(source, target, pair) for pair in learned.pairs}
    known = sum(_vectors(source, target, pair) in seen for pair in tested.pairs)
    if known:
        notes.append(
            f"{counted(known, 'tested pair')} of {len(tested.pairs):,} with the vectors of a pair that the rotation "
            "is learned from: they say nothing about other words"
        )
    return notes


def _vectors(source: Side, target: Side, pair: Array) -> bytes:
    return source.rows[pair[0]].tobytes() + target.rows[pair[1]].tobytes()


def _notes(known: Known, tested: Known, held_out: bool) -> list[str]:
    notes = []
    if known.missing:
        notes.append(
            f"{counted(known.missing, 'pair')} of `dictionary` with a word out of vocabulary are left out"
        )
    if not held_out and tested.missing:
        notes.append(
            f"{counted(tested.missing, 'pair')} of `test_dictionary` with a word out of vocabulary are left out"
        )
    if held_out:
        notes.append(
            "a fifth of the source words is held out for the test; `test_dictionary` names others"
        )
    return notes
