"""Compare with the peers in one run, and print ratios: `make bench DATA=folder`.

Every figure is of a whole process, taken from the operating system's own accounting; commands
that are compared run in turn, and the medians are divided; the least and the greatest stand behind them. `DATA` is a folder with
glove.6B.50d.txt or glove.6B.50d.txt.gz; without it the made files are used alone.

    python benchmarks/run.py [--data DIR] [--work DIR] [--quick] [--only NAME]
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Iterable
from pathlib import Path

import codes
import decoders
import growth
import large
import numpy as np
import pages
import scores
import shards
import spaces
import tables
import tasks
import words
from measuring import HERE, Bench, Row

MEASUREMENTS: dict[str, Callable[[Bench], Iterable[Row]]] = {
    "first-read": words.first_read,
    "one-query": words.one_query,
    "many-queries": words.many_queries,
    "tables": tables.tables,
    "evaluation": words.evaluation,
    "paths": codes.paths,
    "latents": codes.latents,
    "edits": codes.edits,
    "decoding": decoders.decoding,
    "pages": pages.pages,
    "metrics": scores.metrics,
    "comparison": spaces.comparison,
    "geometry": spaces.geometry,
    "duplicates": spaces.duplicates,
    "outliers": spaces.outliers,
    "training": tasks.training,
    "retrieval": tasks.retrieval,
    "alignment": tasks.alignment,
    "clusters": tasks.clusters,
    "identifiability": tasks.identifiability,
    "help": words.help_text,
}
"""What `make bench` measures, by the name that --only takes."""

LONG: dict[str, Callable[[Bench], Iterable[Row]]] = {
    "growth": growth.growth,
    "large": large.large,
    "shards": shards.shards,
}
"""What takes an hour, and tens of gigabytes of disk: only with --only."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of glove.6B.50d.txt[.gz]")
    parser.add_argument("--work", type=Path, default=HERE / "data", help="for made files")
    parser.add_argument("--quick", action="store_true", help="smaller made file")
    parser.add_argument("--only", choices=[*MEASUREMENTS, *LONG], help="one measurement")
    parser.add_argument(
        "--disentanglement-lib", type=Path, metavar="DIR", help="a checkout; else it is fetched"
    )
    given = parser.parse_args()
    bench = Bench(given.data, given.work, given.quick, given.disentanglement_lib)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()}, "
        f"Python {platform.python_version()}, NumPy {np.__version__}\n"
    )
    print("| work | latent | beside | ratio | aim |\n|---|---|---|---|---|")
    for name, measure in (MEASUREMENTS | LONG).items():
        if given.only == name or (given.only is None and name in MEASUREMENTS):
            for row in measure(bench):
                print(
                    f"| {row.work} | {row.ours} | {row.other} | {row.ratio} | {row.aim} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
