"""What a retrieval result shows: scores with their intervals, as records, tables and a curve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from latentcli.errors import counted
from latentcli.numerics.repeats import Repeats, bootstrapped
from latentcli.numerics.types import Array
from latentcli.results import Curve, Interval, Record, Sheet
from latentcli.words.evaluation._compression import Variant
from latentcli.words.evaluation._retrieval_measures import Qrels, Ranking

MAIN = ("ndcg", 10)

Judgments = Mapping[tuple[str, int | None], Array]
"""For each measure and cutoff (None: of all retrieved) a number for each query (Q,)."""


class Score(NamedTuple):
    """One measure at one cutoff (None: of all retrieved), its mean over queries and interval."""

    measure: str
    k: int | None
    value: float
    interval: Interval | None


def scores_of(
    judged: Judgments, ci: float | None, seed: int, repeats: Repeats
) -> tuple[Score, ...]:
    """Return the mean of each measure over queries (Q,), of which some repeat others, with its interval."""
    return tuple(
        Score(name, k, float(values.mean()), interval_of(values, ci, seed, repeats))
        for (name, k), values in judged.items()
    )


def interval_of(
    values: Array, ci: float | None, seed: int, repeats: Repeats
) -> Interval | None:
    """Return the bootstrap interval of a mean over queries; None where there is none."""
    low, high = bootstrapped(values, ci, seed, repeats) if ci else (None, None)
    return None if low is None or high is None else Interval(low, high)


def record_of(
    variant: str, size: int | None, score: Score,
    whole: Judgments | None,
    judged: Judgments | None = None,
) -> Record:  # fmt: skip
    """Return one score as a record; `judged` has the numbers of a smaller form, for its change."""
    change = None
    if judged is not None and whole is not None:
        change = float((judged[score[:2]] - whole[score[:2]]).mean())
    low, high = score.interval or (None, None)
    return {
        "vectors": variant, "bytes": size, "measure": score.measure, "k": score.k,
        "value": score.value, "low": low, "high": high, "change": change,
    }  # fmt: skip


def summary_of(scores: Sequence[Score], queries: int) -> Record:
    """Return every score by name."""
    found: Record = {"queries": queries}
    for name, k, value, interval in scores:
        label = f"{name}_at_{k}" if k else name
        found[label] = value
        if (name, k) == MAIN:
            found[f"{label}_low"], found[f"{label}_high"] = interval or (None, None)
    return found


def table_of(scores: Sequence[Score], cutoffs: Sequence[int]) -> Sheet:
    """Return a row for each measure, a column for each cutoff."""
    rows: dict[str, Record] = {}
    for name, k, value, _ in scores:
        rows.setdefault(name, {"measure": name})[f"@{k}" if k else "all"] = value
    columns = ("measure", *(f"@{k}" for k in cutoffs), "all")
    return Sheet(
        "", columns, [{name: row.get(name) for name in columns} for row in rows.values()]
    )


def tables_of_forms(
    tables: Sequence[tuple[Variant, Judgments]], documents: int,
    cutoffs: Sequence[int], ci: float | None, seed: int, repeats: Repeats,
) -> list[Sheet | Curve]:  # fmt: skip
    """Return what each smaller form of the vectors costs, as a table and as a curve."""
    if len(tables) < 2:
        return []
    key = MAIN if MAIN[1] in cutoffs else ("ndcg", max(cutoffs))
    whole, size = tables[0][1][key], tables[0][0].bytes_each
    name = f"ndcg@{key[1]}"
    rows: list[Record] = []
    lines: dict[str, list[float]] = {}
    lengths = sorted({variant.dims for variant, _ in tables})
    for variant, judged in tables:
        low, high = interval_of(judged[key] - whole, ci, seed, repeats) or (None, None)
        rows.append({
            "vectors": variant.name, name: float(judged[key].mean()),
            "change": float((judged[key] - whole).mean()), "low": low, "high": high,
            "bytes": variant.bytes_each * documents, "smaller": size / variant.bytes_each,
        })  # fmt: skip
        kept = lines.setdefault(variant.quantization, [float("nan")] * len(lengths))
        kept[lengths.index(variant.dims)] = float(judged[key].mean())
    columns = ("vectors", name, "change", "low", "high", "bytes", "smaller")
    sheets: list[Sheet | Curve] = [Sheet("what smaller vectors cost", columns, rows)]
    if len(lengths) > 1:
        sheets.append(Curve("quality of truncated vectors", "dimensions", name, lengths, lines))
    return sheets


def notes_of(
    qrels: Qrels, queries: Sequence[str], rankings: Sequence[Ranking]
) -> Iterator[str]:
    """Say which queries are left out, and which count nothing."""
    missing = len(qrels) - len(queries)
    if missing:
        yield f"{counted(missing, 'query', 'queries')} of `qrels` without retrieved documents, left out"
    empty = sum(ranking.relevant == 0 for ranking in rankings)
    if empty:
        yield f"{counted(empty, 'query has', 'queries have')} no relevant document and count 0, as in trec_eval"
    if len(queries) < 8:
        yield f"{counted(len(queries), 'query', 'queries')}: too few for an interval"


def notes_on_documents(
    qrels: Qrels, queries: Sequence[str], documents: Sequence[str]
) -> Iterator[str]:
    """Say which queries are left out, and which have no relevant document."""
    there = set(documents)
    relevant = {name for query in queries for name, one in qrels[query].items() if one >= 1}
    if missing := len(relevant - there):
        yield f"{missing:,} of {counted(len(relevant), 'relevant document')} are not among the documents: they count as not found"
