"""Small files that unpack to gigabytes, in the formats of tables and of quantized vectors: refused, in 2 GB."""

import sqlite3
import struct

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pytest

from latentcli.errors import FormatError
from latentcli.files.store.cache import open_entry

BEYOND = "unpacks to more than 500 times its size"
ONE = np.ones(4, "<f4").tobytes()


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("compression", ["zstd", "lz4"])
def test_buffers_of_arrow_are_measured_before_they_are_unpacked(tmp_path, stream, compression):
    """3 GB of zeros, promised by the length before a compressed buffer of 25 MB."""
    path = tmp_path / "zeros.arrow"
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(6_400_000, "f4")), 64)
    table = pa.table({"vector": vectors})
    if stream:
        options = pa.ipc.IpcWriteOptions(compression=compression)
        with pa.ipc.new_stream(str(path), table.schema, options=options) as writer:
            writer.write_table(table)
    else:
        feather.write_feather(table, path, compression=compression, chunksize=1 << 20)
    content = path.read_bytes()
    assert struct.pack("<q", 25_600_000) in content
    lying = content.replace(struct.pack("<q", 25_600_000), struct.pack("<q", 3 << 30))
    path.write_bytes(lying)
    with pytest.raises(FormatError, match=BEYOND):
        open_entry(str(path), cache=False)


def test_compressed_arrow_is_read(tmp_path):
    values = np.random.default_rng(0).normal(size=(300, 5)).astype("f4")
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), 5)
    words = pa.array([f"w{n % 7}" for n in range(300)]).dictionary_encode()
    path = tmp_path / "x.feather"
    feather.write_feather(
        pa.table({"word": words, "vector": vectors}), path, compression="zstd"
    )
    assert (open_entry(str(path)).matrix == values).all()


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.list_(pa.string())], ids=str
)
def test_a_word_of_an_arrow_dictionary_is_not_repeated_without_bound(
    limited, one_line, tmp_path, kind
):
    path = tmp_path / "words.feather"
    word = "y" * 1_000_000
    dictionary = pa.array([[word] if pa.types.is_list(kind) else word], kind)
    words = pa.DictionaryArray.from_arrays(pa.array(np.zeros(20_000, "i4")), dictionary)
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(np.ones(40_000, "f4")), 2)
    feather.write_feather(pa.table({"word": words, "vector": vectors}), path)
    assert BEYOND in one_line(limited("info", path))


def test_a_code_of_finalfusion_does_not_stand_for_very_many_numbers(
    limited, one_line, tmp_path
):
    """20,000 codes of one byte, each for 100,000 numbers: 8 GB."""
    rows, dimensions = 20_000, 100_000
    words = struct.pack("<Q", rows) + b"".join(b"\x05\0\0\0%05d" % n for n in range(rows))
    content = struct.pack("<4sIIII", b"FiFu", 0, 2, 1, 4)
    content += struct.pack("<IQ", 1, len(words)) + words
    head = struct.pack("<IIIIIQII", 0, 0, 1, dimensions, 1, rows, 1, 10)
    room = 4 - (len(content) + 12 + len(head)) % 4
    body = head + bytes(room) + np.ones(dimensions, "<f4").tobytes() + bytes(rows)
    path = tmp_path / "x.fifu"
    path.write_bytes(content + struct.pack("<IQ", 4, len(body)) + body)
    assert BEYOND in one_line(limited("info", path))


def table(path, columns, rows, more=()):
    base = sqlite3.connect(path)
    base.execute(f"CREATE TABLE t ({columns})")
    base.executemany("INSERT INTO t VALUES (?)", [(row,) for row in rows])
    for statement in more:
        base.execute(statement)
    base.commit()
    base.close()
    return path


def test_columns_that_a_database_computes_are_left_alone(limited, tmp_path):
    """A text of 45 MB for each row, put together of 900 copies of another column."""
    copies = "||".join(["a"] * 900)
    added = [
        f"ALTER TABLE t ADD COLUMN a TEXT DEFAULT '{'x' * 50_000}'",
        f"ALTER TABLE t ADD COLUMN w TEXT AS ({copies}) VIRTUAL",
    ]
    path = table(tmp_path / "computed.db", "v BLOB", [ONE] * 5, added)
    code, out, err = limited("info", path)
    assert (code, err) == (0, "")
    assert "'v', the words its column 'a'" in " ".join(out.split())


def test_a_default_value_is_not_repeated_without_bound(limited, one_line, tmp_path):
    added = f"ALTER TABLE t ADD COLUMN word TEXT DEFAULT '{'y' * 30_000}'"
    path = table(tmp_path / "default.db", "v BLOB", [ONE] * 5000, [added])
    assert BEYOND in one_line(limited("info", path))
