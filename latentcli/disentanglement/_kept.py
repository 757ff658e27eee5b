"""Scores that are computed once: kept by what they are of, and found again.

What keeps them is any mapping from text to JSON: a dict, or one on disk.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any, Protocol

import numpy as np

from latentcli._version import __version__
from latentcli.disentanglement._about import parameters
from latentcli.disentanglement._attribution import quiet
from latentcli.disentanglement._data import Data
from latentcli.disentanglement._metric import finished
from latentcli.disentanglement._models import function
from latentcli.disentanglement._score import Estimate, Score, value_only
from latentcli.errors import LatentError
from latentcli.numerics.parallel import each
from latentcli.numerics.repeats import Repeats
from latentcli.numerics.types import Array, Progress
from latentcli.results import Interval


class Store(Protocol):
    """What keeps scores, as JSON by a key of text; a dict does."""

    def get(self, key: str, /) -> Any:
        """Return what is kept under a key; None if nothing is."""

    def __setitem__(self, key: str, value: Any, /) -> None:
        """Keep a value."""


class Scorer:
    """Computes scores of one model, or finds them in a store."""

    def __init__(self, data: Data, store: Store | None = None) -> None:
        self.data = data
        self._store = store
        self._digest = "" if store is None else digest(data)

    def score(
        self, name: str, settings: Mapping[str, Any], progress: Progress | None = None
    ) -> Score:
        """Return the score of a metric."""
        key = self._key(name, settings, "score")
        kept = None if self._store is None else self._store.get(key)
        found = None if kept is None else _restored(kept, self.data)
        if found is not None:
            return found
        more = {"progress": progress} if "progress" in parameters(name) else {}
        made = function(name)(self.data, **settings, **more)
        if self._store is not None:
            self._store[key] = _kept(made)
        return made

    def halves(
        self,
        name: str,
        settings: Mapping[str, Any],
        count: int,
        progress: Progress | None = None,
        repeats: Repeats | None = None,
    ) -> list[float | None]:
        """Return the value on each of `count` random halves of the rows, everything fitted afresh.

        The halves depend on the seed and the number of rows alone: they are the same for all models. Of rows that
        repeat each other, by `repeats`, a half has all or none.
        """
        together = f" of {repeats.distinct}" if repeats else ""
        key = self._key(name, settings, f"halves {count}{together}")
        found = None if self._store is None else self._store.get(key)
        if isinstance(found, list) and all(isinstance(one, (float, NoneType)) for one in found):
            return found
        drawn = repeats or Repeats(self.data.rows)
        rows = drawn.halves(int(settings.get("seed", 0)), count=count)
        with quiet():  # around all threads: the filters of warnings are the process's
            made = each(lambda some: self._value(name, settings, some), rows, progress)
        if self._store is not None:
            self._store[key] = made
        return made

    def _value(self, name: str, settings: Mapping[str, Any], rows: Array) -> float | None:
        part = self.data.part(rows)
        if len(part.factors) < len(self.data.factors):
            return None  # a factor is the same in all of these rows
        # An interval of each half would be made from halves of the half: twenty times the work.
        without = {**settings, "ci": None} if "ci" in parameters(name) else settings
        with value_only():
            try:
                return function(name)(part, **without).value
            except LatentError:
                return None

    def _key(self, name: str, settings: Mapping[str, Any], what: str) -> str:
        return json.dumps([_code(), what, name, dict(settings), self._digest], default=list)


@cache
def _code() -> str:
    """Return what changes with the code that computes scores: its version, and when it was written."""
    root = Path(__file__).parents[1]
    files = sorted(
        [*(root / "disentanglement").glob("*.py"), *(root / "numerics").glob("*.py")]
    )
    states = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return hashlib.blake2b(repr((__version__, states)).encode(), digest_size=8).hexdigest()


def digest(data: Data) -> str:
    """Return a hash of all that a score depends on: codes, factors, names."""
    made = hashlib.blake2b(digest_size=16)
    codes = np.ascontiguousarray(data.codes.T)
    made.update(repr((codes.shape, codes.dtype.str, data.names, data.notes)).encode())
    made.update(codes.reshape(-1).data)
    for factor in data.factors:
        made.update(repr((factor.name, factor.kind, factor.period, factor.classes)).encode())
        made.update(np.ascontiguousarray(factor.labels).data)
        made.update(np.ascontiguousarray(factor.values).data)
    return made.hexdigest()


def _kept(score: Score) -> dict[str, Any]:
    """Return what makes a score, as JSON."""
    return {
        "metric": score.metric,
        "title": score.title,
        "numbers": {
            name: asdict(number) if isinstance(number, Estimate) else number
            for name, number in score.numbers.items()
        },
        "factors": list(score.factors),
        "dimensions": list(score.dimensions),
        "matrix": None if score.matrix is None else np.asarray(score.matrix).tolist(),
        "matrix_name": score.matrix_name,
        "settings": dict(score.settings),
        "notes": list(score.notes),
    }


def _restored(kept: Any, data: Data) -> Score | None:
    """Return the score that was kept; None where what was kept is damaged."""
    try:
        matrix = kept["matrix"]
        score = Score(
            metric=kept["metric"],
            numbers={name: _number(value) for name, value in kept["numbers"].items()},
            factors=kept["factors"],
            dimensions=kept["dimensions"],
            matrix=None if matrix is None else np.array(matrix),
            matrix_name=kept["matrix_name"],
        )
        made = finished(kept["metric"], score, data, kept["settings"])
        return replace(made, title=kept["title"], notes=tuple(kept["notes"]))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _number(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    interval: Sequence[float] | None = value["interval"]
    null = value["null"]
    return Estimate(
        **{
            **value,
            "interval": None if interval is None else Interval(*interval),
            "null": None if null is None else tuple(null),
        }
    )
