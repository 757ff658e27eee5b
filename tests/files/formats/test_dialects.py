"""Rows of text that are not "word 0.1 0.2": each way to write them is the same table, or an error."""

import numpy as np
import pytest

from latentcli.errors import FormatError
from latentcli.files.formats import dialects

WORDS = ["the", "new york", "1,000", "naïve", "queen's"]
TAB = "\t"
VALUES = np.random.default_rng(0).normal(size=(5, 4)).round(4)


def rows(row, header=""):
    """Write the table by a function of word and numbers, or a template of one."""
    return header + "".join(
        row(word, values) for word, values in zip(WORDS, VALUES, strict=True)
    )


def joined(separator, numbers=str):
    return lambda values: separator.join(map(numbers, values.tolist()))


def comma(value):
    return str(value).replace(".", ",")


WRITTEN = {
    "commas": lambda w, v: f"{w} {joined(',')(v)}\n",
    "commas and blanks": lambda w, v: f"{w} {joined(', ')(v)}\n",
    "a tab, then commas": lambda w, v: f"{w}\t{joined(',')(v)}\n",
    "a comma at the end": lambda w, v: f"{w} {joined(', ')(v)},\n",
    "semicolons": lambda w, v: f"{w} {joined(';')(v)}\n",
    "semicolons, decimal commas": lambda w, v: f"{w} {joined('; ', comma)(v)}\n",
    "commas, decimal commas": lambda w, v: f"{w} {joined(', ', comma)(v)}\n",
    "decimal commas": lambda w, v: f"{w} {joined(' ', comma)(v)}\n",
    "decimal commas, tabs": lambda w, v: f"{w}\t{joined(TAB, comma)(v)}\n",
    "brackets": lambda w, v: f"{w} [{joined(', ')(v)}]\n",
    "brackets, blanks": lambda w, v: f"{w} [ {joined('  ')(v)}]\n",
    "braces": lambda w, v: f"{w}\t{{{joined(',')(v)}}}\n",
    "parentheses": lambda w, v: f"{w} ({joined(' ')(v)})\n",
    "brackets in quotes": lambda w, v: f'{w} "[{joined(", ")(v)}]"\n',
    "brackets, decimal commas": lambda w, v: f"{w} [{joined('; ', comma)(v)}]\n",
    "a colon": lambda w, v: f"{w}: [{joined(', ')(v)}]\n",
    "words in quotes": lambda w, v: f'"{w}" {joined(" ")(v)}\n',
    "words in quotes, commas": lambda w, v: f'"{w}" {joined(", ")(v)}\n',
    "the word last": lambda w, v: f"{joined(TAB)(v)}\t{w}\n",
    "the word last, blanks": lambda w, v: f"{joined(' ')(v)} {w}\n",
    "CR alone": lambda w, v: f"{w} {joined(' ')(v)}\r",
    "CR and commas": lambda w, v: f"{w} {joined(', ')(v)}\r",
    "CRLF and brackets": lambda w, v: f"{w} [{joined(', ')(v)}]\r\n",
    "CSV": lambda w, v: f'"{w}",{joined(",")(v)}\n',
    "CSV, semicolons": lambda w, v: f"{w};{joined(';')(v)}\n",
    "CSV, decimal commas": lambda w, v: f'"{w}";{joined(";", comma)(v)}\n',
}


@pytest.mark.parametrize("header", ["", "5 4\n"], ids=["no header", "header"])
@pytest.mark.parametrize("name", WRITTEN)
def test_every_way_to_write_rows_reads_the_same(opened, table, name, header):
    if header and (name == "words in quotes" or name.startswith("CSV")):
        pytest.skip("quotes are part of word2vec's words; CSV has no such header")
    content = rows(WRITTEN[name], header.replace("\n", "\r") if "CR " in name else header)
    entry = opened(content.replace("\r\n\r", "\r\n"))
    expected = dict(zip(WORDS, VALUES.astype(np.float32).tolist(), strict=True))
    assert table(entry) == expected
    assert entry.matrix.shape == (5, 4)


@pytest.mark.parametrize(
    "content",
    [
        "3 2\na 0.1, 0.2, 0.3\nb 0.1, 0.2, 0.3\nc 0.1, 0.2, 0.3\n",  # the header says 2
        "a 0,1,0,2\nb 0,3,0,4\n",  # four integers, or two numbers with decimal commas
        "a;0.1 0.2\nb;0.3 0.4\n",  # the first number would be in the word
        "a [0.1, 0.2\nb [0.3, 0.4\n",  # cut
        "a 0.1, 0.2 0.3\nb 0.1, 0.2 0.3\n",
        "a 0.1|0.2|0.3\nb 0.1|0.2|0.3\n",
        "a 1.234,5 1.234,6\nb 1.234,5 1.234,6\n",
        "12 8\nthe x0.6,0.3,0.0,0.0,0.8,0.9,0.6,0.7\nof x0.5,0.9,0.8,0.0,0.9,0.0,0.7,0.2\n",
    ],
)
def test_what_could_be_misread_is_refused(opened, content):
    with pytest.raises(FormatError, match=r"^vectors\.txt: "):
        opened(content)


def test_a_row_that_is_not_as_the_others_is_dropped_and_named(opened):
    lines = [f"w{n} 0.1, 0.2, 0.{n}\n" for n in range(1, 9)]
    lines[6] = "w7 0.1, 0.2\n"
    entry = opened("".join(lines))
    assert entry.matrix.shape == (7, 3)
    assert "1 malformed row dropped (first: line 7, 'w7 0.1, 0.2')" in entry.notes[0]


def test_how_rows_are_written_is_told(opened):
    (note,) = opened("a [0,1; 0,2]\nb [0,3; 0,4]\n").notes
    rows = "its rows have numbers separated by semicolons, numbers in brackets, decimal commas"
    assert note == f"vectors.txt: {rows}"


def test_long_hostile_rows_take_no_time():
    row = b"1, " * 200_000 + b"x"
    assert dialects.choose([row, b"[" * 100_000, b'"' * 100_000], None) is None
