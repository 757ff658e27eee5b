"""Word vectors: spaces, analogies, expressions, relations, sentences."""
