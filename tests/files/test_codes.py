import hashlib
import json
import zipfile
import zlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from safetensors.numpy import load_file, save_file

import latentcli
from latentcli.errors import FileError, FormatError, LatentError, ParameterError
from latentcli.files import array_writing, codes
from latentcli.files.array_writing import Blocks

VALUES = np.arange(72.0).reshape(2, 3, 12)
ENDINGS = [".npy", ".npz", ".safetensors", ".json"]


@pytest.fixture
def npy(tmp_path):
    def save(values, name="w.npy"):
        np.save(tmp_path / name, values)
        return f"{tmp_path}/{name}"

    return save


def save(path, values, **more):
    what = {"command": "test", "settings": {"t": 0.5}, "inputs": [], **more}
    array_writing.save(path, Blocks.of(values), **what)


# Addresses and axes.


@pytest.mark.parametrize(
    ("part", "expected", "axes"),
    [("", VALUES, "NLD"), ("[0]", VALUES[0], "LD"), ("[-1]", VALUES[-1], "LD"),
     ("[0:1]", VALUES[:1], "NLD"), ("[:, 1]", VALUES[:, 1], "ND"), ("[0,1]", VALUES[0, 1], "D"),
     ("[:,:,:2]", VALUES[:, :, :2], "NLD"), ("[::-1]", VALUES[::-1], "NLD"),
     ("[1, 0:2]", VALUES[1, :2], "LD")],
)  # fmt: skip
def test_a_slice_keeps_the_axes_of_samples_and_layers(npy, part, expected, axes):
    loaded = codes.load(npy(VALUES) + part)
    assert loaded.values.tolist() == expected.tolist()
    assert (loaded.axes, loaded.notes) == (axes, ())


def test_a_key_and_a_slice(tmp_path):
    np.savez(tmp_path / "w.npz", w=VALUES, other=VALUES + 1)
    loaded = codes.load(f"{tmp_path}/w.npz::w[1, :2]")
    assert loaded.values.tolist() == VALUES[1, :2].tolist()


def test_a_file_that_is_called_like_a_slice(npy):
    path = npy(VALUES, "w[0].npy")
    assert codes.load(path).values.shape == VALUES.shape
    assert codes.load(f"{path}[0]").values.shape == (3, 12)


@pytest.mark.parametrize(
    ("part", "message"),
    [("[2]", "out of bounds"), ("[0,0,0,0]", "too many indices"), ("[::0]", "cannot be zero"),
     ("[,]", "not an index"), ("[1:2:3:4]", "not an index"), ("[--1]", "not an index")],
)  # fmt: skip
def test_a_slice_that_is_not_there_is_a_usage_error(npy, part, message):
    with pytest.raises(ParameterError, match=message):
        codes.load(npy(VALUES) + part)


@pytest.mark.parametrize("part", ["[5:]", "[0,0,0]", "[:, :0]"])
def test_a_slice_of_nothing_holds_no_code(npy, part):
    with pytest.raises(FormatError, match="holds no code"):
        codes.load(npy(VALUES) + part)


def test_two_axes_are_decided_and_said(npy):
    loaded = codes.load(npy(VALUES[0]))
    assert (loaded.axes, loaded.samples) == ("ND", 3)
    (note,) = loaded.notes
    assert note.endswith(
        "(3, 12) is read as 3 codes of 12 numbers; `axes` LD reads 1 code of 3 layers of 12 "
        "numbers, `axes` TD one vector"
    )


@pytest.mark.parametrize("axes", ["LD", "ld"])
def test_axes_that_are_given_are_not_discussed(npy, axes):
    loaded = codes.load(npy(VALUES[0]), axes=axes)
    assert (loaded.axes, loaded.samples, loaded.notes) == ("LD", 1, ())
    assert loaded.rows().values.shape == (1, 3, 12)


def test_one_row_is_one_code_without_a_word(npy):
    assert codes.load(npy(VALUES[0, :1])).notes == ()


@pytest.mark.parametrize(
    ("values", "axes", "message"),
    [(VALUES, "LD", r"does not have the axes LD"), (VALUES, "NN", "`axes` is NN; it must be one letter for each axis"),
     (np.ones((4, 8, 8)), "", "can be read in two ways: `axes` CHW, .* or `axes` NLD"),
     (np.ones((1, 1, 1, 1, 1, 2)), "", "needs `axes`: one letter for each axis, .* here 6 letters")],
)  # fmt: skip
def test_axes_that_do_not_fit(npy, values, axes, message):
    with pytest.raises(LatentError, match=message):
        codes.load(npy(values), axes=axes)


