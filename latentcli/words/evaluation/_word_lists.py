"""Named lists of words, association tests made of them, and sets with an odd one out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from latentcli.errors import FormatError, ParameterError, counted, shown

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")

_SAMPLE = 20
"""Lines that are looked at to tell vectors from words."""

Lists = dict[str, list[str]]
"""Lists of words by name, in the order of the file."""


@dataclass(frozen=True)
class WordLists:
    """Lists of words by name, and what they go by together."""

    name: str
    lists: Lists

    @classmethod
    def of(cls, lists: WordLists | Mapping[str, Iterable[str]]) -> WordLists:
        """Return lists given as a mapping; `WordLists` stay as they are."""
        if isinstance(lists, WordLists):
            return lists
        return cls(
            "lists", {str(name): list(dict.fromkeys(words)) for name, words in lists.items()}
        )


CALISKAN: dict[str, tuple[str, str, str, str]] = {
    "flowers insects": ("flowers", "insects", "pleasant_5", "unpleasant_5a"),
    "instruments weapons": ("instruments", "weapons", "pleasant_5", "unpleasant_5a"),
    "names 3": (
        "european_american_names_5", "african_american_names_5", "pleasant_5", "unpleasant_5b",
    ),
    "names 4": (
        "european_american_names_7", "african_american_names_7", "pleasant_5", "unpleasant_5b",
    ),
    "names 5": (
        "european_american_names_7", "african_american_names_7", "pleasant_9", "unpleasant_9",
    ),
    "gender career": ("male_names", "female_names", "career", "family"),
    "gender math": ("math", "arts", "male_terms", "female_terms"),
    "gender science": ("science", "arts_2", "male_terms_2", "female_terms_2"),
    "disease": ("mental_disease", "physical_disease", "temporary", "permanent"),
    "age": ("young_people_names", "old_people_names", "pleasant_9", "unpleasant_9"),
}  # fmt: skip
"""The ten tests of Caliskan et al. (2017), by the names that WEFE's WEAT.json gives the lists."""

_EXAMPLES = "examples"
"""The key of the words in the files of May et al. (2019), one object for each list."""


@dataclass(frozen=True)
class AssociationTest:
    """An association test: two lists of targets and two of attributes, with their names."""

    name: str
    names: tuple[str, str, str, str]
    lists: tuple[list[str], list[str], list[str], list[str]]


@dataclass(frozen=True)
class OddSet:
    """A set of words that belong together, and the `odd` one that does not."""

    words: tuple[str, ...]
    odd: str


@dataclass(frozen=True)
class OddSets:
    """Sets by section, and how many lines were none."""

    name: str
    sections: dict[str, list[OddSet]]
    ignored: int = 0

    @classmethod
    def of(cls, sets: OddSets | Iterable[Sequence[str]]) -> OddSets:
        """Return sets given as words whose last is the odd one; `OddSets` stay as they are."""
        if isinstance(sets, OddSets):
            return sets
        listed = [tuple(words) for words in sets]
        for words in listed:
            if len(words) < 3:
                raise FormatError(f"a set takes three words or more, not {shown(words)}")
        return cls("sets", {"sets": [OddSet(words[:-1], words[-1]) for words in listed]})


def parse_lists(name: str, text: Sequence[str]) -> WordLists:
    """Parse lists of words: a JSON object of arrays, or lines `NAME: WORD WORD ...`.

    Words on a line are split at tabs or commas if it has any, else at blanks; each is taken
    once. Lines of `WORD<tab>NAME` make lists as well. Raises FormatError for anything else.
    """
    whole = "\n".join(text)
    found = _from_json(name, whole) if whole.lstrip().startswith("{") else _from_lines(text)
    lists = {key: list(dict.fromkeys(words)) for key, words in found.items() if words}
    if not lists:
        raise FormatError(
            f"{name}: no lists of words in it; write lines 'name: word word ...' or a JSON "
            "object of arrays"
        )
    return WordLists(PurePath(name).stem, lists)


def _from_json(name: str, text: str) -> Lists:
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{name}: not JSON ({shown(error)})") from error
    lists: Lists = {}
    for key, words in value.items():
        if isinstance(words, dict):
            words = words.get(_EXAMPLES)
        if isinstance(words, list) and all(isinstance(word, str) for word in words):
            lists[key] = words
    return lists


def _from_lines(text: Sequence[str]) -> Lists:
    lists: Lists = {}
    for line in text:
        name, colon, rest = line.partition(":")
        if colon and name.strip():
            lists.setdefault(name.strip(), []).extend(_words(rest))
        elif len(pair := _words(line)) == 2:
            lists.setdefault(pair[1], []).append(pair[0])
    return lists


