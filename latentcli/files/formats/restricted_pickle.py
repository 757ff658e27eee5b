"""The pickle of a PyTorch file read as data: opcodes build lists, pairs and marks, and nothing is called.

Python's own unpickler makes objects and changes them by BUILD, SETITEM and APPEND. Here every value
is a number, text, bytes, None, a tuple, a `list`, a `Pairs` (a dict as it was written) or one of the
frozen records below, and opcodes that change something are let near lists and `Pairs` only. What is
called (REDUCE, NEWOBJ) is kept as a `Call`: the name and its arguments. The opcodes are those that
PyTorch's weights_only reader accepts, and those of protocol 4 that say the same.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MOST_STEPS = 2_000_000
"""Opcodes in a pickle; a checkpoint of 10,000 tensors has 400,000."""

_MOST_DIGITS = 20


class RefusedError(Exception):
    """The pickle asks for what is not let in, or is damaged."""


@dataclass(frozen=True)
class Name:
    """A class or function that the pickle names; it is not imported."""

    module: str
    name: str


@dataclass(frozen=True)
class Call:
    """A function and what it would be called with."""

    name: Name
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Persistent:
    """What PyTorch keeps outside the pickle: a storage."""

    content: Any


class Pairs(list[tuple[Any, Any]]):
    """A dict as it was written: its items in order, no key hashed."""


class _Mark:
    pass


def load(
    data: bytes, start: int, admit: Callable[[Name], bool], call: Callable[[Call], Any]
) -> tuple[Any, int]:
    """Read one pickle that begins at a byte; return its value and the byte behind it.

    `admit` tells whether a name may occur; `call` returns what stands for a call. Raises
    RefusedError, and IndexError, ValueError or struct.error for data that is damaged.
    """
    return _Machine(data, start, admit, call).run()


class _Machine:
    def __init__(
        self,
        data: bytes,
        start: int,
        admit: Callable[[Name], bool],
        call: Callable[[Call], Any],
    ) -> None:
        self.data = data
        self.place = start
        self.admit = admit
        self.call = call
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.left = MOST_STEPS

    def spend(self, steps: int) -> None:
        """Count steps: one for an opcode, and one for each item that it copies."""
        self.left -= steps
        if self.left < 0:
            raise RefusedError(f"its pickle has more than {MOST_STEPS:,} steps")

    def run(self) -> tuple[Any, int]:
        while True:
            self.spend(1)
            code = self.take(1)
            if code == b".":
                return self.pop(), self.place
            step = _STEPS.get(code)
            if step is None:
                raise RefusedError(f"it has the opcode {code!r}")
            step(self)

    def take(self, count: int) -> bytes:
        end = self.place + count
        if count < 0 or end > len(self.data):
            raise RefusedError("it ends early")
        part = self.data[self.place : end]
        self.place = end
        return part

    def line(self) -> bytes:
        end = self.data.find(b"\n", self.place, self.place + 1024)
        if end < 0:
            raise RefusedError("it is damaged")
        part = self.data[self.place : end]
        self.place = end + 1
        return part

    def number(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def text(self, form: str) -> str:
        return self.take(self.number(form)).decode("utf-8", "surrogatepass")

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self) -> Any:
        value = self.stack.pop()
        if value is _Mark:
            raise RefusedError("it is damaged")
        return value

    def pop_mark(self) -> list[Any]:
        for place in range(len(self.stack) - 1, -1, -1):
            if self.stack[place] is _Mark:
                items = self.stack[place + 1 :]
                del self.stack[place:]
                return items
        raise RefusedError("it is damaged")

    def pop_tuple(self, count: int) -> None:
        items = tuple(self.pop() for _ in range(count))
        self.push(items[::-1])

    def get(self, number: int) -> None:
        self.push(self.memo[number])

    def put(self, number: int) -> None:
        self.memo[number] = self.stack[-1]

    def extend(self, items: list[Any]) -> None:
        self.changed(list).extend(items)

    def set_items(self, items: list[Any]) -> None:
        if len(items) % 2:
            raise RefusedError("it is damaged")
        self.changed(Pairs).extend(zip(items[::2], items[1::2], strict=True))

    def changed(self, kind: type) -> Any:
        """Return what an opcode changes, which is on top: a list or pairs of this reading."""
        if type(self.stack[-1]) is not kind:
            raise RefusedError("it changes an object that no tensor needs changed")
        return self.stack[-1]

    def named(self, module: Any, name: Any) -> None:
        if not (isinstance(module, str) and isinstance(name, str)):
            raise RefusedError("it is damaged")
        found = Name(module, name)
        if not self.admit(found):
            raise RefusedError(f"it asks for {module}.{name}")
        self.push(found)

    def reduce(self) -> None:
        arguments, name = self.pop(), self.pop()
        if not (isinstance(name, Name) and isinstance(arguments, tuple)):
            raise RefusedError("it calls something that is not a function")
        self.spend(sum(len(one) for one in arguments if isinstance(one, list | tuple)))
        self.push(self.call(Call(name, arguments)))

    def build(self) -> None:
        """Leave out the attributes of a dict, as a state_dict has them; no other state is set."""
        self.pop()
        self.changed(Pairs)

    def small_integer(self) -> None:
        digits = self.line()
        if digits in (b"00", b"01"):
            self.push(digits == b"01")
        elif len(digits) > _MOST_DIGITS:
            raise RefusedError("it holds a number that is not a valid length")
        else:
            self.push(int(digits.removesuffix(b"L")))

    def long(self, form: str) -> None:
        self.push(int.from_bytes(self.take(self.number(form)), "little", signed=True))


def _text_line(machine: _Machine) -> None:
    module = machine.line().decode("utf-8")
    machine.named(module, machine.line().decode("utf-8"))


def _stack_name(machine: _Machine) -> None:
    name, module = machine.pop(), machine.pop()
    machine.named(module, name)


def _set_item(machine: _Machine) -> None:
    value, key = machine.pop(), machine.pop()
    machine.set_items([key, value])


def _append(machine: _Machine) -> None:
    machine.extend([machine.pop()])


_STEPS: dict[bytes, Callable[[_Machine], Any]] = {
    b"\x80": lambda m: m.take(1),
    b"\x95": lambda m: m.take(8),
    b"(": lambda m: m.push(_Mark),
    b"0": lambda m: m.stack.pop(),
    b"1": lambda m: m.pop_mark(),
    b"2": lambda m: m.push(m.stack[-1]),
    b"N": lambda m: m.push(None),
    b"\x88": lambda m: m.push(True),
    b"\x89": lambda m: m.push(False),
    b"I": _Machine.small_integer,
    b"L": _Machine.small_integer,
    b"J": lambda m: m.push(m.number("<i")),
    b"K": lambda m: m.push(m.number("<B")),
    b"M": lambda m: m.push(m.number("<H")),
    b"\x8a": lambda m: m.long("<B"),
    b"G": lambda m: m.push(m.number(">d")),
    b"X": lambda m: m.push(m.text("<I")),
    b"\x8c": lambda m: m.push(m.text("<B")),
    b"\x8d": lambda m: m.push(m.text("<Q")),
    b"T": lambda m: m.push(m.take(m.number("<I"))),
    b"U": lambda m: m.push(m.take(m.number("<B"))),
    b"B": lambda m: m.push(m.take(m.number("<I"))),
    b"C": lambda m: m.push(m.take(m.number("<B"))),
    b")": lambda m: m.push(()),
    b"\x85": lambda m: m.pop_tuple(1),
    b"\x86": lambda m: m.pop_tuple(2),
    b"\x87": lambda m: m.pop_tuple(3),
    b"t": lambda m: m.push(tuple(m.pop_mark())),
    b"]": lambda m: m.push([]),
    b"l": lambda m: m.push(m.pop_mark()),
    b"a": _append,
    b"e": lambda m: m.extend(m.pop_mark()),
    b"}": lambda m: m.push(Pairs()),
    b"s": _set_item,
    b"u": lambda m: m.set_items(m.pop_mark()),
    b"c": _text_line,
    b"\x93": _stack_name,
    b"R": _Machine.reduce,
    b"\x81": _Machine.reduce,
    b"b": _Machine.build,
    b"Q": lambda m: m.push(Persistent(m.pop())),
    b"h": lambda m: m.get(m.number("<B")),
    b"j": lambda m: m.get(m.number("<I")),
    b"q": lambda m: m.put(m.number("<B")),
    b"r": lambda m: m.put(m.number("<I")),
    b"\x94": lambda m: m.put(len(m.memo)),
}
