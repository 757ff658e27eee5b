"""The options that commands share, each declared once, so that it means the same everywhere.

They are annotations (`seed: Seed = 0`). Groups of options (`output.Output`, `source.Source`,
`picking.Picking`, `plotting.Plot` and others) are frozen dataclasses whose fields are annotated with
`typer.Option`: a command that has a parameter of the group's type gets all its options. What most
people need stands among the command's own options in its help, the rest under `MORE`.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from latentcli.errors import ParameterError

MORE = "More options"
"""The panel of a help for what few people need."""


def _level(value: float) -> float | None:
    """Return a confidence level; None for 0, which is no intervals."""
    if not 0 <= value < 1:
        raise ParameterError("ci", value, "below 1, such as 0.95, or 0 for no intervals")
    return value or None


def _seed(value: int) -> int:
    """Return a random seed, which NumPy takes from 0 on."""
    if value < 0:
        raise ParameterError("seed", value, "0 or more")
    return value


def _each_file(addresses: list[str] | None) -> list[str]:
    """Return the files that are named, in place of a quoted pattern those that it names."""
    from latentcli.files.addresses import each_matching

    return each_matching(addresses or [])


def several_files(metavar: str, help: str, **more: Any) -> Any:
    """Declare an argument of several files, which may be quoted patterns: 'beta4_*.npy'."""
    return typer.Argument(metavar=metavar, help=help, callback=_each_file, **more)


Ci = Annotated[
    float | None,
    typer.Option(
        "--ci",
        metavar="LEVEL",
        help="Confidence level; 0: none.",
        callback=_level,
        rich_help_panel=MORE,
    ),
]
"""`ci: Ci = 0.95`; the command gets None for 0."""

Seed = Annotated[
    int,
    typer.Option(
        "--seed", metavar="N", help="Random seed.", callback=_seed, rich_help_panel=MORE
    ),
]
"""`seed: Seed = 0`."""

AxesOfCodes = Annotated[
    str,
    typer.Option(
        "--axes",
        metavar="AXES",
        help="Letters: N samples, L layers; NCHW.",
        rich_help_panel=MORE,
    ),
]
"""`axes: AxesOfCodes = ""`."""

SampleSize = Annotated[
    int | None,
    typer.Option(
        "--sample",
        metavar="N",
        min=0,
        help="Use at most N rows; 0: all.",
        callback=lambda value: value or None,
        rich_help_panel=MORE,
    ),
]
"""`sample: SampleSize = 5000`; the command gets None for 0."""

Force = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Overwrite read-only and foreign files.",
        rich_help_panel=MORE,
    ),
]
"""`force: Force = False`: for every file that is written, as `files.outputs` has the rule."""

Dim = Annotated[
    int | None,
    typer.Option(
        "--dim",
        metavar="N",
        help="The file is raw numbers without a header, N in a row.",
        rich_help_panel=MORE,
    ),
]

Top = Annotated[int, typer.Option("--top", "-k", metavar="K", help="Number of answers.")]
"""`top: Top = 10`: how many of the nearest are answers."""

NeighborCount = Annotated[
    int,
    typer.Option(
        "--neighbors",
        "-k",
        metavar="K",
        min=1,
        help="Number of nearest neighbors.",
        rich_help_panel=MORE,
    ),
]
"""`neighbors: NeighborCount = 10`: the k of an estimate."""

Vectors = Annotated[
    str, typer.Argument(metavar="X", help="Word vectors or codes: FILE, FILE::KEY, FILE[0:9].")
]
"""`vectors: Vectors`: the address that `points.load` opens."""

Unit = Annotated[
    bool | None,
    typer.Option(
        "--unit/--no-unit",
        help="Rows at length 1. Default: for words.",
        show_default=False,
        rich_help_panel=MORE,
    ),
]
"""`unit: Unit = None`."""

VectorColumn = Annotated[
    str | None,
    typer.Option(
        "--vector-column",
        metavar="COLUMN",
        help="The column of vectors of a table (TABLE.COLUMN in a database).",
        rich_help_panel=MORE,
    ),
]

TextColumn = Annotated[
    str | None,
    typer.Option(
        "--text-column",
        metavar="COLUMN",
        help="The column of a table that holds the words.",
        rich_help_panel=MORE,
    ),
]

Labels = Annotated[
    str | None,
    typer.Option(
        "--labels",
        help="Words for an array's rows: a line each, or FILE::KEY.",
        metavar="FILE",
        rich_help_panel=MORE,
    ),
]
NoCache = Annotated[
    bool,
    typer.Option("--no-cache", help="Neither read nor write the cache.", rich_help_panel=MORE),
]

Dask = Annotated[
    str | None,
    typer.Option(
        "--dask",
        envvar="LATENT_DASK",
        metavar="WHERE",
        help="Read shards by workers of Dask: local, local:N or a scheduler's address.",
        show_default=False,
        rich_help_panel=MORE,
    ),
]
"""`dask: Dask = None`."""

SkipBadShards = Annotated[
    bool,
    typer.Option(
        "--skip-bad-shards",
        help="With --dask: leave out shards that cannot be read, and count them.",
        rich_help_panel=MORE,
    ),
]
"""`skip_bad_shards: SkipBadShards = False`."""
