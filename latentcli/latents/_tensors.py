"""Arrays of latent codes as the verbs take them: what their axes are, and their vectors.

A tensor keeps the shape and dtype it came with; `vectors` shows it with all feature axes as one,
the last, which is what the formulas work along.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError
from latentcli.latents._stylegan import stylegan
from latentcli.numerics.axes import axes_of, described, doubt
from latentcli.numerics.blocks import let_go, spans
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import check_squares
from latentcli.results import Record

_SHOWN = 8


@dataclass(frozen=True)
class Tensor:
    """An array of codes, and what its axes are.

    `values` are as given, maybe mapped from a file; `axes` has a letter for each axis, N and L in
    front; `guessed` says whether they follow from the shape alone; `name` is the parameter; `meta`
    what its file says of where it came from; `notes` what a reader should know of how it was read.
    """

    values: Array
    axes: str
    guessed: bool = False
    name: str = "codes"
    meta: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    stored: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape as given."""
        return tuple(self.values.shape)

    @property
    def lead(self) -> tuple[int, ...]:
        """The sizes of the samples and layers axes, of those that there are."""
        return self.shape[: sum(letter in "NL" for letter in self.axes)]

    @property
    def features(self) -> tuple[int, ...]:
        """The sizes of the feature axes."""
        return self.shape[len(self.lead) :]

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return math.prod(self.features)

    @property
    def samples(self) -> int:
        """How many codes there are."""
        return self.shape[0] if "N" in self.axes else 1

    @property
    def layers(self) -> int | None:
        """How many layers a code has; None for codes without."""
        return self.lead[-1] if "L" in self.axes else None

    @property
    def code_shape(self) -> tuple[int, ...]:
        """The shape of one code, without the samples axis."""
        return self.shape[1:] if "N" in self.axes else self.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of what is made from these codes: their own, float64 for integers."""
        return self.values.dtype if self.values.dtype.kind == "f" else np.dtype(np.float64)

    @cached_property
    def vectors(self) -> Array:
        """The array with its feature axes as one, (..., D): a view where it can be one."""
        return self.values.reshape(*self.lead, self.dimensions)

    @cached_property
    def codes(self) -> Array:
        """The vectors with a samples axis, (N, D) or (N, L, D)."""
        return self.vectors if "N" in self.axes else self.vectors[None]

    @property
    def description(self) -> str:
        """What it holds, in words; a guess says so."""
        guess = f" (axes {self.axes}, guessed)" if self.guessed else ""
        return f"{described(self.shape, self.axes)}{guess}"

    @property
    def settings(self) -> Record:
        """What goes into the settings of a result."""
        return {
            "shape": " x ".join(map(str, self.shape)),
            "axes": self.axes,
            "axes_guessed": self.guessed,
            "dtype": self.stored or str(self.dtype),
        }

    def in_layers(self, layers: Iterable[int] | None) -> Tensor:
        """Return these layers of the codes alone; all of them for None."""
        chosen = self.check_layers(layers)
        if chosen is None:
            return self
        return replace(self, values=self.values.take(chosen, axis=len(self.lead) - 1))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return the values: a tensor is an array to NumPy."""
        return np.array(self.values, dtype=dtype) if copy else np.asarray(self.values, dtype)

    def check_layers(self, layers: Iterable[int] | None) -> list[int] | None:
        """Return layers as a list of those that these codes have, each once."""
        if layers is None:
            return None
        if self.layers is None:
            raise LatentError(
                f"`{self.name}`: shape {self.shape} is read as {self.axes}, which has no layers; "
                "`axes` LD says that the first axis is layers"
            )
        layers = list(layers)
        if self.layers == 1 and any(layers):
            raise ParameterError(
                f"`{self.name}` has one vector: w, where `layers` need w+ of shape "
                f"(layers, {self.shape[-1]:,}); leave `layers` out, or repeat it with numpy.tile"
            )
        return indices("layers", layers, self.layers, stylegan(self.layers))


def named_layers(layers: Iterable[int] | None) -> str | None:
    """Return layers as settings have them; None for all.

    >>> named_layers([0, 4]), named_layers(None)
    ('0 4', None)
    """
    return None if layers is None else " ".join(map(str, layers))


def indices(name: str, given: Iterable[int], count: int, hint: str = "") -> list[int]:
    """Return whole numbers below `count`, each once; ParameterError for others."""
    found = []
    for index in given:
        if index != int(index) or not 0 <= index < count:
            raise ParameterError(
                name, index, f"from 0 to {count - 1:,}{f' ({hint})' if hint else ''}"
            )
        found.append(int(index))
    if not found:
        raise ParameterError(name, "empty", f"one or more of 0 to {count - 1:,}")
    return list(dict.fromkeys(found))


