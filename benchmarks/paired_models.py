"""How often two models that are one but for their noise are told apart: in 5 % of trials, if p-values hold.

A trial is one sample of rows, two sets of codes of the same factors with the same noise, one metric; counted are those whose
models get different letters. What each gives is kept in a file, so that a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections import defaultdict
from pathlib import Path

import numpy as np
from interval_coverage import SETTINGS
from sources import two_models

import latentcli
from latentcli.disentanglement import METRICS
from latentcli.disentanglement._about import parameters
from latentcli.disentanglement._score import value_only
from latentcli.numerics.resampling import HALVES

PAIRED = tuple(name for name in METRICS if "ci" in parameters(name))

Kept = dict[tuple[str, int], dict[int, bool]]
"""Whether models were told apart, by the metric, the number of rows and the seeds of trials."""


def apart(metric: str, rows: int, seed: int) -> bool:
    """Tell whether the models of one trial get different letters."""
    models, factors = two_models(np.random.default_rng([seed, rows, 7]), rows)
    with warnings.catch_warnings(), value_only():
        warnings.simplefilter("ignore")
        found = latentcli.score_models(
            metric, models, factors, halves=HALVES, ci=None, **SETTINGS.get(metric, {})
        )
    return len({row["group"] for row in found.records if row["level"] == "all"}) == 2


def read(path: Path) -> Kept:
    """Return what a file keeps."""
    kept: Kept = defaultdict(dict)
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            metric, rows, seed, found = json.loads(line)
            kept[metric, rows][seed] = found
    return kept


def fill(kept: Kept, metrics: list[str], rows: int, trials: int, path: Path) -> None:
    """Make the trials that are missing, and keep each at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        for metric in metrics:
            found = kept[metric, rows]
            for seed in range(trials):
                if seed not in found:
                    found[seed] = apart(metric, rows, seed)
                    stream.write(json.dumps([metric, rows, seed, found[seed]]) + "\n")
                    stream.flush()
            print(metric, sum(found.values()), "of", len(found), file=sys.stderr)


def table(kept: Kept) -> str:
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
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--only", nargs="+", choices=PAIRED, default=PAIRED)
    parser.add_argument("--kept", type=Path, default=Path("build/paired.jsonl"),
                        help="a file of what was found, to go on from")  # fmt: skip
    given = parser.parse_args()
    kept = read(given.kept)
    fill(kept, list(given.only), given.rows, given.trials, given.kept)
    print(table(kept))


if __name__ == "__main__":
    main()
