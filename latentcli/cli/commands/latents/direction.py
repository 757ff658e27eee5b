"""`latent direction POS NEG`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from latentcli.cli.arrays import Axes, Layers, Saving, layers_of, read_direction
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import MORE, Seed, several_files
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.ranges import share
from latentcli.cli.wording import naming
from latentcli.results import Record, Report


def command(
    files: Annotated[
        list[str],
        several_files(
            "POS NEG | CODES", "Codes with and without it; or all, and --labels or --scores."
        ),
    ],
    axes: Axes,
    saving: Saving,
    plot: Plot,
    output: Output,
    labels: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Labels, a row for each code: FILE or FILE::COLUMN."),
    ] = None,
    attribute: Annotated[
        str | None, typer.Option(metavar="NAME", help="The column of the attribute.")
    ] = None,
    positive: Annotated[
        str | None,
        typer.Option(metavar="VALUE", help="The value that means yes, if not 1 or true."),
    ] = None,
    scores: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A score for each code: .npy, FILE::COLUMN."),
    ] = None,
    above: Annotated[
        float | None,
        typer.Option(
            metavar="T", help="Scores above T against the others.", rich_help_panel=MORE
        ),
    ] = None,
    top: Annotated[
        str | None,
        typer.Option(
            metavar="10%",
            help="The highest scores against as many of the lowest.",
            rich_help_panel=MORE,
        ),
    ] = None,
    bottom: Annotated[
        str | None,
        typer.Option(
            metavar="10%", help="How many of the lowest scores to use.", rich_help_panel=MORE
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            metavar="METHOD",
            help="mean, logistic, svm, ridge, or correlation (of scores).",
        ),
    ] = None,
    balance: Annotated[
        bool,
        typer.Option(
            help="Give every combination of the other two-valued labels the same weight.",
            rich_help_panel=MORE,
        ),
    ] = True,
    orthogonal_to: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DIR",
            help="Remove the component along this direction; repeatable.",
            rich_help_panel=MORE,
        ),
    ] = None,
    per_layer: Annotated[
        bool,
        typer.Option(
            "--per-layer", help="Each layer of codes N x L x D by itself.", rich_help_panel=MORE
        ),
    ] = False,
    layers: Layers = None,
    space: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The space, noted in the file: z, w, ...", rich_help_panel=MORE
        ),
    ] = None,
    seed: Seed = 0,
) -> None:
    """Direction of an attribute in a latent space.

    From codes of both sides, from labeled codes, or from a score of the attribute. The default is
    the difference of the means, balanced over the other labels. held_out_separation is the distance
    of the two sides in standard deviations on 30 % of the codes, held out when each side has 10;
    chance is its mean with shuffled labels, p_value the share of them that reaches it. separation,
    on the codes that the direction was found from, is biased upwards. -o writes the difference of
    means at its own length, boundaries at length 1, with intercept and scale.

    Examples:

    latent direction 'codes.npy[8:]' 'codes.npy[:4]'

    latent direction codes.npy --labels factors.csv::shape --positive circle
    """
    from latentcli.files import labels as label_files
    from latentcli.files.addresses import split_address
    from latentcli.latents import direction, direction_of_labels, direction_of_scores

    plot.check(output)
    saving.check()
    split = above is not None or top is not None
    table = None if labels is None else label_files.table_or_none(labels)
    if labels is not None and table is not None and attribute is None:
        only = next(iter(table)) if len(table) == 1 else None
        attribute = split_address(labels)[1] or only
    if labels is not None and (split or method == "correlation" or table is None):
        by_name = table is not None and attribute and not split_address(labels)[1]
        scores = f"{labels}::{attribute}" if by_name else labels
        labels = None
    if len(files) != (2 if labels is None and scores is None else 1):
        raise UsageError(
            "name two files, POS and NEG; or one, with --labels and --attribute, or with --scores"
        )
    given = axes.load(files[0])
    named = {"positive": files[0], "codes": files[0], "negative": files[-1], "top": "--top"}
    options: dict[str, Any] = {"seed": seed, "layers": layers_of(layers)}
    if per_layer and scores is not None and not split:
        raise UsageError("--per-layer is for two sides: --scores with --above or --top")
    if scores is None or split:
        options["per_layer"] = per_layer
        options["orthogonal"] = [read_direction(address) for address in orthogonal_to or []]
    with naming(**named):
        if scores is not None:
            result = direction_of_scores(
                given, label_files.read_numbers(scores),
                method=method or ("mean" if split else "correlation"),
                above=above, top=share(top, "top"), bottom=share(bottom, "bottom"),
                name=attribute or scores, **options,
            )  # fmt: skip
        elif labels is not None:
            if attribute is None:
                raise UsageError("with --labels name the column, --attribute NAME")
            assert table is not None
            result = direction_of_labels(
                given, table, attribute, value=positive, balance=balance,
                method=method or "mean", **options,
            )  # fmt: skip
        else:
            result = direction(
                given, axes.load_set(files[1], given), method=method or "mean",
                name=attribute or f"{files[0]} against {files[1]}", **options,
            )  # fmt: skip
    settings: Record = {
        "codes": " ".join(files), "labels": labels, "scores": scores, "attribute": attribute,
        "orthogonal_to": " ".join(orthogonal_to) if orthogonal_to else None, "space": space,
    }  # fmt: skip
    report = Report.of("direction", result, settings=settings)
    inputs = [*files, *(file for file in (labels, scores) if file), *(orthogonal_to or [])]
    extra = {"direction": {"space": space, **result.meta["direction"]}}
    saving.save(result.vector, "direction", report.settings, inputs, output, extra)
    plot.show(report, output)
