"""Notes that several metrics have to say about factors."""

from __future__ import annotations

from collections.abc import Sequence

from latentcli.disentanglement._data import Factor
from latentcli.errors import shown

_LISTED = 6


def listed(names: Sequence[str]) -> str:
    """Return names with commas, the first few of many."""
    text = ", ".join(shown(name) for name in names[:_LISTED])
    return text if len(names) <= _LISTED else f"{text} and {len(names) - _LISTED:,} more"


def of_text(factors: Sequence[Factor]) -> tuple[str, ...]:
    """Say which factors are text, where a regression takes them for numbers."""
    names = [
        factor.name
        for factor in factors
        if factor.size > 2 and factor.kind == "discrete" and not _numbers(factor)
    ]
    if not names:
        return ()
    return (
        f"regression takes the classes of {listed(names)}, which are text, in sorted order",
    )


def _numbers(factor: Factor) -> bool:
    try:
        return all(float(name) is not None for name in factor.classes)
    except ValueError:
        return False
