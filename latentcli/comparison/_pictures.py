"""What a comparison looks like: its measures with their intervals, and the words that moved most."""

from __future__ import annotations

from collections.abc import Sequence

from latentcli.results import Bars, Dot, Dots, Picture, Record


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
            "these spaces": [
                Dot(*(_number(row.get(key)) for key in ("value", "low", "high"))) for row in measures
            ],
            "shuffled rows": [Dot(_number(row.get("null"))) for row in measures],
        }  # fmt: skip
        found.append(Dots("measures", "value", names, series))
    if moved:
        found.append(
            Bars(
                "moved most", [str(row["word"]) for row in moved],
                [_number(row["value"]) or 0.0 for row in moved], "1 - cosine after the rotation",
            )
        )  # fmt: skip
    return tuple(found)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
