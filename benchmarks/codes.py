"""Latent codes: paths and edits."""

from __future__ import annotations

import sys
from pathlib import Path

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


def latents(bench: Bench) -> list[Row]:
    """A slerp through a large tensor beside writing its bytes; components of a file in bounded memory."""
    ends = [bench.work / f"{name}.16x128x128.npy" for name in "ab"]
    rng = np.random.default_rng(0)
    for end in ends:
        np.save(end, rng.standard_normal((16, 128, 128)).astype(np.float16))
    out, steps = bench.work / "slerp.npy", 200 if bench.quick else 1000
    write = f"""
import numpy
with open({str(out)!r}, "wb") as file:
    step = numpy.load({str(ends[0])!r}).data.cast("B")
    for _ in range({steps}):
        file.write(step)
"""
    path = ("interp", *map(str, ends), "--axes", "CHW", "--slerp", "--steps", str(steps))
    ours, written = in_turn(
        5,
        lambda: bench.latent(*path, "-o", str(out)),
        lambda: spend([sys.executable, "-c", write], bench.env),
    )
    codes = _many(bench)
    found = bench.latent("directions", "pca", str(codes), "-k", "10")
    return [
        Row(
            f"latent interp --slerp, {steps:,} steps of 16 x 128 x 128 float16",
            f"{ours.wall:.2f} s",
            f"import numpy, writing the bytes {written.wall:.2f} s",
            f"{ours.wall / written.wall:.2f} x its time",
            "<= 2 x",
        ),
        Row(
            f"latent directions pca, {codes.name}",
            f"{found.wall:.1f} s, {found.peak:.0f} MB",
            f"the file {codes.stat().st_size / 2**20:,.0f} MB",
            f"{found.peak * 2**20 / codes.stat().st_size:.2f} x its size (mapped pages count)",
            "",
        ),
    ]


def edits(bench: Bench) -> list[Row]:
    """Very many codes moved along a direction, file to file, beside copying the file."""
    codes, line = _many(bench), bench.work / "line.512.npy"
    np.save(line, np.random.default_rng(1).standard_normal(512))
    out = bench.work / "edited.npy"
    ours, copied = in_turn(
        5,
        lambda: bench.latent("edit", str(codes), str(line), "--by", "2", "-o", str(out)),
        lambda: spend(["cp", str(codes), str(out)], bench.env),
    )
    return [
        Row(
            f"latent edit, {codes.name} ({codes.stat().st_size / 1e9:.1f} GB)",
            f"{ours.wall:.1f} s",
            f"cp {copied.wall:.1f} s",
            f"{ours.wall / copied.wall:.2f} x its time",
            "<= 2 x",
        )
    ]


def _many(bench: Bench) -> Path:
    """Make very many codes, once."""
    rows = 100_000 if bench.quick else 1_000_000
    codes = bench.work / f"codes.{rows}x512.npy"
    rng = np.random.default_rng(0)
    if not codes.exists():
        made = np.lib.format.open_memmap(codes, "w+", np.float32, (rows, 512))
        for start in range(0, rows, 50_000):
            made[start : start + 50_000] = rng.standard_normal((50_000, 512), np.float32)
        made.flush()
    return codes
