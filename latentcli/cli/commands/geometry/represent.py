"""`latent represent TEXT...`."""

from __future__ import annotations

from itertools import chain, combinations
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from latentcli.cli.batch import given
from latentcli.cli.options import Output, Source, about, check_named
from latentcli.errors import FormatError, LatentError, UsageError, WordError, check_choice
from latentcli.results import Record, Report, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latentcli.numerics.types import Array
    from latentcli.words._space import Space

COLUMNS = ("representation", "dimensions", "similarity_built_in", "a", "b", "similarity")

BUILT_IN = {
    "one-hot": "no",
    "bag of words": "shared words only",
    "mean of word vectors": "yes",
    "SIF": "yes, rare words count more",
}
"""Every representation, and whether texts that mean alike are near in it by its making."""

_MOST = 500
"""Texts at most: every pair is shown."""

_ENOUGH = 20
"""Texts from which they have a common component of their own."""

_LISTED = 10


def command(
    texts: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXT...", help="Two texts or more, or '-': a text on each line of stdin."
        ),
    ],
    source: Source,
    output: Output,
    counts: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="How often words occur, for SIF: a word and its count on each line. Without it, "
            "by the word's place in the vectors (Zipf's law).",
        ),
    ] = None,
    smoothing: Annotated[
        float, typer.Option(metavar="A", help="SIF weighs a word of probability p by A/(A+p).")
    ] = 1e-3,
    common: Annotated[
        str,
        typer.Option(
            metavar="FROM",
            help="What SIF takes the common component from: texts or words. "
            f"Default: texts if there are {_ENOUGH}.",
        ),
    ] = "",
) -> None:
    """Show texts as one-hot, bag of words, mean of word vectors and SIF, and their similarities.

    For each representation: how many dimensions it has, the cosine of each pair of texts, and
    whether similarity is built in. SIF is the mean with frequent words weighed down and the
    component common to all taken out (Arora et al., 2017).

    Examples:

    latent represent "the cat sat" "a dog sat" "stock prices fell"

    latent represent "the cat sat" "a dog sat" --common words --json
    """
    if common:
        check_choice("--common", common, ("texts", "words"))
    if not 0 < smoothing < float("inf"):
        raise UsageError(f"--smoothing takes a number above 0, not {smoothing:g}")
    asked = given(texts, output)
    if not 2 <= len(asked) <= _MOST:
        raise UsageError(f"represent compares 2 to {_MOST} texts, not {len(asked):,}")
    space = source.open(output)
    check_named(space)
    common = common or ("texts" if len(asked) >= _ENOUGH else "words")
    frequencies = _Frequencies.of(counts, space)
    told = _read(asked, space, frequencies)
    vectors = {
        "mean of word vectors": told.means(),
        "SIF": _sif(told, frequencies, smoothing, common, output),
    }
    found = _similarities(asked, told, vectors)
    dimensions = {
        "one-hot": len(set(asked)),
        "bag of words": len(space) + len(told.unknown),
        **dict.fromkeys(vectors, space.dimensions),
    }
    output.show(
        Report(
            "represent",
            COLUMNS,
            _records(asked, dimensions, found),
            settings=about(space)
            | {"texts": len(asked), "counts": counts, "smoothing": smoothing, "common": common},
            notes=_notes(told, frequencies, vectors, common),
            views=_parts(asked, dimensions, found),
        )
    )


class _Frequencies(NamedTuple):
    """How probable words are: by counts, or by their rows."""

    space: Space
    counts: dict[str, float] | None
    total: float

    @classmethod
    def of(cls, file: str | None, space: Space) -> _Frequencies:
        from latentcli.files import counts

        if file is None:
            return cls(space, None, 0.0)
        known = counts.read(file)
        if not any(
            count and space.words.row(word) is not None for word, count in known.items()
        ):
            raise FormatError(
                f"{file}: no word of {space.name} is counted in it; words are looked up as written"
            )
        return cls(space, known, sum(known.values()))

    def of_words(self, words: list[str], rows: list[int]) -> Array:
        """Return probabilities; a row of -1 is a word that is made of n-grams."""
        import numpy as np

        from latentcli.words._sentences import zipf

        if self.counts is not None:
            return np.array([self.counts.get(word, 0.0) / self.total for word in words])
        places = np.array(rows, dtype=np.int64)
        return np.where(places < 0, 0.0, zipf(np.maximum(places, 0), len(self.space.matrix)))

    def of_rows(self, rows: Array) -> Array:
        """Return the probabilities of the words of rows."""
        places = rows.tolist()
        words = self.space.words.words(places) if self.counts is not None else []
        return self.of_words(words, places)


class _Told(NamedTuple):
    """What the texts say: all their words; vectors and probabilities of those that are known."""

    words: list[list[str]]
    vectors: list[Array]
    probabilities: list[Array]
    unknown: list[str]

    def means(self) -> Array:
        from latentcli.words._sentences import means

        return means(self.vectors)


