"""Correlation of cosines with the similarity that people gave to pairs of words.

Spearman's rho (1904) and Pearson's r over the pairs, with percentile bootstrap intervals (Efron,
1979) over pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from latentcli.errors import ParameterError, check_choice
from latentcli.numerics.repeats import numbered, repeats_of_keys
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit
from latentcli.results import Interval, Picture, Record, Result
from latentcli.words._space import Space
from latentcli.words.evaluation._correlation import Coefficient, correlations
from latentcli.words.evaluation._pair_sets import PairSet
from latentcli.words.evaluation._paired import Answers
from latentcli.words.evaluation._protocol import Lexicon, Protocol, protocol_of
from latentcli.words.evaluation._vocabulary import about

COLUMNS = (
    "set", "pairs", "used", "skipped", "spearman", "spearman_low", "spearman_high", "pearson",
    "pearson_low", "pearson_high",
)  # fmt: skip

OOV: tuple[str, ...] = ("skip", "zero")
"""What becomes of a pair with an out-of-vocabulary word."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SimilarityEvaluation(Result):
    """Correlation of cosines with people's scores.

    `spearman` and `pearson` in [-1, 1] over the `used` of all `pairs`, None where they are not
    defined, each with its 95 % interval; `skipped` pairs have an out-of-vocabulary word.
    """

    spearman: float | None
    spearman_interval: Interval | None
    pearson: float | None
    pearson_interval: Interval | None
    pairs: int
    used: int
    skipped: int
    answers: Mapping[str, Answers] = field(default_factory=dict)

    def pictures(self) -> tuple[Picture, ...]:
        """Return the scores as dots with their intervals."""
        from latentcli.words.evaluation._pictures import scores

        return scores({"": self}, "set", "spearman")


def evaluate_similarity(
    vectors: Space,
    pairs: PairSet | Iterable[tuple[str, str, float]],
    *,
    protocol: str = "latent",
    restrict: int | None = None,
    ignore_case: bool = False,
    oov: str = "skip",
    resamples: int = 1000,
    seed: int = 0,
) -> SimilarityEvaluation:
    """Correlate the cosines of pairs of words with the scores that people gave.

    Parameters
    ----------
    vectors
        A space (see `latentcli.open`), or a file of vectors. Models with n-grams (fastText) make
        a vector for any word, unless the protocol restricts the rows.
    pairs
        (word, word, score), a `PairSet`, or a file; "wordsim353" and "simlex999" are gensim's.
    protocol, restrict, ignore_case
        Which row a word means: see `evaluate_analogies`.
    oov
        Pairs with an out-of-vocabulary word: "skip" leaves them out, "zero" takes 0 as cosine.
    resamples, seed
        Bootstrap resamples for the intervals, 0 for none; and their random seed.

    Raises
    ------
    ParameterError
        For a protocol or treatment that does not exist.

    Examples
    --------
    >>> import latentcli
    >>> space = latentcli.open()
    >>> scored = [("king", "queen", 9.0), ("king", "car", 2.0), ("cat", "dog", 8.0)]
    >>> round(latentcli.evaluate_similarity(space, scored, resamples=0).spearman, 6)
    1.0
    """
    check_choice("`oov`", oov, OOV)
    if resamples < 0:
        raise ParameterError("resamples", resamples, "at least 0")
    rules = protocol_of(protocol, restrict=restrict, ignore_case=ignore_case)
    given = PairSet.of(pairs)
    answers, skipped = _paired(vectors, given, rules, oov)
    counted = np.isfinite(answers.values)
    cosines, scores = answers.values[counted], np.asarray(given.scores)[counted]
    repeats = repeats_of_keys(np.asarray(answers.same)[counted].tolist())
    found = correlations(scores, cosines, resamples=resamples, seed=seed, repeats=repeats)
    used, skipped = len(scores), skipped if oov == "skip" else 0
    record: Record = {
        "set": given.name,
        "pairs": len(given.pairs),
        "used": used,
        "skipped": skipped,
        **_flat("spearman", found.spearman),
        **_flat("pearson", found.pearson),
    }
    return SimilarityEvaluation(
        spearman=found.spearman.value,
        spearman_interval=found.spearman.interval,
        pearson=found.pearson.value,
        pearson_interval=found.pearson.interval,
        pairs=len(given.pairs),
        used=used,
        skipped=skipped,
        answers={given.name: answers},
        title=f"cosine; {rules.description()}",
        columns=COLUMNS,
        records=[record],
        settings={
            **about(vectors), "set": given.name, "protocol": protocol,
            "restrict": rules.restrict, "ignore_case": rules.alike, "oov": oov,
            "resamples": resamples, "seed": seed,
        },
        notes=(
            *repeats.note_on("pair", "pairs", "intervals"), *given.notes,
            *_undefined(given.name, found.spearman, used, len(given.pairs)),
        ),
    )  # fmt: skip


