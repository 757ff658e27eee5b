"""Copies of rows: rows that are the same as an earlier one, exactly or but for rounding.

An estimate of the dimension looks at the nearest neighbor of each row; a copy is none. Copies of a
float32 row may differ in its last digit, so rows nearer than four steps of float32 (relative to
their length) are one row. Of float64 rows that lie far from 0 the steps say too little: there, no
more than a millionth of the extent of all rows is rounding.
"""

from __future__ import annotations

import numpy as np

from latentcli.numerics.blocks import spans
from latentcli.numerics.points import Points
from latentcli.numerics.types import Array

_STEPS = 4
_OF_EXTENT = 1e-6


def distinct(points: Points) -> Array:
    """Return the rows (n,) int64, ascending, that are no copy of an earlier row.

    >>> distinct(Points(np.array([[1.0], [2.0], [1.0 + 1e-9], [3.0]]))).tolist()
    [0, 1, 3]
    """
    first = _first_of_equal(points)
    direction = np.random.default_rng(0).standard_normal(points.dimensions)
    direction /= np.linalg.norm(direction)
    places, lengths = np.empty(len(points)), np.empty(len(points))
    for part, block in points.blocks():
        places[part] = block @ direction
        lengths[part] = np.linalg.norm(block, axis=1)
    tolerance = _STEPS * np.finfo(np.float32).eps * lengths
    if points.rows.dtype == np.float64:
        low, high = (reduce(places) for reduce in (np.min, np.max))
        tolerance = np.minimum(tolerance, _OF_EXTENT * (high - low))
    # A direction shortens distances: copies are neighbors, or nearly, in the order along it.
    order = first[np.argsort(places[first], kind="stable")]
    copies = np.zeros(len(points), dtype=bool)
    left = np.arange(len(order) - 1)
    step = 1
    while len(left := left[left + step < len(order)]):
        a, b = order[left], order[left + step]
        near = places[b] - places[a] <= np.maximum(tolerance[a], tolerance[b])
        left, a, b = left[near], a[near], b[near]
        for part in spans(len(a), points.dimensions):
            away = np.linalg.norm(points.take(a[part]) - points.take(b[part]), axis=1)
            same = away <= np.maximum(tolerance[a[part]], tolerance[b[part]])
            copies[np.maximum(a[part], b[part])[same]] = True
        step += 1
    return np.sort(first[~copies[first]])


def _first_of_equal(points: Points) -> Array:
    """Return the rows (n,) that equal no earlier one to the last bit, ascending."""
    seen: set[bytes] = set()
    found = []
    for part, block in points.blocks():
        for row, values in enumerate(block + 0.0, part.start):  # -0.0 is 0.0
            key = values.tobytes()
            if len(key) > 16:
                key = _digest(key)
            if key not in seen:
                seen.add(key)
                found.append(row)
    return np.array(found, dtype=np.int64)


def _digest(data: bytes) -> bytes:
    from hashlib import blake2b

    return blake2b(data, digest_size=16).digest()
