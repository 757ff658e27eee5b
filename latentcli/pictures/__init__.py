"""Pictures of codes: decoded through a model, laid out as strips and animations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentcli._lazy import attach

if TYPE_CHECKING:
    from latentcli.pictures._decode import DecodeResult, decode
    from latentcli.pictures._decoding import Decoder
    from latentcli.pictures._map import MapResult, nearest_rows, space_map
    from latentcli.pictures._page import map_page, quality_lines
    from latentcli.pictures._smoothness import SmoothnessResult, smoothness

__all__ = [
    "DecodeResult",
    "Decoder",
    "MapResult",
    "SmoothnessResult",
    "decode",
    "map_page",
    "nearest_rows",
    "quality_lines",
    "smoothness",
    "space_map",
]

_HOMES = {
    "DecodeResult": "_decode",
    "Decoder": "_decoding",
    "MapResult": "_map",
    "SmoothnessResult": "_smoothness",
    "map_page": "_page",
    "nearest_rows": "_map",
    "quality_lines": "_page",
    "space_map": "_map",
    "decode": "_decode",
    "smoothness": "_smoothness",
}

__getattr__, __dir__ = attach(
    __name__, {name: f"{__name__}.{home}" for name, home in _HOMES.items()}
)
