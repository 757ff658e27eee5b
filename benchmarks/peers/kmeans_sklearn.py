"""k-means with ten starts and its silhouette by scikit-learn: FILE K."""

import sys

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

rows = np.load(sys.argv[1])
groups = KMeans(int(sys.argv[2]), n_init=10, random_state=0).fit_predict(rows)
print(silhouette_score(rows, groups))
