"""The table of formats, and telling from its bytes which one a file is.

A new format is a module with `sniff(stream) -> bool` and `read(stream, key) -> Reading`, and one line
in `FORMATS`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple

from latentcli.files.formats import raw
from latentcli.files.reading import Reading
from latentcli.files.sniffing import refuse_known, unknown
from latentcli.files.stream import Stream


class Format(NamedTuple):
    """One way to store vectors: the module that reads it, and its name for people."""

    module: str
    title: str


FORMATS: dict[str, Format] = {
    "spacy": Format("latentcli.files.formats.spacy", "spaCy's vectors on disk (folder)"),
    "npy": Format("latentcli.files.formats.npy", "NumPy array (.npy)"),
    "npz": Format("latentcli.files.formats.npz", "NumPy archive (.npz)"),
    "torch": Format("latentcli.files.formats.torch", "PyTorch tensors (.pt, .pth)"),
    "hdf5": Format("latentcli.files.formats.hdf5", "HDF5 (.h5)"),
    "parquet": Format("latentcli.files.formats.parquet", "Parquet (.parquet)"),
    "arrow": Format("latentcli.files.formats.arrow", "Arrow IPC, Feather (.arrow, .feather)"),
    "sqlite": Format("latentcli.files.formats.sqlite", "SQLite (.db, .magnitude)"),
    "duckdb": Format("latentcli.files.formats.duckdb", "DuckDB (.duckdb)"),
    "finalfusion": Format("latentcli.files.formats.finalfusion", "finalfusion (.fifu)"),
    "fasttext": Format("latentcli.files.formats.fasttext", "fastText model (.bin)"),
    "safetensors": Format("latentcli.files.formats.safetensors", "safetensors (.safetensors)"),
    "gguf": Format("latentcli.files.formats.gguf", "GGUF models, control vectors (.gguf)"),
    "json_lines": Format("latentcli.files.formats.json_lines", "JSON lines (.jsonl)"),
    "table": Format(
        "latentcli.files.formats.table", "table of numbers or of lists (.csv, .tsv)"
    ),
    "text": Format(
        "latentcli.files.formats.text", "word2vec, GloVe and fastText text (.txt, .vec)"
    ),
    "sparse": Format("latentcli.files.formats.sparse_text", "sparse text, index:value (.txt)"),
    "json": Format(
        "latentcli.files.formats.json_array", "JSON: arrays, records, words (.json)"
    ),
    "word2vec": Format("latentcli.files.formats.word2vec_binary", "word2vec binary (.bin)"),
}
"""Every format that is read, in the order in which the readers are tried."""


def read(stream: Stream, key: str = "") -> Reading:
    """Find the reader of a stream and start it; FormatError says why none fits."""
    if raw.is_key(key):
        return raw.read(stream, key)
    name = format_of(stream)
    if not name:
        raise unknown(stream, raw.hint(stream))
    reading: Reading = reader_of(name).read(stream, key)
    return reading


def format_of(stream: Stream) -> str:
    """Return which of FORMATS a stream is, "" for none; FormatError for what is never read."""
    refuse_known(stream)
    return next((name for name in FORMATS if reader_of(name).sniff(stream)), "")


def reader_of(name: str) -> Any:
    """Import the module of a format."""
    return import_module(FORMATS[name].module)
