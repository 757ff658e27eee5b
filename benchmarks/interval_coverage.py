"""How often the printed 95 % interval holds the score that the same protocol gives on average.

A cell is one source of codes and factors, one number of rows, one score: so many samples of the source are
scored, and counted are those whose interval holds the mean of all. `--write` puts the tables into the docs.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

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

Source = Callable[[np.random.Generator, int], tuple[Any, Any]]


def _grid(rng: np.random.Generator, rows: int) -> Any:
    return rng.integers(0, [3, 4, 5], (rows, 3))


def _codes(rng: np.random.Generator, factors: Any, noise: float = 0.4) -> Any:
    """Return each factor with noise in a dimension, and two dimensions of noise."""
    near = factors + noise * rng.standard_normal(factors.shape)
    return np.hstack([near, rng.standard_normal((len(factors), 2))])


def clean(rng: np.random.Generator, rows: int) -> tuple[Any, Any]:
    factors = _grid(rng, rows)
    return _codes(rng, factors, 0.25), factors


def entangled(rng: np.random.Generator, rows: int) -> tuple[Any, Any]:
    factors = _grid(rng, rows)
    turn = np.linalg.qr(np.random.default_rng(1).standard_normal((5, 5)))[0]
    return _codes(rng, factors) @ turn, factors


def heavy_tails(rng: np.random.Generator, rows: int) -> tuple[Any, Any]:
    factors = _grid(rng, rows)
    return factors @ np.eye(3, 5) + 0.4 * rng.standard_t(2.5, (rows, 5)), factors


def rare_classes(rng: np.random.Generator, rows: int) -> tuple[Any, Any]:
    factors = np.stack([rng.choice(3, rows, p=p) for p in ([0.9, 0.05, 0.05], [0.6, 0.3, 0.1])], 1)  # fmt: skip
    return _codes(rng, factors), factors


def correlated(rng: np.random.Generator, rows: int) -> tuple[Any, Any]:
    factors = _grid(rng, rows)
    factors[:, 1] = np.where(rng.random(rows) < 0.6, factors[:, 0], factors[:, 1])
    return _codes(rng, factors), factors


def continuous(rng: np.random.Generator, rows: int) -> tuple[Any, Any]:
    factors = rng.random((rows, 3))
    return _codes(rng, 3 * factors, 0.3), factors


def dead(rng: np.random.Generator, rows: int) -> tuple[Any, Any]:
    codes, factors = entangled(rng, rows)
    return np.hstack([codes, np.zeros((rows, 1)), 0.01 * rng.standard_normal((rows, 1))]), factors  # fmt: skip


def noise(rng: np.random.Generator, rows: int) -> tuple[Any, Any]:
    return rng.standard_normal((rows, 5)), _grid(rng, rows)


SOURCES: dict[str, Source] = {
    "clean": clean, "entangled": entangled, "heavy tails": heavy_tails, "rare classes": rare_classes,
    "correlated": correlated, "continuous": continuous, "dead": dead, "noise": noise,
}  # fmt: skip

Found = dict[str, tuple[float, float | None, float | None]]
"""Of each score its value and the ends of its interval."""


def scores(source: str, rows: int, seed: int, only: Sequence[str] = tuple(METRICS)) -> Found:
    """Return the scores of one sample by every metric that has an interval."""
    codes, factors = SOURCES[source](np.random.default_rng([seed, rows]), rows)
    found: Found = {}
    for metric in only:
        try:
            # DCI has no interval where shuffled rows say that noise explains it.
            lean = nullcontext() if metric == "dci" else value_only()
            with warnings.catch_warnings(), lean:
                warnings.simplefilter("ignore")
                made = function(metric)(codes, factors, **SETTINGS.get(metric, {})).summary
        except LatentError:
            continue  # this source has not what the metric takes
        for name, value in made.items():
            if made.get(f"{name}_low") is not None:
                found[name] = value, made[f"{name}_low"], made[f"{name}_high"]
    return found


def geometry(source: str, rows: int, seed: int) -> Found:
    """Return the measures of one sample's geometry, and of its comparison with other codes."""
    rng = np.random.default_rng([seed, rows])
    codes, factors = SOURCES[source](rng, rows)
    labels = factors[:, 0] if factors.dtype.kind == "i" else (3 * factors[:, 0]).astype(int)
    mixed = np.random.default_rng(2).standard_normal((codes.shape[1], 4))
    other = codes @ mixed + 0.5 * rng.standard_normal((rows, 4))
    measured = latentcli.geometry_report(codes, labels, only=GEOMETRY, seed=seed).measures
    found: Found = {
        f"{one.measure} ({one.variant.split(',')[0]})" if one.measure in TWICE else one.measure:
        (one.value, *one.interval)
        for one in measured if one.interval is not None and one.value is not None
    }  # fmt: skip
    for one in latentcli.compare(codes, other, moved=0, seed=seed).records:
        if one.get("low") is not None:
            found[str(one["measure"])] = one["value"], one["low"], one["high"]
    return found


