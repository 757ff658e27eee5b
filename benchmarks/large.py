"""Files of the sizes that people have: read, asked, converted and evaluated in bounded memory.

They have the shapes of GoogleNews (3,000,000 x 300 as word2vec's binary, 3.6 GB), of crawl-300d
(2,000,000 x 300 as text, 4.5 GB) and 100,000,000 codes of 8 numbers (3.2 GB).
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from measuring import LATENT, Bench, Row

from latentcli.files.bundled_sets import find

PART = 20_000
"""Rows that are made at a time; each part has the numbers of the first, rolled by one."""


def large(bench: Bench) -> Iterator[Row]:
    """Measure each file, and take it away."""
    share = 100 if bench.quick else 1
    for make, rows, asks in (
        (_binary, 3_000_000 // share, _of_words),
        (_text, 2_000_000 // share, _of_words),
        (_array, 100_000_000 // share, _of_codes),
    ):
        path = make(bench.work, rows)
        size = path.stat().st_size
        for what, arguments in asks(bench, path):
            wall, memory = _watched(bench, arguments)
            yield Row(
                f"{what}, {path.name} ({size / 1e9:.1f} GB)",
                f"{wall:.1f} s, {memory:.0f} MB beside mapped pages",
                f"{size / 1e6 / wall:,.0f} MB a second",
                "",
                "<= 1,000 MB",
            )
        bench.latent("cache", "clear", str(path))
        for made in bench.work.glob("large.*"):
            made.unlink()


def _of_words(bench: Bench, path: Path) -> Iterator[tuple[str, list[str]]]:
    vectors = ["-v", str(path)]
    yield "first read", ["cache", "build", str(path)]
    yield "one query", ["neighbors", "king", *vectors]
    yield "evaluate similarity", ["evaluate", "similarity", *vectors]
    yield (
        "evaluate analogies, one section",
        ["evaluate", "analogies", str(_section(bench)), *vectors],
    )
    yield (
        "convert to .npy",
        ["convert", str(path), str(bench.work / "large.out.npy"), "--force"],
    )


def _of_codes(bench: Bench, path: Path) -> Iterator[tuple[str, list[str]]]:
    yield "first read", ["info", str(path)]
    yield "one query", ["neighbors", "#17", "-v", str(path)]
    yield (
        "convert to float16",
        [
            "convert",
            str(path),
            str(bench.work / "large.out.npy"),
            "--dtype",
            "float16",
            "--force",
        ],
    )


def _section(bench: Bench) -> Path:
    """Write the first section of Google's analogies."""
    path = bench.work / "section.txt"
    path.write_text(Path(find("questions-words")).read_text("utf-8").split("\n: ")[0] + "\n")
    return path


def _words(rows: int) -> Iterator[str]:
    """Yield words: those of Google's analogies, then phrases of up to 100 bytes."""
    asked = dict.fromkeys(Path(find("questions-words")).read_text("utf-8").split())
    known = ["king", *(word for word in asked if word != "king")][:rows]
    yield from known
    for number in range(len(known), rows):
        yield f"{'phrase_of_words_' * (number % 6)}w{number}"[-100:]


def _binary(work: Path, rows: int) -> Path:
    path = work / f"large.{rows}x300.bin"
    values = np.random.default_rng(0).standard_normal((PART, 300), np.float32)
    with path.open("wb") as out:
        out.write(b"%d 300\n" % rows)
        for number, word in enumerate(_words(rows)):
            if number % PART == 0:
                values = np.roll(values, 1, axis=1)
            out.write(word.encode() + b" " + values[number % PART].tobytes() + b"\n")
    return path


def _text(work: Path, rows: int) -> Path:
    path = work / f"large.{rows}x300.vec"
    values = np.random.default_rng(0).standard_normal((PART, 300)) * 0.1
    lines = [" ".join(f"{value:.4f}" for value in row) for row in values.tolist()]
    with path.open("w") as out:
        out.write(f"{rows} 300\n")
        for number, word in enumerate(_words(rows)):
            turn = (
                number // PART * 7 % 300
            )  # of the numbers of a line, so that no two are equal
            line = lines[number % PART]
            at = len(line) * turn // 300
            at = line.find(" ", at) + 1 if turn else 0
            out.write(f"{word} {line[at:]}{' ' if at else ''}{line[: max(at - 1, 0)]}\n")
    return path


def _array(work: Path, rows: int) -> Path:
    path = work / f"large.{rows}x8.npy"
    made = np.lib.format.open_memmap(path, "w+", np.float32, (rows, 8))
    random = np.random.default_rng(0)
    for start in range(0, rows, 1_000_000):
        part = made[start : start + 1_000_000]
        part[:] = random.standard_normal(part.shape, np.float32)
    made.flush()
    return path


def _watched(bench: Bench, arguments: list[str]) -> tuple[float, float]:
    """Run a command; return its seconds, and the MB that it held beside mapped files at most."""
    start, most = time.perf_counter(), 0
    process = subprocess.Popen(
        [LATENT, *arguments], env=bench.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        lines = status.read_text().splitlines() if status.exists() else []
        most = max(
            [most, *(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))]
        )
        time.sleep(0.01)
    if process.returncode:
        sys.exit(f"latent {' '.join(arguments)} failed")
    return time.perf_counter() - start, most / 1024
