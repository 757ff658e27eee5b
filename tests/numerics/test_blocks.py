import re
from pathlib import Path

import numpy as np
import pytest

from latentcli.numerics.blocks import blocks, let_go, parts, sampled

SMAPS = Path("/proc/self/smaps")


def test_blocks_are_all_rows_in_order_and_in_float64():
    matrix = np.arange(3_000_000, dtype=np.float32).reshape(-1, 3)
    rows = np.arange(5, len(matrix), 2)
    told = []
    found = list(blocks(matrix, rows, progress=lambda done, total: told.append((done, total))))
    assert len(found) == len(told) == 2
    np.testing.assert_array_equal(np.concatenate([part for _, part in found]), matrix[rows])
    assert found[0][1].dtype == np.float64
    assert told[-1] == (len(rows), len(rows))


def test_parts_are_small_and_never_empty():
    rows = np.arange(1000)
    assert [len(part) for part in parts(rows, 1 << 19)] == [2] * 500
    assert [len(part) for part in parts(rows, 1 << 30)] == [1] * 1000
    assert list(parts(rows[:0], 5)) == []


def test_a_sample_is_ascending_and_without_repetition():
    found = sampled(900, 50, seed=0)
    assert len(set(found.tolist())) == 50
    assert (np.diff(found) > 0).all()
    assert 0 <= found[0] < found[-1] < 900
    assert found.tolist() == sampled(900, 50, seed=0).tolist()
    assert sampled(900, 900, seed=0).tolist() == list(range(900))


def _resident(path):
    """Return how many kB of a mapped file are in memory of this process."""
    found = re.search(rf"{re.escape(str(path))}\n(?:.*\n)*?Rss: +(\d+) kB", SMAPS.read_text())
    return int(found[1])


@pytest.mark.skipif(not SMAPS.exists(), reason="the kernel does not tell what is in memory")
def test_pages_of_a_mapped_file_are_let_go_and_come_back(tmp_path):
    path = tmp_path / "codes.npy"
    np.save(path, np.arange(1 << 18))
    mapped = np.load(path, mmap_mode="r")[2:].reshape(-1, 2)
    assert mapped.sum() == (1 << 17) * ((1 << 18) - 1) - 1
    assert _resident(path) >= 2048
    let_go(mapped)
    assert _resident(path) == 0
    assert mapped[-1].tolist() == [(1 << 18) - 2, (1 << 18) - 1]


@pytest.mark.parametrize("mode", ["c", "r+", None])
def test_what_was_changed_in_memory_stays(tmp_path, mode):
    path = tmp_path / "codes.npy"
    np.save(path, np.zeros(9000))
    values = np.load(path, mmap_mode=mode)
    values[:] = 3
    let_go(values[1:])
    assert (values == 3).all()
