"""Weighted sums of words: `king - man + 0.5*woman`.

Words may hold hyphens and signs of their own (`mother-in-law`, `-lrb-`): a sign is an operator
where an operator is due, a part of the word where a word is expected. Quotes keep blanks together.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from latentcli.errors import ParameterError, shown

Term = tuple[float, str]

_SIGNS = {"+": 1.0, "-": -1.0, "\N{MINUS SIGN}": -1.0}
# Possessive quantifiers: what does not fit is found out once, not once for each character.
_NUMBER = r"(?:\d++(?:\.\d*+)?+|\.\d++)(?:[eE][+-]?\d++)?+"
_WEIGHT = re.compile(rf"({_NUMBER})\*")
_BLANKS = re.compile(r"\s*+")
_PLAIN = re.compile(r"\S++")
_BEFORE = re.compile(rf"[+\-\u2212]?+(?:{_NUMBER}\*)?+(?=[\"'])")
"""What may stand before the quote that opens a word: a sign, and a weight."""

MOST_CHARACTERS, MOST_WORDS = 200_000, 2000
"""Length of an expression at most, and its words."""

_LARGEST = 1e100  # so that sums and their squares are numbers
_QUOTED = "\0"  # marks a token that was quoted, so that it is not taken apart


def parse(text: str) -> list[Term]:
    """Split an expression into (weight, word) terms.

    >>> parse("king - man + 0.5*woman")
    [(1.0, 'king'), (-1.0, 'man'), (0.5, 'woman')]
    >>> parse("'new york' - usa")
    [(1.0, 'new york'), (-1.0, 'usa')]
    """
    if len(text) > MOST_CHARACTERS:
        raise ParameterError(
            f"the expression has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read"
        )
    return parse_tokens(_tokens(text))


def parse_tokens(tokens: Sequence[str]) -> list[Term]:
    """Read tokens as the shell gives them; a token with blanks in it is one word.

    >>> parse_tokens(["king", "-", "man", "+woman"])
    [(1.0, 'king'), (-1.0, 'man'), (1.0, 'woman')]
    """
    terms: list[Term] = []
    weight: float | None = 1.0  # None: an operator is due
    waiting = list(reversed(tokens))
    while waiting:
        token = waiting.pop()
        if weight is None:
            weight, rest = _operator(token, terms[-1][1])
            if rest:
                waiting.append(rest)
        elif token in _SIGNS and waiting:
            weight *= _SIGNS[token]
        elif _is_factor(token, waiting):
            weight *= float(token)
            waiting.pop()  # the lone "*"
        else:
            terms.append(_term(token, weight))
            weight = None
    if len(terms) > MOST_WORDS:
        raise ParameterError(
            f"the expression has {len(terms):,} words; at most {MOST_WORDS:,} are added"
        )
    for given, word in terms:
        if abs(given) > _LARGEST:
            raise ParameterError(f"the weight of '{shown(word, 80)}' is too large: {given:g}")
    if weight is not None:
        where = f" after '{shown(terms[-1][1], 80)}'" if terms else ""
        raise ParameterError(
            f"the expression ends where a word is expected{where}; "
            "write it like: king - man + 0.5*woman"
        )
    return terms


def _tokens(text: str) -> list[str]:
    """Split a text at its blanks, but not within quotes; in time linear in its length."""
    closing = {mark: _closing(mark, text) for mark in "\"'" if mark in text}
    tokens: list[str] = []
    at = _end(_BLANKS, text, 0)
    while at < len(text):
        before = _BEFORE.match(text, at) if closing else None
        opened = before.end() if before else 0
        places = closing[text[opened]] if before else []
        place = bisect_right(places, opened)
        if before and place < len(places):
            tokens += _quoted(before[0], text[opened + 1 : places[place]])
            at = places[place] + 1
        else:
            end = _end(_PLAIN, text, at)
            tokens.append(text[at:end])
            at = end
        at = _end(_BLANKS, text, at)
    return tokens


def _closing(mark: str, text: str) -> list[int]:
    """Return where a quotation mark may close a word: before a blank, or at the end."""
    return [found.start() for found in re.finditer(rf"{mark}(?=\s|$)", text)]


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _quoted(before: str, word: str) -> list[str]:
    """Return the tokens of a quoted word; a bare sign before it is a token of its own."""
    if before in _SIGNS:
        return [before, _QUOTED + word]
    return [before + _QUOTED + word]


def _operator(token: str, before: str) -> tuple[float, str]:
    """Take the sign off a token, where one is due; return it and the rest of the token."""
    sign = _SIGNS.get(token[:1])
    if sign is None or token.startswith(_QUOTED):
        raise ParameterError(
            f"'+' or '-' is missing between '{shown(before, 80)}' and "
            f"'{shown(token.strip(_QUOTED), 80)}'; a word with blanks needs quotes"
        )
    return sign, token[1:]


def _is_factor(token: str, waiting: list[str]) -> bool:
    """Tell a number before a lone "*"."""
    return bool(re.fullmatch(_NUMBER, token)) and waiting[-1:] == ["*"] and len(waiting) > 1


def _term(token: str, weight: float) -> Term:
    sign = 1.0
    signed = token[1:] if token[:1] in _SIGNS and _WEIGHT.match(token[1:]) else token
    if signed is not token:
        sign = _SIGNS[token[0]]
    match = _WEIGHT.match(signed)
    if match and len(signed) > match.end():
        return weight * sign * float(match[1]), signed[match.end() :].removeprefix(_QUOTED)
    return weight, token.removeprefix(_QUOTED)
