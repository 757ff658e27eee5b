"""fastText's .bin: word vectors and the n-gram vectors from which unseen words are made.

gensim reads the file. What a query needs (word vectors, n-gram vectors, the three numbers
that say which n-grams a word has) is kept, so that gensim is needed once per file.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from latentcli.errors import LatentError, reason
from latentcli.files import arrays
from latentcli.files.reading import MAX_DIMENSIONS, Block, Findings, Reading
from latentcli.files.stream import Stream

MAGIC = 793712314
_HEAD = struct.Struct("<ii12id")
_COUNTS = struct.Struct("<iiiqq")
_SUPERVISED = 3
_MAX_NGRAM = 1000
_MIN_WORD = 10  # bytes: a line end, a count, a kind


def sniff(stream: Stream) -> bool:
    """Tell by fastText's magic number."""
    return stream.head(4) == MAGIC.to_bytes(4, "little")


def read(stream: Stream, key: str = "") -> Reading:
    """Read a fastText model with its n-grams."""
    if key:
        raise stream.error(f"a fastText model has no arrays to pick '{key}' from")
    dimensions = _check(stream)
    findings = Findings()
    reading = Reading(
        format="fastText model",
        dimensions=dimensions,
        blocks=lambda: iter(()),
        findings=findings,
    )

    def blocks() -> Any:
        vectors = _load(stream)
        words = list(vectors.index_to_key)
        reading.extras.update(
            ngrams=np.asarray(vectors.vectors_ngrams, dtype=np.float32),
            min_n=int(vectors.min_n),
            max_n=int(vectors.max_n),
            buckets=int(vectors.bucket),
        )
        done = 0
        for block in arrays.in_blocks(vectors.vectors):
            part = words[done : done + len(block.values)]
            done += len(part)
            yield Block(part, block.values)

    reading.blocks = blocks
    return reading


def _check(stream: Stream) -> int:
    """Refuse what gensim would take memory or time for in vain; return the dimensions."""
    head = stream.head(_HEAD.size + _COUNTS.size)
    if len(head) < _HEAD.size + _COUNTS.size:
        raise stream.error("a truncated fastText model: it ends in its header")
    _, version, dimensions, *_, kind, buckets, min_n, max_n, _, _ = _HEAD.unpack_from(head)
    size, words, labels, _, _ = _COUNTS.unpack_from(head, _HEAD.size)
    if not 11 <= version <= 12:
        raise stream.error(f"a fastText model of version {version}; 12 can be read")
    if kind == _SUPERVISED:
        raise stream.error("a fastText classifier, not a model of word vectors")
    plausible = (
        0 < dimensions <= MAX_DIMENSIONS
        and words > 0
        and size == words + max(0, labels)
        and 0 <= min_n <= _MAX_NGRAM
        and 0 <= max_n <= _MAX_NGRAM
        and (buckets > 0 or buckets == max_n == 0)
    )
    if not plausible:
        raise stream.error("a damaged fastText model (its header is not plausible)")
    needed = size * _MIN_WORD + (words + buckets) * dimensions * 4
    have = stream.unpacked().stat().st_size
    if have < needed:
        raise stream.error(
            f"a truncated (or quantized .ftz) fastText model: {words:,} words and {buckets:,} "
            f"buckets of {dimensions:,} dimensions do not fit in {have:,} bytes"
        )
    return int(dimensions)


def _load(stream: Stream) -> Any:
    try:
        from gensim.models.fasttext import load_facebook_vectors
    except ImportError:
        raise LatentError(
            f"{stream.name}: fastText models are read by gensim, which is not installed; "
            "run: pip install gensim"
        ) from None
    try:
        return load_facebook_vectors(str(stream.unpacked()))
    except LatentError:
        raise
    except Exception as error:  # gensim raises whatever its parsing trips over
        raise stream.error(f"a damaged fastText model ({reason(error)[:120]})") from error
