import io
import os
import pickle
import sys
import types
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from latentcli.errors import FormatError
from latentcli.files import codes, contents
from latentcli.files.store.cache import open_entry

KINDS = {
    "DoubleStorage": "<f8", "FloatStorage": "<f4", "HalfStorage": "<f2", "LongStorage": "<i8",
    "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "i1", "ByteStorage": "u1",
}  # fmt: skip
RNG = np.random.default_rng(0)
LATENTS = RNG.normal(size=(4, 18, 5)).astype(np.float32)


class Tensor:
    """A tensor as PyTorch pickles it: storage, offset, shape, strides."""

    def __init__(self, values, *, kind=None, view=None, data=None):
        self.values = np.ascontiguousarray(values)
        self.kind = kind or next(
            k for k, v in KINDS.items() if np.dtype(v) == self.values.dtype
        )
        strides = tuple(step // self.values.itemsize for step in self.values.strides)
        self.view = view or (0, self.values.shape, strides)
        self.data = self.values.tobytes() if data is None else data


class Writer(pickle.Pickler):
    """Writes what torch.save writes, naming functions of a package that is not there."""

    def __init__(self, out, torch):
        super().__init__(out, protocol=2)
        self.torch = torch
        self.storages = []

    def persistent_id(self, value):
        if not isinstance(value, tuple) or value[:1] != ("storage of",):
            return None
        tensor = value[1]
        self.storages.append(tensor.data)
        kind = getattr(self.torch, tensor.kind)
        return "storage", kind, str(len(self.storages) - 1), "cuda:0", tensor.values.size

    def reducer_override(self, value):
        if not isinstance(value, Tensor):
            return NotImplemented
        offset, shape, strides = value.view
        of = ("storage of", value)
        return self.torch._utils._rebuild_tensor_v2, (
            of,
            offset,
            shape,
            strides,
            False,
            OrderedDict(),
        )


@pytest.fixture
def torch(monkeypatch):
    """Names of PyTorch, enough to be pickled; the reader has none."""
    package, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for kind in [*KINDS, "BFloat16Storage"]:
        setattr(package, kind, type(kind, (), {"__module__": "torch"}))

    def rebuild():
        raise AssertionError("called")

    rebuild.__module__, rebuild.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = rebuild
    package._utils = utils
    monkeypatch.setitem(sys.modules, "torch", package)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)
    return package


@pytest.fixture
def saved(torch, tmp_path):
    def save(value, name="latents.pt", order=b"little"):
        out = io.BytesIO()
        writer = Writer(out, torch)
        writer.dump(value)
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("latents/data.pkl", out.getvalue())
            archive.writestr("latents/byteorder", order)
            for number, data in enumerate(writer.storages):
                archive.writestr(f"latents/data/{number}", data)
            archive.writestr("latents/version", "3\n")
        return str(path)

    return save


def test_a_tensor_of_codes(saved):
    loaded = codes.load(saved(Tensor(LATENTS)), axes="NLD")
    assert loaded.axes == "NLD"
    assert loaded.values.dtype == np.float32
    assert (loaded.values == LATENTS).all()


@pytest.mark.parametrize("kind", KINDS)
def test_every_storage(saved, kind):
    values = (np.arange(6).reshape(2, 3)).astype(KINDS[kind])
    loaded = codes.load(saved(Tensor(values, kind=kind)))
    assert loaded.values.dtype == values.dtype
    assert loaded.values.tolist() == values.tolist()


def test_bfloat16_becomes_float32(saved):
    halves = np.array([[0x3F80, 0xC000, 0x3FC0]], dtype="<u2")  # 1, -2, 1.5
    loaded = codes.load(saved(Tensor(halves, kind="BFloat16Storage")))
    assert loaded.values.tolist() == [[1, -2, 1.5]]
    assert loaded.values.dtype == np.float32


def test_bytes_of_another_order(saved):
    values = np.array([[1.0, 2.0]])
    tensor = Tensor(values, data=values.astype(">f8").tobytes())
    assert codes.load(saved(tensor, order=b"big")).values.tolist() == [[1, 2]]


def test_a_view_of_a_storage(saved):
    """Columns of eigenvectors, transposed: offset 1, steps 1 and 4."""
    whole = np.arange(12.0).reshape(3, 4)
    loaded = codes.load(saved(Tensor(whole, view=(1, (3, 3), (1, 4)))))
    assert loaded.values.tolist() == whole[:, 1:].T.tolist()


@pytest.mark.parametrize("make", [dict, OrderedDict])
def test_a_dict_of_tensors_is_asked_by_key(saved, make):
    """As GANSpace's: comp (80, 1, 512), mean (1, 512), std (80,)."""
    comp, mean, std = RNG.normal(size=(8, 1, 5)), RNG.normal(size=(1, 5)), np.ones(8)
    content = make(ckpt="x.pkl", comp=Tensor(comp), mean=Tensor(mean), std=Tensor(std))
    path = saved(content)
    assert (codes.load(f"{path}::comp").values == comp).all()
    assert (codes.load(f"{path}::mean").values == mean).all()
    with pytest.raises(FormatError, match=r"several arrays \(comp \(8, 1, 5\) float64"):
        codes.load(path)


