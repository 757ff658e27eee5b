"""Does retrieval work? Documents ranked by their vectors' cosine to a query's, judged by qrels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from latentcli.errors import LatentError, ParameterError, check_choice, counted
from latentcli.numerics.repeats import repeats_of_keys
from latentcli.numerics.types import Array, HasMatrix, Progress
from latentcli.results import Result
from latentcli.words.evaluation._compression import (
    QUANTIZATIONS,
    Variant,
    compress,
    variants,
)
from latentcli.words.evaluation._retrieval_measures import (
    Names,
    Qrels,
    Ranking,
    Run,
    measure_all,
    rank,
    rank_rows,
)
from latentcli.words.evaluation._retrieval_scores import (
    Score,
    notes_of,
    notes_on_documents,
    record_of,
    scores_of,
    summary_of,
    table_of,
    tables_of_forms,
)
from latentcli.words.evaluation._retrieval_sides import (
    SIMILARITIES,
    as_float32,
    retrieve,
    same_length,
    side,
)

CUTOFFS = (1, 5, 10, 100)
COLUMNS = ("vectors", "bytes", "measure", "k", "value", "low", "high", "change")


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
    repeats = repeats_of_keys(hash(frozenset(run[name].items())) for name in queries)
    scores = scores_of(judged, ci, seed, repeats)
    records = [record_of("", None, score, None) for score in scores]
    return RetrievalResult(
        scores=scores,
        queries=queries,
        per_query=judged,
        title=f"Retrieval: {counted(len(queries), 'query', 'queries')}",
        columns=COLUMNS[2:7],
        records=[{name: record[name] for name in COLUMNS[2:7]} for record in records],
        summary=summary_of(scores, len(queries)),
        settings={"cutoffs": _listed(cutoffs), "ci": ci, "seed": seed},
        notes=(
            *repeats.note_on("query", "queries", "intervals"),
            *notes_of(qrels, queries, rankings),
        ),
        views=(table_of(scores, cutoffs),),
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
        side(queries, "queries", query_ids),
        side(documents, "documents", document_ids),
    )
    dims = same_length(sought.given, seen.given, truncate_dims)
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
    probes, rows = (
        as_float32(sought.given.rows[places]),
        as_float32(seen.given.rows[seen.usable]),
    )
    ids = np.array(seen.ids, dtype=object)[seen.usable]
    named = Names.of(ids)
    tables: list[tuple[Variant, dict[tuple[str, int | None], Array]]] = []
    rankings: list[Ranking] = []
    for variant in variants(dims, truncate_dims, quantize):
        found = retrieve(
            *compress(probes, rows, variant), similarity, depth + ignore_identical_ids, progress
        )
        mine = [
            rank_rows(
                *_without(hits, named.row.get(name) if ignore_identical_ids else None, depth),
                named,
                qrels[name],
            )
            for name, hits in zip(names, found, strict=True)
        ]
        rankings = rankings or mine
        tables.append((variant, measure_all(mine, cutoffs)))
    whole = tables[0][1]
    repeats = repeats_of_keys(row.tobytes() for row in probes)
    scores = scores_of(whole, ci, seed, repeats)
    notes = [
        *repeats.note_on("query", "queries", "intervals"),
        *sought.given.notes("queries", sought.usable),
        *seen.given.notes("documents", seen.usable),
        *notes_of(qrels, names, rankings),
        *notes_on_documents(qrels, names, seen.ids),
    ]
    return RetrievalResult(
        scores=scores,
        queries=names,
        per_query=whole,
        title=f"Retrieval: {counted(len(names), 'query', 'queries')}, {len(ids):,} documents",
        columns=COLUMNS,
        records=[
            record_of(variant.name, variant.bytes_each * len(ids), score, whole)
            if variant is tables[0][0]
            else record_of(variant.name, variant.bytes_each * len(ids), score, whole, judged)
            for variant, judged in tables
            for score in (scores if variant is tables[0][0] else scores_of(judged, ci, seed, repeats))
        ],
        summary={**summary_of(scores, len(names)), "documents": len(ids)},
        settings={
            "similarity": similarity, "cutoffs": _listed(cutoffs), "depth": depth,
            "ignore_identical_ids": ignore_identical_ids,
            "truncate_dims": _listed(truncate_dims), "quantize": ", ".join(quantize) or None,
            "ci": ci, "seed": seed,
        },
        notes=tuple(notes),
        views=(table_of(scores, cutoffs), *tables_of_forms(tables, len(ids), cutoffs, ci, seed, repeats)),
    )  # fmt: skip


def _check(cutoffs: Sequence[int], ci: float | None, seed: int) -> None:
    if not cutoffs or min(cutoffs) < 1:
        raise ParameterError("cutoffs", _listed(cutoffs), "whole numbers from 1")
    if ci is not None and not 0 < ci < 1:
        raise ParameterError("ci", ci, "between 0 and 1")
    if seed < 0:
        raise ParameterError("seed", seed, "a whole number from 0")


def _without(hits: tuple[Array, Array], row: int | None, depth: int) -> tuple[Array, Array]:
    """Return the first `depth` rows and scores, but for one row."""
    rows, scores = hits
    kept = slice(None) if row is None else rows != row
    return rows[kept][:depth], scores[kept][:depth]


def _listed(numbers: Sequence[int]) -> str | None:
    return ", ".join(map(str, numbers)) or None
