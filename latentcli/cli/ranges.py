"""Ranges and numbers as they are typed: "0,4-7", "all", "-3:3:7", "10%"."""

from __future__ import annotations

import math
import re

from latentcli.cli.exit_codes import UsageError
from latentcli.errors import LatentError

_LARGEST = 1e100
"""Amounts beyond it overflow somewhere."""

MOST = 1_000_000
"""How many numbers a range may stand for."""


def ranges(text: str, what: str = "layer") -> list[int]:
    """Read "1,2,5-10" (ends included) as numbers, each once.

    >>> ranges("0,4-6")
    [0, 4, 5, 6]
    """
    found: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,15})(?:\s*-\s*(\d{1,15}))?\s*", part)
        if not match:
            raise UsageError(f"'{text}' is not a list of {what}s; write it like 0,2,4-7")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise UsageError(f"'{part.strip()}' ends before it begins")
        if len(found) + last - first >= MOST:
            raise UsageError(f"'{text}' names more than {MOST:,} {what}s")
        found += range(first, last + 1)
    return list(dict.fromkeys(found))


def numbers(text: str) -> list[float]:
    """Read "0,0.33,1", or "-3:3:7": seven numbers from -3 to 3, both included.

    >>> numbers("-1:1:3"), numbers("0,0.5")
    ([-1.0, 0.0, 1.0], [0.0, 0.5])
    """
    try:
        if ":" in text:
            first, last, count = text.split(":")
            found = _spaced(text, float(first), float(last), int(count))
        else:
            found = [float(part) for part in text.split(",")]
    except LatentError:
        raise
    except ValueError:
        raise UsageError(
            f"'{text}' is neither numbers (0,0.5,1) nor first:last:count (-3:3:7)"
        ) from None
    if not all(map(math.isfinite, found)):
        raise UsageError(f"'{text}' holds a number that is not finite")
    if max(map(abs, found)) > _LARGEST:
        raise UsageError(f"'{text}' holds a number beyond {_LARGEST:g}")
    return found


def _spaced(text: str, first: float, last: float, count: int) -> list[float]:
    """Return numbers evenly from first to last, as numpy.linspace has them."""
    if not 1 <= count <= MOST:
        raise UsageError(f"'{text}': the count is from 1 to {MOST:,}")
    if count == 1:
        return [first]
    step = (last - first) / (count - 1)
    return [*(index * step + first for index in range(count - 1)), last]


def share(text: str | None, name: str) -> float | None:
    """Read "10%" or "0.1" as a share.

    >>> share("10%", "top"), share("0.25", "top")
    (0.1, 0.25)
    """
    if text is None:
        return None
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        raise UsageError(f"--{name} {text}: a share, such as 10% or 0.1") from None
    return value / 100 if text.endswith("%") else value
