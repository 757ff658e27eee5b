"""What every metric returns, and what every metric says about itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Value = str | int | float | bool | None | list[float]
Row = dict[str, Value]


@dataclass(frozen=True)
class About:
    """What a metric is: shown by its help, by `latent metrics` and in the docs.

    `beside` are scores of the summary that are to be read beside the value. `likes` are the peers whose conventions it can take, each with the settings that do it;
    `unlike` says of peers that are not reproduced why not.
    """

    title: str
    definition: str
    range: str
    best: str
    source: str
    blind: str
    factors: bool = True
    beside: tuple[str, ...] = ()
    likes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    unlike: str = ""


@dataclass(frozen=True)
class Score:
    """The result of a metric.

    `value` is the published score, in `About.range`, None where it is not defined (a note says
    why); `summary` holds every number about the whole by name, the value under the metric's
    name; `factors` and `dimensions` have a row for each; `matrix` (D, K), if there is one, is what
    the score is read from, and `matrix_name` says what it holds; `settings` all that shaped the
    numbers.
    """

    metric: str
    value: float | None
    summary: dict[str, Value]
    factors: Sequence[Row] = ()
    dimensions: Sequence[Row] = ()
    matrix: Any = None
    matrix_name: str = ""
    settings: dict[str, Value] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __float__(self) -> float:
        """Return the value, NaN where there is none."""
        return float("nan") if self.value is None else self.value
