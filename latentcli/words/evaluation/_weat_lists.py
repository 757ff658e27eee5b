"""The lists of words of two association tests, for `latent evaluate weat` without a file."""

from __future__ import annotations

from latentcli.words.evaluation._word_lists import WordLists

_LISTS = {
    "math": "math algebra geometry calculus equations computation numbers addition",
    "arts": "poetry art dance literature novel symphony drama sculpture",
    "male_terms": "male man boy brother he him his son",
    "female_terms": "female woman girl sister she her hers daughter",
    "science": "science technology physics chemistry Einstein NASA experiment astronomy",
    "arts_2": "poetry art Shakespeare dance literature novel symphony drama",
    "male_terms_2": "brother father uncle grandfather son he his him",
    "female_terms_2": "sister mother aunt grandmother daughter she hers her",
}
"""Tests 7 and 8 of Caliskan, Bryson and Narayanan (2017), table 1: gender with mathematics and with science."""


def gender_lists() -> WordLists:
    """Return the lists of the tests of gender with mathematics and the arts, and with science and the arts.

    >>> len(gender_lists().lists["science"])
    8
    """
    return WordLists("WEAT 7 and 8", {name: words.split() for name, words in _LISTS.items()})
