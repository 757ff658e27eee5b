"""What measurements share: processes and what they cost, and the files to measure on."""

from __future__ import annotations

import gzip
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
PEERS = HERE / "peers"
LATENT = str(Path(sys.executable).with_name("latent"))


class Seconds(float):
    """The median of several runs; a text has the least and the greatest of them, too.

    >>> f"{Seconds([0.61, 0.6, 0.7]) * 1000:.0f} ms"
    '610 (600-700) ms'
    """

    runs: tuple[float, ...]

    def __new__(cls, runs: Iterable[float]) -> Seconds:
        listed = (*runs,)
        made = super().__new__(cls, statistics.median(listed))
        made.runs = listed
        return made

    def __mul__(self, by: float) -> Seconds:
        return Seconds(run * by for run in self.runs)

    def __format__(self, spec: str) -> str:
        median, least, most = (
            format(float(one), spec) for one in (self, min(self.runs), max(self.runs))
        )
        return median if least == most else f"{median} ({least}-{most})"


@dataclass(frozen=True)
class Cost:
    """What one process took: seconds of wall clock and processor, peak memory in MB."""

    wall: float
    cpu: float
    peak: float


@dataclass(frozen=True)
class Row:
    """A line of the result: what was measured, ours, the other, the ratio and the aim."""

    work: str
    ours: str
    other: str
    ratio: str
    aim: str


def spend(command: Sequence[str], env: dict[str, str], stdin: Path | None = None) -> Cost:
    """Run a command to its end and return its cost; a failure ends the benchmark."""
    # Else a process counts as its own what this one had in memory at most.
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    start = time.perf_counter()
    source = stdin.open("rb") if stdin else subprocess.DEVNULL
    process = subprocess.Popen(
        command, env=env, stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{complaint.decode()}")
    wall = time.perf_counter() - start
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def in_turn(times: int, *runs: Callable[[], Cost]) -> list[Cost]:
    """Run several things in turn, `times` over, and return the median cost of each, with its spread."""
    costs: list[list[Cost]] = [[] for _ in runs]
    for _ in range(times):
        for index, run in enumerate(runs):
            costs[index].append(run())
    return [
        Cost(
            Seconds(cost.wall for cost in mine),
            Seconds(cost.cpu for cost in mine),
            max(cost.peak for cost in mine),
        )
        for mine in costs
    ]


class Bench:
    """The files to measure on, and the processes that are measured."""

    def __init__(
        self, data: Path | None, work: Path, quick: bool, library: Path | None = None
    ) -> None:
        self.data = data
        self.work = work
        self.quick = quick
        self.library = library
        self.env = os.environ | {"LATENT_CACHE_DIR": str(work / "cache"), "COLUMNS": "100"}
        work.mkdir(parents=True, exist_ok=True)

    def glove(self) -> Path | None:
        """The real file, unpacked."""
        if self.data is None:
            return None
        for plain in (self.data / "glove.6B.50d.txt", self.work / "glove.6B.50d.txt"):
            if plain.exists():
                return plain
        packed = next(self.data.rglob("glove.6B.50d.txt.gz"), None)
        if packed is None:
            return None
        with gzip.open(packed, "rb") as source, plain.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        return plain

    def made(self) -> Path:
        """A made file of 400,000 x 300 (50,000 with --quick), GloVe text."""
        rows = 50_000 if self.quick else 400_000
        path = self.work / f"made.{rows}x300.txt"
        if not path.exists():
            rng = np.random.default_rng(0)
            with path.open("w") as out:
                for start in range(0, rows, 1000):
                    values = rng.standard_normal((1000, 300)) * 0.4
                    out.writelines(
                        f"w{start + i} {' '.join(f'{value:.5g}' for value in row)}\n"
                        for i, row in enumerate(values.tolist())
                    )
        return path

    def latent(self, *arguments: str) -> Cost:
        return spend([LATENT, *arguments], self.env)

    def fresh(self, *arguments: str) -> Cost:
        """Run latent with an empty cache."""
        with tempfile.TemporaryDirectory(dir=self.work) as cache:
            return spend([LATENT, *arguments], self.env | {"LATENT_CACHE_DIR": cache})

    def peer(self, script: str, *arguments: str) -> Cost:
        return spend([sys.executable, str(PEERS / script), *arguments], self.env)
