"""Does retrieval work? Documents ranked by their vectors' cosine to a query's, judged by qrels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from latentcli.errors import LatentError, ParameterError, check_choice, counted
from latentcli.numerics.named_rows import NamedRows, named_rows
from latentcli.numerics.resampling import bootstrap
from latentcli.numerics.scoring import COSINE, DOT
from latentcli.numerics.search import Question, search
from latentcli.numerics.types import Array, HasMatrix, Progress
from latentcli.numerics.vectors import unit
from latentcli.results import Curve, Interval, Record, Result, Sheet
from latentcli.words.evaluation._compression import (
    QUANTIZATIONS,
    Variant,
    compress,
    variants,
)
from latentcli.words.evaluation._retrieval_measures import Judged, Ranking, measure_all, rank

Qrels = Mapping[str, Judged]
"""For each query's identifier the relevance of documents, by identifier."""

Run = Mapping[str, Mapping[str, float]]
"""For each query's identifier the scores of the documents that were retrieved, by identifier."""

SIMILARITIES = {"cosine": COSINE, "dot": DOT}
CUTOFFS = (1, 5, 10, 100)
COLUMNS = ("vectors", "bytes", "measure", "k", "value", "low", "high", "change")
MAIN = ("ndcg", 10)


class Score(NamedTuple):
    """One measure at one cutoff (None: of all retrieved), its mean over queries and interval."""

    measure: str
    k: int | None
    value: float
    interval: Interval | None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RetrievalResult(Result):
    """How well documents were retrieved.

    `scores` of the vectors as they are; `queries` the identifiers that were judged, and `per_query`
    for each (measure, k) a number for each of them (Q,).
    """

    scores: tuple[Score, ...]
    queries: tuple[str, ...]
    per_query: dict[tuple[str, int | None], Array]

    def value(self, measure: str, k: int | None = None) -> float:
        """Return the mean of a measure at a cutoff."""
        return next(one.value for one in self.scores if (one.measure, one.k) == (measure, k))


def evaluate_run(
    run: Run,
    qrels: Qrels,
    *,
    cutoffs: Sequence[int] = CUTOFFS,
    ci: float | None = 0.95,
    seed: int = 0,
) -> RetrievalResult:
    """Measure documents that were retrieved, with the conventions of trec_eval.

    Parameters
    ----------
    run
        For each query the score of each document retrieved, by identifier; or a file (TREC or JSON).
    qrels
        For each query the relevance of documents, by identifier; or a file (TREC, BEIR, JSON).
    cutoffs
        Ranks k at which nDCG, MAP, recall, precision, hit rate and MRR are measured, from 1.
    ci
        Confidence level of the bootstrap intervals over queries; None for none.
    seed
        Random seed of the bootstrap.

    Returns
    -------
    RetrievalResult
        Means over the queries that are in both, as trec_eval has it without its option -c.

    Examples
    --------
    >>> run = {"q1": {"d1": 0.9, "d2": 0.8}, "q2": {"d1": 0.5, "d2": 0.7}}
    >>> found = evaluate_run(run, {"q1": {"d2": 1}, "q2": {"d2": 1}}, cutoffs=[1])
    >>> found.value("mrr"), found.value("recall", 1)
    (0.75, 0.5)
    """
    _check(cutoffs, ci, seed)
    queries = tuple(name for name in run if name in qrels)
    if not queries:
        raise LatentError("no query of `run` is in `qrels`: their identifiers differ")
    rankings = [rank(run[name], qrels[name]) for name in queries]
    judged = measure_all(rankings, cutoffs)
    scores = _scores(judged, ci, seed)
    records = [_record("", None, score, None) for score in scores]
    return RetrievalResult(
        scores=scores,
        queries=queries,
        per_query=judged,
        title=f"Retrieval: {counted(len(queries), 'query', 'queries')}",
        columns=COLUMNS[2:7],
        records=[{name: record[name] for name in COLUMNS[2:7]} for record in records],
        summary=_summary(scores, len(queries)),
        settings={"cutoffs": _listed(cutoffs), "ci": ci, "seed": seed},
        notes=tuple(_notes(qrels, queries, rankings)),
        views=(_table(scores, cutoffs),),
    )


