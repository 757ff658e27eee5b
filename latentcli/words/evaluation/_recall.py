"""Recall of an approximate index: how many of the exact nearest neighbors it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError, counted
from latentcli.numerics.repeats import bootstrapped, repeats_of_keys
from latentcli.results import Interval, Picture, Record, Result

Rankings = Mapping[str, Sequence[str]] | npt.ArrayLike
"""Identifiers by query, the nearest first; or row numbers (Q, k), -1 for none."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RecallResult(Result):
    """Recall at each cutoff.

    Attributes
    ----------
    recall
        By k, the mean over the queries.
    intervals
        By k, the bootstrap interval over the queries; None of fewer than eight.
    queries
        How many have exact neighbors.
    """

    recall: Mapping[int, float]
    intervals: Mapping[int, Interval | None]
    queries: int

    def pictures(self) -> tuple[Picture, ...]:
        """Return recall at each cutoff, with its interval."""
        from latentcli.words.evaluation._pictures import recall_at

        return recall_at(self.records)


def evaluate_recall(
    found: Rankings,
    exact: Rankings,
    *,
    cutoffs: Sequence[int] = (1, 10, 100),
    ci: float | None = 0.95,
    seed: int = 0,
) -> RecallResult:
    """Measure how many of the k exact nearest neighbors are among the k that an index found.

    Recall@k is the share of the k exact neighbors that are among the first k answers, the mean over the
    queries; a query without an answer has 0.

    Parameters
    ----------
    found
        What the index answered: identifiers by query, row numbers (Q, k), or a file of them.
    exact
        The exact neighbors, at least as many as the cutoffs that are to be measured.
    cutoffs
        Numbers of neighbors k; those for which some query has fewer exact neighbors are left out.
    ci
        Level of the intervals; None for none.
    seed
        Of the bootstrap.

    Raises
    ------
    LatentError
        Where the two have no query in common, or no cutoff is left.

    Examples
    --------
    >>> evaluate_recall([[1, 2], [3, 9]], [[2, 1], [3, 4]], cutoffs=[1, 2]).recall
    {1: 0.5, 2: 0.75}
    """
    if not cutoffs or min(cutoffs) < 1:
        raise ParameterError("cutoffs", list(cutoffs), "whole numbers from 1")
    answers, truth = _by_query(found, "found"), _by_query(exact, "exact")
    known = [query for query in truth if query in answers]
    if not known:
        raise LatentError("`found` and `exact` have no query in common")
    least = min(len(truth[query]) for query in truth)
    measured = [k for k in dict.fromkeys(cutoffs) if k <= least]
    if not measured:
        raise LatentError(
            f"`exact` has {counted(least, 'neighbor')} of a query; every cutoff is larger"
        )
    recall: dict[int, float] = {}
    intervals: dict[int, Interval | None] = {}
    records: list[Record] = []
    repeats = repeats_of_keys(hash((*truth[one], None, *answers.get(one, ()))) for one in truth)
    for k in measured:
        shares = np.array(
            [len({*truth[one][:k]} & {*answers.get(one, ())[:k]}) / k for one in truth]
        )
        recall[k] = float(shares.mean())
        low, high = (None, None) if ci is None else bootstrapped(shares, ci, seed, repeats)
        intervals[k] = None if low is None or high is None else Interval(low, high)
        least_share = float(shares.min())
        records.append(
            {"k": k, "recall": recall[k], "low": low, "high": high, "least": least_share,
             "all_found": float((shares == 1).mean())}
        )  # fmt: skip
    notes = (
        *repeats.note_on("query", "queries", "intervals"),
        *_notes(len(truth) - len(known), [k for k in cutoffs if k > least], least),
    )
    return RecallResult(
        recall=recall,
        intervals=intervals,
        queries=len(truth),
        title=f"Recall of an index: {counted(len(truth), 'query', 'queries')}",
        columns=("k", "recall", "low", "high", "least", "all_found"),
        records=records,
        summary={"queries": len(truth), **{f"recall_at_{k}": recall[k] for k in measured}},
        settings={"cutoffs": ",".join(map(str, measured)), "ci": ci, "seed": seed},
        notes=notes,
    )


def _notes(missing: int, deep: list[int], least: int) -> tuple[str, ...]:
    notes = []
    if missing:
        are = (
            "query has no answer and counts"
            if missing == 1
            else "queries have no answer and count"
        )
        notes.append(f"{missing:,} {are} as 0")
    if deep:
        notes.append(
            f"no recall at {', '.join(map(str, deep))}: `exact` has {counted(least, 'neighbor')} of a query"
        )
    return tuple(notes)


def _by_query(given: Rankings, name: str) -> Mapping[str, Sequence[str]]:
    if isinstance(given, Mapping):
        return {str(query): [str(one) for one in ids] for query, ids in given.items()}
    rows = np.asarray(given)
    if rows.ndim != 2 or rows.dtype.kind not in "iu":
        raise LatentError(
            f"`{name}`: {rows.dtype} of shape {rows.shape}; answers are whole numbers (Q, k)"
        )
    return {
        str(query): [str(one) for one in ids if one >= 0]
        for query, ids in enumerate(rows.tolist())
    }
