"""Arrays that grow by blocks: the rows that went in, in memory and in a file that NumPy reads."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentcli.files.store.growing import GrowingArray

BLOCKS = st.lists(st.integers(0, 5), max_size=5)


@pytest.mark.parametrize(("dtype", "row"), [("<f4", (3,)), ("<f8", ())])
@given(lengths=BLOCKS)
def test_what_went_in_comes_out(tmp_path_factory, lengths, dtype, row):
    path = tmp_path_factory.mktemp("growing") / "rows.npy"
    blocks = [np.arange(n * max(1, *row, 1)).reshape(n, *row) + n for n in lengths]
    for place in (None, path):
        array = GrowingArray(place, np.dtype(dtype), row)
        for block in blocks:
            array.add(block)
        found = array.finish()
        assert (found.dtype, found.shape) == (dtype, (sum(lengths), *row))
        assert np.array_equal(found, np.concatenate([np.empty((0, *row)), *blocks]))
    assert np.array_equal(np.load(path), found)


def test_what_is_changed_at_the_end_is_changed_in_the_file(tmp_path):
    array = GrowingArray(tmp_path / "norms.npy", np.dtype("<f8"))
    array.add(np.ones(4))
    array.finish()[[1, 2]] = 0.0
    assert np.load(tmp_path / "norms.npy").tolist() == [1, 0, 0, 1]


def test_a_file_that_is_not_finished_can_be_closed(tmp_path):
    array = GrowingArray(tmp_path / "norms.npy", np.dtype("<f8"))
    array.close()
    with pytest.raises(ValueError, match="closed"):
        array.add(np.ones(1))
