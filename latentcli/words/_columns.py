"""The columns of ranked answers: their own, and those of the table that are shown beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from latentcli.words._choice import Choice

if TYPE_CHECKING:
    from latentcli.words._ranking import RankedWords
    from latentcli.words._space import Space

COLUMNS = ("query", "rank", "word", "score")
"""The keys of the records of an answer."""


def columns_of(choice: Choice) -> tuple[str, ...]:
    """Return the keys of the records of answers: with the columns that are to be shown.

    >>> columns_of(Choice(show=["topic", "score"]))
    ('query', 'rank', 'word', 'score', 'topic', 'table_score')
    """
    return (*COLUMNS, *_keys(choice.show))


def _keys(show: Sequence[str]) -> list[str]:
    names = dict.fromkeys(show)
    return [f"table_{name}" if name in COLUMNS else name for name in names]


def with_columns(
    space: Space, answers: Sequence[RankedWords], show: Sequence[str]
) -> list[RankedWords]:
    """Put the cells of other columns beside each answer."""
    names, keys = [*dict.fromkeys(show)], _keys(show)
    cells = space.other_columns.values(
        names, [hit.row for answer in answers for hit in answer.hits]
    )
    return [
        replace(
            answer,
            columns=(*COLUMNS, *keys),
            records=[
                {**record, **dict(zip(keys, cells[hit.row], strict=True))}
                for record, hit in zip(answer.records, answer.hits, strict=True)
            ],
        )
        for answer in answers
    ]
