"""How scores are shown: records for every format, sheets and a heat map for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from latentcli.results import HeatMap, Record, Scalar, Sheet, View

if TYPE_CHECKING:
    from latentcli.disentanglement._data import Data
    from latentcli.disentanglement._score import Row, Score

_SHOWN = 20
"""Dimensions that a table shows; the other formats have all."""

_LEFT_OUT = {"entropy", "information", "runner_up", "runner_up_information", "ceiling"}
"""What makes a table wider than it makes the reader wiser: the heat map and the rest tell it."""


def title(data: dict[str, Data], files: list[str]) -> str:
    """Return what is held against what, and how large it is."""
    first = next(iter(data.values()))
    dimensions = " and ".join(dict.fromkeys(f"{held.dimensions:,}" for held in data.values()))
    size = f"{first.rows:,} rows x {dimensions} dimensions"
    codes = ", ".join(_short(name) for name in data)
    if not first.factors:
        return f"{codes}: {size}"
    return f"{codes} against {_short(files[-1])}: {size}, {len(first.factors)} factors"


def _short(address: str) -> str:
    return address.rpartition("/")[2]


def labels(models: Iterable[str]) -> dict[str, str]:
    """Return what a table calls each model: its file's name, if that tells it from the others."""
    names = {model: _short(model) for model in models}
    return names if len({*names.values()}) == len(names) else {model: model for model in names}


def records(model: str, score: Score) -> list[Record]:
    """Return a flat record for each factor and each dimension of a model."""
    rows: list[Record] = []
    for level, parts in (("factor", score.factors), ("dimension", score.dimensions)):
        for part in parts:
            rest = {key: value for key, value in part.items() if key != level}
            rows.append({"model": model, "level": level, "name": part[level], **rest})
    return rows


def columns(rows: list[Record]) -> tuple[str, ...]:
    """Return the names of all that any record holds, in their order."""
    return tuple(dict.fromkeys(key for row in rows for key in row))


def sheets(data: Data, score: Score, *, title: str = "") -> list[View]:
    """Return factors, dimensions and the matrix between them, as far as a page goes."""
    tell = f"{title}: " if title else ""
    parts: list[View] = []
    if score.factors:
        parts.append(Sheet(f"{tell}factors", *table(score.factors)))
    chosen, more = telling(data, score.matrix)
    if score.dimensions:
        rows = [score.dimensions[j] for j in chosen]
        parts.append(Sheet(f"{tell}dimensions{more}", *table(rows)))
    if score.matrix is not None:
        parts.append(
            HeatMap(
                f"{tell}{score.matrix_name}{more}",
                [data.names[j] for j in chosen],
                _across(data, score),
                [[float(value) for value in score.matrix[j]] for j in chosen],
            )
        )
    return parts


def _across(data: Data, score: Score) -> list[str]:
    """Return the names of a matrix's columns: factors, or dimensions where there are none."""
    names = data.factor_names or list(data.names)
    return names[: score.matrix.shape[1]]


def telling(data: Data, matrix: Any) -> tuple[list[int], str]:
    """Choose the dimensions that a matrix (D, K) says most of; and say if there are more."""
    if data.dimensions <= _SHOWN:
        return list(range(data.dimensions)), ""
    if matrix is None:
        return list(range(_SHOWN)), f" (the first {_SHOWN} of {data.dimensions:,})"
    best = matrix.max(axis=1)
    order = sorted(range(data.dimensions), key=lambda j: -float(best[j]))
    return sorted(order[:_SHOWN]), f" (the {_SHOWN} of {data.dimensions:,} that tell most)"


def table(rows: Sequence[Row]) -> tuple[tuple[str, ...], list[Record]]:
    """Return columns and records for a page: no lists, which the heat map shows, nothing empty."""
    said = [
        key
        for key in columns([dict(row) for row in rows])
        if key not in _LEFT_OUT
        and not any(isinstance(row.get(key), list) for row in rows)
        and any(row.get(key) is not None for row in rows)
        and not (key == "alive" and all(row.get(key) for row in rows))
    ]
    flat: list[Record] = [{key: row.get(key) for key in said} for row in rows]
    if {"kind", "classes"} <= {*said}:
        for row in flat:
            cut = " (cut)" if row.pop("kind") == "continuous" else ""
            row["classes"] = f"{row['classes']}{cut}"
        said.remove("kind")
    return tuple(said), flat


def summary(scores: dict[str, Score]) -> dict[str, Scalar]:
    """Return the named numbers of one model; of several, each with its model in front."""
    if len(scores) == 1:
        return dict(next(iter(scores.values())).summary)
    return {
        f"{model} {name}": value
        for model, score in scores.items()
        for name, value in score.summary.items()
    }


def models(scores: dict[str, Score]) -> Sheet:
    """Return the named numbers of several models beside each other, a column for each."""
    names = list(dict.fromkeys(name for score in scores.values() for name in score.summary))
    called = labels(scores)
    rows: list[Record] = [
        {
            "score": name,
            **{called[model]: score.summary.get(name) for model, score in scores.items()},
        }
        for name in names
    ]
    return Sheet("models", ("score", *called.values()), rows)
