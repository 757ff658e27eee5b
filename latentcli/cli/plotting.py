"""The option that draws a report's heat maps and bars into a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from latentcli.cli.options import Output
from latentcli.errors import FileError, LatentError, UsageError, reason
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

    def check(self) -> None:
        """Refuse a file that cannot be written, before the work is done."""
        if self.plot is None:
            return
        from pathlib import Path

        path = Path(self.plot)
        if path.suffix.lower() not in KINDS:
            raise UsageError(f"--plot {self.plot}: pictures are written as {', '.join(KINDS)}")
        if not path.parent.is_dir():
            raise FileError(f"cannot write {path}: there is no folder {path.parent}")
        if path.is_dir():
            raise FileError(f"cannot write {path}: it is a folder")

    def draw(self, report: Report, output: Output) -> None:
        """Draw the heat maps and bars of a report, and say where."""
        if self.plot is None:
            return
        from pathlib import Path

        from latentcli.files.stream import written_beside
        from latentcli.render import picture

        path = Path(self.plot)
        try:
            with written_beside(path) as part:
                picture.write(report, part, path.suffix.lower().removeprefix("."))
        except LatentError:
            raise
        except OSError as error:
            raise FileError(f"cannot write {path}: {reason(error)}") from error
        output.note(f"wrote {path}")
