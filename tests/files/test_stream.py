import bz2
import gzip
import io
import lzma
import os
import zipfile
from pathlib import Path

import pytest

from latentcli.errors import FileError, FormatError
from latentcli.files.outputs import copy, written_beside
from latentcli.files.store.cache import open_entry
from latentcli.files.stream import Stream

TEXT = b"the 0.5 -1\nof 0.25 2\n"


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return out.getvalue()


PACK = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zip": lambda content: zipped(inside__txt=content),
}


@pytest.fixture(params=PACK)
def packer(request):
    return request.param, PACK[request.param]


@pytest.mark.parametrize("name", ["vectors.txt", "vectors"])
def test_compression_is_told_by_the_bytes(opened, table, packer, name):
    kind, pack = packer
    entry = opened(pack(TEXT), name)
    assert table(entry) == {"the": [0.5, -1], "of": [0.25, 2]}
    assert entry.meta["compression"] == kind


def test_compressed_streams_may_follow_each_other(opened, table):
    for pack in (gzip.compress, bz2.compress, lzma.compress):
        entry = opened(pack(TEXT[:11]) + pack(TEXT[11:]))
        assert list(table(entry)) == ["the", "of"]


def test_compression_in_compression_is_undone(opened, table):
    entry = opened(gzip.compress(lzma.compress(TEXT)))
    assert list(table(entry)) == ["the", "of"]
    assert entry.meta["compression"] == "gz.xz"


def test_the_largest_member_of_a_zip_is_read(opened, table):
    content = zipped(README__md="words", vectors__txt=TEXT, small__txt="a 1 2")
    entry = opened(content)
    assert list(table(entry)) == ["the", "of"]
    assert entry.meta["member"] == "vectors.txt"


def test_what_a_mac_puts_into_a_zip_is_left_out(opened):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("__MACOSX/._vectors.txt", b"x" * 1000)
        archive.writestr("folder/", b"")
        archive.writestr("folder/vectors.txt", TEXT)
    assert opened(out.getvalue()).meta["member"] == "folder/vectors.txt"


@pytest.mark.parametrize("keep", [0.2, 0.6, 0.95])
def test_a_truncated_archive_is_refused(opened, packer, keep):
    content = packer[1](b"".join(b"w%d %d 0.5\n" % (n, n * n) for n in range(5000)))
    with pytest.raises(
        FormatError, match=r"^vectors\.txt: .*(damaged|ends early|cannot be read)"
    ):
        opened(content[: int(len(content) * keep)])


def test_a_garbled_archive_is_refused(opened, packer):
    content = bytearray(packer[1](b"".join(b"w%d %d 0.5\n" % (n, n * n) for n in range(5000))))
    middle = len(content) // 2
    content[middle : middle + 8] = b"\xff\x00\xff\x00\xff\x00\xff\x00"
    with pytest.raises(
        FormatError, match=r"^vectors\.txt: .*(damaged|ends early|cannot be read)"
    ):
        opened(bytes(content))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            gzip.compress(zipped(a__txt=TEXT)),
            "a zip inside another archive or a pipe; unpack it",
        ),
        (
            zipped(a__zip=zipped(a__txt=TEXT)),
            "a zip inside another archive or a pipe; unpack it",
        ),
        (zipped(), "an empty zip archive"),
    ],
    ids=["zip in gz", "zip in zip", "empty zip"],
)
def test_archives_that_are_not_read_say_so(opened, content, message):
    with pytest.raises(FormatError) as error:
        opened(content)
    assert message in str(error.value)


def test_an_encrypted_zip_is_refused(opened):
    content = bytearray(zipped(a__txt=TEXT))
    content[6] |= 1  # in the member's header and in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(FormatError, match="encrypted, password required"):
        opened(bytes(content))