def test_lists_and_dicts_in_dicts(saved):
    path = saved({"styles": [Tensor(np.ones((1, 3))), Tensor(np.zeros((1, 3)))]})
    assert codes.load(f"{path}::styles.1").values.tolist() == [[0, 0, 0]]


def test_it_can_be_searched_like_any_array(saved):
    entry = open_entry(saved(Tensor(LATENTS)))
    assert entry.matrix.shape == (4, 90)
    assert entry.meta["format"] == "PyTorch tensors"


class Trap:
    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("inside", [False, True])
def test_nothing_in_it_is_run(saved, tmp_path, inside):
    trap = Trap(tmp_path / "sprung")
    path = saved({"w": Tensor(LATENTS), "trap": trap} if inside else trap)
    with pytest.raises(FormatError, match=r"which is a Python pickle: .*\.mkdir"):
        codes.load(path)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("named", [len, dict, types.SimpleNamespace, np.ndarray], ids=str)
def test_no_other_name_is_let_in(saved, named):
    with pytest.raises(FormatError, match="it asks for"):
        codes.load(saved({"w": Tensor(LATENTS), "other": named}))


@pytest.mark.parametrize(
    "view",
    [(0, (5, 3), (3, 1)), (4, (2, 3), (3, 1)), (0, (10**9,), (0,)), (-1, (2,), (1,)),
     (0, (2, 3), (-3, 1)), (0, (2, 3), (1,)), (0, (True, 3), (3, 1)), (0, "ab", (1, 1))],
    ids=str,
)  # fmt: skip
def test_a_tensor_stays_within_its_storage(saved, view):
    with pytest.raises(FormatError, match=r"damaged|reaches beyond"):
        codes.load(saved(Tensor(np.ones((2, 3)), view=view)))


def test_numbers_that_are_not_there(saved):
    with pytest.raises(FormatError, match="truncated: a tensor's 48 bytes"):
        codes.load(saved(Tensor(np.ones((2, 3)), data=bytes(40))))


@pytest.mark.parametrize(
    "content", [b"", b"\x80\x02", b"\x80\x02}.", b"cos\nsystem\n.", b"\x80\x02(l."]
)
def test_a_damaged_pickle_is_one_line(tmp_path, content):
    path = tmp_path / "x.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x/data.pkl", content)
    with pytest.raises(FormatError) as error:
        codes.load(str(path))
    assert "a PyTorch file, which is a Python pickle: only plain tensors" in str(error.value)
    assert str(error.value).isprintable()


CASES = Path(
    os.environ.get(
        "LATENT_TEST_CASES", Path(__file__).resolve().parents[4] / "shared" / "cases"
    )
)


@pytest.mark.parametrize(
    ("name", "shape"),
    [("old.pt", (3, 512)), ("param.pt", (4, 512)), ("list.pt", (2, 18, 512)),
     ("a.latent", (1, 4, 64, 64))],
)  # fmt: skip
def test_files_that_people_had(name, shape):
    path = CASES / "latents" / name
    if not path.exists():
        pytest.skip(f"no cases at {CASES}")
    entry = open_entry(str(path))
    assert tuple(entry.meta["shape"]) == shape
    assert np.isfinite(entry.matrix).all()


def test_a_list_of_one_shape_is_one_array_and_each_has_its_key(saved):
    one, two = np.ones((2, 3)), np.zeros((2, 3))
    path = saved([Tensor(one), Tensor(two)])
    assert codes.load(path, axes="NLD").values.tolist() == [one.tolist(), two.tolist()]
    assert codes.load(f"{path}::1").values.tolist() == two.tolist()


def test_lists_of_several_shapes_are_asked_by_key(saved):
    path = saved([Tensor(np.ones((2, 3))), Tensor(np.zeros((1, 3)))])
    with pytest.raises(FormatError, match="several arrays"):
        codes.load(path)


def test_attributes_of_a_state_dict_are_left_out(tmp_path, torch, saved):
    """torch.save of a state_dict sets `_metadata` on the dict by BUILD."""

    class State(OrderedDict):
        def __reduce__(self):
            return OrderedDict, (), {"_metadata": {}}, None, iter(self.items())

    content = State()
    content["weight"] = Tensor(LATENTS[0])
    assert (codes.load(f"{saved(content)}::weight").values == LATENTS[0]).all()


def test_all_tensors_are_listed(saved):
    path = saved({"z": Tensor(LATENTS), "step": Tensor(np.arange(3), kind="LongStorage")})
    listed = contents.arrays_in(Path(path))
    assert listed == f"z {LATENTS.shape} float32, step (3,) int64"
