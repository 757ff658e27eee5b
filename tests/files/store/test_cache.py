import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from latentcli.errors import FileError, FormatError
from latentcli.files.store import build, checks, clearing, folders, place
from latentcli.files.store import cache as store
from latentcli.files.store.cache import open_entry

HANGS = 300
"""Seconds after which a process hangs; nothing here is measured by it."""

TEXT = "the 0.5 -1\nof 0.25 2\nThe 1 1\n"


@pytest.fixture
def source(put):
    return put(TEXT)


@pytest.fixture
def no_parsing(monkeypatch):
    """Let any attempt to read a file of vectors fail."""

    def refuse(*_, **__):
        raise AssertionError("the file was read again")

    return lambda: monkeypatch.setattr(build, "build", refuse)


def content(entry):
    return list(entry.vocabulary.items()), entry.matrix.tobytes(), entry.norms.tobytes()


def python(code, *arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stderr=subprocess.PIPE, **options
    )


def test_a_second_opening_parses_nothing(source, no_parsing):
    first = open_entry(str(source))
    no_parsing()
    second = open_entry(str(source))
    assert (first.cached, second.cached) == (False, True)
    assert content(first) == content(second)
    assert {name: second.meta[name] for name in first.meta} == first.meta


def test_memory_and_cache_hold_the_same(source):
    kept, unkept = open_entry(str(source)), open_entry(str(source), cache=False)
    assert unkept.folder is None
    assert content(kept) == content(unkept)
    for word in ("the", "THE", "of", "absent"):
        assert kept.vocabulary.variants(word) == unkept.vocabulary.variants(word)
    meta = dict(kept.meta)
    assert {name: meta[name] for name in unkept.meta} == unkept.meta


def test_nothing_is_kept_if_not_wanted(source, own_cache):
    open_entry(str(source), cache=False)
    assert not own_cache.exists()


def test_norms_are_of_the_rows(source):
    np.testing.assert_allclose(
        open_entry(str(source)).norms, np.linalg.norm([[0.5, -1], [0.25, 2], [1, 1]], axis=1)
    )


def test_two_names_of_one_file_share_an_entry(source, tmp_path, no_parsing):
    open_entry(str(source))
    (tmp_path / "link.txt").symlink_to(source)
    no_parsing()
    assert open_entry(str(tmp_path / "link.txt")).cached


@pytest.mark.parametrize("change", ["content", "same size", "same size and time"])
def test_a_changed_file_is_read_again(source, change):
    before = source.stat()
    open_entry(str(source))
    source.write_text(TEXT.replace("0.5", "0.75" if change == "content" else "0.7"))
    if change == "same size and time":
        os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert source.stat().st_mtime_ns == before.st_mtime_ns
    entry = open_entry(str(source))
    assert entry.matrix[0, 0] > 0.6
    assert entry.notes == ["vectors.txt has changed since it was cached; reading it again"]
    assert len(clearing.entries()) == 1
    assert open_entry(str(source)).cached


PARTS = [
    "vectors.npy", "norms.npy", "meta.json", "words.utf8", "word_ends.npy", "word_hashes.npy",
    "word_hash_rows.npy", "word_form_hashes.npy", "word_form_rows.npy", "word_dropped.npy",
]  # fmt: skip


