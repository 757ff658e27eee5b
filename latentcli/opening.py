"""Open a file as what it holds: beside the command line, the one module that joins files and domains.

Longer than 300 lines: each parameter that may be a file has its reader here, a few lines each, in one table.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from latentcli.errors import ParameterError
from latentcli.files import addresses, samples
from latentcli.files.store.cache import open_entry
from latentcli.results import Result
from latentcli.words._space import Space

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from latentcli.files.codes import Codes
    from latentcli.files.corpus import Corpus
    from latentcli.numerics.types import Progress
    from latentcli.results import Scalar
    from latentcli.words.evaluation._analogy_sets import AnalogySet
    from latentcli.words.evaluation._pair_sets import PairSet
    from latentcli.words.evaluation._word_lists import OddSets, WordLists

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
    progress: Progress | None = None,
) -> Space:
    """Open vectors (`FILE` or `FILE::KEY`); without a file, the bundled sample vectors.

    Text, word2vec, fastText, .npy, .npz, .safetensors, Parquet and other files are recognised by
    their bytes, also inside .gz, .bz2, .xz and .zip. Several files are one space: a list of them, a folder
    or a glob, in the order of their names. `https://`, `s3://`, `gs://`, `hf://` and `ftp://` are fetched
    through fsspec and kept; `-` is standard input. A file is parsed once and kept in the
    cache unless `cache` is False. `labels` names the words of an array's rows: a file with one
    on each line, or a key of the same file. Of a table, `vector_column` and `text_column` choose the
    columns (`TABLE.COLUMN` in a database); without them they are found. The other columns, which `show` and
    `where` of a question name, are read when they are first needed, or now, with `columns`. With `ignore_case`, a word
    that is not there is taken in another case; unless `exact`, in another Unicode normal form, with
    other apostrophes, or with `_` for blanks.
    """
    paths = _named(path if path is not None else samples.DEFAULT)
    named = [addresses.with_columns(one, vector_column, text_column) for one in paths]
    read = functools.partial(
        open_entry, named, labels=None if labels is None else os.fspath(labels), cache=cache
    )
    entry = read(columns=columns, progress=progress)
    space = Space(entry, address=" + ".join(named), ignore_case=ignore_case, exact=exact)
    space.read_columns = lambda: read(columns=True).columns
    keyed = [str(entry.path)] if len(named) == 1 and entry.path.is_file() else named
    space.reopen = (_open_again, (keyed, entry.meta["key"], ignore_case, exact))
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


def _open_again(paths: list[str], key: str, ignore_case: bool, exact: bool) -> Space:
    keyed = f"{paths[0]}::{key}"
    known = bool(key) and len(paths) == 1 and "::" not in paths[0]
    return open([keyed] if known else paths, ignore_case=ignore_case, exact=exact)


def read_codes(address: str) -> Any:
    """Return the codes in a file (`FILE`, `FILE::KEY`, `FILE[3]`), or a sample's: an array to NumPy.

    With it goes what the file says of its axes and of where it came from.
    """
    from latentcli.files import codes

    return codes.read(samples.find(address))


def read_factors(address: str) -> Any:
    """Return the factors in a file as columns by name."""
    from latentcli.files import factors

    return factors.read(samples.find(address))


def read_corpus(
    sources: Sequence[str],
    *,
    tokens: str = "letters",
    lower: bool = True,
    text_column: str | None = None,
) -> Corpus:
    """Return text to train on: files, folders, JSON lines or standard input, sentence by sentence."""
    from latentcli.files.corpus import Corpus

    return Corpus(sources, tokens=tokens, lower=lower, text_column=text_column)


def read_counts(address: str) -> dict[str, float]:
    """Return how often words occur: a word and its count on each line of a file."""
    from latentcli.files import counts

    return counts.read(address)


def read_models(address: str) -> list[dict[str, Any]]:
    """Return a record for each model of a sweep's table, with what reads its codes."""
    from latentcli.files import sweeps

    return sweeps.read(samples.find(address))


def models_of(value: Any) -> Any:
    """Return a data frame or records of models with what reads the files that they name."""
    from latentcli.files import sweeps

    records = sweeps.records_of(value) if isinstance(value, Mapping) else value
    return sweeps.with_files(records, Path())


def find_decoder(name: str) -> str:
    """Return the path of a decoder: a file, or that of the sample model of a name."""
    return samples.find_decoder(name)


def read_questions(address: str) -> AnalogySet:
    """Return the analogy questions of a file, a BATS folder, or a set that gensim ships."""
    from latentcli.files import bundled_sets, lines
    from latentcli.words.evaluation import _analogy_sets

    path = Path(bundled_sets.find(address))
    if path.is_dir():
        return _analogy_sets.parse_bats(path.name, lines.read_folder(path))
    name, text = lines.read(str(path), most=lines.MOST_OF_A_SET)
    return _analogy_sets.parse(name, text)


def read_pairs(address: str) -> PairSet:
    """Return the scored pairs of words of a file, or of a set that gensim ships."""
    from latentcli.files import bundled_sets, lines
    from latentcli.words.evaluation import _pair_sets

    name, text = lines.read(bundled_sets.find(address), most=lines.MOST_OF_A_SET)
    return _pair_sets.parse(name, text)


