import numpy as np

from latentcli.numerics.blocks import blocks, parts, sampled


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
