"""How time and memory grow with rows and with dimensions: an exponent for each command."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from measuring import Bench, Cost, Row, in_turn

Sizes = tuple[int, int, int]

FEWEST = 200
"""Rows of a file on which a command does little but start; what that takes is subtracted."""


class Command(NamedTuple):
    """What is measured: its arguments for a file of N rows of D numbers, and the sizes taken.

    `rows` are taken at the middle one of `dimensions`, and the other way round.
    """

    name: str
    arguments: Callable[[Bench, int, int], list[str]]
    rows: Sizes
    dimensions: Sizes
    fresh: bool = False  # with an empty cache


def _text(bench: Bench, rows: int, dimensions: int) -> str:
    """Make word vectors as text, once."""
    path = bench.work / f"grown.{rows}x{dimensions}.txt"
    if not path.exists():
        random = np.random.default_rng(0)
        with path.open("w") as out:
            for start in range(0, rows, 1000):
                values = random.standard_normal((min(1000, rows - start), dimensions)) * 0.4
                out.writelines(
                    f"w{start + i} {' '.join(f'{value:.5g}' for value in row)}\n"
                    for i, row in enumerate(values.tolist())
                )
    return str(path)


def _codes(bench: Bench, rows: int, dimensions: int, seed: int = 0) -> str:
    """Make codes, once, whose first five dimensions follow the factors."""
    path = bench.work / f"grown.{rows}x{dimensions}.{seed}.npy"
    if not path.exists():
        factors = np.load(_factors(bench, rows))
        codes = np.random.default_rng(seed).standard_normal((rows, dimensions), np.float32)
        codes[:, :5] = (factors - 4.5) / 2.87 + 0.5 * codes[:, :5]
        np.save(path, codes)
    return str(path)


def _factors(bench: Bench, rows: int) -> str:
    path = bench.work / f"grown.{rows}.factors.npy"
    if not path.exists():
        np.save(path, np.random.default_rng(9).integers(0, 10, (rows, 5)))
    return str(path)


def _line(bench: Bench, dimensions: int) -> str:
    path = bench.work / f"grown.{dimensions}.line.npy"
    np.save(path, np.random.default_rng(1).standard_normal(dimensions))
    return str(path)


def _scored(metric: str, *options: str) -> Callable[[Bench, int, int], list[str]]:
    return lambda bench, n, d: [metric, _codes(bench, n, d), _factors(bench, n), *options]


def _of_codes(
    *words: str, after: tuple[str, ...] = ()
) -> Callable[[Bench, int, int], list[str]]:
    return lambda bench, n, d: [*words, _codes(bench, n, d), *after]


MANY: Sizes = (25_000, 100_000, 400_000)
SOME: Sizes = (2_500, 10_000, 40_000)
FEW: Sizes = (1_000, 4_000, 16_000)
WIDE: Sizes = (25, 100, 400)
NARROW: Sizes = (8, 32, 128)

COMMANDS = (
    Command("first read of text", lambda b, n, d: ["cache", "build", _text(b, n, d)], (10_000, 40_000, 160_000), WIDE, True),
    Command("neighbors", lambda b, n, d: ["neighbors", "w1", "-v", _text(b, n, d)], (10_000, 40_000, 160_000), WIDE),
    Command("edit", lambda b, n, d: ["edit", _codes(b, n, d), _line(b, d), "--by", "2", "-o", str(b.work / "grown.out.npy"), "--force"], MANY, WIDE),
    Command("typical", _of_codes("typical"), MANY, WIDE),
    Command("directions pca", _of_codes("directions", "pca", after=("-k", "5")), MANY, WIDE),
    Command("geometry", _of_codes("geometry"), SOME, WIDE),
    Command("compare", lambda b, n, d: ["compare", _codes(b, n, d), _codes(b, n, d, 1)], SOME, WIDE),
    Command("duplicates", _of_codes("duplicates"), SOME, WIDE),
    Command("outliers", _of_codes("outliers"), FEW, WIDE),
    Command("map --method pca", _of_codes("map", after=("--method", "pca")), SOME, WIDE),
    Command("mig", _scored("mig"), MANY, NARROW),
    Command("modularity", _scored("modularity"), MANY, NARROW),
    Command("sap", _scored("sap"), SOME, NARROW),
    Command("dci --estimator forest", _scored("dci", "--estimator", "forest"), FEW, NARROW),
    Command("factorvae", _scored("factorvae"), SOME, NARROW),
)  # fmt: skip
"""What grows, by command."""


def growth(bench: Bench) -> Iterator[Row]:
    """Measure each command at three numbers of rows and of dimensions; print the exponents."""
    for command in COMMANDS:
        rows, dimensions = command.rows, command.dimensions
        if bench.quick:
            rows = (rows[0] // 4, rows[0] // 2, rows[0])
        start = _cost(bench, command, FEWEST, dimensions[0])
        by_rows = [_cost(bench, command, n, dimensions[1]) for n in rows]
        by_dimensions = [_cost(bench, command, rows[1], d) for d in dimensions]
        yield Row(
            f"latent {command.name}",
            f"N {rows[0]:,} to {rows[-1]:,} at D {dimensions[1]}: {by_rows[0].cpu:.2f} to "
            f"{by_rows[-1].cpu:.2f} CPU s, {by_rows[0].peak:.0f} to {by_rows[-1].peak:.0f} MB",
            f"D {dimensions[0]} to {dimensions[-1]} at N {rows[1]:,}: {by_dimensions[0].cpu:.2f} to "
            f"{by_dimensions[-1].cpu:.2f} CPU s, {by_dimensions[0].peak:.0f} to "
            f"{by_dimensions[-1].peak:.0f} MB",
            f"time {_exponent(rows, by_rows, start, 'cpu')} in N, "
            f"{_exponent(dimensions, by_dimensions, start, 'cpu')} in D; "
            f"memory {_exponent(rows, by_rows, start, 'peak')} in N, "
            f"{_exponent(dimensions, by_dimensions, start, 'peak')} in D",
            "",
        )
        for made in bench.work.glob("grown.*"):
            made.unlink()


def _cost(bench: Bench, command: Command, rows: int, dimensions: int) -> Cost:
    # A child's peak counts what its parent held when it began: files are made apart.
    maker = os.fork()
    if not maker:
        command.arguments(bench, rows, dimensions)
        os._exit(0)
    os.waitpid(maker, 0)
    arguments = command.arguments(bench, rows, dimensions)
    if command.fresh:
        return in_turn(3, lambda: bench.fresh(*arguments))[0]
    bench.latent(*arguments)  # what is kept of the first time is kept
    return in_turn(3, lambda: bench.latent(*arguments))[0]


def _exponent(sizes: Sizes, costs: list[Cost], start: Cost, what: str) -> str:
    """Return the slope of log cost over log size, start-up taken off; "none" where it does not grow."""
    least = getattr(start, what)
    beyond = np.array([getattr(cost, what) - least for cost in costs])
    if beyond[-1] < 0.1 * least:
        return "none"
    slope = np.polyfit(np.log(sizes), np.log(np.maximum(beyond, 0.01 * least)), 1)[0]
    return f"{slope:.1f}"
