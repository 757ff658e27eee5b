"""float32 to float16 as NumPy rounds it, several times faster: NumPy converts one number at a time."""

from __future__ import annotations

import sys

import numpy as np

from latentcli.numerics.types import Array

SCALE = 2.0**-112
"""What brings numbers to where the exponents of float32 are those of float16."""

MOST = 65504.0 * (1 - 2.0**-11)
"""Numbers up to it are in the range of float16, rounded or not."""


def to_half(scaled: Array, out: Array, room: Array) -> None:
    """Round numbers, given times `SCALE` as float32 (n,), to float16 (n,), ties to even.

    They are within `MOST` before the scaling; halves of the last digit of subnormal ones may go either way. `scaled` is written over, and `room` (n,) uint32. Scaled so,
    the bits of a float32 are those of the float16 with 13 bits behind, also of subnormal ones.
    """
    bits, target = scaled.view(np.uint32), out.view(np.uint16)
    high, low = (1, 0) if sys.byteorder == "little" else (0, 1)
    np.bitwise_and(bits.view(np.uint16)[high::2], 0x8000, out=target)
    np.right_shift(bits, 13, out=room)
    np.bitwise_and(room, 1, out=room)
    np.add(room, 0xFFF, out=room)
    np.add(bits, room, out=bits)
    np.right_shift(bits, 13, out=bits)
    np.bitwise_or(target, bits.view(np.uint16)[low::2], out=target)