# What is refused.


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_numbers_that_are_none_are_refused_with_their_row(npy, bad, dtype):
    values = np.zeros((7, 5), dtype)
    values[4, 2] = bad
    with pytest.raises(FormatError, match="NaN or infinity in row 4"):
        codes.load(npy(values))
    assert codes.load(npy(values) + "[:4]").samples == 4
    assert codes.load(npy(values), finite=False).samples == 7


@pytest.mark.parametrize(
    ("values", "message"),
    [(np.array([{}, 1], dtype=object), "Python objects"), (np.array(["a"]), "not real numbers"),
     (np.array([1j]), "not real numbers"), (np.array(1.0), "a single number"),
     (np.ones((0, 3)), "an empty array"), (np.ones((3, 0)), "an empty array")],
)  # fmt: skip
def test_what_is_no_code_is_refused(tmp_path, values, message):
    np.save(tmp_path / "w.npy", values, allow_pickle=True)
    with pytest.raises(FormatError, match=message):
        codes.load(f"{tmp_path}/w.npy")


def test_a_key_that_is_not_there_lists_those_that_are(tmp_path):
    np.savez(tmp_path / "w.npz", w=VALUES, q=VALUES[0])
    with pytest.raises(FormatError, match=r"no array 'v'\. It holds w \(2, 3, 12\) float64, q"):
        codes.load(f"{tmp_path}/w.npz::v")
    with pytest.raises(FileError, match="no such file"):
        codes.load(f"{tmp_path}/none.npy[0]")


# What people have.


def test_every_format_gives_the_same_codes(tmp_path):
    values = np.array([[0.5, -1.25], [3, 4e-3], [5, 6]])
    np.save(tmp_path / "a.npy", values)
    np.savez(tmp_path / "a.npz", z=values)
    save_file({"z": values}, tmp_path / "a.safetensors")
    (tmp_path / "a.json").write_text(json.dumps(values.tolist()))
    lines = "\n".join(",".join(map(str, row)) for row in values.tolist())
    (tmp_path / "a.csv").write_text(lines)
    (tmp_path / "a.tsv").write_text("x\ty\n" + lines.replace(",", "\t"))
    pq.write_table(pa.table({"z": values.tolist()}), tmp_path / "a.parquet")
    for path in tmp_path.glob("a.*"):
        assert codes.load(str(path)).values.tolist() == values.tolist(), path.name


def test_plain_arrays_are_mapped_not_read(npy):
    assert isinstance(codes.load(npy(VALUES)).values, np.memmap)


# Writing.


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 3, 12), (1, 1)])
def test_dtype_and_shape_come_back(tmp_path, ending, dtype, shape):
    values = np.random.default_rng(0).normal(size=shape).astype(dtype)
    path = tmp_path / f"out{ending}"
    save(path, values)
    loaded = codes.load(str(path))
    assert loaded.values.shape == shape
    assert loaded.values.dtype == (np.float64 if ending == ".json" else dtype)
    assert (loaded.values == values).all()


@given(
    arrays.arrays(
        np.float32, (3, 2), elements=st.floats(width=32, allow_nan=False, allow_infinity=False)
    )
)
def test_numpy_load_reads_the_bits(tmp_path_factory, values):
    folder = tmp_path_factory.mktemp("bits")
    save(folder / "a.npy", values)
    save(folder / "a.npz", values)
    assert np.load(folder / "a.npy").tobytes() == values.tobytes()
    assert np.load(folder / "a.npz")["codes"].tobytes() == values.tobytes()


def test_others_read_what_is_written(tmp_path):
    for ending in ENDINGS:
        save(tmp_path / f"a{ending}", VALUES)
    assert (np.load(tmp_path / "a.npy", allow_pickle=False) == VALUES).all()
    assert sorted(np.load(tmp_path / "a.npz", allow_pickle=False)) == ["__meta__", "codes"]
    assert (load_file(tmp_path / "a.safetensors")["codes"] == VALUES).all()
    assert json.loads((tmp_path / "a.json").read_text())["codes"] == VALUES.tolist()


