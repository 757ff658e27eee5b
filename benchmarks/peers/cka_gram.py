"""Debiased linear CKA as it is usually written, with n x n matrices: X Y."""

import sys

import numpy as np


def hsic(k, l):  # noqa: E741
    n = len(k)
    total = k.sum() * l.sum() / ((n - 1) * (n - 2))
    rows = 2 / (n - 2) * (k.sum(axis=0) @ l.sum(axis=0))
    return ((k * l).sum() + total - rows) / (n * (n - 3))


grams = []
for path in sys.argv[1:3]:
    rows = np.load(path).astype(np.float64)
    gram = rows @ rows.T
    np.fill_diagonal(gram, 0.0)
    grams.append(gram)
x, y = grams
sys.stdout.write(f"{hsic(x, y) / np.sqrt(hsic(x, x) * hsic(y, y))}\n")
