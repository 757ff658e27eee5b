"""Evaluate analogies with gensim, from its own mapped file: FILE SET."""

import sys

from gensim.models import KeyedVectors

vectors = KeyedVectors.load(sys.argv[1], mmap="r")
vectors.evaluate_word_analogies(sys.argv[2], restrict_vocab=len(vectors))
