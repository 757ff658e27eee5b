"""Which vectors answer a set better: differences paired by question."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import NamedTuple, Protocol

import numpy as np

from latentcli.errors import LatentError
from latentcli.numerics.multiple_comparisons import (
    Difference,
    difference_of,
    differences_from_best,
    paired_difference,
)
from latentcli.numerics.repeats import Repeats, repeats_of_keys
from latentcli.numerics.types import Array
from latentcli.results import Interval, Record, Result, Sheet

COLUMNS = (
    "set", "vectors", "questions", "value", "difference", "low", "high", "p_value", "p_holm", "group",
)  # fmt: skip

_FEWEST = 10
"""Questions in common below which nothing is compared."""

_HALVES = 100


class Answers(NamedTuple):
    """What was answered to each question (n,), NaN to those that do not count.

    1 or 0 for right or wrong; or cosines, with the `scores` (n,) that people gave. `same` (n,) are numbers
    that are equal for questions that repeat each other; None where none does.
    """

    values: Array
    scores: Array | None = None
    same: Array | None = None


class Evaluation(Protocol):
    """What an evaluation returns that can be compared: answers by the name of the set."""

    @property
    def answers(self) -> Mapping[str, Answers]:
        """The answers to each set."""


def compare_evaluations(
    results: Mapping[str, Evaluation | Sequence[Evaluation]],
    *,
    ci: float | None = 0.95,
    seed: int = 0,
) -> Result:
    """Say which vectors answer the same questions better, and which cannot be distinguished.

    Parameters
    ----------
    results
        What `evaluate_analogies`, `evaluate_odd` or `evaluate_similarity` returned for each vectors by their
        name; for several sets, all of their results.
    ci, seed
        Coverage of the intervals, None for none; random seed of the halves.

    Returns
    -------
    Result
        For each set and vectors, from the best down, over the questions that all of them count: `value`,
        `difference` from the best with its interval, `p_value`, `p_holm` (Holm, 1979, over all pairs) and
        `group`: vectors that share a letter are not distinguished at 5 %. Accuracies by McNemar's exact
        test (1947) and the interval of Agresti and Min (2005); correlations by the same random halves of the
        pairs for all. Questions that are repeated count once for tests and intervals.

    Raises
    ------
    LatentError
        For fewer than two vectors.

    Examples
    --------
    >>> import latentcli
    >>> space = latentcli.open()
    >>> pairs = [pair.split() for pair in "france paris,japan tokyo,germany berlin,italy rome,spain madrid".split(",")]
    >>> questions = [(*one, *other) for one in pairs for other in pairs if one != other]
    >>> found = {how: latentcli.evaluate_analogies(space, questions, method=how) for how in ("3cosadd", "only-b")}
    >>> [(row["vectors"], row["group"]) for row in compare_evaluations(found).records]
    [('3cosadd', 'a'), ('only-b', 'b')]
    """
    if len(results) < 2:
        raise LatentError("`results` has fewer than two vectors: there is nothing to compare")
    answers = {name: _answers(one) for name, one in results.items()}
    records: list[Record] = []
    notes = []
    for key in dict.fromkeys(key for one in answers.values() for key in one):
        mine = {name: one[key] for name, one in answers.items() if key in one}
        rows = _compared(mine, ci, seed)
        if not rows:
            notes.append(f"{key}: fewer than {_FEWEST} questions are counted for all vectors")
        records += [{"set": key, "vectors": row.pop("name"), **row} for row in rows]
    return Result(
        title="Differences, paired by question",
        columns=COLUMNS,
        records=[{key: row[key] for key in COLUMNS} for row in records],
        settings={"ci": ci, "seed": seed},
        notes=tuple(notes),
        views=(Sheet("", COLUMNS, records, ("p_value", "questions")),),
    )


def _answers(one: Evaluation | Sequence[Evaluation]) -> dict[str, Answers]:
    several = one if isinstance(one, Sequence) else [one]
    return {key: value for each in several for key, value in each.answers.items()}


def _compared(answers: Mapping[str, Answers], ci: float | None, seed: int) -> list[Record]:
    """Compare the answers to one set; nothing where too few questions are common."""
    if len({len(one.values) for one in answers.values()}) > 1 or len(answers) < 2:
        return []
    common = np.all([np.isfinite(one.values) for one in answers.values()], axis=0)
    count = int(common.sum())
    if count < _FEWEST:
        return []
    kept = {name: one.values[common] for name, one in answers.items()}
    first = next(iter(answers.values()))
    scores = first.scores
    repeats = (
        Repeats(count) if first.same is None else repeats_of_keys(first.same[common].tolist())
    )
    if scores is None:
        values = {name: float(one.mean()) for name, one in kept.items()}

        def difference(one: str, other: str) -> Difference:
            found = difference_of_shares(repeats.once(kept[one]), repeats.once(kept[other]), ci)
            return _around(values[other] - values[one], found) if repeats else found
    else:
        people = scores[common]
        units = np.tile(np.arange(repeats.distinct), (_HALVES, 1))
        drawn = np.random.default_rng([seed, 7]).permuted(units, axis=1)
        halves = [repeats.whole(one[: repeats.distinct // 2]) for one in drawn]
        values = {name: float(rank_correlations(one, people)) for name, one in kept.items()}
        parts = {
            name: np.array([rank_correlations(one[half], people[half]) for half in halves])
            for name, one in kept.items()
        }

        def difference(one: str, other: str) -> Difference:
            apart = [*map(difference_of, parts[one].tolist(), parts[other].tolist())]
            return paired_difference(difference_of(values[one], values[other]), apart, ci)

    known = {name: value for name, value in values.items() if math.isfinite(value)}
    rows = differences_from_best(known, difference) if len(known) > 1 else []
    return [{**row, "questions": count} for row in rows]


def _around(value: float, found: Difference) -> Difference:
    """Return a difference of all questions, tested on distinct ones, whose interval reaches as far as it."""
    ends = found.interval
    if ends is not None:
        ends = Interval(min(ends.low, value), max(ends.high, value))
    return Difference(value, ends, found.p_value)


def difference_of_shares(first: Array, second: Array, ci: float | None) -> Difference:
    """Return the share of 1 in `second` (n,) less that in `first` (n,), of the same questions.

    p is McNemar's (1947), exact; the interval is that of Agresti and Min (2005), who add half an
    answer to each of the four cells.

    >>> difference_of_shares(np.array([1.0, 1, 1, 0]), np.array([1.0, 0, 0, 0]), None)
    Difference(value=-0.5, interval=None, p_value=0.5)
    """
    from scipy.special import bdtr

    count = len(first)
    lost, won = int((first > second).sum()), int((second > first).sum())
    value = (won - lost) / count
    p_value = min(1.0, 2 * float(bdtr(min(lost, won), lost + won, 0.5))) if lost + won else 1.0
    if not ci:
        return Difference(value, None, p_value)
    lower, upper, total = lost + 0.5, won + 0.5, count + 2
    middle = (upper - lower) / total
    reach = NormalDist().inv_cdf((1 + ci) / 2)
    reach *= math.sqrt((lower + upper) / total - middle**2) / math.sqrt(total)
    ends = Interval(max(-1.0, min(value, middle - reach)), min(1.0, max(value, middle + reach)))
    return Difference(value, ends, p_value)


def rank_correlations(x: Array, y: Array) -> Array:
    """Return Spearman's rho (...) of x and y (..., n); NaN where one of them is constant.

    >>> float(rank_correlations(np.array([1.0, 2.0, 4.0]), np.array([3.0, 1.0, 0.0])))
    -1.0
    """
    from scipy.stats import rankdata

    sides = [rankdata(one, axis=-1) - (one.shape[-1] + 1) / 2 for one in (x, y)]
    norms = np.sqrt((sides[0] ** 2).sum(axis=-1) * (sides[1] ** 2).sum(axis=-1))
    products = (sides[0] * sides[1]).sum(axis=-1)
    found: Array = np.divide(products, norms, out=np.full(norms.shape, np.nan), where=norms > 0)
    return found