def tensor(
    value: npt.ArrayLike | Any,
    name: str,
    axes: str = "",
    *,
    layered: bool = False,
    like: Tensor | None = None,
    finite: bool = True,
) -> Tensor:
    """Take an array, or what was read from a file, as codes: axes as given, as known, or by the rule.

    With `layered`, two axes are layers and features. With `like`, as many axes are those of that
    tensor, one more is samples in front. Raises LatentError for what is not an array of real numbers,
    if `finite` of finite ones.
    """
    if isinstance(value, Tensor):
        return value
    read = isinstance(getattr(value, "axes", None), str)  # from a file
    source: Any = value
    values = _numbers(source.values if read else value, name)
    known = axes or (source.axes if read else "")
    if not known and like is not None:
        code = like.axes.removeprefix("N")
        known = {len(code): code, len(code) + 1: f"N{code}"}.get(values.ndim, "")
    if finite:
        check_finite(values, name)
    decided = axes_of(values.shape, known, name=f"`{name}`", layered=layered)
    notes = tuple(source.notes) if read else ()
    text = doubt(values.shape, decided, f"`{name}`")
    if text:
        notes += (text,)
    guessed = decided.guessed or (read and not axes and source.guessed)
    stored = getattr(source, "stored", "") if read else ""
    meta = source.meta if read else {}
    return Tensor(values, decided.letters, guessed, name, meta, notes, stored)


def beside(one: Tensor, others: Any) -> Tensor:
    """Take (L, D) whose axes are guessed as one code of layers where the other codes are (N, L, D)."""
    shape = np.shape(getattr(others, "values", others)) if others is not None else ()
    alike = one.guessed and one.axes == "ND" and shape[1:] == one.shape
    return replace(one, axes="LD", notes=()) if alike else one


def reference_set(value: npt.ArrayLike | Any, name: str, axes: str, like: Tensor) -> Tensor:
    """Take a set of codes (N, ...) of the same kind as `like`."""
    if axes:
        axes = axes if "N" in axes.upper() else f"N{axes}"
        return tensor(value, name, axes)
    return tensor(value, name, like=replace(like, axes=like.axes.removeprefix("N")))


def _numbers(value: npt.ArrayLike, name: str) -> Array:
    try:
        values = np.asanyarray(value)
    except ValueError:
        raise LatentError(
            f"`{name}` is not an array of numbers: its rows differ in length"
        ) from None
    if values.dtype.kind not in "fiub":
        raise LatentError(f"`{name}` holds {values.dtype}, not real numbers")
    if values.ndim == 0 or values.size == 0:
        raise LatentError(f"`{name}`: shape {values.shape} holds no code")
    return values


def check_finite(values: Array, name: str, first: int = 0) -> None:
    """Refuse NaN and infinity, block by block, naming the first row that has any, counted from `first`."""
    if values.dtype.kind != "f":
        return
    rows = values.reshape(1, -1) if values.ndim == 1 else values
    for part in spans(len(rows), rows[0].size):
        block = rows[part]
        bad = ~np.isfinite(block)
        if bad.any():
            row = (
                first
                + part.start
                + int(np.flatnonzero(bad.reshape(len(block), -1).any(axis=1))[0])
            )
            raise LatentError(f"`{name}`: NaN or infinity in row {row:,}")
        if values.dtype.itemsize > 4:
            check_squares(block, name)
        let_go(values)


def shown(code: Array, shape: tuple[int, ...] | None = None) -> list[float] | str:
    """Return a short code as its numbers, a long one as its shape and first numbers.

    `shape` is that of the whole code when only its first rows are at hand.
    """
    shape = shape or code.shape
    if math.prod(shape) <= _SHOWN and max(shape) == math.prod(shape):
        return [float(value) for value in code.ravel()]
    few = 3 if len(shape) < 3 else 2
    first = ", ".join(f"{value:.3g}" for value in code.reshape(-1)[:few])
    return f"{' x '.join(map(str, shape))}: {first}, ..."


def norms_of(vectors: Array) -> Array:
    """Return the norms (n, R) of codes (n, ..., D): of each code those of its layers."""
    return np.linalg.norm(np.asarray(vectors, np.float64), axis=-1).reshape(len(vectors), -1)


def parts_of(codes: Array, numbers: int) -> Iterator[slice]:
    """Yield slices of codes that hold about so many numbers."""
    step = max(1, numbers // max(1, codes[0].size))
    for start in range(0, len(codes), step):
        yield slice(start, min(start + step, len(codes)))
