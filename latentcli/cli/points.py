"""Points of a file as a command takes them: word vectors, or codes with one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentcli.cli.arrays import Axes
from latentcli.cli.output import Output
from latentcli.cli.source import Source

if TYPE_CHECKING:
    from latentcli.numerics.types import Array
    from latentcli.words._space import Space


def load(
    address: str, axes: Axes, output: Output, *, no_cache: bool, ignore_case: bool = False
) -> Space | Array:
    """Open word vectors, mapped from the cache, or read codes (N, ...), NaN and all."""
    from latentcli.files import codes

    if not axes.axes and codes.holds_words(address):
        source = Source(vectors=address, ignore_case=ignore_case, no_cache=no_cache)
        return source.open(output)
    loaded = codes.load(address, axes=axes.axes, finite=False)
    for text in loaded.notes:
        output.note(text)
    return loaded.rows()
