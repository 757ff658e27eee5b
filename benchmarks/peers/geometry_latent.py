"""One measure of made rows by latent's core: MEASURE ROWS."""

import sys

import numpy as np

from latentcli.geometry import _clusters as clusters
from latentcli.geometry import _smoothness as smoothness

measure, count = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(0)
rows = rng.standard_normal((count, 50))
if measure == "silhouette":
    print(clusters.silhouettes(rows, rng.integers(0, 10, count)).mean())
else:
    print(smoothness.trustworthiness(rows, rows[:, :10], 10))
