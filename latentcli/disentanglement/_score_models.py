"""One metric of one model or several: scores side by side, and which models can be distinguished."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._kept import Scorer, Store
from latentcli.disentanglement._metric import READING, check_halves
from latentcli.disentanglement._models import Models, notes_of, views
from latentcli.disentanglement._paired import COLUMNS as OF_DIFFERENCES
from latentcli.disentanglement._paired import default_halves, differences_of
from latentcli.disentanglement._views import columns, size_of_models
from latentcli.errors import LatentError, check_choice
from latentcli.numerics.multiple_comparisons import difference_keys
from latentcli.numerics.types import Progress
from latentcli.results import Record, Sheet

Tracker = Callable[[str], AbstractContextManager[Progress | None]]
"""Given what is computed, returns a context with a `progress(done, total)`."""

COSTLY = "{0}: models are not compared on halves of the rows, which would compute each score 20 times more; `halves` requests it"


def score_models(
    metric: str,
    codes: Mapping[str, Codes | Data],
    factors: Factors = None,
    *,
    halves: int | None = None,
    store: Store | None = None,
    tracker: Tracker | None = None,
    **settings: Any,
) -> Models:
    """Score several models by one metric, and say which of them can be distinguished.

    Parameters
    ----------
    metric
        A name of the table `METRICS`.
    codes
        The codes (N, D) of each model by its name, of the same rows.
    factors
        (N, K) ground-truth factors.
    halves
        Number of random halves of the rows, the same for all models, by which differences are
        tested; 0 for none, None for 20 where the metric is quick.
    store
        A mapping that keeps scores by text, so that none is computed twice.
    tracker
        Given what is computed, returns a context with a `progress(done, total)`.
    **settings
        The metric's own.

    Returns
    -------
    Models
        The records of the metric, each with its model. With several models the record of the whole
        has `difference` (from the best), its interval, `difference_p_value` (t test over halves), `p_holm`
        (adjusted for all pairs; Holm, 1979) and `group`: models that share a letter are not distinguished.

    Raises
    ------
    ParameterError
        For a metric or setting that is not there.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 20)
    >>> noisy = grid + np.random.default_rng(0).normal(size=grid.shape)
    >>> result = score_models("mig", {"grid": grid, "noisy": noisy}, grid)
    >>> [row["group"] for row in result.records if row["level"] == "all"]
    ['a', 'b']
    """
    from latentcli.disentanglement import METRICS

    check_choice("metric", metric, METRICS)
    check_halves(halves)
    if not codes:
        raise LatentError("`codes` names no model")
    options = {key: settings.pop(key) for key in READING if key in settings}
    scorers = {
        model: Scorer(prepare(one, factors, **options), store) for model, one in codes.items()
    }
    track = tracker or (lambda _: nullcontext())
    scores = {}
    for model, scorer in scorers.items():
        with track(f"{metric} of {model}" if len(scorers) > 1 else metric) as progress:
            scores[model] = scorer.score(metric, settings, progress)
    differences: list[Record] = []
    if len(scores) > 1:
        with track(f"{metric} on halves of the rows") as progress:
            differences = differences_of(
                metric, scorers, scores, settings, halves=halves, progress=progress
            )
    rows = records_of(scores, differences)
    first = next(iter(scores.values()))
    notes = notes_of(scores)
    if len(scores) > 1 and halves is None and not default_halves(metric, settings):
        notes = (*notes, COSTLY.format(metric))
    shown = list(views(scores))
    if differences:
        best = differences[0]["model"]
        kept = tuple(name for name in OF_DIFFERENCES if name not in ("metric", "value"))
        shown.insert(1, Sheet(f"differences from {best}", kept, differences, ("p_value",)))
    return Models(
        scores=scores,
        title=f"{METRICS[metric]}: {size_of_models([one.data for one in scorers.values()])}",
        columns=(
            "model",
            *columns({k: v for k, v in row.items() if k != "model"} for row in rows),
        ),
        records=rows,
        summary={} if len(scores) > 1 else first.summary,
        settings=dict(first.settings),
        notes=notes,
        views=tuple(shown),
    )


def records_of(scores: Mapping[str, Any], differences: list[Record]) -> list[Record]:
    """Return the records of several scores, each with its model, and how models differ."""
    differing = {row["model"]: row for row in differences}
    rows: list[Record] = []
    for model, score in scores.items():
        for row in score.records:
            of_whole = differing.get(model, {}) if row["level"] == "all" else {}
            rows.append({"model": model, **row, **difference_keys(of_whole)})
    return rows
