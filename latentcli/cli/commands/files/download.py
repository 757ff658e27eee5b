"""`latent download [NAME]`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.output import Output
from latentcli.results import Lines, Record, Report, Sheet

COLUMNS = ("name", "bytes", "rows", "dimensions", "source", "license", "there")


def command(
    output: Output,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="A set of vectors; without one, all are listed."),
    ] = None,
) -> None:
    """Download pretrained vectors of gensim's catalog, or list them.

    They are kept in LATENT_DATA_DIR (or ~/.local/share/latent), and -v NAME then finds them from anywhere. An
    interrupted download goes on where it stopped, and its checksum is compared. LATENT_CATALOG is the
    address of another catalog.

    Examples:

    latent download

    latent download glove-wiki-gigaword-50
    """
    from latentcli.files import downloads

    if name is None:
        records: list[Record] = [
            {
                "name": one.name, "bytes": one.bytes, "rows": one.rows,
                "dimensions": one.dimensions, "source": one.source, "license": one.license,
                "there": downloads.find(one.name) is not None,
            }
            for one in downloads.catalog().values()
        ]  # fmt: skip
        shown = ("name", "bytes", "rows", "dimensions", "there")
        output.show(Report("download", COLUMNS, records, views=(Sheet("", shown, records),)))
        return
    with output.progress(f"downloading {name}") as progress:
        path = downloads.download(name, progress=progress)
    output.show(Report("download", ("path",), [{"path": str(path)}], views=(Lines("path"),)))
