"""How often the printed 95 % interval holds the score that the same protocol gives on average.

A cell is one source of codes and factors, one number of rows, one score: so many samples of the source are
scored, and counted are those whose interval holds the mean of all. What each sample gives is kept in a file, so that a
run that was stopped goes on, and scores that are cheap can have more samples than others. `--write` puts the tables
into the docs.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
from sources import SOURCES

import latentcli
from latentcli.disentanglement import METRICS, function
from latentcli.disentanglement._score import value_only
from latentcli.errors import LatentError

DOCS = Path(__file__).resolve().parents[1] / "docs"
ROWS = (300, 1000, 5000)
FEW = {"train": 1000, "evaluate": 1000}
SETTINGS: dict[str, dict[str, Any]] = {
    "dci": {"estimator": "lasso"}, "factorvae": FEW, "betavae": FEW, "zmaxvar": FEW,
}  # fmt: skip
"""Other settings than the defaults: boosting has no interval, and batches of votes are many."""

GEOMETRY = ("clusters", "isotropy", "manifold", "hubness", "uniformity", "compare")
TWICE = ("two_nn", "effective_rank")

Ends = tuple[float, float, float]
"""A value and the ends of its interval."""

Found = dict[str, Ends]
"""What one sample gives, by the names of scores; of those only that have an interval."""

Cell = tuple[str, str, int]
"""A metric, or a part of geometry; a source; a number of rows."""

Kept = dict[Cell, dict[int, Found]]
"""What has been found, by the seeds of samples."""


def measured(cell: Cell, seed: int) -> Found:
    """Return what one sample gives."""
    what, source, rows = cell
    rng = np.random.default_rng([seed, rows])
    codes, factors = SOURCES[source](rng, rows)
    if what in METRICS:
        return scores(what, codes, factors)
    if what == "compare":
        mixed = np.random.default_rng(2).standard_normal((codes.shape[1], 4))
        return compared(codes, codes @ mixed + 0.5 * rng.standard_normal((rows, 4)), seed)
    labels = factors[:, 0] if factors.dtype.kind == "i" else (3 * factors[:, 0]).astype(int)
    return geometry(what, codes, labels, seed)


def scores(metric: str, codes: Any, factors: Any) -> Found:
    """Return the scores of a metric."""
    # DCI has no interval where shuffled rows say that noise explains it.
    lean = nullcontext() if metric == "dci" else value_only()
    try:
        with warnings.catch_warnings(), lean:
            warnings.simplefilter("ignore")
            made = function(metric)(codes, factors, **SETTINGS.get(metric, {})).summary
    except LatentError:
        return {}  # this source has not what the metric takes
    return {
        name: (value, made[f"{name}_low"], made[f"{name}_high"])
        for name, value in made.items()
        if made.get(f"{name}_low") is not None
    }


def geometry(section: str, codes: Any, labels: Any, seed: int) -> Found:
    """Return the measures of a section of geometry."""
    measures = latentcli.geometry_report(codes, labels, only=(section,), seed=seed).measures
    return {
        f"{one.measure} ({one.variant.split(',')[0]})" if one.measure in TWICE else one.measure:
        (one.value, *one.interval)
        for one in measures if one.interval is not None and one.value is not None
    }  # fmt: skip


def compared(codes: Any, other: Any, seed: int) -> Found:
    """Return the measures of two sets of codes."""
    records = latentcli.compare(codes, other, moved=0, seed=seed).records
    return {
        str(one["measure"]): (one["value"], one["low"], one["high"])
        for one in records
        if one.get("low") is not None
    }


def covered(samples: Sequence[Found]) -> dict[str, float]:
    """Return for each score the share of samples whose interval holds the mean of all values.

    A score whose values hardly vary, at a bound of its range, is left out.
    """
    shares = {}
    for name in dict.fromkeys(name for one in samples for name in one):
        each = [one[name] for one in samples if name in one]
        values = np.array([value for value, _, _ in each])
        if len(each) < max(2, 0.8 * len(samples)) or values.std() < 1e-6:
            continue
        mean = values.mean()
        shares[name] = float(np.mean([low <= mean <= high for _, low, high in each]))
    return shares


def read(path: Path | None) -> Kept:
    """Return what a file keeps."""
    kept: Kept = defaultdict(dict)
    if path is not None and path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            what, source, rows, seed, found = json.loads(line)
            kept[what, source, rows][seed] = found
    return kept


def missing(kept: Kept, cells: Sequence[Cell], samples: int) -> Iterator[tuple[Cell, int]]:
    """Yield the samples that are still to be measured, cell by cell."""
    for cell in cells:
        for seed in range(samples):
            if seed not in kept[cell]:
                yield cell, seed


def fill(kept: Kept, cells: Sequence[Cell], samples: int, workers: int, path: Path) -> None:
    """Measure what is missing of so many samples a cell, and keep it at once."""
    tasks = list(missing(kept, cells, samples))
    path.parent.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers) as pool, path.open("a", encoding="utf-8") as stream:
        for (cell, seed), found in zip(
            tasks, pool.map(_of_task, tasks, chunksize=4), strict=True
        ):
            kept[cell][seed] = found
            stream.write(json.dumps([*cell, seed, found]) + "\n")
            stream.flush()
            if seed == samples - 1:
                print(*cell, file=sys.stderr)


def _of_task(task: tuple[Cell, int]) -> Found:
    return measured(*task)


def table(kept: Kept, parts: Sequence[str], rows: Sequence[int]) -> str:
    """Return a Markdown table: a line for each score, coverage in % by rows for each source."""
    lines = [
        f"| score | {' | '.join(SOURCES)} | mean | samples |",
        f"|---|{'---|' * (len(SOURCES) + 2)}",
    ]
    for part in parts:
        of_part = {
            (source, count): covered(list(kept[part, source, count].values()))
            for source in SOURCES
            for count in rows
        }
        sizes = [max(len(kept[part, source, count]) for source in SOURCES) for count in rows]
        for name in dict.fromkeys(name for one in of_part.values() for name in one):
            shown = [
                " ".join(_percent(of_part[source, count].get(name)) for count in rows)
                for source in SOURCES
            ]
            every = [one[name] for one in of_part.values() if name in one]
            sized = " ".join(map(str, sizes))
            lines.append(
                f"| `{name}` | {' | '.join(shown)} | {100 * np.mean(every):.0f} | {sized} |"
            )
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f}"


def written(page: Path, marker: str, text: str) -> None:
    """Put a text between the two comments of a page that bear its name."""
    start, end = f"<!-- {marker} -->", f"<!-- /{marker} -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(start)
    _, found, after = rest.partition(end)
    assert found, f"{page}: no {start} ... {end}"
    page.write_text(f"{before}{start}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=200, help="of each cell; 200")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    parser.add_argument("--sources", nargs="+", choices=SOURCES, default=tuple(SOURCES))
    parser.add_argument(
        "--only", nargs="+", choices=(*METRICS, *GEOMETRY), default=(*METRICS, *GEOMETRY),
        help="metrics, and sections of geometry",
    )  # fmt: skip
    parser.add_argument("--kept", type=Path, default=Path("build/coverage.jsonl"),
                        help="a file of what was found, to go on from")  # fmt: skip
    parser.add_argument("--write", action="store_true", help="put the tables into docs/")
    given = parser.parse_args()
    kept = read(given.kept)
    cells = [(part, source, rows) for part in given.only for rows in given.rows for source in given.sources]  # fmt: skip
    fill(kept, cells, given.samples, given.workers, given.kept)
    for what, page in (("scores", "metrics.md"), ("geometry", "readings.md")):
        own = [one for one in given.only if (one in METRICS) == (what == "scores")]
        text = table(kept, own, given.rows)
        print(f"\n{text}")
        if given.write:
            written(DOCS / page, f"coverage {what}", text)


if __name__ == "__main__":
    main()
