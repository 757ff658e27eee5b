"""Read GloVe text with gensim: FILE."""

import sys

from gensim.models import KeyedVectors

KeyedVectors.load_word2vec_format(sys.argv[1], binary=False, no_header=True)
