"""PyTorch files whose pickles come from a grammar of opcodes, right ones and hostile ones.

The oracle reads each tensor from the bytes of its storage, element by element, with bounds. What it knows
of a program with foreign opcodes in it is only that no number may come from outside the file.
"""

import io
import itertools
import math
import struct
import warnings
import zipfile

KINDS = {"Float": 4, "Double": 8, "Half": 2, "BFloat16": 2, "Long": 8, "Int": 4, "Short": 2,
         "Char": 1, "Byte": 1}  # fmt: skip
LIES = [0, 1, 2, 3, 5, 13, 64, 255, 256, 65535, 2**31 - 1, 2**31, 2**40, 2**61, 2**62, 2**63 - 1,
        2**64, -1, -2, -64, -(2**31), -(2**63)]  # fmt: skip
MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."


def integer(value, chance):
    """Write a whole number as one of the opcodes that can hold it."""
    ways = [b"I%d\n" % value, b"L%dL\n" % value]
    data = value.to_bytes((value.bit_length() + 8) // 8, "little", signed=True)
    ways += [b"\x8a" + bytes([len(data)]) + data] * 3
    if 0 <= value < 256:
        ways += [b"K" + bytes([value])] * 9
    if 0 <= value < 65536:
        ways += [b"M" + struct.pack("<H", value)] * 3
    if -(2**31) <= value < 2**31:
        ways += [b"J" + struct.pack("<i", value)] * 3
    return chance.choice(ways)


def text(value, chance=None):
    """Write a string."""
    data = value.encode()
    ways = [b"X" + struct.pack("<I", len(data)) + data, b"\x8c" + bytes([len(data)]) + data,
            b"\x8d" + struct.pack("<Q", len(data)) + data]  # fmt: skip
    return chance.choice(ways) if chance else ways[0]


class Program:
    """The opcodes of one pickle, in parts between which others can be put; and what it means."""

    def __init__(self, chance):
        self.chance = chance
        self.parts = []
        self.memo = {}
        self.count = 0
        self.valid = True
        self.storages = [
            (str(key), chance.choice([*KINDS]), chance.randint(1, 16)) for key in range(3)
        ]
        self.data = {
            key: chance.randbytes(count * KINDS[kind]) for key, kind, count in self.storages
        }

    def add(self, *parts):
        self.parts += parts

    def remember(self, what):
        """Put the top into the memo, in one of three ways."""
        ways = [b"q" + bytes([self.count]), b"r" + struct.pack("<I", self.count), b"\x94"]
        if self.count < 250 and self.chance.random() < 0.8:
            self.add(self.chance.choice(ways))
            self.memo[what] = self.count
            self.count += 1

    def known(self, what):
        """Fetch something from the memo, if it is there."""
        if what not in self.memo or self.chance.random() < 0.3:
            return False
        at = self.memo[what]
        self.add(self.chance.choice([b"h" + bytes([at]), b"j" + struct.pack("<I", at)]))
        return True

    def text(self, value):
        if not self.known(value):
            self.add(text(value, self.chance))
            self.remember(value)

    def name(self, module, attribute):
        if self.known((module, attribute)):
            return
        if self.chance.random() < 0.8:
            self.add(f"c{module}\n{attribute}\n".encode())
        else:
            self.text(module)
            self.text(attribute)
            self.add(b"\x93")
        self.remember((module, attribute))

    def numbers(self, values):
        """Write a tuple of whole numbers."""
        ends = {0: b")", 1: b"\x85", 2: b"\x86", 3: b"\x87"}
        short = len(values) in ends and self.chance.random() < 0.7
        self.add(*([] if short else [b"("]))
        self.add(*(integer(value, self.chance) for value in values))
        self.add(ends[len(values)] if short else b"t")

    def storage(self):
        """Write a storage, now and then with a count that lies; return it as it is written."""
        key, kind, count = self.chance.choice(self.storages)
        stated = self.chance.choice(LIES) if self.chance.random() < 0.02 else count
        if not self.known((key, stated)):
            self.add(b"(")
            self.text("storage")
            self.name("torch", f"{kind}Storage")
            self.text(key)
            self.text("cpu")
            self.add(integer(stated, self.chance), b"t", b"Q")
            self.remember((key, stated))
        return key, kind, stated

    def tensor(self):
        """Write a tensor; return its bytes by the oracle, None where it must be refused."""
        chance = self.chance
        version = chance.random() < 0.9
        self.name("torch._utils", "_rebuild_tensor_v2" if version else "_rebuild_tensor")
        self.add(b"(")
        key, kind, stated = self.storage()
        offset, shape, strides = self.view(stated)
        self.add(integer(offset, chance))
        self.numbers(shape)
        self.numbers(strides)
        if version:
            self.add(b"\x89")
            self.name("collections", "OrderedDict")
            self.add(b")", b"R")
        self.add(b"t", b"R")
        found = elements(self.data[key], KINDS[kind], offset, shape, strides, stated)
        self.valid &= found is not None
        self.valid &= stated == len(self.data[key]) // KINDS[kind]
        if found and kind == "BFloat16":
            found = b"".join(b"\0\0" + found[at : at + 2] for at in range(0, len(found), 2))
        return found

    def view(self, count):
        """Choose offset, shape and strides, most of them such as fit."""
        chance = self.chance
        if chance.random() < 0.94 and 0 < count < 100:
            rows = chance.randint(1, min(4, count))
            columns = chance.randint(1, count // rows)
            strides = chance.choice([[columns, 1], [1, rows]])
            offset = chance.randint(0, count - rows * columns)
            return offset, [rows, columns], strides
        axes = chance.randint(0, 3)
        pick = [0, 1, 2, 3] if chance.random() < 0.5 else LIES
        length = axes + (chance.random() < 0.1)
        shape = [chance.choice(pick) for _ in range(axes)]
        return chance.choice(pick), shape, [chance.choice(pick) for _ in range(length)]

    def value(self, name, depth=0):
        """Write a value: a tensor, a dict, a list or a plain one; yield names and bytes of tensors."""
        chance = self.chance
        kind = chance.choice("tttttdDlup" if depth < 3 else "ttp")
        if kind == "t":
            if chance.random() < 0.2:
                self.name("torch._utils", "_rebuild_parameter")
                self.add(b"(")
                found = self.tensor()
                self.add(b"\x88")
                self.name("collections", "OrderedDict")
                self.add(b")", b"R", b"t", b"R")
            else:
                found = self.tensor()
            return [(name, found)]
        if kind == "p":
            self.add(chance.choice([b"N", b"\x88", b"G" + struct.pack(">d", 0.5), text("x")]))
            return []
        return self.items(name, kind, depth)

    def items(self, name, kind, depth):
        """Write a dict, an OrderedDict, a list or a tuple of further values."""
        chance = self.chance
        found = []
        count = chance.randint(1, 3)
        if kind == "D":
            self.name("collections", "OrderedDict")
            self.add(b")", b"R")
        else:
            self.add({"d": b"}", "l": b"]", "u": b"("}[kind])
        marked = kind in "dDl" and chance.random() < 0.7
        self.add(*([b"("] if marked else []))
        for number in range(count):
            key = str(number)
            if kind in "dD":
                self.text(key)
            found += self.value(f"{name}.{key}".lstrip("."), depth + 1)
            if kind in "dDl" and not marked:
                self.add(b"a" if kind == "l" else b"s")
        if marked:
            self.add(b"e" if kind == "l" else b"u")
        self.add(*([b"t"] if kind == "u" else []))
        if kind == "D" and chance.random() < 0.3:
            self.add(
                b"}", text("_metadata"), b"}", b"s", b"b"
            )  # the attributes of a state_dict
        return found


def hostile(program, chance):
    """Return opcodes that change, call, fetch or lie."""
    memo = chance.choice([*program.memo.values(), 0, 255])
    state = b"}(" + text("shape") + b"(" + integer(1000, chance) + integer(64, chance) + b"t"
    return chance.choice([
        state + text("strides") + b"(" + integer(-64, chance) + integer(1, chance) + b"tub",
        b"}(" + text("offset") + integer(-4096, chance) + b"ub", b"}" + text("storage") + b"Ns" + b"b",
        b"N}" + text("shape") + b")s\x86b", text("shape") + b"(K\x09K\x09ts", b"(K\x09ta", b"(K\x01e",
        b"(K\x01K\x02u", b"h" + bytes([memo]), b"q" + bytes([memo]), b"j" + struct.pack("<I", 2**32 - 1),
        b"r" + struct.pack("<I", 2**32 - 1), b"h" + bytes([memo]) + b"R", b"h" + bytes([memo]) + b"Q",
        b"h" + bytes([memo]) + b"b", b"h" + bytes([memo]) + b"e", b"h" + bytes([memo]) + b"a",
        b"2b", b"0", b"1", b"2", b"N", b"R", b"Q", b"\x81", b"\x93", b"\x94", b")R", b"}", b"]", b"(", b"t",
        b"\x85", b"\x86", b"\x87", b"u", b"e", b"s", b"b", b".", b"d", b"l", b"o", b"\x8f", b"\x90", b"\x91",
        b"\x92", b"\x82\x01", b"\x83\x01\x00", b"\x84\x01\x00\x00\x00", b"P0\n", b"ios\nsystem\n", b"cos\nsystem\n",
        b"cos\nsystem\n" + text("true") + b"\x85R", b"cbuiltins\neval\n" + text("1") + b"\x85R",
        b"cnumpy\nndarray\n)R", b"ctorch\nFloatStorage\n)R", b"ctorch.storage\n_load_from_bytes\nC\x00\x85R",
        b"ctorch._utils\n_rebuild_parameter\nh" + bytes([memo]) + b"\x89N\x87R",
        b"ctorch\nSize\n(K\x05K\x05t\x85R", b"ccollections\nOrderedDict\n]\x85R",
        b"\x95" + struct.pack("<Q", 2**63), b"\x8d" + struct.pack("<Q", 2**63), b"\x8e" + struct.pack("<Q", 2**62),
        b"B" + struct.pack("<I", 2**31), b"T" + struct.pack("<i", -5), b"\x8b" + struct.pack("<i", -1),
        b"\x8a\xff", b"X" + struct.pack("<I", 2**32 - 1), b"I" + b"9" * 500 + b"\n", b"I", b"\x80\x05",
    ])  # fmt: skip


def make(chance):
    """Return a file's bytes, and what must come of it: (key, bytes, must it be read?) or None."""
    program = Program(chance)
    found = program.value("")
    expected = [(name, numbers, program.valid) for name, numbers in found]
    if chance.random() < 0.45:
        expected = None
        for _ in range(chance.choice([1, 1, 2, 4])):
            place = chance.randint(0, len(program.parts))
            program.parts.insert(place, hostile(program, chance))
    body = b"".join(program.parts)
    if chance.random() < 0.1:
        expected, changed = None, bytearray(body)
        changed[chance.randrange(len(changed))] = chance.randrange(256)
        body = bytes(changed)
    pickled = b"\x80\x02" + body + b"."
    if chance.random() < 0.25:
        return old(pickled, program, chance), expected and [(*e[:2], False) for e in expected]
    content, right = zipped(pickled, program, chance)
    return content, expected if right else None


def zipped(pickled, program, chance):
    """Return today's file, and whether nothing of its zip was changed."""
    out = io.BytesIO()
    trick = chance.choice([""] * 6 + ["packed", "missing", "cut", "twice", "size", "place"])
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("a/data.pkl", pickled, chance.choice([0, zipfile.ZIP_DEFLATED]))
        for key, data in program.data.items():
            if trick == "cut":
                data = data[: chance.randint(0, len(data))]
            if trick != "missing":
                packed = zipfile.ZIP_DEFLATED if trick == "packed" else zipfile.ZIP_STORED
                archive.writestr(f"a/data/{key}", data, packed)
            if trick == "twice":
                archive.writestr(f"a/data/{key}", data)
    content = bytearray(out.getvalue())
    entry = content.rfind(b"PK\x01\x02")
    if trick == "size":  # packed and unpacked size of the last member
        lie = chance.choice([0, 1, 2**16, 2**31, 2**32 - 2])
        content[entry + 20 : entry + 28] = struct.pack("<II", *(lie, lie))
    elif trick == "place":
        content[entry + 42 : entry + 46] = struct.pack("<I", chance.choice([0, 1, 40, 2**31]))
    return bytes(content), not trick


def old(pickled, program, chance):
    """Return the file as it was before 2020: pickles, then each storage behind its length."""
    system = b"\x80\x02}" + text("little_endian") + b"\x88s."
    used = [one for one in program.storages if one[2]] or program.storages
    keys = b"\x80\x02](" + b"".join(text(key) for key, _, _ in used) + b"e."
    content = MAGIC + b"\x80\x02M\xe9\x03." + system + pickled + keys
    for key, _, count in used:
        lie = chance.choice(LIES) if chance.random() < 0.1 else count
        content += struct.pack("<q", max(-(2**63), min(lie, 2**63 - 1))) + program.data[key]
    return content


def elements(data, size, offset, shape, strides, count):
    """Read a view by its definition, element by element; None where it must be refused."""
    numbers = [offset, count, *shape, *strides]
    if len(shape) != len(strides) or min(numbers) < 0 or max(numbers) >= 2**62:
        return None
    if 0 in shape or not shape:
        return None  # empty, or a single number: no vectors
    steps = zip(shape, strides, strict=True)
    last = offset + sum((length - 1) * step for length, step in steps)
    if last >= count or math.prod(shape) > count or (last + 1) * size > len(data):
        return None
    places = (
        offset + sum(at * step for at, step in zip(place, strides, strict=True))
        for place in itertools.product(*map(range, shape))
    )
    return b"".join(data[at * size : (at + 1) * size] for at in places)
