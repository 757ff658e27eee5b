"""One measure of made rows by scikit-learn: MEASURE ROWS."""

import sys

import numpy as np
from sklearn.manifold import trustworthiness
from sklearn.metrics import silhouette_score

measure, count = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(0)
rows = rng.standard_normal((count, 50))
if measure == "silhouette":
    print(silhouette_score(rows, rng.integers(0, 10, count)))
else:
    print(trustworthiness(rows, rows[:, :10], n_neighbors=10))
