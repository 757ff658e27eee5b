"""A bare float32 matrix product, (QUERIES, D) by (D, ROWS), in blocks of queries: ROWS QUERIES D."""

import sys

import numpy as np

rows, queries, dimensions = map(int, sys.argv[1:])
rng = np.random.default_rng(0)
matrix = rng.standard_normal((rows, dimensions), dtype=np.float32)
questions = rng.standard_normal((queries, dimensions), dtype=np.float32)
out = np.empty((min(queries, 1000), rows), dtype=np.float32)
for start in range(0, queries, 1000):
    part = questions[start : start + 1000]
    np.matmul(part, matrix.T, out=out[: len(part)])
