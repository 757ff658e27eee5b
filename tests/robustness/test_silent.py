"""Nothing is left out or chosen silently: columns, keys that are there twice, bytes behind an end."""

import io
import json
import struct
import warnings
import zipfile
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from latentcli.errors import FormatError
from latentcli.files import codes
from latentcli.files.store.cache import open_entry

VALUES = np.arange(1, 7, dtype="f4").reshape(3, 2)


def test_parquet_columns_of_every_kind_of_number_are_read_as_in_csv(tmp_path):
    columns = {
        "count": pa.array([1, 2, 3]),
        "size": pa.array([0.5, 1.5, 2.5]),
        "live": pa.array([True, False, True]),
        "price": pa.array([Decimal("1.25"), Decimal("2.50"), Decimal("3.75")]),
        "small": pa.array([7, 8, 9], pa.uint8()),
    }
    pq.write_table(pa.table(columns), tmp_path / "x.parquet")
    rows = ["count,size,live,price,small", "1,0.5,1,1.25,7", "2,1.5,0,2.50,8", "3,2.5,1,3.75,9"]
    (tmp_path / "x.csv").write_text("\n".join(rows) + "\n")
    from_parquet, from_table = (
        codes.load(str(tmp_path / f"x.{e}")) for e in ("parquet", "csv")
    )
    assert from_parquet.values.tolist() == from_table.values.tolist()
    assert open_entry(str(tmp_path / "x.parquet")).meta["found"] == []


def test_a_column_that_is_left_out_is_told(tmp_path):
    table = pa.table(
        {"day": pa.array([1, 2, 3], pa.date32()), "x": [1.0, 2, 3], "y": [3.0, 2, 1]}
    )
    pq.write_table(table, tmp_path / "x.parquet")
    (note,) = open_entry(str(tmp_path / "x.parquet")).notes
    assert "columns are left out: day" in note


def twice_in_npz():
    out, array = io.BytesIO(), io.BytesIO()
    np.save(array, VALUES)
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(2):
            archive.writestr("z.npy", array.getvalue())
    return out.getvalue()


def twice_in_safetensors():
    entry = json.dumps({"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]})
    text = f'{{"z": {entry}, "z": {entry}}}'.encode()
    return struct.pack("<Q", len(text)) + text + VALUES[:1].tobytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.json", b'{"z": [[1, 2], [3, 4]], "z": [[5, 6]]}'),
        ("x.safetensors", twice_in_safetensors()),
        ("x.npz", twice_in_npz()),
        ("x.gguf", b"GGUF" + struct.pack("<IQQ", 3, 2, 0)
         + (struct.pack("<Q", 1) + b"z" + struct.pack("<IQIQ", 1, 2, 0, 0)) * 2 + bytes(64)),
    ],
)  # fmt: skip
def test_a_key_that_is_there_twice_is_refused_or_told(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    try:
        said = " ".join(open_entry(str(path)).notes)
    except FormatError as error:
        said = str(error)
    assert any(words in said for words in ("twice", "more than once", "two arrays")), said


def test_records_that_repeat_a_key_are_counted(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": "a", "embedding": [1, 2], "embedding": [3, 4]}\n' * 3)
    (note,) = open_entry(str(path)).notes
    assert "3" in note
    assert "key" in note


@pytest.mark.parametrize("behind", [1, 10_000])
def test_bytes_behind_an_arrays_end_are_told(tmp_path, behind):
    path = tmp_path / "x.npy"
    np.save(path, VALUES)
    path.write_bytes(path.read_bytes() + bytes(behind))
    (note,) = open_entry(str(path)).notes
    assert f"{behind:,} bytes behind the array" in note
    text = json.dumps(
        {"z": {"dtype": "F32", "shape": [3, 2], "data_offsets": [0, 24]}}
    ).encode()
    content = struct.pack("<Q", len(text)) + text + VALUES.tobytes() + bytes(behind)
    (tmp_path / "x.safetensors").write_bytes(content)
    (note,) = open_entry(str(tmp_path / "x.safetensors")).notes
    assert f"{behind:,} of its bytes belong to no tensor" in note


def test_a_first_line_of_numbers_that_is_a_header_is_told(tmp_path):
    (tmp_path / "x.csv").write_text("0,1,2\n" + "1.5,2.5,3.5\n" * 4)
    entry = open_entry(str(tmp_path / "x.csv"))
    assert len(entry.matrix) == 4
    assert "first line" in " ".join(entry.notes)


@pytest.mark.parametrize(
    "kind", [("u4", "f4", 0x7F800001), ("u8", "f8", 0x7FF0000000000001)], ids=str
)
@pytest.mark.parametrize(
    "command",
    [
        "outliers X",
        "geometry X",
        "compare X X",
        "duplicates X",
        "project GOOD X[1]",
        "typical X",
    ],
)
def test_nan_that_signals_is_any_nan(latent, tmp_path, recwarn, kind, command):
    """NumPy warns of each operation on it, which is no line of ours."""
    whole, real, bits = kind
    values = np.zeros((4, 3), whole)
    values[1, 1] = bits
    paths = {"X": tmp_path / "x.npy", "GOOD": tmp_path / "good.npy"}
    np.save(paths["X"], values.view(real))
    np.save(paths["GOOD"], np.eye(3))
    for name, path in paths.items():
        command = command.replace(name, str(path))
    code, out, err = latent(*command.split(), "-q")
    assert (code, bool(out), err.count("\n")) in ((1, False, 1), (0, True, 0)), err
    assert not recwarn.list