def evaluate_retrieval(
    queries: HasMatrix | ArrayLike,
    documents: HasMatrix | ArrayLike,
    qrels: Qrels | None = None,
    *,
    query_ids: Sequence[str] | None = None,
    document_ids: Sequence[str] | None = None,
    similarity: str = "cosine",
    cutoffs: Sequence[int] = CUTOFFS,
    depth: int = 1000,
    ignore_identical_ids: bool = False,
    truncate_dims: Sequence[int] = (),
    quantize: Sequence[str] = (),
    ci: float | None = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
) -> RetrievalResult:
    """Retrieve the documents nearest to each query, exactly, and measure them as trec_eval does.

    Parameters
    ----------
    queries : (Q, D)
        A space (`latentcli.open`), an array, or a file.
    documents : (N, D)
        The same.
    qrels
        For each query the relevance of documents, by identifier; or a file. None: the rows are aligned,
        and the document of a query's row is the relevant one.
    query_ids, document_ids
        Identifiers of the rows; None: the words of a space, the numbers of the rows of an array.
    similarity
        "cosine" or "dot".
    cutoffs
        Ranks k of the measures, from 1.
    depth
        Documents retrieved for each query, from 1: `map` and `mrr` without k are of these.
    ignore_identical_ids
        Leave out the document that has the identifier of the query, as BEIR does.
    truncate_dims
        Also measure with the first so many dimensions only (Matryoshka; Kusupati et al., 2022).
    quantize
        Also measure with "int8" or "binary" numbers.
    ci
        Confidence level of the bootstrap intervals over queries; None for none.
    seed
        Random seed of the bootstrap.
    progress
        Called with blocks of documents done and in all, for each form of the vectors.

    Returns
    -------
    RetrievalResult
        A record for each measure, k and form of the vectors; `change` is from the vectors as they are.

    Raises
    ------
    ParameterError
        For a number out of its range, or as many identifiers as there are no rows.
    LatentError
        Where no query can be judged.

    Examples
    --------
    >>> import numpy, latentcli
    >>> rng = numpy.random.default_rng(0)
    >>> documents = rng.standard_normal((200, 32))
    >>> queries = documents + 0.5 * rng.standard_normal((200, 32))
    >>> latentcli.evaluate_retrieval(queries, documents).value("recall", 1)
    1.0
    """
    _check(cutoffs, ci, seed)
    check_choice("similarity", similarity, SIMILARITIES)
    for kind in quantize:
        check_choice("quantization", kind, QUANTIZATIONS)
    if depth < 1:
        raise ParameterError("depth", depth, "a whole number from 1")
    sought, seen = (
        _side(queries, "queries", query_ids),
        _side(documents, "documents", document_ids),
    )
    dims = _same_length(sought.given, seen.given, truncate_dims)
    if qrels is None:
        if len(sought.ids) != len(seen.ids):
            raise ParameterError(
                f"{len(sought.ids):,} queries and {len(seen.ids):,} documents are not aligned row by "
                "row: give `qrels`"
            )
        qrels = {a: {b: 1.0} for a, b in zip(sought.ids, seen.ids, strict=True)}
    places = [
        row for row, name in enumerate(sought.ids) if sought.usable[row] and name in qrels
    ]
    if not places:
        raise LatentError("no query has an identifier that is in `qrels`, and a vector")
    names = tuple(sought.ids[row] for row in places)
    probes, rows = _float32(sought.given.rows[places]), _float32(seen.given.rows[seen.usable])
    ids = np.array(seen.ids, dtype=object)[seen.usable]
    tables: list[tuple[Variant, dict[tuple[str, int | None], Array]]] = []
    rankings: list[Ranking] = []
    for variant in variants(dims, truncate_dims, quantize):
        found = _retrieve(
            *compress(probes, rows, variant), similarity, depth + ignore_identical_ids, progress
        )
        mine = [
            rank(_run_of(hits, ids, name if ignore_identical_ids else None, depth), qrels[name])
            for name, hits in zip(names, found, strict=True)
        ]
        rankings = rankings or mine
        tables.append((variant, measure_all(mine, cutoffs)))
    whole = tables[0][1]
    scores = _scores(whole, ci, seed)
    notes = [
        *sought.given.notes("queries", sought.usable),
        *seen.given.notes("documents", seen.usable),
        *_notes(qrels, names, rankings),
        *_unknown(qrels, names, seen.ids),
    ]
    return RetrievalResult(
        scores=scores,
        queries=names,
        per_query=whole,
        title=f"Retrieval: {counted(len(names), 'query', 'queries')}, {len(ids):,} documents",
        columns=COLUMNS,
        records=[
            _record(variant.name, variant.bytes_each * len(ids), score, whole)
            if variant is tables[0][0]
            else _record(variant.name, variant.bytes_each * len(ids), score, whole, judged)
            for variant, judged in tables
            for score in (scores if variant is tables[0][0] else _scores(judged, ci, seed))
        ],
        summary={**_summary(scores, len(names)), "documents": len(ids)},
        settings={
            "similarity": similarity, "cutoffs": _listed(cutoffs), "depth": depth,
            "ignore_identical_ids": ignore_identical_ids,
            "truncate_dims": _listed(truncate_dims), "quantize": ", ".join(quantize) or None,
            "ci": ci, "seed": seed,
        },
        notes=tuple(notes),
        views=(_table(scores, cutoffs), *_forms(tables, len(ids), cutoffs, ci, seed)),
    )  # fmt: skip


