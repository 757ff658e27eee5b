"""Weighted sums of words: `king - man + 0.5*woman`.

Words may hold hyphens and signs of their own (`mother-in-law`, `-lrb-`): a sign is an operator
where an operator is due, a part of the word where a word is due. Quotes keep blanks together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from latentcli.errors import UsageError

Term = tuple[float, str]

_SIGNS = {"+": 1.0, "-": -1.0, "\N{MINUS SIGN}": -1.0}
_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_WEIGHT = re.compile(rf"({_NUMBER})\*")
_TOKEN = re.compile(
    rf"""\s*(?:
        (?P<before>[+\-\u2212]?(?:(?:{_NUMBER})\*)?)(?P<quote>["'])(?P<quoted>.*?)(?P=quote)(?=\s|$)
        | (?P<plain>\S+)
    )""",
    re.VERBOSE,
)
_LARGEST = 1e100  # so that sums and their squares are numbers
_QUOTED = "\0"  # marks a token that was quoted, so that it is not taken apart


def parse(text: str) -> list[Term]:
    """Split an expression into (weight, word) terms.

    >>> parse("king - man + 0.5*woman")
    [(1.0, 'king'), (-1.0, 'man'), (0.5, 'woman')]
    >>> parse("'new york' - usa")
    [(1.0, 'new york'), (-1.0, 'usa')]
    """
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
    for given, word in terms:
        if abs(given) > _LARGEST:
            raise UsageError(f"the weight of '{word}' is too large: {given:g}")
    if weight is not None:
        where = f" after '{terms[-1][1]}'" if terms else ""
        raise UsageError(
            f"the expression ends where a word is due{where}; "
            "write it like: king - man + 0.5*woman"
        )
    return terms


def _tokens(text: str) -> list[str]:
    tokens = []
    for match in _TOKEN.finditer(text.rstrip()):
        if match["plain"] is not None:
            tokens.append(match["plain"])
        elif match["quoted"] is not None:
            tokens += _quoted(match["before"], match["quoted"])
    return tokens


def _quoted(before: str, word: str) -> list[str]:
    """Return the tokens of a quoted word; a bare sign before it is a token of its own."""
    if before in _SIGNS:
        return [before, _QUOTED + word]
    return [before + _QUOTED + word]


def _operator(token: str, before: str) -> tuple[float, str]:
    """Take the sign off a token, where one is due; return it and the rest of the token."""
    sign = _SIGNS.get(token[:1])
    if sign is None or token.startswith(_QUOTED):
        raise UsageError(
            f"'+' or '-' is due between '{before}' and '{token.strip(_QUOTED)}'; "
            "a word with blanks needs quotes"
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
