"""Latent codes: paths and edits."""

from __future__ import annotations

import sys

import numpy as np
from measuring import Bench, Row, in_turn, spend


def paths(bench: Bench) -> list[Row]:
    """A path between two small codes, whole process."""
    ours, numpy = in_turn(
        9,
        lambda: bench.latent("interp", "z1.npy", "z2.npy", "--slerp"),
        lambda: spend([sys.executable, "-c", "import numpy"], bench.env),
    )
    return [
        Row(
            "latent interp z1.npy z2.npy --slerp",
            f"{ours.wall * 1000:.0f} ms",
            f"import numpy {numpy.wall * 1000:.0f} ms",
            f"{ours.wall / numpy.wall:.2f} x its time",
            "<= 3 x",
        )
    ]


def edits(bench: Bench) -> list[Row]:
    """Very many codes moved along a direction, file to file, beside copying the file."""
    rows = 100_000 if bench.quick else 1_000_000
    codes, line = bench.work / f"codes.{rows}x512.npy", bench.work / "line.512.npy"
    rng = np.random.default_rng(0)
    if not codes.exists():
        made = np.lib.format.open_memmap(codes, "w+", np.float32, (rows, 512))
        for start in range(0, rows, 50_000):
            made[start : start + 50_000] = rng.standard_normal((50_000, 512), np.float32)
        made.flush()
    np.save(line, rng.standard_normal(512))
    out = bench.work / "edited.npy"
    ours, copied = in_turn(
        3,
        lambda: bench.latent("edit", str(codes), str(line), "--by", "2", "-o", str(out)),
        lambda: spend(["cp", str(codes), str(out)], bench.env),
    )
    return [
        Row(
            f"latent edit, {rows:,} x 512 ({codes.stat().st_size / 1e9:.1f} GB)",
            f"{ours.wall:.1f} s",
            f"cp {copied.wall:.1f} s",
            f"{ours.wall / copied.wall:.2f} x its time",
            "",
        )
    ]
