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
_ROOM = 0.02
"""Share of the map's width that stays free at its edges."""


def map_page(found: MapResult, *, title: str, arrows: Sequence[tuple[int, int]] = ()) -> bytes:
    """Return a map as an HTML page; `arrows` are pairs of places on it."""
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
    count, k = found.neighbors.shape
    gaps = found.neighbors.astype(np.int64) - np.arange(count)[:, None]
    zigzag = np.where(gaps < 0, -2 * gaps - 1, 2 * gaps).astype(np.uint32)
    wide = 1 + int(np.log2(max(1, int(zigzag.max(initial=0))))) // 8
    data: dict[str, Any] = {
        "title": title,
        "count": count,
        "k": k,
        "width": wide,
        "places": _packed(_planes(places[:, 0], 2) + _planes(places[:, 1], 2)),
        "names": _packed(
            json.dumps(list(found.names), ensure_ascii=False).encode("utf-8", "replace")
        ),
        "neighbors": _packed(_planes(zigzag.ravel(), wide)) if k else None,
        "quality": _quality(found),
        "captions": _CAPTIONS,
        "colors": list(COLORS) if found.labels else [COLORS[0]],
        "arrows": [list(pair) for pair in arrows],
        "path": None if path is None else placed(path).tolist(),
        **_scores(found),
        **_labels(found),
        **_torn(found),
    }
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", " ")
    template = Path(__file__).with_name("map.html").read_text("utf-8")
    before, after = template.split("/*DATA*/")
    head = before.replace("/*TITLE*/", "latent map")
    return (head + text + after).encode("utf-8", "replace")


def _scores(found: MapResult) -> dict[str, Any]:
    """Return the neighbors' cosines, or distances, as 16-bit steps between the least and the greatest."""
    if not found.neighbors.shape[1]:
        return {}
    unit = bool(found.settings["unit"])
    values = 1 - found.distances**2 / 2 if unit else found.distances
    low, high = float(values.min()), float(values.max())
    steps = np.rint((values - low) / ((high - low) or 1.0) * 65535).astype(np.uint32)
    kind = "cosine" if unit else "Euclidean distance"
    return {
        "scores": _packed(_planes(steps.ravel(), 2)),
        "low": low,
        "high": high,
        "meaning": f"nearest in the full space, by {kind}",
    }


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
    """Return how much of each point's neighborhood the map tears apart, where that was counted for all."""
    quality = found.quality
    if quality is None or len(quality.sampled) != len(found.names):
        return {}
    return {"torn": _packed(np.rint(quality.torn * 255).astype(np.uint8).tobytes())}


def _quality(found: MapResult) -> str:
    parts = [str(found.title)]
    if found.summary.get("variance_kept") is not None:
        parts.append(f"variance kept {found.summary['variance_kept']:.1%}")
    if found.quality is not None:
        q = found.quality
        parts.append(
            f"of the {q.k} nearest: trustworthiness {q.trustworthiness:.3f}, continuity {q.continuity:.3f}, "
            f"{q.neighbors_kept:.0%} kept"
        )
    return "; ".join(parts)


def _planes(values: Array, width: int) -> bytes:
    """Return numbers as planes: all lowest bytes, then all second ones, and so on."""
    return b"".join(
        ((values >> (8 * byte)) & 255).astype(np.uint8).tobytes() for byte in range(width)
    )


def _packed(content: bytes) -> str:
    """Return bytes compressed (without a date, so that the same map is the same file) as base64."""
    return base64.b64encode(gzip.compress(content, 6, mtime=0)).decode("ascii")
