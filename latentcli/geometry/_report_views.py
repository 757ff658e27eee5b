"""What a table shows of a geometry report: numbers by section, readings, hubs, and notes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from latentcli.geometry._measure import Measure
from latentcli.results import Record, Sheet, View

_NUMBERS = ("measure", "value", "low", "high", "white_noise")
_ENDS = ("low", "high")
_READINGS = ("measure", "reading", "null", "p_value")


def views_of(measures: Sequence[Measure]) -> tuple[View, ...]:
    """Return what the table shows: numbers by section, readings, hubs, and notes on measures."""
    numbers: list[Record] = []
    for section, found in groupby(measures, key=lambda one: one.section):
        rows = [_number(one) for one in found if one.measure != "hub"]
        if rows:
            numbers += [dict.fromkeys(_NUMBERS, "") | {"measure": section}, *rows]
    readings: list[Record] = [
        {"measure": short_name(one), "reading": one.reading, "null": one.null, "p_value": one.p_value}
        for one in measures
        if one.reading
    ]  # fmt: skip
    hubs: list[Record] = [
        {"hub": one.variant, "neighbor of": one.value, "white noise": one.white_noise}
        for one in measures
        if one.measure == "hub"
    ]
    remarks: list[Record] = [
        {"measure": short_name(one), "note": one.note}
        for one in measures
        if one.note and one.measure != "hub"
    ]
    there = any(one.interval for one in measures if one.measure != "hub")
    columns = _NUMBERS if there else tuple(name for name in _NUMBERS if name not in _ENDS)
    views: list[View] = [Sheet("", columns, numbers)] if numbers else []
    if readings:
        views.append(Sheet("readings", _READINGS, readings))
    if hubs:
        of = next(one.note for one in measures if one.measure == "hub")
        views.append(Sheet(f"hubs {of}", ("hub", "neighbor of", "white noise"), hubs))
    if remarks:
        views.append(Sheet("notes", ("measure", "note"), remarks))
    return tuple(views)


def _number(one: Measure) -> Record:
    low, high = one.interval or (None, None)
    return {
        "measure": f"  {short_name(one)}", "value": one.value, "low": low, "high": high,
        "white_noise": one.white_noise,
    }  # fmt: skip


_SHORT_VARIANTS = {
    "fit, without the top 10 %": "fit",
    "maximum likelihood": "likelihood",
    "RankMe, not centered": "RankMe",
    "90% of the variance": "90%",
    "99% of the variance": "99%",
    "50% quantile slope": "50%",
    "90% quantile slope": "90%",
    "99% quantile slope": "99%",
    "largest slope": "largest",
}


def short_name(one: Measure) -> str:
    """Return the name of a measure, with its variant where there are several."""
    name = one.measure.replace("_", " ")
    if one.measure == "offset_cosine":
        return f"{name} ({one.variant.partition(',')[0]})"
    if one.measure == "k_skewness" and "among all" in one.variant:
        return f"{name} (all rows)"
    short = next(
        (short for long, short in _SHORT_VARIANTS.items() if one.variant.startswith(long)), ""
    )
    return f"{name} ({short})" if short else name
