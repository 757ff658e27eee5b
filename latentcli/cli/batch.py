"""Queries from the command line or, with `-`, one on each line of standard input.

Quoting on a line is as simple as it can be: words are parted by blanks (or by tabs, if the line
has any), and double quotes keep blanks in a word.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import typer

from latentcli.cli.options import Output, say
from latentcli.cli.wording import in_options, with_options
from latentcli.errors import LatentError
from latentcli.results import Report

Query = TypeVar("Query")

_CHUNK = 1 << 18
_TOKEN = re.compile(r'"([^"]*)"(?=\s|$)|(\S+)')


def run(
    words: Sequence[str],
    output: Output,
    *,
    parse: Callable[[list[str]], Query],
    answer: Callable[[list[Query], bool], Report],
    split: Callable[[str], list[str]] | None = None,
    at_once: int = 4096,
) -> None:
    """Answer the query on the command line, or all on standard input if it is `-`.

    `parse` makes a query of its words and raises LatentError if it is wrong; `answer` answers
    up to `at_once` of them, told whether they are a batch; `split` parts a line into words. A
    wrong line is reported with its number, the rest go on, and the exit code is 1 at the end.
    """
    if list(words) == ["-"]:
        part = split or split_line
        _run_batch(output, lambda line: parse(part(line)), answer, at_once)
    else:
        output.show(answer([parse([readable(word) for word in words])], False))


def given(texts: Sequence[str], output: Output) -> list[str]:
    """Return what is given on the command line, or, for `-`, the lines of standard input."""
    if list(texts) != ["-"]:
        return [readable(text) for text in texts]
    if sys.stdin.isatty():
        output.note("reading from the terminal, one on each line; Ctrl-D ends")
    return [line for lines in _lines() for line in lines if line.strip()]


def readable(word: str) -> str:
    """Return an argument whose bytes are not UTF-8 with its odd bytes as they are shown."""
    return os.fsencode(word).decode("utf-8", "backslashreplace")


def quoted(words: Sequence[str]) -> str:
    """Join words so that `split_line` parts them again.

    >>> quoted(["new york", "usa"])
    '"new york" usa'
    """
    return " ".join(
        f'"{word}"' if re.search(r"\s", word) or not word else word for word in words
    )


def split_line(line: str) -> list[str]:
    r"""View a line into words.

    >>> split_line('"new york" usa'), split_line("new york\tusa"), split_line('5" disk')
    (['new york', 'usa'], ['new york', 'usa'], ['5"', 'disk'])
    """
    if "\t" in line:
        return line.rstrip("\t").split("\t")
    return [word if word else kept for kept, word in _TOKEN.findall(line)]


def _run_batch(
    output: Output,
    parse: Callable[[str], Query],
    answer: Callable[[list[Query], bool], Report],
    at_once: int,
) -> None:
    if sys.stdin.isatty():
        output.note("reading queries from the terminal, one on each line; Ctrl-D ends")
    printer = output.printer()
    number = failed = answered = 0
    said: set[str] = set()
    for lines in _lines():
        queries, wrong = _parsed(lines, number, parse)
        number += len(lines)
        failed += wrong
        answered += len(queries)
        for start in range(0, len(queries), at_once):
            report = in_options(answer(queries[start : start + at_once], True))
            for text in dict.fromkeys(report.notes):
                if text not in said:
                    output.note(text)
            said.update(report.notes)
            printer.add(report)
    if number == 0:
        output.note("no queries on standard input")
    if not answered:  # an answer without records is an answer too, to a program
        printer.add(answer([], True))
    printer.close()
    if failed:
        raise typer.Exit(1)


def _parsed(
    lines: list[str], before: int, parse: Callable[[str], Query]
) -> tuple[list[Query], int]:
    """Parse lines; report each wrong one with its number, and return how many there were."""
    queries = []
    wrong = 0
    for number, line in enumerate(lines, before + 1):
        try:
            if line.strip():
                queries.append(parse(line))
        except LatentError as error:
            wrong += 1
            say("error", f"line {number}: {with_options(str(error))}")
    return queries, wrong


def _lines() -> Iterator[list[str]]:
    """Yield the lines of standard input in batches: all that is there, without waiting for more.

    So a file is answered in a few passes over the vectors, and a slow pipe line by line.
    """
    try:
        handle = sys.stdin.fileno()
    except (OSError, ValueError, io.UnsupportedOperation):
        text = sys.stdin.read()
        if text:
            yield text.removesuffix("\n").split("\n")
        return
    rest = b""
    first = True
    while part := os.read(handle, _CHUNK):
        if first:
            part = part.removeprefix(b"\xef\xbb\xbf")
            first = False
        *whole, rest = (rest + part).split(b"\n")
        if whole:
            yield [_decode(line) for line in whole]
    if rest:
        yield [_decode(rest)]


def _decode(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace").rstrip("\r")
