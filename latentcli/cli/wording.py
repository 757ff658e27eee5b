"""Texts of the library in the words of the command line: parameters become options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from latentcli.errors import LatentError, shown

if TYPE_CHECKING:
    from latentcli.results import Report, Result

Outcome = TypeVar("Outcome", bound="Result")

OPTIONS = {
    "top": "-k", "times": "--at", "cutoffs": "--at", "value": "--positive", "columns": "--cols",
    "files": "the files", "codes": "the codes", "factors": "the factors",
}  # fmt: skip
"""Parameters whose option has another name."""

_PARAMETER = re.compile(r"`([a-z][a-z0-9_]*)`")


def with_options(text: str) -> str:
    """Return a text with each parameter in backquotes as its option.

    >>> with_options("`min_score` is nan; it must be a number")
    '--min-score is nan; it must be a number'
    """
    return _PARAMETER.sub(lambda found: _option(found[1]), text)


def in_options(report: Report) -> Report:
    """Return a report whose notes name options."""
    from dataclasses import replace

    return replace(report, notes=tuple(map(with_options, report.notes)))


def _option(name: str) -> str:
    return OPTIONS.get(name, f"--{name.replace('_', '-')}")


@contextmanager
def naming(**files: str | None) -> Iterator[None]:
    """Put the names of files into errors about the parameters that they were given for."""
    try:
        yield
    except LatentError as error:
        given = {name: file for name, file in files.items() if file is not None}
        error.args = (_with_names(str(error), given),)
        raise


def with_files(result: Outcome, **files: str) -> Outcome:
    """Return a result whose notes name the files that were given for parameters."""
    from dataclasses import replace

    return replace(result, notes=tuple(_with_names(text, files) for text in result.notes))


def _with_names(text: str, files: Mapping[str, str]) -> str:
    for parameter, name in files.items():
        text = text.replace(f"`{parameter}`", shown(name))
    return text


def merged(notes: Iterable[str]) -> list[str]:
    """Return notes in their order, where several files of one shape are read alike as one.

    >>> merged(["a.npy: shape (2, 9) is read", "b.npy: shape (2, 9) is read", "c"])
    ['a.npy, b.npy: shape (2, 9) is read', 'c']
    """
    files: dict[str, list[str]] = {}
    for text in notes:
        name, found, rest = text.partition(": shape (")
        files.setdefault(found + rest if found else text, []).append(name if found else "")
    return [", ".join(dict.fromkeys(names)) + text for text, names in files.items()]


def distinct_names(names: Sequence[str], addresses: Sequence[str]) -> list[str]:
    """Return the short names, or the addresses where two names are the same."""
    return list(names if len(set(names)) == len(names) else addresses)


def shortest(paths: Iterable[str]) -> dict[str, str]:
    """Return for each path its last parts, as few as tell all paths apart.

    >>> shortest(["runs/a/codes.npy", "runs/b/codes.npy"])
    {'runs/a/codes.npy': 'a/codes.npy', 'runs/b/codes.npy': 'b/codes.npy'}
    """
    parts = {path: path.split("/") for path in paths}
    for count in range(1, max(map(len, parts.values()), default=1)):
        names = {path: "/".join(part[-count:]) for path, part in parts.items()}
        if len({*names.values()}) == len(names):
            return names
    return {path: path for path in parts}
