"""A grammar of text files of vectors: every way that people write a table of words and numbers.

`made(seed)` writes one table in one way; what was written is known, so that a reader can be held to it.
"""

import gzip
import random
from dataclasses import dataclass, field

WORDS = [
    "the", "king", "queen", "new york", "naïve", "東京", "don't", "x2", "e-mail", "a.b", "C++", "ο",
    "Zürich", "to be", "1990s", "#tag", "@you", "sm;le", "co,ma", "50%", "a/b", "(sic)", "3", "1,000",
]  # fmt: skip
LATIN = [word for word in WORDS if word.encode("latin-1", "ignore").decode("latin-1") == word]
BRACKETS = {"[": "]", "(": ")", "{": "}"}


@dataclass
class Made:
    """A file and what is in it: `words` (None: none), `rows` of numbers, and how it was written."""

    content: bytes
    words: list[str] | None
    rows: list[list[float]]
    how: dict[str, object] = field(default_factory=dict)


def made(seed):
    """Write a random table in a random way."""
    pick = random.Random(seed)
    how = {
        "separator": pick.choice(
            [" ", " ", "\t", "\t", "  ", ",", ",", ", ", ", ", ";", "; ", "|"]
        ),
        "decimal": pick.choice([".", ".", ".", ","]),
        "bracket": pick.choice(["", "", "", "[", "(", "{"]),
        "padding": pick.choice(["", "", " "]),
        "between": pick.choice([" ", " ", "\t", "same", ": "]),
        "quote": pick.choice(["", "", "", "", '"', "'", "list", "numbers"]),
        "place": pick.choice(["first", "first", "first", "first", "last", "none"]),
        "end": pick.choice(["\n", "\n", "\r\n", "\r"]),
        "encoding": pick.choice(["utf-8", "utf-8", "utf-8", "utf-8-sig", "latin-1", "utf-16"]),
        "header": pick.choice(["", "", "sizes", "sizes", "names"]),
        "style": pick.choice(["4", "4", "1", "repr", "e", "+", ".5", "mixed", "integers"]),
        "tail": pick.choice(["", "", "", "blank", "separator"]),
        "last": pick.choice([True, True, False]),
        "blank_line": pick.choice([False, False, False, True]),
        "packed": pick.choice([False, False, False, True]),
    }
    how["rows"], how["dimensions"] = pick.randint(1, 12), pick.randint(1, 7)
    _unambiguous(how)
    count, dimensions = how["rows"], how["dimensions"]
    words = pick.sample(LATIN if how["encoding"] == "latin-1" else WORDS, count)
    if how["place"] == "last" and how["header"] != "names" and words == ["3"]:
        words = ["the"]  # "-0.5 3" is a word behind a number, or two numbers
    numbers = [[_number(pick, how) for _ in range(dimensions)] for _ in range(count)]
    rows = [[float(text) for text in row] for row in numbers]
    lines = [_line(word, row, how) for word, row in zip(words, numbers, strict=True)]
    if how["header"] == "sizes":
        lines.insert(0, f"{count} {dimensions}")
    elif how["header"] == "names":
        names = [f"d{place}" for place in range(dimensions)]
        if how["place"] != "none":
            names.insert(0 if how["place"] == "first" else dimensions, "word")
        lines.insert(0, _separator(how).join(names))
    if how["blank_line"]:
        lines.insert(pick.randint(1, len(lines)), "")
    text = how["end"].join(lines) + (how["end"] if how["last"] else "")
    content = text.encode(how["encoding"])
    return Made(
        gzip.compress(content, mtime=0) if how["packed"] else content,
        None if how["place"] == "none" else words,
        rows,
        how,
    )


def _unambiguous(how):
    """Take out what no reader could tell from another table: commas in and between numbers, and such."""
    if how["decimal"] == "," and how["separator"] == ",":
        how["separator"] = ";"
    if how["quote"] in ('"', "'") or how["between"] in (": ", "same"):
        how["rows"] = max(how["rows"], 2)  # one word may be quoted, or end in a colon, itself
    if how["decimal"] == ",":
        how["dimensions"] = max(how["dimensions"], 2)  # "a 1,5" may be two numbers, or 1.5
        how["rows"] = max(how["rows"], 2)  # a word such as "1,000" may be a number
    if how["place"] == "last" and how["tail"] == "separator":
        how["tail"] = ""  # two separators before the word
    if how["style"] in ("integers", "mixed") and (
        how["place"] != "first" or how["decimal"] == ","
    ):
        how["style"] = "4"  # which of "3 7" is the word? which comma of "3,7"?


def _separator(how):
    return "," if how["separator"] == " " and how["between"] == "same" else how["separator"]


def _number(pick, how):
    style = (
        pick.choice(["4", "1", "repr", "e", "integers"])
        if how["style"] == "mixed"
        else how["style"]
    )
    value = pick.gauss(0, 1)
    if style == "integers":
        return str(pick.randint(-9, 9))
    if style == "e":
        return f"{value:.3e}"
    if style == "+":
        return f"{value:+.4f}"
    if style == ".5":
        return f"{value:.3f}".replace("0.", ".", 1)
    return repr(value) if style == "repr" else f"{value:.{style}f}"


def _line(word, numbers, how):
    separator = how["separator"]
    texts = [number.replace(".", how["decimal"]) for number in numbers]
    if how["quote"] == "numbers":
        texts = [f'"{text}"' for text in texts]
    vector = separator.join(texts)
    if how["bracket"]:
        inside = f"{how['padding']}{vector}{how['padding']}"
        vector = f"{how['bracket']}{inside}{BRACKETS[how['bracket']]}"
    if how["quote"] == "list":
        vector = f'"{vector}"'
    if how["tail"] == "separator":
        vector += separator.rstrip() or " "
    elif how["tail"] == "blank":
        vector += " "
    if how["place"] == "none":
        return vector
    quoted = f"{how['quote']}{word}{how['quote']}" if how["quote"] in ('"', "'") else word
    between = separator if how["between"] == "same" else how["between"]
    parts = [quoted, vector] if how["place"] == "first" else [vector.rstrip(), quoted]
    return between.join(parts)
