"""Codes of the fixed readings, for scripts: docs/readings.md defines each reading by its rule."""

from __future__ import annotations

import re

_PHRASES = """
no clearer groups than one Gaussian has; no clear clusters; weak clusters; clear clusters; strong clusters;
no clearer classes than shuffled labels; classes overlap; neighbors share labels as by chance;
neighbors share labels in part; neighbors share labels; no better than the most frequent label;
better than the most frequent label; fewer dimensions than white noise; saturated; as white noise; equidistant;
distances differ less than in white noise; distances differ more than in white noise; no common direction;
slight common direction; anisotropic; no hubs to speak of; no more hubs than white noise; hubs;
covers the sphere evenly; crowded in places; crowded; rows of one label are no nearer than any;
rows of one label are nearer than others; rows of one label are near each other;
neighbors are kept as by chance; neighbors are kept in part; neighbors are kept;
outputs follow the codes as by chance; outputs follow the codes in part; outputs follow the codes;
as one Gaussian; stable; dissolves; unsure; alike as by chance; alike beyond chance; equal up to rotation;
within what noise moves; moved more than noise; as by chance; as from one distribution; differ;
two distributions; one direction; loosely related; too few pairs; a single pair; X with A, Y with B;
X with B, Y with A; not significant; not defined; separates held-out codes; separates its own codes; separates;
not tested; follows held-out scores; norms as of N; norms not as of N; on a sphere; captured;
weakly captured; split; not captured
"""

_TAIL = re.compile(r"(?:[:(]| by (?!chance)).*", re.DOTALL)
"""What follows a reading's fixed words: an explanation, numbers, names of dimensions."""


def _code(phrase: str) -> str:
    return re.sub(r"[^a-z]+", "_", phrase.lower()).strip("_")


CODES: frozenset[str] = frozenset(_code(phrase) for phrase in _PHRASES.split(";"))


def reading_code(reading: object) -> str | None:
    """Return the code of a reading; None for what is no fixed reading.

    >>> reading_code("weakly captured by z5 (0.19)"), reading_code("alike as by chance")
    ('weakly_captured', 'alike_as_by_chance')
    """
    if not isinstance(reading, str):
        return None
    code = _code(_TAIL.sub("", reading))
    return code if code in CODES else None
