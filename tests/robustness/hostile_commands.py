"""Commands over hostile inputs: `python hostile_commands.py SEED COUNT FOLDER` prints one line of JSON.

Each run is a command in this process, one of whose inputs is broken (or of another kind than it should be)
and the others good. It must end with 0, 1 or 2 within bounds of time and memory, say one printable line of
an error, print JSON that parses, leave its inputs as they were, and leave no half-written file.
"""

import contextlib
import faulthandler
import io
import itertools
import json
import os
import random
import sys
import time
import traceback
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "files"))

import good_files
import hostile

from latentcli.cli.app import main

MOST_SECONDS = 20.0
ARRAYS = (".npy", ".npz", ".safetensors", ".json", ".csv", ".parquet", ".gguf", ".pt", ".h5")
"""Endings of good files of arrays, whatever is packed around them apart."""

FAULTS = ("Traceback", "should not happen", "Warning: ")

COMMANDS = [
    "info CODES", "info VECTORS", "neighbors the -v VECTORS", "neighbors 0 -v CODES -k 2", "similarity the of -v VECTORS",
    "expr the+of -v VECTORS", "odd the of 3.14 -v VECTORS", "relation the:of of:3.14 -v VECTORS",
    "distances the of -v VECTORS", "analogy the of 3.14 -v VECTORS", "analogy - -v VECTORS",
    "convert CODES OUT.npy", "convert VECTORS OUT.vec", "convert VECTORS OUT.parquet", "convert CODES OUT.npz",
    "convert VECTORS OUT.tsv", "convert VECTORS OUT.bin", "interp CODES[0] CODES[1] --steps 3 -o OUT.npy",
    "interp CODES --steps 3", "truncate CODES --psi 0.5 -o OUT.safetensors", "edit CODES CODES[0] --by 1 -o OUT.npy",
    "mix CODES CODES --layers 0 --axes LD -o OUT.npz", "typical CODES", "direction CODES CODES",
    "directions pca CODES", "traverse CODES[0] --dims 0", "grid CODES[0] CODES[1] CODES[2] CODES[3]",
    "project CODES CODES[0]", "mig CODES FACTORS --ci 0", "sap CODES FACTORS --ci 0", "modularity CODES FACTORS --ci 0",
    "irs CODES FACTORS --ci 0", "dcimig CODES FACTORS --ci 0", "compare CODES CODES --ci 0", "duplicates CODES",
    "outliers CODES", "map CODES --method pca", "evaluate similarity PAIRS -v VECTORS",
    "evaluate analogies QUESTIONS -v VECTORS", "evaluate odd QUESTIONS -v VECTORS", "evaluate weat QUESTIONS -v VECTORS",
    "represent PAIRS -v VECTORS", "geometry CODES --only isotropy --ci 0", "neighbors 0 -v CODES --labels LABELS",
    "clusters CODES -k 2", "align VECTORS VECTORS -d PAIRS", "info CODES --labels LABELS",
]  # fmt: skip


def roles(made):
    """Return the good files of each role."""
    arrays = {name: data for name, data in made.items() if name.endswith(ARRAYS)}
    vectors = {name: data for name, data in made.items() if name not in arrays} | {
        "words.npz": made["words.npz"], "zstd.parquet": made["zstd.parquet"],
    }  # fmt: skip
    rows = range(len(good_files.WORDS))
    table = "shape,size\n" + "".join(f"{row % 2},{row % 3}\n" for row in rows)
    numbers = io.BytesIO()
    np.savez(numbers, factors=np.array([[row % 2, row % 3] for row in rows]))
    words = [word.replace(" ", "_") for word in good_files.WORDS]
    pairs = "".join(f"{a}\t{b}\t{n}\n" for n, (a, b) in enumerate(itertools.pairwise(words)))
    questions = ": section\n" + "the of naïve 東京\nof the 東京 naïve\n" * 5
    return {
        "CODES": arrays,
        "VECTORS": vectors,
        "FACTORS": {"f.csv": table.encode(), "f.npz": numbers.getvalue()},
        "PAIRS": {"pairs.txt": pairs.encode(), "pairs.csv": pairs.replace("\t", ",").encode()},
        "QUESTIONS": {"q.txt": questions.encode(), "q.json": b'{"X": ["the"], "Y": ["of"], "A": ["3.14"], "B": ["x"]}'},
        "LABELS": {"l.txt": "\n".join(words).encode(), "l.csv": ("name,n\n" + "".join(f"{w},1\n" for w in words)).encode()},
    }  # fmt: skip


