"""Open a file as what it holds: beside the command line, the one module that joins files and domains."""

from __future__ import annotations

import os

from latentcli.files import samples
from latentcli.files.store.cache import open_entry
from latentcli.numerics.search import Progress
from latentcli.words._space import Space


def open(
    path: str | os.PathLike[str] | None = None,
    *,
    labels: str | os.PathLike[str] | None = None,
    cache: bool = True,
    ignore_case: bool = False,
    progress: Progress | None = None,
) -> Space:
    """Open a file of vectors (`FILE` or `FILE::KEY`); without one, the bundled sample vectors.

    Text, word2vec, fastText, .npy, .npz, .safetensors and Parquet files are told apart by
    their bytes, also inside .gz, .bz2, .xz and .zip. A file is parsed once and kept in the
    cache unless `cache` is False. `labels` names the words of an array's rows: a file with one
    on each line, or a key of the same file. With `ignore_case`, a word that is not there is
    taken in another case.
    """
    address = os.fspath(path) if path is not None else samples.DEFAULT
    labels = None if labels is None else os.fspath(labels)
    entry = open_entry(address, labels=labels, cache=cache, progress=progress)
    space = Space(entry, address=address, ignore_case=ignore_case)
    space.reopen = (_open_again, (str(entry.path), entry.meta["key"], ignore_case))
    return space


def _open_again(path: str, key: str, ignore_case: bool) -> Space:
    return open(f"{path}::{key}" if key else path, ignore_case=ignore_case)