def read_word_lists(address: str) -> WordLists:
    """Return the named lists of words of a file."""
    from latentcli.files import lines
    from latentcli.words.evaluation import _word_lists

    return _word_lists.parse_lists(*lines.read(address, most=lines.MOST_OF_A_SET))


def read_odd_sets(address: str) -> OddSets:
    """Return the sets with an odd one out of a file."""
    from latentcli.files import lines
    from latentcli.words.evaluation import _word_lists

    return _word_lists.parse_odd_sets(*lines.read(address, most=lines.MOST_OF_A_SET))


def _corpus(address: str) -> Corpus:
    return read_corpus([address])


def read_scores(address: str) -> Any:
    """Return a number for each row (N,): an array, or a column of a table."""
    from latentcli.files.labels import read_numbers

    return read_numbers(samples.find(address))


def read_attributes(address: str) -> Any:
    """Return the columns of a table of labels by name."""
    from latentcli.files.labels import read_table

    return read_table(samples.find(address))


def read_points(address: str) -> Any:
    """Return a space of words, or the codes of an array (N, ...), maybe with NaN and infinity."""
    from latentcli.files import codes

    address = samples.find(address)
    if codes.holds_words(address):
        return open(address)
    return codes.load(address, finite=False).rows()


def read_outputs(address: str) -> Any:
    """Return a decoder's outputs as (N, M), a row for each code."""
    from latentcli.files import codes

    return codes.load_flat(samples.find(address))[0]


def read_labels(address: str) -> Any:
    """Return a label for each row: a line each, a column of a table, or an array."""
    from latentcli.files.labels import read_classes

    return read_classes(samples.find(address))


def read_relations(address: str) -> Any:
    """Return pairs of words by the name of their relation."""
    from latentcli.files import pairs

    return pairs.read(address)


def read_lexicon(address: str) -> Any:
    """Return pairs of words that mean the same."""
    from latentcli.files import pairs

    return pairs.read_all(address)


def read_qrels(address: str) -> dict[str, dict[str, float]]:
    """Return the relevance of documents to queries: TREC, BEIR, JSON, Parquet, a folder of BEIR or MTEB."""
    from latentcli.files import qrels

    return qrels.read(address)


def read_run(address: str) -> dict[str, dict[str, float]]:
    """Return the scores of the documents that were retrieved for queries: TREC or JSON."""
    from latentcli.files import qrels

    return qrels.read_run(address)


_CODES = (
    "code", "codes", "column", "corners", "direction", "directions", "mean", "mean_of", "more",
    "negative", "orthogonal", "positive", "reference", "row", "sd", "via", "weights", "z1", "z2",
)  # fmt: skip
"""Parameters that are arrays of codes."""


READERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(_CODES, read_codes),
    "attributes": read_attributes,
    "counts": read_counts,
    "factors": read_factors,
    "labels": read_labels,
    **dict.fromkeys(("lexicon", "dictionary", "test_dictionary"), read_lexicon),
    "outputs": read_outputs,
    "relations": read_relations,
    **dict.fromkeys(("decoder", "features"), find_decoder),
    **dict.fromkeys(("x", "y", "queries", "documents"), read_points),
    "qrels": read_qrels,
    "run": read_run,
    "corpus": _corpus,
    "lists": read_word_lists,
    "models": read_models,
    "pairs": read_pairs,
    "questions": read_questions,
    "sets": read_odd_sets,
    "scores": read_scores,
    "vectors": open,
}
"""What reads a file that is given for a parameter of this name, wherever a function has one."""

Function = TypeVar("Function", bound=Callable[..., Any])


def accepting_files(function: Function) -> Function:
    """Return a function whose parameters named in `READERS` also take files and data frames."""
    signature = inspect.signature(function)
    readers = {name: READERS[name] for name in signature.parameters if name in READERS}
    if not readers:
        return function

    @functools.wraps(function)
    def reading(*arguments: Any, **named: Any) -> Any:
        bound = signature.bind(*arguments, **named)
        for name, read in readers.items():
            if name in bound.arguments:
                bound.arguments[name] = _read(bound.arguments[name], read)
                if read is read_models:
                    bound.arguments[name] = models_of(bound.arguments[name])
        return function(*bound.args, **bound.kwargs)

    return reading  # type: ignore[return-value]


def _read(value: Any, read: Callable[[str], Any]) -> Any:
    if isinstance(value, (str, os.PathLike)):
        return read(os.fspath(value))
    if read is read_codes and isinstance(value, Mapping):  # of models by name
        return {
            name: read(os.fspath(one)) if _is_file(one) else one for name, one in value.items()
        }
    several = read is read_codes and isinstance(value, tuple | list)
    if several and any(map(_is_file, value)):  # texts in a list of labels are labels
        return [read(os.fspath(one)) if _is_file(one) else one for one in value]
    return columns_of(value)


def _is_file(value: Any) -> bool:
    return isinstance(value, (str, os.PathLike))


def columns_of(value: Any) -> Any:
    """Return a data frame (pandas, Polars, Arrow) as columns by name; anything else as it is."""
    names = getattr(value, "columns", None)
    if names is None or isinstance(value, Mapping | Result):
        return value
    import numpy as np

    if hasattr(value, "column_names"):  # an Arrow table, whose `columns` are arrays
        names = value.column_names
    return {str(name): np.asarray(value[name]) for name in names}
