"""Real codes beside those that a command makes: which is nearest, and its label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import MORE
from latentcli.cli.wording import naming

if TYPE_CHECKING:
    from latentcli.cli.arrays import Axes
    from latentcli.files.codes import Codes
    from latentcli.latents import CodesResult

    Made = TypeVar("Made", bound=CodesResult)


@dataclass(frozen=True)
class Nearest:
    """A reference, and labels of its codes."""

    reference: Annotated[
        str | None,
        typer.Option(
            metavar="CODES", help="Show the nearest of these codes.", rich_help_panel=MORE
        ),
    ] = None
    reference_labels: Annotated[
        str | None,
        typer.Option(
            "--labels",
            metavar="FILE",
            help="Labels of these codes.",
            rich_help_panel=MORE,
        ),
    ] = None

    def receiver(self, out: Any) -> Any:
        """Return what takes a verb's codes: nothing where they are compared, so that they are kept."""
        return out if self.reference is None else None

    def beside(self, result: Made) -> Made:
        """Return the result with the nearest codes, if a reference was named."""
        if self.reference is None:
            if self.reference_labels is not None:
                raise UsageError("--labels are those of a --reference")
            return result
        from latentcli.latents import with_nearest
        from latentcli.readers import read_codes, read_labels

        names = None if self.reference_labels is None else read_labels(self.reference_labels)
        with naming(reference=self.reference):
            return with_nearest(result, read_codes(self.reference), labels=names)


@dataclass(frozen=True)
class Known:
    """The reference of a path: what of it is compared."""

    reference: Annotated[
        str | None,
        typer.Option(metavar="CODES", help="Find holes: steps far from all of these codes."),
    ] = None
    labels: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Labels of these codes.", rich_help_panel=MORE),
    ] = None
    geodesic: Annotated[
        bool,
        typer.Option(
            "--geodesic",
            help="Follow the graph of --reference.",
            rich_help_panel=MORE,
        ),
    ] = False
    k: Annotated[
        int,
        typer.Option(
            "--k",
            help="Measure the distance to the K-th neighbor.",
            metavar="K",
            rich_help_panel=MORE,
        ),
    ] = 5
    hole_percentile: Annotated[
        float,
        typer.Option(
            metavar="P",
            help="Percentile from which a step is in a hole.",
            rich_help_panel=MORE,
        ),
    ] = 99.0

    @property
    def files(self) -> list[str]:
        """The files that are read."""
        return [file for file in (self.reference, self.labels) if file]

    def options(self, axes: Axes, like: Codes | None) -> dict[str, Any]:
        """Return what `interp` takes of it."""
        from latentcli.readers import read_labels

        return {
            "reference": None if self.reference is None else axes.load_set(self.reference, like),
            "labels": None if self.labels is None else read_labels(self.labels),
            "geodesic": self.geodesic, "k": self.k, "hole_percentile": self.hole_percentile,
        }  # fmt: skip
