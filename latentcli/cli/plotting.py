"""The options that draw a report: into a file, or in the terminal."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import MORE, Force
from latentcli.cli.output import Output
from latentcli.errors import LatentError
from latentcli.results import Report

if TYPE_CHECKING:
    from latentcli.render.screen import Screen

KINDS = (".png", ".svg", ".pdf")
SCREEN = "-"
"""In place of a file: the terminal."""

PlotSize = Annotated[
    str,
    typer.Option(
        "--plot-size",
        metavar="SIZE",
        help="Width: column (3.3 in) or page.",
        rich_help_panel=MORE,
    ),
]
"""`plot_size: PlotSize = "page"`."""


@dataclass(frozen=True)
class Plot:
    """Whether, and where, a picture is drawn."""

    plot: Annotated[
        str | None,
        typer.Option(
            "--plot",
            metavar="FILE",
            help="Draw: .png, .svg, .pdf; -: terminal.",
        ),
    ] = None
    plot_size: PlotSize = "page"
    force: Force = False

    def check(self, output: Output) -> None:
        """Refuse what cannot be drawn or written, before the work is done."""
        if self.plot is None:
            if self.plot_size != "page":
                raise UsageError("--plot-size goes with --plot FILE")
            return
        check_size(self.plot_size)
        if self.plot == SCREEN:
            if output.as_json or output.format != "table":
                raise UsageError("--plot - draws below the table: name a file with --format")
            return
        from pathlib import Path

        from latentcli.files import outputs

        path = Path(self.plot)
        if path.suffix.lower() not in KINDS:
            raise UsageError(
                f"--plot {self.plot}: pictures are written as {', '.join(KINDS)}; - is the terminal"
            )
        outputs.check(path, force=self.force)

    def show(self, report: Report, output: Output) -> None:
        """Print a report, draw it, and say where."""
        output.show(report)
        if self.plot is None:
            return
        if self.plot == SCREEN:
            _on_screen(report)
            return
        from pathlib import Path

        from latentcli.files import outputs
        from latentcli.render import picture

        path = Path(self.plot)
        outputs.check(path, force=self.force)
        with outputs.written_beside(path) as part:
            kind = path.suffix.lower().removeprefix(".")
            missing = picture.write(report, part, kind, self.plot_size)
        note_boxes(missing, output)
        output.note(f"wrote {path}")


def note_boxes(missing: list[str], output: Output) -> None:
    """Say which letters of a picture are boxes, if any are."""
    from latentcli.render.style import boxes_note

    if missing:
        output.note(boxes_note(missing))


def check_size(size: str) -> None:
    """Refuse an unknown width of pictures, without importing what draws them."""
    from latentcli.errors import check_choice

    check_choice("--plot-size", size, ("column", "page"))


def _on_screen(report: Report) -> None:
    """Draw the pictures of a report on standard output, below its table."""
    from latentcli.render import terminal

    pictures = report.drawn()
    if not pictures:
        raise LatentError(f"latent {report.command}: there is nothing to draw")
    sys.stdout.write("\n" + terminal.draw(pictures, screen()))
    sys.stdout.flush()


def screen() -> Screen:
    """Return how wide standard output is, and whether it has color and letters beyond ASCII."""
    from latentcli.render.screen import Screen

    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    color = color and os.environ.get("TERM") != "dumb"
    utf8 = (sys.stdout.encoding or "utf-8").lower().startswith("utf")
    width = shutil.get_terminal_size((80, 24)).columns
    return Screen(max(30, min(width, 160)), color, utf8)
