"""Query damaged tables: `python hostile_tables.py SEED COUNT FOLDER` prints one line of JSON.

A third of the tables are whole, with hostile names and cells; the others are good ones whose bytes are broken. Each is
searched by a command in this process, which must answer, or say one printable line and end with 1, within
bounds of time and memory, and leave the folder as it was.
"""

import contextlib
import faulthandler
import io
import json
import math
import os
import random
import shutil
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

import good_tables
from hostile import broken, memory

from latentcli.cli.app import main

WORDS = ["the", "of", "New York", "naïve", "東京", "🙂", "[/b]", "3.14", "x\u00a0y", "</s>"]
MOST_SECONDS = 5.0
NAMES = [
    "id", "text", "word", "vector", "vector_scale", "Embedding", "EMBEDDING", "rowid", "n", "", " ", "a b", "a.b", "a@b",
    "a::b", 'x"; DROP TABLE docs; --', "x'); ATTACH 'y' AS y; --", "\u202egnp", "a\nb", "[bold]", "\x1b[31m", "é", "é",
    "__proto__", "x" * 300, "load_extension('x')", "0", "#1", "None", "nan", "{}", "[]",
]  # fmt: skip
CELLS = [
    None, True, 0, -1, 10**30, 1e308, math.nan, math.inf, "", " ", "NaN", "null", "[1, 2", "[1, 2]", "{1,2}", "1,5",
    "a\nb", 'a"b', "a\tb", "\x1b]0;x\x07", "\u202e", "x" * 2000, [], [[]], [None] * 3, [1.0] * 6, [1, 2, 3, 4, 5, 6],
    ["a"], {}, {"a": {"b": [1]}}, [1e308] * 6, [math.nan] * 6, [True] * 6, [1.0] * 1000,
]  # fmt: skip


def odd(chance: random.Random) -> good_tables.Records:
    """Make records with hostile names and cells, in any order."""
    rows = good_tables.records(WORDS)
    fields = [*rows[0]]
    fields += chance.sample(NAMES, chance.choice([0, 0, 1, 3, 12]))
    chance.shuffle(fields)
    if chance.random() < 0.3:
        fields.remove(chance.choice(["id", "text", "topic"]))
    wrong = chance.choice([0.0, 0.05, 0.3, 0.9])
    made = [
        {
            name: chance.choice(CELLS)
            if name not in row or chance.random() < wrong
            else row[name]
            for name in dict.fromkeys(fields)
        }
        for row in rows
    ]
    return made[: chance.choice([1, 2, 10, 10, 10])] * chance.choice([1, 1, 1, 30])


def damaged(chance: random.Random, name: str, good: good_tables.Made) -> good_tables.Made:
    """Break the bytes of a table, of one of its files where it is a folder; or leave one out."""
    if isinstance(good, bytes):
        return next(broken({name: good}, chance.randrange(1 << 30), 1))[1]
    victim = chance.choice([*good])
    if chance.random() < 0.1:
        return {file: data for file, data in good.items() if file != victim}
    return good | {
        victim: next(broken({victim: good[victim]}, chance.randrange(1 << 30), 1))[1]
    }


def made_by(chance: random.Random, name: str, good: good_tables.Made) -> good_tables.Made:
    """Make the next table of a kind: whole with hostile content, or broken."""
    if chance.random() < 0.35:
        with contextlib.suppress(Exception):  # what a writer refuses
            made = good_tables.KINDS[name](odd(chance))
            if chance.random() < 0.8:
                return made
            return damaged(chance, name, made)
    return damaged(chance, name, good)


def put(place: Path, made: good_tables.Made) -> None:
    """Write a table to its place."""
    if isinstance(made, bytes):
        place.write_bytes(made)
        return
    place.mkdir()
    for file, data in made.items():
        (place / file).write_bytes(data)


def question(chance: random.Random, place: Path) -> list[str]:
    """Return a command that reads a table."""
    asked = chance.choice(
        [
            ["info", str(place)],
            ["neighbors", "#0", "-v", str(place), "-k", "3"],
            ["neighbors", "#0", "-v", str(place), "--show", "topic", "--where", "topic = 'art'"],
            ["convert", str(place), str(place.parent / "out.jsonl"), "--force"],
            ["convert", str(place), str(place.parent / "out.parquet"), "--force", "--dtype", "int8"],
        ]
    )  # fmt: skip
    return [*asked, chance.choice(["-q", "--json", "--no-cache"])]


def wrong_with(words: list[str]) -> tuple[int, str]:
    """Run a command; return its exit code, and what is wrong with how it went, "" for nothing."""
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(words)
    except BaseException:
        return 1, traceback.format_exc(limit=-4)
    said = err.getvalue()
    lines = said.splitlines()
    errors = [line for line in lines if line.startswith("latent: error: ")]
    # A column that a damaged table has not is a wrong option of its command.
    allowed = (0, 1, 2) if "--show" in words else (0, 1)
    if code not in allowed or "should not happen" in said or "Traceback" in said:
        return code, f"code {code}: {said[-600:]!r}"
    if len(errors) != (code > 0):
        return code, f"code {code}, {len(errors)} errors: {said[-600:]!r}"
    strange = [line for line in lines if not line.startswith("latent: ")]
    if code == 1 and strange:
        return code, f"more than one line: {strange[-5:]!r}"
    if not all(line.isprintable() and len(line) < 2000 for line in said.split("\n")):
        return code, f"not a printable line: {said[-600:]!r}"
    if code == 0 and "--json" in words:
        json.loads(out.getvalue())
    return code, ""


def campaign(seed: int, count: int, folder: Path) -> dict[str, object]:
    """Query `count` tables; return how it went."""
    chance = random.Random(seed)
    os.environ["LATENT_CACHE_DIR"] = str(folder / "cache")
    good = {name: make(good_tables.records(WORDS)) for name, make in good_tables.KINDS.items()}
    names = sorted(good)
    problems, slowest = [], (0.0, "")
    codes, kinds = Counter[int](), Counter[str]()
    before = 0
    for number in range(-len(names), count):
        name = names[number % len(names)]
        whole = number < 0  # first a good one of each, from which memory is counted
        place = folder / f"{number}-{name}"
        put(place, good[name] if whole else made_by(chance, name, good[name]))
        words = ["info", str(place)] if whole else question(chance, place)
        sys.stderr.write(f"{' '.join(words)}\n")
        begun = time.process_time()
        code, wrong = wrong_with(words)
        slowest = max(slowest, (time.process_time() - begun, " ".join(words)))
        left = [one.name for one in folder.iterdir() if one.name not in (place.name, "cache")]
        left = [one for one in left if not one.startswith(("out.", "problem"))]
        if left:
            wrong += f" left behind: {left}"
        if whole:
            wrong = wrong or ("a good one is refused" if code else "")
            before = memory()
        else:
            codes[code] += 1
            kinds[name] += code == 0
        if wrong:
            problems.append(f"{' '.join(words)}: {wrong}")
            place.rename(folder / f"problem{place.name}")
        elif place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink()
    if slowest[0] > MOST_SECONDS:
        problems.append(f"{slowest[0]:.1f} s: {slowest[1]}")
    return {
        "tables": count,
        "answered": codes[0],
        "by_kind": kinds,
        "codes": codes,
        "growth": memory() - before,
        "slowest": slowest,
        "problems": problems,
    }


if __name__ == "__main__":
    faulthandler.enable()
    sys.stdout.write(
        json.dumps(campaign(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
    )
