"""What `latent geometry` measures: rows of words or codes, and what is given beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from latentcli.cli.arrays import Axes
from latentcli.cli.options import Output, Source
from latentcli.errors import LatentError

if TYPE_CHECKING:
    from latentcli.geometry._cloud import Cloud, Relation, Settings
    from latentcli.numerics.types import Array
    from latentcli.words._space import Space


@dataclass(frozen=True)
class Found:
    """Rows (N, D) of a file as they are, which can be measured (N,), and what they are called."""

    address: str
    rows: Array
    usable: Array
    space: Space | None = None

    def name(self, row: int) -> str:
        """Return the word of a row, its number where it has none."""
        return str(row) if self.space is None else self.space.words.words([row])[0]


def load(
    address: str, axes: Axes, output: Output, *, no_cache: bool, ignore_case: bool
) -> Found:
    """Load word vectors, mapped from the cache, or codes, each as one row."""
    from latentcli.files import codes

    if not axes.axes and codes.holds_words(address):
        source = Source(vectors=address, ignore_case=ignore_case, no_cache=no_cache)
        space = source.open(output)
        return Found(address, space.matrix, space.norms > 0, space)
    loaded = codes.load(address, axes=axes.axes, finite=False)
    for text in loaded.notes:
        output.note(text)
    rows = _flat(loaded.rows())
    if loaded.rows().ndim > 2:
        shape = " x ".join(map(str, loaded.values.shape))
        output.note(
            f"{address}: {shape} is measured as {len(rows):,} rows of {rows.shape[1]:,} numbers; "
            "one layer is FILE[:,0]"
        )
    return Found(address, rows, _finite(rows))


def _flat(values: Array) -> Array:
    return values.reshape(len(values), -1)


def _finite(rows: Array) -> Array:
    """Return which rows (N,) hold no NaN and no infinity."""
    import numpy as np

    from latentcli.numerics.blocks import spans

    return np.concatenate(
        [np.isfinite(rows[part]).all(axis=1) for part in spans(len(rows), rows.shape[1])]
    )


def cloud_of(
    found: Found,
    settings: Settings,
    labels: str | None,
    outputs: str | None,
    relations: str | None,
    output: Output,
) -> Cloud:
    """Put the rows that can be measured together with what comes beside them."""
    import numpy as np

    from latentcli.files import codes
    from latentcli.files import labels as label_files
    from latentcli.geometry._cloud import Cloud, coded

    count = len(found.rows)
    usable = found.usable
    classes = None if labels is None else coded(label_files.read_classes(labels, count))
    decoded = None
    if outputs is not None:
        decoded, remarks = codes.load_flat(outputs)
        for text in remarks:
            output.note(text)
        if len(decoded) != count:
            raise LatentError(f"{outputs}: {len(decoded):,} outputs for {count:,} rows")
        usable = usable & _finite(decoded)
    if settings.unit and found.space is None:
        usable = usable & found.rows.any(axis=1)
    kept = np.flatnonzero(usable)
    if len(kept) < count:
        output.note(
            f"{count - len(kept):,} of {count:,} rows left out: NaN, infinity"
            + (", zeros" if settings.unit else "")
            + (" or a repeated word" if found.space is not None else "")
        )

    def part(values: Array) -> Array:
        return values if len(kept) == count else values[kept]

    return Cloud(
        part(found.rows),
        settings,
        None if classes is None else part(classes),
        None if decoded is None else part(decoded),
        () if relations is None else _relations(relations, found, kept, output),
        lambda row: found.name(int(kept[row])),
    )


def _relations(address: str, found: Found, kept: Array, output: Output) -> Sequence[Relation]:
    """Read the relations of a file as pairs of rows; words that are not there are counted."""
    import numpy as np

    from latentcli.files import pairs
    from latentcli.geometry._cloud import Relation

    row = _row_of(found, kept)
    relations = []
    missing: set[str] = set()
    for name, words in pairs.read(address).items():
        rows = [(row(start), row(end)) for start, end in words]
        missing |= {
            word for pair, two in zip(words, rows, strict=True)
            for word, at in zip(pair, two, strict=True) if at is None
        }  # fmt: skip
        there = [pair for pair in rows if None not in pair]
        relations.append(Relation(name, np.array(there, dtype=np.int64).reshape(-1, 2)))
    if missing:
        some = ", ".join(sorted(missing)[:3]) + (", ..." if len(missing) > 3 else "")
        are = "1 word is" if len(missing) == 1 else f"{len(missing):,} words are"
        output.note(f"{address}: {are} not there: {some}")
    if not any(len(relation.pairs) for relation in relations):
        raise LatentError(f"{address}: none of its pairs is in {found.address}")
    return relations


def _row_of(found: Found, kept: Array) -> Callable[[str], int | None]:
    """Return what finds the place of a word, or of a row number, among the rows measured."""
    import numpy as np

    space = found.space

    def row(word: str) -> int | None:
        if space is not None:
            number = space.row(word) if word in space else -1
        else:
            number = int(word) if word.isdecimal() and word.isascii() else -1
        place = int(np.searchsorted(kept, number))
        return place if place < len(kept) and kept[place] == number else None

    return row
