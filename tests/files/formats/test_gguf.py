"""GGUF beside the package that llama.cpp keeps for it, and headers that lie."""

import struct

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFWriter, quants

from latentcli.errors import FormatError
from latentcli.files import codes
from latentcli.files.arrays import AmbiguousError
from latentcli.files.load import read_array
from latentcli.files.store.cache import open_entry

CHANCE = np.random.default_rng(0)


def written(path, tensors, *, architecture="controlvector", tokens=None, **options):
    """Write tensors (arrays, or pairs of quantized bytes and a type) with the package."""
    writer = GGUFWriter(path, architecture, **options)
    writer.add_string("general.name", "made by a test")
    writer.add_array("some.numbers", [1, 2, 3])
    writer.add_array("some.nested", [[1, 2], [3]])
    if tokens:
        writer.add_token_list(tokens)
    for name, values in tensors.items():
        kind = None
        if isinstance(values, tuple):
            values, kind = values
        writer.add_tensor(name, values, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return str(path)


def quantized(values, kind):
    return quants.quantize(values, kind), kind


def test_a_control_vector_is_one_array_in_the_order_of_layers(tmp_path):
    values = CHANCE.normal(size=(12, 8)).astype("f4")
    order = [10, 2, 1, 12, 3, 4, 5, 6, 7, 8, 9, 11]
    path = written(
        tmp_path / "x.gguf", {f"direction.{layer}": values[layer - 1] for layer in order}
    )
    loaded = codes.load(path)
    assert loaded.values.tobytes() == values.tobytes()
    assert (loaded.axes, loaded.guessed) == ("LD", False)
    assert "row 0 is layer 1, the last row layer 12" in loaded.notes[0]
    one = codes.load(f"{path}::direction.10")
    assert one.values.tolist() == values[9].tolist()
    assert open_entry(path).matrix.tobytes() == values.tobytes()


def test_layers_that_are_missing_are_said(tmp_path):
    values = np.eye(2, dtype="f4")
    path = written(tmp_path / "x.gguf", {"direction.3": values[0], "direction.9": values[1]})
    assert codes.load(path).notes[0].endswith("the last row layer 9, with gaps")


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i1", "i2", "i4", "i8"])
@pytest.mark.parametrize("shape", [(6,), (3, 2), (3, 1, 2), (64, 5)])
def test_plain_tensors_are_read_as_the_package_writes_them(tmp_path, dtype, shape):
    values = (CHANCE.normal(size=shape) * 50).astype(dtype)
    path = written(tmp_path / "x.gguf", {"other": np.ones(3, "f4"), "z": values})
    loaded = read_array(f"{path}::z")
    assert (loaded.values.dtype, loaded.values.shape) == (values.dtype, shape)
    assert loaded.values.tobytes() == values.tobytes()
    # Nothing is mapped or skipped twice where the file is packed.
    assert (
        open_entry(f"{path}::z").matrix.ravel().tolist() == values.ravel().astype("f4").tolist()
    )


@pytest.mark.parametrize("kind", [GGMLQuantizationType.BF16, GGMLQuantizationType.Q8_0])
@pytest.mark.parametrize("shape", [(64,), (7, 96)])
def test_quantized_tensors_are_what_the_package_makes_of_them(tmp_path, kind, shape):
    values = CHANCE.normal(size=shape).astype("f4")
    data, _ = quantized(values, kind)
    path = written(tmp_path / "x.gguf", {"z": (data, kind)})
    loaded = read_array(path)
    assert loaded.values.shape == shape
    assert loaded.values.tobytes() == quants.dequantize(data, kind).reshape(shape).tobytes()
    entry = open_entry(path)
    assert entry.meta["dtype"] == {"BF16": "bfloat16", "Q8_0": "q8_0"}[kind.name]
    assert np.abs(entry.matrix - values.reshape(entry.matrix.shape)).max() < 0.02


def test_a_type_that_is_not_read_is_named(tmp_path):
    data = quantized(CHANCE.normal(size=(2, 32)).astype("f4"), GGMLQuantizationType.Q4_0)
    path = written(tmp_path / "x.gguf", {"q": data, "z": np.ones((2, 3), "f4")})
    with pytest.raises(
        FormatError, match="'q' is Q4_0, which cannot be read; F32, F16, BF16 and Q8_0"
    ):
        read_array(f"{path}::q")
    assert read_array(path).values.shape == (2, 3)


def test_big_endian(tmp_path):
    from gguf import GGUFEndian

    values = np.arange(6, dtype="f4").reshape(2, 3)
    path = written(tmp_path / "x.gguf", {"z": values}, endianess=GGUFEndian.BIG)
    assert read_array(path).values.tolist() == values.tolist()
    assert open_entry(path).matrix.tolist() == values.tolist()


def test_the_embeddings_of_a_model_have_its_tokens_as_words(tmp_path):
    values = np.arange(12, dtype="f4").reshape(4, 3)
    tokens = ["<s>", "▁king", "queen", "\n"]
    tensors = {"output.weight": np.ones((4, 3), "f4"), "token_embd.weight": values}
    path = written(tmp_path / "x.gguf", tensors, architecture="llama", tokens=tokens)
    entry = open_entry(path)
    assert [word for _, word in entry.vocabulary.items()] == tokens
    assert entry.matrix.tolist() == values.tolist()
    # Fewer tokens than rows name nothing.
    path = written(tmp_path / "y.gguf", tensors, architecture="llama", tokens=tokens[:3])
    assert open_entry(path).matrix.tolist() == values.tolist()


def test_several_tensors_are_listed(tmp_path):
    path = written(tmp_path / "x.gguf", {"a": np.ones(3, "f4"), "b": np.ones(4, "f4")})
    with pytest.raises(AmbiguousError, match=r"a \(3,\) float32, b \(4,\) float32"):
        read_array(path)


@pytest.mark.parametrize("ending", ["gz", "xz"])
def test_packed(tmp_path, ending):
    import gzip
    import lzma
    from pathlib import Path

    values = np.arange(12, dtype="f4").reshape(2, 6)
    path = Path(
        written(tmp_path / "x.gguf", {"direction.2": values[1], "direction.1": values[0]})
    )
    packed = tmp_path / f"x.gguf.{ending}"
    packed.write_bytes({"gz": gzip, "xz": lzma}[ending].compress(path.read_bytes()))
    assert codes.load(str(packed)).values.tolist() == values.tolist()


# ---- headers that lie


def text(value):
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack("<Q", len(data)) + data


def info(name="z", dims=(2, 2), kind=0, offset=0):
    return (
        text(name) + struct.pack("<I", len(dims)) + struct.pack(f"<{len(dims)}Q", *dims)
        + struct.pack("<IQ", kind, offset)
    )  # fmt: skip


ONE = info()


def made(infos=(ONE,), values=(), data=b"\x00\x00\x80?" * 4, version=3, counts=None):
    tensors, keys = counts or (len(infos), len(values))
    head = b"GGUF" + struct.pack("<IQQ", version, tensors, keys) + b"".join(values)
    head += b"".join(infos)
    return head + b"\0" * (-len(head) % 32) + data


def u32(name, value):
    return text(name) + struct.pack("<II", 4, value)


def array(name, kind, count, data=b""):
    return text(name) + struct.pack("<IIQ", 9, kind, count) + data


def test_the_files_made_here_are_right_ones(put):
    assert read_array(str(put(made(), "x.gguf"))).values.tolist() == [[1, 1], [1, 1]]
    assert read_array(str(put(made(version=2), "x.gguf"))).values.tolist() == [[1, 1], [1, 1]]


NESTED = struct.pack("<IQ", 9, 1) * 9


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"GGUF", "it ends early"),
        (made()[:40], "it ends early"),
        (made(version=1), "of version 1; 2 and 3 are read"),
        (made(version=2**31), "of version 2147483648"),
        (made(counts=(2**63, 0)), "promises 9,223,372,036,854,775,808 tensors"),
        (made(counts=(1, 2**63)), "promises"),
        (made([text(b"x" * 1001)]), "names of more than 1,000 bytes"),
        (made([struct.pack("<Q", 2**63) + b"x"]), "it takes more than 64 MB"),
        (made([info(b"\xff")]), "utf-8"),
        (made([info(dims=(1,) * 9)]), "9 axes"),
        (made([info(dims=(2**62, 2))]), "impossible shape or place"),
        (made([info(dims=(2**32, 2**32))]), "truncated: the numbers of 'z' are not there"),
        (made([info(offset=2**63)]), "impossible shape or place"),
        (made([info(offset=16)]), "impossible shape or place"),
        (made([info(offset=32)]), "truncated: the numbers of 'z' are not there"),
        (made([info(), info()]), "'z' is there twice"),
        (made([info("a"), info("b")]), "the bytes of 'a' and 'b' overlap"),
        (made([info(kind=8, dims=(31, 2))]), "do not divide into blocks of 32"),
        (made([info(kind=77)]), "'z' is of type 77, which cannot be read"),
        (made([info(dims=())]), "a single number"),
        (made([info(dims=(0, 2))]), "an empty array"),
        (made(values=[u32("a", 1), u32("a", 1)]), "'a' is there twice"),
        (made(values=[u32("general.alignment", 0)]), "its alignment is not a power of 2"),
        (made(values=[u32("general.alignment", 24)]), "its alignment is not a power of 2"),
        (made(values=[text("a") + struct.pack("<I", 13)]), "unknown type 13"),
        (made(values=[array("a", 12, 2**61)]), "it takes more than 64 MB"),
        (made(values=[array("a", 0, 2**20)]), "it ends early"),
        (made(values=[array("a", 8, 2**61)]), "it takes more than 64 MB"),
        (made(values=[array("a", 9, 1, NESTED)]), "unknown type 9"),
        (made(infos=()), "no arrays in it"),
    ],
)  # fmt: skip
def test_a_header_that_lies_is_one_line(put, content, said):
    with pytest.raises(FormatError) as error:
        read_array(str(put(content, "x.gguf")))
    assert said in str(error.value)
    assert str(error.value).isprintable()


def test_every_cut_is_refused_or_whole(put):
    content = made([info(), info("b", (3,), 0, 32)], data=struct.pack("<11f", *range(11)))
    for length in range(4, len(content)):
        with pytest.raises(FormatError):
            read_array(str(put(content[:length], "x.gguf")) + "::z")
    assert read_array(str(put(content, "x.gguf")) + "::b").values.tolist() == [8, 9, 10]


def test_words_that_begin_with_the_magic_letters_are_text(opened):
    assert opened(b"GGUF 0.25 0.5\nking 1 2\n", "words.txt").matrix.tolist() == [
        [0.25, 0.5],
        [1, 2],
    ]
