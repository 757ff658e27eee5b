"""What the commands share that answer with ranked words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from latentcli.cli.options import about
from latentcli.results import Record, Report, Scalar

if TYPE_CHECKING:
    from latentcli.words._choice import Hit
    from latentcli.words._space import Space

COLUMNS = ("query", "rank", "word", "score")


def report(
    name: str,
    space: Space,
    labels: Sequence[str],
    found: Sequence[Sequence[Hit]],
    *,
    settings: dict[str, Scalar],
    title: str,
) -> Report:
    """Make the report of a search: one record for each hit, each with its query."""
    records: list[Record] = [
        {"query": label, "rank": rank, "word": hit.word, "score": hit.score}
        for label, hits in zip(labels, found, strict=True)
        for rank, hit in enumerate(hits, 1)
    ]
    return Report(
        command=name,
        columns=COLUMNS,
        records=records,
        settings=about(space) | settings,
        title=title,
    )
