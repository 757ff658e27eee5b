"""Each promise of SECURITY.md and docs/reliability.md has its tests, and they are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("page", "count"), [("SECURITY.md", 7), ("docs/reliability.md", 8)])
def test_every_promise_names_tests_that_are_there(page, count):
    text = (ROOT / page).read_text("utf-8")
    promises = [line for line in text.splitlines() if line.startswith("| **")]
    assert len(promises) >= count
    for promise in promises:
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", promise)
        assert named, promise
        for file, test in named:
            assert f"def {test}(" in (ROOT / file).read_text("utf-8"), test


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/reliability.md"])
def test_tables_are_whole(page):
    """A line of a table that follows an empty line is a paragraph, not a row."""
    text = (ROOT / page).read_text("utf-8")
    for table in re.findall(r"\n\n((?:\|.*\n)+)", text):
        head, rule, *rows = table.splitlines()
        assert set(rule) <= set("|-: ")
        assert {row.count(" | ") for row in rows} == {head.count(" | ")}
