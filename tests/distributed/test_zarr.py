"""New Zarr arrays: whole or not there, also where the end of a run takes their folder away meanwhile."""

import shutil

import numpy as np
import pytest

zarr = pytest.importorskip("zarr")

from latentcli.distributed import _zarr
from latentcli.errors import FileError
from latentcli.files.folders import made_folder

ROWS = np.arange(6.0).reshape(3, 2)


def test_what_is_written_is_read_back(tmp_path):
    _zarr.write(tmp_path / "a.zarr", [ROWS[:2], ROWS[2:]], ROWS.shape, ROWS.dtype)
    np.testing.assert_array_equal(zarr.open_array(str(tmp_path / "a.zarr"), mode="r")[:], ROWS)


@pytest.mark.parametrize("written", [0, 2])
def test_a_folder_that_was_taken_away_is_not_made_anew(tmp_path, written):
    folder = tmp_path / "out"
    folder.mkdir()

    def parts():
        yield ROWS[:written]
        shutil.rmtree(folder)
        yield ROWS[written:]

    with pytest.raises(FileError, match="the run has ended"):
        _zarr.write(folder / "a.zarr", parts(), ROWS.shape, ROWS.dtype)
    with pytest.raises(FileError, match="cannot write"):
        _zarr.write(folder / "a.zarr", [ROWS], ROWS.shape, ROWS.dtype)
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_a_run_that_failed_stays(tmp_path):
    def failing():
        with made_folder(tmp_path / "out") as part:
            _zarr.write(part / "a.zarr", [ROWS], ROWS.shape, ROWS.dtype)
            raise FileError("damaged")

    with pytest.raises(FileError, match="damaged"):
        failing()
    assert list(tmp_path.iterdir()) == []
