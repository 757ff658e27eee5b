"""`latent project X DIR`, and `latent project A:B ...` for words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.arrays import Axes, Layers, layered, layers_of, read_direction
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.shards import Cluster
from latentcli.cli.source import Source, about, check_named
from latentcli.cli.wording import naming
from latentcli.results import Record, Report

if TYPE_CHECKING:
    from latentcli.words._space import Space


_PAIR = re.compile(r"[^:\[]+(:[^:\[]+)+")
"""A pair of words, which may hold single colons; no FILE::KEY and no FILE[1:3]."""


def command(
    given: Annotated[
        list[str],
        typer.Argument(
            metavar="X DIR | A:B ...",
            help="Codes and the file of a direction; or pairs of words.",
        ),
    ],
    axes: Axes,
    source: Source,
    plot: Plot,
    output: Output,
    layers: Layers = None,
    among: Annotated[
        str | None,
        typer.Option(
            "--among", metavar="FILE", help="Words to place, a line each; default: all."
        ),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option("--top", "-k", metavar="N", help="Words of each end."),
    ] = None,
    raw: Annotated[
        bool,
        typer.Option("--raw", help="Subtract the vectors of a pair as they are."),
    ] = False,
) -> None:
    """Scores along a direction: of codes, or of words from A to B.

    Of codes: the signed distance from the direction's plane, and the percentile, the share of
    scores that are no greater. Over layers, the score is the mean. Of words: the cosine with the
    axis from A to B, in ascending order; of several pairs the axis is their first principal
    component (Bolukbasi et al., 2016), and each score has a 95 % interval over the pairs.

    Examples:

    latent project codes.npy 'z2.npy[:2]'

    latent project he:she man:woman uncle:aunt -k 5
    """
    if _of_words(given, source, among):
        if layers is not None or axes.axes:
            raise UsageError("--layers and --axes are for codes; these are words")
        _place(given, source, plot, output, among=among, top=top, raw=raw)
        return
    if len(given) != 2:
        raise UsageError(
            f"project takes codes and a direction (X DIR) or pairs of words (he:she), not {given[0]!r} alone"
            if len(given) == 1
            else "project takes codes and one direction (X DIR); for words: "
            f"latent project {given[-2]}:{given[-1]} -v {given[0]}"
        )
    if not any("." in one or "/" in one or _exists(one) for one in given):
        raise UsageError(
            f"'{given[0]}' and '{given[1]}' are not files; for words: latent project {':'.join(given)}"
        )
    if top is not None or raw:
        raise UsageError("--top and --raw are for words: latent project he:she -v FILE")
    plot.check(output)
    codes, direction = given
    line = read_direction(direction)
    settings: Record = {"codes": codes, "direction": direction}
    chosen = layers_of(layers)
    cluster = Cluster(source.dask, source.skip_bad_shards)
    if cluster.given():
        from latentcli.latents import merge_projections, project_block

        with naming(codes=codes, direction=direction):
            parts, laid = cluster.each_of(
                codes, lambda part: project_block(part, line, layers=chosen), output,
                axes=axes.axes,
            )  # fmt: skip
            result = merge_projections(parts, layers=chosen)
        plot.show(Report.of("project", result, settings=settings | laid), output)
        return
    from latentcli.latents import project

    loaded = axes.load(codes, layered=layers is not None or layered(line))
    with naming(codes=codes, direction=direction):
        result = project(loaded, line, layers=chosen)
    plot.show(Report.of("project", result, settings=settings), output)


def _of_words(given: list[str], source: Source, among: str | None) -> bool:
    """Tell pairs of words from files: by the options for words, or by their colons."""
    if source.vectors or among is not None:
        return True
    return all(_PAIR.fullmatch(one) for one in given) and not any(map(_exists, given))


def _exists(address: str) -> bool:
    from pathlib import Path

    return Path(address).exists()


def _place(
    given: list[str],
    source: Source,
    plot: Plot,
    output: Output,
    *,
    among: str | None,
    top: int | None,
    raw: bool,
) -> None:
    """Place words on the axis of pairs."""
    from pathlib import Path

    from latentcli.files import labels

    plot.check(output)
    space = source.open(output)
    check_named(space)
    listed = None if among is None else labels.read(among, Path(among))
    pairs = [_pair(one, given, space) for one in given]
    with naming(among=among or ""):
        result = space.project(pairs, among=listed, top=top, raw=raw)
    settings = {**about(space), "among": among}
    plot.show(Report.of("project", result, settings=settings), output)


def _pair(token: str, given: list[str], space: Space) -> tuple[str, str]:
    from latentcli.cli.commands.words.relation import pair_of

    if ":" not in token.strip(":"):
        joined = ":".join(given[-2:]) if len(given) > 1 else f"{token}:OTHER"
        raise UsageError(f"'{token}' is not a pair; type latent project {joined}")
    return pair_of(token, space)
