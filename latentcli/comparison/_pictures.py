"""What comparisons look like: measures with their intervals beside chance, and what moved most."""

from __future__ import annotations

from collections.abc import Sequence

from latentcli.charts import dot_of
from latentcli.results import Bars, Dots, Picture, Record


def of_comparison(records: Sequence[Record]) -> tuple[Picture, ...]:
    """Return the measures beside what shuffled rows give, and how far words moved."""
    measures = [
        row for row in records if row.get("word") is None and _number(row["value"]) is not None
    ]
    moved = [row for row in records if row.get("word") is not None]
    names = [f"{str(row['measure']).replace('_', ' ')} ({row['variant']})" for row in measures]
    found: list[Picture] = []
    if measures:
        series = {
            "these spaces": [dot_of(row, "value", "low", "high") for row in measures],
            "shuffled rows": [dot_of(row, "null") for row in measures],
        }
        found.append(Dots("measures", "value", names, series))
    if moved:
        found.append(
            _bars("moved most", moved, "word", "value", "1 - cosine after the rotation")
        )
    return tuple(found)


def of_drift(records: Sequence[Record]) -> tuple[Picture, ...]:
    """Return the measures between 0 and 1 beside halves of the known codes, and the shifts of dimensions."""
    shares = [
        row
        for row in records
        if row["measure"] in ("classifier", "precision", "recall", "density", "coverage")
        and row["value"] is not None
    ]
    shifted = [
        row
        for row in records
        if row["measure"] == "mean_shift" and str(row["variant"]).startswith("dimension ")
    ]
    names = [
        "AUC of a classifier" if row["measure"] == "classifier" else f"{row['measure']} ({row['variant']})"
        for row in shares
    ]  # fmt: skip
    series = {
        "these sets": [dot_of(row, "value", "low", "high") for row in shares],
        "halves of the known codes": [dot_of(row, "baseline") for row in shares],
    }
    found: list[Picture] = [Dots("measures", "value", names, series)] if shares else []
    if shifted:
        found.append(_bars("dimensions that shifted most", shifted, "variant", "value", "shift of the mean (standard deviations)"))  # fmt: skip
    return tuple(found)


def of_alignment(records: Sequence[Record]) -> tuple[Picture, ...]:
    """Return the precision of both ways of retrieval beside that of a shuffled dictionary."""
    names = [f"{row['retrieval']}: P@{row['k']}" for row in records]
    series = {
        "this rotation": [dot_of(row, "precision", "low", "high") for row in records],
        "shuffled dictionary": [dot_of(row, "chance") for row in records],
    }
    return (Dots("", "precision", names, series),)


def of_slices(records: Sequence[Record]) -> tuple[Picture, ...]:
    """Return how far the words went that changed most."""
    return (
        (_bars("most changed", records, "word", "moved", "1 - cosine after the rotation"),)
        if records
        else ()
    )


def _bars(title: str, records: Sequence[Record], name: str, key: str, unit: str) -> Bars:
    values = [_number(row[key]) or 0.0 for row in records]
    return Bars(title, [str(row[name]) for row in records], values, unit)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
