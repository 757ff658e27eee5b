"""Kills, other processes, damage and full disks: `python crash.py SEED COUNT FOLDER` prints one line of JSON.

After each kill -9 the output is whole or absent, the next run gives what an undisturbed run gives, and nothing
is left behind by it. Moments are drawn between the start of a run and the time that a whole one took.
"""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

LATENT = [sys.executable, "-m", "latentcli"]
ROWS = 6000

WORK = {
    "first read": ("neighbors", "w1", "-v", "words.txt", "-k", "3", "--json", "-q"),
    "convert": ("convert", "words.txt", "out.vec", "--force", "-q"),
    "interpolate": ("interp", "codes.npy", "--steps", "400", "-o", "out.npy", "-q", "--json"),
    "train": ("train", "text.txt", "-o", "out.bin", "--force", "--dim", "20", "--epochs", "2", "-q", "--json"),
}  # fmt: skip
OUTPUTS = {"convert": "out.vec", "interpolate": "out.npy", "train": "out.bin"}


def inputs(folder):
    """Make the files that are read."""
    random_ = np.random.default_rng(0)
    values = random_.normal(size=(ROWS, 12))
    lines = (f"w{n} {' '.join(f'{x:.5f}' for x in row)}\n" for n, row in enumerate(values))
    (folder / "words.txt").write_text("".join(lines))
    np.save(folder / "codes.npy", values[:20])
    words = ["".join(chr(97 + int(d)) for d in str(n)) for n in range(200)]
    text = (" ".join(random_.choice(words, 12)) for _ in range(2000))
    (folder / "text.txt").write_text("\n".join(text))


