import io
import pickle
import struct
import tarfile
import zipfile

import numpy as np
import pytest

from latentcli.errors import FileError, FormatError
from latentcli.files import formats
from latentcli.files.load import vectors_of
from latentcli.files.store.cache import open_entry

VALUES = np.random.default_rng(0).normal(size=(20, 5))


class Trap:
    """Unpickling this makes a folder."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        import os

        return os.mkdir, (str(self.path),)


def tarred():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("vectors.txt")
        info.size = 6
        archive.addfile(info, io.BytesIO(b"a 1 2\n"))
    return out.getvalue()


def zipped(name, content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()


REFUSED = {
    "empty": (b"", "the file is empty"),
    "torch": (
        zipped("archive/data.pkl", b"\x80\x02}."),
        "a PyTorch file, which is a Python pickle",
    ),
    "old torch": (pickle.dumps(0x1950A86A20F9469CFC6C, protocol=2), "a Python pickle"),
    "tar": (tarred(), "a tar archive; unpack it first"),
    "7z": (b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(24), "a 7z archive; unpack it first"),
    "zstd": (b"\x28\xb5\x2f\xfd\x04\x00", "a zstd file; unpack it first"),
    "HDF5": (
        b"\x89HDF\r\n\x1a\n" + bytes(100),
        "an HDF5 file; save its data set with numpy.save",
    ),
    "SQLite": (b"SQLite format 3\x00" + bytes(84), "a damaged SQLite database"),
    "finalfusion": (b"FiFu\x00\x00\x00\x00", "a damaged finalfusion file"),
    "UTF-16": ("a 1 2\n".encode("utf-16"), "text in UTF-16; convert it with: iconv -f UTF-16"),
    "UTF-16 BE": (b"\xfe\xff\x00a", "text in UTF-16"),
    "raw numbers": (VALUES.astype("<f8").tobytes(), "binary data without a header"),
    "raw float32": (VALUES.astype("<f4").tobytes(), "binary data without a header"),
    "prose": (
        b"It was the best of times,\nit was the worst of times.\n",
        "text, but its lines",
    ),
    "HTML": (b"<!DOCTYPE html>\n<html><body>404</body></html>\n", "a web page, not vectors"),
    "LFS pointer": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 12\n",
        "a Git LFS pointer",
    ),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_read_is_named_in_one_line(opened, content, message):
    with pytest.raises(FormatError) as error:
        opened(content, "thing.bin")
    assert str(error.value).startswith("thing.bin: ")
    assert message in str(error.value)
    assert str(error.value).isprintable()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_is_never_loaded(put, tmp_path, protocol):
    path = put(pickle.dumps(Trap(tmp_path / "sprung"), protocol=protocol), "thing.pkl")
    with pytest.raises(FormatError):
        open_entry(str(path))
    assert not (tmp_path / "sprung").exists()
    pickle.loads(path.read_bytes())
    assert (tmp_path / "sprung").exists(), "the trap is no trap"


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_pickle_is_called_by_its_name(opened, protocol):
    with pytest.raises(
        FormatError, match="a Python pickle, which can run code and is never loaded"
    ):
        opened(pickle.dumps([1, 2], protocol=protocol), "thing.pkl")


def test_every_format_can_be_imported_and_asked():
    for name in formats.FORMATS:
        reader = formats.reader_of(name)
        assert callable(reader.sniff)
        assert callable(reader.read)


def test_bytes_after_noise_are_not_mistaken(opened):
    """A header of word2vec needs its rows: here is the first line of a fixed-width table."""
    with pytest.raises(FormatError):
        opened(b"10 20\n" + struct.pack("<40d", *range(40)), "thing.bin")


@pytest.mark.parametrize("name", ["a.npy", "a.txt", "a.npz"])
def test_small_files_are_loaded_whole_at_their_own_precision(tmp_path, name):
    path = tmp_path / name
    if name == "a.npz":
        np.savez(path, w=VALUES, words=np.array([f"w{n}" for n in range(20)]))
    elif name == "a.npy":
        np.save(path, VALUES)
    else:
        path.write_text(
            "".join(
                f"w{n} {' '.join(map(str, row))}\n"
                for n, row in enumerate(VALUES.astype(np.float32))
            )
        )
    words, rows = vectors_of(str(path))
    assert rows.dtype == np.float64
    expected = VALUES.astype(np.float32) if name == "a.txt" else VALUES
    assert rows.tolist() == expected.tolist()
    assert words == (
        [f"{path}[{n}]" for n in range(20)] if name == "a.npy" else [f"w{n}" for n in range(20)]
    )


def test_a_single_row_is_called_by_its_file(tmp_path):
    np.save(tmp_path / "z.npy", VALUES[0])
    assert vectors_of(f"{tmp_path}/z.npy")[0] == [f"{tmp_path}/z.npy"]


@pytest.mark.parametrize("content", [b"", b"3 2\n\n", b"prose only"])
def test_a_file_without_rows_is_refused(put, content):
    with pytest.raises(FileError, match=r"^z\.bin: "):
        vectors_of(str(put(content, "z.bin")))
