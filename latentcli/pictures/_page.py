"""A map as one HTML page that opens from a file: no network, no library, no server.

Numbers are laid out in planes of bytes and compressed, which is a third of their size as text; the page takes
them apart by the browser's own DecompressionStream. Names are data, never markup.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from latentcli.numerics.types import Array
from latentcli.pictures._map import MapResult
from latentcli.results import COLORS

_CAPTIONS = 60
_LARGEST, _A_POINT, _TEMPLATE = 6_000_000, 20, 40_000
"""Bytes of a page at most, and more for each point; what the page without data takes of them."""

_FEWEST = 3
"""Neighbors that are kept in any case: long names alone may exceed the limit."""

_ROOM = 0.02
"""Share of the map's width that stays free at its edges."""


def map_page(
    found: MapResult,
    *,
    title: str,
    arrows: Sequence[tuple[int, int]] = (),
    fade_torn: bool = False,
) -> bytes:
    """Return a map as an HTML page; `arrows` are pairs of places on it.

    It holds the neighbors of each point, as many as fit into 6 MB and 20 bytes a point. With `fade_torn`
    points whose neighborhood the map tears apart are paler from the start.
    """
    path = found.path
    everything = (
        found.coordinates if path is None else np.concatenate([found.coordinates, path])
    )
    low = everything.min(axis=0)
    extent = float((everything.max(axis=0) - low).max()) or 1.0

    def placed(xy: Array) -> Array:
        middle = low + (everything.max(axis=0) - low) / 2
        scaled = (xy - middle) / extent * (1 - 2 * _ROOM) + 0.5
        return np.clip(np.rint(scaled * 65535), 0, 65535).astype(np.uint32)

    places = placed(found.coordinates)
    count = len(found.names)
    data: dict[str, Any] = {
        "title": title,
        "count": count,
        "places": _packed(_planes(places[:, 0], 2) + _planes(places[:, 1], 2)),
        "names": _packed(
            json.dumps(list(found.names), ensure_ascii=False).encode("utf-8", "replace")
        ),
        "quality": "; ".join(quality_lines(found)),
        "captions": _CAPTIONS,
        "colors": list(COLORS) if found.labels else [COLORS[0]],
        "arrows": [list(pair) for pair in arrows],
        "path": None if path is None else placed(path).tolist(),
        "fade": fade_torn,
        **_labels(found),
        **_torn(found),
    }
    used = sum(len(one) for one in data.values() if isinstance(one, str))
    data |= _neighbors(found, _LARGEST + _A_POINT * count - used - _TEMPLATE)
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", " ")
    template = Path(__file__).with_name("map.html").read_text("utf-8")
    before, after = template.split("/*DATA*/")
    head = before.replace("/*TITLE*/", "latent map")
    return (head + text + after).encode("utf-8", "replace")


def _neighbors(found: MapResult, room: int) -> dict[str, Any]:
    """Return the nearest of each point, rank by rank, with their cosines or distances, within `room` bytes.

    Scores are steps between the least and the greatest, of 16 bits where there is room, else of 8; where
    that is too much there are fewer ranks.
    """
    count, k = found.neighbors.shape
    if not k:
        return {"k": 0}
    unit = bool(found.settings["unit"])
    values = 1 - found.distances**2 / 2 if unit else found.distances
    low, high = float(values.min()), float(values.max())
    shares = (values - low) / ((high - low) or 1.0)
    width = 1 + int(np.log2(max(1, count - 1))) // 8
    ranks = [_packed(_planes(rank.astype(np.uint32), width)) for rank in found.neighbors.T]
    tries = {
        wide: [
            _packed(_planes(np.rint(rank * (256**wide - 1)).astype(np.uint32), wide))
            for rank in shares.T
        ]
        for wide in (2, 1)
    }
    choices = [(2, k), *((1, most) for most in range(k, 0, -1))]
    wide, most = next(
        (
            (wide, most)
            for wide, most in choices
            if sum(map(len, [*ranks[:most], *tries[wide][:most]])) <= room
        ),
        (1, min(k, _FEWEST)),
    )
    kind = "cosine" if unit else "Euclidean distance"
    return {
        "k": most, "width": width, "neighbors": ranks[:most], "scores": tries[wide][:most],
        "score_width": wide, "low": low, "high": high,
        "meaning": f"nearest in the full space, by {kind}",
    }  # fmt: skip


def _labels(found: MapResult) -> dict[str, Any]:
    if found.labels is None:
        return {}
    tags = list(dict.fromkeys(sorted(found.labels, key=_natural)))[:65535]
    place = {tag: number for number, tag in enumerate(tags)}
    classes = np.array([place.get(tag, 0) for tag in found.labels], dtype=np.uint32)
    return {"labels": tags, "classes": _packed(_planes(classes, 2))}


def _natural(text: str) -> tuple[int, float, str]:
    """Order numbers by size, before words."""
    try:
        return 0, float(text), ""
    except ValueError:
        return 1, 0.0, text


def _torn(found: MapResult) -> dict[str, Any]:
    """Return how much of each point's neighborhood the map tears apart."""
    torn = found.torn
    if torn is None:
        return {}
    return {"torn": _packed(np.rint(torn * 255).astype(np.uint8).tobytes())}


def quality_lines(found: MapResult) -> list[str]:
    """Return what a map is of, and how far it can be trusted, as it stands on the map."""
    lines = [found.title]
    if found.summary.get("variance_kept") is not None:
        lines.append(f"variance kept {found.summary['variance_kept']:.1%}")
    if found.quality is not None:
        q = found.quality
        correlation = (
            ""
            if q.distance_correlation is None
            else f", rank correlation of distances {q.distance_correlation:.3f}"
        )
        lines.append(
            f"of the {q.k} nearest: trustworthiness {q.trustworthiness:.3f}, continuity {q.continuity:.3f}, "
            f"{q.neighbors_kept:.0%} kept{correlation}"
        )
    return lines


def _planes(values: Array, width: int) -> bytes:
    """Return numbers as planes: all lowest bytes, then all second ones, and so on."""
    return b"".join(
        ((values >> (8 * byte)) & 255).astype(np.uint8).tobytes() for byte in range(width)
    )


def _packed(content: bytes) -> str:
    """Return bytes compressed (without a date, so that the same map is the same file) as base64."""
    return base64.b64encode(gzip.compress(content, 6, mtime=0)).decode("ascii")