def truncate(path):
    os.truncate(path, path.stat().st_size // 2)


def empty(path):
    path.write_bytes(b"")


def garble(path):
    path.write_bytes(bytes(byte ^ 0x5A for byte in path.read_bytes()))


def garble_the_end(path):
    data = path.read_bytes()
    path.write_bytes(data[:-4] + bytes(byte ^ 1 for byte in data[-4:]))


def replace_by_a_folder(path):
    path.unlink()
    path.mkdir()


DAMAGES = [truncate, empty, garble, garble_the_end, replace_by_a_folder, Path.unlink]


def test_the_parts_of_an_entry_are_known(source):
    names = sorted(child.name for child in open_entry(str(source)).folder.iterdir())
    assert names == sorted([*PARTS, checks.MARK])


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("part", PARTS)
def test_a_damaged_entry_is_rebuilt(source, part, damage):
    first = open_entry(str(source))
    expected = content(first)
    damage(first.folder / part)
    assert [clearing.state_of(*entry) for entry in clearing.entries()] == ["damaged"]
    second = open_entry(str(source))
    assert not second.cached
    assert content(second) == expected
    assert second.notes == ["the cache entry of vectors.txt is damaged; reading the file again"]
    assert open_entry(str(source)).cached
    assert [clearing.state_of(*entry) for entry in clearing.entries()] == ["good"]


@pytest.mark.parametrize(
    "meta", [b"[]", b"null", b'{"source": 3}', b"{}", b"\xff", b"[" * 10_000, b'{"crc": 1}']
)
def test_a_foreign_meta_is_not_trusted(source, meta):
    (open_entry(str(source)).folder / "meta.json").write_bytes(meta)
    assert clearing.clear(str(source)) == (0, 0)
    assert not open_entry(str(source)).cached
    assert clearing.clear()[0] == 1


def test_an_entry_of_another_version_is_stale_and_not_used(source, monkeypatch):
    open_entry(str(source))
    monkeypatch.setattr(folders, "VERSION", folders.VERSION + 1)
    assert [clearing.state_of(*entry) for entry in clearing.entries()] == ["stale"]
    entry = open_entry(str(source))
    assert (entry.cached, entry.notes) == (False, [])
    assert open_entry(str(source)).cached


def test_an_entry_whose_file_is_gone_is_stale(source):
    open_entry(str(source))
    source.unlink()
    assert [clearing.state_of(*entry) for entry in clearing.entries()] == ["stale"]
    with pytest.raises(FileError, match="no such file"):
        open_entry(str(source))


def test_entries_are_listed_and_cleared(put):
    paths = [put(TEXT, name) for name in ("a.txt", "b.txt")]
    for path in paths:
        open_entry(str(path))
    assert [meta["rows"] for _, meta in clearing.entries()] == [3, 3]
    sizes = [clearing.size_of(folder) for folder, _ in clearing.entries()]
    assert clearing.clear(str(paths[0])) == (1, sizes[0])
    assert [meta["source"]["path"] for _, meta in clearing.entries()] == [str(paths[1])]
    assert clearing.clear() == (1, sizes[1])
    assert clearing.entries() == []
    assert clearing.clear() == (0, 0)


def test_an_entry_that_cannot_be_removed_is_an_error(source, monkeypatch):
    open_entry(str(source))
    monkeypatch.setattr(clearing, "discard", lambda folder: None)
    with pytest.raises(FileError, match=r"cannot remove .* from the cache"):
        clearing.clear()


def test_clearing_leaves_a_build_that_runs(own_cache, source):
    running = own_cache / f".building-{clearing.host_name()}~{os.getpid()}~x"
    running.mkdir(parents=True)
    clearing.clear()
    assert running.is_dir()


# ---- a cache that cannot be written -----------------------------------------------------


def test_a_cache_that_is_a_file_is_a_note(source, own_cache):
    own_cache.write_text("")
    entry = open_entry(str(source))
    assert entry.vocabulary.row("of") == 1
    assert entry.folder is None
    assert entry.notes == [f"not kept in the cache {own_cache}: File exists"]
    assert clearing.entries() == []


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.ENOSPC])
def test_a_cache_that_cannot_be_made_is_a_note(source, monkeypatch, code):
    def refuse(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "mkdir", refuse)
    entry = open_entry(str(source))
    assert entry.vocabulary.row("of") == 1
    assert entry.notes == [f"not kept in the cache {place.cache_dir()}: {os.strerror(code)}"]


