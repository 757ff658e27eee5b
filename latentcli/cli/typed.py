"""The line that was typed, for messages that name a better one."""

from __future__ import annotations

from collections.abc import Sequence

_given: list[str] = []
"""The words of the command that runs, its name first."""


def begin(words: Sequence[str]) -> None:
    """Keep the words of a command that begins."""
    _given[:] = words


def with_files(old: Sequence[str], new: Sequence[str]) -> str:
    """Return the line that was typed with other files in place of those it has.

    >>> begin(["mig", "--bins", "10", "factors.csv", "codes.npy"])
    >>> with_files(["factors.csv", "codes.npy"], ["codes.npy", "factors.csv"])
    'latent mig --bins 10 codes.npy factors.csv'
    """
    import shlex

    places = [place for place, word in enumerate(_given) if word in old]
    first = places[0] if places else len(_given)
    kept = [word for word in _given if word not in old]
    return f"latent {shlex.join([*kept[:first], *new, *kept[first:]])}"