GEOMETRY = ("clusters", "isotropy", "manifold", "hubness", "uniformity")
TWICE = ("two_nn", "effective_rank")


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


def cells(
    measure: Callable[[str, int, int], Found],
    samples: int,
    rows: Sequence[int],
    workers: int,
    kept: Path | None,
    what: str = "",
) -> Iterator[tuple[str, int, dict[str, float]]]:
    """Yield source, rows, and the coverage of each score; cells in the file `kept` are done."""
    done: dict[str, dict[str, float]] = {}
    if kept is not None and kept.exists():
        lines = (json.loads(line) for line in kept.read_text().splitlines())
        done = {line["cell"]: line["coverage"] for line in lines}
    with ProcessPoolExecutor(workers) as pool:
        for count in rows:
            for source in SOURCES:
                name = f"{what} {source} {count} {samples}"
                if name not in done:
                    done[name] = covered(list(pool.map(partial(measure, source, count), range(samples))))  # fmt: skip
                    print(name, file=sys.stderr)
                    if kept is not None:
                        kept.parent.mkdir(parents=True, exist_ok=True)
                        with kept.open("a") as stream:
                            stream.write(json.dumps({"cell": name, "coverage": done[name]}) + "\n")  # fmt: skip
                yield source, count, done[name]


def table(found: Sequence[tuple[str, int, dict[str, float]]], rows: Sequence[int]) -> str:
    """Return a Markdown table: a line for each score, coverage in % by rows for each source."""
    by_score: dict[str, dict[tuple[str, int], float]] = defaultdict(dict)
    for source, count, shares in found:
        for name, share in shares.items():
            by_score[name][source, count] = share
    lines = [
        f"| score | {' | '.join(SOURCES)} | mean |",
        f"|---|{'---|' * (len(SOURCES) + 1)}",
    ]
    for name, own in by_score.items():
        shown = [
            " ".join(f"{100 * own[source, count]:.0f}" if (source, count) in own else "-" for count in rows)
            for source in SOURCES
        ]  # fmt: skip
        mean = 100 * np.mean(list(own.values()))
        lines.append(f"| `{name}` | {' | '.join(shown)} | {mean:.0f} |")
    return "\n".join(lines)


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
    parser.add_argument("--what", choices=("scores", "geometry"), nargs="+", default=["scores", "geometry"])  # fmt: skip
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    parser.add_argument(
        "--only", default=",".join(METRICS), help="metrics of scores, by commas"
    )
    parser.add_argument("--kept", type=Path, help="a file of finished cells, to go on from")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/")
    given = parser.parse_args()
    for what in given.what:
        of_scores = partial(scores, only=given.only.split(","))
        measure = of_scores if what == "scores" else geometry
        named = f"{what} {given.only}" if what == "scores" else what
        found = list(
            cells(measure, given.samples, given.rows, given.workers, given.kept, named)
        )
        sizes = ", ".join(f"{count:,}" for count in given.rows)
        text = f"{given.samples} samples a cell; in each column {sizes} rows; in %."
        text += "\n\n" + table(found, given.rows)
        print(text)
        if given.write:
            written(DOCS / "metrics.md" if what == "scores" else DOCS / "readings.md", f"coverage {what}", text)  # fmt: skip


if __name__ == "__main__":
    main()