def _read(texts: list[str], space: Space, frequencies: _Frequencies) -> _Told:
    """Look up the words of each text."""
    import numpy as np

    from latentcli.words._sentences import words_of

    words = [words_of(text) for text in texts]
    for number, (text, own) in enumerate(zip(texts, words, strict=True), 1):
        if not own:
            raise LatentError(f"text {number} has no words: '{text}'")
    known: dict[str, tuple[int, Array]] = {}
    unknown = []
    for word in dict.fromkeys(word for own in words for word in own):
        found = _look_up(word, space)
        if found is None:
            unknown.append(word)
        else:
            known[word] = found
    there = [[word for word in own if word in known] for own in words]
    nothing = np.zeros((0, space.dimensions))
    return _Told(
        words,
        [np.stack([known[word][1] for word in own]) if own else nothing for own in there],
        [frequencies.of_words(own, [known[word][0] for word in own]) for own in there],
        unknown,
    )


def _look_up(word: str, space: Space) -> tuple[int, Array] | None:
    """Return a word's row (-1 if it is made of n-grams) and vector; None if it has none."""
    there = word in space
    if not there and "ngrams" not in space.entry.extras:
        return None  # asking for the vector would look for words that are spelled alike
    try:
        return (space.row(word) if there else -1), space.vector(word)
    except WordError:
        return None


def _sif(
    told: _Told, frequencies: _Frequencies, smoothing: float, common: str, output: Output
) -> Array:
    """Return the SIF vectors of the texts."""
    from latentcli.words import _sentences as sentences

    weights = [sentences.sif_weights(p, smoothing) for p in told.probabilities]
    vectors = sentences.means(told.vectors, weights)
    if common == "texts":
        return sentences.without(vectors, sentences.common_component(vectors))
    import numpy as np

    space = frequencies.space
    rows = np.flatnonzero(space.norms > 0)
    with output.progress("the component common to all words") as progress:
        component = sentences.common_component_of_words(
            space.matrix,
            rows,
            frequencies.of_rows(rows),
            smoothing=smoothing,
            progress=progress,
        )
    return sentences.without(vectors, component)


def _similarities(texts: list[str], told: _Told, vectors: dict[str, Array]) -> dict[str, Array]:
    from latentcli.words import _sentences as sentences

    return {
        "one-hot": sentences.one_hot_similarities(texts),
        "bag of words": sentences.bag_similarities(told.words),
        **{name: sentences.cosines(rows) for name, rows in vectors.items()},
    }


def _pairs(texts: list[str]) -> list[tuple[int, int]]:
    return list(combinations(range(len(texts)), 2))


def _number(value: float) -> float | None:
    return None if value != value else float(value)


def _records(
    texts: list[str], dimensions: dict[str, int], found: dict[str, Array]
) -> list[Record]:
    return [
        {
            "representation": name,
            "dimensions": dimensions[name],
            "similarity_built_in": BUILT_IN[name],
            "a": texts[i],
            "b": texts[j],
            "similarity": _number(matrix[i, j]),
        }
        for name, matrix in found.items()
        for i, j in _pairs(texts)
    ]


def _parts(
    texts: list[str], dimensions: dict[str, int], found: dict[str, Array]
) -> tuple[Sheet, Sheet]:
    """Return the types of representation, and beneath them each pair in all of them."""
    types: list[Record] = [
        {"representation": name, "dimensions": dimensions[name], "similarity_built_in": text}
        for name, text in BUILT_IN.items()
    ]
    pairs: list[Record] = [
        {
            "a": texts[i],
            "b": texts[j],
            **{name: _number(matrix[i, j]) for name, matrix in found.items()},
        }
        for i, j in _pairs(texts)
    ]
    return (
        Sheet("representation types", COLUMNS[:3], types),
        Sheet("cosine of each pair of texts", ("a", "b", *found), pairs),
    )


def _notes(
    told: _Told, frequencies: _Frequencies, vectors: dict[str, Array], common: str
) -> tuple[str, ...]:
    notes = []
    if told.unknown:
        notes.append(f"not in the vectors, and left out of the means: {_few(told.unknown)}")
    empty = [number for number, rows in enumerate(told.vectors, 1) if not len(rows)]
    if empty:
        notes.append(f"no word of text {_few(empty)} has a vector: no similarity of means")
    for name, rows in vectors.items():
        zero = [number for number, row in enumerate(rows, 1) if not row.any()]
        if zero := [number for number in zero if number not in empty]:
            notes.append(f"nothing is left of the {name} of text {_few(zero)}: no similarity")
    notes += _notes_of_sif(told, frequencies.counts, common)
    return tuple(notes)


def _notes_of_sif(told: _Told, counts: dict[str, float] | None, common: str) -> list[str]:
    """Say what SIF takes for how frequent words are, and for what is common to all."""
    notes = []
    if counts is None:
        notes.append(
            "SIF takes how frequent words are from their order in the vectors; --counts FILE says it"
        )
    else:
        words = dict.fromkeys(chain.from_iterable(told.words))
        if uncounted := [word for word in words if word not in counts]:
            notes.append(f"not in the counts, and taken as the rarest: {_few(uncounted)}")
    count = len(told.words)
    if common == "words":
        notes.append(
            f"SIF takes the common component from the vectors' words: {count} texts have "
            "none of their own (--common texts)"
        )
    elif count < _ENOUGH:
        notes.append(f"the common component of {count} texts is mostly the texts themselves")
    return notes


def _few(items: Sequence[object]) -> str:
    """List the first of some items, and how many more there are."""
    more = f" and {len(items) - _LISTED:,} more" if items[_LISTED:] else ""
    return ", ".join(map(str, items[:_LISTED])) + more
