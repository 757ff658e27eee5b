"""`latent evaluate retrieval [QUERIES DOCUMENTS]`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.cli import points
from latentcli.cli.arrays import Axes
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import MORE, Ci, NoCache, Seed
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.ranges import ranges
from latentcli.cli.wording import naming, with_files
from latentcli.results import Report

if TYPE_CHECKING:
    from latentcli.results import Record
    from latentcli.words.evaluation import RetrievalResult


def retrieval(
    axes: Axes,
    plot: Plot,
    output: Output,
    queries: Annotated[
        str | None, typer.Argument(metavar="[QUERIES]", help="Vectors of the queries.")
    ] = None,
    documents: Annotated[
        str | None, typer.Argument(metavar="[DOCUMENTS]", help="Vectors of the documents.")
    ] = None,
    qrels: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Relevance judgments: a file, or a folder of BEIR or MTEB. Default: row "
            "i of both belong together.",
        ),
    ] = None,
    run: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Measure this TREC run in place of vectors."),
    ] = None,
    cutoffs: Annotated[
        str, typer.Option("--at", metavar="K,...", help="Ranks at which measures are taken.")
    ] = "1,5,10,100",
    truncate_dims: Annotated[
        str | None,
        typer.Option(
            metavar="D,...", help="Also with the first D dimensions only (Matryoshka)."
        ),
    ] = None,
    quantize: Annotated[
        str | None,
        typer.Option(metavar="KIND,...", help="Also as int8 or binary numbers."),
    ] = None,
    similarity: Annotated[
        str, typer.Option(metavar="NAME", help="cosine or dot.", rich_help_panel=MORE)
    ] = "cosine",
    depth: Annotated[
        int,
        typer.Option(
            metavar="N", help="Documents retrieved for each query.", rich_help_panel=MORE
        ),
    ] = 1000,
    query_ids: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Identifiers of the queries' rows: a line each, or _id of JSON lines.",
            rich_help_panel=MORE,
        ),
    ] = None,
    document_ids: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Identifiers of the documents' rows, likewise.",
            rich_help_panel=MORE,
        ),
    ] = None,
    split: Annotated[
        str,
        typer.Option(metavar="NAME", help="Split of a folder's qrels.", rich_help_panel=MORE),
    ] = "test",
    ignore_identical_ids: Annotated[
        bool,
        typer.Option(
            "--ignore-identical-ids",
            help="A document with the query's identifier does not count as an answer, as in BEIR.",
            rich_help_panel=MORE,
        ),
    ] = False,
    ci: Ci = 0.95,
    seed: Seed = 0,
    no_cache: NoCache = False,
) -> None:
    """Measure retrieval: nDCG, MAP, recall, precision, hit rate, MRR (trec_eval's).

    Each query's documents are ranked by cosine, exactly. --truncate-dims and --quantize say what smaller
    vectors cost in nDCG and save in bytes. Rows of word vectors are identified by their words, rows of
    arrays by number, --query-ids, or the folder that --qrels names.

    Examples:

    latent evaluate retrieval digits::codes digits::codes --truncate-dims 2,4

    latent evaluate retrieval z1.npy z2.npy --at 1 --json
    """
    from latentcli.files import qrels as files
    from latentcli.words.evaluation import evaluate_retrieval, evaluate_run

    plot.check(output)
    if (run is None) == (queries is None):
        raise UsageError("name QUERIES and DOCUMENTS, or --run and --qrels")
    settings: Record = {"queries": queries, "documents": documents, "qrels": qrels, "run": run}
    at = ranges(cutoffs, "rank")
    if run is not None:
        if qrels is None or truncate_dims or quantize:
            raise UsageError("--run goes with --qrels, and has no vectors to make smaller")
        with naming(run=run, qrels=qrels):
            result = evaluate_run(
                files.read_run(run), files.read(qrels, split), cutoffs=at, ci=ci, seed=seed
            )
        _show(result, plot, output, settings, {"qrels": qrels})
        return
    if queries is None or documents is None:
        raise UsageError("name DOCUMENTS too: latent evaluate retrieval QUERIES DOCUMENTS")
    folder = qrels if qrels is not None and Path(qrels).is_dir() else None
    names: dict[str, Any] = {
        "query_ids": _ids(query_ids, folder, "queries"),
        "document_ids": _ids(document_ids, folder, "corpus"),
    }
    judged = None if qrels is None else files.read(qrels, split)
    x = points.load(queries, axes, output, no_cache=no_cache)
    y = points.load(documents, axes, output, no_cache=no_cache)
    given = {"queries": queries, "documents": documents, **({"qrels": qrels} if qrels else {})}
    with output.progress("searching") as progress, naming(**given):
        result = evaluate_retrieval(
            x, y, judged, **names, similarity=similarity, cutoffs=at, depth=depth,
            ignore_identical_ids=ignore_identical_ids,
            truncate_dims=[] if truncate_dims is None else ranges(truncate_dims, "dimension"),
            quantize=[] if quantize is None else [one.strip() for one in quantize.split(",")],
            ci=ci, seed=seed, progress=progress,
        )  # fmt: skip
    _show(result, plot, output, settings, given)


def _ids(given: str | None, folder: str | None, kind: str) -> list[str] | None:
    from latentcli.files import qrels

    if given is not None:
        return qrels.read_ids(given, kind)
    return qrels.read_ids(folder, kind) if folder and qrels.has_ids(folder, kind) else None


def _show(
    result: RetrievalResult, plot: Plot, output: Output, settings: Record, files: dict[str, str]
) -> None:
    report = Report.of(
        "evaluate retrieval", with_files(result, **files), settings=settings, show_summary=False
    )
    plot.show(report, output)
