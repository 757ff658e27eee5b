"""Save vectors as gensim's own file, which it can map: FILE OUT."""

import sys

from gensim.models import KeyedVectors

import latentcli

space = latentcli.open(sys.argv[1])
vectors = KeyedVectors(space.dimensions)
vectors.add_vectors([word for _, word in space.words.items()], space.matrix)
vectors.fill_norms()
vectors.save(sys.argv[2])
