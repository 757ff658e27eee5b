"""The table of formats, and telling from its bytes which one a file is."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple

from latentcli.errors import FormatError
from latentcli.files.reading import Reading
from latentcli.files.stream import Stream


class Format(NamedTuple):
    """One way to store vectors: the module that reads it, and its name for people."""

    module: str
    title: str


FORMATS: dict[str, Format] = {
    "npy": Format("latentcli.files.formats.npy", "NumPy array (.npy)"),
    "npz": Format("latentcli.files.formats.npz", "NumPy archive (.npz)"),
    "torch": Format("latentcli.files.formats.torch", "PyTorch tensors (.pt, .pth)"),
    "hdf5": Format("latentcli.files.formats.hdf5", "HDF5 (.h5)"),
    "parquet": Format("latentcli.files.formats.parquet", "Parquet (.parquet)"),
    "fasttext": Format("latentcli.files.formats.fasttext", "fastText model (.bin)"),
    "safetensors": Format("latentcli.files.formats.safetensors", "safetensors (.safetensors)"),
    "table": Format("latentcli.files.formats.table", "table of numbers (.csv, .tsv)"),
    "text": Format(
        "latentcli.files.formats.text", "word2vec, GloVe and fastText text (.txt, .vec)"
    ),
    "json": Format("latentcli.files.formats.json_array", "JSON array (.json)"),
    "word2vec": Format("latentcli.files.formats.word2vec_binary", "word2vec binary (.bin)"),
}
"""Every format that is read, in the order in which the bytes are asked."""

_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"\x80\x02", "a Python pickle, which can run code and is never loaded"),
    (b"\x80\x03", "a Python pickle, which can run code and is never loaded"),
    (b"\x80\x04", "a Python pickle, which can run code and is never loaded"),
    (b"\x80\x05", "a Python pickle, which can run code and is never loaded"),
    (b"SQLite format 3\x00", "an SQLite database (a .magnitude file?), not vectors"),
    (b"FiFu", "a finalfusion file; convert it to text or word2vec with finalfusion first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd file; unpack it first"),
    (b"\xff\xfe", "text in UTF-16; convert it with: iconv -f UTF-16 -t UTF-8"),
    (b"\xfe\xff", "text in UTF-16; convert it with: iconv -f UTF-16 -t UTF-8"),
)


def read(stream: Stream, key: str = "") -> Reading:
    """Find the reader of a stream and start it; FormatError says why none fits."""
    if not stream.head(1):
        raise stream.error("the file is empty")
    old_torch = stream.head(2)[:1] == b"\x80" and reader_of("torch").is_old(stream)
    for magic, what in () if old_torch else _REFUSED:
        if stream.head(len(magic)) == magic:
            raise stream.error(what)
    for name in FORMATS:
        reader = reader_of(name)
        if reader.sniff(stream):
            reading: Reading = reader.read(stream, key)
            return reading
    raise _unknown(stream)


def reader_of(name: str) -> Any:
    """Import the module of a format."""
    return import_module(FORMATS[name].module)


def _unknown(stream: Stream) -> FormatError:
    """Say what the bytes look like, since no reader wants them."""
    head = stream.head(4096)
    if head[257:262] == b"ustar":
        return stream.error("a tar archive; unpack it first")
    if _mostly_text(head):
        line = head.splitlines()[0][:40].decode("utf-8", "backslashreplace")
        return stream.error(
            f"text, but its lines are not a word and numbers (line 1: '{line}')"
        )
    return stream.error(
        "binary data without a header that names its words and dimensions; a raw dump such as "
        "the GloVe tool's vectors.bin cannot be read without its words, use its .txt"
    )


def _mostly_text(head: bytes) -> bool:
    printable = sum(byte >= 32 or byte in (9, 10, 13) for byte in head)
    return b"\x00" not in head and printable > 0.97 * len(head) and not _binary_utf8(head)


def _binary_utf8(head: bytes) -> bool:
    replaced = head.decode("utf-8", "replace").count("�")
    return replaced > 0.2 * len(head)
