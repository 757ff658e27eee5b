"""Skip-gram vectors of a text of words and blanks by gensim: TEXT DIMENSIONS OUT."""

import sys

from gensim.models import Word2Vec
from gensim.models.word2vec import LineSentence

text, dimensions, out = sys.argv[1:]
model = Word2Vec(LineSentence(text), vector_size=int(dimensions), sg=1, workers=1, seed=0)
model.wv.save_word2vec_format(out)
