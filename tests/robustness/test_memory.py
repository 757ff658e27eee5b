"""Time and memory stay in proportion to the file: everything here runs in 2 GB of address space."""

import io
import json
import os
import struct
import threading
import zipfile
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from latentcli.errors import FormatError, ParameterError
from latentcli.files import bounds, codes
from latentcli.files.formats import parquet_footer
from latentcli.files.store.cache import open_entry

VALUES = np.arange(12, dtype=np.float32).reshape(4, 3)


def npz(path, **arrays):
    np.savez_compressed(path, **arrays)
    return path


def pickled(path, body):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/data.pkl", b"\x80\x02" + body + b".")
    return path


def test_words_of_an_archive_that_unpack_a_thousand_times(limited, one_line, tmp_path):
    words = np.full(4, "x" * (1 << 24))
    path = npz(tmp_path / "words.npz", vectors=VALUES, words=words)
    assert path.stat().st_size < 1 << 20
    assert "unpacks to more than 500 times its size" in one_line(limited("info", path))


def test_provenance_of_an_archive_that_unpacks_a_thousand_times(limited, tmp_path):
    path = npz(tmp_path / "meta.npz", codes=VALUES, __meta__=np.array("x" * (1 << 26)))
    code, _, err = limited("truncate", path, "--psi", "0.5", "--mean", "0", "-q")
    assert "memory" not in err
    assert code in (0, 1, 2)
    assert codes.load(str(path)).meta == {}


def test_text_without_letters_takes_nothing(limited, one_line, tmp_path):
    head = b"\x93NUMPY\x01\x00" + struct.pack("<H", 118)
    fields = b"{'descr': '<U0', 'fortran_order': False, 'shape': (1000000000,)}"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("words.npy", head + fields.ljust(117) + b"\n")
    path = tmp_path / "x.npz"
    path.write_bytes(out.getvalue())
    one_line(limited("info", path))
    labels = f"{path}::words"
    np.save(tmp_path / "v.npy", VALUES)
    assert "too large" in one_line(limited("info", tmp_path / "v.npy", "--labels", labels))


@pytest.mark.parametrize("dictionary", [True, False])
def test_parquet_with_words_of_a_megabyte(limited, one_line, tmp_path, dictionary):
    words = [f"w{i}" for i in range(50)] + ["y" * 1_000_000] * 300
    path = tmp_path / "words.parquet"
    numbers = pa.array([1.0] * len(words))
    pq.write_table(
        pa.table({"word": words, "a": numbers, "b": numbers}), path,
        compression="zstd", use_dictionary=dictionary,
    )  # fmt: skip
    assert path.stat().st_size < 1 << 20
    assert "unpacks to more than 500 times its size" in one_line(limited("info", path))
    assert "unpacks to more than" in one_line(
        limited("info", tmp_path / "v.npy", "--labels", f"{path}::word")
        if np.save(tmp_path / "v.npy", VALUES) is None
        else None
    )


def test_a_footer_whose_statistics_are_damaged_does_not_end_the_process(limited, tmp_path):
    """One byte of the size statistics: Arrow's object for the column aborts (exit 134)."""
    path = tmp_path / "x.parquet"
    vectors = pa.array(VALUES.tolist(), pa.list_(pa.float32()))
    pq.write_table(pa.table({"vector": vectors}), path)
    content = path.read_bytes()
    length = int.from_bytes(content[-8:-4], "little")
    for place in range(len(content) - 8 - length, len(content) - 8, 7):
        changed = bytearray(content)
        changed[place] ^= 0x0C
        path.write_bytes(changed)
        with suppress(FormatError):
            open_entry(str(path), cache=False)
    path.write_bytes(content)
    assert limited("info", path)[0] == 0
    (chunk,) = parquet_footer.chunks(content[-8 - length : -8])
    assert (chunk.rows, chunk.values) == (4, 12)


@pytest.mark.parametrize("levels", [40, 400])
def test_dicts_that_share_dicts_are_walked_once(limited, tmp_path, levels):
    body = b"}q\x00"
    for _ in range(levels):
        body += b"}q\x01(X\x01\x00\x00\x00ah\x00X\x01\x00\x00\x00bh\x00uq\x00"
    code, out, err = limited("info", pickled(tmp_path / "n.pt", body))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "it holds none" in err or "nested more than" in err


def test_opcodes_are_counted(limited, one_line, tmp_path):
    path = pickled(tmp_path / "long.pt", b"]" + b"Na" * 1_500_000)
    assert "more than 2,000,000 steps" in one_line(limited("info", path))


@pytest.mark.parametrize("kind", ["fifo", "zero", "brackets"])
def test_what_lies_beside_an_array_is_not_waited_for_nor_read_whole(limited, tmp_path, kind):
    for name in ("a.npy", "b.npy"):
        np.save(tmp_path / name, VALUES)
    side = tmp_path / "a.npy.json"
    if kind == "fifo":
        os.mkfifo(side)
    elif kind == "zero":
        side.symlink_to("/dev/zero")
    else:
        side.write_bytes(b"[" * 300_000)
    code, _, err = limited("interp", tmp_path / "a.npy", tmp_path / "b.npy", "-q")
    assert (code, err) == (0, "")
    out = tmp_path / "new.npy"
    side.rename(tmp_path / "new.npy.json")
    code, _, err = limited("interp", tmp_path / "a.npy", tmp_path / "b.npy", "-q", "-o", out)
    assert (code, err.count("\n"), out.exists()) == (1, 1, False)
    assert "--force replaces it" in err
    assert (
        limited("interp", tmp_path / "a.npy", tmp_path / "b.npy", "-q", "-o", out, "--force")[0]
        == 0
    )
    assert json.loads((tmp_path / "new.npy.json").read_text())["command"] == "interp"


