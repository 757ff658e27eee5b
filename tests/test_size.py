"""Files are small: what is longer than 300 lines says why where it begins."""

import ast
from pathlib import Path

import pytest

import latentcli

PACKAGE = Path(latentcli.__file__).parent
LINES = 300


def opening_of(text):
    """The first sentences of a module: its docstring up to the second blank line."""
    return "\n\n".join((ast.get_docstring(ast.parse(text)) or "").split("\n\n")[:2])


def is_small_or_says_why(text):
    return len(text.splitlines()) <= LINES or "Longer than 300 lines" in opening_of(text)


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_a_file_is_small_or_says_why_it_is_not(path):
    assert is_small_or_says_why(path.read_text("utf-8"))


def test_a_long_file_without_a_reason_is_found():
    assert not is_small_or_says_why('"""A module."""\n' + "x = 1\n" * LINES)
    assert is_small_or_says_why(
        '"""A module.\n\nLonger than 300 lines: why.\n"""\n' + "x = 1\n" * LINES
    )
