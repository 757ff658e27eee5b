"""How often two models that are one but for their noise are told apart: in 5 % of trials, if p-values hold.

A trial is one sample of rows, two sets of codes of the same factors with the same noise, one metric; counted are those whose
models get different letters. What each gives is kept in a file, so that a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path

import numpy as np
import trials
from interval_coverage import SETTINGS
from sources import two_models

import latentcli
from latentcli.disentanglement import METRICS
from latentcli.disentanglement._about import parameters
from latentcli.disentanglement._score import value_only
from latentcli.numerics.resampling import HALVES

PAIRED = tuple(name for name in METRICS if "ci" in parameters(name))


def apart(tried: tuple[str, int], seed: int) -> bool:
    """Tell whether the models of one trial, by a metric on so many rows, get different letters."""
    metric, rows = tried
    models, factors = two_models(np.random.default_rng([seed, rows, 7]), rows)
    with warnings.catch_warnings(), value_only():
        warnings.simplefilter("ignore")
        found = latentcli.score_models(
            metric, models, factors, halves=HALVES, ci=None, **SETTINGS.get(metric, {})
        )
    return len({row["group"] for row in found.records if row["level"] == "all"}) == 2


def table(kept: trials.Kept) -> str:
    """Return a Markdown table: how often models that are one were told apart."""
    lines = ["| metric | settings | rows | trials | told apart |", "|---|---|---|---|---|"]
    for (metric, rows), found in sorted(kept.items(), key=lambda one: PAIRED.index(one[0][0])):
        given = ", ".join(f"{key} {value}" for key, value in SETTINGS.get(metric, {}).items())
        share = 100 * sum(found.values()) / len(found)
        lines.append(f"| `{metric}` | {given} | {rows} | {len(found)} | {share:.1f} % |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=200, help="of each metric; 200")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--only", nargs="+", choices=PAIRED, default=PAIRED)
    parser.add_argument("--kept", type=Path, default=Path("build/paired.jsonl"),
                        help="a file of what was found, to go on from")  # fmt: skip
    given = parser.parse_args()
    kept = trials.read(given.kept)
    tried = [(metric, given.rows) for metric in given.only]
    trials.fill(kept, tried, given.trials, apart, given.kept, given.workers)
    print(table(kept))


if __name__ == "__main__":
    main()
