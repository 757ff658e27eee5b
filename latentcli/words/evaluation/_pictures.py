"""Scores of benchmarks as dots with their intervals, of one file of vectors or of several side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from latentcli.charts import dot_of
from latentcli.results import Dot, Dots, Record, Result

LABELS = {
    "accuracy": "accuracy, with its 95 % interval (Wilson)",
    "spearman": "Spearman's rho, with its 95 % interval (bootstrap)",
    "purity": "purity of clusters",
    "effect_size": "effect size (standard deviations)",
}


def scores(found: Mapping[str, Result], key: str, value: str) -> tuple[Dots, ...]:
    """Return the `value` of each record, named by its `key`, for each file of vectors.

    Keys may occur again: the nth of one file goes with the nth of the others. Those without a value in
    any file are left out.
    """
    series = {name: _of_one(one.records, key, value) for name, one in found.items()}
    there = (
        place
        for dots in series.values()
        for place, dot in dots.items()
        if dot.value is not None
    )
    labels = list(dict.fromkeys(there))
    if not labels:
        return ()
    names = [name for name, _ in labels]
    aligned = {
        name: [dots.get(place, Dot(None)) for place in labels] for name, dots in series.items()
    }
    return (Dots("", LABELS[value], names, aligned),)


def recall_at(records: Sequence[Record]) -> tuple[Dots, ...]:
    """Return recall at each cutoff, with its interval."""
    names = [f"recall@{row['k']}" for row in records]
    return (
        Dots(
            "", "recall", names, {"": [dot_of(row, "recall", "low", "high") for row in records]}
        ),
    )


def _of_one(records: Sequence[Record], key: str, value: str) -> dict[tuple[str, int], Dot]:
    seen: Counter[str] = Counter()
    found: dict[tuple[str, int], Dot] = {}
    for record in records:
        label = str(record[key])
        seen[label] += 1
        keys = (f"{value}{end}" for end in ("", "_low", "_high"))
        found[label, seen[label]] = dot_of(record, *keys)
    return found
