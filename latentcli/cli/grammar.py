"""The one grammar of all commands: what is typed as another command has it is read as it was meant.

A command that takes its files by place takes them behind `-v` as well, metrics take `--codes` and
`--factors`, and an option whose value is nearly always the same one may stand without it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

FILES = frozenset({"-v", "--vectors", "--codes", "--latents", "--embeddings"})
"""Options that only say that a file of vectors follows: without them it is there by its place."""

LAST = frozenset({"--factors", "--labels"})
"""Options whose file is the last one of a metric."""

BARE = {"--ease": "smooth"}
"""Options that may stand without a value, and what they mean then."""

SEVERAL = frozenset({"--arrows", "--of"})
"""Options of `map` behind which several values may stand, once the file has been named."""


def as_meant(
    words: Sequence[str],
    known: Collection[str],
    *,
    flags: Collection[str],
    factors: bool = False,
) -> list[str]:
    """Return what was typed behind a command in the words of that command.

    `known` are the options it has, `flags` those of them without a value; `factors` tells a command
    whose last file is one of factors. What stands behind an option that is unknown stays as it is.

    >>> as_meant(["-v", "a.npy", "--ease", "-q"], {"--ease", "-q"}, flags={"-q"})
    ['a.npy', '--ease', 'smooth', '-q']
    >>> as_meant(["x.txt", "--of", "king", "queen"], {"--of"}, flags=())
    ['x.txt', '--of', 'king', '--of', 'queen']
    >>> as_meant(["--factors", "f.csv", "a.npy"], {"--ci"}, flags=(), factors=True)
    ['a.npy', 'f.csv']
    """
    made: list[str] = []
    last: list[str] = []
    left = list(words)
    placed = False
    while left:
        word = left.pop(0)
        placed = placed or not word.startswith("-")
        if word == "--":
            return [*made, *last, word, *left]
        name, sign, value = word.partition("=")
        if name not in known and name in FILES and (sign or left):
            made.append(value if sign else left.pop(0))
        elif name not in known and factors and name in LAST and (sign or left):
            last.append(value if sign else left.pop(0))
        elif word in BARE and word in known and (not left or left[0].startswith("-")):
            made += [word, BARE[word]]
        else:
            made.append(word)
            if word in known and word not in flags and left:
                made.append(left.pop(0))
            while word in SEVERAL and placed and left and not left[0].startswith("-"):
                made += [word, left.pop(0)]
    return [*made, *last]
