"""What a measure is, and the words that measures share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from latentcli.results import Interval

if TYPE_CHECKING:
    from latentcli.geometry._cloud import Cloud


@dataclass(frozen=True)
class Measure:
    """One number about a set of points.

    Attributes
    ----------
    section, measure, variant
        Where it belongs, its name, and how it was taken.
    value
        None where the measure has no meaning, and `note` then says why.
    interval
        Its confidence interval, None where there is none.
    white_noise
        The same measure of N(0, I) of as many rows and dimensions.
    null, p_value
        What the null of the reading gives on average, and how often it gives as much; the table of
        readings in the documentation says which null.
    reading
        What the number says, as a fixed phrase; empty for measures that are described, not judged.
    note
        What else a careful reader should know.
    """

    section: str
    measure: str
    variant: str
    value: float | None
    interval: Interval | None = None
    white_noise: float | None = None
    null: float | None = None
    p_value: float | None = None
    reading: str = ""
    note: str = ""


def with_white_noise(found: Iterable[Measure], noise: Iterable[Measure]) -> tuple[Measure, ...]:
    """Put what white noise gives into measures that have no closed form of it."""
    known = {(one.measure, one.variant): one.value for one in noise}
    return tuple(
        one
        if one.white_noise is not None
        else replace(one, white_noise=known.get((one.measure, one.variant)))
        for one in found
    )


def graded(value: float, *steps: tuple[float, str], beyond: str) -> str:
    """Return the words of the first step that the value is below.

    >>> graded(0.3, (0.25, "none"), (0.5, "weak"), beyond="clear")
    'weak'
    """
    return next((words for limit, words in steps if value < limit), beyond)


def kind_of(cloud: Cloud) -> str:
    """Say how nearness is measured."""
    return "unit rows" if cloud.settings.unit else "euclidean"


def of_drawn(cloud: Cloud) -> str:
    """Say that some rows only were drawn; nothing if it were all."""
    count = len(cloud.sampling.drawn)
    return f", {count:,} rows" if count < len(cloud) else ""
