import gzip
import io
import os

import numpy as np
import pytest

import latentcli
from latentcli.errors import FormatError
from latentcli.files import contents, factors, writing
from latentcli.files.store.cache import open_entry

DTYPES = ["<f2", "<f4", "<f8", ">f4", ">f8", "i1", "u1", "<i2", ">i4", "<i8", "<u8", "?"]


class Trap:
    """Unpickling this makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def saved(values, **options):
    out = io.BytesIO()
    np.lib.format.write_array(out, values, **options)
    return out.getvalue()


def header(text, version=1, rest=b"\0" * 64):
    """Make a .npy file of any header."""
    width = 2 if version == 1 else 4
    raw = text.encode() + b" " * (-(len(text) + 9 + width) % 64) + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + len(raw).to_bytes(width, "little") + raw + rest


def described(descr="'<f4'", shape="(2, 2)", order="False"):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(6,), (3, 2), (3, 1, 2), (1, 6), (6, 1)])
def test_any_real_array_is_read_as_float32_rows(opened, dtype, order, shape):
    values = np.array([0, 1, 2, 3, 4, 101]).astype(dtype).reshape(shape, order="C")
    entry = opened(saved(np.asarray(values, order=order)), "codes.npy")
    rows = values.reshape(1, -1) if len(shape) == 1 else values.reshape(len(values), -1)
    assert entry.matrix.dtype == np.float32
    assert entry.matrix.tolist() == rows.astype(np.float32).tolist()
    assert (entry.meta["dtype"], entry.meta["shape"]) == (str(values.dtype), list(shape))
    assert not entry.vocabulary.named


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_every_version_of_the_format_is_read(opened, version):
    values = np.array([[1, 2], [3, 4.5]])
    assert opened(saved(values, version=version), "a.npy").matrix.tolist() == values.tolist()


def test_a_header_written_by_python_2_is_read(opened):
    rest = np.array([[1, 2], [3, 4]], dtype="<f4").tobytes()
    entry = opened(header(described(shape="(2L, 2L)"), rest=rest), "old.npy")
    assert entry.matrix.tolist() == [[1, 2], [3, 4]]


def test_one_axis_is_said_to_be_a_row(opened):
    entry = opened(saved(np.ones(4)), "codes.npy")
    note = "an array of shape (4,) is read as one row"
    assert entry.notes == [f"codes.npy: {note}"]
    assert entry.meta["found"] == [note]


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        ([0, 0], "zero"),
        ([np.nan, np.inf], "nan"),
        ([-np.inf, 0], "infinite"),
        ([1e39, 0], "infinite"),
        ([1e200, 0], "infinite"),
        ([1e-50, 0], "zero"),
        ([1e-200, 0], "zero"),
    ],
)
def test_rows_that_are_no_direction_in_float32_are_counted(opened, row, finding):
    entry = opened(saved(np.array([[1, 2], row])), "codes.npy")
    assert entry.meta["findings"] == {finding: 1}
    assert entry.norms.tolist() == [np.sqrt(5), 0]


def test_the_smallest_rows_of_float32_are_directions(opened):
    entry = opened(saved(np.array([[1e-45, 0], [1e-39, 1e-39]], dtype=np.float32)), "codes.npy")
    assert entry.meta["findings"] == {}
    assert (entry.norms > 0).all()


def test_an_array_without_any_direction_is_refused(opened):
    with pytest.raises(FormatError, match=r"^codes\.npy: every row is zero, NaN or infinite"):
        opened(saved(np.array([[0, 0], [np.nan, 1]])), "codes.npy")


def test_objects_are_never_unpickled(put, tmp_path):
    trap = np.array([Trap(tmp_path / "sprung")], dtype=object)
    path = put(saved(trap, allow_pickle=True), "codes.npy")
    with pytest.raises(FormatError) as error:
        open_entry(str(path))
    assert str(error.value) == (
        "codes.npy: holds Python objects (a pickle), which are never loaded; "
        "save plain numbers with numpy.save(..., allow_pickle=False)"
    )
    assert not (tmp_path / "sprung").exists()
    np.load(path, allow_pickle=True)
    assert (tmp_path / "sprung").exists(), "the trap is no trap"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones((2, 2), dtype=complex), "holds complex128, not real numbers"),
        (np.array([["a"]]), "holds <U1, not real numbers"),
        (np.array(["2020-01-01"], dtype="M8[D]"), "holds datetime64[D], not real numbers"),
        (np.zeros(2, dtype=[("x", "f4"), ("y", "f4")]), "not real numbers"),
        (np.float32(3), "a single number, not an array of vectors"),
        (np.zeros((0, 5)), "an empty array of shape (0, 5)"),
        (np.zeros((5, 0)), "an empty array of shape (5, 0)"),
    ],
)
def test_what_is_no_array_of_vectors_is_refused(opened, values, message):
    with pytest.raises(FormatError) as error:
        opened(saved(np.asarray(values)), "codes.npy")
    assert str(error.value).startswith("codes.npy: ")
    assert message in str(error.value)


LIES = {
    "rows": described(shape="(1000000000000, 2)"),
    "dimensions": described(shape="(2, 1000000000000)"),
    "more than 64 bits": described(shape=f"({10**30}, 2)"),
    "product of axes": described(shape=f"(2, {2**40}, {2**40})"),
    "negative": described(shape="(-2, -2)"),
    "negative row": described(shape="(-4,)"),
    "not a tuple": described(shape="[2, 2]"),
    "fraction": described(shape="(2.0, 2)"),
    "too many numbers": described(shape="(1000, 2)"),
    "structured": described(descr="[('x', '<f4'), ('y', '<f4')]"),
    "subarray": described(descr="('<f4', (1000000, 1000000))"),
    "subarray of bytes": described(descr="'(1000000,1000000)f4'"),
    "void": described(descr="'V8'"),
    "empty void": described(descr="'V0'", shape="(1000000000000, 2)"),
    "object": described(descr="'O'"),
    "no dtype": described(descr="'spam'"),
    "huge text": described(descr="'U1000000000'"),
    "not a dict": "[1, 2]",
    "code": "__import__('os')",
    "nested": "(" * 5000,
    "keys": "{'descr': '<f4'}",
    "unclosed": "{'descr': '<f4', 'shape': (2, 2",
    "order": described(order="3"),
    "control characters": "{'descr': '\x1b[31m\x00', 'fortran_order': False, 'shape': (2,)}",
    "long": "{'descr': '" + "x" * 20_000 + "'}",
}


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_header_that_lies_is_refused_in_one_line(opened, lie, version):
    with pytest.raises(FormatError, match=r"^codes\.npy: ") as error:
        opened(header(lie, version), "codes.npy")
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 300


@pytest.mark.parametrize("version", [1, 2, 3, 4, 255])
@pytest.mark.parametrize("length", [0, 5, 60_000, 65_535, 2**31, 2**32 - 1])
def test_the_length_of_a_header_is_not_believed(opened, version, length):
    width = 2 if version == 1 else 4
    raw = (length & (1 << 8 * width) - 1).to_bytes(width, "little")
    with pytest.raises(FormatError, match=r"a damaged .npy header"):
        opened(b"\x93NUMPY" + bytes([version, 0]) + raw + b"{}", "codes.npy")


def test_a_file_that_ends_in_its_header_was_cut_short(opened):
    with pytest.raises(FormatError, match=r"^codes\.npy: the file ends within its .npy header"):
        opened(saved(np.ones((10, 2)))[:60], "codes.npy")


def test_a_truncated_array_is_refused(opened):
    with pytest.raises(FormatError) as error:
        opened(saved(np.ones((10, 2)))[:-16], "codes.npy")
    assert str(error.value) == (
        "codes.npy: truncated: its header promises 160 bytes of numbers, 144 are there"
    )


def test_a_key_is_refused(put):
    with pytest.raises(FormatError, match=r"a .npy file holds one array, not 'w'"):
        open_entry(f"{put(saved(np.ones((2, 2))), 'codes.npy')}::w")


@pytest.mark.parametrize("dtype", ["<f2", "<f4", ">f8", "<i8", "u1", "?"])
@pytest.mark.parametrize("shape", [(5,), (3, 2), (2, 3, 4)])
def test_what_is_written_is_what_numpy_loads(put, tmp_path, dtype, shape):
    values = np.arange(1, 1 + np.prod(shape)).reshape(shape).astype(dtype)
    source = str(put(saved(values), "in.npy"))
    target = tmp_path / "out.npy"
    writing.write(contents.array_of(source, open_entry(source)), target)
    loaded = np.load(target)
    assert (loaded.dtype, loaded.shape) == (values.dtype, values.shape)
    assert loaded.tobytes() == values.tobytes()


def test_real_latents(data):
    path = data / "latents" / "styleclip_w_plus.npy"
    entry = open_entry(str(path))
    assert entry.matrix.shape == (68, 18 * 512)
    assert entry.matrix.tobytes() == np.load(path).tobytes()


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ("(4294967296, 4294967296)", "of memory, more than"),
        ("(0, 4611686018427387904, 4611686018427387904)", "a damaged .npy header"),
        (f"({', '.join('1' * 70)})", "a damaged .npy header"),
    ],
)
def test_text_of_a_shape_that_no_array_has_is_refused(put, shape, said):
    """2^32 x 2^32 is 0 in 64 bits."""
    with pytest.raises(FormatError, match=said):
        factors.read(str(put(header(described("'<U4'", shape)), "names.npy")))


def test_columns_of_a_shape_that_no_array_has_are_refused(opened):
    packed = gzip.compress(header(described(shape="(70368744177664, 262144)", order="True")))
    with pytest.raises(FormatError, match="of memory, more than"):
        opened(packed, "codes.npy.gz")


@pytest.mark.parametrize("false", ["False", "np.False_", "np.bool_(False)"])
@pytest.mark.parametrize("size", ["5", "np.int64(5)", "np.uint32(5)"])
def test_a_header_with_what_numpy_2_prints_is_read(tmp_path, false, size):
    header = (
        f"{{'descr': '<f4', 'fortran_order': {false}, 'shape': ({size}, 4), }}".ljust(117)
        + "\n"
    )
    values = np.arange(20, dtype="<f4")
    path = tmp_path / "x.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + values.tobytes())  # fmt: skip
    assert np.array_equal(latentcli.load(path), values.reshape(5, 4))


def test_a_header_that_is_no_literal_says_so_in_words(tmp_path):
    header = (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (np.float64(5.0), 4), }".ljust(117)
        + "\n"
    )
    path = tmp_path / "x.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + bytes(80))  # fmt: skip
    with pytest.raises(FormatError, match="more than a text, True or False and whole numbers"):
        latentcli.load(path)
