"""`latent info FILE`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.options import Dim
from latentcli.cli.output import Output, say
from latentcli.cli.source import Source
from latentcli.cli.wording import with_options
from latentcli.errors import LatentError
from latentcli.results import Listing, Record, Report, Sheet

if TYPE_CHECKING:
    from latentcli.words._space import Space

COLUMNS = (
    "file", "format", "compression", "array", "arrays", "rows", "words", "dimensions", "shape",
    "axes", "dtype", "header", "found", "unusable_rows", "norm_min", "norm_median", "norm_max",
    "first_words", "sample_words", "bytes", "cached",
)  # fmt: skip

_SHOWN = 8

_OF_ROWS = ("rows", "dimensions", "unusable_rows", "norm_min", "norm_median", "norm_max")
"""What depends on which axes of an array are its rows."""


def command(
    source: Source,
    output: Output,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE...", help="Files of vectors.", show_default=False),
    ] = None,
    dim: Dim = None,
    dtype: Annotated[
        str,
        typer.Option("--dtype", metavar="DTYPE", help="With --dim: the dtype of its numbers."),
    ] = "float32",
) -> None:
    """Show what is in a file of vectors, and whether it is sound.

    Format, rows, dimensions; whether the header is true; what was dropped or repaired and
    why; the norms; all arrays of an archive; the first words and a sample of the others.

    Examples:

    latent info glove.6B.50d.txt

    latent info projected_w.npz::w --json

    latent info raw.f32 --dim 50
    """
    if files and dim is not None:
        from latentcli.files.formats import raw

        files = [raw.address(file, dim, dtype) for file in files]
    if not files or len(files) == 1:
        record = _record(
            dataclasses.replace(source, vectors=files) if files else source, output
        )
        output.show(Report("info", COLUMNS, [record], views=(Listing(COLUMNS, record),)))
        return
    records = []
    for address in files:
        try:
            records.append(_record(dataclasses.replace(source, vectors=[address]), output))
        except LatentError as error:
            say("error", with_options(str(error)))
    sheets = (
        Sheet("", ("file", "format", "rows", "dimensions", "unusable_rows"), records),
        Sheet("", ("file", "norm_median", "found"), records),
    )
    output.show(Report("info", COLUMNS, records, views=sheets if records else ()))
    if len(records) < len(files):
        raise typer.Exit(1)


def _record(source: Source, output: Output) -> Record:
    from latentcli.files.arrays import AmbiguousError, listed
    from latentcli.files.store.axes import FIRST
    from latentcli.numerics.axes import AmbiguousAxesError

    blank: Record = dict.fromkeys(COLUMNS)
    try:
        space = source.open(output, tell=False)
    except AmbiguousError as error:
        path = Path(source.addresses()[0])
        output.note(str(error))
        several = {"file": str(path), "arrays": listed(error.shapes)}
        return blank | several | {"bytes": path.stat().st_size}
    except AmbiguousAxesError as error:
        output.note(str(error))
        space = dataclasses.replace(source, axes=FIRST).open(output, tell=False)
        undecided = {"axes": f"undecided: {error.readings}"} | dict.fromkeys(_OF_ROWS)
        return blank | _described(space) | undecided
    return blank | _described(space)


def _described(space: Space) -> Record:
    import numpy as np

    from latentcli.files import contents

    entry, meta = space.entry, space.entry.meta
    usable = np.asarray(entry.norms)[entry.norms > 0]
    least, most = float(usable.min()), float(usable.max())
    middle = float(np.median(usable, overwrite_input=True))  # no copy, where rows are many
    named = space.words.named
    declared = meta["declared"]
    return {
        "file": space.address.removesuffix(f"::{meta['key']}"),
        "format": meta["format"],
        "compression": " ".join(filter(None, (meta["compression"], meta["member"]))) or None,
        "array": meta["key"] or None,
        "arrays": contents.arrays_in(entry.path) or None if entry.path.is_file() else None,
        "rows": len(entry.matrix),
        "words": len(space) if named else None,
        "dimensions": space.dimensions,
        "shape": " x ".join(map(str, meta["shape"])),
        "axes": space.reading or None,
        "dtype": meta["dtype"],
        "header": f"{declared[0]} x {declared[1]}" if declared else None,
        "found": "; ".join(meta["found"]) or "nothing dropped or repaired",
        "unusable_rows": len(entry.norms) - len(usable),
        "norm_min": least,
        "norm_median": middle,
        "norm_max": most,
        "first_words": _words(space, range(min(_SHOWN, len(entry.norms)))) if named else None,
        "sample_words": _words(space, _spread(len(entry.norms))) if named else None,
        "bytes": meta["bytes"],
        "cached": entry.folder is not None,
    }


def _spread(rows: int) -> list[int]:
    """Return rows from all over the file, evenly apart."""
    return sorted({rows * step // _SHOWN for step in range(_SHOWN)})


def _words(space: Space, rows: Iterable[int]) -> str:
    from latentcli.words._ranking import joined

    return joined(space.words.words(list(rows)))
