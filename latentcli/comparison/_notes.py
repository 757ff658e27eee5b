"""What a careful reader should know of a comparison, and what its tables show."""

from __future__ import annotations

import numpy as np

from latentcli.comparison import _cka
from latentcli.comparison._matching import Match
from latentcli.comparison._moments import Side
from latentcli.comparison._moves import DRAWS
from latentcli.comparison._overlap import Overlap
from latentcli.comparison._procrustes import Rotation
from latentcli.errors import counted
from latentcli.numerics.named_rows import NamedRows
from latentcli.numerics.resampling import Estimate
from latentcli.numerics.types import Array
from latentcli.results import Record, Sheet, View

_MEASURES = ("measure", "value", "low", "high", "p_value", "reading")


def views_of(measures: list[Record], words: list[Record]) -> tuple[View, ...]:
    """Return the measures, and beneath them what moved, if anything did."""
    shown: list[Record] = [
        {**one, "measure": str(one["measure"]).replace("_", " ")}
        if one["variant"] != "linear, biased"
        else {**one, "measure": "cka (biased)"}
        for one in measures
    ]
    views: list[View] = [Sheet("", _MEASURES, shown, optional=("p_value",))]
    if words:
        title = "moved most: 1 - cosine after the rotation"
        views.append(Sheet(title, ("word", "value", "reading"), words))
    return tuple(views)


def notes_on_rows(x: NamedRows, y: NamedRows, matched: Match) -> list[str]:
    """Say which rows were matched, and which were left out."""
    count = len(matched.x)
    notes = [
        {
            "row": f"matched {count:,} rows by number",
            "word": f"matched {count:,} words: of {len(x):,} in `x` and {len(y):,} in `y`",
            "lexicon": f"matched {count:,} pairs of `lexicon`",
        }[matched.by]
    ]
    if matched.missing:
        pairs = counted(matched.missing, "pair has", "pairs have")
        notes.append(f"{pairs} a word that is not in the vocabulary")
    if matched.unusable:
        pairs = counted(matched.unusable, "pair is", "pairs are")
        notes.append(f"{pairs} left out: a row of zeros, NaN or infinity")
    if matched.repeated and matched.by == "lexicon":
        pairs = counted(matched.repeated, "pair is", "pairs are")
        notes.append(f"{pairs} left out: an earlier pair has one of the words")
    elif matched.repeated:
        rows = counted(matched.repeated, "row is", "rows are")
        notes.append(f"{rows} left out: an earlier row of `x` has their word")
    return notes


def notes_on_measures(
    sides: tuple[Side, Side],
    spaces: tuple[NamedRows, NamedRows],
    debiased: Estimate,
    ranked: Estimate,
    shared: Overlap | None,
    requested: int,
    k: int,
) -> list[str]:
    """Say what a careful reader should know of the measures."""
    count = len(sides[0])
    sizes = [one.rows.shape[1] for one in spaces]
    same = [name for name, side in zip(("`x`", "`y`"), sides, strict=True) if not side.scale]
    there = {
        f"all rows of {' and of '.join(same)} are the same: there is nothing to compare": bool(same),
        f"debiased CKA needs {_cka.FEWEST} rows; {count} are in common": count < _cka.FEWEST,
        "no debiased CKA: all rows of one space are equally far from each other": (
            count >= _cka.FEWEST and debiased.value is None and not same
        ),
        "no RSA: all distances in one space are the same": ranked.value is None and not same,
        "no neighbor overlap: all rows of one space have one direction": shared is None and not same,
        "no neighbor overlap: all rows are equally far, and which are neighbors is arbitrary": (
            shared is not None and shared.mean is None
        ),
        f"`neighbors` is {k}, not {requested}: at most half of the {count - 1:,} other rows": k < requested,
        f"{count:,} rows in {max(sizes):,} dimensions: a rotation fits so few almost perfectly, so that "
        "Procrustes says little": count <= max(sizes),
        f"{sizes[0]:,} and {sizes[1]:,} dimensions: for the rotation the smaller is padded with "
        "zeros": sizes[0] != sizes[1],
        f"{shared.tied if shared else 0:,} rows have more ties among their neighbors than were examined: which of these count as neighbors is arbitrary": shared is not None and 0 < shared.tied < len(shared.shares),
    }  # fmt: skip
    return [text for text, holds in there.items() if holds]


def notes_on_moves(
    moves: Array, rotation: Rotation | None, limit: float | None, most: int, words: list[Record]
) -> list[str]:
    """Say where noise begins, or that nothing moved."""
    if rotation is None or not most:
        return []
    if not words:
        return ["after the rotation no row has moved, but for rounding"]
    if limit is None:
        return ["too few rows to say how far noise moves them: the moves have no reading"]
    usual, beyond = float(np.nanmedian(moves)), int((moves > limit).sum())
    rows = counted(beyond, "row moved", "rows moved")
    usual_text = f"the usual move is {usual:.3g}"
    noise = f"noise of that size moves no row beyond {limit:.3g} (in {DRAWS} draws)"
    return [f"{usual_text}; {noise}, and {rows} farther"]