@pytest.mark.parametrize("where", ["numpy.save", "latentcli.files.store.folders.write_meta"])
def test_a_disk_that_gets_full_leaves_nothing(source, own_cache, monkeypatch, where):
    def refuse(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(where, refuse)
    entry = open_entry(str(source))
    assert entry.vocabulary.row("of") == 1
    assert entry.notes == [f"not kept in the cache {own_cache}: No space left on device"]
    assert list(own_cache.iterdir()) == []


@pytest.mark.parametrize("header", ["", "100 20\n", "999999999999 20\n"])
def test_what_a_disk_has_no_room_for_is_not_begun(put, own_cache, monkeypatch, header):
    rows = (f"w{i} {' '.join(['0.25'] * 20)}\n" for i in range(100))
    source = put(header + "".join(rows))
    usage = shutil.disk_usage(source.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=5_000))
    fill = build.Sink.fill

    def watched(sink, *arguments):
        assert sink.folder is None
        fill(sink, *arguments)

    monkeypatch.setattr(build.Sink, "fill", watched)
    [note, *_] = open_entry(str(source)).notes
    assert note.startswith(f"not kept in the cache {own_cache}: it needs about ")
    assert note.endswith("and 4.9 kB are free")
    assert list(own_cache.iterdir()) == []


def test_what_a_disk_has_room_for_is_kept(source, monkeypatch):
    usage = shutil.disk_usage(source.parent)
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: usage._replace(free=source.stat().st_size)
    )
    assert open_entry(str(source)).folder is not None


