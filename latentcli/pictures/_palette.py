"""The colors of labels."""

from __future__ import annotations

COLORS = (
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#777777", "#e07b00",
    "#7e57c2", "#009988", "#b5651d", "#d81b60",
)  # fmt: skip
"""Distinct for the color-blind: Paul Tol's bright scheme (2021), and five more."""
