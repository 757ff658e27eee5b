import json
import struct

import numpy as np
import pytest
from safetensors.numpy import load_file, save

from latentcli.errors import FormatError
from latentcli.files import contents, writing
from latentcli.files.arrays import AmbiguousError
from latentcli.files.store.cache import open_entry

DTYPES = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?"]
VALUES = np.array([[1, 2], [3, 4], [5, 101]])


def made(entries, data=b"", length=None):
    """Make a safetensors file of any header."""
    text = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def tensor(dtype="F32", shape=(1, 2), start=0, end=8):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(3, 2), (3, 1, 2), (6,)])
def test_what_the_library_writes_is_read(opened, dtype, shape):
    values = VALUES.astype(dtype).reshape(shape)
    entry = opened(save({"z": values}, metadata={"made": "by test"}), "codes.safetensors")
    assert entry.matrix.ravel().tolist() == values.ravel().astype(np.float32).tolist()
    assert entry.meta["dtype"] == str(values.dtype)
    assert entry.meta["shape"] == list(shape)
    assert entry.meta["key"] == "z"


def test_float32_rows_are_mapped_where_they_lie(opened):
    entry = opened(save({"z": VALUES.astype("f4")}), "codes.safetensors")
    assert isinstance(entry.matrix.base, np.memmap)
    assert not (entry.folder / "vectors.npy").exists()
    assert entry.matrix.tolist() == VALUES.tolist()


def test_rows_that_are_not_aligned_are_read_too(opened):
    data = VALUES.astype("<f4").tobytes()
    text = json.dumps({"z": tensor(shape=(3, 2), end=24)}).encode()
    for extra in range(4):
        entry = opened(made(text + b" " * extra, data), f"codes{extra}.safetensors")
        assert entry.matrix.tolist() == VALUES.tolist()


def test_bfloat16_is_the_upper_half_of_float32(opened):
    values = np.array([[1, -2.5], [3e38, np.inf]], dtype="<f4")
    half = (values.view("<u4") >> 16).astype("<u2")
    entry = opened(made({"w": tensor("BF16", (2, 2))}, half.tobytes()), "w.safetensors")
    expected = (half.astype("<u4") << 16).view("<f4")
    assert entry.matrix.tobytes() == expected.tobytes()
    assert entry.meta["dtype"] == "bfloat16"


def test_bfloat16_is_taken_for_numbers_not_for_counts(opened):
    entries = {"mine": tensor("BF16", (1, 4), 0, 8), "step": tensor("I64", (1,), 8, 16)}
    data = np.full(4, 0x3F80, dtype="<u2").tobytes() + bytes(8)
    assert opened(made(entries, data), "w.safetensors").meta["key"] == "mine"


def test_one_of_several_tensors_is_read_from_its_place(put):
    one, two = VALUES.astype("f4"), VALUES.astype("f2") * 2
    path = put(save({"one": one, "two": two}), "codes.safetensors")
    for key, values in (("one", one), ("two", two)):
        assert open_entry(f"{path}::{key}").matrix.tolist() == values.tolist()
    with pytest.raises(
        AmbiguousError, match=r"several arrays \(.*Pick one: codes.safetensors::"
    ):
        open_entry(str(path))


def test_a_tensor_of_an_unknown_kind_stops_only_those_who_want_it(put):
    entries = {"odd": tensor("F8_E4M3", (1, 8)), "z": tensor("F32", (1, 2), 8, 16)}
    path = put(made(entries, bytes(8) + b"\x00\x00\x80\x3f" * 2), "z.safetensors")
    assert open_entry(str(path)).matrix.tolist() == [[1, 1]]
    with pytest.raises(
        FormatError, match=r"^z\.safetensors: 'odd' is F8_E4M3, which cannot be"
    ):
        open_entry(f"{path}::odd")


def test_a_place_that_ends_before_it_starts_is_refused_whatever_its_kind(put):
    entries = {"a": tensor(), "odd": tensor("F8_E4M3", (1, 8), 16, 8)}
    path = put(made(entries, np.ones(2, dtype="<f4").tobytes()), "z.safetensors")
    with pytest.raises(FormatError, match="'odd' has an impossible shape or place"):
        open_entry(str(path))


