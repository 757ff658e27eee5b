"""What the axes of an array of codes are: samples N, layers L, and features, which are one vector.

One letter stands for each axis: N for samples, L for layers, which move by themselves, each with a
length and an angle of its own; any other letter for a feature. All feature axes together are one
vector: CHW is a vector of C x H x W numbers. The one rule for all arrays of codes is here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from latentcli.errors import LatentError, ParameterError, counted

if TYPE_CHECKING:
    from latentcli.numerics.types import Array

REQUIREMENT = (
    "one letter for each axis, N (samples) and L (layers) in front and features behind, such as "
    "D, ND, LD, NLD, CHW or NCHW"
)

_DEFAULTS = {1: "D", 2: "ND", 4: "NCHW", 5: "NCTHW"}
_LAYERED = 4
"""Three axes are samples, layers and features where the last is at least so many times the middle."""

_FEW_ROWS = 128
"""Up to so many rows may as well be layers or tokens."""


class AmbiguousAxesError(LatentError):
    """An array can be read in two ways, which `readings` describes."""

    def __init__(self, name: str, shape: Sequence[int], letters: Sequence[str]) -> None:
        readings = [f"{each}, {described(shape, each)}" for each in letters]
        self.readings = "; or ".join(readings)
        text = "; or ".join(f"`axes` {reading}" for reading in readings)
        super().__init__(f"{name}: shape {tuple(shape)} can be read in two ways: {text}")


class Axes(NamedTuple):
    """The letters of the axes, and whether they were guessed from the shape alone."""

    letters: str
    guessed: bool


def checked(axes: str) -> str:
    """Return axes in upper case; ParameterError for what are none.

    >>> checked("nchw")
    'NCHW'
    """
    letters = axes.upper()
    features = letters.removeprefix("N").removeprefix("L")
    valid = letters.isascii() and letters.isalpha() and features and not {*"NL"} & {*features}
    if not valid or len({*letters}) < len(letters):
        raise ParameterError("axes", axes, REQUIREMENT)
    return letters


def known_axes(x: object) -> str:
    """Return the letters that go with what was read from a file; "" for any other array or frame."""
    found = getattr(x, "axes", "")  # a data frame has other `axes`
    return found if isinstance(found, str) else ""


def axes_of(
    shape: Sequence[int], axes: str = "", *, name: str = "`codes`", layered: bool = False
) -> Axes:
    """Decide what the axes of a shape are: as `axes` says, else by the rule.

    One axis is D, two are ND, four NCHW, five NCTHW. Three are NLD if the last is at least four
    times the middle; else LatentError, which offers CHW and NLD. With `layered`, where layers are
    needed, two axes are LD. `name` says in errors what has that shape.

    >>> axes_of((512,)), axes_of((1, 4, 64, 64)).letters, axes_of((10, 18, 512)).letters
    (Axes(letters='D', guessed=False), 'NCHW', 'NLD')
    """
    shape = tuple(shape)
    if axes:
        letters = checked(axes)
        if len(letters) != len(shape):
            raise ParameterError(f"{name}: shape {shape} does not have the axes {letters}")
        return Axes(letters, False)
    if len(shape) == 3:
        if shape[2] >= _LAYERED * shape[1]:
            return Axes("NLD", True)
        raise AmbiguousAxesError(name, shape, ("CHW", "NLD"))
    if len(shape) not in _DEFAULTS:
        raise LatentError(
            f"{name}: shape {shape} needs `axes`: {REQUIREMENT}, here {len(shape)} letters"
        )
    letters = "LD" if layered and len(shape) == 2 else _DEFAULTS[len(shape)]
    return Axes(letters, len(shape) > 1 and shape[0] > 1)


def samples_first(values: Array, axes: str, name: str) -> tuple[Array, str]:
    """Return an array with its samples in front, (N, ...), and the letters of its axes: one code is one row."""
    letters = axes_of(values.shape, axes, name=name).letters
    return (values, letters) if "N" in letters else (values[None], f"N{letters}")


def flattened_note(shape: Sequence[int], letters: str, name: str) -> str:
    """Say how codes (N, ...) of several axes are taken as rows; "" for (N, D)."""
    if len(shape) < 3:
        return ""
    layer = "; one layer is [:, 0] of it" if "L" in letters else ""
    rows = f"{counted(shape[0], 'row')} of {math.prod(shape[1:]):,} numbers"
    return f"{name}: {' x '.join(map(str, shape))} is measured as {rows}{layer}"


def described(shape: Sequence[int], letters: str) -> str:
    """Say what an array holds, in words.

    >>> described((1, 4, 64, 64), "NCHW"), described((18, 512), "LD")
    ('1 code of 4 x 64 x 64 = 16,384 numbers', '1 code of 18 layers of 512 numbers')
    """
    sizes = dict(zip(letters, shape, strict=True))
    features = [size for letter, size in sizes.items() if letter not in "NL"]
    numbers = counted(math.prod(features), "number")
    if len(features) > 1:
        numbers = f"{' x '.join(map(str, features))} = {numbers}"
    layers = f"{counted(sizes['L'], 'layer')} of " if "L" in sizes else ""
    return f"{counted(sizes.get('N', 1), 'code')} of {layers}{numbers}"


def reading_of(shape: Sequence[int], axes: Axes) -> str:
    """Say what an array is read as, and by which axes.

    >>> reading_of((10, 18, 512), axes_of((10, 18, 512)))
    '10 codes of 18 layers of 512 numbers (axes NLD, guessed)'
    """
    guess = ", guessed" if axes.guessed else ""
    return f"{described(shape, axes.letters)} (axes {axes.letters}{guess})"


def doubt(shape: Sequence[int], axes: Axes, name: str) -> str:
    """Return a note on a guess that may well be wrong, of few long rows; "" if there is none."""
    if not axes.guessed or len(shape) != 2 or not 1 < shape[0] <= _FEW_ROWS:
        return ""
    if shape[1] < _LAYERED * shape[0]:
        return ""
    other = "ND" if axes.letters == "LD" else "LD"
    return (
        f"{name}: shape {tuple(shape)} is read as {described(shape, axes.letters)}; `axes` "
        f"{other} reads {described(shape, other)}, `axes` TD one vector"
    )