class Place:
    """A folder with inputs and a cache, and commands that run in it."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        inputs(folder)
        self.env = {**os.environ, "LATENT_CACHE_DIR": str(folder / "cache")}

    def start(self, *words, **options):
        return subprocess.Popen(
            [*LATENT, *words], cwd=self.folder, stdin=subprocess.DEVNULL,
            **{"env": self.env, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )  # fmt: skip

    def run(self, *words, **options):
        process = self.start(*words, **options)
        out, err = process.communicate()
        return process.returncode, out, err.decode("utf-8", "replace")

    def clear(self):
        self.run("cache", "clear", "-q")

    def left(self):
        """Return what no finished run leaves behind."""
        cache = self.folder / "cache"
        parts = [one.name for one in self.folder.iterdir() if one.name.endswith(".part")]
        return parts + [one.name for one in cache.glob(".building*")]


def killed(place, chance, name, whole, seconds):
    """Kill a run at a moment, and return what is wrong afterwards."""
    out = OUTPUTS.get(name)
    before = chance.random() < 0.5  # an output of an earlier run is there, or none
    if out and not before:
        (place.folder / out).unlink(missing_ok=True)
    if name == "first read":
        place.clear()
    process = place.start(*WORK[name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(chance.random() * seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    if out and (place.folder / out).exists() and (place.folder / out).read_bytes() != whole[1]:
        return f"{name}: {out} is neither whole nor absent"
    code, answer, err = place.run(*WORK[name])
    if (code, answer) != (0, whole[0]):
        return f"{name}: afterwards {code}, {err[-300:]!r}"
    if out and (place.folder / out).read_bytes() != whole[1]:
        return f"{name}: {out} differs afterwards"
    left = place.left()
    return f"{name}: left behind {left}" if left else ""


def kills(place, chance, count):
    problems = []
    undisturbed = {}
    for name, words in WORK.items():
        place.clear()
        begun = time.monotonic()
        code, answer, err = place.run(*words)
        seconds = time.monotonic() - begun
        assert code == 0, err
        out = OUTPUTS.get(name)
        undisturbed[name] = (
            (answer, (place.folder / out).read_bytes() if out else b""),
            seconds,
        )
    for number in range(count):
        name = [*WORK][number % len(WORK)]
        wrong = killed(place, chance, name, *undisturbed[name])
        problems += [wrong] if wrong else []
    return problems


def readers(place, rounds):
    """Let eight readers answer while the cache is cleared again and again."""
    problems = []
    question = WORK["first read"]
    right = place.run(*question)[1]
    for _ in range(rounds):
        running = [place.start(*question) for _ in range(8)]
        while any(process.poll() is None for process in running):
            place.clear()
        for process in running:
            out, err = process.communicate()
            if process.returncode or out != right:
                problems.append(f"beside cache clear: {process.returncode}, {err[-300:]!r}")
    return problems


def flipped(place, chance):
    """Flip a byte in every page of every file of the cache, with size and time of modification kept."""
    problems = []
    question = WORK["first read"]
    right = place.run(*question)[1]
    (entry,) = (one for one in (place.folder / "cache").iterdir() if one.name[0] != ".")
    tried = 0
    for name in sorted(one.name for one in entry.iterdir()):
        for page in range(0, (entry / name).stat().st_size, 4096):
            place.run(*question)  # the entry is whole again
            status = (entry / name).stat()
            with (entry / name).open("r+b") as file:
                file.seek(page + chance.randrange(min(4096, status.st_size - page)))
                byte = file.read(1)[0]
                file.seek(-1, os.SEEK_CUR)
                file.write(bytes([byte ^ (1 << chance.randrange(8))]))
            os.utime(entry / name, ns=(status.st_atime_ns, status.st_mtime_ns))
            tried += 1
            code, out, err = place.run(*question)
            if (code, out) != (0, right):
                problems.append(f"page {page} of {name} flipped: {code}, {err[-200:]!r}")
    return tried, problems


def full(place, chance, count):
    """Let files end at a random size: what is written is whole or absent, the answer right or one line."""
    problems = []
    for number in range(count):
        name = [*WORK][number % len(WORK)]
        place.clear()
        out = OUTPUTS.get(name)
        if out:
            (place.folder / out).unlink(missing_ok=True)
        most = chance.choice([0, 1000, 50_000, 300_000]) + chance.randrange(1000)
        code, _, err = place.run(
            *WORK[name],
            preexec_fn=lambda most=most: resource.setrlimit(
                resource.RLIMIT_FSIZE, (most, most)
            ),
        )
        lines = [line for line in err.splitlines() if line.startswith("latent: error")]
        if (
            code not in (0, 1)
            or len(lines) != code
            or "should not happen" in err
            or "Traceback" in err
        ):
            problems.append(f"{name}, files of {most} bytes: {code}, {err[-300:]!r}")
        if place.left() or (code and out and (place.folder / out).exists()):
            problems.append(f"{name}, files of {most} bytes: left {place.left()}")
    return problems


AROUND = {
    "LC_ALL=C": {"LC_ALL": "C", "PYTHONUTF8": "0"},
    "TERM=dumb": {"TERM": "dumb"},
    "COLUMNS=1": {"COLUMNS": "1"},
    "no home": {"HOME": "", "LATENT_CACHE_DIR": "", "XDG_CACHE_HOME": ""},
    "32 files": {},
    "2 GB": {},
}


def surroundings(place):
    """Run each command where something of what it is used to is missing."""
    problems = []
    limits = {
        "32 files": (resource.RLIMIT_NOFILE, 32),
        "2 GB": (resource.RLIMIT_AS, 2 << 30),
    }
    for name, changes in AROUND.items():
        kind, most = limits.get(name, (resource.RLIMIT_CORE, 0))
        for words in (*WORK.values(), ("--help",), ("info", "words.txt"), ("cache", "list")):
            (place.folder / "out.npy").unlink(missing_ok=True)
            code, out, err = place.run(
                *words, env={**place.env, **changes},
                preexec_fn=lambda kind=kind, most=most: resource.setrlimit(kind, (most, most)),
            )  # fmt: skip
            if code or (not out and "convert" not in words) or "Traceback" in err:
                problems.append(f"{name}: {' '.join(words)}: {code}, {err[-300:]!r}")
    return problems


def campaign(seed, count, folder):
    """Run all parts; `count` is the number of kills, the others grow with it."""
    chance = random.Random(seed)
    place = Place(folder / "place")
    found = {"kills": count, "problems": kills(place, chance, count)}
    rounds = max(1, count // 30)
    found["problems"] += readers(place, rounds)
    found["readers"] = 8 * rounds
    if count >= 100:
        found["pages"], wrong = flipped(place, chance)
        found["problems"] += wrong
    found["full"] = max(4, count // 5)
    found["problems"] += full(place, chance, found["full"])
    found["surroundings"] = len(AROUND)
    found["problems"] += surroundings(place)
    return found


if __name__ == "__main__":
    sys.stdout.write(
        json.dumps(campaign(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
    )
