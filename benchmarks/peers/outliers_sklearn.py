"""The local outlier factors of the rows of an array by scikit-learn: FILE."""

import sys

import numpy as np
from sklearn.neighbors import LocalOutlierFactor

print(LocalOutlierFactor().fit(np.load(sys.argv[1])).negative_outlier_factor_.min())
