"""What every evaluation says of the vectors and of words that they do not have."""

from __future__ import annotations

from collections.abc import Sequence

from latentcli.errors import counted, shown
from latentcli.results import Record
from latentcli.words._space import Space

_LISTED = 3


def about(space: Space) -> Record:
    """Return the settings that name the vectors."""
    laid = getattr(space.matrix, "settings", dict)
    return {
        "vectors": space.address,
        "words": len(space),
        "dimensions": space.dimensions,
        **laid(),
    }


def note_on_missing(words: Sequence[str], in_another_case: int = 0) -> tuple[str, ...]:
    """Say which words are out of vocabulary: how many, and a few of them."""
    if not words:
        return ()
    few = ", ".join(shown(word, 40) for word in words[:_LISTED])
    more = ", ..." if len(words) > _LISTED else ""
    hint = f"; {in_another_case:,} are there in another case (`ignore_case`)"
    count = counted(len(words), "word is", "words are")
    return (f"{count} out of vocabulary: {few}{more}{hint if in_another_case else ''}",)
