import sys
from pathlib import Path

import numpy as np
import pytest

from latentcli.errors import FormatError
from latentcli.files import codes
from latentcli.files.store.cache import open_entry

h5py = pytest.importorskip("h5py")
VALUES = np.random.default_rng(0).normal(size=(6, 3, 4))


@pytest.fixture
def saved(tmp_path):
    def save(**arrays):
        path = tmp_path / "codes.h5"
        with h5py.File(path, "w") as file:
            for name, values in arrays.items():
                file[name] = values
        return str(path)

    return save


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_lone_data_set(saved, dtype):
    loaded = codes.load(saved(w=VALUES.astype(dtype)), axes="NLD")
    assert (loaded.axes, loaded.values.dtype) == ("NLD", np.dtype(dtype))
    assert (loaded.values == VALUES.astype(dtype)).all()


def test_keys_may_lie_in_groups(saved, tmp_path):
    path = saved(z=VALUES[:, 0], other=VALUES)
    with h5py.File(path, "a") as file:
        file["deep/w"] = VALUES[0]
    for key in ("deep/w", "/deep/w"):
        assert (codes.load(f"{path}::{key}").values == VALUES[0]).all()
    with pytest.raises(FormatError, match=r"no array 'q'\. It holds .*deep/w \(3, 4\) float64"):
        codes.load(f"{path}::q")


def test_text_beside_is_left_alone(saved):
    assert codes.load(saved(z=VALUES[:, 0], names=["a"] * 6)).values.shape == (6, 4)


def test_a_field_of_a_table_is_an_array(saved, tmp_path):
    """As Pandas writes a frame with format="table": its numbers are one field, beside it an index."""
    rows = np.zeros(6, [("index", "i8"), ("values_block_0", "f4", (4,)), ("name", "S3")])
    rows["values_block_0"] = VALUES[:, 0]
    path = saved(**{"codes/table": rows, "codes/_i_table/index/sorted": np.zeros((2, 9), "i8")})
    loaded = codes.load(path)
    assert (loaded.values == VALUES[:, 0].astype("f4")).all()
    assert (codes.load(f"{path}::codes/table/values_block_0").values == loaded.values).all()
    with pytest.raises(FormatError, match=r"It holds .*codes/table/index"):
        codes.load(f"{path}::codes/table/name")


def test_one_axis_is_one_code(saved):
    assert codes.load(saved(z=np.arange(3.0))).axes == "D"


def test_it_can_be_searched_like_any_array(saved):
    assert open_entry(saved(z=VALUES)).matrix.shape == (6, 12)


def test_numbers_that_are_only_promised_are_not_made(tmp_path):
    path = tmp_path / "bomb.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("z", (10**9, 512), "f4", chunks=(1000, 512))
    with pytest.raises(FormatError, match="more numbers than the file can hold"):
        codes.load(str(path))


def test_other_files_are_not_read(saved, tmp_path):
    path = tmp_path / "outside.h5"
    (tmp_path / "secret").write_bytes(bytes(64))
    with h5py.File(path, "w") as file:
        file.create_dataset("z", (8,), "f8", external=[(str(tmp_path / "secret"), 0, 64)])
        file["linked"] = h5py.ExternalLink(saved(w=VALUES), "/w")
    with pytest.raises(FormatError, match="no arrays in it"):
        codes.load(str(path))


def test_a_damaged_file_is_one_line(saved, tmp_path):
    content = Path(saved(w=VALUES)).read_bytes()
    path = tmp_path / "half.h5"
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(FormatError, match=r"^half.h5: an HDF5 file.* cannot be read"):
        codes.load(str(path))


def test_without_h5py_it_says_what_to_do(saved, monkeypatch):
    path = saved(w=VALUES)
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(FormatError, match=r"pip install 'latentcli\[h5\]'"):
        codes.load(path)
