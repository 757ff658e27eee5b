"""Many analogies with gensim, from its own mapped file: FILE QUERIES COUNT."""

import sys
from pathlib import Path

from gensim.models import KeyedVectors

file, queries, count = sys.argv[1:]
vectors = KeyedVectors.load(file, mmap="r")
for line in Path(queries).read_text().splitlines()[: int(count)]:
    a, b, c = line.split()
    vectors.most_similar(positive=[a, c], negative=[b])
