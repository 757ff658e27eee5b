"""What has to be removed or put right if the process ends now: half-written files, folders of this run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_held = [0]


@contextmanager
def holding() -> Iterator[None]:
    """Mark that something must be undone on the way out, so that Ctrl-C unwinds instead of ending at once."""
    _held[0] += 1
    try:
        yield
    finally:
        _held[0] -= 1


def anything() -> bool:
    """Tell whether something must be undone."""
    return _held[0] > 0
