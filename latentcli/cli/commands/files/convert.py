"""`latent convert IN OUT`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import MORE, Dim, Force, Labels, NoCache, TextColumn, VectorColumn
from latentcli.cli.output import Output
from latentcli.cli.shards import Cluster
from latentcli.cli.source import Source
from latentcli.results import Listing, Record, Report

if TYPE_CHECKING:
    from latentcli.numerics.named_vectors import NamedVectors

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


@dataclass(frozen=True)
class Writing:
    """How OUT is written."""

    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            help="Format, if not that of OUT's ending.",
        ),
    ] = ""
    dtype: Annotated[
        str,
        typer.Option(
            "--dtype",
            metavar="DTYPE",
            help="float32, float16, or int8 with a scale for each row; default: as in IN. With "
            "--dim: the dtype of IN.",
        ),
    ] = ""
    shards: Annotated[
        int | None,
        typer.Option(
            "--shards",
            metavar="N",
            min=1,
            help="Write N files (shards) to a new folder OUT.",
        ),
    ] = None
    force: Force = False

    def check(self, target: str) -> None:
        """Refuse a folder of shards that cannot be written, before the work is done."""
        from latentcli.files import folders, writing

        if not self.to:
            raise UsageError(f"--to names the format of the shards of {target}: --to parquet")
        if self.force:
            raise UsageError("--force does not go with --shards: shards go to a new folder")
        writing.check_dtype(writing.choose(Path("x"), self.to), self.dtype)
        folders.check_folder(target)


def command(
    file: Annotated[str, typer.Argument(metavar="IN", help="File of vectors, or FILE::KEY.")],
    target: Annotated[str, typer.Argument(metavar="OUT", help="File or folder to write.")],
    reading: Reading,
    written: Writing,
    cluster: Cluster,
    output: Output,
    dim: Dim = None,
) -> None:
    """Write vectors in another format, by the ending of OUT.

    .txt .vec (word2vec text), .glove (no header), .bin (word2vec binary), .npy, .npz, .safetensors,
    .jsonl, .parquet, .feather, .fifu (finalfusion), .tsv (TensorBoard projector); each also with
    .gz, .bz2, .xz or .zip. --to takes word2vec-text, glove, word2vec, npy, npz, safetensors,
    json_lines, parquet, arrow, finalfusion, projector, and zarr with --dask. With --shards, or of shards with --dask, OUT/ is a folder of shards.
    Arrays keep their dtype and shape; .jsonl, .parquet and .feather have all columns of a table.
    OUT is never left half-written. The words of .npy and .safetensors go to OUT.words.txt, those of
    .tsv to NAME.metadata.tsv, with all columns of --labels TABLE.

    Examples:

    latent convert article-words.txt words.npz

    latent convert glove.6B.50d.txt.gz glove.bin

    latent convert docs.jsonl docs.parquet --dtype int8

    latent convert docs.jsonl docs/ --to parquet --shards 8

    latent convert raw.f32 raw.npy --dim 50
    """
    from latentcli.files.addresses import with_columns

    if dim is not None:
        from latentcli.files.formats import raw

        file = raw.address(file, dim, written.dtype or "float32")
        written = replace(written, dtype="")
    address = with_columns(file, reading.vector_column, reading.text_column)
    laid = cluster.given(axes=reading.axes or None, shards=written.shards)
    if laid and target.endswith(("/", os.sep)):
        cluster.given(force=written.force, labels=reading.labels)
        _convert_shards(file, address, target, written, cluster, output)
    elif written.shards is not None:
        written.check(target)
        _to_folder(file, address, Path(target), reading, written, output)
    else:
        _to_file(file, address, Path(target), reading, written, cluster, output)


def _to_file(
    file: str, address: str, path: Path, reading: Reading, written: Writing, cluster: Cluster,
    output: Output,
) -> None:  # fmt: skip
    from latentcli.files import contents, writing
    from latentcli.files.labels import columns_of

    to, dtype = written.to, written.dtype
    writing.check_targets(path, to, force=written.force)
    name = writing.choose(path, to)
    writing.check_dtype(name, dtype)
    entry = _opened(file, name, reading, cluster, output)
    for one in writing.targets(path, to):
        if os.path.exists(one) and one.samefile(entry.path):  # noqa: PTH110 - long names
            where = "OUT" if one == path else f"{one}, which goes beside OUT,"
            raise UsageError(f"IN and {where} are the same file")
    content = contents.content_of(address, entry, name)
    if reading.labels is not None:
        content.metadata = columns_of(reading.labels, content.rows)
    name, beside = writing.write(content, path, to, dtype=dtype)
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
    _show(record, settings, content.notes, output)


def _to_folder(
    file: str, address: str, folder: Path, reading: Reading, written: Writing, output: Output
) -> None:
    """Write the rows of one space as so many shards."""
    from latentcli.files import contents, writing
    from latentcli.files.labels import columns_of
    from latentcli.files.sharding import write_shards

    assert written.shards is not None
    entry = _opened(file, written.to, reading, Cluster(), output)
    content = contents.content_of(address, entry, written.to)
    if reading.labels is not None:
        content.metadata = columns_of(reading.labels, content.rows)
    found = write_shards(content, written.shards, folder, written.to, dtype=written.dtype)
    record: Record = {
        "input": file,
        "output": f"{folder}/",
        "format": writing.WRITERS[written.to].title,
        "rows": content.rows,
        "dimensions": content.dimensions,
        "dtype": written.dtype or str(content.dtype),
        "bytes": found.size,
        "beside": None,
    }
    _show(record, {"shards": written.shards}, found.notes, output)


def _opened(
    file: str, name: str, reading: Reading, cluster: Cluster, output: Output
) -> NamedVectors:
    """Open what is written in the format `name`."""
    from latentcli.files import contents, writing
    from latentcli.files.store.axes import FIRST

    shaped = FIRST if name in contents.SHAPED else reading.axes
    source = Source(
        vectors=[file], labels=reading.labels, no_cache=reading.no_cache,
        vector_column=reading.vector_column, text_column=reading.text_column,
        axes="" if cluster.dask else shaped,
        dask=cluster.dask, skip_bad_shards=cluster.skip_bad_shards,
    )  # fmt: skip
    return source.open(output, columns=writing.WRITERS[name].columns).entry


def _show(record: Record, settings: Record, notes: Iterable[str], output: Output) -> None:
    for text in notes:
        output.note(text)
    views = (Listing(COLUMNS, record),)
    output.show(Report("convert", COLUMNS, [record], settings=settings, views=views))


def _convert_shards(
    file: str, address: str, target: str, written: Writing, cluster: Cluster, output: Output
) -> None:
    """Write a shard for each, by workers."""
    if not written.to:
        raise UsageError(f"--to names the format of the shards of {target}: --to parquet")
    found, title, settings = cluster.convert(
        address, target, written.to, output, dtype=written.dtype
    )
    record: Record = {
        "input": file,
        "output": target,
        "format": title,
        "rows": sum(one.rows for one in found),
        "dimensions": found[0].dimensions,
        "dtype": found[0].dtype,
        "bytes": sum(one.size for one in found),
        "beside": None,
    }
    _show(record, settings, (), output)