@pytest.mark.parametrize("filler", [b"\x00", b"\n", b"a 1 2\n", b" ", b"x"])
def test_a_bomb_is_refused_before_it_is_unpacked(opened, filler):
    start = bz2.compress(b"a 1 2\n")
    bomb = bz2.compress(filler * ((4 << 20) // len(filler))) * 250
    assert len(bomb) < 200_000
    with pytest.raises(FormatError, match=r"unpacks to more than|longer than|damaged"):
        opened(start + bomb)


def test_progress_counts_the_bytes_of_the_file(put, packer):
    content = packer[1](b"".join(b"w%d %d 0.5\n" % (n, n * n) for n in range(30_000)))
    path = put(content)
    seen = []
    open_entry(str(path), progress=lambda done, total: seen.append((done, total)))
    assert {total for _, total in seen} == {len(content)}
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] > 0.9 * len(content)


def test_looking_ahead_takes_nothing(put):
    with Stream(put(TEXT)) as stream:
        assert stream.head(3) == b"the"
        assert stream.head(100) == TEXT
        assert stream.read(4) == b"the "
        assert stream.read_exactly(100) == TEXT[4:]
        assert stream.read(1) == b""


def test_a_library_gets_the_file_itself_or_a_copy_that_is_removed(put):
    path = put(TEXT)
    with Stream(path) as stream:
        assert stream.unpacked() == path
    with Stream(put(gzip.compress(TEXT))) as stream:
        copied = stream.unpacked()
        assert stream.unpacked() == copied
        assert copied.read_bytes() == TEXT
    assert not copied.exists()


def test_no_file_stays_open(put, packer):
    def count():  # of this file: the threads of other tests open and close theirs
        return sum(descriptor.resolve() == path for descriptor in descriptors.iterdir())

    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("no /proc")
    path = put(packer[1](TEXT)).resolve()
    with Stream(path) as stream:
        stream.read(1)
        assert count() == 1
    assert count() == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absent.txt", "no such file: "),
        ("a\0b", "cannot open "),
        ("x" * 300, "cannot open "),
        ("vectors.txt/inside", "no such file: "),
        ("absent.txt::key", "no such file: "),
        ("empty", "is a folder, not a file"),
    ],
)
def test_a_path_that_is_no_file_is_refused(put, name, message):
    folder = put(TEXT).parent
    (folder / "empty").mkdir()
    with pytest.raises(FileError) as error:
        open_entry(f"{folder}/{name}")
    assert message in str(error.value)
    assert str(error.value).isprintable()


def test_a_name_too_long_for_files_beside_it_is_read(opened, table):
    assert list(table(opened(TEXT, "x" * 251 + ".txt"))) == ["the", "of"]


def test_a_name_that_is_not_utf8_is_read(tmp_path):
    path = tmp_path / os.fsdecode(b"na\xefve.txt")
    path.write_bytes(TEXT)
    assert not open_entry(str(path)).cached
    assert open_entry(str(path)).cached


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    target = tmp_path / "out.txt"
    target.write_text("old")

    def fail():
        with written_beside(target) as part:
            part.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert target.read_text() == "old"
    with written_beside(target) as part:
        part.write_text("new")
    assert target.read_text() == "new"
    assert [child.name for child in tmp_path.iterdir()] == ["out.txt"]


def test_a_written_file_is_as_readable_as_any_other(tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("")
    copy(plain, tmp_path / "copied")
    assert (tmp_path / "copied").stat().st_mode == plain.stat().st_mode


def test_a_file_in_no_folder_cannot_be_written(tmp_path):
    with (
        pytest.raises(FileError, match=r"cannot write .*No such file or directory"),
        written_beside(tmp_path / "absent" / "x"),
    ):
        pass


def two_in_a_zip(folder):
    path = folder / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("small.txt", "a 1 2\nb 3 4\n")
        archive.writestr("large.txt", "a 1 2 3\nb 4 5 6\nc 7 8 9\n")
    return path


def test_of_several_files_in_a_zip_the_largest_is_read_and_the_others_are_named(tmp_path):
    entry = open_entry(str(two_in_a_zip(tmp_path)))
    assert entry.matrix.shape == (3, 3)
    assert "large.txt" in entry.notes[0]
    assert "small.txt" in entry.notes[0]


def test_a_file_of_a_zip_can_be_named(tmp_path):
    entry = open_entry(f"{two_in_a_zip(tmp_path)}::small.txt")
    assert entry.matrix.shape == (2, 2)
    assert entry.notes == []
