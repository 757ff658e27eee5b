"""Open broken files made from valid ones: `python hostile.py SEED COUNT FOLDER`.

Prints one line of JSON: how many opened, how many were refused, the slowest, the growth of
memory, and whatever is not as it must be. Run in a process of its own so that memory can be
measured and limited, and so that a crash of a library is seen.
"""

import faulthandler
import json
import random
import re
import resource
import struct
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from good_files import PACKERS, seeds

from latentcli.errors import LatentError
from latentcli.files.store.cache import open_entry

MOST_SECONDS = 2.0
HUGE = [b"1000000000000", b"-1", b"0", b"18446744073709551616", b"1e400", b"nan", b"", b"7"]


def truncated(data: bytes, chance: random.Random) -> bytes:
    """Cut the end off."""
    return data[: chance.randrange(len(data))]


def garbled(data: bytes, chance: random.Random) -> bytes:
    """Change a few bytes."""
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 8, 64])):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def overwritten(data: bytes, chance: random.Random) -> bytes:
    """Put random bytes in the place of a part."""
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice([4, 16, 100]))
    return data[:start] + chance.randbytes(end - start) + data[end:]


def cut_out(data: bytes, chance: random.Random) -> bytes:
    """Take a part out."""
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.choice([1, 3, 8, 50]) :]


def shuffled(data: bytes, chance: random.Random) -> bytes:
    """Put the parts in another order."""
    size = chance.choice([1, 7, 64])
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    chance.shuffle(parts)
    return b"".join(parts)


def other_number(data: bytes, chance: random.Random) -> bytes:
    """Put another number in the place of one that is written out."""
    found = list(re.finditer(rb"-?\d+(\.\d+)?", data[:400])) or list(re.finditer(rb"\d", data))
    if not found:
        return data[::-1]
    match = chance.choice(found)
    return data[: match.start()] + chance.choice(HUGE) + data[match.end() :]


def other_integer(data: bytes, chance: random.Random) -> bytes:
    """Put another binary integer somewhere."""
    kind, number = chance.choice([
        ("<i", -1), ("<i", 2**31 - 1), ("<i", 0), ("<q", 2**62), ("<q", -1), ("<q", 10**12),
        ("<I", 10**9), ("<H", 65535),
    ])  # fmt: skip
    place = chance.randrange(min(len(data), chance.choice([16, 100, 10**6])))
    packed = struct.pack(kind, number)
    return data[:place] + packed + data[place + len(packed) :]


def repeated(data: bytes, chance: random.Random) -> bytes:
    """Write a part many times."""
    start = chance.randrange(len(data))
    end = start + chance.choice([1, 20, 200])
    return data[:end] + data[start:end] * chance.choice([1, 5, 1000]) + data[end:]


BREAKERS = (
    truncated, garbled, overwritten, cut_out, shuffled, other_number, other_integer, repeated,
)  # fmt: skip


def broken(made: dict[str, bytes], seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Yield (name, bytes) of broken files: valid ones broken once or twice, some then packed."""
    chance = random.Random(seed)
    names = sorted(made)
    for number in range(count):
        name = names[number % len(names)]
        if chance.random() < 0.03:
            start = made[name][: chance.choice([0, 4, 10, 64])]
            data, how = start + chance.randbytes(chance.choice([10, 500, 5000])), "random"
        elif chance.random() < 0.05:
            other = made[chance.choice(names)]
            cut = chance.randrange(len(made[name]))
            data, how = made[name][:cut] + other[chance.randrange(len(other)) :], "spliced"
        else:
            data, how = made[name], ""
            for breaker in chance.choices(BREAKERS, k=chance.choice([1, 1, 2])):
                data, how = breaker(data, chance) if data else data, f"{how}{breaker.__name__}-"
        if chance.random() < 0.15:
            ending, pack = chance.choice(list(PACKERS.items()))
            data, how = pack(data), how + ending[1:]
        yield f"{number}-{how.strip('-')}-{name}", data


def judge(path: Path, cache: bool) -> tuple[bool, str]:
    """Open a file; return whether it opened, and what is wrong with how it went."""
    try:
        entry = open_entry(str(path), cache=cache)
        with np.errstate(all="ignore"):
            entry.matrix.sum()
        list(entry.vocabulary.items())
    except LatentError as error:
        text = str(error)
        named = path.name in text
        short = len(text) < len(path.name) * 2 + 500
        one_line = "".join(text.split("\n")) == text and text.isprintable()
        return False, "" if named and short and one_line else f"a poor message: {text!r}"
    except Exception:
        return False, traceback.format_exc(limit=-4)
    return True, ""


def memory() -> int:
    """Return the most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(seed: int, count: int, folder: Path) -> None:
    """Open broken files, and say how it went."""
    faulthandler.enable()
    made = seeds(folder)
    problems = []
    for name, data in made.items():
        path = folder / name
        path.write_bytes(data)
        opened, wrong = judge(path, cache=True)
        if not opened or wrong:
            problems.append(f"{name}: valid, but: {wrong}")
    before = memory()
    total = opened_count = 0
    slowest = (0.0, "")
    for name, data in broken(made, seed, count):
        path = folder / name
        path.write_bytes(data)
        sys.stderr.write(f"{path}\n")
        start = time.process_time()
        opened, wrong = judge(path, cache=total % 2 == 0)
        slowest = max(slowest, (time.process_time() - start, name))
        total += 1
        opened_count += opened
        if wrong:
            problems.append(f"{name}: {wrong}")
        else:
            path.unlink()
    if slowest[0] > MOST_SECONDS:
        problems.append(f"{slowest[1]}: took {slowest[0]:.1f} s")
    result = {
        "files": total,
        "opened": opened_count,
        "slowest": slowest,
        "growth": memory() - before,
        "problems": problems,
    }
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
