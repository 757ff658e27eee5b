"""Texts of the library in the words of the command line: parameters become options."""

from __future__ import annotations

import re
from dataclasses import replace

from latentcli.results import Report

OPTIONS = {"top": "-k", "files": "the files"}
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
    return replace(report, notes=tuple(map(with_options, report.notes)))


def _option(name: str) -> str:
    return OPTIONS.get(name, f"--{name.replace('_', '-')}")
