"""Vectors of one's own text: word2vec (Mikolov et al., 2013) and fastText (Bojanowski et al., 2017), by gensim."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from latentcli.errors import LatentError, ParameterError, check_choice
from latentcli.numerics.types import Array, Progress
from latentcli.results import Record, Result

MODELS: dict[str, tuple[str, int]] = {
    "skipgram": ("Word2Vec", 1),
    "cbow": ("Word2Vec", 0),
    "fasttext": ("FastText", 1),
}
"""Every model: gensim's class, and whether it predicts the context from the word (skip-gram)."""

COLUMNS = ("epoch", "loss", "words")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TrainResult(Result):
    """Trained vectors.

    `vectors` (N, D) float32 and their `words`, most frequent first; `counts` (N,) how often each occurs.
    """

    vectors: Array
    words: tuple[str, ...]
    counts: Array


def train(
    corpus: Iterable[list[str]],
    *,
    model: str = "skipgram",
    dim: int = 100,
    window: int = 5,
    min_count: int = 5,
    epochs: int = 5,
    negative: int = 5,
    phrases: bool = False,
    workers: int = 1,
    seed: int = 0,
    progress: Progress | None = None,
) -> TrainResult:
    """Train word vectors on sentences.

    Parameters
    ----------
    corpus
        Sentences, lists of words; iterated once for the vocabulary and once for each epoch. Or files.
    model
        "skipgram", "cbow", or "fasttext" (skip-gram with n-grams of letters).
    dim
        Length of the vectors.
    window
        Words to each side that are predicted.
    min_count
        Words that occur less often are left out.
    epochs
        Passes over the corpus.
    negative
        Noise words for each word.
    phrases
        Whether pairs of words that occur together more often than by chance become one word, as `new_york`.
    workers
        Threads. With one, the same seed gives the same vectors.
    seed
        Random seed.
    progress
        Called with (words done, words in all).

    Returns
    -------
    TrainResult
        A record for each epoch with its loss (the sum over words, in nats).

    Raises
    ------
    LatentError
        For a corpus without a word that occurs often enough, and without gensim.

    Examples
    --------
    >>> text = [["a", "king", "rules"], ["a", "queen"]] * 20
    >>> train(text, dim=4, min_count=1).words[0]
    'a'
    """
    check_choice("model", model, MODELS)
    for name, value in {
        "dim": dim, "window": window, "min_count": min_count, "epochs": epochs, "workers": workers,
    }.items():  # fmt: skip
        if value < 1:
            raise ParameterError(name, value, "at least 1")
    for name, value in {"negative": negative, "seed": seed}.items():
        if value < 0:
            raise ParameterError(name, value, "at least 0")
    made = _model(model, dim, window, min_count, negative, workers, seed)
    sentences = _with_phrases(corpus, min_count) if phrases else corpus
    made.build_vocab(sentences)
    if not made.corpus_total_words:
        raise LatentError("the corpus has no words: no text, or none but blanks and figures")
    if not len(made.wv):
        raise LatentError(
            f"no word occurs {min_count:,} times or more in {made.corpus_total_words:,}; `min_count` takes rarer ones"
        )
    follower = _follower(epochs, made.corpus_total_words, progress)
    made.train(
        _counted(sentences, follower, progress),
        total_examples=made.corpus_count,
        epochs=epochs,
        compute_loss=model != "fasttext",
        callbacks=[follower],
    )
    return _result(made, follower, model, {
        "model": model, "dim": dim, "window": window, "min_count": min_count, "epochs": epochs,
        "negative": negative, "phrases": phrases, "workers": workers, "seed": seed,
    })  # fmt: skip


def _model(
    model: str, dim: int, window: int, min_count: int, negative: int, workers: int, seed: int
) -> Any:
    logging.getLogger("gensim").setLevel(logging.ERROR)
    try:
        from gensim import models
    except ImportError:
        raise LatentError(
            "vectors are trained by gensim, which is not installed; run: pip install gensim"
        ) from None
    name, skip_gram = MODELS[model]
    return getattr(models, name)(
        vector_size=dim, window=window, min_count=min_count, sg=skip_gram, negative=negative,
        hs=int(negative == 0), workers=workers, seed=seed,
    )  # fmt: skip


def _with_phrases(corpus: Iterable[list[str]], min_count: int) -> Any:
    """Return the corpus with frequent pairs joined: gensim's phrases, Mikolov et al. (2013)."""
    from gensim.models.phrases import ENGLISH_CONNECTOR_WORDS, Phrases

    found = Phrases(corpus, min_count=min_count, connector_words=ENGLISH_CONNECTOR_WORDS)
    return found.freeze()[corpus]


class _counted:  # noqa: N801 - it stands for a function that can be iterated again
    """The corpus, which reports how many of its words were handed out."""

    def __init__(
        self, corpus: Iterable[list[str]], follower: Any, progress: Progress | None
    ) -> None:
        self._corpus = corpus
        self._follower = follower
        self._progress = progress

    def __iter__(self) -> Iterator[list[str]]:
        for sentence in self._corpus:
            self._follower.words += len(sentence)
            if self._progress:
                self._progress(self._follower.words, self._follower.total)
            yield sentence


def _follower(epochs: int, words: int, progress: Progress | None) -> Any:
    """Return a callback of gensim's that keeps the loss of each epoch."""
    from gensim.models.callbacks import CallbackAny2Vec

    class Follower(CallbackAny2Vec):  # type: ignore[misc]
        def __init__(self) -> None:
            self.words = 0
            self.total = epochs * words
            self.losses: list[float] = []
            self._before = 0.0

        def on_epoch_end(self, model: Any) -> None:
            if not hasattr(model, "get_latest_training_loss") or not model.compute_loss:
                return
            loss = float(model.get_latest_training_loss())
            self.losses.append(loss - self._before)
            self._before = loss

    return Follower()


def _result(made: Any, follower: Any, model: str, settings: Record) -> TrainResult:
    words = tuple(made.wv.index_to_key)
    counts = np.array([made.wv.get_vecattr(word, "count") for word in words], dtype=np.int64)
    records: list[Record] = [
        {"epoch": number, "loss": loss, "words": int(made.corpus_total_words)}
        for number, loss in enumerate(follower.losses, 1)
    ]
    return TrainResult(
        vectors=np.asarray(made.wv.vectors, dtype=np.float32),
        words=words,
        counts=counts,
        title=f"{model}: {len(words):,} words x {made.vector_size}",
        columns=COLUMNS,
        records=records,
        summary={
            "vocabulary": len(words),
            "dimensions": int(made.vector_size),
            "corpus_words": int(made.corpus_total_words),
            "covered": float(counts.sum() / made.corpus_total_words),
        },
        settings=settings,
    )
