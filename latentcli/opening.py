"""Open a file of vectors as a space of words; load and save an array of codes."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latentcli.errors import ParameterError
from latentcli.files import addresses, samples
from latentcli.files.store.cache import open_entry
from latentcli.results import Result
from latentcli.words._space import Space

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from latentcli.files.codes import Codes
    from latentcli.numerics.types import Progress
    from latentcli.results import Scalar

# What reads other files than vectors is imported where it is used: a query needs none of it.


def open(
    path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None = None,
    *,
    labels: str | os.PathLike[str] | None = None,
    vector_column: str | None = None,
    text_column: str | None = None,
    columns: bool = False,
    cache: bool = True,
    ignore_case: bool = False,
    exact: bool = False,
    axes: str = "",
    progress: Progress | None = None,
) -> Space:
    """Open vectors (`FILE` or `FILE::KEY`); without a file, the bundled sample vectors.

    Text, word2vec, fastText, .npy, .npz, .safetensors, Parquet and other files are recognized by
    their bytes, also inside .gz, .bz2, .xz and .zip. Several files are one space: a list of them, a folder
    or a glob, in the order of their names. `https://`, `s3://`, `gs://`, `hf://` and `ftp://` are fetched
    through fsspec and kept; `-` is standard input. A file is parsed once and kept in the
    cache unless `cache` is False. `labels` names the words of an array's rows: a file with one
    on each line, or a key of the same file. Of a table, `vector_column` and `text_column` choose the
    columns (`TABLE.COLUMN` in a database); without them they are found. The other columns, which `show` and
    `where` of a question name, are read when they are first needed, or now, with `columns`. With `ignore_case`, a word
    that is not there is taken in another case; unless `exact`, in another Unicode normal form, with
    other apostrophes, or with `_` for blanks.
    Of an array of more than two axes, a row is all of a code: `axes` has a letter for each axis, as in
    `load`; `N...` takes the first as the rows, whatever the others are.
    """
    paths = _named(path if path is not None else samples.DEFAULT)
    named = [addresses.with_columns(one, vector_column, text_column) for one in paths]
    read = functools.partial(
        open_entry, named, labels=None if labels is None else os.fspath(labels), cache=cache
    )
    entry = read(columns=columns, progress=progress)
    address = " + ".join(named)
    decided = None
    if axes or len(entry.meta["shape"]) > 2:
        from latentcli.files.store.axes import by_axes

        entry, decided = by_axes(entry, address, axes)
    space = Space(entry, address=address, ignore_case=ignore_case, exact=exact, axes=decided)
    space.read_columns = lambda: read(columns=True).columns
    keyed = [str(entry.path)] if len(named) == 1 and entry.path.is_file() else named
    space.reopen = (_open_again, (keyed, entry.meta["key"], ignore_case, exact, axes))
    return space


def _named(path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> list[str]:
    paths = [path] if isinstance(path, (str, os.PathLike)) else path
    if not paths:
        raise ParameterError("`path` is an empty list of files")
    return [os.fspath(one) for one in paths]


def load(path: str | os.PathLike[str], *, axes: str = "") -> Codes:
    """Load an array of codes with its own shape and dtype, and with where it came from.

    Parameters
    ----------
    path
        `FILE`, `FILE::KEY`, or either with a slice behind: `codes.npy[3]`, `w.npz::w[0, :4]`.
    axes
        A letter for each axis: N samples, L layers, any other a feature; by default as the file knows
        them, or by the rule of `latentcli.interp`.

    Returns
    -------
    Codes
        An array to NumPy (`numpy.asarray`), with `values`, `axes`, `meta` (the provenance that
        `save` or a command wrote) and `notes`; every function of codes takes it.

    Raises
    ------
    FormatError
        For a file without an array of finite real numbers.
    LatentError
        For an array whose axes are not clear.

    Examples
    --------
    >>> codes = load("z1.npy")
    >>> codes.values.tolist(), codes.axes
    ([2.0, -1.5, 0.3], 'D')
    """
    from latentcli.files import codes

    return codes.load(samples.find(os.fspath(path)), axes=axes)


def save(
    path: str | os.PathLike[str],
    values: ArrayLike | Result,
    *,
    settings: Mapping[str, Scalar] | None = None,
    inputs: Sequence[str] = (),
    force: bool = False,
) -> None:
    """Save an array with where it came from: inside an .npz or .json, else in `FILE.json` beside it.

    Parameters
    ----------
    path
        .npy, .npz, .safetensors or .json.
    values
        An array, or a result with codes, whose settings and plane go with it.
    settings
        What shaped the numbers.
    inputs
        Files that they come from, which are kept by name, size and hash.
    force
        Replace a file that this library did not write.

    Raises
    ------
    FileError
        For a file that cannot be written, or is not to be replaced.

    Examples
    --------
    >>> import tempfile, latentcli
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(f"{folder}/path.npz", latentcli.interp("z1.npy", "z2.npy", steps=3))
    ...     load(f"{folder}/path.npz").values[1].round(3).tolist()
    [0.5, 0.25, 0.55]
    """
    import numpy as np

    from latentcli.errors import ParameterError
    from latentcli.files import array_writing

    known: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    array: Any = values
    if isinstance(values, Result):
        array = getattr(values, "codes", None)
        if array is None:
            raise ParameterError("the result holds no codes: `out` took them, or it has none")
        known = dict(values.settings)
        extra = dict(getattr(values, "meta", {}))
    array_writing.save(
        Path(path), array_writing.Blocks.of(np.asarray(array)), command="save",
        settings={**known, **(settings or {})}, inputs=list(inputs), extra=extra, force=force,
    )  # fmt: skip


def _open_again(paths: list[str], key: str, ignore_case: bool, exact: bool, axes: str) -> Space:
    keyed = f"{paths[0]}::{key}"
    known = bool(key) and len(paths) == 1 and "::" not in paths[0]
    again = [keyed] if known else paths
    return open(again, ignore_case=ignore_case, exact=exact, axes=axes)
