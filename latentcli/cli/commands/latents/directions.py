"""`latent directions pca|sefa|contrast|cosine`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.arrays import Axes, Saving, read_direction
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.expansion import group
from latentcli.cli.options import MORE, Seed, several_files
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.walked import Walking, Ways
from latentcli.cli.wording import distinct_names, naming, with_files
from latentcli.results import Record, Report

if TYPE_CHECKING:
    from latentcli.latents import ComponentsResult, ContrastResult

Count = Annotated[
    int | None,
    typer.Option(
        "-k", "--top", metavar="K", help="Number of directions [10, or all if fewer]."
    ),
]

_MANY = 1 << 20
"""Codes from which a progress bar is drawn."""


def cosine(
    files: Annotated[list[str], several_files("DIR...", "Files of directions.")],
    plot: Plot,
    output: Output,
) -> None:
    """Cosines of directions with each other: which attributes go together.

    Random directions in D dimensions have cosines of 0 with a standard deviation of 1/sqrt(D).

    Example:

    latent directions cosine z1.npy z2.npy
    """
    from latentcli.latents import direction_cosines

    plot.check(output)
    if len(files) < 2:
        raise UsageError("name two directions or more")
    lines = [read_direction(file) for file in files]
    names = distinct_names([Path(file).name.split(".")[0] for file in files], files)
    with naming(**{f"direction {number}": file for number, file in enumerate(files, 1)}):
        result = direction_cosines(lines, names=names)
    settings = {"directions": " ".join(files)}
    plot.show(Report.of("directions cosine", result, settings=settings), output)


def pca(
    files: Annotated[list[str], several_files("CODES...", "Codes, a row for each.")],
    axes: Axes,
    saving: Saving,
    walking: Walking,
    plot: Plot,
    output: Output,
    k: Count = None,
) -> None:
    """Principal components of codes: the directions of GANSpace.

    Each has length 1 and a standard deviation (sd); -o writes them, k in front. Layers and features
    together are one vector. Codes are read block by block, so files may be larger than memory. With --decoder,
    the mean moves along each, --by standard deviations: a row of images for each.

    Examples:

    latent directions pca codes.npy -k 2

    latent directions pca digits::codes -k 2 --decoder digits --preview
    """
    from latentcli.latents import pca_directions

    plot.check(output)
    saving.check()
    walking.check(force=saving.force)
    given = [axes.load(file) for file in files]
    codes = " ".join(files)
    with naming(codes=codes), output.progress("components", least=_MANY) as progress:
        result = pca_directions(given, k=k, progress=progress)
    assert result.mean is not None
    sd = result.explained_variance.reshape(-1, *(1,) * result.mean.ndim) ** 0.5
    ways = Ways(result.mean, result.codes * sd)
    _shown(
        "directions pca", result, ways, saving, walking, plot, output, {"codes": codes}, files
    )


def sefa(
    files: Annotated[
        list[str],
        several_files("WEIGHT...", "Weights, outputs x inputs: FILE, FILE::KEY; or several."),
    ],
    saving: Saving,
    walking: Walking,
    plot: Plot,
    output: Output,
    k: Count = None,
    normalize: Annotated[
        bool,
        typer.Option(
            "--normalize",
            help="Scale each output's weights to length 1 first.",
            rich_help_panel=MORE,
        ),
    ] = False,
) -> None:
    """Closed-form factorization of a layer's weights (SeFa): the eigenvectors of A^T A.

    The directions of the input in which the output changes most, each of length 1. -o writes them, k in
    front. --normalize is what the authors' code does.

    Example:

    latent directions sefa codes.npy -k 2
    """
    from latentcli.latents import sefa_directions

    plot.check(output)
    saving.check()
    walking.check(force=saving.force)
    given = [read_direction(file) for file in files]
    with naming(weights=" ".join(files)):
        result = sefa_directions(given, k=k, normalize=normalize)
    ways = Ways(0 * result.codes[0], result.codes)
    settings: Record = {"weights": " ".join(files)}
    _shown("directions sefa", result, ways, saving, walking, plot, output, settings, files)


def contrast(
    positive: Annotated[
        str,
        typer.Argument(metavar="POS", help="Activations with the trait, (N, L, D) or (N, D)."),
    ],
    negative: Annotated[
        str,
        typer.Argument(metavar="NEG", help="Those without it; row i belongs to row i of POS."),
    ],
    axes: Axes,
    saving: Saving,
    walking: Walking,
    plot: Plot,
    output: Output,
    method: Annotated[
        str, typer.Option(metavar="METHOD", help="mean, or pca of the differences.")
    ] = "mean",
    seed: Seed = 0,
) -> None:
    """Steering vectors from paired activations: a direction for each layer, tested on pairs held out.

    accuracy is the share of pairs whose first scores above its second by a direction found without
    them; separation the distance of the sides in standard deviations. p counts random flips of the pairs
    in which any layer does as well. -o writes the vectors: .npy, .safetensors, or .gguf, the control
    vector of llama.cpp, where row l is direction.l.

    Examples:

    latent directions contrast 'codes.npy[:6]' 'codes.npy[6:]'

    latent directions contrast happy.npy sad.npy -o happy.gguf
    """
    from latentcli.latents import contrast_directions

    plot.check(output)
    saving.check()
    walking.check(force=saving.force)
    sides = read_direction(positive), read_direction(negative)
    with naming(positive=positive, negative=negative):
        result = contrast_directions(*sides, method=method, seed=seed, axes=axes.axes)
    result = with_files(result, positive=positive, negative=negative)
    settings: Record = {"positive": positive, "negative": negative}
    middle = 0 * result.vectors
    if walking.decoder is not None:  # activations may be more than is read twice for nothing
        middle = sum(side.values.mean(axis=0, dtype=float) for side in sides) / 2
    ways = Ways(middle.reshape(result.vectors.shape), result.vectors[None])
    inputs = [positive, negative]
    _shown("directions contrast", result, ways, saving, walking, plot, output, settings, inputs)


def _shown(
    name: str,
    result: ComponentsResult | ContrastResult,
    ways: Ways,
    saving: Saving,
    walking: Walking,
    plot: Plot,
    output: Output,
    settings: Record,
    inputs: list[str],
) -> None:
    """Write directions, decode a code that moves along them, and show their report."""
    report = Report.of(name, result, settings=settings)
    saving.save(result.codes, name, report.settings, inputs, output, result.meta)
    plot.show(walking.along(report, ways, output, force=saving.force), output)


command = group(
    "Directions without labels or from pairs, and how they compare.\n\nExample: latent directions pca codes.npy",
    pca=pca,
    sefa=sefa,
    contrast=contrast,
    cosine=cosine,
)