class _Side(NamedTuple):
    given: NamedRows
    usable: Array
    ids: Sequence[str]


def _side(x: HasMatrix | ArrayLike, parameter: str, ids: Sequence[str] | None) -> _Side:
    given = named_rows(x, parameter)
    if ids is not None and len(ids) != len(given):
        raise ParameterError(
            f"`{parameter}` has {counted(len(given), 'row')}, and there are "
            f"{counted(len(ids), 'identifier')} for them"
        )
    names = (
        [str(one) for one in ids]
        if ids is not None
        else [given.name(row) for row in range(len(given))]
        if given.vectors is None
        else given.vectors.vocabulary.words(range(len(given)))
    )
    if len(set(names)) < len(names):
        raise LatentError(f"identifiers of `{parameter}` occur twice")
    return _Side(given, given.finite & ~given.zero, names)


def _same_length(queries: NamedRows, documents: NamedRows, truncated: Sequence[int]) -> int:
    dims = documents.rows.shape[1]
    if queries.rows.shape[1] != dims:
        raise ParameterError(
            f"`queries` have {queries.rows.shape[1]:,} dimensions and `documents` {dims:,}: they "
            "must be of one model"
        )
    for one in truncated:
        if not 1 <= one <= dims:
            raise ParameterError("truncate_dims", one, f"from 1 to {dims:,}")
    return int(dims)


def _check(cutoffs: Sequence[int], ci: float | None, seed: int) -> None:
    if not cutoffs or min(cutoffs) < 1:
        raise ParameterError("cutoffs", _listed(cutoffs), "whole numbers from 1")
    if ci is not None and not 0 < ci < 1:
        raise ParameterError("ci", ci, "between 0 and 1")
    if seed < 0:
        raise ParameterError("seed", seed, "a whole number from 0")


def _float32(rows: Array) -> Array:
    """Return rows as float32; of length 1 where their numbers are beyond it."""
    if rows.dtype == np.float32:
        return np.asarray(rows)
    with np.errstate(over="ignore"):
        values = rows.astype(np.float32)
    plain = np.isfinite(values).all() and np.linalg.norm(values, axis=1).min() > 1e-15
    return values if plain else unit(rows).astype(np.float32)


