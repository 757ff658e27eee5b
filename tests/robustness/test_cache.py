"""The cache answers from its own entries only, and removes nothing else."""

import json
import os
import stat
import tokenize
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from latentcli.files.store import clearing, folders, place
from latentcli.files.store.cache import open_entry

TEXT = "king 1 2\nqueen 3 4\nman 5 6\n"


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text(TEXT)
    return path


def test_another_file_of_the_same_size_and_time_is_another_file(tmp_path):
    """As folders that are swapped: name, size and times are equal, the inode is not."""
    before, after = tmp_path / "one", tmp_path / "two"
    for folder, text in ((before, TEXT), (after, TEXT.replace("1", "7"))):
        folder.mkdir()
        (folder / "v.txt").write_text(text)
    statuses = [(folder / "v.txt").stat() for folder in (before, after)]
    assert folders._signs(statuses[0])[3:] != folders._signs(statuses[1])[3:]
    shown = tmp_path / "shown"
    before.rename(shown)
    assert open_entry(str(shown / "v.txt")).matrix[0, 0] == 1
    shown.rename(before)
    after.rename(shown)
    assert open_entry(str(shown / "v.txt")).matrix[0, 0] == 7


@pytest.mark.parametrize("who", ["folder", "part"])
def test_an_entry_that_others_may_write_is_not_trusted(source, who):
    folder = open_entry(str(source)).folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert open_entry(str(source)).cached
    changed = folder if who == "folder" else folder / "norms.npy"
    changed.chmod(changed.stat().st_mode | stat.S_IWOTH)
    assert not open_entry(str(source)).cached
    assert open_entry(str(source)).cached


def test_an_entry_of_another_user_is_not_trusted(source, monkeypatch):
    open_entry(str(source))
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert not open_entry(str(source)).cached


def test_an_entry_maps_its_own_source_only(tmp_path):
    mine, secret = tmp_path / "mine.npy", tmp_path / "secret.npy"
    np.save(mine, np.ones((2, 2), dtype=np.float32))
    np.save(secret, np.full((2, 2), 7, dtype=np.float32))
    folder = open_entry(str(mine)).folder
    meta = json.loads((folder / "meta.json").read_text())
    del meta["crc"]
    meta["mapped"][0] = str(secret)
    crc = crc32(json.dumps(meta, sort_keys=True).encode())
    (folder / "meta.json").write_text(json.dumps(meta | {"crc": crc}))
    assert open_entry(str(mine)).matrix[0, 0] == 1


@pytest.mark.parametrize("error", [tokenize.TokenError("EOF"), SyntaxError("x"), EOFError()])
def test_a_damaged_part_of_any_kind_is_rebuilt(source, monkeypatch, error):
    open_entry(str(source))

    def broken(*_, **__):
        monkeypatch.undo()
        raise error

    monkeypatch.setattr(np, "load", broken)
    assert open_entry(str(source)).matrix[0, 0] == 1


def test_a_header_that_is_broken_behind_the_clocks_back(latent, source):
    """With the size and the time of modification as they were: the time of change tells."""
    part = open_entry(str(source)).folder / "word_hash_rows.npy"
    before = part.stat()
    content = bytearray(part.read_bytes())
    content[10:40] = b"{'descr': '(((((((((((((((((((("
    part.write_bytes(content[: before.st_size])
    os.utime(part, ns=(before.st_atime_ns, before.st_mtime_ns))
    code, _, err = latent("neighbors", "king", "-v", source)
    assert (code, "should not happen" in err) == (0, False)


def test_clearing_removes_entries_and_links_and_nothing_else(source, own_cache, tmp_path):
    entry = open_entry(str(source)).folder
    name = entry.name[:-1] + ("0" if entry.name[-1] != "0" else "1")
    foreign, described = own_cache / name, own_cache / f"b{name}"
    for folder in (foreign, described):
        folder.mkdir()
        (folder / "thesis.txt").write_text("years")
    (described / "meta.json").write_text('{"mine": 1}')
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "meta.json").write_text("{}")
    (own_cache / f"c{name}").symlink_to(elsewhere)
    assert clearing.clear()[0] == 2
    assert sorted(own_cache.iterdir()) == sorted([foreign, described])
    assert (foreign / "thesis.txt").exists()
    assert (elsewhere / "meta.json").exists()


@pytest.fixture
def homeless(monkeypatch):
    for variable in ("LATENT_CACHE_DIR", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(variable, raising=False)

    def missing(_):
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", missing)
    yield monkeypatch
    place.close()


@pytest.mark.parametrize("home", ["", "relative", None])
def test_without_a_home_the_folder_is_private_and_not_predictable(homeless, tmp_path, home):
    homeless.chdir(tmp_path)
    homeless.delenv("HOME", raising=False)
    if home is not None:
        homeless.setenv("HOME", home)
    first = place.cache_dir()
    assert first.parent == place.cache_dir().parent
    assert stat.S_IMODE(first.parent.stat().st_mode) == 0o700
    place.close()
    assert not first.parent.exists()
    second = place.cache_dir()
    assert second.parent != first.parent
    assert not (tmp_path / ".cache").exists()


def test_the_runtime_folder_serves_if_it_is_this_users_alone(homeless, tmp_path):
    homeless.setenv("HOME", "")
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    homeless.setenv("XDG_RUNTIME_DIR", str(runtime))
    assert place.cache_dir() == runtime / "latent"
    runtime.chmod(0o777)
    assert not place.cache_dir().is_relative_to(runtime)


def test_a_relative_cache_home_is_not_meant(monkeypatch):
    monkeypatch.delenv("LATENT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.setenv("HOME", "/c")
    assert place.cache_dir() == Path("/c/.cache/latent")
