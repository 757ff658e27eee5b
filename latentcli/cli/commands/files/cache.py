"""`latent cache list|dir|build|clear`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.expansion import group
from latentcli.cli.output import Output
from latentcli.cli.source import Source
from latentcli.errors import FileError
from latentcli.results import Lines, Listing, Record, Report

COLUMNS = ("file", "format", "rows", "dimensions", "bytes", "made", "state")


def list_entries(output: Output) -> None:
    """List the files in the cache, their sizes, and whether they are up to date; and scores that are kept.

    Example:

    latent cache list --json
    """
    from latentcli.files.store import clearing, place

    records: list[Record] = []
    for folder, meta in clearing.entries():
        records.append(
            {
                "file": meta.get("source", {}).get("path", folder.name),
                "format": meta.get("format"),
                "rows": meta.get("rows"),
                "dimensions": meta.get("dimensions"),
                "bytes": clearing.size_of(folder),
                "made": meta.get("made"),
                "state": clearing.state_of(folder, meta),
            }
        )
    kept = clearing.kept_scores()
    if kept is not None:
        records.append(
            {
                "file": str(kept[0]),
                "format": "scores",
                "rows": kept[1],
                "dimensions": None,
                "bytes": kept[0].stat().st_size,
                "made": None,
                "state": "good",
            }
        )
    size = sum(int(str(record["bytes"])) for record in records)
    summary: Record = {"folder": str(place.cache_dir()), "entries": len(records), "bytes": size}
    output.show(Report("cache list", COLUMNS, records, summary=summary))


def show_dir(output: Output) -> None:
    """Print the folder of the cache.

    Example:

    latent cache dir
    """
    from latentcli.files.store import place

    folder = str(place.cache_dir())
    output.show(
        Report("cache dir", ("folder",), [{"folder": folder}], views=(Lines("folder"),))
    )


def build(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files of vectors.")],
    source: Source,
    output: Output,
) -> None:
    """Read files into the cache now, so that the first query is fast, too.

    Example:

    latent cache build glove.6B.50d.txt
    """
    import dataclasses

    from latentcli.files.store import clearing

    records: list[Record] = []
    for address in files:
        entry = dataclasses.replace(source, vectors=[address]).open(output).entry
        records.append(
            {
                "file": str(entry.path),
                "format": entry.meta["format"],
                "rows": entry.meta["rows"],
                "dimensions": entry.meta["dimensions"],
                "bytes": clearing.size_of(entry.folder) if entry.folder else 0,
                "made": entry.meta.get("made"),
                "state": "good" if entry.folder else "not kept",
            }
        )
    output.show(Report("cache build", COLUMNS, records))
    if any(record["state"] != "good" for record in records):
        raise typer.Exit(1)


def clear(
    output: Output,
    file: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="Only what was read from it.", show_default=False),
    ] = None,
) -> None:
    """Remove the entry of a file, or everything (scores, too), from the cache.

    Example:

    latent cache clear glove.6B.50d.txt
    """
    from latentcli.files.store import clearing

    count, size = clearing.clear(file)
    if file is not None and not count and not clearing.path_of(file).exists():
        raise FileError(f"no such file: {file}, and nothing of it is in the cache")
    record: Record = {"removed": count, "bytes": size}
    columns = tuple(record)
    output.show(Report("cache clear", columns, [record], views=(Listing(columns, record),)))


command = group(
    "The cache of files that were read: list, dir, build, clear.\n\nExample: latent cache list",
    list=list_entries,
    dir=show_dir,
    build=build,
    clear=clear,
)
