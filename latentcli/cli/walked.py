"""Directions seen through a decoder: a code moved along each of them, a row of images for each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from latentcli.cli.decoding import Decoding
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.ranges import numbers

if TYPE_CHECKING:
    from latentcli.cli.output import Output
    from latentcli.numerics.types import Array
    from latentcli.results import Record, Report

_PANEL = "Decoder"


class Ways(NamedTuple):
    """Directions (k, ...), each as long as one step along it, and the code (...) where they begin."""

    start: Array
    steps: Array


@dataclass(frozen=True)
class Walking(Decoding):
    """A decoder, and the code that is moved along directions."""

    start: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="CODE", help="Move this code [the mean].", rich_help_panel=_PANEL
        ),
    ] = None
    by: Annotated[
        str | None,
        typer.Option(
            "--by", metavar="ALPHAS", help="Steps along each [-3:3:7].", rich_help_panel=_PANEL
        ),
    ] = None

    def check(self, *, force: bool = False, timed: bool = False) -> None:
        """Refuse, before the work is done, what could not be shown or written after it."""
        super().check(force=force, timed=timed)
        for name, value in (("from", self.start), ("by", self.by)):
            if value is not None and self.decoder is None:
                raise UsageError(f"--{name} is for a decoder: --decoder FILE.onnx")

    def along(self, report: Report, ways: Ways, output: Output, *, force: bool) -> Report:
        """Decode a code moved along each direction; return the report with how far outputs moved."""
        if self.decoder is None:
            return report
        import numpy as np

        from latentcli.cli.decoded import Arrangement, show
        from latentcli.latents._editing import along_each

        amounts = numbers(self.by or "-3:3:7")
        start = ways.start if self.start is None else self._start(ways.start.shape)
        codes = along_each(start, ways.steps, amounts)
        lead = codes.shape[:2]
        labels = [f"{way}: {amount:.3g}" for way in range(lead[0]) for amount in amounts]
        arranged = Arrangement((lead[0], lead[1]), 1, labels, labels)
        decoded = self.decode(
            arranged.arranged(codes), output, steps=arranged.steps, names=labels
        )
        settings: Record = {
            "from": self.start, "by": " ".join(f"{one:g}" for one in amounts),
            "decoder": decoded.settings["decoder"],
        }  # fmt: skip
        report = replace(
            report,
            settings={**report.settings, **settings},
            notes=(*report.notes, *decoded.notes),
        )
        show(
            self, decoded, output, provenance={"command": report.command, **report.settings},
            labels=labels, columns=lead[1], force=force,
        )  # fmt: skip
        lengths = np.nansum(decoded.moved.reshape(lead), axis=1).tolist()
        return _with_lengths(report, lengths)

    def _start(self, shape: tuple[int, ...]) -> Array:
        import numpy as np

        from latentcli.readers import read_codes

        assert self.start is not None
        values = np.asarray(read_codes(self.start), dtype=np.float64)
        if values.size != np.prod(shape):
            raise UsageError(
                f"--from {self.start}: one code of shape {shape}, not {values.shape}; FILE[0] is one"
            )
        return values.reshape(shape)


def _with_lengths(report: Report, lengths: list[float]) -> Report:
    """Return a report that says how far outputs moved along each direction: by record, or in all."""
    name = "output_length"
    if len(lengths) != len(report.records):
        return replace(report, summary={**report.summary, name: sum(lengths)})
    return replace(
        report,
        columns=(*report.columns, name),
        records=[{**row, name: one} for row, one in zip(report.records, lengths, strict=True)],
        views=(),
    )
