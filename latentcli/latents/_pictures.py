"""What answers about codes look like: norms along a path, against the prior, and along directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from latentcli.charts import dot_of
from latentcli.latents._holes import Holes
from latentcli.latents._typicality import length_of
from latentcli.numerics.ordering import histogram
from latentcli.numerics.types import Array
from latentcli.results import (
    Band,
    Curve,
    Dot,
    Dots,
    HeatMap,
    Histogram,
    Picture,
    Plane,
    Record,
)

_LINES = 8
"""Dimensions of a traversal that have a line each; of more, a row of a heat map."""

_SIGMAS = 4.0
"""Standard deviations at which the shades of typicality end."""

_RUG = 12
"""Codes up to which each has its place beside the prior, and components up to which each has a name."""


def norms_along(
    times: Array, lines: Mapping[str, Array], dimensions: int | None, holes: Holes | None
) -> tuple[Picture, ...]:
    """Return norms along a path with the prior's band, holes shaded; and how far the nearest codes are.

    `dimensions` is None where the codes are not of N(0, I).
    """
    t = times.tolist()
    bands: tuple[Band, ...] = ()
    if dimensions is not None:
        prior = length_of(dimensions)
        low, high = (prior.expected + end * prior.deviation for end in (-2, 2))
        bands = (Band("N(0, I): mean ± 2 sd", [low] * len(t), [high] * len(t)),)
    spans = () if holes is None else _spans(times, holes.holes)
    norms = Curve(
        "", "t (0: first code, 1: last)", "norm (Euclidean)", t,
        {name: values.tolist() for name, values in lines.items()},
        bands, spans, "in a hole of the reference",
    )  # fmt: skip
    if holes is None:
        return (norms,)
    away = Curve(
        "", "t (0: first code, 1: last)", "distance to the reference", t,
        {"to the kth nearest code": holes.distances.tolist()}, (), spans, "in a hole of the reference",
        {"beyond: a hole": holes.limit},
    )  # fmt: skip
    return norms, away


def _spans(times: Array, inside: Array) -> list[tuple[float, float]]:
    """Return the spans of time in which steps are in a hole, each half way to the step beside it."""
    order = np.argsort(times, kind="stable")
    t, flags = times[order], inside[order]
    middles = [float(t[0]), *((float(a) + float(b)) / 2 for a, b in pairwise(t)), float(t[-1])]
    found: list[tuple[float, float]] = []
    for step, hole in enumerate(flags):
        if not hole:
            continue
        low, high = middles[step], middles[step + 1]
        if found and found[-1][1] == low:
            low = found.pop()[0]
        found.append((low, high))
    return found


def norms_against_prior(norms: Array, dimensions: int, *, mahalanobis: bool) -> Histogram:
    """Return the histogram of norms (n,) beside the chi distribution of N(0, I_D)."""
    from scipy.stats import chi

    prior = length_of(dimensions)
    reach = [
        prior.expected - 4.5 * prior.deviation, prior.expected + 4.5 * prior.deviation,
        float(norms.min()), float(norms.max()),
    ]  # fmt: skip
    low, high = max(0.0, min(reach)), max(reach)
    room = 0.02 * (high - low)
    edges, heights = histogram(norms, max(0.0, low - room), high + room)
    x = np.linspace(edges[0], edges[-1], 300)
    few = {f"code {row}": float(norm) for row, norm in enumerate(norms)} if len(norms) <= _RUG else {}  # fmt: skip
    return Histogram(
        "",
        "Mahalanobis distance to the reference" if mahalanobis else "norm (Euclidean)",
        "density",
        edges.tolist(),
        {} if few else {"these vectors": heights.tolist()},
        (x.tolist(), chi(dimensions).pdf(x).tolist()),
        f"chi, {dimensions:,} degrees of freedom: N(0, I)",
        few,
    )


def projections_of_sides(name: str, sides: Mapping[str, Array], boundary: float) -> Histogram:
    """Return the histograms of projections onto a direction, one of each side, to common edges."""
    every = np.concatenate(list(sides.values()))
    low, high = float(every.min()), float(every.max())
    found = {side: histogram(values, low, high, 30) for side, values in sides.items()}
    edges = next(iter(found.values()))[0]
    return Histogram(
        "", f"projection onto the direction of {name}", "density", edges.tolist(),
        {f"{side} (n = {len(sides[side]):,})": heights.tolist() for side, (_, heights) in found.items()},
        places={"boundary": boundary},
    )  # fmt: skip


def scores_along(name: str, projections: Array, values: Array) -> Plane:
    """Return scores (n,) against projections (n,), each code a point."""
    return Plane(
        "", f"projection onto the direction of {name}", f"score: {name}",
        [""] * len(values), projections.tolist(), values.tolist(), equal=False,
    )  # fmt: skip


def traversal(records: Sequence[Record], dimensions: int) -> tuple[Picture, ...]:
    """Return how the norm changes with each value of each dimension: lines, or a heat map of typicality."""
    dims = list(dict.fromkeys(str(record["dim"]) for record in records))
    values = list(dict.fromkeys(float(record["value"]) for record in records))  # type: ignore[arg-type]
    if len(dims) > _LINES:
        sigmas = {(str(r["dim"]), r["value"]): r["typicality"] for r in records}
        shades = [[float(sigmas[dim, value]) for value in values] for dim in dims]  # type: ignore[arg-type]
        return (
            HeatMap(
                "", [f"dim {dim}" for dim in dims], [f"{value:g}" for value in values], shades,
                -_SIGMAS, _SIGMAS, "typicality of the norm (standard deviations)",
            ),
        )  # fmt: skip
    prior = length_of(dimensions)
    band = [prior.expected + end * prior.deviation for end in (-2, 2)]
    norms: dict[str, list[float]] = {f"dim {dim}": [] for dim in dims}
    for record in records:
        norms[f"dim {record['dim']}"].append(float(record["norm"]))  # type: ignore[arg-type]
    order = np.argsort(values, kind="stable")
    return (
        Curve(
            "", "value of the dimension", "norm of the code (Euclidean)",
            [values[at] for at in order],
            {name: [found[at] for at in order] for name, found in norms.items()},
            (Band("N(0, I): mean ± 2 sd", [band[0]] * len(values), [band[1]] * len(values)),),
        ),
    )  # fmt: skip


def shares_of_components(records: Sequence[Record]) -> tuple[Picture, ...]:
    """Return the share of the whole along each direction, and of all up to it."""
    lines = {
        name: [float(str(row[key])) for row in records]
        for name, key in (("each", "ratio"), ("together", "cumulative"))
    }
    if len(records) > _RUG:
        x = [float(str(row["component"])) for row in records]
        return (Curve("", "component", "share of the whole", x, lines),)
    names = [f"component {row['component']}" for row in records]
    dots = {name: [Dot(share) for share in shares] for name, shares in lines.items()}
    return (Dots("", "share of the whole", names, dots),)


def layers_held_out(records: Sequence[Record]) -> tuple[Picture, ...]:
    """Return the accuracy of each layer on pairs held out, with its interval; 0.5 is chance."""
    dots = [dot_of(row, "accuracy", "low", "high") for row in records]
    if not any(dot.value is not None for dot in dots):
        return ()
    names = [f"layer {row['layer']}" if "layer" in row else "codes" for row in records]
    series = {"this direction": dots, "chance": [Dot(0.5)] * len(dots)}
    return (Dots("", "accuracy on pairs held out", names, series),)
