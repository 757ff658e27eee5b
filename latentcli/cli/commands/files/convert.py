"""`latent convert IN OUT`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import MORE, Dim, Force, Labels, NoCache, TextColumn, VectorColumn
from latentcli.cli.output import Output
from latentcli.cli.source import Source
from latentcli.results import Listing, Record, Report

COLUMNS = ("input", "output", "format", "rows", "dimensions", "dtype", "bytes", "beside")

_ARRAYS = {"npy", "npz", "safetensors", "parquet", "arrow", "json_lines"}
"""Formats that keep the dtype of an array."""

_SHAPED = {"npy", "npz", "safetensors"}
"""Formats that keep its shape, too."""


@dataclass(frozen=True)
class Reading:
    """How IN is read."""

    labels: Labels = None
    vector_column: VectorColumn = None
    text_column: TextColumn = None
    no_cache: NoCache = False
    axes: Annotated[
        str,
        typer.Option(
            "--axes",
            metavar="AXES",
            help="Of an array written as rows: letters, N samples, L layers; NCHW.",
            rich_help_panel=MORE,
        ),
    ] = ""


def command(
    file: Annotated[str, typer.Argument(metavar="IN", help="File of vectors, or FILE::KEY.")],
    target: Annotated[str, typer.Argument(metavar="OUT", help="File to write.")],
    reading: Reading,
    output: Output,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            help="Format, if not that of OUT's ending: word2vec-text, glove, word2vec, npy, npz, "
            "safetensors, json_lines, parquet, arrow, finalfusion or projector.",
        ),
    ] = "",
    dtype: Annotated[
        str,
        typer.Option(
            "--dtype",
            metavar="DTYPE",
            help="float32, float16, or int8 with a scale for each row; default: as in IN. With "
            "--dim: the dtype of IN.",
        ),
    ] = "",
    dim: Dim = None,
    force: Force = False,
) -> None:
    """Write vectors in another format, by the ending of OUT.

    .txt .vec (word2vec text), .glove (no header), .bin (word2vec binary), .npy, .npz,
    .safetensors, .jsonl, .parquet, .feather, .fifu (finalfusion), .tsv (TensorBoard projector);
    each also with .gz, .bz2, .xz or .zip. Arrays keep their dtype and shape; .jsonl, .parquet and
    .feather have all columns of a table. OUT is either whole or not there. The words of .npy and
    .safetensors go to OUT.words.txt, those of .tsv to NAME.metadata.tsv, with
    all columns of --labels TABLE.

    Examples:

    latent convert article-words.txt words.npz

    latent convert glove.6B.50d.txt.gz glove.bin

    latent convert docs.jsonl docs.parquet --dtype int8

    latent convert raw.f32 raw.npy --dim 50
    """
    from latentcli.files import contents, writing
    from latentcli.files.addresses import with_columns
    from latentcli.files.labels import columns_of
    from latentcli.files.store.axes import FIRST

    if dim is not None:
        from latentcli.files.formats import raw

        file, dtype = raw.address(file, dim, dtype or "float32"), ""
    path = Path(target)
    writing.check_targets(path, to, force=force)
    writer = writing.WRITERS[writing.choose(path, to)]
    writing.check_dtype(writing.choose(path, to), dtype)
    name = writing.choose(path, to)
    source = Source(
        vectors=[file], labels=reading.labels, no_cache=reading.no_cache,
        vector_column=reading.vector_column, text_column=reading.text_column,
        axes=FIRST if name in _SHAPED else reading.axes,
    )  # fmt: skip
    entry = source.open(output, columns=writer.columns).entry
    for written in writing.targets(path, to):
        if os.path.exists(written) and written.samefile(entry.path):  # noqa: PTH110 - long names
            where = "OUT" if written == path else f"{written}, which goes beside OUT,"
            raise UsageError(f"IN and {where} are the same file")
    array = (
        entry.meta["is_array"] and name in _ARRAYS and len(entry.matrix) == entry.meta["rows"]
    )
    again = entry.path.is_file()  # a pipe is read once
    address = with_columns(file, reading.vector_column, reading.text_column)
    content = contents.array_of(address, entry) if array and again else contents.words_of(entry)
    kept = entry.meta["dtype"] == "float32" and tuple(entry.meta["shape"]) == content.shape
    if array and not again and not kept:
        content.notes.append(f"{file} can be read only once: written as rows of float32")
    if reading.labels is not None:
        content.metadata = columns_of(reading.labels, content.rows)
    name, beside = writing.write(content, path, to, dtype=dtype)
    for text in content.notes:
        output.note(text)
    record: Record = {
        "input": file,
        "output": str(path),
        "format": writing.WRITERS[name].title,
        "rows": content.rows,
        "dimensions": content.dimensions,
        "dtype": dtype or str(content.dtype),
        "bytes": path.stat().st_size,
        "beside": " ".join(map(str, beside)) or None,
    }
    output.show(Report("convert", COLUMNS, [record], views=(Listing(COLUMNS, record),)))
