"""Association tests, sets with an odd one out, and categories, asked of a space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latentcli.errors import LatentError
from latentcli.files.word_sets import AssociationTest, Lists, Odd, OddSet
from latentcli.numerics.offset_consistency import belonging
from latentcli.numerics.types import Array
from latentcli.words._space import Space
from latentcli.words.evaluation._analogies import TOTAL, Score
from latentcli.words.evaluation._association import Association, associate
from latentcli.words.evaluation._clusters import cluster, purity
from latentcli.words.evaluation._protocol import Protocol
from latentcli.words.evaluation._similarity import vectors_of


@dataclass(frozen=True)
class Tested:
    """An association, and how many words of the test's four lists are there and are not.

    It is None where no word of one of the lists is there.
    """

    test: AssociationTest
    association: Association | None
    used: int
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class OddFound:
    """How many odd ones were found, by section and in all; `skipped` words are not there."""

    scores: list[Score]
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class Sorted:
    """How pure the clusters of words of known categories are."""

    categories: int
    words: int
    skipped: tuple[str, ...]
    purity: float


def associations(
    space: Space,
    tests: Sequence[AssociationTest],
    protocol: Protocol,
    *,
    samples: int,
    seed: int,
) -> list[Tested]:
    """Make each association test with the words that are there.

    Raises LatentError, with a list's name, when none of the tests can be made.
    """
    found = vectors_of(
        space, [word for test in tests for words in test.lists for word in words], protocol
    )
    tested = []
    for test in tests:
        skipped = tuple(word for words in test.lists for word in words if word not in found)
        there = [[found[word] for word in words if word in found] for words in test.lists]
        association = None
        if all(there):
            x, y, a, b = map(np.stack, there)
            association = associate(x, y, a, b, samples=samples, seed=seed)
        tested.append(Tested(test, association, sum(map(len, there)), skipped))
    if not any(one.association for one in tested):
        raise LatentError(
            f"no word of the list '{_missing(tests[0], found)}' is in {space.name}"
        )
    return tested


def odd_ones(space: Space, given: OddSet, protocol: Protocol) -> OddFound:
    """Find the word with the least cosine to the mean of each set; count by section and in all.

    A set is skipped if its odd one or all but one of the others are not there.
    """
    sets = [one for section in given.sections.values() for one in section]
    words = list(dict.fromkeys(word for one in sets for word in (*one.words, one.odd)))
    found = vectors_of(space, words, protocol)
    counted = [_count(name, mine, found) for name, mine in given.sections.items()]
    if len(counted) > 1:
        counted.append(_count(TOTAL, sets, found))
    return OddFound(counted, tuple(word for word in words if word not in found))


def categories(space: Space, lists: Lists, protocol: Protocol, *, seed: int) -> Sorted:
    """Cluster the words of lists into as many clusters as there are lists.

    Raises LatentError when fewer than two lists have words that are there.
    """
    words = [(word, name) for name, mine in lists.items() for word in mine]
    found = vectors_of(space, [word for word, _ in words], protocol)
    there = [(word, name) for word, name in words if word in found]
    names = {name for _, name in there}
    if len(names) < 2:
        raise LatentError(
            f"clusters take two categories with words in {space.name}; there are {len(names)}"
        )
    clusters = cluster(np.stack([found[word] for word, _ in there]), len(names), seed=seed)
    return Sorted(
        categories=len(names),
        words=len(there),
        skipped=tuple(word for word, _ in words if word not in found),
        purity=purity(clusters, [name for _, name in there]),
    )


def _missing(test: AssociationTest, found: dict[str, Array]) -> str:
    return next(
        name
        for name, words in zip(test.names, test.lists, strict=True)
        if not any(word in found for word in words)
    )


def _count(name: str, sets: Sequence[Odd], found: dict[str, Array]) -> Score:
    judged = [_is_found(one, found) for one in sets]
    asked = [right for right in judged if right is not None]
    return Score(name, len(asked), len(sets) - len(asked), sum(asked))


def _is_found(one: Odd, found: dict[str, Array]) -> bool | None:
    """Tell whether the odd one is found; None if the set cannot be asked."""
    others = [found[word] for word in one.words if word in found]
    if one.odd not in found or len(others) < 2:
        return None
    return int(belonging(np.stack([*others, found[one.odd]])).argmin()) == len(others)
