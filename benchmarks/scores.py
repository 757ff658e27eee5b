"""Metrics of disentanglement, beside disentanglement_lib's own code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from measuring import Bench, Row, in_turn


class Sizes(NamedTuple):
    """Rows, dimensions and factors of made codes."""

    rows: int
    dimensions: int
    factors: int

    def __str__(self) -> str:
        return f"({self.rows:,}, {self.dimensions}, {self.factors})"


SOURCE = "https://github.com/google-research/disentanglement_lib"

FEW = Sizes(200, 2, 2)
"""What takes no time but to start."""

SIZES = (Sizes(10_000, 10, 5), Sizes(100_000, 64, 6), Sizes(20_000, 512, 5))
"""Rows, dimensions and factors, of ten classes each."""

AIMS = {"sap": ">= 2 x", "dci": ">= 2 x"}

SLOW = {("sap", 64), ("sap", 512)}
"""What takes the peer minutes is run once, and not with --quick."""


def metrics(bench: Bench) -> Iterator[Row]:
    """MIG, modularity, SAP and DCI as whole processes."""
    library = _library(bench)
    for size in SIZES:
        files = _made(bench, size)
        for metric in ("mig", "modularity", "sap"):
            if not (bench.quick and _is_slow(metric, size)):
                yield _beside(bench, library, metric, size, files)
        for estimator in ("threshold", "r2"):
            yield _alone(bench, "sap", estimator, size, files)
    files = _made(bench, SIZES[0])
    if not bench.quick:  # of the larger ones boosting takes hours
        yield _beside(bench, library, "dci", SIZES[0], files)
    for estimator in ("forest", "lasso"):
        yield _alone(bench, "dci", estimator, SIZES[0], files)


def _is_slow(metric: str, size: Sizes) -> bool:
    return metric == "dci" or (metric, size.dimensions) in SLOW


def _beside(
    bench: Bench, library: Path, metric: str, size: Sizes, files: tuple[str, str]
) -> Row:
    few = _made(bench, FEW)
    ours, theirs, started, began = in_turn(
        1 if _is_slow(metric, size) else 3,
        lambda: bench.latent(metric, *files),
        lambda: bench.peer("metric_dlib.py", str(library), metric, *files),
        lambda: bench.latent(metric, *few),
        lambda: bench.peer("metric_dlib.py", str(library), metric, *few),
    )
    beyond = ours.wall - started.wall
    gain = ""
    if beyond > 0.25 * started.wall:  # less is lost in what starting varies
        gain = f", {(theirs.wall - began.wall) / beyond:.0f} x without start-up"
    aim = ">= 20 x" if (metric, size.rows) == ("mig", 100_000) else AIMS.get(metric, "")
    return Row(
        f"latent {metric} {size}",
        f"{ours.wall:.2f} s, {ours.cpu:.2f} CPU s",
        f"disentanglement_lib {theirs.wall:.1f} s, {theirs.cpu:.1f} CPU s",
        f"{theirs.wall / ours.wall:.1f} x faster{gain}",
        aim,
    )


def _alone(
    bench: Bench, metric: str, estimator: str, size: Sizes, files: tuple[str, str]
) -> Row:
    (ours,) = in_turn(1, lambda: bench.latent(metric, *files, "--estimator", estimator))
    return Row(
        f"latent {metric} --estimator {estimator} {size}", f"{ours.wall:.2f} s", "", "", ""
    )


def _made(bench: Bench, size: Sizes) -> tuple[str, str]:
    """Make codes whose first dimensions are the factors with noise, the rest noise."""
    paths = [bench.work / f"{what}.{size.rows}x{size.dimensions}.npy" for what in ("z", "v")]
    if not all(path.exists() for path in paths):
        random = np.random.default_rng(0)
        factors = random.integers(0, 10, (size.rows, size.factors))
        codes = random.standard_normal((size.rows, size.dimensions))
        codes[:, : size.factors] = (factors - 4.5) / 2.87 + 0.5 * codes[:, : size.factors]
        np.save(paths[0], codes)
        np.save(paths[1], factors)
    return str(paths[0]), str(paths[1])


def _library(bench: Bench) -> Path:
    """Return a checkout of the peer; fetched once, by whoever runs this."""
    folder = bench.library or bench.work / "disentanglement_lib"
    if not folder.is_dir():
        fetched = subprocess.run(
            ["git", "clone", "--quiet", "--depth", "1", SOURCE, str(folder)], check=False
        )
        if fetched.returncode:
            sys.exit(f"cannot fetch {SOURCE}; name a checkout with --disentanglement-lib DIR")
    return folder
