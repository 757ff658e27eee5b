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
from latentcli.cli.shards import Cluster
from latentcli.cli.source import Source
from latentcli.results import Listing, Record, Report

COLUMNS = ("input", "output", "format", "rows", "dimensions", "dtype", "bytes", "beside")


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
    cluster: Cluster,
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
    each also with .gz, .bz2, .xz or .zip. With --dask, OUT/ is a folder of shards. Arrays keep their dtype and shape; .jsonl, .parquet and
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
    address = with_columns(file, reading.vector_column, reading.text_column)
    laid = cluster.given(axes=reading.axes or None)
    if laid and target.endswith(("/", os.sep)):
        cluster.given(force=force, labels=reading.labels)
        _convert_shards(file, address, target, to, dtype, cluster, output)
        return
    path = Path(target)
    writing.check_targets(path, to, force=force)
    name = writing.choose(path, to)
    writer = writing.WRITERS[name]
    writing.check_dtype(name, dtype)
    source = Source(
        vectors=[file], labels=reading.labels, no_cache=reading.no_cache,
        vector_column=reading.vector_column, text_column=reading.text_column,
        axes="" if laid else FIRST if name in contents.SHAPED else reading.axes,
        dask=cluster.dask, skip_bad_shards=cluster.skip_bad_shards,
    )  # fmt: skip
    entry = source.open(output, columns=writer.columns).entry
    for written in writing.targets(path, to):
        if os.path.exists(written) and written.samefile(entry.path):  # noqa: PTH110 - long names
            where = "OUT" if written == path else f"{written}, which goes beside OUT,"
            raise UsageError(f"IN and {where} are the same file")
    content = contents.content_of(address, entry, name)
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
    settings: Record = getattr(entry.matrix, "settings", dict)()
    _show(record, settings, output)


def _show(record: Record, settings: Record, output: Output) -> None:
    views = (Listing(COLUMNS, record),)
    output.show(Report("convert", COLUMNS, [record], settings=settings, views=views))


def _convert_shards(
    file: str,
    address: str,
    target: str,
    to: str,
    dtype: str,
    cluster: Cluster,
    output: Output,
) -> None:
    """Write a shard for each, by workers."""
    from latentcli.files import writing

    if not to:
        raise UsageError(f"--to names the format of the shards of {target}: --to parquet")
    writing.check_dtype(writing.choose(Path("x"), to), dtype)
    found, settings = cluster.convert(address, Path(target), to, output, dtype=dtype)
    record: Record = {
        "input": file,
        "output": target,
        "format": writing.WRITERS[to].title,
        "rows": sum(one.rows for one in found),
        "dimensions": found[0].dimensions,
        "dtype": found[0].dtype,
        "bytes": sum(one.size for one in found),
        "beside": None,
    }
    _show(record, settings, output)
