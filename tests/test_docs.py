"""The README and the docs say what the tool does."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from console import BLOCK, refreshed

from latentcli import __version__
from latentcli.cli.app import COMMANDS
from latentcli.disentanglement import METRICS
from latentcli.files.formats import FORMATS
from latentcli.files.samples import SAMPLES
from latentcli.files.writing import WRITERS
from latentcli.render import RENDERERS

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_blocks_and_sessions_show_what_is_printed(page):
    text = page.read_text("utf-8")
    if "$ latent evaluate" in text and find_spec("gensim") is None:
        pytest.skip("the sets that are asked come with gensim")
    assert refreshed(text) == text, "run `make docs` and read what changed"


def test_what_a_page_shows_is_replaced_by_what_is_printed():
    page = (
        "```console\n$ latent --version\nlatent 7\n```\n"
        ">>> 1 + 1\n3\n>>> print('a\\n\\nb')\nc\n>>> [].x\n1\n>>> 5\n5\n"
    )
    assert refreshed(page) == (
        f"```console\n$ latent --version\nlatent {__version__}\n```\n"
        ">>> 1 + 1\n2\n>>> print('a\\n\\nb')\na\n<BLANKLINE>\nb\n>>> [].x\n"
        "Traceback (most recent call last):\n    ...\n"
        "AttributeError: 'list' object has no attribute 'x'\n>>> 5\n5\n"
    )


def test_readme_has_console_blocks():
    assert len(BLOCK.findall(PAGES[0].read_text("utf-8"))) >= 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target, place in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", page.read_text("utf-8")):
        if target.startswith("http"):
            continue
        other = page.parent / target if target else page
        assert other.exists(), target
        if place:
            assert place in places(other), f"{target}#{place}"


def places(page):
    """Return what links into a page may name: its headings, as GitHub writes them."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name):
    page = "metrics.md" if name in METRICS else "commands.md"
    assert f"## {name}\n" in (ROOT / "docs" / page).read_text("utf-8")


@pytest.mark.parametrize("name", [*FORMATS, *WRITERS])
def test_every_format_is_documented(name):
    assert f"`{name}`" in (ROOT / "docs" / "formats.md").read_text("utf-8")


@pytest.mark.parametrize("name", RENDERERS)
def test_every_output_format_is_documented(name):
    assert f"`{name}`" in (ROOT / "docs" / "json.md").read_text("utf-8")


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_described_in_its_note(name):
    assert name in (ROOT / "sample_vectors" / "README.md").read_text("utf-8")


def test_changelog_begins_with_this_version():
    heads = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert heads[0] in ("Unreleased", __version__)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "docs").rglob("*.png")), ids=lambda path: path.name
)
def test_a_picture_names_no_folder_of_the_machine_it_was_made_on(path):
    data = path.read_bytes()
    assert b'"decoder": "/' not in data
    assert str(ROOT).encode() not in data


def test_the_page_of_each_trade_is_linked_from_the_first_screen_of_the_readme():
    screen = (ROOT / "README.md").read_text("utf-8").partition("\n## ")[0]
    pages = sorted(page.name for page in (ROOT / "docs").glob("start-*.md"))
    assert len(pages) == 12
    assert [page for page in pages if f"(docs/{page})" not in screen] == []
