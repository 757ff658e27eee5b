"""Torch and safetensors files made hostile in their opcodes and offsets, and an oracle in plain Python.

`python hostile_tensors.py SEED COUNT FOLDER` prints one line of JSON. Each number of a file's storage
is another, so that what is read can be told from what lies elsewhere in memory: an array that is given
back must hold exactly the numbers that the oracle, which uses nothing but `struct`, finds in the file's
bytes; all else must be refused in one line.
"""

import io
import itertools
import json
import math
import random
import struct
import sys
import time
import zipfile
from pathlib import Path

import numpy as np

from latentcli.errors import LatentError
from latentcli.files import formats
from latentcli.files.stream import Stream

MOST_SECONDS = 1.0
NUMBERS = [0, 1, 2, 3, 4, 5, 8, 12, 13, 64, 255, 256, 65535, 2**31 - 1, 2**31, 2**40, 2**61, 2**62,
           2**63 - 1, -1, -2, -64, -(2**31)]  # fmt: skip
COUNT = 12


def storage(count=COUNT):
    """Return float32 numbers that occur nowhere else."""
    return [1000.0 + 7 * number for number in range(count)]


# ---- torch: opcodes


def integer(value):
    """Write an integer as one of the opcodes that fit, the long one."""
    data = value.to_bytes((value.bit_length() + 8) // 8 or 1, "little", signed=True)
    return b"\x8a" + bytes([len(data)]) + data


def text(value):
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def tuple_of(values):
    return b"(" + b"".join(map(integer, values)) + b"t"


def name(module, attribute):
    return f"c{module}\n{attribute}\n".encode()


def tensor(offset, shape, strides, count, key="0", function="_rebuild_tensor_v2"):
    """Write the opcodes of one tensor."""
    where = text("storage") + name("torch", "FloatStorage") + text(key) + text("cpu")
    return (
        name("torch._utils", function)
        + b"((" + where + integer(count) + b"tQ" + integer(offset)
        + tuple_of(shape) + tuple_of(strides) + b"\x89"
        + name("collections", "OrderedDict") + b")RtR"
    )  # fmt: skip


INJECTED = [
    b"}(" + text("shape") + tuple_of([1000, 64]) + text("strides") + tuple_of([-64, 1]) + b"ub",
    b"}(" + text("offset") + integer(-4096) + b"ub",
    b"}" + text("storage") + text("1") + b"sb",
    text("shape") + tuple_of([9, 9]) + b"s",
    tuple_of([9]) + b"a",
    b"(" + integer(1) + b"e",
    b"2b", b"0", b"1", b"2", b"N", b"R", b"Q", b"\x81", b"\x93", b"\x94", b"h\x00", b"q\x00", b"j\xff\xff\xff\xff",
    b")R", b"}", b"]", b"(", b"t", b"\x85", b"\x86", b"u", b"e", b"s", b"b",
    name("os", "system") + text("true") + b"\x85R",
    name("builtins", "eval") + text("1") + b"\x85R",
    name("numpy", "ndarray") + b")R",
    name("torch", "FloatStorage") + b")R",
    name("torch._utils", "_rebuild_parameter") + b"h\x00\x89N\x87R",
    b"\x8f", b"\x90", b"\x82\x01", b"P0\n", b"i os\nsystem\n",
]  # fmt: skip


def view(chance):
    """Choose offset, shape, strides and count: mostly near what fits."""
    if chance.random() < 0.4:
        rows = chance.randint(1, 4)
        return chance.choice([0, 0, 1, 2]), [rows, 3], [3, 1], COUNT
    axes = chance.randint(1, 3)
    pick = NUMBERS[:10] if chance.random() < 0.7 else NUMBERS
    shape = [chance.choice(pick) for _ in range(axes)]
    strides = [chance.choice(pick) for _ in range(axes + (chance.random() < 0.05))]
    count = COUNT if chance.random() < 0.7 else chance.choice(NUMBERS)
    return chance.choice(pick), shape, strides, count


def torch_file(chance):
    """Return a file's bytes, and what the oracle expects: an array, None for a refusal, or "any"."""
    offset, shape, strides, count = view(chance)
    data = struct.pack(f"<{COUNT}f", *storage())
    if chance.random() < 0.1:
        data = data[: chance.randrange(len(data))]
    body = tensor(offset, shape, strides, count)
    expected = elements(data, offset, shape, strides, count)
    if chance.random() < 0.3:
        body = name("torch._utils", "_rebuild_parameter") + b"(" + body + b"\x89"
        body += name("collections", "OrderedDict") + b")RtR"
    if chance.random() < 0.5:
        expected = "any"
        for _ in range(chance.choice([1, 1, 2, 4])):
            injected = chance.choice(INJECTED)
            cut = len(body) if chance.random() < 0.5 else chance.randrange(len(body))
            body = body[:cut] + injected + body[cut:]
        if chance.random() < 0.2:
            changed = bytearray(body)
            changed[chance.randrange(len(changed))] = chance.randrange(256)
            body = bytes(changed)
    pickled = b"\x80\x02" + body + b"."
    if chance.random() < 0.3:
        return old(pickled, data, count, chance), expected
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a/data.pkl", pickled)
        archive.writestr("a/data/0", data)
    return out.getvalue(), expected


def old(pickled, data, count, chance):
    """Return the file as it was before 2020: pickles, then each storage with its length."""
    magic = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
    system = b"\x80\x02}" + text("little_endian") + b"\x88s."
    keys = b"\x80\x02](" + text("0") + b"e."
    stated = struct.pack("<q", max(-(2**63), min(count, 2**63 - 1)))
    return magic + b"\x80\x02M\xe9\x03." + system + pickled + keys + stated + data


def elements(data, offset, shape, strides, count):
    """Read a view by its definition, element by element; None where it must be refused."""
    if len(shape) != len(strides) or min([offset, count, *shape, *strides]) < 0:
        return None
    if max([offset, count, *shape, *strides]) >= 2**62 or 0 in shape:
        return None
    total = math.prod(shape)
    last = offset + sum(
        (length - 1) * step for length, step in zip(shape, strides, strict=True)
    )
    if last >= count or total > count or (last + 1) * 4 > len(data):
        return None
    places = itertools.product(*map(range, shape))
    flat = [
        offset + sum(at * step for at, step in zip(place, strides, strict=True))
        for place in places
    ]
    return [struct.unpack_from("<f", data, 4 * at)[0] for at in flat]


# ---- safetensors: offsets


def safetensors_file(chance):
    """Return a file's bytes, and what the oracle expects of its tensor "a"."""
    data = struct.pack(f"<{COUNT}f", *storage())
    entries = {}
    for key in ("a", "b", "c")[: chance.randint(1, 3)]:
        rows = chance.randint(1, 2)
        shape = (
            [rows, 2] if chance.random() < 0.8 else [chance.choice(NUMBERS) for _ in range(2)]
        )
        start = (
            chance.choice([0, 8, 16, 24, 32])
            if chance.random() < 0.8
            else chance.choice(NUMBERS)
        )
        end = start + 8 * rows if chance.random() < 0.8 else chance.choice(NUMBERS)
        entries[key] = {"dtype": "F32", "shape": shape, "data_offsets": [start, end]}
    header = json.dumps(entries).encode()
    if chance.random() < 0.1:  # the same name again
        again = json.dumps({"a": entries["a"]}).encode()
        header = header[:-1] + b"," + again[1:]
    if chance.random() < 0.2:
        header += b" " * chance.choice([1, 3, 8])
    length = len(header)
    if chance.random() < 0.1:
        length = max(0, length + chance.choice([-1, 1, 8, 2**40]))
    if chance.random() < 0.1:
        data = data[: chance.randrange(len(data))]
    content = struct.pack("<Q", length) + header + data
    return content, tensor_a(content)


def distinct(pairs):
    """Make an object of pairs; two of one name are no object."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError
    return dict(pairs)


def tensor_a(content):
    """Read the tensor "a" by the format's definition; None where the file must be refused."""
    (length,) = struct.unpack_from("<Q", content)
    try:
        entries = json.loads(content[8 : 8 + length], object_pairs_hook=distinct)
    except ValueError:
        return None
    data = content[8 + length :]
    if 8 + length > len(content):
        return None
    spans = []
    for entry in entries.values():
        start, end = entry["data_offsets"]
        if min(*entry["shape"], start, end) < 0 or end - start != 4 * math.prod(entry["shape"]):
            return None
        if end > start:
            spans.append((start, end))
    spans.sort()
    if any(this[1] > following[0] for this, following in itertools.pairwise(spans)):
        return None
    start, end = entries["a"]["data_offsets"]
    if end > len(data) or 0 in entries["a"]["shape"]:
        return None
    return list(struct.unpack_from(f"<{(end - start) // 4}f", data, start))


# ---- judging


def read(path, key=""):
    """Read every tensor that the file offers, or the one of a key, as plain numbers."""
    with Stream(path) as stream:
        reading = formats.read(stream, key)
        return [
            float(n) for block in reading.blocks() for n in np.asarray(block.values).ravel()
        ]


def judge(path, expected, key):
    """Return whether it was read, and what is wrong with that."""
    try:
        found = read(path, key)
    except LatentError as error:
        said = str(error)
        if not said.isprintable() or len(said) > 700:
            return False, f"a poor message: {said!r}"
        return False, "refused, although it is right" if isinstance(expected, list) else ""
    except Exception as error:
        return False, f"{type(error).__name__}: {error}"
    if expected == "any":
        foreign = {number for number in found if number not in storage()}
        return True, f"numbers from elsewhere: {sorted(foreign)[:3]}" if foreign else ""
    if expected is None:
        return True, "read, although it must be refused"
    return True, "" if found == expected else f"{found[:4]}, not {expected[:4]}"


def main(seed, count, folder):
    """Make, read and judge `count` files of each kind."""
    result = {}
    for kind, make, key in (("pt", torch_file, ""), ("safetensors", safetensors_file, "a")):
        chance = random.Random(f"{seed}{kind}")
        problems, opened, slowest = [], 0, 0.0
        for number in range(count):
            content, expected = make(chance)
            path = folder / f"x.{kind}"
            path.write_bytes(content)
            start = time.perf_counter()
            was_read, wrong = judge(path, expected, key)
            slowest = max(slowest, time.perf_counter() - start)
            opened += was_read
            if wrong:
                problems.append(f"{number}: {wrong}")
                (folder / f"problem-{number}.{kind}").write_bytes(content)
        if slowest > MOST_SECONDS:
            problems.append(f"one took {slowest:.1f} s")
        result[kind] = {
            "files": count,
            "read": opened,
            "slowest": slowest,
            "problems": problems,
        }
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
