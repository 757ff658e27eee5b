"""A rotation by SciPy and CSLS by NumPy, as papers write it: X Y TRAINING (rows are words of one number)."""

import sys

import numpy as np
from scipy.linalg import orthogonal_procrustes

x, y = (np.load(path) for path in sys.argv[1:3])
x /= np.linalg.norm(x, axis=1, keepdims=True)
y /= np.linalg.norm(y, axis=1, keepdims=True)
learned = int(sys.argv[3])
turned = x @ orthogonal_procrustes(x[:learned], y[:learned])[0]
near_x = np.sort(turned @ y.T, axis=1)[:, -10:].mean(axis=1)
near_y = np.sort(y @ turned.T, axis=1)[:, -10:].mean(axis=1)
tested = np.arange(learned, learned + 1500)
scores = 2 * turned[tested] @ y.T - near_x[tested, None] - near_y
print((scores.argmax(axis=1) == tested).mean())
