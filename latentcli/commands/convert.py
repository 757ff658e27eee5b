"""`latent convert IN OUT`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latentcli.commands.options import Output, Source
from latentcli.errors import FileError, UsageError
from latentcli.report import Record, Report

COLUMNS = ("input", "output", "format", "rows", "dimensions", "dtype", "bytes", "beside")

_ARRAYS = {"npy", "npz", "safetensors", "parquet"}


def command(
    file: Annotated[str, typer.Argument(metavar="IN", help="File of vectors, or FILE::KEY.")],
    target: Annotated[str, typer.Argument(metavar="OUT", help="File to write.")],
    source: Source,
    output: Output,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            help="Format, if not that of OUT's ending: word2vec-text, glove, word2vec, npy, npz, "
            "safetensors, parquet or projector.",
        ),
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace OUT if it is there.")] = False,
) -> None:
    """Write vectors in another format, told from the ending of OUT.

    .txt .vec (word2vec text), .glove (no header), .bin (word2vec binary), .npy, .npz,
    .safetensors, .parquet, .tsv (TensorBoard projector); each also with .gz, .bz2, .xz or .zip.
    Arrays keep their dtype and shape. OUT is either whole or not there.

    Examples:

    latent convert article-words.txt words.npz

    latent convert glove.6B.50d.txt.gz glove.bin

    latent convert vectors.bin projector.tsv
    """
    import dataclasses

    from latentcli.files import writing
    from latentcli.files.samples import find

    path = Path(target)
    name = writing.choose(path, to)
    if path.exists() and not force:
        raise FileError(f"{path} is there already; --force replaces it")
    space = dataclasses.replace(source, vectors=find(file)).open(output)
    entry = space.entry
    if path.exists() and path.samefile(entry.path):
        raise UsageError("IN and OUT are the same file")
    array = entry.meta["is_array"] and name in _ARRAYS
    content = writing.array_of(find(file), entry) if array else writing.words_of(entry)
    name, beside = writing.write(content, path, to)
    for text in content.notes:
        output.note(text)
    record: Record = {
        "input": file,
        "output": str(path),
        "format": writing.WRITERS[name].title,
        "rows": content.rows,
        "dimensions": content.dimensions,
        "dtype": str(content.dtype),
        "bytes": path.stat().st_size,
        "beside": " ".join(map(str, beside)) or None,
    }
    output.show(Report("convert", COLUMNS, [record], upright=True))
