"""What the commands of latent codes share: how arrays come in and go out, ranges, numbers, directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.cli.options import MORE, Force
from latentcli.cli.output import Output
from latentcli.errors import LatentError, UsageError
from latentcli.results import Record, Report

if TYPE_CHECKING:
    from latentcli.files.array_writing import ArrayWriter
    from latentcli.files.codes import Codes
    from latentcli.latents import CodesResult
    from latentcli.numerics.types import Array

_MANY = 1 << 20
"""Numbers from which following them draws a progress bar."""

Layers = Annotated[
    str | None, typer.Option("--layers", metavar="RANGE", help="Only these layers: 0,4-7.")
]
"""`layers: Layers = None`; `ranges` makes numbers of it."""


@dataclass(frozen=True)
class Axes:
    """How arrays are read."""

    axes: Annotated[
        str,
        typer.Option(
            "--axes",
            metavar="AXES",
            help="What the axes are: D, ND, LD or NLD (samples N, layers L).",
            rich_help_panel=MORE,
        ),
    ] = ""

    def load(self, address: str, output: Output) -> Codes:
        """Load an array, and say what was decided about its axes."""
        from latentcli.files import codes

        loaded = codes.load(address, axes=self.axes)
        for text in loaded.notes:
            output.note(text)
        return loaded

    def load_set(self, address: str, output: Output) -> Codes:
        """Load codes to compare others with: where those are (L, D), these are (N, L, D)."""
        axes = self.axes.upper()
        return Axes(axes if not axes or "N" in axes else f"N{axes}").load(address, output)

    def load_layered(self, address: str, output: Output, wanted: bool) -> Codes:
        """Load codes; where layers are `wanted`, two axes are layers and dimensions, and it is said."""
        from latentcli.files import codes

        if not wanted or self.axes:
            return self.load(address, output)
        loaded = codes.load(address)
        if loaded.values.ndim == 2:
            output.note(f"{address}: {loaded.values.shape} is read as layers x dimensions")
            return replace(loaded, axes="LD", notes=())
        return loaded


@dataclass(frozen=True)
class Saving:
    """Where the resulting array goes."""

    output_file: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the array: .npy, .npz, .safetensors or .json, with where it came from.",
        ),
    ] = None
    force: Force = False

    def check(self) -> None:
        """Refuse a file that cannot be written, before the work is done."""
        if self.output_file is not None:
            from pathlib import Path

            from latentcli.files.array_writing import check_saved

            check_saved(Path(self.output_file), force=self.force)

    @contextmanager
    def writer(self, inputs: list[str]) -> Iterator[ArrayWriter | None]:
        """Give what takes the array block by block, None where no file was named."""
        if self.output_file is None:
            yield None
            return
        from pathlib import Path

        from latentcli.files.array_writing import ArrayWriter
        from latentcli.files.samples import find

        path = Path(self.output_file)
        with ArrayWriter(path, inputs=list(map(find, inputs)), force=self.force) as writer:
            yield writer

    def save(
        self,
        values: Array,
        command: str,
        settings: Record,
        inputs: list[str],
        output: Output,
        extra: dict[str, Any] | None = None,
    ) -> None:
        """Write an array that is at hand, if a file was named."""
        with self.writer(inputs) as writer:
            if writer is not None:
                writer[:] = values
                self.finish(
                    writer, values.shape, values.dtype, command, settings, output, extra
                )

    def finish(
        self,
        writer: ArrayWriter,
        shape: tuple[int, ...],
        dtype: object,
        command: str,
        settings: Record,
        output: Output,
        extra: dict[str, Any] | None = None,
    ) -> None:
        """Put the file in place, and say so."""
        writer.finish(shape, command=command, settings=dict(settings), extra=extra)
        output.note(f"wrote {writer.path}: {' x '.join(map(str, shape))}, {dtype}")

    def run(
        self,
        command: str,
        make: Callable[[Any, Any], CodesResult],
        *,
        settings: Record,
        inputs: list[str],
        output: Output,
    ) -> None:
        """Make codes with `make(out, progress)`, writing them as they come, and show the report."""
        with (
            self.writer(inputs) as writer,
            output.progress("changing codes", least=_MANY) as progress,
        ):
            result = make(_Nowhere() if writer is None else writer, progress)
            report = Report.of(command, result, settings=settings)
            if writer is not None:
                self.finish(
                    writer, result.shape, result.dtype, command, report.settings, output
                )
        output.show(report)


class _Nowhere:
    """Takes blocks and keeps none: only their measures are wanted."""

    def __setitem__(self, key: object, block: object) -> None:
        """Let a block go."""


def shown_codes(
    command: str,
    result: CodesResult,
    saving: Saving,
    output: Output,
    *,
    settings: Record,
    inputs: list[str],
) -> None:
    """Write codes that are at hand, and show their report."""
    report = Report.of(command, result, settings=settings)
    assert result.codes is not None
    saving.save(result.codes, command, report.settings, inputs, output)
    output.show(report)


@dataclass(frozen=True)
class FileDirection:
    """A direction from a file: `vector` (D,) or (L, D), and what its provenance says of it.

    `intercept` and `scale` are those of the direction at length 1.
    """

    address: str
    vector: Array
    intercept: float
    scale: float | None


def load_direction(address: str) -> FileDirection:
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
    return FileDirection(
        address, vector, (intercept or 0.0) / step, None if scale is None else scale / step
    )


def _number(value: object) -> float | None:
    """Return a finite number from a file of provenance, which anyone may have written."""
    import math

    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def layers_of(codes: Codes, layers: str | None) -> list[int] | None:
    """Return the layers an option names, which the codes must have."""
    return None if layers is None else ranges(layers, layer_count(codes))


def layer_count(codes: Codes) -> int:
    """Return how many layers codes have; LatentError if they have none."""
    if "L" not in codes.axes:
        raise LatentError(
            f"{codes.address}: shape {codes.values.shape} is read as {codes.axes}, which has no "
            "layers; --axes LD says that the first axis is layers"
        )
    return int(codes.values.shape[codes.axes.index("L")])


def ranges(text: str, count: int, what: str = "layer") -> list[int]:
    """Read "1,2,5-10" (ends included) as numbers below `count`, each once, or "all"."""
    from latentcli.latents._editing import parse_ranges

    return parse_ranges(text, count, what)


def numbers(text: str) -> list[float]:
    """Read "0,0.33,1", or "-3:3:7": seven numbers from -3 to 3, both included."""
    from latentcli.latents._editing import parse_numbers

    return parse_numbers(text)


def one_of(**given: object) -> None:
    """Raise UsageError unless exactly one of some options was given."""
    if sum(value is not None for value in given.values()) != 1:
        options = " or ".join(f"--{name.replace('_', '-')}" for name in given)
        raise UsageError(f"name one of them: {options}")