@pytest.mark.parametrize("megabytes", [0.1, 0.6, 1.1])
def test_a_real_disk_that_is_full_leaves_nothing(put, tmp_path, monkeypatch, megabytes):
    """The cache is on a disk of one megabyte, some of which is taken."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)], capture_output=True
    )
    if not mounted or mounted.returncode:
        pytest.skip("a disk cannot be mounted here")
    try:
        monkeypatch.setenv("LATENT_CACHE_DIR", str(disk / "cache"))
        lines = int(megabytes * 1e6) // 8 // 4
        path = put("".join(f"w{number} 1 {number}\n" for number in range(lines)))
        entry = open_entry(str(path))
        assert entry.vocabulary.row(f"w{lines - 1}") == lines - 1
        assert len(clearing.entries()) == (0 if entry.notes else 1)
        assert not list((disk / "cache").glob(".building-*"))
        if megabytes > 1:
            assert "not kept in the cache" in entry.notes[0]
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


# ---- several at once, and killed --------------------------------------------------------

OPEN = "import sys; from latentcli.files.store.cache import open_entry; e = open_entry(sys.argv[1]);"


def test_processes_that_read_at_once_all_succeed(put, own_cache):
    path = put("".join(f"w{number} 1 {number}\n" for number in range(20_000)))
    code = f"{OPEN} print(e.vocabulary.row('w19999'), float(e.matrix[19999, 1]), len(e.notes))"
    running = [python(code, path, stdout=subprocess.PIPE) for _ in range(4)]
    results = [process.communicate(timeout=HANGS) for process in running]
    assert results == [(b"19999 19999.0 0\n", b"")] * 4
    assert len(list(own_cache.iterdir())) == 1
    assert open_entry(str(path)).cached


def test_threads_that_read_at_once_all_succeed(source):
    seen = []
    threads = [
        threading.Thread(target=lambda: seen.append(content(open_entry(str(source)))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [seen[0]] * 4


def test_an_entry_that_another_process_finished_first_is_taken(source, monkeypatch):
    """The other one is finished between our look into the cache and our renaming."""
    read = store._read

    def read_while_another_finishes(*arguments):
        monkeypatch.setattr(store, "_read", read)
        open_entry(str(source))
        return read(*arguments)

    monkeypatch.setattr(store, "_read", read_while_another_finishes)
    entry = open_entry(str(source))
    assert (entry.notes, entry.vocabulary.row("of")) == ([], 1)
    assert len(clearing.entries()) == 1


def test_a_build_that_is_killed_leaves_nothing_for_long(put, own_cache):
    path = put("".join(f"w{number} 1 {number}\n" for number in range(20_000)))
    wait = "sys.stdout.write('x'); sys.stdout.flush(); signal.pause()"
    code = (
        "import sys, signal; from latentcli.files.store import cache as store;"
        f"store.folders.write_meta = lambda *_: ({wait.replace('; ', ', ')});"
        "store.open_entry(sys.argv[1])"
    )
    process = python(code, path, stdout=subprocess.PIPE)
    assert process.stdout.read(1) == b"x"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=HANGS)
    (left,) = own_cache.iterdir()
    assert left.name.startswith(".building-")
    entry = open_entry(str(path))
    assert (entry.notes, entry.vocabulary.row("w19999")) == ([], 19_999)
    assert not left.exists()
    assert len(list(own_cache.iterdir())) == 1


def test_what_another_machine_builds_is_left_alone_for_a_week(source, own_cache):
    other = own_cache / ".building-other.host~1~x"
    other.mkdir(parents=True)
    open_entry(str(source))
    assert other.is_dir()
    os.utime(other, (0, 0))
    source.write_text(TEXT + "new 1 2\n")
    open_entry(str(source))
    assert not other.exists()


def test_a_file_that_changes_while_it_is_read_is_not_kept(source, monkeypatch):
    read = store._read
    longer = TEXT + "new 5 6\n"

    def change_after(*arguments):
        entry = read(*arguments)
        if source.read_text() != longer:
            source.write_text(longer)
        return entry

    monkeypatch.setattr(store, "_read", change_after)
    entry = open_entry(str(source))
    assert entry.vocabulary.row("new") == 3
    assert entry.notes == [
        "vectors.txt was changed while it was read; ask again for the new content"
    ]
    assert clearing.entries() == []


def test_a_file_that_is_refused_leaves_nothing(put, own_cache):
    with pytest.raises(FormatError):
        open_entry(str(put("w 1 2\n" + "\n".join(["words only"] * 9))))
    assert not own_cache.exists() or list(own_cache.iterdir()) == []


# ---- what is read once only, and what is mapped -----------------------------------------


def test_a_named_pipe_is_read_and_not_kept(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(TEXT,))
    writer.start()
    entry = open_entry(str(pipe))
    writer.join()
    assert entry.vocabulary.row("of") == 1
    assert (entry.folder, clearing.entries()) == (None, [])


def test_a_process_substitution_is_read_and_not_kept(source):
    reading, writing = os.pipe()
    os.write(writing, source.read_bytes())
    os.close(writing)
    try:
        assert open_entry(f"/dev/fd/{reading}").vocabulary.row("of") == 1
    finally:
        os.close(reading)
    assert clearing.entries() == []


def test_an_empty_device_is_an_empty_file():
    with pytest.raises(FormatError, match="null: the file is empty"):
        open_entry(os.devnull)


def test_float32_rows_are_mapped_where_they_lie(tmp_path):
    values = np.arange(12, dtype=np.float32).reshape(4, 3)
    path = tmp_path / "codes.npy"
    np.save(path, values)
    first, second = open_entry(str(path)), open_entry(str(path))
    for entry in (first, second):
        assert isinstance(entry.matrix.base, np.memmap)
        assert Path(entry.matrix.base.filename) == path
        assert entry.matrix.tobytes() == values.tobytes()
        assert not (entry.folder / "vectors.npy").exists()
    assert second.cached


def test_other_numbers_are_kept_as_float32(tmp_path):
    path = tmp_path / "codes.npy"
    np.save(path, np.arange(12).reshape(4, 3))
    entry = open_entry(str(path))
    assert entry.matrix.dtype == np.float32
    assert (entry.folder / "vectors.npy").exists()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LATENT_CACHE_DIR": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/a"),
        ({"XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/b/latent"),
        ({"XDG_CACHE_HOME": "", "HOME": "/c"}, "/c/.cache/latent"),
    ],
)
def test_where_the_cache_is(monkeypatch, variables, expected):
    for name in ("LATENT_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert place.cache_dir() == Path(expected)


def test_meta_is_json_that_a_person_can_read(source):
    meta = json.loads((open_entry(str(source)).folder / "meta.json").read_text("utf-8"))
    assert meta["source"]["path"] == str(source)
    assert (meta["format"], meta["rows"], meta["dimensions"]) == ("GloVe text", 3, 2)
