"""Word embedding association test, WEAT (Caliskan, Bryson and Narayanan, 2017).

The association of a word w is s(w) = mean of cos(w, a) over attributes A - mean of cos(w, b) over
attributes B. The effect size is [mean of s over targets X - mean of s over targets Y] / standard deviation of s over
all targets; the p-value is the share of equally large partitions of the targets whose difference is
as large.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from latentcli.errors import LatentError, ParameterError, counted
from latentcli.numerics.repeats import grouped, numbered
from latentcli.numerics.types import Array
from latentcli.results import Picture, Record, Result, Sheet
from latentcli.words._space import Space
from latentcli.words.evaluation._association import Association, associate, with_copies
from latentcli.words.evaluation._protocol import Lexicon, Protocol, protocol_of
from latentcli.words.evaluation._similarity import keys_of, vectors_of
from latentcli.words.evaluation._vocabulary import about, note_on_missing
from latentcli.words.evaluation._weat_lists import gender_lists
from latentcli.words.evaluation._word_lists import AssociationTest, WordLists, association_tests

COLUMNS = (
    "test", "targets_x", "targets_y", "attributes_a", "attributes_b", "used", "skipped",
    "effect_size", "difference", "p_value", "permutations", "exact", "reading",
)  # fmt: skip
_SHOWN = ("test", "effect_size", "p_value", "reading")

_LEVEL = 0.03
"""Level of the two-sided test behind a reading: the least that two lists of four words can reach."""


@dataclass(frozen=True)
class WeatTest:
    """A test: its lists, its association (None where a list has no word), and its words.

    `copies` of the targets have the vector of another one of their list, and count once for p.
    """

    test: AssociationTest
    association: Association | None
    used: int
    skipped: tuple[str, ...]
    copies: int = 0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WeatResult(Result):
    """The association tests that were made, in their order."""

    tests: tuple[WeatTest, ...]

    def pictures(self) -> tuple[Picture, ...]:
        """Return the scores as dots with their intervals."""
        from latentcli.words.evaluation._pictures import scores

        return scores({"": self}, "test", "effect_size")


def weat(
    vectors: Space,
    lists: WordLists | Mapping[str, Iterable[str]] | None = None,
    *,
    targets: Sequence[str] = (),
    attributes: Sequence[str] = (),
    ignore_case: bool = False,
    samples: int = 100_000,
    seed: int = 0,
) -> WeatResult:
    """Test the association of target words with attribute words.

    Parameters
    ----------
    vectors
        A space (see `latentcli.open`), or a file of vectors.
    lists
        Lists of words by name, `WordLists`, or a file (WEFE's WEAT.json gives the ten tests of the
        paper). Without them, the paper's two tests of gender with mathematics and with science
        against the arts.
    targets, attributes
        The names of the two lists of targets, X and Y, and of attributes, A and B. Without them,
        the paper's tests whose lists are there, or four lists in their order.
    ignore_case
        Take words in another case as the same.
    samples, seed
        Partitions that are drawn where there are more than 100,000, and the random seed.

    Returns
    -------
    WeatResult
        A positive effect size says that X goes with A and Y with B, a negative one the opposite.
        The reading names the association where a two-sided test at 3 % finds one.

    Raises
    ------
    LatentError
        When none of the tests can be made with the words in the vocabulary.
    ParameterError
        For lists that are no test.

    Examples
    --------
    >>> import latentcli
    >>> space = latentcli.open()
    >>> lists = {"flowers": ["rose", "lily"], "wars": ["battle", "attack"],
    ...          "good": ["love", "peace"], "bad": ["pain", "death"]}
    >>> latentcli.weat(space, lists).tests[0].association.effect_size > 1
    True
    """
    if samples < 1:
        raise ParameterError("samples", samples, "at least 1")
    given = gender_lists() if lists is None else WordLists.of(lists)
    tests = association_tests(given.lists, targets, attributes)
    rules = protocol_of("latent", ignore_case=ignore_case)
    made = _tested(vectors, tests, rules, samples=samples, seed=seed)
    records = [_record(one) for one in made]
    missing = list(dict.fromkeys(word for one in made for word in one.skipped))
    return WeatResult(
        tests=tuple(made),
        title=f"{given.name}: word embedding association test",
        columns=COLUMNS,
        records=records,
        settings={
            **about(vectors), "set": given.name, "ignore_case": ignore_case, "samples": samples,
            "seed": seed,
        },
        notes=(
            *note_on_missing(missing, _in_another_case(vectors, rules, missing)),
            *(note for one in made for note in _notes(one)),
        ),
        views=(Sheet("", _SHOWN, records),),
    )  # fmt: skip


def _tested(
    space: Space, tests: Sequence[AssociationTest], rules: Protocol, *, samples: int, seed: int
) -> list[WeatTest]:
    """Make each test with the words that are in the vocabulary."""
    every = [word for test in tests for words in test.lists for word in words]
    lexicon = Lexicon(space, rules, every)
    found = vectors_of(space, every, rules, lexicon)
    made = []
    for test in tests:
        skipped = tuple(word for words in test.lists for word in words if word not in found)
        known = [[found[word] for word in words if word in found] for words in test.lists]
        association, copies = None, 0
        if all(known):
            x, y, a, b = map(np.stack, known)
            distinct = [_distinct(space, lexicon, words, found) for words in test.lists[:2]]
            copies = len(x) + len(y) - sum(map(len, distinct))
            tested = associate(distinct[0], distinct[1], a, b, samples=samples, seed=seed)
            association = with_copies(tested, x, y, a, b) if copies else tested
        made.append(WeatTest(test, association, sum(map(len, known)), skipped, copies))
    if not any(one.association for one in made):
        raise LatentError(_nothing(space, rules, tests[0], found))
    return made


def _distinct(
    space: Space, lexicon: Lexicon, words: Sequence[str], found: Mapping[str, Array]
) -> Array:
    """Return the unit vectors (n, D) of those words of a list that are no copies of another one's."""
    known = [word for word in words if word in found]
    copies = grouped(numbered(keys_of(space, known, lexicon)))
    return copies.once(np.stack([found[word] for word in known]))


