"""An array that grows by blocks of rows: in a .npy file, which memory does not bound, or in memory."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO, Any

import numpy as np

from latentcli.numerics.types import Array


class GrowingArray:
    """Rows of one shape and dtype, written as they come; `path` None keeps them in memory.

    >>> norms = GrowingArray(None, np.dtype("<f8"))
    >>> norms.add(np.ones(2))
    >>> norms.finish().tolist()
    [1.0, 1.0]
    """

    def __init__(
        self, path: Path | None, dtype: np.dtype[Any], row: tuple[int, ...] = ()
    ) -> None:
        self.path = path
        self.dtype = dtype
        self.row = row
        self.rows = 0
        self._file: IO[bytes] = io.BytesIO() if path is None else path.open("wb")
        if path is not None:
            self._write_header()

    def add(self, block: Array) -> None:
        """Write rows (n, ...) behind the others."""
        whole = np.ascontiguousarray(block, dtype=self.dtype)
        self._file.write(whole.data.cast("B") if whole.size else b"")
        self.rows += len(whole)

    def finish(self) -> Array:
        """Return all rows, which may be changed: a file's are mapped, and go to the file."""
        shape = (self.rows, *self.row)
        if isinstance(self._file, io.BytesIO):
            return np.frombuffer(self._file.getbuffer(), dtype=self.dtype).reshape(shape)
        self._file.seek(0)
        self._write_header()
        self._file.close()
        assert self.path is not None
        if not self.rows:
            return np.empty(shape, dtype=self.dtype)  # no bytes to map
        return np.load(self.path, mmap_mode="r+", allow_pickle=False)

    def close(self) -> None:
        """Close a file that is not finished; rows in memory stay."""
        if self.path is not None:
            self._file.close()

    def _write_header(self) -> None:
        """Write a .npy header; NumPy leaves room for the row count to grow, so it can be rewritten."""
        header = {
            "descr": np.lib.format.dtype_to_descr(self.dtype),
            "fortran_order": False,
            "shape": (self.rows, *self.row),
        }
        np.lib.format.write_array_header_1_0(self._file, header)
