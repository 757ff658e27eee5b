"""`latent sample`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.options import Force
from latentcli.cli.output import Output
from latentcli.errors import FileError, reason
from latentcli.results import Lines, Record, Report

if TYPE_CHECKING:
    from collections.abc import Sequence


def command(
    output: Output,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME...", help="Samples, or 'all'.", show_default=False),
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="DIR", help="Copy the samples into a folder.")
    ] = None,
    force: Force = False,
) -> None:
    """List the sample files, or copy some of them.

    A sample can also be named with -v from anywhere, without copying it.

    Examples:

    latent sample

    latent sample article-words.txt --to .

    latent sample all --to samples
    """
    from latentcli.files import samples

    if not names:
        records: list[Record] = [
            {"name": name, "bytes": samples.path(name).stat().st_size, "what": what}
            for name, what in samples.SAMPLES.items()
        ]
        output.show(Report("sample", ("name", "bytes", "what"), records))
        return
    requested = list(samples.SAMPLES) if "all" in names else names
    found = [samples.path(name) for name in requested]
    paths = found if to is None else _copied(found, Path(to), force)
    copies: list[Record] = [{"path": str(path)} for path in paths]
    output.show(Report("sample", ("path",), copies, views=(Lines("path"),)))


def _copied(files: Sequence[Path], folder: Path, force: bool) -> list[Path]:
    from latentcli.files.outputs import check, copy

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"cannot make the folder {folder}: {reason(error)}") from error
    targets = [folder / file.name for file in files]
    for file, target in zip(files, targets, strict=True):
        if target.exists() and not force and target.read_bytes() != file.read_bytes():
            raise FileError(f"{target} is there already, and differs; `force` replaces it")
        check(target, force=True)
    for file, target in zip(files, targets, strict=True):
        copy(file, target)
    return targets
