"""Sets in shards through `--dask`: memory of workers, rows a second against bare reading, many queries.

Shards are made, at most 20 GB at a time (10 GB, and as much that commands write), and taken away. Beside each command the
same workers only read the shards (`python shards.py read`) or multiply them by the queries in
float32 (`python shards.py product`): whole processes in turn; of each the same on a few rows, which is what
starting takes, is taken off before they are divided.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from measuring import LATENT, Bench, Cost, Row, in_turn, spend

DIMENSIONS = 128
PART = 20_000
"""Rows that are random; others are these rolled, moved by another vector, so that no two rows are equal."""

TIMES = 3
QUERIES = (1, 10, 30, 100, 300, 1000)
MEMORY = "< 1,000 MB"
LEAST = 0.2
"""Seconds beyond starting that say something."""


def shards(bench: Bench) -> Iterator[Row]:
    """Measure memory over 10 GB, then rows a second over 5 GB."""
    share = 100 if bench.quick else 1
    with tempfile.TemporaryDirectory(dir=bench.work, prefix="shards.") as name:
        folder = Path(name)
        yield from _memory(bench, folder, 20_000_000 // share)
        few = _made(folder / "few", 2000, 10)
        yield from _rates(bench, folder, 10_000_000 // share, few)
        yield from _many(bench, folder, 10_000_000 // share, few)


def _memory(bench: Bench, folder: Path, rows: int) -> Iterator[Row]:
    """Watch the workers of each command that goes over all rows."""
    queries, line, factors = (folder / f"{one}.npy" for one in ("queries", "line", "factors"))
    np.save(queries, _random(1, 1000))
    np.save(line, _random(2, 1)[0])
    np.save(factors, np.random.default_rng(3).integers(0, 8, (rows, 2), dtype=np.int8))
    out = folder / "out"
    for kind in ("npy", "parquet"):
        codes = _made(folder / "codes", rows, 100, kind)
        vectors = ["-v", str(codes)]
        commands = {
            "neighbors, 1 query": ["neighbors", "#17", *vectors],
            "neighbors, 1,000 queries": ["neighbors", "--vector", str(queries), *vectors],
            "geometry --sample 500": ["geometry", str(codes), "--sample", "500"],
            "mig": ["mig", str(codes), str(factors)],
            "edit": ["edit", str(codes), str(line), "--by", "2", "-o", str(out)],
            "convert to one .npy": ["convert", str(codes), str(out / "all.npy")],
            "convert to shards": ["convert", str(codes), f"{out}/", "--to", "npy"],
        }  # fmt: skip
        for what, arguments in commands.items():
            if what == "convert to one .npy":
                out.mkdir()
            wall, memory = _watched(bench, [*arguments, "--dask", "local:2"])
            shutil.rmtree(out, ignore_errors=True)
            yield Row(
                f"{what}, {rows:,} x {DIMENSIONS} in 100 .{kind}",
                f"{memory:,.0f} MB in a worker",
                f"{wall:.0f} s, {rows / wall:,.0f} rows a second{_load()}",
                "",
                MEMORY,
            )
        shutil.rmtree(codes)


def _rates(bench: Bench, folder: Path, rows: int, few: Path) -> Iterator[Row]:
    """Measure one query with 1, 2 and 4 workers on 1, 10 and 100 shards."""
    for count in (1, 10, 100):
        codes = _made(folder / "codes", rows, count)
        for workers in (1, 2, 4):
            where = ["--dask", f"local:{workers}"]
            start, start_bare, cost, bare = in_turn(
                TIMES,
                lambda where=where: bench.latent("neighbors", "#17", "-v", str(few), *where),
                lambda workers=workers: _bare(bench, "read", few, workers),
                lambda codes=codes, where=where: bench.latent("neighbors", "#17", "-v", str(codes), *where),
                lambda codes=codes, workers=workers: _bare(bench, "read", codes, workers),
            )  # fmt: skip
            mine, read = _beyond(cost, start), _beyond(bare, start_bare)
            yield Row(
                f"neighbors, 1 query, {rows:,} x {DIMENSIONS}, {count} shards, {workers} workers",
                f"{cost.wall:.1f} s, {_rate(rows, mine)}",
                f"bare read {bare.wall:.1f} s, {_rate(rows, read)}{_load()}",
                _ratios(read, mine),
                "",
            )
        if count != 10:
            shutil.rmtree(codes)
        else:
            codes.rename(folder / "kept")


def _many(bench: Bench, folder: Path, rows: int, few: Path) -> Iterator[Row]:
    """Measure more and more queries against reading, and against the product alone."""
    codes, workers = folder / "kept", 2
    where = ["--dask", f"local:{workers}"]
    for count in QUERIES:
        path = folder / f"queries.{count}.npy"
        np.save(path, _random(4, count))

        def asked(of: Path, path: Path = path) -> Callable[[], Cost]:
            return lambda: bench.latent(
                "neighbors", "--vector", str(path), "-v", str(of), *where
            )

        def alone(what: str, of: Path, path: Path = path) -> Callable[[], Cost]:
            return lambda: _bare(bench, what, of, workers, path)

        found = in_turn(
            TIMES,
            *(asked(of) for of in (few, codes)),
            *(alone(what, of) for what in ("read", "product") for of in (few, codes)),
        )
        mine, read, product = (_beyond(found[i + 1], found[i]) for i in (0, 2, 4))
        yield Row(
            f"neighbors, {count:,} queries, {rows:,} x {DIMENSIONS}, 10 shards, {workers} workers",
            f"{found[1].wall:.1f} s, {_rate(rows, mine)}",
            f"read {read.wall:.1f} s, float32 product {product.wall:.1f} s{_load()}",
            f"of reading {_ratios(read, mine)}; of the product {_ratios(product, mine)}",
            ">= 0.6 of reading",
        )


def _beyond(cost: Cost, start: Cost) -> Cost:
    """Return what a run took beyond starting."""
    return Cost(cost.wall - start.wall, cost.cpu - start.cpu, cost.peak)


def _rate(rows: int, cost: Cost) -> str:
    return (
        f"{rows / cost.wall:,.0f} rows a second" if cost.wall > LEAST else "start varies more"
    )


def _ratios(bare: Cost, mine: Cost) -> str:
    """Return the ratio of two times, and that of processor times, which other work on the machine changes less."""
    if min(bare.wall, mine.wall, bare.cpu, mine.cpu) <= LEAST:
        return "-"
    return f"{bare.wall / mine.wall:.2f} (processor {bare.cpu / mine.cpu:.2f})"


def _load() -> str:
    return f" (load {os.getloadavg()[0]:.1f})"


def _random(seed: int, rows: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, DIMENSIONS), np.float32)


def _made(folder: Path, rows: int, count: int, kind: str = "npy") -> Path:
    """Write rows as so many shards."""
    folder.mkdir()
    edges = np.linspace(0, rows, count + 1).astype(int)
    block, moves, part = _random(0, PART), _random(5, 2 * rows // PART + 2 * count), 0
    for place in range(count):
        size, parts = int(edges[place + 1] - edges[place]), []
        path = folder / f"part-{place:05d}-of-{count:05d}.{kind}"
        with path.open("wb") as out:
            if kind == "npy":
                header = {"descr": "<f4", "fortran_order": False, "shape": (size, DIMENSIONS)}
                np.lib.format.write_array_header_1_0(out, header)
            for start in range(0, size, PART):
                made = np.roll(block, part, axis=1)[: size - start] + 0.3 * moves[part]
                part += 1
                if kind == "npy":
                    made.tofile(out)
                else:
                    parts.append(made)
            if parts:
                _write_parquet(np.concatenate(parts), out)
    return folder


def _write_parquet(rows: np.ndarray, out: object) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    vectors = pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel()), rows.shape[1])
    table = pa.table({"vector": vectors})
    pq.write_table(table, out, compression="none", use_dictionary=False)


def _watched(bench: Bench, arguments: list[str]) -> tuple[float, float]:
    """Run a command; return its seconds, and the MB that one of its workers was in memory with at most."""
    start, most = time.perf_counter(), 0
    with tempfile.TemporaryFile() as complaint:
        process = subprocess.Popen(
            [LATENT, *arguments], env=bench.env, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=complaint,
        )  # fmt: skip
        while process.poll() is None:
            most = max([most, *(_peak(child) for child in _children(process.pid))])
            time.sleep(0.25)
        if process.returncode:
            complaint.seek(0)
            sys.exit(f"latent {' '.join(arguments)} failed:\n{complaint.read().decode()}")
    return time.perf_counter() - start, most / 1024


def _children(parent: int) -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:  # it has ended
            continue
        if int(text.rpartition(")")[2].split()[1]) == parent:
            yield int(stat.parent.name)


def _peak(process: int) -> int:
    """Return the largest resident size of a process so far, in kB."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def _bare(
    bench: Bench, what: str, folder: Path, workers: int, queries: Path | None = None
) -> Cost:
    given = [str(queries)] if queries else []
    return spend([sys.executable, __file__, what, str(folder), str(workers), *given], bench.env)


