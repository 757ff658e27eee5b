"""One analogy with gensim, from its own mapped file: FILE A B C."""

import sys

from gensim.models import KeyedVectors

file, a, b, c = sys.argv[1:]
print(KeyedVectors.load(file, mmap="r").most_similar(positive=[a, c], negative=[b]))
