"""A space that is ready for queries, wherever its parts lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latentcli.numerics.named_vectors import Vocabulary

if TYPE_CHECKING:
    from latentcli.files.store.columns import Columns
    from latentcli.numerics.types import Array


@dataclass
class Entry:
    """A space ready for queries: `matrix` (rows, D) float32, `norms` (rows,) float64.

    `meta` says what was read: format, rows, words, dimensions, dtype, declared, findings.
    `notes` is what to tell the user about this opening; it is empty when a good entry was found.
    `columns` are the other columns of a table, where they were requested.
    """

    path: Path
    matrix: Array
    norms: Array
    vocabulary: Vocabulary
    meta: dict[str, Any]
    extras: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    folder: Path | None = None
    cached: bool = False
    columns: Columns | None = None
