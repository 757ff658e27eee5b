"""What the evaluations share: several files of vectors side by side, and their report."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import MORE, Dask, Labels, NoCache, SkipBadShards
from latentcli.cli.output import Output
from latentcli.cli.source import Source, check_named
from latentcli.cli.wording import distinct_names
from latentcli.errors import LatentError
from latentcli.results import Picture, Record, Report, Result, Sheet

if TYPE_CHECKING:
    from latentcli.words._space import Space

Protocol = Annotated[
    str,
    typer.Option(
        "--protocol",
        help="Rules: latent, gensim, word2vec or glove.",
        metavar="NAME",
    ),
]
Restrict = Annotated[
    int | None,
    typer.Option(
        "--restrict", help="Only the first N rows (the most frequent words).", metavar="N"
    ),
]


@dataclass(frozen=True)
class Sources:
    """The files of vectors that are evaluated."""

    vectors: Annotated[
        list[str] | None,
        typer.Option(
            "--vectors",
            "-v",
            help="Files of vectors to compare; default $LATENT_VECTORS.",
            metavar="FILE",
        ),
    ] = None
    labels: Labels = None
    ignore_case: Annotated[
        bool,
        typer.Option(
            "--ignore-case",
            help="Words in another case are the same, as written first.",
            rich_help_panel=MORE,
        ),
    ] = False
    no_cache: NoCache = False
    dask: Dask = None
    skip_bad_shards: SkipBadShards = False

    def names(self) -> list[str]:
        """Return a short name for each file, its address where two would be the same."""
        addresses = self._addresses()
        names = distinct_names(
            [Path(address or "").name for address in addresses],
            [address or "" for address in addresses],
        )
        if len(set(names)) < len(names):
            raise UsageError("the same file of vectors is named twice")
        return names

    def _open_each(self, output: Output) -> Iterator[Space]:
        """Open one file after the other, so that one is in memory at a time."""
        for address in self._addresses():
            source = Source(
                vectors=[address] if address else None,
                labels=self.labels,
                no_cache=self.no_cache,
                dask=self.dask,
                skip_bad_shards=self.skip_bad_shards,
            )
            space = source.open(output)
            check_named(space)
            yield space

    def each(
        self, output: Output, evaluate: Callable[[Space], Result]
    ) -> list[tuple[str, Result]]:
        """Evaluate each file; of several, one that fails is noted and the others are shown."""
        found: list[tuple[str, Result]] = []
        failed: list[LatentError] = []
        for name, space in zip(self.names(), self._open_each(output), strict=True):
            try:
                result = evaluate(space)
            except LatentError as error:
                failed.append(error)
                result = Result(settings={"vectors": space.address}, notes=(str(error),))
            found.append((name, result))
        if len(failed) == len(found):
            raise failed[0]
        return found

    def _addresses(self) -> list[str | None]:
        # Read here: of a list, Typer would split the variable at blanks, which paths may have.
        return [*self.vectors] if self.vectors else [os.environ.get("LATENT_VECTORS") or None]


def reported(
    command: str,
    found: Sequence[tuple[str, Result]],
    *,
    key: str,
    value: str,
    columns: tuple[str, ...] = (),
) -> Report:
    """Return the report of one file of vectors, or of several with a column for each.

    `key` names a record, `value` stands for it side by side; `columns` are those of the table of one file.
    """
    if len(found) == 1:
        result = found[0][1]
        drawn = partial(_pictures, found, key, value)
        report = replace(Report.of(command, result), pictures=drawn)
        if not columns:
            return report
        return replace(report, views=(_sheet(columns, value, result.records),))
    results = [result for _, result in found]
    differences, sheets, remarks = _differences(found)
    made = next(result for result in results if result.columns)
    of_all = [name for name in made.summary if name not in made.columns]
    together: Record = {"vectors": " ".join(str(one.settings["vectors"]) for one in results)}
    return Report(
        command,
        ("vectors", *made.columns, *of_all, *next(iter(differences.values()), {})),
        [
            {"vectors": name, **record, **differences.get((name, str(record[key])), {})}
            for name, one in found for record in _with_totals(one, key)
        ],
        settings=together | {
            name: setting for name, setting in made.settings.items()
            if name not in ("vectors", "words", "dimensions")
        },
        notes=(*(f"{name}: {note}" for name, one in found for note in one.notes), *remarks),
        title=f"{made.title}: {value.replace('_', ' ')}",
        views=(
            Sheet("", (key, *(name for name, _ in found)), _side_by_side(found, key, value)),
            *sheets,
        ),
        pictures=partial(_pictures, found, key, value),
    )  # fmt: skip


def _with_totals(result: Result, key: str) -> list[Record]:
    """Return the records, with the summary in the one that is named `total`: the last, if there is none."""
    records = [dict(record) for record in result.records]
    if result.summary:
        named = [record for record in records if record[key] == "total"]
        total: Record = named[0] if named else {key: "total"}
        total |= {name: value for name, value in result.summary.items() if name not in total}
        records += [] if named else [total]
    return records


def _differences(
    found: Sequence[tuple[str, Result]],
) -> tuple[dict[tuple[str, str], Record], list[Sheet], tuple[str, ...]]:
    """Return what is added to the record of each vectors and set, tables of differences, and notes."""
    answered: dict[str, Any] = {name: one for name, one in found if hasattr(one, "answers")}
    if len(answered) < 2:
        return {}, [], ()
    import latentcli
    from latentcli.numerics.multiple_comparisons import difference_keys

    compared = latentcli.compare_evaluations(answered)
    rows = compared.records
    added = {(str(row["vectors"]), str(row["set"])): difference_keys(row) for row in rows}
    sheets = []
    for name in dict.fromkeys(str(row["set"]) for row in rows):
        mine = [row for row in rows if row["set"] == name]
        columns = (
            "vectors",
            "questions",
            "value",
            "difference",
            "low",
            "high",
            "p_holm",
            "group",
        )
        title = f"{name}: differences from {mine[0]['vectors']}, paired by question"
        sheets.append(Sheet(title, columns, mine, ("questions",)))
    return added, sheets, compared.notes


def _pictures(found: Sequence[tuple[str, Result]], key: str, value: str) -> tuple[Picture, ...]:
    """Return the scores of all files as dots with their intervals."""
    from latentcli.words.evaluation._pictures import scores

    return scores(dict(found), key, value)


def _sheet(columns: Sequence[str], value: str, records: Sequence[Record]) -> Sheet:
    """Return the table of one file: the ends of the value's interval are plain low and high."""
    short = {name: name.removeprefix(f"{value}_") for name in columns}
    rows = [{short[name]: record[name] for name in columns} for record in records]
    return Sheet("", tuple(short.values()), rows)


def _side_by_side(found: Sequence[tuple[str, Result]], key: str, value: str) -> list[Record]:
    """Make a record of each key: its value in each file.

    Keys may occur again (a section that is called "total"): the nth of one file goes with the
    nth of the others.
    """
    rows: dict[tuple[str, int], Record] = {}
    for name, one in found:
        seen: Counter[str] = Counter()
        for record in one.records:
            label = str(record[key])
            seen[label] += 1
            rows.setdefault((label, seen[label]), {key: label})[name] = record[value]
    return list(rows.values())


def files_of(given: str) -> list[str]:
    """Return the files that a pattern such as 'sets/*.txt' names; a file or an address as it is."""
    from latentcli.files.sweeps import matching

    return [given] if "://" in given or Path(given).exists() else matching(given)
