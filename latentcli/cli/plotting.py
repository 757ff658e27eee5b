"""The option that draws a report's heat maps and bars into a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import Force
from latentcli.cli.output import Output
from latentcli.results import Report

KINDS = (".png", ".svg", ".pdf")


@dataclass(frozen=True)
class Plot:
    """Whether, and where, a picture is drawn."""

    plot: Annotated[
        str | None,
        typer.Option(
            "--plot",
            metavar="FILE",
            help="Draw the picture into FILE: .png, .svg or .pdf.",
        ),
    ] = None
    force: Force = False

    def check(self) -> None:
        """Refuse a file that cannot be written, before the work is done."""
        if self.plot is None:
            return
        from pathlib import Path

        from latentcli.files import outputs

        path = Path(self.plot)
        if path.suffix.lower() not in KINDS:
            raise UsageError(f"--plot {self.plot}: pictures are written as {', '.join(KINDS)}")
        outputs.check(path, force=self.force)

    def draw(self, report: Report, output: Output) -> None:
        """Draw the heat maps and bars of a report, and say where."""
        if self.plot is None:
            return
        from pathlib import Path

        from latentcli.files import outputs
        from latentcli.render import picture

        path = Path(self.plot)
        outputs.check(path, force=self.force)
        with outputs.written_beside(path) as part:
            picture.write(report, part, path.suffix.lower().removeprefix("."))
        output.note(f"wrote {path}")
