"""Compare with the peers in one run, and print ratios: `make bench DATA=folder`.

Every figure is of a whole process, taken from the operating system's own accounting; commands
that are compared run in turn, and the medians are divided. `DATA` is a folder with
glove.6B.50d.txt or glove.6B.50d.txt.gz; without it the made files are used alone.

    python benchmarks/run.py [--data DIR] [--work DIR] [--quick] [--only NAME]
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from latentcli.files.bundled_sets import find

HERE = Path(__file__).resolve().parent
PEERS = HERE / "peers"
LATENT = str(Path(sys.executable).with_name("latent"))


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
    """Run several things in turn, `times` over, and return the median cost of each."""
    costs: list[list[Cost]] = [[] for _ in runs]
    for _ in range(times):
        for index, run in enumerate(runs):
            costs[index].append(run())
    return [
        Cost(
            statistics.median(cost.wall for cost in mine),
            statistics.median(cost.cpu for cost in mine),
            max(cost.peak for cost in mine),
        )
        for mine in costs
    ]


class Bench:
    """The files to measure on, and the measurements."""

    def __init__(self, data: Path | None, work: Path, quick: bool) -> None:
        self.data = data
        self.work = work
        self.quick = quick
        self.env = os.environ | {"LATENT_CACHE_DIR": str(work / "cache"), "COLUMNS": "100"}
        work.mkdir(parents=True, exist_ok=True)

    # ---- files

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

    # ---- measurements

    def first_read(self) -> list[Row]:
        """Text to vectors, nothing kept from before."""
        rows = []
        for path in filter(None, (self.glove(), self.made())):
            for peer in ("gensim", "finalfusion"):
                ours, theirs = in_turn(
                    1 if path.stat().st_size > 5e8 else 3,
                    lambda path=path: self.fresh("cache", "build", str(path)),
                    lambda path=path, peer=peer: self.peer(f"read_{peer}.py", str(path)),
                )
                rows.append(
                    Row(
                        f"first read, {path.name} ({path.stat().st_size / 1e6:.0f} MB)",
                        f"{ours.wall:.2f} s, {ours.cpu:.2f} CPU s, {ours.peak:.0f} MB",
                        f"{peer} {theirs.wall:.1f} s, {theirs.cpu:.1f} CPU s, "
                        f"{theirs.peak:.0f} MB",
                        f"{theirs.wall / ours.wall:.1f} x faster "
                        f"({theirs.cpu / ours.cpu:.1f} x in CPU s)",
                        ">= 15 x gensim" if peer == "gensim" else "",
                    )
                )
        return rows

    def one_query(self) -> list[Row]:
        """One analogy of a cached file, whole process."""
        path = self.made()
        self.latent("cache", "build", str(path))
        saved = self.work / f"{path.stem}.kv"
        if not saved.exists():
            self.peer("save_gensim.py", str(path), str(saved))
        words = ("w1", "w2", "w3")
        ours, numpy, gensim = in_turn(
            9,
            lambda: self.latent("analogy", *words, "-v", str(path)),
            lambda: spend([sys.executable, "-c", "import numpy"], self.env),
            lambda: self.peer("query_gensim.py", str(saved), *words),
        )
        what = f"one query, warm cache, {path.name}"
        return [
            Row(
                what,
                f"{ours.wall * 1000:.0f} ms",
                f"import numpy {numpy.wall * 1000:.0f} ms",
                f"{ours.wall / numpy.wall:.2f} x its time",
                "<= 3 x",
            ),
            Row(
                what,
                f"{ours.wall * 1000:.0f} ms",
                f"gensim, mapped {gensim.wall * 1000:.0f} ms",
                f"{gensim.wall / ours.wall:.1f} x faster",
                "",
            ),
        ]

    def many_queries(self) -> list[Row]:
        """10,000 analogies from standard input, whole process."""
        path = self.made()
        self.latent("cache", "build", str(path))
        count = 2_000 if self.quick else 10_000
        rng = np.random.default_rng(1)
        total = int(path.name.split(".")[1].split("x")[0])
        queries = self.work / "queries.txt"
        queries.write_text(
            "".join(f"w{a} w{b} w{c}\n" for a, b, c in rng.integers(0, total, (count, 3)))
        )
        vectors = ("-v", str(path), "-f", "ndjson")
        ours, bare = in_turn(
            3,
            lambda: spend([LATENT, "analogy", "-", *vectors], self.env, queries),
            lambda: self.peer("product.py", str(total), str(count), "300"),
        )
        saved = self.work / f"{path.stem}.kv"
        if not saved.exists():
            self.peer("save_gensim.py", str(path), str(saved))
        some = 40
        one = self.peer("queries_gensim.py", str(saved), str(queries), "1")
        more = self.peer("queries_gensim.py", str(saved), str(queries), str(1 + some))
        gensim = (more.wall - one.wall) / some * count
        what = f"{count:,} analogies over {total:,} x 300"
        return [
            Row(
                what,
                f"{ours.wall:.1f} s",
                f"bare float32 product {bare.wall:.1f} s",
                f"{ours.wall / bare.wall:.2f} x its time",
                "<= 2 x",
            ),
            Row(
                what,
                f"{ours.wall:.1f} s",
                f"gensim {gensim:.0f} s (from {some})",
                f"{gensim / ours.wall:.1f} x faster",
                "",
            ),
        ]

    def evaluation(self) -> list[Row]:
        """Google's analogies over the whole of GloVe, and one of their sections beside gensim."""
        path = self.glove()
        if path is None:
            return []
        vectors = ("-v", str(path), "--ignore-case")
        self.latent("cache", "build", str(path))
        questions = Path(find("questions-words")).read_text("utf-8").split("\n: ")
        count = sum(len(section.splitlines()) - 1 for section in questions)
        ours, bare = in_turn(
            3,
            lambda: self.latent("evaluate", "analogies", *vectors),
            lambda: self.peer("product.py", "400000", str(count), "50"),
        )
        section, one = self.work / "section.txt", self.work / "one.txt"
        section.write_text(questions[0] + "\n", "utf-8")
        one.write_text("\n".join(questions[0].splitlines()[:2]) + "\n", "utf-8")
        saved = self.work / f"{path.stem}.kv"
        if not saved.exists():
            self.peer("save_gensim.py", str(path), str(saved))
        some, started, theirs, began = in_turn(
            1 if self.quick else 3,
            lambda: self.latent("evaluate", "analogies", str(section), *vectors),
            lambda: self.latent("evaluate", "analogies", str(one), *vectors),
            lambda: self.peer("evaluate_gensim.py", str(saved), str(section)),
            lambda: self.peer("evaluate_gensim.py", str(saved), str(one)),
        )
        asked = len(questions[0].splitlines()) - 1
        gain = (theirs.wall - began.wall) / max(some.wall - started.wall, 1e-3)
        return [
            Row(
                f"latent evaluate analogies, {count:,} questions over 400,000 x 50",
                f"{ours.wall:.1f} s, {ours.peak:.0f} MB",
                f"bare float32 product {bare.wall:.1f} s",
                f"{ours.wall / bare.wall:.2f} x its time",
                "<= 2 x",
            ),
            Row(
                f"one section of it, {asked} questions, whole process",
                f"{some.wall:.2f} s",
                f"gensim {theirs.wall:.1f} s",
                f"{theirs.wall / some.wall:.1f} x faster ({gain:.0f} x without start-up)",
                "",
            ),
        ]

    def paths(self) -> list[Row]:
        """A path between two small codes, whole process."""
        ours, numpy = in_turn(
            9,
            lambda: self.latent("interp", "z1.npy", "z2.npy", "--slerp"),
            lambda: spend([sys.executable, "-c", "import numpy"], self.env),
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

    def edits(self) -> list[Row]:
        """Very many codes moved along a direction, file to file, beside copying the file."""
        rows = 100_000 if self.quick else 1_000_000
        codes, line = self.work / f"codes.{rows}x512.npy", self.work / "line.512.npy"
        rng = np.random.default_rng(0)
        if not codes.exists():
            made = np.lib.format.open_memmap(codes, "w+", np.float32, (rows, 512))
            for start in range(0, rows, 50_000):
                made[start : start + 50_000] = rng.standard_normal((50_000, 512), np.float32)
            made.flush()
        np.save(line, rng.standard_normal(512))
        out = self.work / "edited.npy"
        ours, copied = in_turn(
            3,
            lambda: self.latent("edit", str(codes), str(line), "--by", "2", "-o", str(out)),
            lambda: spend(["cp", str(codes), str(out)], self.env),
        )
        return [
            Row(
                f"latent edit, {rows:,} x 512 ({codes.stat().st_size / 1e9:.1f} GB)",
                f"{ours.wall:.1f} s",
                f"cp {copied.wall:.1f} s",
                f"{ours.wall / copied.wall:.2f} x its time",
                "",
            )
        ]

    def comparison(self) -> list[Row]:
        """Two spaces of very many rows; and fewer, beside CKA as it is usually written."""
        rows = 50_000 if self.quick else 400_000
        few = 4_000 if self.quick else 10_000
        whole = self.two_spaces(rows)
        ours = self.latent("compare", *whole)
        some = self.two_spaces(few)
        same, plain = in_turn(
            3,
            lambda: self.latent("compare", *some),
            lambda: self.peer("cka_gram.py", *some),
        )
        return [
            Row(
                f"latent compare, {rows:,} x 300 twice",
                f"{ours.wall:.0f} s, {ours.peak:.0f} MB",
                "",
                "",
                "<= 2 GB",
            ),
            Row(
                f"latent compare, {few:,} x 300 twice, all measures",
                f"{same.wall:.1f} s, {same.peak:.0f} MB",
                f"debiased CKA alone, by n x n matrices {plain.wall:.1f} s, {plain.peak:.0f} MB",
                f"{plain.peak / same.peak:.1f} x less memory",
                "",
            ),
        ]

    def two_spaces(self, rows: int) -> tuple[str, str]:
        """Made arrays of rows x 300: noise, and a rotation of it with noise.

        Written in parts: what this process has in memory counts in its children's peaks.
        """
        paths = [self.work / f"space_{side}.{rows}x300.npy" for side in "xy"]
        if not all(path.exists() for path in paths):
            rng = np.random.default_rng(0)
            turn = np.linalg.qr(rng.standard_normal((300, 300)))[0].astype(np.float32)
            header = {"descr": "<f4", "fortran_order": False, "shape": (rows, 300)}
            with paths[0].open("wb") as first, paths[1].open("wb") as second:
                for out in (first, second):
                    np.lib.format.write_array_header_1_0(out, header)
                for _ in range(0, rows, 2_000):
                    x = rng.standard_normal((2_000, 300), np.float32)
                    noise = rng.standard_normal((2_000, 300), np.float32)
                    first.write(x.tobytes())
                    second.write((x @ turn + noise).tobytes())
        return str(paths[0]), str(paths[1])

    def geometry(self) -> list[Row]:
        """The whole report of a large space; and single measures beside scikit-learn's."""
        rows = []
        path = self.glove()
        if path is not None:
            self.latent("cache", "build", str(path))
            whole = self.latent("geometry", str(path))
            rows.append(
                Row(
                    f"latent geometry, {path.name}",
                    f"{whole.wall:.0f} s, {whole.peak:.0f} MB",
                    "",
                    "",
                    "< 180 s, < 2,000 MB",
                )
            )
        count = 2_000 if self.quick else 8_000
        for measure in ("silhouette", "trustworthiness"):
            ours, theirs = in_turn(
                3,
                lambda measure=measure: self.peer("geometry_latent.py", measure, str(count)),
                lambda measure=measure: self.peer("geometry_sklearn.py", measure, str(count)),
            )
            rows.append(
                Row(
                    f"{measure}, {count:,} x 50",
                    f"{ours.wall:.1f} s, {ours.peak:.0f} MB",
                    f"scikit-learn {theirs.wall:.1f} s, {theirs.peak:.0f} MB",
                    f"{theirs.wall / ours.wall:.1f} x faster, "
                    f"{theirs.peak / ours.peak:.1f} x less memory",
                    "",
                )
            )
        return rows

    def help_text(self) -> list[Row]:
        """`latent --help`, with its panels."""
        ours, typer = in_turn(
            9,
            lambda: self.latent("--help"),
            lambda: spend([sys.executable, "-c", "import typer"], self.env),
        )
        return [
            Row(
                "latent --help",
                f"{ours.wall * 1000:.0f} ms",
                f"import typer {typer.wall * 1000:.0f} ms",
                f"{ours.wall / typer.wall:.2f} x its time",
                "<= 3 x",
            )
        ]

    # ---- processes

    def latent(self, *arguments: str) -> Cost:
        return spend([LATENT, *arguments], self.env)

    def fresh(self, *arguments: str) -> Cost:
        """Run latent with an empty cache."""
        with tempfile.TemporaryDirectory(dir=self.work) as cache:
            return spend([LATENT, *arguments], self.env | {"LATENT_CACHE_DIR": cache})

    def peer(self, script: str, *arguments: str) -> Cost:
        return spend([sys.executable, str(PEERS / script), *arguments], self.env)


MEASUREMENTS: dict[str, Callable[[Bench], list[Row]]] = {
    "first-read": Bench.first_read,
    "one-query": Bench.one_query,
    "many-queries": Bench.many_queries,
    "evaluation": Bench.evaluation,
    "paths": Bench.paths,
    "edits": Bench.edits,
    "comparison": Bench.comparison,
    "geometry": Bench.geometry,
    "help": Bench.help_text,
}
"""Every measurement, by the name that --only takes."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of glove.6B.50d.txt[.gz]")
    parser.add_argument("--work", type=Path, default=HERE / "data", help="for made files")
    parser.add_argument("--quick", action="store_true", help="smaller made file")
    parser.add_argument("--only", choices=list(MEASUREMENTS), help="one measurement")
    given = parser.parse_args()
    bench = Bench(given.data, given.work, given.quick)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()}, "
        f"Python {platform.python_version()}, NumPy {np.__version__}\n"
    )
    print("| work | latent | beside | ratio | aim |\n|---|---|---|---|---|")
    for name, measure in MEASUREMENTS.items():
        if given.only in (None, name):
            for row in measure(bench):
                print(
                    f"| {row.work} | {row.ours} | {row.other} | {row.ratio} | {row.aim} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