BROKEN = {
    "not JSON": b"{spam",
    "an array": b'{"a": [1, 2]}',
    "null": b'{"a": null}',
    "no dtype": b'{"a": {"shape": [1, 2], "data_offsets": [0, 8]}}',
    "no shape": b'{"a": {"dtype": "F32", "data_offsets": [0, 8]}}',
    "no place": b'{"a": {"dtype": "F32", "shape": [1, 2]}}',
    "half a place": b'{"a": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0]}}',
    "list for dtype": b'{"a": {"dtype": ["F32"], "shape": [1, 2], "data_offsets": [0, 8]}}',
    "text for shape": b'{"a": {"dtype": "F32", "shape": "12", "data_offsets": [0, 8]}}',
    "fraction": json.dumps({"a": tensor(shape=(1.5, 2))}).encode(),
    "truth": json.dumps({"a": tensor(shape=(True, 2))}).encode(),
    "infinity": b'{"a": {"dtype": "F32", "shape": [1, 1e999], "data_offsets": [0, 8]}}',
    "NaN": b'{"a": {"dtype": "F32", "shape": [1, NaN], "data_offsets": [0, 8]}}',
    "negative": json.dumps({"a": tensor(shape=(-1, -2))}).encode(),
    "negative place": json.dumps({"a": tensor(start=-8, end=0)}).encode(),
    "backwards": json.dumps({"a": tensor(start=8, end=0)}).encode(),
    "too few bytes": json.dumps({"a": tensor(shape=(3, 2))}).encode(),
    "huge integer": json.dumps({"a": tensor(shape=(10**400, 2))}).encode(),
    "many axes": json.dumps({"a": tensor(shape=(1,) * 100)}).encode(),
    "nested lists": b'{"a":' + b"[" * 100_000,
    "nested objects": b'{"a":' * 100_000,
    "nested shape": b'{"a": {"dtype": "F32", "shape": ' + b"[" * 900 + b"]" * 900 + b"}}",
    "bad UTF-8": b'{"\xff": 1}',
    "control characters": b'{"a\\u001b[31m\\n": {"dtype": "\\n", "shape": [-1]}}',
    "empty": b"{}",
    "metadata only": b'{"__metadata__": {"a": "b"}}',
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_header_is_refused_in_one_line(opened, text):
    with pytest.raises(FormatError, match=r"^codes\.safetensors: ") as error:
        opened(made(text, bytes(8)), "codes.safetensors")
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 300


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (tensor(shape=(10**12, 2), end=8 * 10**12), "truncated: 1 of 1,000,000,000,000 rows"),
        (tensor(shape=(2, 10**12), end=8 * 10**12), "rows of 1,000,000,000,000 dimensions"),
        (tensor(start=10**15, end=10**15 + 8), "truncated: its numbers are not there"),
        (tensor(shape=(3, 2), end=24), "truncated: 1 of 3 rows are there"),
        (tensor(shape=(), end=4), "a single number, not an array of vectors"),
        (tensor(shape=(0, 2), end=0), "an empty array of shape (0, 2)"),
    ],
)
def test_numbers_that_are_not_there_are_refused(opened, entry, message):
    with pytest.raises(FormatError) as error:
        opened(made({"a": entry}, np.ones(2, dtype="<f4").tobytes()), "codes.safetensors")
    assert message in str(error.value)


@pytest.mark.parametrize("length", [1000, 5 << 20, 10 << 20])
def test_the_length_of_a_header_is_not_believed(opened, length):
    with pytest.raises(FormatError, match="a damaged safetensors header"):
        opened(made(b"{}", length=length), "codes.safetensors")


@pytest.mark.parametrize("length", [11 << 20, 2**62])
def test_a_header_of_an_impossible_length_is_no_safetensors(opened, length):
    with pytest.raises(FormatError, match="binary data without a header"):
        opened(made(b"{}", length=length), "codes.safetensors")


@pytest.mark.parametrize("key", ["line\nbreak", "\x1b[31m", "\ud800", "東京"])
def test_any_name_can_be_read_and_is_printable_in_messages(put, key):
    path = put(made({key: tensor()}, np.ones(2, dtype="<f4").tobytes()), "a.safetensors")
    assert open_entry(str(path)).meta["key"] == key
    assert open_entry(str(path)).cached
    with pytest.raises(FormatError) as error:
        open_entry(f"{path}::absent")
    assert str(error.value).isprintable()


@pytest.mark.parametrize("dtype", ["<f2", "<f4", ">f8", "<i8", "u1", "?"])
@pytest.mark.parametrize("shape", [(6,), (3, 2), (3, 1, 2)])
def test_what_is_written_is_what_the_library_loads(put, tmp_path, dtype, shape):
    np.save(tmp_path / "in.npy", VALUES.astype(dtype).reshape(shape))
    source = str(tmp_path / "in.npy")
    target = tmp_path / "out.safetensors"
    writing.write(contents.array_of(source, open_entry(source)), target)
    (loaded,) = load_file(target).values()
    assert loaded.dtype == np.dtype(dtype).newbyteorder("=")
    assert loaded.shape == shape
    assert loaded.tolist() == VALUES.astype(dtype).reshape(shape).tolist()


def test_what_it_cannot_hold_is_said(tmp_path):
    np.save(tmp_path / "in.npy", VALUES.astype(np.longdouble))
    source = str(tmp_path / "in.npy")
    content = contents.array_of(source, open_entry(source))
    with pytest.raises(FormatError, match=r"^safetensors cannot hold float128; write .npy"):
        writing.write(content, tmp_path / "out.safetensors")
    assert [child.name for child in tmp_path.glob("*out*")] == []
