"""What the commands of latent codes share: how arrays come in, go out and are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.cli.options import MORE, Force, Output

if TYPE_CHECKING:
    from latentcli.files.codes import Codes, Result
    from latentcli.numerics.types import Array

_SHOWN = 8


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
        """Load codes to hold others against: where those are (L, D), these are (N, L, D)."""
        axes = self.axes.upper()
        return Axes(axes if not axes or "N" in axes else f"N{axes}").load(address, output)


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

            from latentcli.files import codes

            codes.check_saved(Path(self.output_file), force=self.force)

    def save(
        self,
        result: Result,
        command: str,
        settings: dict[str, Any],
        inputs: list[str],
        output: Output,
        extra: dict[str, Any] | None = None,
    ) -> None:
        """Write the array if a file was named, and say so."""
        if self.output_file is None:
            return
        from pathlib import Path

        from latentcli.files import codes
        from latentcli.files.samples import find

        path = Path(self.output_file)
        found = [find(address) for address in inputs]
        codes.save(
            path, result, command=command, settings=settings, inputs=found, extra=extra,
            force=self.force,
        )  # fmt: skip
        shape = " x ".join(map(str, result.shape))
        output.note(f"wrote {path}: {shape}, {result.dtype}")


def shown(code: Array, shape: tuple[int, ...] | None = None) -> list[float] | str:
    """Return a short code as its numbers, a long one as its shape and first numbers.

    `shape` is that of the whole code when only its first rows are at hand.
    """
    if code.ndim == 1 and code.size <= _SHOWN:
        return [float(value) for value in code]
    first = ", ".join(f"{value:.3g}" for value in code.ravel()[:3])
    return f"{' x '.join(map(str, shape or code.shape))}: {first}, ..."