def _words(text: str) -> list[str]:
    """Split a line at its tabs, else at its commas, else at blanks."""
    separator = next((mark for mark in "\t," if mark in text), None)
    return [word.strip() for word in text.split(separator) if word.strip()]


def association_tests(
    lists: Lists, targets: Sequence[str], attributes: Sequence[str]
) -> list[AssociationTest]:
    """Return the tests that lists make.

    Two `targets` and two `attributes` by name make one, which goes by the names of its lists;
    without them, the tests of `CALISKAN`
    whose lists are there, or else four lists in their order. Raises ParameterError for other lists.
    """
    if targets or attributes:
        names = _named(lists, targets, attributes)
        chosen = {_name_of(names): names}
    else:
        chosen = {
            name: names
            for name, names in CALISKAN.items()
            if all(key in lists for key in names)
        }
    if not chosen and len(lists) == 4:
        one, two, three, four = lists
        chosen = {_name_of((one, two, three, four)): (one, two, three, four)}
    if not chosen:
        raise ParameterError(
            f"a test has two lists of targets and two of attributes, here {counted(len(lists), 'list')}; "
            "choose two with `targets` and two with `attributes`"
        )
    return [AssociationTest(name, names, _four(lists, names)) for name, names in chosen.items()]


def _name_of(names: tuple[str, str, str, str]) -> str:
    return f"{names[0]}, {names[1]}: {names[2]}, {names[3]}"


def _named(
    lists: Lists, targets: Sequence[str], attributes: Sequence[str]
) -> tuple[str, str, str, str]:
    names = (*targets, *attributes)
    if len(targets) != 2 or len(attributes) != 2:
        raise ParameterError("a test takes two names for `targets` and two for `attributes`")
    for name in names:
        if name not in lists:
            raise ParameterError(f"no list '{shown(name, 60)}'; there are {', '.join(lists)}")
    return names[0], names[1], names[2], names[3]


def _four(
    lists: Lists, names: tuple[str, str, str, str]
) -> tuple[list[str], list[str], list[str], list[str]]:
    one, two, three, four = (lists[name] for name in names)
    return one, two, three, four


def refuse_vectors(name: str, text: Sequence[str]) -> None:
    """Raise FormatError for lines of a word and numbers, as vectors have them, where words belong."""
    rows = [cells for line in text[:_SAMPLE] if len(cells := line.split()) > 2]
    if rows and all(_NUMBER.fullmatch(cell) for _, *cells in rows for cell in cells):
        raise FormatError(
            f"{name}: vectors, a word and numbers on each line, where sets of words belong"
        )


def parse_odd_sets(name: str, text: Sequence[str]) -> OddSets:
    """Parse sets with an odd one out.

    Each line is a set whose last word is the odd one; ": NAME" begins a section. A file of one
    word on each line is a cluster, an empty line, and outliers, each of which makes a set with
    the cluster (Camacho-Collados and Navigli, 2016).
    """
    refuse_vectors(name, text)
    stem = PurePath(name).stem
    if _is_cluster(text):
        middle = [line.strip() for line in text].index("")
        cluster = tuple(filter(None, map(str.strip, text[:middle])))
        outliers = filter(None, map(str.strip, text[middle:]))
        sections = {stem: [OddSet(cluster, word) for word in outliers]}
        ignored = 0
    else:
        sections, ignored = _odd_lines(text, stem)
    if not any(sections.values()):
        raise FormatError(
            f"{name}: no sets in it; write three words or more on each line, the odd one last"
        )
    return OddSets(stem, sections, ignored)


def _is_cluster(text: Sequence[str]) -> bool:
    """Tell two words or more, one on each line, an empty line, and one or more."""
    stripped = [line.strip() for line in text]
    if any(len(_words(line)) > 1 or line.startswith(":") for line in stripped):
        return False
    return "" in stripped and stripped.index("") >= 2 and any(stripped[stripped.index("") :])


def _odd_lines(text: Sequence[str], heading: str) -> tuple[dict[str, list[OddSet]], int]:
    sections: dict[str, list[OddSet]] = {}
    ignored = 0
    for line in text:
        words = _words(line)
        if line.startswith(":"):
            heading = line.lstrip(": ").strip()
        elif len(words) >= 3:
            sections.setdefault(heading, []).append(OddSet(tuple(words[:-1]), words[-1]))
        else:
            ignored += bool(words)
    return sections, ignored
