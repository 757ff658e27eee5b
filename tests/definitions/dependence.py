"""Whether labels depend on each other, as scores that are corrected ask it: plain NumPy and SciPy."""

import numpy as np
from scipy.stats import entropy, norm


def depends(z, v, level):
    """The G-test; where Williams' correction is above 1.5 also with rare labels as one, each at half the level."""
    p, excess = g_test(z, v)
    if excess <= 1.5:
        return p < level
    return min(p, g_test(pooled(z), pooled(v))[0]) < level / 2


def pooled(labels):
    """Labels of fewer than sqrt(N / 3) rows as one."""
    _, places, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return np.where(counts[places] < np.sqrt(len(labels) / 3), -1, places)


def g_test(z, v):
    """p of the G-test (Wilks, 1938), by Wilson and Hilferty, and the correction of Williams (1976)."""
    rows = len(z)
    a, b = (np.unique(labels, return_counts=True)[1] for labels in (z, v))
    if len(a) < 2 or len(b) < 2:
        return 1.0, 1.0
    freedom = (len(a) - 1) * (len(b) - 1)
    q = 1 + (rows * (1 / a).sum() - 1) * (rows * (1 / b).sum() - 1) / (6 * rows * freedom)
    entropies = [
        entropy(np.unique(one, return_counts=True, axis=1)[1]) for one in ([z], [v], [z, v])
    ]
    g = 2 * rows * max(entropies[0] + entropies[1] - entropies[2], 0) / q
    spread = 2 / (9 * freedom)
    return norm.sf(((g / freedom) ** (1 / 3) - (1 - spread)) / np.sqrt(spread)), q
