"""Vectors of words that were never seen, made of their n-grams as fastText does."""

from __future__ import annotations

import numpy as np

from latentcli.numerics.types import Array


def subword_vector(word: str, ngrams: Array, min_n: int, max_n: int, buckets: int) -> Array:
    """Make the vector of a word that was never seen: the mean of its n-grams' vectors.

    Bojanowski et al. (2017). Returns (D,) float64; zeros if the word has no n-grams.
    """
    grams = _ngrams(word, max(1, min_n), max_n) if buckets else []
    rows = [hash_ngram(gram) % buckets for gram in grams]
    if not rows:
        return np.zeros(ngrams.shape[1])
    mean: Array = np.asarray(ngrams[rows], dtype=np.float64).mean(axis=0)
    return mean


def hash_ngram(gram: bytes) -> int:
    """32-bit FNV-1a as fastText computes it, with bytes taken as signed."""
    value = 2166136261
    for byte in gram:
        value ^= byte if byte < 128 else byte | 0xFFFFFF00
        value = value * 16777619 & 0xFFFFFFFF
    return value


def _ngrams(word: str, min_n: int, max_n: int) -> list[bytes]:
    """List the n-grams of "<word>" in characters, as bytes, the lone brackets left out."""
    marked = f"<{word}>"
    grams = []
    for start in range(len(marked)):
        for length in range(min_n, max_n + 1):
            end = start + length
            if end > len(marked):
                break
            if length == 1 and (start == 0 or end == len(marked)):
                continue
            grams.append(marked[start:end].encode("utf-8", "surrogatepass"))
    return grams