def _nothing(
    space: Space, rules: Protocol, test: AssociationTest, found: Mapping[str, Array]
) -> str:
    """Say which list of a test has no word in the vocabulary, and whether case is the reason."""
    name, words = next(
        (name, words)
        for name, words in zip(test.names, test.lists, strict=True)
        if not any(word in found for word in words)
    )
    alike = _in_another_case(space, rules, words)
    hint = f"; {alike:,} are there in another case (`ignore_case`)" if alike else ""
    return f"no word of the list '{name}' is in {space.name}{hint}"


def _in_another_case(space: Space, rules: Protocol, words: Sequence[str]) -> int:
    lexicon = Lexicon(space, rules, words)
    return sum(bool(lexicon.alike(word)) for word in words)


def _record(made: WeatTest) -> Record:
    found = made.association
    values = (
        made.test.name, *made.test.names, made.used, len(made.skipped),
        *((None,) * 5 if found is None else (
            found.effect_size, found.difference, found.p_value, found.permutations, found.exact,
        )),
        reading(made),
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def reading(made: WeatTest) -> str:
    """Say which targets go with which attributes: a two-sided permutation test at 3 %."""
    if made.association is None or made.association.effect_size is None:
        return "not defined"
    if made.association.p_value <= _LEVEL / 2:
        return "X with A, Y with B"
    if made.association.p_less <= _LEVEL / 2:
        return "X with B, Y with A"
    return "not significant"


def _notes(made: WeatTest) -> list[str]:
    name, found = made.test.name, made.association
    if found is None:
        return [f"test {name}: one of its lists has no word in the vocabulary"]
    if found.effect_size is None:
        return [
            f"test {name}: all targets are associated alike; the effect size is not defined"
        ]
    notes = []
    if made.copies:
        notes.append(
            f"test {name}: {counted(made.copies, 'target has', 'targets have')} the vector of another of the "
            "same list: each vector counts once for p"
        )
    if found.exact and 1 / found.permutations > _LEVEL / 2:
        least = 1 / found.permutations
        note = f"test {name}: with {found.permutations:,} partitions no p-value is below {least:.3f}"
        notes.append(f"{note}; longer lists of targets are needed")
    return notes
