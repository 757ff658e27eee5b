"""The two sides of retrieval: rows with an identifier each, and the search of one for the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from latentcli.errors import LatentError, ParameterError, counted
from latentcli.numerics.named_rows import NamedRows, named_rows
from latentcli.numerics.scoring import COSINE, DOT
from latentcli.numerics.search import Question, search
from latentcli.numerics.types import Array, HasMatrix, Progress
from latentcli.numerics.vectors import unit

SIMILARITIES = {"cosine": COSINE, "dot": DOT}


class Side(NamedTuple):
    """Rows, which of them can be used (N,) and what they are called (N,)."""

    given: NamedRows
    usable: Array
    ids: Sequence[str]


def side(x: HasMatrix | ArrayLike, parameter: str, ids: Sequence[str] | None) -> Side:
    """Take rows given for a parameter, with their identifiers: words, or numbers, where None are given."""
    given = named_rows(x, parameter)
    if ids is not None and len(ids) != len(given):
        raise ParameterError(
            f"`{parameter}` has {counted(len(given), 'row')}, and there are "
            f"{counted(len(ids), 'identifier')} for them"
        )
    names = (
        [str(one) for one in ids]
        if ids is not None
        else [given.name(row) for row in range(len(given))]
        if given.vectors is None
        else given.vectors.vocabulary.words(range(len(given)))
    )
    if len(set(names)) < len(names):
        raise LatentError(f"identifiers of `{parameter}` occur twice")
    return Side(given, given.usable(), names)


def as_float32(rows: Array) -> Array:
    """Return rows as float32; of length 1 where their numbers are beyond it."""
    if rows.dtype == np.float32:
        return np.asarray(rows)
    with np.errstate(over="ignore"):
        values = rows.astype(np.float32)
    plain = np.isfinite(values).all() and np.linalg.norm(values, axis=1).min() > 1e-15
    return values if plain else unit(rows).astype(np.float32)


def retrieve(
    queries: Array, documents: Array, similarity: str, depth: int, progress: Progress | None
) -> Iterator[tuple[Array, Array]]:
    """Yield for each query the rows of the best documents, and their scores."""
    norms = np.linalg.norm(documents.astype(np.float64), axis=1)
    lengths = np.linalg.norm(queries.astype(np.float64), axis=1)
    questions = [
        Question(unit(query)[None], (), float(length), query.astype(np.float64))
        for query, length in zip(queries, lengths, strict=True)
    ]
    found = search(
        documents, norms, questions, top=depth, scorer=SIMILARITIES[similarity],
        progress=progress,
    )  # fmt: skip
    return ((hits.rows, hits.scores) for hits in found)


def same_length(queries: NamedRows, documents: NamedRows, truncated: Sequence[int]) -> int:
    """Return the dimensions of both sides. Raises ParameterError where they differ, or have too few to truncate."""
    dims = documents.rows.shape[1]
    if queries.rows.shape[1] != dims:
        raise ParameterError(
            f"dimensions differ: `queries` {queries.rows.shape[1]:,}, `documents` {dims:,}; they must be of "
            "one model"
        )
    for one in truncated:
        if not 1 <= one <= dims:
            raise ParameterError("truncate_dims", one, f"from 1 to {dims:,}")
    return int(dims)
