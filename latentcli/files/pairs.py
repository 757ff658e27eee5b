"""Files of related words: pairs, or analogies, under headings.

A line holds two words, a pair; or four, an analogy, which is two pairs. A line that begins with a
colon names the relation of those that follow, as in the Google analogies. Words are separated by
spaces, by tabs if the line has any, or by commas without spaces; lines that begin with "#" say nothing.
"""

from __future__ import annotations

from pathlib import Path

from latentcli.errors import FormatError, shown
from latentcli.files import lines

Pairs = list[tuple[str, str]]


def read(address: str) -> dict[str, Pairs]:
    """Read the relations of a file by name, each with its distinct pairs in order."""
    path = Path(address)
    relation = path.stem
    found: dict[str, dict[tuple[str, str], None]] = {}
    _, text_lines = lines.read(address)
    for number, line in enumerate(text_lines, 1):
        text = line.strip()
        if text.startswith(":"):
            relation = text[1:].strip() or path.stem
        elif text and not text.startswith("#"):
            pairs = found.setdefault(relation, {})
            pairs.update(dict.fromkeys(_pairs(text, f"{path.name}, line {number:,}")))
    if not found:
        raise FormatError(f"{path.name}: no pairs of words in it")
    return {name: [*pairs] for name, pairs in found.items()}


def read_all(address: str) -> Pairs:
    """Read the pairs of a file in order, whatever relations it names: a lexicon."""
    return [pair for pairs in read(address).values() for pair in pairs]


def _pairs(line: str, where: str) -> Pairs:
    words = line.split("\t") if "\t" in line else line.split()
    if len(words) == 1 and line.count(",") in (1, 3):
        words = [word.strip() for word in line.split(",")]
    if len(words) not in (2, 4) or not all(words):
        raise FormatError(
            f"{where}: '{shown(line, 60)}' is neither a pair of words nor an analogy of four"
        )
    return [*zip(words[::2], words[1::2], strict=True)]
