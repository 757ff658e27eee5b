"""Relations: do pairs of words share one direction? Offset consistency, with a test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from latentcli.errors import LatentError, ParameterError
from latentcli.numerics.offset_consistency import (
    PairingTest,
    cosines_to_others,
    distinct_pairs,
    pairing_test,
    verdict,
)
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit
from latentcli.results import Picture, Record, Result, Sheet, View, number_or_none
from latentcli.words._sets import notes_of, terms_of

if TYPE_CHECKING:
    from latentcli.words._space import Space

COLUMNS = ("pair", "cosine_to_mean", "norm")

_LISTED = 10
"""Up to so many pairs, a table shows the cosine of each two."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RelationResult(Result):
    """How far the offsets of n pairs agree.

    Attributes
    ----------
    cosine_to_mean
        Cosine of each offset with the mean offset of the other pairs (n,), in [-1, 1]; NaN for a
        single pair.
    norms
        Lengths of the offsets (n,).
    pairwise
        Cosines of the offsets with each other (n, n).
    mean_pairwise
        Mean of those of different pairs, the offset concentration score (Fournier, Dupoux and
        Dunbar, 2020), in [-1, 1]; None for a single pair.
    chance
        Mean of `mean_pairwise` when the same words are paired at random.
    p_value
        Share of those pairings in which `mean_pairwise` is as large as here.
    permutations
        How many pairings that is; `exact` says whether it is all of them.
    verdict
        "one direction" (`mean_pairwise` from 0.5) or "loosely related" (from 0.25) where p is up
        to 0.05 and `mean_pairwise` 0.1 or more above chance; "no common direction"; "too few
        pairs" (with fewer than four no p is up to 0.05); "a single pair".
    shared_words
        Words that are in several pairs, whose offsets share their vector.
    pairs, starts, ends
        The pairs and their vectors (n, D), as they were compared.
    """

    cosine_to_mean: Array
    norms: Array
    pairwise: Array
    mean_pairwise: float | None
    chance: float | None
    p_value: float | None
    permutations: int | None
    exact: bool | None
    verdict: str
    shared_words: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    starts: Array
    ends: Array

    def pictures(self) -> tuple[Picture, ...]:
        """Return the offsets in a plane, and their cosines as a heat map."""
        from latentcli.words._pictures import of_relation

        return of_relation(self)


def relation(
    space: Space, pairs: Sequence[tuple[str, str]], *, raw: bool = False, seed: int = 0
) -> RelationResult:
    """Compare the offsets of pairs (from, to)."""
    if not pairs:
        raise ParameterError("no pairs are given")
    terms = terms_of(space, [word for pair in pairs for word in pair])
    identities = [term.row if term.row is not None else term.word for term in terms]
    for (start, end), first, second in zip(
        pairs, identities[::2], identities[1::2], strict=True
    ):
        if first == second:
            raise LatentError(f"{start}:{end} is not a pair: both are the same word")
    vectors = np.stack([term.vector for term in terms])
    if not raw:
        vectors = unit(vectors)
    starts, ends = vectors[::2], vectors[1::2]
    same = np.flatnonzero(~(starts != ends).any(axis=1))
    if same.size:
        start, end = pairs[int(same[0])]
        raise LatentError(f"{start}:{end} has no direction: both have the same vector")
    offsets = ends - starts
    directions = unit(offsets)
    pairwise = np.clip(directions @ directions.T, -1.0, 1.0)
    kept = distinct_pairs(starts, ends)
    test = pairing_test(starts[kept], ends[kept], seed=seed) if len(kept) > 1 else None
    judged = verdict(test.mean_cosine if test else None, test, len(kept))
    shared = _shared(terms_words=[term.word for term in terms], kept=kept)
    names = [f"{start}:{end}" for start, end in pairs]
    to_mean = cosines_to_others(offsets) if len(pairs) > 1 else np.full(1, np.nan)
    norms = np.linalg.norm(offsets, axis=1)
    records: list[Record] = [
        {
            "pair": name,
            "cosine_to_mean": number_or_none(to),
            "norm": float(norm),
            "cosines": cosines,
        }
        for name, to, norm, cosines in zip(
            names, to_mean, norms, pairwise.tolist(), strict=True
        )
    ]
    return RelationResult(
        cosine_to_mean=to_mean,
        norms=norms,
        pairwise=pairwise,
        mean_pairwise=None if test is None else test.mean_cosine,
        chance=None if test is None else test.chance,
        p_value=None if test is None else test.p_value,
        permutations=None if test is None else test.pairings,
        exact=None if test is None else test.exact,
        verdict=judged,
        shared_words=shared,
        pairs=tuple(pairs),
        starts=starts,
        ends=ends,
        columns=COLUMNS,
        records=records,
        summary=_summary(names, pairwise, test, judged),
        views=_views(names, records, pairwise),
        settings={"raw": raw, "seed": seed},
        notes=(*notes_of(space, terms), *_notes(len(pairs), len(kept), shared, test)),
    )


def _shared(terms_words: list[str], kept: Array) -> tuple[str, ...]:
    """Return the words that are in several distinct pairs."""
    counted = Counter(terms_words[place] for pair in kept for place in (2 * pair, 2 * pair + 1))
    return tuple(word for word, count in counted.items() if count > 1)


def _summary(
    names: list[str], pairwise: Array, test: PairingTest | None, judged: str
) -> Record:
    """Return what is said about all pairs together: the verdict, its test, the least cosine."""
    found = [
        (float(pairwise[i, j]), f"{names[i]} {names[j]}")
        for i, j in zip(*np.triu_indices(len(names), 1), strict=True)
    ]
    least, least_pair = min(found, default=(None, None))
    return {
        "verdict": judged,
        "mean_pairwise": test.mean_cosine if test else None,
        "chance": test.chance if test else None,
        "p_value": test.p_value if test else None,
        "permutations": test.pairings if test else None,
        "least_pairwise": least,
        "least_pair": least_pair,
    }


def _views(names: list[str], records: list[Record], pairwise: Array) -> tuple[View, ...]:
    """Return the pairs as a table, and, of a few, the cosine of each two."""
    pairs = Sheet("", COLUMNS, records)
    if not 2 <= len(names) <= _LISTED:
        return (pairs,)
    cosines: list[Record] = [
        {"pair": names[i], "other": names[j], "cosine": float(pairwise[i, j])}
        for i, j in zip(*np.triu_indices(len(names), 1), strict=True)
    ]
    return (pairs, Sheet("cosines of offsets", ("pair", "other", "cosine"), cosines))


def _notes(
    pairs: int, distinct: int, shared: Sequence[str], test: PairingTest | None
) -> tuple[str, ...]:
    notes = []
    if distinct < pairs:
        notes.append(
            f"{pairs - distinct:,} of {pairs:,} pairs repeat another pair and are left out of "
            "the verdict"
        )
    if shared:
        few = ", ".join(shared[:3]) + (", ..." if len(shared) > 3 else "")
        notes.append(
            f"several pairs share a word ({few}): their offsets share its vector, and agree for "
            "that alone; compare mean_pairwise with chance"
        )
    if test is not None and distinct < 4:
        notes.append(
            f"{distinct} pairs can be paired in {test.pairings} ways only, so that no p-value is "
            f"below {1 / test.pairings:.2g}: give four pairs or more"
        )
    return tuple(notes)
