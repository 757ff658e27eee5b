"""Purity of clusters: whether words of one category are found together.

Purity is the share of words in the most frequent category of their cluster (Zhao and Karypis, 2001).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError
from latentcli.numerics.repeats import Repeats, repeats_of_keys
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit
from latentcli.results import Picture, Record, Result
from latentcli.words._space import Space
from latentcli.words.evaluation._protocol import Lexicon, protocol_of
from latentcli.words.evaluation._similarity import keys_of, vectors_of
from latentcli.words.evaluation._vocabulary import about, note_on_missing
from latentcli.words.evaluation._word_lists import WordLists

COLUMNS = ("set", "categories", "words", "used", "skipped", "purity", "purity_chance")

_STARTS, _SHUFFLES = 10, 100

_COLLAPSED = 2
"""Distinct vectors for each category from which there are no more of them than classes."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CategoryEvaluation(Result):
    """How pure clusters of words of known categories are.

    `purity` in (0, 1]; `chance` is its mean over random assignments of the same clusters' words to
    the categories, words of one vector and category together; `used` words are in the vocabulary.
    """

    purity: float
    chance: float
    categories: int
    used: int
    skipped: int

    def pictures(self) -> tuple[Picture, ...]:
        """Return the scores as dots with their intervals."""
        from latentcli.words.evaluation._pictures import scores

        return scores({"": self}, "set", "purity")


def evaluate_categories(
    vectors: Space,
    lists: WordLists | Mapping[str, Iterable[str]],
    *,
    ignore_case: bool = False,
    seed: int = 0,
) -> CategoryEvaluation:
    """Cluster words of known categories by k-means, and measure the purity of the clusters.

    Parameters
    ----------
    vectors
        A space (see `latentcli.open`), or a file of vectors.
    lists
        The words of each category by name, `WordLists`, or a file.
    ignore_case
        Take words in another case as the same.
    seed
        Random seed of k-means (best of ten starts, on unit vectors) and of the shuffles.

    Raises
    ------
    LatentError
        When fewer than two categories have words in the vocabulary.

    Examples
    --------
    >>> import latentcli
    >>> space = latentcli.open()
    >>> lists = {"animals": ["cat", "dog", "horse"], "drinks": ["milk", "wine", "beer"]}
    >>> latentcli.evaluate_categories(space, lists).purity
    1.0
    """
    given = WordLists.of(lists)
    words = [(word, name) for name, mine in given.lists.items() for word in mine]
    rules = protocol_of("latent", ignore_case=ignore_case)
    lexicon = Lexicon(vectors, rules, [word for word, _ in words])
    found = vectors_of(vectors, [word for word, _ in words], rules, lexicon)
    known = [(word, name) for word, name in words if word in found]
    names = [name for _, name in known]
    count = len(set(names))
    if count < 2:
        raise LatentError(
            f"clusters take two categories with words in {vectors.name}; there are {count}"
        )
    clusters = cluster(np.stack([found[word] for word, _ in known]), count, seed=seed)
    value = purity(clusters, names)
    keys = keys_of(vectors, [word for word, _ in known], lexicon)
    repeats = repeats_of_keys(zip(keys, names, strict=True))
    if repeats.distinct <= _COLLAPSED * count:
        repeats = Repeats(len(known))  # a vector or two for each category are no copies
    by_chance = _chance(clusters, names, seed, repeats)
    missing = tuple(word for word, _ in words if word not in found)
    record: Record = {
        "set": given.name, "categories": count, "words": len(words), "used": len(known),
        "skipped": len(missing), "purity": value, "purity_chance": by_chance,
    }  # fmt: skip
    return CategoryEvaluation(
        purity=value,
        chance=by_chance,
        categories=count,
        used=len(known),
        skipped=len(missing),
        title=given.name,
        columns=COLUMNS,
        records=[record],
        summary={"purity": value, "purity_chance": by_chance},
        settings={
            **about(vectors),
            "set": given.name,
            "ignore_case": ignore_case,
            "seed": seed,
        },
        notes=(*repeats.note_on("vector", "vectors", "chance"), *note_on_missing(missing)),
    )


def _chance(clusters: Array, names: Sequence[str], seed: int, repeats: Repeats) -> float:
    """Return the mean purity when the categories of the words are shuffled, those of one vector together."""
    random, given = np.random.default_rng(seed), np.array(names)
    values = [
        purity(clusters, given[repeats.permutation(random)].tolist()) for _ in range(_SHUFFLES)
    ]
    return float(np.mean(values))


def cluster(vectors: Array, count: int, *, seed: int = 0) -> npt.NDArray[np.int64]:
    """Cluster vectors (n, D) into `count` clusters by k-means on the unit vectors (n,).

    The best of ten starts is taken.
    """
    from sklearn.cluster import KMeans

    directions = unit(vectors)
    count = min(count, len(np.unique(directions, axis=0)))
    made = KMeans(n_clusters=count, n_init=_STARTS, random_state=seed).fit(directions)
    return np.asarray(made.labels_, dtype=np.int64)


def purity(clusters: Sequence[int] | Array, categories: Sequence[str]) -> float:
    """Return the share of items in the commonest category of their cluster, in (0, 1].

    >>> purity([0, 0, 0, 1, 1], ["cat", "cat", "dog", "dog", "dog"])
    0.8
    """
    _, place = np.unique(np.asarray(categories), return_inverse=True)
    table = np.zeros((int(np.max(clusters)) + 1, int(place.max()) + 1), dtype=np.int64)
    np.add.at(table, (np.asarray(clusters), place), 1)
    return float(table.max(axis=1).sum() / table.sum())
