"""`latent evaluate recall FOUND --against EXACT`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.options import Ci, Seed
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.ranges import ranges
from latentcli.cli.wording import naming, with_files
from latentcli.results import Report


def recall(
    plot: Plot,
    output: Output,
    found: Annotated[str, typer.Argument(metavar="FOUND", help="The answers of an index.")],
    against: Annotated[
        str, typer.Option("--against", metavar="EXACT", help="The exact neighbors.")
    ],
    cutoffs: Annotated[
        str, typer.Option("--at", metavar="K,...", help="Numbers of neighbors.")
    ] = "1,10,100",
    ci: Ci = 0.95,
    seed: Seed = 0,
) -> None:
    """Recall of an approximate index: the share of the exact nearest neighbors that it found.

    Recall@k is the share of the k exact neighbors that are among the first k answers, the mean over
    the queries, with a bootstrap interval. Both files are an array (Q, k) of row numbers (.npy,
    .npz::KEY, Parquet; -1 for none), what neighbors wrote with --json or --format ndjson, or a TREC
    run.

    Examples:

    latent evaluate recall digits::labels[:9] --against digits::labels[:9]
    """
    from latentcli.readers import read_rankings
    from latentcli.words.evaluation import evaluate_recall

    plot.check(output)
    files = {"found": found, "exact": against}
    with naming(**files):
        result = evaluate_recall(
            read_rankings(found), read_rankings(against), cutoffs=ranges(cutoffs, "k"),
            ci=ci, seed=seed,
        )  # fmt: skip
    settings = {"found": found, "exact": against}
    report = Report.of(
        "evaluate recall", with_files(result, **files), settings=settings, show_summary=False
    )
    plot.show(report, output)
