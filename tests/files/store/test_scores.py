import os
import sqlite3
import subprocess
import sys

import numpy as np
import pytest

from latentcli.files.store.scores import KeptScores


@pytest.fixture
def kept(tmp_path):
    return KeptScores(tmp_path / "cache" / "scores.sqlite3")


def test_what_is_kept_is_found_again(kept):
    assert kept.get("a") is None
    kept["a"] = {"x": [0.1, None, float(np.float64(1) / 3)], "n": np.int64(3)}
    assert KeptScores(kept.path).get("a") == {"x": [0.1, None, 1 / 3], "n": 3}
    kept["a"] = 2
    assert (kept.get("a"), len(kept)) == (2, 1)


@pytest.mark.parametrize("damage", [b"", b"no database" * 100, None])
def test_a_damaged_file_is_made_again(kept, damage):
    kept["a"] = 1
    data = kept.path.read_bytes()
    kept.path.write_bytes(data[: len(data) // 2] if damage is None else damage)
    assert kept.get("a") is None
    kept["b"] = 2
    assert kept.get("b") == 2


def test_a_value_that_is_no_json_is_not_there(kept):
    kept["a"] = 1
    with sqlite3.connect(kept.path) as base:
        base.execute("UPDATE scores SET value = '{' ")
    assert kept.get("a") is None


def test_a_file_that_others_can_write_is_not_used(kept):
    kept["a"] = 1
    kept.path.chmod(0o666)
    assert kept.get("a") is None


def test_a_link_is_not_followed(kept, tmp_path):
    kept["a"] = 1
    other = tmp_path / "other"
    other.write_text("mine")
    kept.path.unlink()
    kept.path.symlink_to(other)
    kept["a"] = 2
    assert other.read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser can write anywhere")
def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path):
    tmp_path.chmod(0o500)
    kept = KeptScores(tmp_path / "cache" / "scores.sqlite3")
    kept["a"] = 1
    assert kept.get("a") is None
    tmp_path.chmod(0o700)


def test_two_processes_write_at_once(kept):
    code = (
        "import sys; from pathlib import Path; from latentcli.files.store.scores import KeptScores\n"
        "kept = KeptScores(Path(sys.argv[1]))\n"
        "for n in range(50): kept[f'{sys.argv[2]} {n}'] = n"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, kept.path, name]) for name in "ab"]
    assert [one.wait() for one in both] == [0, 0]
    assert len(kept) == 100