def test_a_pipe_without_an_end(limited, one_line, tmp_path):
    pipe = tmp_path / "endless"
    os.mkfifo(pipe)

    def feed():
        try:
            with pipe.open("wb") as out:
                while True:
                    out.write(b"word 1 2 3\n" * 100_000)
        except BrokenPipeError:
            pass

    threading.Thread(target=feed, daemon=True).start()
    assert "more than the 50.0 MB of --max-memory" in one_line(
        limited("info", pipe, "--max-memory", "50M")
    )


def test_the_total_is_an_option_and_told_in_one_line(limited, one_line, tmp_path):
    """Rows of float64 without a cache go to memory; 100 MB of them."""
    path = tmp_path / "big.npy"
    np.save(path, np.ones((400_000, 32)))
    told = one_line(limited("info", path, "--no-cache", "--max-memory", "20M"))
    assert "more than the 20.0 MB of --max-memory" in told
    assert limited("info", path, "--no-cache")[0] == 0
    assert "such as 500M or 2G" in one_line(limited("info", path, "--max-memory", "lots"), 2)


@pytest.mark.parametrize("text", ["", "G", "0", "-1", "1e9", "9" * 400, "2X"])
def test_a_size_that_is_none(text):
    with pytest.raises(ParameterError, match="a size such as"):
        bounds.parsed(text)


def test_a_chunk_of_hdf5_is_bounded(limited, one_line, tmp_path):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset(
            "z", shape=(4, 2), maxshape=(None, None), chunks=(1 << 15, 1 << 13), dtype="f4",
            compression="gzip",
        )  # fmt: skip
    assert "more numbers than the file can hold" in one_line(limited("info", path))


def test_sparse_rows_are_not_made_dense_without_a_bound(tmp_path):
    path = tmp_path / "sparse.txt"
    path.write_text("5000 1000000\n" + "".join(f"w{i} 0:1\n" for i in range(5000)))
    with pytest.raises(FormatError, match="unpacks to more than 500 times its size"):
        open_entry(str(path), cache=False)


def test_a_line_of_millions_of_numbers_is_no_row(tmp_path):
    path = tmp_path / "line.txt"
    path.write_bytes(b"word " + b"1 " * 3_000_000)
    with pytest.raises(FormatError):
        open_entry(str(path), cache=False)


def test_items_that_calls_copy_are_counted(tmp_path):
    """A list of 100,000 pairs that is made a dict again and again: each copy is paid for."""
    body = b"]q\x00" + b"NN\x86q\x01a" + b"h\x01a" * 100_000
    body += b"ccollections\nOrderedDict\nq\x02" + b"h\x02h\x00\x85R0" * 10_000
    path = pickled(tmp_path / "copies.pt", body)
    with pytest.raises(FormatError, match="more than 2,000,000 steps"):
        open_entry(str(path), cache=False)


def test_tensors_that_share_a_storage_are_not_multiplied(tmp_path):
    """10,000 views of 4 MB are 40 GB: more than 500 times the file."""
    tensor = (
        b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\n"
        b"X\x01\x00\x00\x000X\x03\x00\x00\x00cpuJ\x00\x00\x10\x00tQK\x00J\x00\x00\x10\x00\x85K\x01\x85"
        b"\x89NtRq\x00"
    )
    path = tmp_path / "shared.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/data.pkl", b"\x80\x02](" + tensor + b"h\x00" * 9_999 + b"e.")
        archive.writestr("a/data/0", bytes(4 << 20))
    with pytest.raises(FormatError, match=r"of memory, more than|more than 500 times its size"):
        open_entry(str(path), cache=False)


@pytest.mark.parametrize("metric", ["mig", "sap", "dci", "betavae"])
def test_columns_that_name_rows_are_left_out(limited, tmp_path, metric):
    """Text, and whole numbers in any order, each of them once, in 12,000 rows."""
    rows = 12_000
    np.save(tmp_path / "z.npy", np.random.default_rng(0).normal(size=(rows, 2)))
    lines = [f"{row * 7919 % rows},{row % 3},u{row}" for row in range(rows)]
    (tmp_path / "f.csv").write_text("number,shape,name\n" + "\n".join(lines))
    options = ("--estimator", "lasso") if metric == "dci" else ()
    code, out, err = limited(
        metric, tmp_path / "z.npy", tmp_path / "f.csv", "--ci", "0", "--json", *options
    )
    assert code == 0, err
    assert "factor number numbers the 12,000 rows: it looks like an identifier" in err
    assert "factor name has 12,000 classes in 12,000 rows: it looks like an identifier" in err
    assert json.loads(out)["settings"]["discrete"] == "shape"


def test_a_first_line_of_numbers_that_names_columns_is_told(limited, tmp_path):
    np.save(tmp_path / "z.npy", np.arange(40.0).reshape(20, 2))
    path = tmp_path / "f.csv"
    path.write_text(
        "0,1,2\n" + "".join(f"{row % 2},{row % 3},{row % 4}\n" for row in range(20))
    )
    told = "its first line, 0, 1, 2, ..., is read as the names of its columns"
    assert told in " ".join(limited("info", path)[1].split())
    assert told in limited("mig", tmp_path / "z.npy", path, "--ci", "0")[2]


def test_work_is_done_where_no_thread_can_be_started(monkeypatch):
    from latentcli.numerics import parallel

    def refuse(*_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert parallel.each(lambda n: n * n, range(5)) == [0, 1, 4, 9, 16]
    assert [*parallel.in_order(lambda n: n * n, range(5))] == [0, 1, 4, 9, 16]