def command_of(chance, made, folder):
    """Put files in the places of a command's roles, one of them broken; return words and bytes of files."""
    template = chance.choice(COMMANDS)
    used = [role for role in made if role in template]
    victim = chance.choice(used)
    contents, places = {}, {}
    for role in used:
        kind = chance.choice(list(made)) if role == victim and chance.random() < 0.2 else role
        name = chance.choice(sorted(made[kind]))
        data = made[kind][name]
        if role == victim:
            (_, data), *_ = hostile.broken({name: data}, chance.randrange(1 << 30), 1)
        path = folder / f"{role.lower()}-{name}"
        contents[path], places[role] = data, str(path)
    words = []
    for word in template.split():
        role = next((role for role in made if word.startswith(role)), "")
        words.append(
            word.replace(role, places[role])
            if role
            else word.replace("OUT", str(folder / "out"))
        )
    return [*words, chance.choice(["--json", "-q", "--format=csv"])], contents


def run(words):
    """Run a command; return its exit code and what it wrote."""
    out, err = io.StringIO(), io.StringIO()
    sys.stdin = io.StringIO("the of 3.14\n")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    return code, out.getvalue(), err.getvalue()


def wrong_with(words, folder, contents):
    """Return the exit code, and what is wrong with how a command went, "" for nothing."""
    try:
        code, out, err = run(words)
    except BaseException:
        return 1, traceback.format_exc(limit=-4)
    return code, judged(words, folder, contents, code, out, err)


def judged(words, folder, contents, code, out, err):
    """Return what is wrong with an exit code and what was written."""
    errors = [line for line in err.split("\n") if line.startswith("latent: error")]
    if code not in (0, 1, 2) or any(what in err for what in FAULTS):
        return f"code {code}: {err[-600:]}"
    if any(what in err for what in ("No such option", "extra argument", "Missing")):
        return f"no command: {err[-200:]!r}"
    if code and not errors:
        return f"code {code} without an error: {err[-300:]!r} {out[-100:]!r}"
    if not all(line.isprintable() for line in err.split("\n")):
        return f"not printable: {err[-300:]!r}"
    if code == 0 and "--json" in words:
        json.loads(out)
    for path, data in contents.items():
        if path.read_bytes() != data:
            return f"{path.name} was changed"
    left = [one.name for one in folder.iterdir() if one.name.startswith(".")]
    made = [one.name for one in folder.iterdir() if one.name.startswith("out")]
    return f"left behind: {left} {made}" if left or (code and made) else ""


def campaign(seed, count, folder):
    """Run `count` commands; return how it went."""
    chance = random.Random(seed)
    made = roles(good_files.seeds(folder))
    problems, refused, slowest = [], 0, (0.0, "")
    os.environ["LATENT_CACHE_DIR"] = str(folder / "cache")
    place = folder / "place"
    for number in range(count):
        place.mkdir()
        words, contents = command_of(chance, made, place)
        for path, data in contents.items():
            path.write_bytes(data)
        sys.stderr.write(f"{number} {' '.join(words)}\n")
        begun = time.process_time()
        code, wrong = wrong_with(words, place, contents)
        refused += code != 0
        slowest = max(slowest, (time.process_time() - begun, " ".join(words)))
        if wrong:
            problems.append(f"{number} {' '.join(words)}: {wrong}")
            place.rename(folder / f"problem-{number}")
            continue
        for path in place.iterdir():
            path.unlink()
        place.rmdir()
    if slowest[0] > MOST_SECONDS:
        problems.append(f"{slowest[0]:.0f} s: {slowest[1]}")
    return {"commands": count, "refused": refused, "problems": problems, "slowest": slowest}


if __name__ == "__main__":
    faulthandler.enable()
    sys.stdout.write(
        json.dumps(campaign(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
    )