def _retrieve(
    queries: Array, documents: Array, similarity: str, depth: int, progress: Progress | None
) -> Iterator[tuple[Array, Array]]:
    """Yield for each query the rows of the best documents, and their scores."""
    norms = np.linalg.norm(documents.astype(np.float64), axis=1)
    lengths = np.linalg.norm(queries.astype(np.float64), axis=1)
    questions = [
        Question(unit(query)[None], (), float(length), query.astype(np.float64))
        for query, length in zip(queries, lengths, strict=True)
    ]
    found = search(
        documents, norms, questions, top=depth, scorer=SIMILARITIES[similarity],
        progress=progress,
    )  # fmt: skip
    return ((hits.rows, hits.scores) for hits in found)


def _run_of(
    hits: tuple[Array, Array], ids: Array, without: str | None, depth: int
) -> dict[str, float]:
    run = dict(zip(ids[hits[0]].tolist(), hits[1].tolist(), strict=True))
    if without is not None:
        run.pop(without, None)
    return dict([*run.items()][:depth])


def _scores(
    judged: dict[tuple[str, int | None], Array], ci: float | None, seed: int
) -> tuple[Score, ...]:
    return tuple(
        Score(name, k, float(values.mean()), _interval(values, ci, seed))
        for (name, k), values in judged.items()
    )


def _interval(values: Array, ci: float | None, seed: int) -> Interval | None:
    low, high = bootstrap(values, ci, seed) if ci else (None, None)
    return None if low is None or high is None else Interval(low, high)


def _record(
    variant: str, size: int | None, score: Score,
    whole: dict[tuple[str, int | None], Array] | None,
    judged: dict[tuple[str, int | None], Array] | None = None,
) -> Record:  # fmt: skip
    change = None
    if judged is not None and whole is not None:
        change = float((judged[score[:2]] - whole[score[:2]]).mean())
    low, high = score.interval or (None, None)
    return {
        "vectors": variant, "bytes": size, "measure": score.measure, "k": score.k,
        "value": score.value, "low": low, "high": high, "change": change,
    }  # fmt: skip


def _summary(scores: Sequence[Score], queries: int) -> Record:
    found: Record = {"queries": queries}
    for name, k, value, interval in scores:
        label = f"{name}_at_{k}" if k else name
        found[label] = value
        if (name, k) == MAIN:
            found[f"{label}_low"], found[f"{label}_high"] = interval or (None, None)
    return found


def _table(scores: Sequence[Score], cutoffs: Sequence[int]) -> Sheet:
    """Return a row for each measure, a column for each cutoff."""
    rows: dict[str, Record] = {}
    for name, k, value, _ in scores:
        rows.setdefault(name, {"measure": name})[f"@{k}" if k else "all"] = value
    columns = ("measure", *(f"@{k}" for k in cutoffs), "all")
    return Sheet(
        "", columns, [{name: row.get(name) for name in columns} for row in rows.values()]
    )


def _forms(
    tables: Sequence[tuple[Variant, dict[tuple[str, int | None], Array]]], documents: int,
    cutoffs: Sequence[int], ci: float | None, seed: int,
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
        low, high = _interval(judged[key] - whole, ci, seed) or (None, None)
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


def _notes(qrels: Qrels, queries: Sequence[str], rankings: Sequence[Ranking]) -> Iterator[str]:
    missing = len(qrels) - len(queries)
    if missing:
        yield f"{counted(missing, 'query', 'queries')} of `qrels` are not among those retrieved for, and left out"
    empty = sum(ranking.relevant == 0 for ranking in rankings)
    if empty:
        yield f"{counted(empty, 'query has', 'queries have')} no relevant document and count 0, as in trec_eval"
    if len(queries) < 8:
        yield f"{counted(len(queries), 'query', 'queries')}: too few for an interval"


def _unknown(qrels: Qrels, queries: Sequence[str], documents: Sequence[str]) -> Iterator[str]:
    there = set(documents)
    relevant = {name for query in queries for name, one in qrels[query].items() if one >= 1}
    if missing := len(relevant - there):
        yield f"{missing:,} of {counted(len(relevant), 'relevant document')} are not among the documents: they count as not found"


def _listed(numbers: Sequence[int]) -> str | None:
    return ", ".join(map(str, numbers)) or None
