"""The page of a map in a real browser: how large it is, when it is drawn, how fast it pans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from browser import CHROMIUM, opened
from measuring import Bench, Row

_COUNT, _NEIGHBORS = 400_000, 8

_DRAWN = """while (!globalThis.latentMap || !latentMap.frames) await new Promise(go => setTimeout(go, 20));
return performance.now() / 1000"""

_PANNED = """const start = performance.now(), before = latentMap.frames; let n = 0;
await new Promise(done => { const step = () => { latentMap.pan(14 * Math.cos(n / 9), 14 * Math.sin(n / 9)); n++;
  performance.now() - start < 4000 ? requestAnimationFrame(step) : done(); }; requestAnimationFrame(step); });
return (latentMap.frames - before) / (performance.now() - start) * 1000"""


def made(count: int) -> bytes:
    """Return a page of made points, each with neighbors: no search is measured here."""
    from latentcli.pictures import map_page, space_map

    rng = np.random.default_rng(0)
    found = space_map(
        rng.standard_normal((count, 3)), names=[f"word{n}" for n in range(count)], sample=None,
        unit_rows=True, neighbors=0,
    )  # fmt: skip
    neighbors = rng.integers(0, count, (count, _NEIGHBORS))
    distances = np.sort(rng.random((count, _NEIGHBORS)), axis=1)
    return map_page(replace(found, neighbors=neighbors, distances=distances), title="made")


def pages(bench: Bench) -> Iterator[Row]:
    """Open the page from a file with the network off, on a desktop and on a phone."""
    count = _COUNT // 10 if bench.quick else _COUNT
    path = Path(bench.work) / "map.html"
    path.write_bytes(made(count))
    what, limit = f"page of {count:,} points", 6 + 20e-6 * count
    yield Row(f"{what}, MB", f"{path.stat().st_size / 1e6:.1f}", "", "", f"<= {limit:.1f}")
    if CHROMIUM is None:
        return
    for name, width, height in (("desktop", 1280, 800), ("phone", 390, 780)):
        with opened() as page:
            page.size(width, height, phone=name == "phone")
            page.open(path)
            yield Row(
                f"{what}, {name}: drawn after s", f"{page.run(_DRAWN):.1f}", "", "", "<= 10"
            )
            yield Row(
                f"{what}, {name}: frames a second", f"{page.run(_PANNED):.0f}", "", "", ">= 20"
            )
