"""How often the printed 95 % interval holds the score that the same protocol gives on average.

A cell is one source of codes and factors, one number of rows, one score: so many samples of the source are
scored, and counted are those whose interval holds the mean of all. What each sample gives is kept in a file, so that a
run that was stopped goes on, and scores that are cheap can have more samples than others. `--write` puts what was measured
into the tables of the docs, and leaves there what was not.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import trials
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
TWO_OF_A_NAME = ("dci-es", "informativeness")

Ends = tuple[float, float, float]
"""A value and the ends of its interval."""

Found = dict[str, Ends]
"""What one sample gives, by the names of scores; of those only that have an interval."""

Cell = tuple[str, str, int]
"""A metric, or a part of geometry; a source; a number of rows."""

Lines = dict[str, dict[str, list[str]]]
"""Lines of a table: by the names of scores, for each source, and for `samples`, what is shown for each number of rows."""

UNKNOWN = "·"
"""What was not measured."""


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
        f"{name} ({metric})" if (metric, name) == TWO_OF_A_NAME else name:
        (value, made[f"{name}_low"], made[f"{name}_high"])
        for name, value in made.items()
        if made.get(f"{name}_low") is not None
    }  # fmt: skip


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


def measured_lines(kept: trials.Kept, parts: Sequence[str]) -> Lines:
    """Return coverage in % by the names of scores, for each source and number of rows."""
    lines: Lines = {}
    for part in parts:
        cells = {(source, count): kept[part, source, count] for source in SOURCES for count in ROWS}  # fmt: skip
        shares = {key: covered(list(found.values())) for key, found in cells.items()}
        sizes = [min(filter(None, (len(cells[source, count]) for source in SOURCES)), default=0) for count in ROWS]  # fmt: skip
        for name in dict.fromkeys(name for one in shares.values() for name in one):
            lines[name] = {
                source: [
                    _percent(shares[source, count].get(name)) if cells[source, count] else UNKNOWN
                    for count in ROWS
                ]
                for source in SOURCES
            } | {"samples": [str(size) if size else UNKNOWN for size in sizes]}  # fmt: skip
    return lines


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f}"


def table(lines: Lines) -> str:
    """Return a Markdown table: a line for each score, coverage in % by rows for each source."""
    made = [
        f"| score | {' | '.join(SOURCES)} | mean | samples |",
        f"|---|{'---|' * (len(SOURCES) + 2)}",
    ]
    for name, cells in lines.items():
        every = [int(one) for source in SOURCES for one in cells[source] if one.isdigit()]
        shown = [" ".join(cells[source]) for source in SOURCES]
        mean = f"{np.mean(every):.0f}"
        made.append(f"| {' | '.join((f'`{name}`', *shown, mean, ' '.join(cells['samples'])))} |")  # fmt: skip
    return "\n".join(made)


def lines_of(text: str) -> Lines:
    """Return the lines of a table: what `table` wrote."""
    lines: Lines = {}
    for line in text.splitlines():
        if line.startswith("| `"):
            name, *cells, _, samples = (one.strip() for one in line.strip("| ").split("|"))
            numbers = [one.split() for one in (*cells, samples)]
            lines[name.strip("`")] = dict(zip((*SOURCES, "samples"), numbers, strict=True))
    return lines


def merged(before: Lines, found: Lines) -> Lines:
    """Return lines as they were, but for cells that were measured now with no fewer samples."""
    lines = dict(before)
    for name, cells in found.items():
        old = before.get(name)
        if old is None:
            lines[name] = cells
            continue
        better = [
            now.isdigit() and (not once.isdigit() or int(now) >= int(once))
            for now, once in zip(cells["samples"], old["samples"], strict=True)
        ]
        lines[name] = {
            key: [
                now if take and now != UNKNOWN else once
                for now, once, take in zip(cells[key], old[key], better, strict=True)
            ]
            for key in cells
        }
    return lines


def written(page: Path, marker: str, text: str) -> None:
    """Put a text between the two comments of a page that bear its name."""
    before, _, after = between(page, marker)
    page.write_text(f"{before}\n\n{text}\n\n{after}", encoding="utf-8")


def between(page: Path, marker: str) -> tuple[str, str, str]:
    """Return a page up to the comment that bears a name, what is between the two, and the rest."""
    start, end = f"<!-- {marker} -->", f"<!-- /{marker} -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(start)
    inside, found, after = rest.partition(end)
    assert found, f"{page}: no {start} ... {end}"
    return before + start, inside, end + after


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
    kept = trials.read(given.kept)
    cells = [(part, source, rows) for part in given.only for rows in given.rows for source in given.sources]  # fmt: skip
    trials.fill(kept, cells, given.samples, measured, given.kept, given.workers)
    for what, page in (("scores", "metrics.md"), ("geometry", "readings.md")):
        own = [one for one in given.only if (one in METRICS) == (what == "scores")]
        found = measured_lines(kept, own)
        print(f"\n{table(found)}")
        if given.write:
            before = lines_of(between(DOCS / page, f"coverage {what}")[1])
            written(DOCS / page, f"coverage {what}", table(merged(before, found)))


if __name__ == "__main__":
    main()
