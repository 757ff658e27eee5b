"""How vectors are judged: analogies, similarities, associations, clusters."""
