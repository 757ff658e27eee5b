"""Word vectors: the space to ask, analogies, expressions, relations, sentences."""
