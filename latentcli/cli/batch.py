"""Queries from the command line or, with `-`, one on each line of standard input.

Quoting on a line is as simple as it can be: words are separated by blanks (or by tabs, if the line
has any), and double quotes keep blanks in a word.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import typer

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.output import Output, say
from latentcli.cli.plotting import Plot
from latentcli.cli.shards import prefetch
from latentcli.cli.source import about
from latentcli.cli.wording import with_options
from latentcli.errors import LatentError
from latentcli.results import Picture, Record, Report, Result

if TYPE_CHECKING:
    from latentcli.words._space import Space

Query = TypeVar("Query")

_CHUNK = 1 << 18
_TOKEN = re.compile(r'"([^"]*)"(?=\s|$)|(\S+)')

LONGEST = 1 << 20
"""Bytes of a line at most."""

_WITH_ERRORS = ("json", "ndjson")
"""Formats in which a query that failed is a record, with its error; the others have no room."""


def split_line(line: str) -> list[str]:
    r"""Split a line into words.

    >>> split_line('"new york" usa'), split_line("new york\tusa"), split_line('5" disk')
    (['new york', 'usa'], ['new york', 'usa'], ['5"', 'disk'])
    """
    if "\t" in line:
        return line.rstrip("\t").split("\t")
    return [word if word else kept for kept, word in _TOKEN.findall(line)]


@dataclass(frozen=True)
class Verb(Generic[Query]):
    """How a command answers queries.

    `parse` makes a query of its words and raises LatentError if it is wrong; `answer` answers
    many of them, with a result each; `split` splits a line of a batch into words. `at_once` is
    how many are answered together. `columns` are those of the records, for a batch without any;
    `settings` are added to those of the results. The values of the summary that are named in
    `of_batch` become columns of a batch, which has no summary.
    """

    name: str
    space: Space
    columns: tuple[str, ...]
    parse: Callable[[list[str]], Query]
    answer: Callable[[list[Query]], Sequence[Result]]
    settings: Record = field(default_factory=dict)
    split: Callable[[str], list[str]] = split_line
    at_once: int = 4096
    of_batch: tuple[str, ...] = ()


class _Parsed(NamedTuple):
    """A query with what it is called; `error` in its place if it cannot be answered."""

    label: str
    query: Any = None
    error: str = ""


def run(words: Sequence[str], output: Output, plot: Plot, verb: Verb[Query]) -> None:
    """Answer the query on the command line, or all on standard input if it is `-`."""
    if list(words) == ["-"]:
        if plot.plot is not None:
            raise UsageError("--plot draws queries on the command line, not those of '-'")
        if sys.stdin.isatty():
            output.note("reading queries from the terminal, one on each line; Ctrl-D ends")
        run_lines(_lines(), output, verb)
    else:
        prefetch(verb.space, words)
        query = verb.parse([readable(word) for word in words])
        plot.show(_report(verb, verb.answer([query])), output)


def run_each(words: Sequence[str], output: Output, plot: Plot, verb: Verb[Query]) -> None:
    """Answer a query for each word on the command line, or all on standard input if it is `-`."""
    if list(words) == ["-"] or len(words) == 1:
        run(words, output, plot, verb)
        return
    named = [readable(word) for word in words]
    run_all([(word, partial(verb.parse, [word])) for word in named], output, plot, verb)


def run_all(
    queries: Iterable[tuple[str, Callable[[], Query]]],
    output: Output,
    plot: Plot,
    verb: Verb[Query],
) -> None:
    """Answer queries that have names; those that fail are reported, and the exit code is 1."""
    queries = list(queries)
    prefetch(verb.space, [label for label, _ in queries])
    if len(queries) == 1:  # it fails as a word on the command line does
        plot.show(_report(verb, verb.answer([queries[0][1]()])), output)
        return
    parsed = [_parsed(label, make) for label, make in queries]
    for one in parsed:
        if one.error:
            say("error", one.error if one.label in one.error else f"{one.label}: {one.error}")
    report = _batch_report(output, verb, parsed)
    plot.show(report, output)
    if any(one.error for one in parsed):
        raise typer.Exit(1)


def given(texts: Sequence[str], output: Output) -> list[str]:
    """Return what is given on the command line, or, for `-`, the lines of standard input."""
    if list(texts) != ["-"]:
        return [readable(text) for text in texts]
    if sys.stdin.isatty():
        output.note("reading from the terminal, one on each line; Ctrl-D ends")
    lines = []
    for line in chain.from_iterable(_lines()):
        if isinstance(line, _TooLong):
            raise UsageError(line.said())
        if line.strip():
            lines.append(line)
    return lines


def readable(word: str) -> str:
    """Return an argument whose bytes are not UTF-8 with its odd bytes as they are shown."""
    return os.fsencode(word).decode("utf-8", "backslashreplace")


def _report(verb: Verb[Query], results: Sequence[Result]) -> Report:
    """Make the report of one query."""
    (result,) = results
    settings = {**about(verb.space), **result.settings, **verb.settings}
    return Report(
        verb.name, result.columns, result.records, settings=settings,
        summary=dict(result.summary), notes=result.notes, title=result.title, views=result.views,
        pictures=result.pictures,
    )  # fmt: skip


def _batch_report(output: Output, verb: Verb[Query], parsed: Sequence[_Parsed]) -> Report:
    """Answer many queries: each record carries its query, in the order of the queries."""
    results = iter(verb.answer([one.query for one in parsed if not one.error]))
    with_errors = ("json" if output.as_json else output.format) in _WITH_ERRORS
    columns = ("query", *(name for name in (*verb.columns, *verb.of_batch) if name != "query"))
    records: list[Record] = []
    notes: dict[str, None] = {}
    settings: Record = {}
    answered: dict[str, Result] = {}
    for one in parsed:
        if one.error:
            if with_errors:
                records.append({"query": one.label, "error": one.error})
            continue
        result = answered[one.label] = next(results)
        more = {name: result.summary[name] for name in verb.of_batch}
        records += [{"query": one.label, **record, **more} for record in result.records]
        notes.update(dict.fromkeys(result.notes))
        settings = result.settings
    return Report(
        verb.name, columns, records, notes=tuple(notes),
        settings={**about(verb.space), **settings, **verb.settings},
        pictures=partial(_titled, answered),
    )  # fmt: skip


def _titled(answered: Mapping[str, Result]) -> list[Picture]:
    """Return the pictures of many answers, each with its query as its title."""
    return [
        replace(picture, title=f"{label}: {picture.title}" if picture.title else label)
        for label, result in answered.items()
        for picture in result.pictures()
    ]


def _parsed(label: str, make: Callable[[], Query]) -> _Parsed:
    try:
        return _Parsed(label, make())
    except LatentError as error:
        return _Parsed(label, error=with_options(str(error)))


def run_lines(batches: Iterable[list[str]], output: Output, verb: Verb[Query]) -> None:
    """Answer lines, some at a time; a wrong one is reported with its number, all go on."""
    printer = output.printer()
    number = failed = answered = 0
    said: set[str] = set()
    for lines in batches:
        prefetch(verb.space, lines)
        parsed = [
            _parsed_line(line, place, verb)
            for place, line in enumerate(lines, number + 1)
            if line.strip()
        ]
        number += len(lines)
        failed += sum(bool(one.error) for one in parsed)
        answered += len(parsed)
        for start in range(0, len(parsed), verb.at_once):
            report = output.with_file_notes(
                _batch_report(output, verb, parsed[start : start + verb.at_once])
            )
            for text in output.worth_saying(report.notes):
                if text not in said:
                    output.note(text)
            said.update(report.notes)
            printer.add(report)
    if number == 0:
        output.note("no queries on standard input")
    if not answered:  # an answer without records is an answer too, to a program
        printer.add(output.with_file_notes(_batch_report(output, verb, [])))
    printer.close()
    if failed:
        raise typer.Exit(1)


def _parsed_line(line: str, number: int, verb: Verb[Query]) -> _Parsed:
    """Parse a line; report a wrong one with its number."""
    from latentcli.words._ranking import joined

    if isinstance(line, _TooLong):
        parsed = _Parsed(line, error=line.said())
    else:
        tokens = verb.split(line)
        label = tokens[0] if len(tokens) == 1 else joined(tokens)
        parsed = _parsed(label, lambda: verb.parse(tokens))
    if parsed.error:
        say("error", f"line {number}: {parsed.error}")
    return parsed


class _TooLong(str):
    """The beginning of a line that is too long to be a query."""

    def said(self) -> str:
        return f"a line of more than {LONGEST:,} bytes is not a query: '{self[:40]}...'"


def _lines() -> Iterator[list[str]]:
    """Yield the lines of standard input in batches: all that is there, without waiting for more.

    So a file is answered in a few passes over the vectors, and a slow pipe line by line. Of a line
    that is too long only the beginning is kept.
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
        rest = rest[: LONGEST + 1]
        if whole:
            yield [_decode(line) for line in whole]
    if rest:
        yield [_decode(rest)]


def _decode(line: bytes) -> str:
    if len(line) > LONGEST:
        return _TooLong(line[:80].decode("utf-8", "backslashreplace"))
    return line.decode("utf-8", "backslashreplace").rstrip("\r")
