"""A space of vectors: words and their vectors, and a method for each question about words.

Longer than 300 lines by the docstrings of its methods, which are one call each.

>>> import latentcli
>>> space = latentcli.open()
>>> space.neighbors("paris", top=1)[0].word
'france'
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Unpack

import numpy as np

from latentcli.errors import FileError, ParameterError
from latentcli.numerics.axes import Axes, reading_of
from latentcli.numerics.types import Array
from latentcli.words import _ranking
from latentcli.words._choice import Choice, Choices
from latentcli.words._lookup import Lookup

if TYPE_CHECKING:
    from latentcli.numerics.named_vectors import Columns, NamedVectors
    from latentcli.words._axis import AxisResult
    from latentcli.words._ranking import RankedWords
    from latentcli.words._relation import RelationResult
    from latentcli.words._sets import DistancesResult, OddResult, SimilarityResult


class Term(NamedTuple):
    """A word that was looked up: its row (None if it is made of n-grams), its vector (D,) float64.

    `word` is the word as the space has it; `notes` say how it was found, if not as it was given.
    """

    word: str
    row: int | None
    vector: Array
    notes: tuple[str, ...] = ()


class Space:
    """Vectors with words (or row numbers).

    A word that is not there as it is given is taken in another Unicode normal form, with other
    apostrophes, or with `_` for blanks, if exactly one such word is there, with a note; unless
    `exact`. With `ignore_case` it is taken in another case, the most frequent first. `#17` is
    row 17, counted from 0, unless it is a word. For any other word WordError names close ones.

    Answers never hold a row of zeros, NaN or infinity. All scores are computed in float64 from the
    float32 vectors.

    Attributes
    ----------
    matrix, norms
        The rows (N, D) float32, maybe mapped from the cache, and their norms (N,) float64, which
        are 0 for rows that cannot be answers.
    words
        The vocabulary: rows of words, words of rows.
    axes
        What the axes of an array of more than two are, and whether that was guessed; else None.
    notes
        What was dropped or repaired when the file was read, and what several axes are read as.
    """

    def __init__(
        self,
        entry: NamedVectors,
        *,
        address: str = "",
        ignore_case: bool = False,
        exact: bool = False,
        axes: Axes | None = None,
    ) -> None:
        self.entry = entry
        self.address = address or str(entry.path)
        self.ignore_case = ignore_case
        self.exact = exact
        self.axes = axes
        self.name = entry.path.name
        self.words = entry.vocabulary
        self.matrix = entry.matrix
        self.norms = entry.norms
        self.lookup = Lookup(self.words, len(self.matrix), self.name, ignore_case, exact)
        found = entry.meta.get("found") or []
        self.notes: tuple[str, ...] = (f"{self.name}: {'; '.join(found)}",) if found else ()
        if self.reading:
            self.notes += (f"{self.name}: read as {self.reading}",)
        self.reopen: tuple[Any, ...] | None = None
        self.read_columns: Callable[[], Columns | None] | None = None
        self._columns = entry.columns
        self._stamp = _stamp(entry)

    @property
    def dimensions(self) -> int:
        """The length of each vector."""
        return int(self.matrix.shape[1])

    @property
    def reading(self) -> str:
        """What an array of several axes is read as; "" of rows of numbers."""
        shape = self.entry.meta["shape"]
        return "" if self.axes is None else reading_of(shape, self.axes)

    @property
    def other_columns(self) -> Columns:
        """The other columns of the table, read when they are first needed."""
        if self._columns is None and self.read_columns is not None:
            self._columns = self.read_columns()
        if self._columns is None or not self._columns.names:
            raise ParameterError(f"{self.name} has no other columns than its vectors")
        return self._columns

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.find(word) is not None

    def __getitem__(self, word: str) -> Array:
        return self.vector(word)

    def __repr__(self) -> str:
        return f"<Space {self.name}: {len(self):,} x {self.dimensions}>"

    if not TYPE_CHECKING:  # type checkers know which methods there are

        def __getattr__(self, name: str) -> Any:
            """Say which method is meant by the name that gensim has for it."""
            from latentcli._guesses import of_space

            raise AttributeError(f"'Space' has no attribute '{name}'{of_space(name)}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as a call that opens the file again; `opening.open` sets which."""
        if self.reopen is None:
            raise TypeError(f"{self!r} was not opened from a file and cannot be pickled")
        return self.reopen

    # ---- words and vectors

    def row(self, word: str) -> int:
        """Return the row of a word; WordError with close words if it is not there."""
        row = self.find(word)
        if row is None:
            raise self.lookup.missing(word)
        return row

    def vector(self, word: str) -> Array:
        """Return the vector of a word (D,) float64; fastText models make one for any word."""
        return self.term(word).vector

    def find(self, word: str) -> int | None:
        """Return the row that a word means, None if it means none."""
        return self.lookup.find(word)[0]

    def term(self, word: str) -> Term:
        """Look up a word that has a vector; WordError for any other."""
        self.check_file()
        row, notes = self.lookup.find(word)
        if row is None:
            made = self.from_subwords(word)
            if made is None:
                raise self.lookup.missing(word)
            return Term(word, None, made)
        if not self.norms[row] > 0:
            raise self.lookup.without_direction(word)
        return Term(self.words.words([row])[0], row, self.matrix[row].astype(np.float64), notes)

    def from_subwords(self, word: str) -> Array | None:
        """Return the vector (D,) that a fastText model makes of n-grams; None without any."""
        parts = self.entry.extras
        if "ngrams" not in parts:
            return None
        from latentcli.words._subwords import subword_vector

        vector = subword_vector(
            word, parts["ngrams"], parts["min_n"], parts["max_n"], parts["buckets"]
        )
        return vector if vector.any() else None

    def check_file(self) -> None:
        """Refuse to go on when a file whose rows are read where they lie has changed."""
        if self._stamp is not None and _stamp(self.entry) != self._stamp:
            raise FileError(f"{self.name} has changed since it was opened; open it again")

    # ---- questions

    def analogy(
        self,
        a: str,
        b: str,
        c: str,
        *,
        method: str = "3cosadd",
        raw: bool = False,
        **choice: Unpack[Choices],
    ) -> RankedWords:
        """Answer the analogy A - B + C: king - man + woman is queen.

        Parameters
        ----------
        a, b, c
            Words of the space.
        method
            "3cosadd" (Mikolov, Yih and Zweig, 2013), "3cosmul" or "pairdirection" (Levy and
            Goldberg, 2014).
        raw
            Take the vectors as they are, not at length 1 first.
        choice
            Which words may be answers: `top` (10), `restrict`, `match`, `among`, `min_score`,
            `include_inputs`.

        Returns
        -------
        RankedWords, a sequence of (word, score, row), the best first.

        Raises
        ------
        WordError
            A word is not in the space.
        LatentError
            The vectors cancel out.

        Examples
        --------
        >>> import latentcli
        >>> [hit.word for hit in latentcli.open().analogy("king", "man", "woman", top=2)]
        ['queen', 'monarch']
        """
        chosen = Choice(**choice)
        query = _ranking.analogy_query(
            self, a, b, c, method=method, raw=raw, include_inputs=chosen.include_inputs
        )
        return _ranking.answer_analogies(self, [query], chosen, method=method, raw=raw)[0]

    def neighbors(
        self, of: str | Array, *, metric: str = "cosine", **choice: Unpack[Choices]
    ) -> RankedWords:
        """Find the nearest neighbors of a word or of a vector (D,).

        Parameters
        ----------
        of
            A word of the space, or a vector of its length.
        metric
            "cosine", "dot", "euclidean" (scores are distances, the smallest first) or "csls"
            (Conneau et al., 2018: cosine corrected for hubs).
        choice
            As for `analogy`.

        Examples
        --------
        >>> import latentcli
        >>> latentcli.open().neighbors("paris", top=1)[0].word
        'france'
        """
        chosen = Choice(**choice)
        _ranking.check_metric(metric, chosen)
        if isinstance(of, str):
            query = _ranking.neighbors_query(self, of, include_inputs=chosen.include_inputs)
        else:
            query = _ranking.vector_query(self, of)
        return _ranking.answer_neighbors(self, [query], chosen, metric=metric)[0]

    def expression(
        self, text: str, *, raw: bool = False, **choice: Unpack[Choices]
    ) -> RankedWords:
        """Find the words nearest, by cosine, to a weighted sum such as "king - man + 0.5*woman".

        Parameters
        ----------
        text
            Words joined by + and -, with blanks around them; a number and * before a word weighs
            it; quotes hold a word with blanks together.
        raw
            Add the vectors as they are, not at length 1 first.
        choice
            As for `analogy`.

        Examples
        --------
        >>> import latentcli
        >>> latentcli.open().expression("king - man + woman", top=1)[0].word
        'queen'
        """
        from latentcli.words._expression import parse

        chosen = Choice(**choice)
        query = _ranking.expression_query(
            self, parse(text), raw=raw, include_inputs=chosen.include_inputs, label=text
        )
        return _ranking.answer_expressions(self, [query], chosen, raw=raw)[0]

    def similarity(self, a: str, b: str) -> SimilarityResult:
        """Measure how alike two words are: cosine, dot product, Euclidean distance, angle.

        Examples
        --------
        >>> import latentcli
        >>> round(latentcli.open().similarity("cat", "dog").cosine, 4)
        0.4948
        """
        from latentcli.words import _sets

        return _sets.similarity(self, a, b)

    def distances(
        self, words: Sequence[str], *, metric: str = "cosine", one_hot: bool = False
    ) -> DistancesResult:
        """Measure the distances of a set of words to each other.

        Parameters
        ----------
        words
            From two on.
        metric
            "cosine" (1 - cosine, 0 to 2), "euclidean" or "angle" (degrees, 0 to 180).
        one_hot
            Add to each record the distance of the words as one-hot vectors.

        Examples
        --------
        >>> import latentcli
        >>> found = latentcli.open().distances(["cat", "dog", "car"])
        >>> bool(found[0, 1] < found[0, 2])
        True
        """
        from latentcli.words import _sets

        return _sets.distances(self, words, metric=metric, one_hot=one_hot)

    def odd(self, words: Sequence[str]) -> OddResult:
        """Find the word that does not belong: the least cosine to the mean of the unit vectors.

        Examples
        --------
        >>> import latentcli
        >>> latentcli.open().odd(["breakfast", "lunch", "dinner", "car"]).odd
        'car'
        """
        from latentcli.words import _sets

        return _sets.odd(self, words)

    def relation(
        self, pairs: Sequence[tuple[str, str]], *, raw: bool = False, seed: int = 0
    ) -> RelationResult:
        """Test whether pairs of words share one direction (Fournier, Dupoux and Dunbar, 2020).

        Parameters
        ----------
        pairs
            Words (from, to). Fewer than four pairs can have no p-value up to 0.05.
        raw
            Subtract the vectors as they are, not at length 1 first.
        seed
            Of the random pairings, where there are more than can be counted.

        Examples
        --------
        >>> import latentcli
        >>> pairs = ["king queen", "man woman", "uncle aunt", "father mother", "son daughter"]
        >>> latentcli.open().relation([tuple(pair.split()) for pair in pairs]).verdict
        'loosely related'
        """
        from latentcli.words._relation import relation

        return relation(self, pairs, raw=raw, seed=seed)

    def project(
        self,
        pairs: Sequence[tuple[str, str]],
        *,
        among: Iterable[str] | None = None,
        top: int | None = None,
        raw: bool = False,
    ) -> AxisResult:
        """Place words on an axis: their cosines with the direction from he to she, say.

        Of several pairs the axis is the first principal component of the pairs, each centered at its mean
        (Bolukbasi et al., 2016), and each score has a 95 % interval over the pairs, by the jackknife.

        Parameters
        ----------
        pairs
            Words (from, to): scores below 0 are towards the first, above 0 towards the second.
        among
            The words to be placed; by default all but those of the pairs.
        top
            How many words of each end; by default all of `among`, else 10.
        raw
            Subtract the vectors of a pair as they are, not at length 1.

        Raises
        ------
        LatentError
            For a word of a pair that is not there, a pair of equal vectors, or if no word of `among` is there.

        Examples
        --------
        >>> import latentcli
        >>> latentcli.open().project([("he", "she")], among=["actress", "soldier"]).words
        ('soldier', 'actress')
        """
        from latentcli.words._axis import project

        return project(self, pairs, among=among, top=top, raw=raw)


def _stamp(entry: NamedVectors) -> tuple[int, int] | None:
    """Return size and time of a file whose rows are mapped where they lie; None for others."""
    if entry.meta["mapped"] is None:
        return None
    try:
        status = os.stat(entry.meta["mapped"][0])  # noqa: PTH116
    except OSError:
        return (0, 0)
    return status.st_size, status.st_mtime_ns