def _paired(space: Space, given: PairSet, rules: Protocol, oov: str) -> tuple[Answers, int]:
    """Return the cosine of each pair, NaN of one that is skipped, and how many pairs miss a word."""
    words = list(dict.fromkeys(word for pair in given.pairs for word in pair))
    found = vectors_of(space, words, rules)
    otherwise = 0.0 if oov == "zero" else np.nan
    cosines, missing = np.full(len(given.pairs), otherwise), 0
    for place, (one, two) in enumerate(given.pairs):
        if one in found and two in found:
            cosines[place] = _cosine(found[one], found[two])
        else:
            missing += 1
    known = dict(zip(found, numbered(one.tobytes() for one in found.values()), strict=True))
    same = numbered(frozenset(known.get(word, word) for word in pair) for pair in given.pairs)
    return Answers(cosines, np.asarray(given.scores, dtype=np.float64), same), missing


def _flat(name: str, found: Coefficient) -> Record:
    low, high = found.interval or (None, None)
    return {name: found.value, f"{name}_low": low, f"{name}_high": high}


def _undefined(name: str, found: Coefficient, used: int, pairs: int) -> tuple[str, ...]:
    """Say why there is no coefficient."""
    if found.value is not None:
        return ()
    if used < 2:
        return (
            f"{name}: {used} of {pairs:,} pairs are in the vocabulary; a correlation needs 2",
        )
    return (f"{name}: all scores, or all cosines, are equal: the correlation is not defined",)


def _cosine(u: Array, v: Array) -> float:
    """Return the cosine of unit vectors by their distance: exactly 1 for equal ones, so they tie."""
    step = u - v
    return 1.0 - float(step @ step) / 2


def vectors_of(
    space: Space, words: list[str], protocol: Protocol, lexicon: Lexicon | None = None
) -> dict[str, Array]:
    """Return the unit vector of each word that is in the vocabulary; `lexicon` is of these words, if it is there."""
    lexicon = lexicon or Lexicon(space, protocol, words)
    makes_any = "ngrams" in space.entry.extras and protocol.restrict is None
    rows = {word: row for word in words if (row := lexicon.row(word)) is not None}
    numbers = np.array(list(rows.values()), dtype=np.int64)
    known = dict(zip(rows, np.asarray(space.matrix[numbers], dtype=np.float64), strict=True))
    found = {}
    for word in words:
        if word in known:
            found[word] = unit(known[word])
        elif makes_any and (made := space.from_subwords(word)) is not None:
            found[word] = unit(made)
    return found


def keys_of(space: Space, words: Sequence[str], lexicon: Lexicon) -> list[str | bytes]:
    """Return a key for each word: equal for words whose vectors are copies of one."""
    rows = map(lexicon.row, words)
    return [
        word if row is None else space.matrix[row].tobytes()
        for word, row in zip(words, rows, strict=True)
    ]
