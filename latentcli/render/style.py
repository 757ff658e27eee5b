"""The one style of all figures: type, lines, colors and sizes for a column and for a page of a paper."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from latentcli.errors import check_choice
from latentcli.render.cells import visible
from latentcli.views import COLORS

__all__ = [
    "COLORS",
    "DIVERGING",
    "FAINT",
    "INK",
    "METADATA",
    "QUIET",
    "SEQUENTIAL",
    "SIZES",
    "as_drawn",
    "boxes_note",
    "house_style",
    "noting_boxes",
    "width_of",
]  # fmt: skip

SIZES = {"column": 3.3, "page": 7.0}
"""The width of a figure in inches: of a column, and of both columns of a page."""

INK, QUIET, FAINT = "#222222", "#666666", "#bbbbbb"

SEQUENTIAL, DIVERGING = "viridis", "RdBu_r"
"""Color maps that the color-blind read: of shades from nothing on, and of both sides of 0."""

_STYLE: dict[str, Any] = {
    "font.size": 7.5,
    "axes.titlesize": 8.0,
    "axes.titlelocation": "left",
    "axes.labelsize": 7.5,
    "axes.linewidth": 0.6,
    "axes.edgecolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "axes.labelcolor": INK,
    "lines.linewidth": 1.3,
    "lines.markersize": 3.5,
    "legend.fontsize": 7.0,
    "legend.frameon": False,
    "legend.handlelength": 1.6,
    "figure.titlesize": 8.5,
    "svg.fonttype": "none",  # text stays text
    "pdf.fonttype": 42,
    "svg.hashsalt": "latent",  # no random names
    "path.simplify": True,
}

METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": "latent"},
    "svg": {"Creator": "latent", "Date": None},
    "pdf": {"Creator": "latent", "CreationDate": None},
}
"""No dates: the same answer makes the same picture."""


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the style of the house, whatever the user's is."""
    from matplotlib import rc_context, rcParamsDefault

    settings: Any = {key: value for key, value in rcParamsDefault.items() if key in _KEPT}
    settings.update(_STYLE)
    settings["font.family"] = _fonts()
    with rc_context(settings):
        yield


_OTHER_SCRIPTS = (
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans JP", "Noto Sans SC", "Source Han Sans", "Hiragino Sans", "PingFang SC",
    "Yu Gothic", "Microsoft YaHei", "Malgun Gothic", "Apple SD Gothic Neo", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei",
    "IPAGothic", "Noto Sans Devanagari", "Noto Sans Thai", "Noto Sans Bengali", "Noto Sans Tamil", "Arial Unicode MS",
)  # fmt: skip
"""Fonts of scripts that DejaVu Sans lacks, on Linux, macOS and Windows."""


def _fonts() -> list[str]:
    """Return DejaVu Sans, which comes with Matplotlib, then what is installed of fonts of other scripts."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return ["DejaVu Sans", *(name for name in _OTHER_SCRIPTS if name in installed)]


@contextmanager
def noting_boxes(missing: list[str]) -> Iterator[None]:
    """Collect the letters that no font has, which are drawn as boxes; no warning is printed meanwhile."""
    with warnings.catch_warnings(record=True, action="always") as caught:
        yield
    found = (re.match(r"Glyph (\d+) ", str(one.message)) for one in caught)
    missing += dict.fromkeys(chr(int(one[1])) for one in found if one)


def boxes_note(missing: list[str]) -> str:
    """Say which letters are boxes in a picture.

    >>> boxes_note(["東", "京"])
    'no installed font has 東京: they are boxes in the picture; install a font that has them, such as Noto Sans CJK'
    """
    letters = "".join(missing[:20])
    more = f" and {len(missing) - 20:,} more" if len(missing) > 20 else ""
    return (
        f"no installed font has {letters}{more}: they are boxes in the picture; install a font that has "
        "them, such as Noto Sans CJK"
    )


_KEPT = (
    "axes.facecolor", "figure.facecolor", "savefig.facecolor", "axes.grid", "savefig.bbox",
    "lines.linestyle", "axes.prop_cycle", "text.usetex", "axes.unicode_minus", "savefig.transparent",
)  # fmt: skip
"""Settings that a user's file may change, and that are as Matplotlib ships them."""


def width_of(size: str) -> float:
    """Return the width of a figure in inches."""
    check_choice("plot_size", size, SIZES)
    return SIZES[size]


def as_drawn(text: str, most: int = 0) -> str:
    """Return text as it is drawn: no control characters, $ is no formula, `most` letters at most."""
    shown = visible(text)
    if most and len(shown) > most:
        shown = f"{shown[: most - 1]}…"
    return shown.replace("$", r"\$")
