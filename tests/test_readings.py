"""Every reading that the code can give is in the table of readings, with its null and its rule."""

import ast
import re
from pathlib import Path

import pytest

import latentcli

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "readings.md"
NAMES = re.compile(r"_?(readings?|verdict|judged)(_of_\w+)?")
"""Functions and variables that give readings."""
COLUMNS = ("reading", "verdict")


def phrases(expression):
    """Return the strings that an expression may become: constants, and the fixed parts of others."""
    skipped = {
        id(inner)
        for node in ast.walk(expression)
        if isinstance(node, ast.Compare | ast.Subscript)
        for inner in ast.walk(node)
        if isinstance(node, ast.Compare) or isinstance(inner, ast.Constant)
    }
    for node in ast.walk(expression):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value.strip()


def returned(function):
    """Return what a function that gives readings returns, and what it says of their degree."""
    for node in ast.walk(function):
        degree = isinstance(node, ast.Assign) and "degree" in ast.unparse(node.targets[0])
        if degree or (isinstance(node, ast.Return) and node.value is not None):
            yield node.value


def assigned(node):
    """Return what is assigned to a variable for readings, also among others."""
    names = ast.unparse(node.targets[0]).strip("()").split(", ")
    values = [node.value] if len(names) == 1 else getattr(node.value, "elts", [])
    return [value for name, value in zip(names, values, strict=False) if NAMES.fullmatch(name)]


def given(tree):
    """Return the expressions of a module that give readings."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() if NAMES.fullmatch(node.name):
                yield from returned(node)
            case ast.Assign():
                yield from assigned(node)
            case ast.Dict():
                pairs = zip(node.keys, node.values, strict=True)
                yield from (v for key, v in pairs if getattr(key, "value", "") in COLUMNS)
            case ast.Call(func=ast.Name(id=name)) if name != "About":
                yield from node.args if NAMES.fullmatch(name) else ()
                yield from (one.value for one in node.keywords if one.arg in COLUMNS)


def readings():
    """Return each reading of the code with its module."""
    found = {}
    for path in sorted((ROOT / "latentcli").rglob("*.py")):
        if path.parts[-2] in ("render", "cli", "files", "store", "formats"):
            continue
        for expression in given(ast.parse(path.read_text(encoding="utf-8"))):
            for phrase in phrases(expression):
                if re.search(r"[a-z]{3}", phrase) and "_" not in phrase:
                    found.setdefault(phrase, path.relative_to(ROOT).as_posix())
    return found


READINGS = readings()


@pytest.mark.parametrize("phrase", READINGS)
def test_a_reading_has_its_null_and_its_rule_on_the_page(phrase):
    row = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    assert any(f"`{phrase}" in line for line in row), f"{READINGS[phrase]}: {phrase}"


def test_the_readings_of_the_code_are_found():
    """The search for readings sees what results say, for each subject."""
    assert {
        "one direction", "X with A, Y with B", "split:", "not captured", "strong clusters",
        "moved more than noise", "norms as of N(0, I)", "follows held-out scores",
        "better than the most frequent label", "separates held-out codes",
    } <= set(READINGS)  # fmt: skip
    assert "within" not in READINGS


def test_no_reading_on_the_page_is_of_the_past():
    """Each phrase in code type of the columns of readings is one that the code can give."""
    for line in PAGE.read_text().splitlines():
        if not line.startswith("| ") or line.startswith("| command") or "NAME is" in line:
            continue
        cells = line.strip("|").split(" | ")
        if len(cells) != 3:
            continue
        for phrase in re.findall(r"`([^`]+)`", cells[2]):
            assert any(phrase.startswith(known) for known in READINGS), phrase


def test_what_commands_print_is_among_the_readings():
    """The readings of real results begin with a phrase that the search has found."""
    import numpy as np

    rng = np.random.default_rng(0)
    rows = rng.standard_normal((60, 4))
    labels = rng.integers(0, 3, 60)
    found = latentcli.geometry_report(rows, labels, outputs=rows, ci=None).records
    found += latentcli.compare(rows, rows + 0.1 * rng.standard_normal((60, 4))).records
    found += latentcli.mig(rows, labels, ci=None).factors
    found += [{"reading": latentcli.direction(rows[:30], rows[30:]).reading}]
    found += [{"reading": latentcli.typical(rows).reading}]
    seen = {one["reading"] for one in found if one.get("reading")}
    assert len(seen) > 10
    assert not [one for one in seen if not one.startswith(tuple(READINGS))]