def _read(path: str, queries: np.ndarray | None) -> int:
    room, total = memoryview(bytearray(8 << 20)), 0
    with Path(path).open("rb", buffering=0) as file:
        while size := file.readinto(room):
            total += size
    return total


def _product(path: str, queries: np.ndarray | None) -> int:
    assert queries is not None
    rows, step = np.load(path, mmap_mode="r"), max(1024, (1 << 20) // len(queries))
    room = np.empty((step, len(queries)), np.float32)
    for start in range(0, len(rows), step):
        block = rows[start : start + step]
        np.matmul(block, queries.T, out=room[: len(block)])
    return len(rows)


def _alone(what: str, folder: str, workers: str, *queries: str) -> None:
    """Read the shards of a folder, or multiply them by queries, by workers of Dask, and do nothing else."""
    from distributed import Client, LocalCluster

    given = np.load(queries[0]) if queries else None
    work = {"read": _read, "product": _product}[what]
    with (
        LocalCluster(n_workers=int(workers), threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster,
        Client(cluster) as client,
    ):  # fmt: skip
        client.wait_for_workers(int(workers))
        paths = sorted(str(path) for path in Path(folder).iterdir())
        client.gather(client.map(partial(work, queries=given), paths))


if __name__ == "__main__":
    _alone(*sys.argv[1:])
