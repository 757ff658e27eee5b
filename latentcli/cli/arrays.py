"""What the commands of latent codes share: how arrays come in and go out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.cli.decoding import Decoding
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import MORE, AxesOfCodes, Force
from latentcli.cli.output import Output
from latentcli.results import Record, Report

if TYPE_CHECKING:
    from latentcli.cli.nearest import Nearest
    from latentcli.cli.plotting import Plot
    from latentcli.files.array_writing import ArrayWriter
    from latentcli.files.codes import Codes
    from latentcli.latents import CodesResult
    from latentcli.numerics.types import Array

_MANY = 1 << 20
"""Numbers from which following them draws a progress bar."""

Layers = Annotated[
    str | None,
    typer.Option(
        "--layers", metavar="RANGE", help="Only these layers: 0,4-7.", rich_help_panel=MORE
    ),
]
"""`layers: Layers = None`; `layers_of` makes numbers of it."""


@dataclass(frozen=True)
class Axes:
    """How arrays are read."""

    axes: AxesOfCodes = ""

    def load(self, address: str, *, layered: bool = False) -> Codes:
        """Load an array; `layered` where two axes are layers and features."""
        from latentcli.files import codes

        return codes.load(address, axes=self.axes, layered=layered, finite=False)

    def load_rows(self, address: str, output: Output) -> Array:
        """Load an array of finite numbers as one row for each code (N, ...); say how it is read."""
        from latentcli.files import codes

        loaded = codes.load(address, axes=self.axes)
        for text in loaded.notes:
            output.note(text)
        return loaded.rows().values

    def load_set(self, address: str, like: Codes | None) -> Codes:
        """Load codes to compare others with: where those are CHW, these are NCHW."""
        from latentcli.files import codes

        found = codes.read(address)
        axes = self.axes.upper() or found.axes
        if not axes and like is not None:
            known = like.axes.removeprefix("N")
            axes = {len(known): known, len(known) + 1: f"N{known}"}.get(found.values.ndim, "")
        elif axes and "N" not in axes and len(axes) < found.values.ndim:
            axes = f"N{axes}"
        return codes.load(address, axes=axes, finite=False)


@dataclass(frozen=True)
class Saving:
    """Where the resulting array goes."""

    output_file: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write: .npy, .npz, .safetensors, .json.",
        ),
    ] = None
    force: Force = False

    def check(self) -> None:
        """Refuse a file that cannot be written, before the work is done."""
        if self.output_file is not None:
            from pathlib import Path

            from latentcli.files import array_writing, frames

            path = Path(self.output_file)
            if frames.is_pattern(path):
                frames.check(path, force=self.force)
            else:
                array_writing.check_saved(path, force=self.force)

    @contextmanager
    def writer(self, inputs: list[str]) -> Iterator[ArrayWriter | None]:
        """Give what takes the array block by block, None where no file was named."""
        if self.output_file is None:
            yield None
            return
        from pathlib import Path

        from latentcli.files.array_writing import ArrayWriter
        from latentcli.files.frames import FrameWriter, is_pattern
        from latentcli.files.samples import find

        path = Path(self.output_file)
        kind = FrameWriter if is_pattern(path) else ArrayWriter
        with kind(path, inputs=list(map(find, inputs)), force=self.force) as writer:
            yield writer

    def receiver(self, writer: ArrayWriter | None) -> Any:
        """Return what takes codes: the writer, or nothing that keeps them."""
        return _Nowhere() if writer is None else writer

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
        kind = dtype
        if settings.get("dtype") == "bfloat16":
            kind = "bfloat16" if writer.path.suffix.lower() == ".safetensors" else dtype
        output.note(f"wrote {writer.path}: {' x '.join(map(str, shape))}, {kind}")

    def run(
        self,
        command: str,
        make: Callable[[Any, Any], CodesResult],
        *,
        settings: Record,
        inputs: list[str],
        output: Output,
        decoding: Decoding,
        nearest: Nearest,
        labels: Callable[[CodesResult], list[str]] | None = None,
    ) -> None:
        """Make codes with `make(out, progress)`, writing them as they come, and show the report.

        With a decoder, what they decode to is shown too; `labels` are those of several changes, a path.
        """
        with (
            self.writer(inputs) as writer,
            output.progress("changing codes", least=_MANY) as progress,
        ):
            receiver = nearest.receiver(decoding.receiver(self.receiver(writer)))
            result = nearest.beside(make(receiver, progress))
            report = Report.of(command, result, settings=settings)
            axes = str(result.settings["axes"])
            several = len(result.shape) > len(axes)
            if writer is not None:
                if result.codes is not None:
                    writer[:] = result.codes
                extra = axes_of_several(axes, result.shape) if several else {"axes": axes}
                self.finish(
                    writer, result.shape, result.dtype, command, report.settings, output, extra
                )
        marks = labels(result) if labels is not None and several else None
        report = decoding.beside(
            report, result, output, axes=axes, along=0 if marks else None, labels=marks,
            force=self.force,
        )  # fmt: skip
        output.show(report)


class _Nowhere:
    """Takes blocks and keeps none: only their measures are needed."""

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
    decoding: Decoding,
    nearest: Nearest,
    labels: list[str],
    axes: str = "",
    along: int | None = None,
    plot: Plot | None = None,
    extra: dict[str, Any] | None = None,
) -> None:
    """Write codes that are at hand, decode them if a decoder was named, and show their report.

    There is a label for each code, along whose axis `along` they are a path; `axes` are those of one code
    where the settings do not have them; `extra` goes into their provenance.
    """
    result = nearest.beside(result)
    report = Report.of(command, result, settings=settings)
    assert result.codes is not None
    saving.save(result.codes, command, report.settings, inputs, output, extra)
    axes = axes or str(result.settings["axes"])
    report = decoding.beside(
        report, result, output, axes=axes, along=along, labels=labels, force=saving.force
    )
    if plot is None:
        output.show(report)
    else:
        plot.show(report, output)


def read_direction(address: str) -> Codes:
    """Read the array of a direction, with what its provenance says of it."""
    from latentcli.files import codes

    return codes.read(address)


def axes_of_several(axes: str, shape: Sequence[int]) -> dict[str, Any]:
    """Return what a file of several changes or steps (T, ...) says of its axes: those are its samples.

    A samples axis of one code, as diffusion models have it, is then a feature axis of length 1.
    """
    if "N" not in axes:
        return {"axes": f"N{axes}"}
    if "L" in axes or len(axes) < 3 or shape[1] > 1:
        return {}
    spare = next(letter for letter in "BPQRSUVXYZ" if letter not in axes)
    return {"axes": f"N{spare}{axes[1:]}"}


def layered(direction: Codes) -> bool:
    """Tell whether a direction has a vector for each layer, without counting axes of length 1."""
    shape = direction.values.shape
    return sum(size > 1 for size in shape) == 2


def layers_of(text: str | None) -> list[int] | None:
    """Return the layers that --layers names."""
    from latentcli.cli.ranges import ranges

    return None if text is None else ranges(text)


def one_of(**given: object) -> None:
    """Raise UsageError unless exactly one of some options was given."""
    if sum(value is not None for value in given.values()) != 1:
        options = " or ".join(f"--{name.replace('_', '-')}" for name in given)
        raise UsageError(f"give {options}")
