"""`latent direction POS NEG`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.cli.arrays import Axes, Saving, load_direction
from latentcli.cli.options import MORE, Seed
from latentcli.cli.output import Output
from latentcli.errors import UsageError
from latentcli.results import Record, Report

if TYPE_CHECKING:
    from latentcli.latents import DirectionResult


def command(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="POS NEG | CODES",
            help="Codes with and codes without the attribute; or all, with --labels or --scores.",
        ),
    ],
    axes: Axes,
    saving: Saving,
    output: Output,
    labels: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Table of labels, a row for each code."),
    ] = None,
    attribute: Annotated[
        str | None, typer.Option(metavar="NAME", help="The column of the attribute.")
    ] = None,
    positive: Annotated[
        str | None,
        typer.Option(metavar="VALUE", help="The value that has it, if not 1 or true."),
    ] = None,
    scores: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="A score of the attribute for each code: .npy, FILE::COLUMN."
        ),
    ] = None,
    above: Annotated[
        float | None, typer.Option(metavar="T", help="Scores above T against the others.")
    ] = None,
    top: Annotated[
        str | None,
        typer.Option(metavar="10%", help="The highest scores against as many of the lowest."),
    ] = None,
    bottom: Annotated[
        str | None,
        typer.Option(metavar="10%", help="How many of the lowest.", rich_help_panel=MORE),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            metavar="METHOD",
            help="mean, logistic, svm or ridge [mean]; of scores: correlation or ridge.",
        ),
    ] = None,
    balance: Annotated[
        bool,
        typer.Option(
            help="Weigh every combination of the other two-valued labels the same.",
            rich_help_panel=MORE,
        ),
    ] = True,
    orthogonal_to: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DIR",
            help="Take out what it shares with this; repeatable.",
            rich_help_panel=MORE,
        ),
    ] = None,
    space: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The space, noted in the file: z, w, ...", rich_help_panel=MORE
        ),
    ] = None,
    seed: Seed = 0,
) -> None:
    """Direction of an attribute in a latent space.

    From codes of both sides, from labeled codes, or from a score of the attribute. The default is the difference of the
    means, balanced over the other labels. held_out_separation is the distance of the two sides in standard
    deviations on 30 % of the codes, held out when each side has 10, beside its mean with shuffled labels (chance);
    separation, on the codes that the direction was made from, is too good. -o writes the difference of means at its own
    length, other directions at length 1, with intercept and scale.

    Examples:

    latent direction 'codes.npy[8:]' 'codes.npy[:4]'

    latent direction codes.npy --labels factors.csv --attribute shape --positive circle
    """
    saving.check()
    options = {
        "orthogonal": [load_direction(address).vector for address in orthogonal_to or []]
    }
    if scores is not None:
        result = _of_scores(
            files, scores, above, top, bottom, method, axes, output, seed, options
        )
    elif labels is not None:
        result = _of_labels(
            files, labels, attribute, positive, balance, method, axes, output, seed, options
        )
    else:
        result = _of_sides(files, attribute, method, axes, output, seed, options)
    settings: Record = {
        "codes": " ".join(files), "labels": labels, "scores": scores, "attribute": attribute,
        "orthogonal_to": " ".join(orthogonal_to) if orthogonal_to else None, "space": space,
    }  # fmt: skip
    report = Report.of("direction", result, settings=settings)
    inputs = [*files, *(file for file in (labels, scores) if file), *(orthogonal_to or [])]
    saving.save(
        result.vector, "direction", report.settings, inputs, output, _provenance(result, space)
    )
    output.show(report)


def _of_sides(
    files: list[str],
    attribute: str | None,
    method: str | None,
    axes: Axes,
    output: Output,
    seed: int,
    options: dict[str, Any],
) -> DirectionResult:
    from latentcli.latents import direction

    if len(files) != 2:
        raise UsageError("name two files, POS and NEG; or one, with --labels or --scores")
    first, second = (axes.load(file, output).rows() for file in files)
    name = attribute or f"{files[0]} against {files[1]}"
    return direction(first, second, method=method or "mean", name=name, seed=seed, **options)


def _of_labels(
    files: list[str],
    labels: str,
    attribute: str | None,
    positive: str | None,
    balance: bool,
    method: str | None,
    axes: Axes,
    output: Output,
    seed: int,
    options: dict[str, Any],
) -> DirectionResult:
    from latentcli.files.labels import read_table
    from latentcli.latents import direction_of_labels

    if len(files) != 1 or attribute is None:
        raise UsageError("with --labels name one file of codes, and --attribute NAME")
    codes = axes.load(files[0], output).rows()
    table = read_table(labels)
    return direction_of_labels(
        codes, table, attribute, value=positive, balance=balance, method=method or "mean",
        seed=seed, **options,
    )  # fmt: skip


def _of_scores(
    files: list[str],
    scores: str,
    above: float | None,
    top: str | None,
    bottom: str | None,
    method: str | None,
    axes: Axes,
    output: Output,
    seed: int,
    options: dict[str, Any],
) -> DirectionResult:
    from latentcli.files.labels import read_numbers
    from latentcli.latents import direction_of_scores

    if len(files) != 1:
        raise UsageError("with --scores name one file of codes")
    codes = axes.load(files[0], output).rows()
    split = above is not None or top is not None
    return direction_of_scores(
        codes, read_numbers(scores), method=method or ("mean" if split else "correlation"),
        above=above, top=_share(top, "top"), bottom=_share(bottom, "bottom"), name=scores,
        seed=seed, **(options if split else {}),
    )  # fmt: skip


def _share(text: str | None, name: str) -> float | None:
    """Read "10%" or "0.1" as a share."""
    if text is None:
        return None
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        raise UsageError(f"--{name} {text}: a share, such as 10% or 0.1") from None
    return value / 100 if text.endswith("%") else value


def _provenance(result: DirectionResult, space: str | None) -> dict[str, object]:
    """Return what travels with the vector: intercept and scale in its own length."""
    return {
        "direction": {
            "space": space,
            "norm": result.length,
            "intercept": result.intercept * result.length,
            "scale": result.scale * result.length,
            "separation": result.separation,
            "held_out_separation": result.held_out_separation,
            "held_out_auc": result.held_out_auc,
        }
    }
