"""What can go wrong, as one small tree.

    LatentError
    +-- ParameterError       also a ValueError: a value, or parameters together, that have no meaning
    +-- FileError            also an OSError: a file cannot be read or written
    |   +-- FormatError      a file can be opened, but what is in it is not usable
    +-- WordError            also a KeyError: a word or row is not in the space

Every message is one line that says what is wrong, where, and what to do. Parameters are named in
backquotes (`` `bins` ``); the command line turns them into its options, adds the names of files,
and owns the exit codes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import overload


class LatentError(Exception):
    """Any failure that is not a bug in this library; its text is shown to the user as it is."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class ParameterError(LatentError, ValueError):
    """A parameter has a value that has no meaning, or parameters have none together.

    It takes a text, or, as OSError does, three parts that make one: `name` is the parameter, `value`
    what it was, `requirement` what it has to be.

    >>> error = ParameterError("bins", 0, "a whole number from 2")
    >>> str(error)
    '`bins` is 0; it must be a whole number from 2'
    >>> error.name, error.value, error.requirement
    ('bins', 0, 'a whole number from 2')

    Of a text, all three are None.
    """

    name: str | None
    value: object
    requirement: str | None

    @overload
    def __init__(self, text: str, /) -> None: ...
    @overload
    def __init__(self, name: str, value: object, requirement: str, /) -> None: ...
    def __init__(
        self, text: str, value: object = None, requirement: str | None = None, /
    ) -> None:
        self.name = None if requirement is None else text
        self.value, self.requirement = value, requirement
        if requirement is not None:
            text = f"`{text}` is {shown(value)}; it must be {requirement}"
        super().__init__(text)


class FileError(LatentError, OSError):
    """A file is missing, unreadable or cannot be written."""


class FormatError(FileError):
    """The bytes of a file are not what any reader accepts."""


class WordError(LatentError, KeyError):
    """A word (or a row) is not in the space, or has no usable vector."""


def unknown_choice(what: str, given: str, choices: Iterable[str]) -> ParameterError:
    """Say that `given` is none of the `choices`, and which one was probably meant."""
    import difflib  # only a mistake needs it

    names = list(choices)
    close = difflib.get_close_matches(given.lower(), names, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    return ParameterError(f"unknown {what} '{given}'.{hint} One of: {', '.join(names)}.")


def check_choice(what: str, given: str, choices: Iterable[str]) -> None:
    """Raise ParameterError unless `given` is one of the `choices`."""
    if given not in choices:
        raise unknown_choice(what, given, choices)


def shown(text: object, most: int = 160) -> str:
    """Return text (from a file, say) as one printable line, cut where it is long."""
    line = " ".join(str(text).split())
    if not line.isprintable():
        line = "".join(
            letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
            for letter in line
        )
    return line if len(line) <= most else f"{line[: most - 3]}..."


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: "1 row", "3,000 rows".

    >>> counted(1, "row"), counted(3000, "row"), counted(2, "row shares its", "rows share their")
    ('1 row', '3,000 rows', '2 rows share their')
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def reason(error: BaseException) -> str:
    """Return the operating system's words for an error, or the error's own, on one line."""
    return shown(getattr(error, "strerror", None) or str(error) or type(error).__name__)
