"""Places and lengths that lie, in every format that has them: sums and products that wrap round 64 bits, bytes
that are another tensor's, and a pickle that changes what was checked."""

import io
import json
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import latentcli
from latentcli.errors import FormatError
from latentcli.files import codes
from latentcli.files.store.cache import open_entry

WRAPPING = [
    (1 << 32, 1 << 32),  # the product is 0 in 64 bits
    (1 << 62, 4),  # so are its bytes
    ((1 << 63) // 3 + 1, 6),  # 4 in 64 bits: as many as there are
    (1 << 31, (1 << 31) + 1),
    (4, (1 << 62) + 1),  # 4 numbers in 64 bits
]
"""Shapes whose number of elements, or of bytes, fits a small file when it is computed in 64 bits."""

ONES = np.ones(4, "<f4").tobytes()


def npy(shape, _):
    head = repr({"descr": "<f4", "fortran_order": False, "shape": shape}).encode()
    head = head.ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + ONES


def packed(shape, path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("z.npy", npy(shape, path))
    return out.getvalue()


def safetensors(shape, _):
    entry = {"dtype": "F32", "shape": list(shape), "data_offsets": [0, len(ONES)]}
    text = json.dumps({"z": entry}).encode()
    return struct.pack("<Q", len(text)) + text + ONES


def gguf(shape, _):
    head = b"GGUF" + struct.pack("<IQQQ", 3, 1, 0, 1) + b"z" + struct.pack("<I", 2)
    head += struct.pack("<QQIQ", *shape, 0, 0)
    return head + b"\0" * (-len(head) % 32) + ONES


def finalfusion(shape, _):
    rows, dimensions = shape[0], min(shape[1], 0xFFFFFFFF)
    words = struct.pack("<QIs", 1, 1, b"a")
    head = (
        struct.pack("<4sIIII", b"FiFu", 0, 2, 1, 2) + struct.pack("<IQ", 1, len(words)) + words
    )
    room = 4 - (len(head) + 12 + 16) % 4
    body = struct.pack("<QII", rows, dimensions, 10) + bytes(room) + ONES
    return head + struct.pack("<IQ", 2, len(body)) + body


def whole(number):
    data = number.to_bytes(10, "little", signed=True)
    return b"\x8a" + bytes([len(data)]) + data


def pickled(*, offset=0, shape=(2, 2), strides=(2, 1), after=b"", count=4):
    """A PyTorch file of one tensor of four ones; `after` are opcodes that follow it."""
    body = b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\n"
    body += b"X\x01\0\0\x000X\x03\0\0\0cpu" + whole(count) + b"tQ" + whole(offset)
    for numbers in (shape, strides):
        body += b"(" + b"".join(map(whole, numbers)) + b"t"
    body += b"\x89NtR" + after
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a/data.pkl", b"\x80\x02" + body + b".")
        archive.writestr("a/data/0", ONES)
    return out.getvalue()


def torch(shape, _):
    return pickled(shape=shape, strides=(shape[1], 1))


def word2vec(shape, _):
    return b"%d %d\na " % shape + ONES


FORMATS = {
    "npy": npy, "npz": packed, "safetensors": safetensors, "gguf": gguf, "fifu": finalfusion, "pt": torch,
    "bin": word2vec,
}  # fmt: skip


@pytest.mark.parametrize("shape", WRAPPING, ids=str)
@pytest.mark.parametrize("ending", FORMATS)
def test_a_shape_that_wraps_round_is_not_believed(tmp_path, ending, shape):
    path = tmp_path / f"x.{ending}"
    path.write_bytes(FORMATS[ending](shape, path))
    if ending == "bin":  # its header may lie: the row that is there is read, or none
        with suppress(FormatError):
            assert open_entry(str(path), cache=False).matrix.tolist() == [[1, 1, 1, 1]]
        return
    with pytest.raises(FormatError) as error:
        open_entry(str(path), cache=False)
    assert str(error.value).isprintable()


def test_the_files_made_here_are_right_ones(tmp_path):
    for ending, make in FORMATS.items():
        path = tmp_path / f"x.{ending}"
        path.write_bytes(make((1, 4) if ending in ("fifu", "bin") else (2, 2), path))
        assert open_entry(str(path)).matrix.sum() == 4, ending


FAR = [
    1 << 61,
    1 << 62,
    (1 << 62) + 4,
    (1 << 63) - 4,
    1 << 63,
    (1 << 64) - 16,
    1 << 64,
    -1,
    -4,
    -(1 << 63),
]


@pytest.mark.parametrize("place", FAR)
def test_a_place_far_away_is_refused(tmp_path, place):
    """An offset of elements or bytes, a stride and a count: none is added in 64 bits."""
    made = {
        "offset.pt": pickled(offset=place),
        "stride.pt": pickled(strides=(place, 1)),
        "count.pt": pickled(count=place, offset=8),
    }
    for name, (start, end) in {
        "a": (place, place + 16),
        "b": (0, place),
        "c": (place, 16),
    }.items():
        entry = {"dtype": "F32", "shape": [2, 2], "data_offsets": [start, end]}
        text = json.dumps({"z": entry}).encode()
        made[f"{name}.safetensors"] = struct.pack("<Q", len(text)) + text + ONES
    lying = bytearray(gguf((2, 2), None))
    struct.pack_into("<Q", lying, 24 + 8 + 1 + 4 + 16 + 4, place % (1 << 64) or 1 << 63)
    made["offset.gguf"] = bytes(lying)
    for name, content in made.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(FormatError):
            open_entry(str(path), cache=False)


STATES = {
    "strides": b"}X\x07\0\0\0strides(" + whole(1 << 40) + whole(1) + b"tsb",
    "shape": b"}X\x05\0\0\0shape(" + whole(1000) + whole(64) + b"tsb",
    "negative strides": b"}X\x07\0\0\0strides(" + whole(-64) + whole(1) + b"tsb",
    "slots": b"N}X\x05\0\0\0shape(" + whole(1000) + whole(64) + b"ts\x86b",
    "items": b"X\x05\0\0\0shape" + whole(9) + b"s",
    "elements": whole(9) + b"a",
}


@pytest.mark.parametrize("state", STATES)
def test_no_opcode_changes_a_tensor_that_was_checked(limited, one_line, tmp_path, state):
    path, out = tmp_path / "x.pt", tmp_path / "out.npy"
    path.write_bytes(pickled(after=STATES[state]))
    assert "which is a Python pickle: only plain tensors are read" in one_line(
        limited("convert", path, out)
    )
    assert not out.exists()


def test_a_storage_of_two_sizes_is_refused(tmp_path):
    """A file from before 2020, whose storage has 4 numbers for one tensor and 12 for another: they would be those
    of the storage behind it.
    """

    def tensor(key, count):
        storage = b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0" + key
        return (
            b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"X\x03\0\0\0cpu" + whole(count)
            + b"tQK\0(K\x02" + whole(count // 2) + b"t(" + whole(count // 2) + b"K\x01t\x89NtR"
        )  # fmt: skip

    def named(*tensors):
        items = (b"X\x01\0\0\0" + b"abc"[n : n + 1] + one for n, one in enumerate(tensors))
        head = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03."
        head += b"\x80\x02}X\x0d\0\0\0little_endian\x88s."
        keys = b"\x80\x02](X\x01\0\0\x000X\x01\0\0\x001e."
        return head + b"\x80\x02}(" + b"".join(items) + b"u." + keys

    path = tmp_path / "old.pt"
    both = struct.pack("<q", 4) + ONES + struct.pack("<q", 4) + ONES
    path.write_bytes(named(tensor(b"0", 4), tensor(b"1", 4)) + both)
    assert codes.load(f"{path}::a").values.tolist() == [[1, 1], [1, 1]]
    lying = struct.pack("<q", 12) + ONES + struct.pack("<q", 4) + ONES + bytes(40)
    path.write_bytes(named(tensor(b"0", 12), tensor(b"1", 4), tensor(b"0", 4)) + lying)
    for key in "abc":
        with pytest.raises(FormatError, match="two sizes"):
            codes.load(f"{path}::{key}")


def test_tensors_that_share_bytes_are_refused(tmp_path):
    entries = {
        name: {"dtype": "F32", "shape": [1, 3], "data_offsets": [start, start + 12]}
        for name, start in (("a", 0), ("b", 4))
    }
    text = json.dumps(entries).encode()
    path = tmp_path / "x.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + ONES)
    with pytest.raises(FormatError, match="overlap"):
        codes.load(f"{path}::a")
    one = gguf((2, 2), None)[:65]
    head = one[:8] + struct.pack("<QQ", 2, 0) + one[24:] + one[24:].replace(b"z", b"y")
    path = tmp_path / "x.gguf"
    path.write_bytes(head + b"\0" * (-len(head) % 32) + ONES)
    with pytest.raises(FormatError, match="overlap"):
        codes.load(f"{path}::y")


def test_no_view_is_made_of_memory_in_the_package():
    """`as_strided` takes any shape; a view is made by NumPy's constructor, which checks its buffer."""
    for file in Path(latentcli.__file__).parent.rglob("*.py"):
        assert "as_strided" not in file.read_text("utf-8"), file
