"""What the commands share that change codes: directions from files, and walks over many codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from latentcli.cli.arrays import Axes, shown
from latentcli.cli.options import Output
from latentcli.errors import LatentError
from latentcli.results import Record

if TYPE_CHECKING:
    from latentcli.files.codes import Codes, Result
    from latentcli.numerics.types import Array

LISTED = 1000
"""Up to so many codes have a record of their own; more are summed up by their means."""

_PART = 2 << 20


@dataclass(frozen=True)
class Loaded:
    """A direction from a file: `vector` (D,) or (L, D) as it is, and what travels with it.

    `intercept` and `scale` are in steps of `editing.shift`.
    """

    address: str
    vector: Array
    intercept: float
    scale: float | None


def load_direction(address: str) -> Loaded:
    """Load a direction; (1, D) is (D,). Its intercept and scale come from its provenance."""
    import numpy as np

    from latentcli.files.codes import load

    codes = load(address)
    vector = np.asarray(codes.values, dtype=np.float64)
    while vector.ndim > 1 and vector.shape[0] == 1:
        vector = vector[0]
    if vector.ndim > 2:
        raise LatentError(f"{address}: shape {vector.shape} is not one direction")
    length = float(np.linalg.norm(vector))
    if not length > 0:
        raise LatentError(f"{address}: a direction of length 0")
    known = codes.meta.get("direction")
    intercept, scale = (
        _number(known.get(name)) if isinstance(known, dict) else None
        for name in ("intercept", "scale")
    )
    # The file's numbers are for its vector; a step in all layers is longer by the root of their number.
    step = length * (len(vector) ** 0.5 if vector.ndim == 2 else 1.0)
    return Loaded(
        address, vector, (intercept or 0.0) / step, None if scale is None else scale / step
    )


def _number(value: object) -> float | None:
    """Return a finite number from a file of provenance, which anyone may have written."""
    import math

    usable = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if usable and isinstance(value, int | float) else None


def load_layered(address: str, axes: Axes, output: Output, wanted: bool) -> Codes:
    """Load codes; where layers are `wanted`, two axes are layers and dimensions, and it is said."""
    import dataclasses

    from latentcli.files import codes as files

    if not wanted or axes.axes:
        return axes.load(address, output)
    loaded = files.load(address)
    if loaded.values.ndim == 2:
        output.note(f"{address}: {loaded.values.shape} is read as layers x dimensions")
        return dataclasses.replace(loaded, axes="LD", notes=())
    return loaded


def layers_of(codes: Codes, layers: str | None) -> list[int] | None:
    """Return the layers an option names, which the codes must have."""
    if layers is None:
        return None
    from latentcli.latents._editing import parse_ranges

    return parse_ranges(layers, layer_count(codes))


def layer_count(codes: Codes) -> int:
    """Return how many layers codes have; LatentError if they have none."""
    if "L" not in codes.axes:
        raise LatentError(
            f"{codes.address}: shape {codes.values.shape} is read as {codes.axes}, which has no "
            "layers; --axes LD says that the first axis is layers"
        )
    return int(codes.values.shape[codes.axes.index("L")])


def float_type(values: Array) -> Any:
    """Return the dtype in which changed codes go out: their own, float64 for integers."""
    import numpy as np

    return values.dtype if values.dtype.kind == "f" else np.dtype(np.float64)


class Walk:
    """Goes over codes in parts that fit in memory, changing, measuring and writing them.

    `changes` are pairs of what a change is (the first columns of its records) and the change
    itself; `measures` are further columns, computed from the changed codes (n, ...).
    """

    def __init__(
        self,
        codes: Codes,
        changes: list[tuple[Record, Callable[[Array], Array]]],
        output: Output,
        measures: dict[str, Callable[[Array], Array]] | None = None,
    ) -> None:
        self.codes = codes
        self.changes = changes
        self.measures = measures or {}
        self.dtype = float_type(codes.values)
        self._output = output
        self._numbers: list[dict[str, list[Array]]] = []
        self._shown: list[list[list[float] | str]] = []

    def result(self) -> Result:
        """Return the changed codes to be written, the changes in front if there are several."""
        from latentcli.files.codes import Result

        shape = tuple(self.codes.values.shape)
        if len(self.changes) > 1:
            shape = (len(self.changes), *shape)
        return Result(shape, self.dtype, self._parts())

    def records(self) -> list[Record]:
        """Return a record for each changed code, or for each change when they are very many."""
        if not self._numbers:  # nothing was written, so nobody has walked yet
            for _ in self._parts():
                pass
        columns = [
            {name: np_concatenate(parts) for name, parts in numbers.items()}
            for numbers in self._numbers
        ]
        if self.codes.samples * len(self.changes) > LISTED:
            return [
                {
                    **what,
                    "row": None,
                    **{name: float(values.mean()) for name, values in numbers.items()},
                    "z": None,
                }
                for (what, _), numbers in zip(self.changes, columns, strict=True)
            ]
        return [
            {
                **what,
                "row": row,
                **{name: float(values[row]) for name, values in numbers.items()},
                "z": codes[row],
            }
            for (what, _), numbers, codes in zip(
                self.changes, columns, self._shown, strict=True
            )
            for row in range(self.codes.samples)
        ]

    def notes(self) -> tuple[str, ...]:
        """Say so when the records are means."""
        count = self.codes.samples
        if count * len(self.changes) <= LISTED:
            return ()
        return (f"{count:,} codes: each record is the mean over all of them",)

    def _parts(self) -> Iterator[Array]:
        import numpy as np

        from latentcli.latents._editing import cast

        rows = self.codes.rows()
        step = max(1, _PART // max(1, rows[0].nbytes))
        total = len(rows) * len(self.changes)
        self._numbers = [{} for _ in self.changes]
        self._shown = [[] for _ in self.changes]
        with self._output.progress("changing codes", least=LISTED * 10) as progress:
            for index, (_, change) in enumerate(self.changes):
                for start in range(0, len(rows), step):
                    part = change(np.asarray(rows[start : start + step], dtype=np.float64))
                    narrow = cast(part, self.dtype)
                    self._measure(index, part, narrow)
                    if progress:
                        progress(index * len(rows) + start + len(part), total)
                    yield narrow

    def _measure(self, index: int, part: Array, narrow: Array) -> None:
        import numpy as np

        from latentcli.latents._typicality import sigmas

        norms = np.linalg.norm(part, axis=-1).reshape(len(part), -1)
        numbers = {
            "norm": norms.mean(axis=1),
            "typicality": sigmas(norms, part.shape[-1]).mean(axis=1),
            **{name: measure(part) for name, measure in self.measures.items()},
        }
        for name, values in numbers.items():
            self._numbers[index].setdefault(name, []).append(values)
        room = LISTED - len(self._shown[index])
        self._shown[index] += [shown(code) for code in narrow[: max(0, room)]]


def np_concatenate(parts: list[Array]) -> Array:
    """Concatenate, where NumPy is not imported yet."""
    import numpy as np

    return np.concatenate(parts)


def listed(array: Array, what: list[Record]) -> list[Record]:
    """Make a record of each code of an array (n, ..., D): `what` it is, norm, typicality, z."""
    import numpy as np

    from latentcli.latents._typicality import sigmas

    norms = np.linalg.norm(np.asarray(array, dtype=np.float64), axis=-1).reshape(len(array), -1)
    typical = sigmas(norms, array.shape[-1])
    return [
        {
            **first,
            "norm": float(norms[index].mean()),
            "typicality": float(typical[index].mean()),
            "z": shown(array[index]),
        }
        for index, first in enumerate(what)
    ]
