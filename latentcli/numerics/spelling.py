"""Forms of a word: letter case, Unicode normal forms, apostrophes, and edits.

Case is folded as Unicode does (Unicode 15, 3.13), and the dotted and dotless i of Turkish, which
title case tells apart and the folding of other languages does not, count as one letter. What was
folded is composed (NFC), since folding may leave a letter and its mark apart.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterator

_LONG = 40
"""Letters from which a word is no misspelling of another."""

_DOTTED = "i\N{COMBINING DOT ABOVE}"
_APOSTROPHES = "'\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}"


def fold_case(word: str) -> str:
    """Return the form that words have in common which differ in case only.

    >>> fold_case("STRASSE") == fold_case("straße"), fold_case("İzmir") == fold_case("izmir")
    (True, True)
    >>> fold_case("Isparta") == fold_case("ısparta")
    True
    """
    if word.isascii():
        return word.lower()
    folded = unicodedata.normalize("NFC", word.casefold())
    return folded.replace(_DOTTED, "i").replace("ı", "i")


def case_forms(word: str) -> set[str]:
    """Return the forms under which a word in another case may be in a file.

    Those of Unicode's folding, and of Turkish (I to ı, İ to i), each composed and decomposed.

    >>> sorted(case_forms("Isparta"))
    ['isparta', 'ısparta']
    """
    turkish = word.replace("İ", "i").replace("I", "ı")
    undotted = word.replace("ı", "i")
    folded = {form.casefold() for form in (word, turkish, undotted)}
    folded |= {form.replace(_DOTTED, "i") for form in folded}
    if word[:1] in ("i", "İ"):  # in title case, İ folds to two characters
        folded |= {_DOTTED + form.removeprefix(_DOTTED).removeprefix("i") for form in folded}
    return {unicodedata.normalize(kind, form) for kind in ("NFC", "NFD") for form in folded}


def spellings(word: str) -> Iterator[str]:
    """Yield other spellings of the same word: normal forms, apostrophes, `_` for blanks.

    >>> list(spellings("new york")), list(spellings("new_york")), list(spellings("king"))
    (['new_york'], ['new york'], [])
    """
    marks = [
        word.translate(dict.fromkeys(map(ord, _APOSTROPHES), mark)) for mark in _APOSTROPHES
    ]
    marked = marks if any(mark in word for mark in _APOSTROPHES) else [word]
    for form in dict.fromkeys(
        unicodedata.normalize(kind, joined)
        for one in marked
        for joined in (one, one.replace(" ", "_"), one.replace("_", " "))
        for kind in ("NFC", "NFD")
    ):
        if form != word:
            yield form


def one_edit_away(word: str) -> set[str]:
    """Return all strings one deletion, transposition, replacement or insertion away."""
    if len(word) > _LONG:
        return set()
    letters = sorted({*string.ascii_lowercase, *word})
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return {
        *(left + right[1:] for left, right in splits if right),
        *(left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1),
        *(left + letter + right[1:] for left, right in splits if right for letter in letters),
        *(left + letter + right for left, right in splits for letter in letters),
    } - {""}


def edit_distance(a: str, b: str) -> int:
    """Return how many edits apart two words are; a transposition of adjacent letters is one.

    The optimal string alignment distance (Damerau, 1964).

    >>> edit_distance("qeen", "queen"), edit_distance("teh", "the"), edit_distance("cat", "dog")
    (1, 1, 3)
    """
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(b, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]
