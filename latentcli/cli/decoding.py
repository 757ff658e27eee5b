"""The options of `latent decode`: the decoder, and how what it makes is shown and written."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.output import Output
from latentcli.errors import check_choice

if TYPE_CHECKING:
    from latentcli.numerics.types import Array
    from latentcli.pictures import DecodeResult
    from latentcli.results import Scalar

_PANEL = "Decoder"
_WIDTH = 80
_SHEETS = (".png",)


@dataclass(frozen=True)
class Decoding:
    """Which decoder, how its outputs are images, and where these go."""

    decoder: Annotated[
        str | None,
        typer.Option(
            "--decoder",
            metavar="FILE.onnx",
            help="Decode the codes: an ONNX model, or a sample's name.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    strip: Annotated[
        str | None,
        typer.Option(
            "--strip", metavar="FILE.png", help="Write a contact sheet.", rich_help_panel=_PANEL
        ),
    ] = None
    animation: Annotated[
        str | None,
        typer.Option(
            "--gif",
            "--animation",
            metavar="FILE",
            help="Write an animation: .gif, .webp, or .mp4 by ffmpeg.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    fps: Annotated[
        float | None,
        typer.Option(metavar="N", help="Frames a second [12].", rich_help_panel=_PANEL),
    ] = None
    preview: Annotated[
        bool,
        typer.Option(
            "--preview", help="Draw the images in the terminal.", rich_help_panel=_PANEL
        ),
    ] = False
    feed: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Value of another input: a number, or an array's file.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    layout: Annotated[
        str | None,
        typer.Option(
            metavar="AXES",
            help="Axes of the outputs: NCHW, NHWC, NHW or flat.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    limits: Annotated[
        str | None,
        typer.Option(
            "--limits",
            metavar="LO,HI",
            help="Numbers that are black and white: -1,1.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    size: Annotated[
        str | None,
        typer.Option(
            metavar="HxW", help="Height and width of flat outputs.", rich_help_panel=_PANEL
        ),
    ] = None
    batch: Annotated[
        int,
        typer.Option(metavar="N", help="Codes decoded at a time.", rich_help_panel=_PANEL),
    ] = 64
    provider: Annotated[
        str, typer.Option(metavar="NAME", help="cpu or cuda.", rich_help_panel=_PANEL)
    ] = "cpu"
    timeout: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", help="Time that one code may take.", rich_help_panel=_PANEL
        ),
    ] = 10.0

    def check(self, *, force: bool = False) -> None:
        """Refuse, before the work is done, what could not be shown or written after it."""
        if self.fps is not None and self.animation is None:
            raise UsageError("--fps is for --gif FILE")
        from latentcli.pictures._writing import ANIMATIONS

        _check_file(self.strip, "--strip", _SHEETS, force)
        _check_file(self.animation, "--gif", ANIMATIONS, force)

    def decode(self, codes: Array, output: Output) -> DecodeResult:
        """Decode codes by the options, with a progress bar."""
        from latentcli.opening import find_decoder
        from latentcli.pictures import decode

        assert self.decoder is not None
        with output.progress("decoding") as progress:
            return decode(
                codes,
                find_decoder(self.decoder),
                feed=self._values(),
                layout=self.layout,
                limits=None
                if self.limits is None
                else _pair(self.limits, ",", "limits", float),
                size=None if self.size is None else _pair(self.size, "x", "size", int),
                batch=self.batch,
                provider=self.provider,
                timeout=self.timeout,
                max_memory=_bytes(output.max_memory),
                progress=progress,
            )

    def show(
        self,
        decoded: DecodeResult,
        output: Output,
        *,
        provenance: Mapping[str, Scalar],
        labels: Sequence[str] = (),
        columns: int | None = None,
    ) -> None:
        """Write and draw the images, with a label below each."""
        if not (self.strip or self.animation or self.preview):
            return
        images = decoded.images
        if images is None:
            raise UsageError(
                "the decoder's outputs are no images; --layout and --size say how they are, "
                "-o writes them as they are"
            )
        from latentcli.files.outputs import written_beside
        from latentcli.pictures._strip import contact_sheet
        from latentcli.pictures._writing import FPS, png, write_animation

        if self.strip is not None:
            sheet = contact_sheet(images, columns=columns, labels=labels)
            with written_beside(Path(self.strip)) as part:
                part.write_bytes(png(sheet, {**provenance, **decoded.settings}))
            output.note(f"wrote {self.strip}: {len(images):,} images")
        if self.animation is not None:
            ending = Path(self.animation).suffix.lower()
            rate = FPS if self.fps is None else self.fps
            with written_beside(Path(self.animation)) as part:
                write_animation(images, part, ending, fps=rate)
            output.note(f"wrote {self.animation}: {len(images):,} frames, {rate:g} a second")
        if self.preview:
            _preview(images, columns)

    def _values(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for item in self.feed or ():
            name, sign, value = item.partition("=")
            if not sign or not name:
                raise UsageError(f"--feed {item}: NAME=VALUE, such as truncation=0.7")
            values[name] = _value(value)
        return values


def _bytes(size: str | None) -> int:
    """Return the memory that a model may take: what was allowed to readers, or 2 GB."""
    from latentcli.files.bounds import parsed
    from latentcli.pictures._decoding import MAX_MEMORY

    return MAX_MEMORY if size is None else parsed(size)


def _value(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        from latentcli.opening import read_codes

        return read_codes(text)


def _pair(text: str, separator: str, option: str, kind: type) -> Any:
    try:
        first, second = (kind(part) for part in text.lower().split(separator))
    except ValueError:
        example = "-1,1" if separator == "," else "28x28"
        raise UsageError(f"--{option} {text}: two numbers, such as {example}") from None
    return first, second


def _check_file(name: str | None, option: str, endings: Sequence[str], force: bool) -> None:
    if name is None:
        return
    from latentcli.files import outputs

    path = Path(name)
    check_choice(f"ending of {option}", path.suffix.lower(), endings)
    outputs.check(path, force=force)


def _preview(images: Array, columns: int | None) -> None:
    """Draw the first images that fit the terminal's width on standard error."""
    import os
    import shutil

    from latentcli.pictures._strip import thumbnails
    from latentcli.render.terminal_image import half_blocks

    width = min(shutil.get_terminal_size((_WIDTH, 24)).columns, 4 * _WIDTH)
    sheet = thumbnails(images, columns=columns, width=width)
    color = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    ascii_only = not (sys.stderr.encoding or "utf-8").lower().startswith("utf")
    rows = [[(p[0], p[1], p[2]) for p in row] for row in sheet.tolist()]
    sys.stderr.write(half_blocks(rows, color=color, ascii_only=ascii_only) + "\n")
    sys.stderr.flush()
