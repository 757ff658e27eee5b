"""The field's language: names that CHANGELOG.md retires, and words of our own, are gone."""

import re
from pathlib import Path

import pytest

import latentcli
from latentcli.cli.app import COMMANDS

PACKAGE = Path(latentcli.__file__).parent
ROOT = PACKAGE.parent
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
RENAMED = re.findall(
    r"^\| (?!old |---)(.+?) \| (.+?) \|$",
    CHANGELOG.partition("### Renamed")[2].partition("\n### ")[0],
    re.MULTILINE,
)
OPTION = re.compile(r"--[a-z][a-z-]*")
CODE = re.compile(r"`([^`]+)`")

RETIRED = re.compile(
    r"\b(chances|stillest|liveliest|told|asked|neighbour\w*|colour(?!\.npy)\w*"
    r"|centred?|centres|labelled|catalogues?|licence|(?:standard|recogn|normal|quant|optim|minim|maxim)is\w+"
    r"|held against|parted by|blind to|let chance|says not|fall of squared)\b",
    re.IGNORECASE,
)
"""Words of our own where the field has one, and a second spelling: American is the first."""

DATA = {"colour"}
"""Words that stand in the sample files: a factor is called so."""

CODE_IN_PAGES = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]


def test_the_table_of_renamed_names_is_found():
    assert len(RENAMED) >= 5


def retired_options():
    """Yield a command and an option that it had: a row is "`command`: `old`", or "`old`" alone."""
    for old, new in RENAMED:
        if not CODE.search(old):  # a row in words
            continue
        first, *rest = CODE.findall(old)
        command = " ".join(word for word in first.split() if not word.startswith("-"))
        of_command = command.split()[:1] and command.split()[0] in COMMANDS
        retired = rest if of_command else [first, *rest]
        for option in {*OPTION.findall(" ".join(retired))} - {*OPTION.findall(new)}:
            for name in [command] if of_command else COMMANDS:
                yield pytest.param(name, option, id=f"{name} {option}")


@pytest.mark.parametrize(("command", "option"), list(retired_options()))
def test_a_retired_option_is_in_no_help(latent, command, option):
    _, out, _ = latent(*command.split(), "--help")
    assert not re.search(rf"{option}(?![\w-])", out)


def own_words(text):
    return {match[0].lower() for match in RETIRED.finditer(text)} - DATA


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_a_module_speaks_the_language_of_the_field(path):
    assert not own_words(path.read_text("utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_speaks_the_language_of_the_field(path):
    assert not own_words(CODE_IN_PAGES.sub("", path.read_text("utf-8")))


def test_a_word_of_our_own_is_found():
    assert own_words("The neighbours of a colour are asked.") == {"neighbours", "asked"}
