"""Sums over the blocks of an entry's files."""

import os

import numpy as np
import pytest

from latentcli.files.store import checks, folders
from latentcli.files.store.cache import open_entry

ROWS = 1500


@pytest.fixture
def source(tmp_path):
    random = np.random.default_rng(0)
    lines = (
        f"Word{n} {' '.join(map(str, random.normal(size=4).round(4)))}\n" for n in range(ROWS)
    )
    path = tmp_path / "vectors.txt"
    path.write_text("".join(lines))
    return path


@pytest.fixture
def blind(monkeypatch):
    """Let times tell nothing, as when a disk changes bytes; return what starts the machine anew."""
    seen = {}
    monkeypatch.setattr(
        folders, "_state", lambda file: seen.setdefault(file, [file.stat().st_size])
    )
    number = iter(range(10**6))

    def start():
        name = b"start-%d" % next(number)
        monkeypatch.setattr(checks, "_started", lambda: name)
        seen.clear()

    start()
    return start


def flip(file, place):
    content = bytearray(file.read_bytes())
    content[place] ^= 0x10
    file.write_bytes(content)


def test_what_a_disk_changed_is_found_after_the_next_start(source, blind):
    """A bit in every page of every file of an entry, with size and times kept."""
    right = open_entry(str(source))
    expected = right.matrix.copy(), right.norms.copy(), [*right.vocabulary.items()]
    folder = right.folder
    for name in sorted(folders.meta_of(folder)["parts"]):
        for page in range(0, (folder / name).stat().st_size, 4096):
            blind()
            flip(folder / name, page)
            found = open_entry(str(source))
            assert not found.cached, (name, page)
            assert "damaged; reading the file again" in found.notes[0]
            assert (found.matrix == expected[0]).all()
            assert (found.norms == expected[1]).all()
            assert [*found.vocabulary.items()] == expected[2]
            assert open_entry(str(source)).cached


def test_pages_that_a_power_cut_left_empty_are_found(source, blind):
    file = open_entry(str(source)).folder / "vectors.npy"
    blind()
    content = bytearray(file.read_bytes())
    content[4096:8192] = bytes(4096)
    file.write_bytes(content)
    assert not open_entry(str(source)).cached


def test_files_are_summed_once_for_each_start(source, blind, monkeypatch):
    open_entry(str(source))
    blind()
    assert open_entry(str(source)).cached

    def again(_):
        raise AssertionError("summed again")

    monkeypatch.setattr(checks, "sum_of", again)
    for _ in range(2):
        assert open_entry(str(source)).cached


def test_machines_that_share_a_cache_keep_their_marks(source, monkeypatch):
    folder = open_entry(str(source)).folder
    for number in range(40):
        monkeypatch.setattr(checks, "_started", lambda n=number: b"machine-%d" % n)
        assert open_entry(str(source)).cached
    marks = (folder / checks.MARK).read_bytes().split()
    assert marks[-1] == b"machine-39"
    assert len(marks) == 16


def test_a_mark_that_cannot_be_written_is_no_failure(source, blind):
    folder = open_entry(str(source)).folder
    (folder / checks.MARK).unlink()
    os.mkfifo(folder / checks.MARK)
    blind()
    assert open_entry(str(source)).cached


@pytest.mark.parametrize(
    "size", [0, 1, 7, 8, 9, checks._BLOCK - 1, checks._BLOCK, checks._BLOCK + 1]
)
def test_every_byte_counts_and_where_it_is(tmp_path, size):
    file = tmp_path / "x"
    content = np.random.default_rng(size).bytes(size)
    file.write_bytes(content)
    before = checks.sum_of(file)
    for place in {0, size // 2, size - 1} if size else ():
        flip(file, place)
        assert checks.sum_of(file) != before
        flip(file, place)
    assert checks.sum_of(file) == before


def test_blocks_that_change_places_change_the_sum(tmp_path):
    first, second = (np.random.default_rng(n).bytes(checks._BLOCK) for n in (1, 2))
    file = tmp_path / "x"
    file.write_bytes(first + second)
    before = checks.sum_of(file)
    file.write_bytes(second + first)
    assert checks.sum_of(file) != before
