"""GGUF files whose counts, lengths, shapes and offsets lie, and an oracle that reads them with bounds."""

import itertools
import math
import struct

LIES = [0, 1, 2, 7, 8, 16, 31, 33, 255, 2**16, 2**31, 2**32 - 1, 2**32, 2**61, 2**62, 2**63, 2**64 - 32,
        2**64 - 1]  # fmt: skip
PLAIN = {0: 4, 1: 2, 24: 1, 25: 2, 26: 4, 27: 8, 28: 8, 30: 2}
Q4_0, Q8_0 = 2, 8
FIXED = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}


def text(value):
    return struct.pack("<Q", len(value)) + value


def make(chance):
    """Return a file's bytes, and what must come of its tensor "a"."""

    def lies(value, often=0.02):
        return chance.choice(LIES) if chance.random() < often else value

    alignment = chance.choice([32, 32, 32, 8, 64])
    values = [text(b"general.architecture") + struct.pack("<I", 8) + text(b"test")]
    if alignment != 32 or chance.random() < 0.1:
        stated = struct.pack("<II", 4, lies(alignment, 0.05) % 2**32)
        values.append(text(b"general.alignment") + stated)
    for number in range(chance.randrange(3)):
        key = b"k%d" % (number if chance.random() < 0.95 else 0)
        values.append(text(key) + metadata(chance, lies))
    infos, at = [], 0
    for name in [b"a", b"b", b"direction.1"][: chance.randint(1, 3)]:
        kind = chance.choice([0, 0, 0, 1, 28, 30, 24, 27, Q8_0, Q4_0])
        dims = [chance.choice([1, 2, 3, 32, 64]) for _ in range(chance.randint(1, 3))]
        if kind in (Q8_0, Q4_0) and chance.random() < 0.9:
            dims[0] = 32
        size = bytes_of(kind, dims[::-1]) or 0
        dims = [lies(length, 0.03) for length in dims]
        axes = lies(len(dims), 0.01) % 2**32
        place = chance.choice([at, at, at, at, at, at, 0, at + 1, lies(at, 0.5)])
        name = b"a" if chance.random() < 0.03 else name
        infos.append(
            text(name) + struct.pack("<I", axes) + struct.pack(f"<{len(dims)}Q", *dims)
            + struct.pack("<IQ", kind if chance.random() < 0.97 else chance.choice(LIES) % 2**32, place)
        )  # fmt: skip
        at += size + -size % alignment
    counts = lies(len(infos), 0.02), lies(len(values), 0.02)
    head = b"GGUF" + struct.pack("<IQQ", chance.choice([3, 3, 3, 2]), *counts)
    head += b"".join(values) + b"".join(infos)
    content = head + bytes(-len(head) % alignment) + chance.randbytes(at)
    if chance.random() < 0.1:
        content = content[: chance.randrange(5, len(content))]
    if chance.random() < 0.1:
        changed = bytearray(content)
        changed[chance.randrange(4, min(len(head), len(content)))] = chance.randrange(256)
        content = bytes(changed)
    found, sure = oracle(content, b"a")
    return content, [("a", found, sure)]


def metadata(chance, lies):
    """Write a typed value: fixed, a string or an array, also nested."""
    kind = chance.choice([0, 4, 8, 9, 9, 12, chance.randrange(14)])
    if kind == 8:
        return struct.pack("<I", 8) + struct.pack("<Q", lies(3)) + b"abc"
    if kind == 9:
        inner = chance.choice([0, 4, 8, 9, 12])
        if inner == 8:
            return struct.pack("<IIQ", 9, 8, lies(2)) + text(b"x") + text(b"")
        if inner == 9:
            return struct.pack("<IIQ", 9, 9, lies(1)) + struct.pack("<IQ", 0, 2) + b"\1\2"
        return struct.pack("<IIQ", 9, inner, lies(2)) + bytes(2 * FIXED[inner])
    return struct.pack("<I", kind) + bytes(FIXED.get(kind, 4))


