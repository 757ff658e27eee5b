"""What the columns of a table must not be: numbers in a column of text, halves of numbers, several in a cell.

Such a table was taken apart in another way than it was put together, and would lose numbers or words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from latentcli.errors import shown
from latentcli.files import delimited
from latentcli.files.formats import dialects
from latentcli.files.stream import Stream
from latentcli.files.vector_columns import WORD_NAMES
from latentcli.numerics.types import Array

_SAMPLE = 64
_DIGIT = re.compile(r"\d")
_DECIMAL = r"[-+]?\d*[.,]\d+(?:[eE][-+]?\d+)?"
_GLUED = re.compile(_DECIMAL + r"[ ]*(?:\t|:[ \t])[ ]*\S")
"""A decimal number, a tab or colon, and a text in one cell: a word stands behind another separator than the numbers."""

_FIRST = re.compile(_DECIMAL + r"[\s:;|]+\S")
"""A decimal number before a text, where a column is named like dimensions."""

_LAST = re.compile(r"\S\s+[-+]?\d[\d.]*$")
"""A number behind a text, where a column is named like dimensions: the word holds the separator."""

_NUMBERED = re.compile(r"\d+[\s:;|]+\S")
"""A whole number before a text: of a first row that was taken for names."""


def check_halves(stream: Stream, numbers: Mapping[str, Array]) -> None:
    """Refuse columns without names that look like the halves of numbers with decimal commas."""
    named = any(not re.fullmatch(r"column\d+", name) for name in numbers)
    if named or not numbers or any(values.dtype.kind != "i" for values in numbers.values()):
        return
    texts = [
        [str(value).encode() for value in row]
        for row in zip(*(values[:_SAMPLE].tolist() for values in numbers.values()), strict=True)
    ]
    if dialects.may_be_decimals(texts):
        raise stream.error(
            "integers between commas that look like halves of numbers with decimal commas; separate "
            "the columns with semicolons, or write a line of names if they are integers"
        )


def check_no_numbers(stream: Stream, name: str, values: Array) -> None:
    """Refuse a column of text that is mostly numbers: a dimension would be lost."""
    texts = sum(text is not None for text in values)
    if name.lower() in WORD_NAMES or any(map(is_padded, values)):
        return
    glued = sum(text is not None and _GLUED.match(text) is not None for text in values)
    if 2 * glued > texts:
        raise stream.error(
            f"column '{name}' holds a number and a text behind it; separate all columns in one way"
        )
    numbers = sum(_is_numeric(text) for text in values if text and _DIGIT.search(text))
    if 2 * numbers < texts or not numbers:
        return
    there = ((row, text) for row, text in enumerate(values) if text is not None)
    first = next(there)
    row, text = next(
        (one for one in (first, *there) if not delimited.is_number(one[1].encode())), first
    )
    commas = "; write decimals with a point" if _is_numeric(text) else ""
    raise stream.error(f"column '{name}': '{text}' in row {row:,} is not a number{commas}")


def check_cells(
    stream: Stream, texts: Mapping[str, Array], words: str, numbers: Mapping[str, Array]
) -> None:
    """Refuse several numbers in a cell as words; or these, or a number beside a text, under a name like the dimensions'."""
    stems = {name.rstrip("0123456789") for name in numbers if name[-1:].isdigit()}
    for name, cells in texts.items():
        row = _NUMBERED.match(name) is not None  # the first row, taken for names
        like = row or (name[-1:].isdigit() and name.rstrip("0123456789") in stems)
        begins = _NUMBERED if row else _FIRST
        there = [text for text in cells if text is not None]
        several = [
            text
            for text in there
            if _is_several(text) or (like and (begins.match(text) or _LAST.search(text)))
        ]
        if (name == words or like) and 2 * len(several) > len(cells):
            raise stream.error(
                f"column '{name}' holds more than a number or a word, such as '{shown(several[0], 40)}'; "
                "separate all columns in one way"
            )


def _is_several(text: str) -> bool:
    """Tell numbers that commas, semicolons or blanks separate, one of them a fraction or below 0, or more than three."""
    parts = [part for part in re.split(r"[,;\s]+", text.strip()) if part]
    if len(parts) < 2 or not all(delimited.is_number(part.encode()) for part in parts):
        return False
    return len(parts) > 3 or any(part[:1] == "-" or "." in part for part in parts)


def _is_numeric(text: str) -> bool:
    """Tell a number in quotes, or with a decimal comma, as well."""
    bare = text.strip("\"' ").encode("utf-8", "replace")
    return delimited.is_number(bare) or delimited.DECIMAL_COMMA.fullmatch(bare) is not None


def is_padded(text: str | None) -> bool:
    """Tell digits that begin with 0, such as 007: a code, not a number."""
    return text is not None and len(text) > 1 and text[0] == "0" and text.isdecimal()
