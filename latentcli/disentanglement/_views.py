"""How scores are shown: records for every format, sheets and a heat map for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from latentcli.disentanglement._data import Data
from latentcli.disentanglement._score import Score
from latentcli.results import HeatMap, Record, Sheet, View

_SHOWN = 20
"""Dimensions that a table shows; the other formats have all."""

_LEFT_OUT = {
    "entropy", "information", "runner_up", "runner_up_information", "runner_up_score", "ceiling",
    "low", "high", "estimator", "of_factor", "informativeness_train", "explicitness_train",
    "worst_explicitness",
}  # fmt: skip
"""What is in the records, but makes a table wider than 80 columns."""


def size(data: Data) -> str:
    """Return how large codes and factors are, in words."""
    text = f"{_count(data.rows, 'row')} x {_count(data.dimensions, 'dimension')}"
    return f"{text}, {_count(len(data.factors), 'factor')}" if data.factors else text


def size_of_models(models: Sequence[Data]) -> str:
    """Return how large codes and factors are, in words; of models of several sizes how many they are."""
    sizes = list(dict.fromkeys(map(size, models)))
    return sizes[0] if len(sizes) == 1 else _count(len(models), "model")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def records(score: Score, summary: Record) -> list[Record]:
    """Return a flat record of the whole, and one for each factor and each dimension."""
    rows: list[Record] = [{"level": "all", "name": None, **summary}]
    for level, parts in (("factor", score.factors), ("dimension", score.dimensions)):
        for part in parts:
            rest = {key: value for key, value in part.items() if key != level}
            rows.append({"level": level, "name": part[level], **rest})
    return rows


def columns(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the names of all that any record holds, in their order."""
    return tuple(dict.fromkeys(key for row in rows for key in row))


def sheets(data: Data, score: Score) -> tuple[View, ...]:
    """Return factors, dimensions and the matrix between them, as far as a page goes."""
    parts: list[View] = []
    if score.factors:
        parts.append(Sheet("factors", *table(score.factors)))
    rows = [str(row["dimension"]) for row in score.dimensions] or list(data.names)
    chosen, more = most_informative(len(rows), score.matrix)
    if score.dimensions:
        some = [score.dimensions[j] for j in chosen]
        parts.append(Sheet(f"dimensions{more}", *table(some)))
    if score.matrix is not None:
        names = data.factor_names or list(data.names)
        parts.append(
            heat_map(rows, score.matrix, names[: score.matrix.shape[1]], score.matrix_name)
        )
    return tuple(parts)


def heat_map(rows: Sequence[str], matrix: Any, names: Sequence[str], title: str) -> HeatMap:
    """Return a matrix (D, K) as shades, of the dimensions that it says most of."""
    chosen, more = most_informative(len(rows), matrix)
    return HeatMap(
        f"{title}{more}",
        [rows[j] for j in chosen],
        names,
        [[float(value) for value in matrix[j]] for j in chosen],
    )


def most_informative(count: int, matrix: Any) -> tuple[list[int], str]:
    """Choose the dimensions that a matrix (D, K) says most of; and say if there are more."""
    if count <= _SHOWN:
        return list(range(count)), ""
    if matrix is None:
        return list(range(_SHOWN)), f" (the first {_SHOWN} of {count:,})"
    best = matrix.max(axis=1)
    order = sorted(range(count), key=lambda j: -float(best[j]))
    return sorted(order[:_SHOWN]), f" (the {_SHOWN} most informative of {count:,})"


def table(rows: Sequence[Record]) -> tuple[tuple[str, ...], list[Record]]:
    """Return columns and records for a page: no lists, which the heat map shows, nothing empty."""
    shown = [
        key
        for key in columns(rows)
        if key not in _LEFT_OUT
        and not key.endswith(("_low", "_high"))
        and not any(isinstance(row.get(key), list) for row in rows)
        and any(row.get(key) is not None for row in rows)
        and not (key == "alive" and all(row.get(key) for row in rows))
        and not (key == "rows" and len({row.get(key) for row in rows}) == 1)
    ]
    flat: list[Record] = [{key: row.get(key) for key in shown} for row in rows]
    if {"kind", "classes"} <= {*shown}:
        for row in flat:
            cut = " (cut)" if row.pop("kind") == "continuous" else ""
            row["classes"] = f"{row['classes']}{cut}"
        shown.remove("kind")
    return tuple(shown), flat
