"""The product of all rows of an array with all, float32, in blocks that are thrown away: FILE."""

import sys

import numpy as np

rows = np.load(sys.argv[1])
rows /= np.linalg.norm(rows, axis=1, keepdims=True)
room = np.empty((2048, len(rows)), dtype=np.float32)
for start in range(0, len(rows), 2048):
    block = rows[start : start + 2048]
    np.matmul(block, rows.T, out=room[: len(block)])