@pytest.mark.parametrize("ending", ENDINGS)
def test_where_it_came_from_travels_with_it(tmp_path, npy, ending):
    source = npy(VALUES)
    path = tmp_path / f"out{ending}"
    extra = {"direction": {"intercept": -1.5}}
    save(path, VALUES[0, 0], inputs=[f"{source}[0]", "king"], extra=extra)
    meta = codes.load(str(path)).meta
    content = (tmp_path / "w.npy").read_bytes()
    written = zlib.crc32(VALUES[0, 0].tobytes())
    assert meta.pop("crc32", f"{written:08x}") == f"{written:08x}"
    assert meta == {
        "command": "test",
        "version": latentcli.__version__,
        "settings": {"t": 0.5},
        "inputs": [
            {
                "address": f"{source}[0]",
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            },
            {"address": "king"},
        ],
        "direction": {"intercept": -1.5},
    }
    assert (tmp_path / f"out{ending}.json").exists() is (ending in (".npy", ".safetensors"))


@pytest.mark.parametrize("beside", [b"[1, 2]", b"{", b"\xff\xfe", b"null", b'"text"'])
def test_provenance_that_is_none_is_no_failure(npy, tmp_path, beside):
    path = npy(VALUES)
    (tmp_path / "w.npy.json").write_bytes(beside)
    assert codes.load(path).meta == {}


def test_parts_are_written_as_they_come(tmp_path):
    parts = (VALUES[i : i + 1] for i in range(2))
    result = Blocks(VALUES.shape, VALUES.dtype, parts)
    array_writing.save(tmp_path / "a.npz", result, command="test", settings={}, inputs=[])
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        assert archive.testzip() is None
    assert (np.load(tmp_path / "a.npz")["codes"] == VALUES).all()


def failing():
    yield VALUES[:1]
    raise LatentError("in the middle")


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("there", [False, True])
def test_what_fails_half_way_leaves_things_as_they_were(tmp_path, ending, there):
    path = tmp_path / f"out{ending}"
    if there:
        save(path, VALUES)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(LatentError, match="in the middle"):
        array_writing.save(
            path, Blocks((2, 3, 4), VALUES.dtype, failing()), command="", settings={}, inputs=[]
        )
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(array_writing.npy, "write_parts", full)
    for ending in (".npy", ".npz"):
        with pytest.raises(FileError, match=r"cannot write .*: No space left on device$"):
            save(tmp_path / f"out{ending}", VALUES)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["", ".txt", ".csv", ".npy.gz"])
def test_an_ending_that_is_not_written(tmp_path, ending):
    with pytest.raises(
        ParameterError, match=r"arrays are written as \.npy, \.npz, \.safetensors, \.json"
    ):
        save(tmp_path / f"out{ending}", VALUES)


def test_a_folder_in_the_way(tmp_path):
    (tmp_path / "a.npy").mkdir()
    (tmp_path / "b.npy.json").mkdir()
    for name in ("a.npy", "b.npy"):
        with pytest.raises(FileError, match="is a folder"):
            save(tmp_path / name, VALUES)
    with pytest.raises(FileError, match="there is no folder"):
        save(tmp_path / "missing" / "a.npy", VALUES)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.npy", "b.npy.json"]


def saved(path, values, command="edit"):
    array_writing.save(path, Blocks.of(values), command=command, settings={}, inputs=[])


def test_provenance_is_of_its_own_array_only(tmp_path):
    path = tmp_path / "d.npy"
    saved(path, np.eye(3)[0], "direction")
    assert codes.load(str(path)).meta["command"] == "direction"
    np.save(path, np.eye(3)[1])
    found = codes.load(str(path))
    assert found.meta == {}
    assert "belongs to another array" in found.notes[0]


def test_a_file_that_is_not_ours_is_not_replaced(tmp_path):
    mine = tmp_path / "own.npy.json"
    mine.write_text('{"mine": 1}')
    with pytest.raises(
        FileError, match=r"own\.npy\.json is there already, and was not written by latent"
    ):
        saved(tmp_path / "own.npy", np.eye(2))
    assert mine.read_text() == '{"mine": 1}'
    assert not (tmp_path / "own.npy").exists()
    saved(tmp_path / "again.npy", np.eye(2))
    saved(tmp_path / "again.npy", np.eye(3))
    assert codes.load(str(tmp_path / "again.npy")).meta["command"] == "edit"
