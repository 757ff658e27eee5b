"""PyTorch, GGUF and safetensors files made hostile in their opcodes and offsets, read and judged.

`python hostile_tensors.py SEED COUNT FOLDER` prints one line of JSON. For each file an oracle in plain
Python, which checks bounds, says what must come of each tensor: exactly these bytes, or a refusal in one
line. Of a file of which it cannot say more, no number may come from outside the file.
"""

import json
import random
import sys
import time
from pathlib import Path

import hostile_gguf
import hostile_safetensors
import hostile_torch
import numpy as np

from latentcli.errors import LatentError
from latentcli.files import formats
from latentcli.files.arrays import AmbiguousError
from latentcli.files.stream import Stream

MOST_SECONDS = 1.0
KINDS = {
    "pt": hostile_torch.make,
    "gguf": hostile_gguf.make,
    "safetensors": hostile_safetensors.make,
}


def read(path, key=""):
    """Read the array of a key, or the one that is meant."""
    with Stream(path) as stream:
        reading = formats.read(stream, key)
        return [np.asarray(block.values) for block in reading.blocks()]


def poor(error):
    """Tell what is wrong with a message."""
    said = str(error)
    return "" if said.isprintable() and len(said) <= 700 else f"a poor message: {said!r}"


def same(found, expected):
    """Compare bytes; of numbers made of a scale, NaN may have any bits."""
    values = b"".join(part.tobytes() for part in found)
    if values == expected:
        return True
    wanted = np.frombuffer(expected, found[0].dtype) if len(expected) == len(values) else None
    if wanted is None or wanted.dtype.kind != "f":
        return False
    return np.array_equal(np.concatenate(found).ravel(), wanted, equal_nan=True)


def judge(path, key, expected, sure):
    """Return whether a tensor was read, and what is wrong with that."""
    try:
        found = read(path, key)
    except LatentError as error:
        refused = "refused, although it is right" if sure and expected is not None else ""
        return False, poor(error) or refused
    if expected is None:
        return True, "read, although it must be refused"
    return True, "" if same(found, expected) else "other numbers than those of the file"


def judge_foreign(path, content):
    """Read all that a file offers; no number may come from outside it."""
    keys = [""]
    was_read = False
    for key in keys:
        try:
            found = read(path, key)
        except AmbiguousError as error:
            keys += [*error.shapes][:4]
            continue
        except LatentError as error:
            if wrong := poor(error):
                return was_read, wrong
            continue
        was_read = True
        for number in np.concatenate([part.ravel() for part in found])[:200]:
            data = number.tobytes()
            halved = number.dtype == np.float32 and data[:2] == b"\0\0" and data[2:] in content
            if data not in content and not halved:
                return True, f"a number from elsewhere: {data!r}"
    return was_read, ""


def judged(path, content, expected):
    """Judge a whole file; what is raised beside errors of ours is a fault as well."""
    path.write_bytes(content)
    try:
        if expected is None:
            return judge_foreign(path, content)
        results = [judge(path, *one) for one in expected]
    except Exception as error:
        return False, f"{type(error).__name__}: {error}"
    wrong = next((wrong for _, wrong in results if wrong), "")
    return any(was_read for was_read, _ in results), wrong


def campaign(kind, seed, count, folder):
    """Make, read and judge `count` files of a kind."""
    chance = random.Random(f"{seed}{kind}")
    problems, opened, slowest = [], 0, 0.0
    for number in range(count):
        content, expected = KINDS[kind](chance)
        path = folder / f"x.{kind}"
        start = time.process_time()
        was_read, wrong = judged(path, content, expected)
        slowest = max(slowest, time.process_time() - start)
        opened += was_read
        if wrong:
            problems.append(f"{number}: {wrong}")
            (folder / f"problem-{number}.{kind}").write_bytes(content)
    if slowest > MOST_SECONDS:
        problems.append(f"one took {slowest:.1f} s")
    return {"files": count, "read": opened, "slowest": slowest, "problems": problems}


if __name__ == "__main__":
    seed, count, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    sys.stdout.write(json.dumps({kind: campaign(kind, seed, count, folder) for kind in KINDS}))
