"""One small good file of every kind that is read, to be broken by `hostile.py` and `hostile_commands.py`."""

import bz2
import gzip
import io
import json
import lzma
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
from gensim.models import FastText
from gensim.models.fasttext import save_facebook_model
from gguf import GGUFWriter
from safetensors.numpy import save

from latentcli.files.formats import finalfusion

WORDS = ["the", "of", "New York", "naïve", "東京", "🙂", "[/b]", "3.14", "x\u00a0y", "</s>"]


def seeds(folder: Path) -> dict[str, bytes]:
    """Make one small valid file of every kind."""
    values = np.random.default_rng(0).normal(size=(len(WORDS), 6)).astype(np.float32)
    made = {
        "glove.txt": _text(values, b" ", b""),
        "header.vec": b"10 6\n" + _text(values, b" ", b" "),
        "tabs.tsv": _text(values, b"\t", b"\r"),
        "numbers.tsv": b"".join(b"\t".join(b"%.7f" % n for n in row) + b"\n" for row in values),
        "gensim.bin": _binary(values, b""),
        "c.bin": _binary(values, b"\n"),
        "model.bin": _fasttext(folder),
        "f32.npy": _npy(values),
        "f64.npy": _npy(values.astype(np.float64)),
        "fortran.npy": _npy(np.asfortranarray(values)),
        "cube.npy": _npy(values.reshape(10, 3, 2).astype(np.float16)),
        "one.npy": _npy(values[0]),
        "words.npz": _npz(np.savez, vectors=values, words=np.array(WORDS)),
        "packed.npz": _npz(np.savez_compressed, z=values, n=np.arange(10), words=WORDS),
        "f32.safetensors": save({"vectors": values}, metadata={"a": "b"}),
        "several.safetensors": save({"w": values.astype(np.float16), "step": np.arange(4)}),
        "bf16.safetensors": _bfloat16(values),
        "control.gguf": _control_vector(folder, values),
        "zstd.parquet": _parquet(values, compression="zstd"),
        "plain.parquet": _parquet(values, compression="none", use_dictionary=False),
        "columns.parquet": _columns(values),
        "rows.json": json.dumps(values.tolist()).encode(),
        "named.json": json.dumps({"z": values.tolist(), "note": "x"}, indent=1).encode(),
        "header.csv": b"name,a,b\n" + b"".join(b"w,%.5f,%.5f\n" % (n[0], n[1]) for n in values),
        "bare.csv": b"".join(b",".join(b"%.7f" % n for n in row) + b"\n" for row in values),
        "names.tsv": b"a\tb\n" + b"".join(b"%.5f\t%.5f\n" % (n[0], n[1]) for n in values),
        "tensor.pt": _torch(values),
        "records.jsonl": b"".join(json.dumps(row).encode() + b"\n" for row in _records(values)),
        "records.json": json.dumps(_records(values)).encode(),
        "zstd.feather": _feather(values),
        "rows.db": _database(values),
        "words.fifu": _finalfusion(values),
        "sparse.txt": b"10 6\n"
        + b"".join(b"w%d %d:%.5f\n" % (n, n % 6, 0.5 + n) for n in range(10)),
    }
    if hdf5 := _hdf5(values):
        made["chunks.h5"] = hdf5
    for name in ("header.vec", "c.bin", "f64.npy", "f32.safetensors"):
        for ending, pack in PACKERS.items():
            made[name + ending] = pack(made[name])
    return made


def _control_vector(folder: Path, values) -> bytes:
    writer = GGUFWriter(folder / "control.gguf", "controlvector")
    for layer, row in enumerate(values, 1):
        writer.add_tensor(f"direction.{layer}", row)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return (folder / "control.gguf").read_bytes()


def _text(values, separator: bytes, end: bytes) -> bytes:
    return b"".join(
        separator.join([word.encode(), *(b"%.6f" % number for number in row)]) + end + b"\n"
        for word, row in zip(WORDS, values, strict=True)
    )


def _binary(values, end: bytes) -> bytes:
    rows = zip(WORDS, values, strict=True)
    return b"10 6\n" + b"".join(
        word.replace(" ", "_").encode() + b" " + row.tobytes() + end for word, row in rows
    )


def _fasttext(folder: Path) -> bytes:
    model = FastText(
        [["king", "queen", "naïve", "東京"] * 5] * 5,
        vector_size=4, min_count=1, bucket=50, epochs=1, workers=1,
    )  # fmt: skip
    path = folder / "seed.bin"
    save_facebook_model(model, str(path))
    return path.read_bytes()


def _npy(values) -> bytes:
    out = io.BytesIO()
    np.save(out, values)
    return out.getvalue()


def _npz(write: Callable[..., None], **arrays) -> bytes:
    out = io.BytesIO()
    write(out, **arrays)
    return out.getvalue()


def _bfloat16(values) -> bytes:
    raw = (values.view(np.uint32) >> 16).astype(np.uint16).tobytes()
    entry = {"dtype": "BF16", "shape": list(values.shape), "data_offsets": [0, len(raw)]}
    text = json.dumps({"w": entry}).encode()
    return struct.pack("<Q", len(text)) + text + raw


def _parquet(values, **options) -> bytes:
    vectors = pa.array(values.tolist(), pa.list_(pa.float32()))
    out = io.BytesIO()
    pq.write_table(pa.table({"word": WORDS, "vector": vectors}), out, **options)
    return out.getvalue()


def _columns(values) -> bytes:
    out = io.BytesIO()
    columns = {f"d{number}": column for number, column in enumerate(values.T)}
    pq.write_table(pa.table({"label": WORDS} | columns), out)
    return out.getvalue()


def _records(values) -> list[dict[str, object]]:
    return [
        {"text": word, "embedding": row.tolist()}
        for word, row in zip(WORDS, values, strict=True)
    ]


def _feather(values) -> bytes:
    out = io.BytesIO()
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
    words = pa.array(WORDS).dictionary_encode()
    feather.write_feather(pa.table({"word": words, "vector": vectors}), out, compression="zstd")
    return out.getvalue()


def _database(values) -> bytes:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE docs (text TEXT, embedding BLOB)")
    rows = [(word, row.tobytes()) for word, row in zip(WORDS, values, strict=True)]
    base.executemany("INSERT INTO docs VALUES (?, ?)", rows)
    base.commit()
    return base.serialize()


def _finalfusion(values) -> bytes:
    out = io.BytesIO()
    finalfusion.write(out, WORDS, [(WORDS, values)], values.shape[1])
    return out.getvalue()


def _hdf5(values) -> bytes:
    """Return an HDF5 file in packed chunks, b"" without h5py."""
    try:
        import h5py
    except ImportError:
        return b""
    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        file.create_dataset("z", data=values, chunks=(4, 3), compression="gzip")
    return out.getvalue()


def _torch(values) -> bytes:
    """Return what torch.save writes of {"z": values}."""
    rows, columns = values.shape
    sizes = b"(K%cK%ct(K%cK\x01t" % (rows, columns, columns)
    tensor = b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\n"
    tensor += b"X\x01\0\0\x000X\x03\0\0\0cpuK%ctQK\0" % values.size + sizes
    tensor += b"\x89ccollections\nOrderedDict\n)RtR"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a/data.pkl", b"\x80\x02}X\x01\0\0\0z" + tensor + b"s.")
        archive.writestr("a/data/0", values.tobytes())
    return out.getvalue()


def _zip(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside", data)
    return out.getvalue()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zip": _zip,
}
