"""Every metric by name, and how the scores of several models are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from latentcli.disentanglement._score import Score
from latentcli.results import Picture, Record, Result, Sheet, View


def function(name: str) -> Callable[..., Score]:
    """Import the function of a metric of the table."""
    label = name.replace("-", "_")
    found: Callable[..., Score] = getattr(
        import_module(f"latentcli.disentanglement._{label}"), label
    )
    return found


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Models(Result):
    """The scores of several models by one metric."""

    scores: Mapping[str, Score]

    def pictures(self) -> tuple[Picture, ...]:
        """Return the score of each model with its interval, and its matrix."""
        from latentcli.disentanglement._pictures import of_models

        return of_models(self.scores)


def notes_of(scores: Mapping[str, Result]) -> tuple[str, ...]:
    """Return all notes, each once; with several models after the names of those it is about."""
    about: dict[str, list[str]] = {}
    for model, score in scores.items():
        for note in score.notes:
            about.setdefault(note, []).append(model)
    return tuple(
        note if len(models) == len(scores) else f"{', '.join(models)}: {note}"
        for note, models in about.items()
    )


def views(scores: Mapping[str, Score]) -> list[View]:
    """Return a table of models, then what each model's score has to show, under its name."""
    if len(scores) == 1:
        return list(next(iter(scores.values())).views)
    found: list[View] = [_sheet(scores)]
    for model, score in scores.items():
        found += [_titled(view, f"{model}: {view.title}") for view in score.views]  # type: ignore[union-attr]
    return found


def _titled(view: Any, title: str) -> View:
    from dataclasses import replace

    changed: View = replace(view, title=title)
    return changed


def _sheet(scores: Mapping[str, Score]) -> Sheet:
    """Return a row for each model: its score, the interval, chance, and what goes with it."""
    first = next(iter(scores.values()))
    name = next(iter(first.numbers))
    names = [name, f"{name}_low", f"{name}_high", f"{name}_chance", f"{name}_corrected"]
    shown = [
        one for one in names if any(s.summary.get(one) is not None for s in scores.values())
    ]
    rows: list[Record] = [
        {"model": model, **{one: score.summary.get(one) for one in shown}}
        for model, score in scores.items()
    ]
    return Sheet("models", ("model", *shown), rows)
