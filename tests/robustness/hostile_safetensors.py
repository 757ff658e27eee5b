"""safetensors files whose headers lie, and an oracle that reads them by the format's definition."""

import itertools
import json
import math
import struct

LIES = ["0", "1", "7", "8", "9", "16", "255", "4294967295", "4294967296", "2305843009213693952",
        "9223372036854775807", "9223372036854775808", "18446744073709551608", "18446744073709551616",
        "-1", "-8", "-9223372036854775808", "8.0", "1e3", "1e400", "NaN", "true", "null", '"8"', "[8]",
        "9" * 30]  # fmt: skip
SIZES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8,
         "U32": 4, "U16": 2, "U8": 1, "BOOL": 1}  # fmt: skip


def make(chance):
    """Return a file's bytes, and what must come of its tensor "a"."""

    def lies(value, often=0.02):
        return chance.choice(LIES) if chance.random() < often else str(value)

    entries, at = [], 0
    for name in ("a", "b", "c")[: chance.randint(1, 3)]:
        kind = chance.choice(["F32", "F32", "F32", *SIZES])
        shape = [chance.choice([1, 2, 3, 5]) for _ in range(chance.randint(1, 3))]
        size = math.prod(shape) * SIZES[kind]
        start = (
            at if chance.random() < 0.9 else chance.choice([0, max(0, at - 1), at + 1, at + 8])
        )
        stop = (
            start + size if chance.random() < 0.97 else start + size + chance.choice([-1, 1, 8])
        )
        kind = (
            kind
            if chance.random() < 0.97
            else chance.choice(["F8_E4M3", "f32", "O", "", "BOOL"])
        )
        fields = [
            f'"dtype":"{kind}"',
            f'"shape":[{",".join(lies(n) for n in shape)}]',
            f'"data_offsets":[{lies(start)},{lies(stop)}]',
        ]
        if chance.random() < 0.02:
            fields.pop(chance.randrange(3))
        if chance.random() < 0.03:
            fields.append(chance.choice(fields))
        chance.shuffle(fields)
        name = "a" if chance.random() < 0.05 else name
        entries.append(f'"{name}":{{{",".join(fields)}}}')
        at = start + size
    if chance.random() < 0.2:
        entries.append('"__metadata__":{"format":"pt"}')
    chance.shuffle(entries)
    header = ("{" + ",".join(entries) + "}").encode() + b" " * chance.choice([0, 0, 1, 3, 8])
    length = len(header)
    if chance.random() < 0.05:
        length = max(0, length + chance.choice([-1, 1, 8, 2**40, 2**63]))
    data = chance.randbytes(at)
    if chance.random() < 0.05:
        data = data[: chance.randrange(len(data))]
    content = struct.pack("<Q", length) + header + data
    if chance.random() < 0.05:
        changed = bytearray(content)
        changed[chance.randrange(9, 8 + len(header))] = chance.randrange(256)
        content = bytes(changed)
    found, sure = oracle(content)
    return content, [("a", found, sure)]


def distinct(pairs):
    """Make an object of pairs; two of one name are no object."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError
    return dict(pairs)


def oracle(content):
    """Read the tensor "a"; None where it must be refused. Tell whether it must be read."""
    (length,) = struct.unpack_from("<Q", content)
    try:
        entries = json.loads(content[8 : 8 + length], object_pairs_hook=distinct)
        if not isinstance(entries, dict):
            return None, True
        entries.pop("__metadata__", None)
        read = {name: entry_of(entry) for name, entry in entries.items()}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, True
    if 8 + length > len(content) or "a" not in read:
        return None, True
    data = content[8 + length :]
    spans = sorted((start, stop) for _, _, start, stop in read.values() if stop > start)
    if any(one[1] > other[0] for one, other in itertools.pairwise(spans)):
        return None, True
    kind, shape, start, stop = read["a"]
    if stop > len(data) or kind not in SIZES or not shape or 0 in shape:
        return None, True
    found = data[start:stop]
    if kind == "BF16":
        found = b"".join(b"\0\0" + found[at : at + 2] for at in range(0, len(found), 2))
    sure = all(one[0] in SIZES and one[3] <= len(data) for one in read.values())
    return found, sure


def entry_of(entry):
    """Check one entry: whole numbers, and as many bytes as its shape takes."""
    kind, shape, (start, stop) = entry["dtype"], entry["shape"], entry["data_offsets"]
    numbers = [*shape, start, stop]
    if not isinstance(kind, str) or any(type(n) is not int or n < 0 for n in numbers):
        raise ValueError
    if stop < start or (kind in SIZES and stop - start != math.prod(shape) * SIZES[kind]):
        raise ValueError
    return kind, shape, start, stop
