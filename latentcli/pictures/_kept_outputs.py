"""What is kept of outputs that come in parts: themselves, images, and numbers of each."""

from __future__ import annotations

from typing import Any

import numpy as np

from latentcli.errors import LatentError
from latentcli.numerics.types import Array
from latentcli.pictures._images import Convention, clipped, images_of
from latentcli.results import Record, number_or_none


class KeptOutputs:
    """What is kept of outputs that come in parts: themselves, images, and numbers of each."""

    def __init__(self, count: int, out: Any, max_memory: int) -> None:
        self._count = count
        self._out = out
        self._most = max_memory
        self._done = 0
        self._outputs: list[Array] = []
        self._images: list[Array] = []
        self._numbers: list[Array] = []
        self.beyond = 0.0
        self.shape: tuple[int, ...] = ()
        self.dtype: np.dtype[Any] = np.dtype(np.float32)

    def add(self, part: Array, convention: Convention | None, *, images: bool) -> None:
        """Take the next outputs (n, ...)."""
        if not self._done:
            self.shape, self.dtype = part.shape[1:], part.dtype
            self._check(part, convention if images else None)
        if self._out is None:
            self._outputs.append(part)
        else:
            self._out[self._done : self._done + len(part)] = part
        if convention is not None:
            self.beyond += len(part) * clipped(part, convention)
            if images:
                self._images.append(images_of(part, convention))
        flat = part.reshape(len(part), -1)
        mean = flat.mean(axis=1, dtype=np.float64)
        self._numbers.append(np.stack([flat.min(axis=1), mean, flat.max(axis=1)], axis=1))
        self._done += len(part)

    def _check(self, part: Array, convention: Convention | None) -> None:
        """Refuse what would not fit into memory, before it is made."""
        each = 0 if self._out is not None else part.nbytes // len(part)
        if convention is not None:
            height, width, channels = convention.size
            each += height * width * channels
        if each * self._count > self._most:
            raise LatentError(
                f"what {self._count:,} codes decode to takes {each * self._count / 1e9:,.1f} GB, "
                "more than `max_memory` allows; decode fewer, or let a file take the outputs"
            )

    @property
    def outputs(self) -> Array | None:
        """The outputs (N, ...), None where `out` took them."""
        return np.concatenate(self._outputs) if self._outputs else None

    @property
    def images(self) -> Array | None:
        """The images (N, H, W, C), None where there are none."""
        return np.concatenate(self._images) if self._images else None

    def records(
        self, moved: Array, feature_moved: Array | None
    ) -> tuple[tuple[str, ...], list[Record]]:
        """Return for each output its least, mean and greatest number, and how far it moved."""
        numbers = np.concatenate(self._numbers).astype(np.float64).tolist()
        columns = ["code", "least", "mean", "greatest", "output_step"]
        steps = [moved]
        if feature_moved is not None:
            columns.append("feature_step")
            steps.append(feature_moved)
        records: list[Record] = [
            dict(
                zip(
                    columns, (row, *three, *(number_or_none(one[row]) for one in steps)), strict=True
                )
            )
            for row, three in enumerate(numbers)
        ]  # fmt: skip
        return tuple(columns), records