def bytes_of(kind, shape):
    """Return how many bytes a tensor takes; None for one of an unknown type, -1 for parts of blocks."""
    if kind in PLAIN:
        return PLAIN[kind] * math.prod(shape)
    if kind not in (Q8_0, Q4_0):
        return None
    if (shape[-1] if shape else 1) % 32:
        return -1
    return math.prod(shape) // 32 * (34 if kind == Q8_0 else 18)


class RefusedError(Exception):
    pass


class Cursor:
    """Bytes in order; what reaches beyond them is refused."""

    def __init__(self, content):
        self.content = content
        self.at = 4

    def take(self, count):
        if count > len(self.content) - self.at:
            raise RefusedError
        self.at += count
        return self.content[self.at - count : self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def text(self):
        return self.take(self.number(8))

    def value(self, kind, depth=0):
        if kind in FIXED:
            return self.number(FIXED[kind])
        if kind == 8:
            return self.text()
        if kind != 9 or depth > 4:
            raise RefusedError
        inner, count = self.number(4), self.number(8)
        if inner in FIXED:
            return self.take(count * FIXED[inner])
        for _ in range(count):  # each takes bytes, or is refused
            self.value(inner, depth + 1)
        return None


def oracle(content, wanted):
    """Return the bytes of a tensor's numbers, None where it must be refused; and whether that is sure.

    A tensor of a type that is not known here may take any bytes.
    """
    try:
        tensors, start = header(Cursor(content))
        found = chosen(content, tensors, start, wanted)
    except (RefusedError, UnicodeDecodeError):
        return None, True
    return found, all(kind in {*PLAIN, Q8_0, Q4_0} for kind, _, _ in tensors.values())


def header(cursor):
    """Read the header by the format's definition."""
    if cursor.number(4) not in (2, 3):
        raise RefusedError
    count, keys = cursor.number(8), cursor.number(8)
    alignment, seen, tensors = 32, set(), {}
    for _ in range(keys):
        key, kind = cursor.text(), cursor.number(4)
        key.decode()
        if key in seen:
            raise RefusedError
        seen.add(key)
        value = cursor.value(kind)
        if key == b"general.alignment":
            if kind != 4 or not 0 < value <= 2**20 or value & (value - 1):
                raise RefusedError
            alignment = value
    for _ in range(count):
        name, axes = cursor.text(), cursor.number(4)
        name.decode()
        if name in tensors or axes > 8:
            raise RefusedError
        shape = [cursor.number(8) for _ in range(axes)][::-1]
        tensors[name] = cursor.number(4), shape, cursor.number(8)
        if tensors[name][2] % alignment:
            raise RefusedError
    return tensors, cursor.at + -cursor.at % alignment


def chosen(content, tensors, start, wanted):
    """Read one tensor, if all of them lie apart and in the file."""
    spans = []
    for kind, shape, place in tensors.values():
        size = bytes_of(kind, shape) or 0
        if size < 0 or start + place + size > len(content) or max([place, *shape]) >= 2**62:
            raise RefusedError
        spans.append((place, place + size))
    spans = sorted(span for span in spans if span[1] > span[0])
    if any(one[1] > other[0] for one, other in itertools.pairwise(spans)):
        raise RefusedError
    if wanted not in tensors:
        return None
    kind, shape, place = tensors[wanted]
    rows = math.prod(shape[:1] if len(shape) > 1 else [])
    if kind not in {*PLAIN, Q8_0} or not shape or not math.prod(shape):
        return None
    if math.prod(shape) // max(1, rows) > 2**20:
        return None
    data = content[start + place : start + place + bytes_of(kind, shape)]
    if kind == 30:
        return b"".join(b"\0\0" + data[at : at + 2] for at in range(0, len(data), 2))
    if kind != Q8_0:
        return data
    found = b""
    for at in range(0, len(data), 34):
        (scale,) = struct.unpack_from("<e", data, at)
        found += struct.pack(
            "<32f", *(scale * n for n in struct.unpack_from("<32b", data, at + 2))
        )
    return found
