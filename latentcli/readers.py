"""What reads a file that is given for a parameter of a function, by the parameter's name: one name, one meaning.

Each such parameter has its reader here, a few lines each, and a line in the table `READERS`.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from latentcli import opening
from latentcli.files import samples
from latentcli.numerics.data_frames import columns_of, frame_of_codes, is_frame

if TYPE_CHECKING:
    from latentcli.files.corpus import Corpus
    from latentcli.words.evaluation._analogy_sets import AnalogySet
    from latentcli.words.evaluation._pair_sets import PairSet
    from latentcli.words.evaluation._word_lists import OddSets, WordLists

Reader = Callable[[Any], Any]
"""Takes what is given for a parameter, and returns it with what files hold in place of their names."""


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


def read_rankings(address: str) -> dict[str, list[str]]:
    """Return what an index answered, by query: row numbers of an array, `neighbors --json`, a TREC run."""
    from latentcli.files import rankings

    return rankings.read(samples.find(address))


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


def read_models(given: Any) -> list[dict[str, Any]]:
    """Return a record for each model of a sweep, with what reads its codes: a table file, a frame, or records."""
    from latentcli.files import sweeps

    if _is_file(given):
        return sweeps.read(samples.find(os.fspath(given)))
    records = columns_of(given)
    if isinstance(records, Mapping):
        records = sweeps.records_of(records)
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
        return opening.open(address)
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

_ONE: dict[str, Callable[[str], Any]] = {
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
    **dict.fromkeys(("found", "exact"), read_rankings),
    "run": read_run,
    "corpus": _corpus,
    "lists": read_word_lists,
    "pairs": read_pairs,
    "questions": read_questions,
    "sets": read_odd_sets,
    "scores": read_scores,
    "vectors": opening.open,
}
"""Readers of parameters that are one file: a list is a value, such as labels."""


def _is_file(value: Any) -> bool:
    return isinstance(value, (str, os.PathLike))


def _holds_more(value: Any) -> bool:
    return _is_file(value) or is_frame(value)


def _one(read: Callable[[str], Any], frame: Reader | None = None) -> Reader:
    """Read what is a file; a data frame becomes columns, or what `frame` makes of it, and anything else stays as it is."""
    of_frame = frame or columns_of
    return lambda given: read(os.fspath(given)) if _is_file(given) else of_frame(given)


def _each(one: Reader) -> Reader:
    """Read what is a file or a frame, also in a list of several, or in a mapping of models by name."""

    def reading(given: Any) -> Any:
        if isinstance(given, Mapping):
            return {name: one(member) for name, member in given.items()}
        if isinstance(given, tuple | list):
            return type(given)(map(one, given)) if any(map(_holds_more, given)) else given
        return one(given)

    return reading


READERS: dict[str, Reader] = {
    **dict.fromkeys(_CODES, _each(_one(read_codes, frame_of_codes))),
    "models": read_models,
    "slices": _each(_one(read_points)),
    **{name: _one(read) for name, read in _ONE.items()},
}
"""What takes a value that is given for a parameter of this name, wherever a function has one."""

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
                bound.arguments[name] = read(bound.arguments[name])
        return function(*bound.args, **bound.kwargs)

    return reading  # type: ignore[return-value]
