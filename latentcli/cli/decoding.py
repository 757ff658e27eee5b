"""The options of a decoder beside a verb: which model, how its outputs are images, where these go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.output import Output

if TYPE_CHECKING:
    from latentcli.latents import CodesResult, PathResult
    from latentcli.numerics.types import Array
    from latentcli.pictures import Decoder, DecodeResult
    from latentcli.results import Report, Scalar

_PANEL = "Decoder"


def _option(*names: str, metavar: str | None = None, help: str) -> Any:
    return typer.Option(*names, metavar=metavar, help=help, rich_help_panel=_PANEL)


@dataclass(frozen=True)
class Model:
    """An ONNX model that decodes codes, and how it is run."""

    decoder: Annotated[
        str | None,
        _option(
            "--decoder",
            metavar="FILE.onnx",
            help="Decode: a model, or a sample's name.",
        ),
    ] = None
    features: Annotated[
        str | None,
        _option(metavar="FILE.onnx", help="A second network that measures moves."),
    ] = None
    feed: Annotated[
        list[str] | None,
        _option(metavar="NAME=VALUE", help="Another input: a number or array."),
    ] = None
    batch: Annotated[int, _option(metavar="N", help="Codes decoded at a time.")] = 64
    provider: Annotated[str, _option(metavar="NAME", help="cpu or cuda.")] = "cpu"
    timeout: Annotated[float, _option(metavar="SECONDS", help="Limit for one code.")] = 8.0

    def required(self) -> None:
        """Refuse a command without a model."""
        if self.decoder is None:
            raise UsageError("name a model: --decoder FILE.onnx, or a sample's name")

    def open(self, output: Output) -> Decoder:
        """Open the model."""
        assert self.decoder is not None
        return self._opened(self.decoder, output, self._values())

    def open_features(self, output: Output) -> Decoder | None:
        """Open the second network, if one was named."""
        return None if self.features is None else self._opened(self.features, output, {})

    def _opened(self, name: str, output: Output, feed: dict[str, Any]) -> Decoder:
        from latentcli.files.bounds import parsed
        from latentcli.pictures import Decoder
        from latentcli.pictures._decoding import MAX_MEMORY
        from latentcli.readers import find_decoder

        return Decoder(
            find_decoder(name), feed=feed, provider=self.provider, timeout=self.timeout,
            max_memory=MAX_MEMORY if output.max_memory is None else parsed(output.max_memory),
        )  # fmt: skip

    def _values(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for item in self.feed or ():
            name, sign, value = item.partition("=")
            if not sign or not name:
                raise UsageError(f"--feed {item}: NAME=VALUE, such as truncation=0.7")
            values[name] = _value(value)
        return values


@dataclass(frozen=True)
class Decoding(Model):
    """A decoder, how its outputs are images, and where these go."""

    strip: Annotated[
        str | None, _option("--strip", metavar="FILE.png", help="Write a contact sheet.")
    ] = None
    gif: Annotated[
        str | None, _option("--gif", metavar="FILE.gif", help="Write an animation.")
    ] = None
    webp: Annotated[
        str | None,
        _option("--webp", metavar="FILE.webp", help="Write a lossless animation."),
    ] = None
    mp4: Annotated[
        str | None, _option("--mp4", metavar="FILE.mp4", help="Write a video, with ffmpeg.")
    ] = None
    frames: Annotated[
        str | None,
        _option("--frames", metavar="%04d.png", help="Write numbered files, or a folder."),
    ] = None
    fps: Annotated[float | None, _option(metavar="N", help="Frames per second [12].")] = None
    preview: Annotated[bool, _option("--preview", help="Draw the images in the terminal.")] = (
        False
    )
    layout: Annotated[
        str | None,
        _option(metavar="AXES", help="Layout of outputs: NCHW, NHWC, NHW, flat."),
    ] = None
    limits: Annotated[
        str | None,
        _option(
            "--limits",
            "--range",
            metavar="LO,HI",
            help="Output values of black and white: -1,1.",
        ),
    ] = None
    size: Annotated[
        str | None, _option(metavar="HxW", help="Height and width of flat outputs.")
    ] = None
    wav: Annotated[
        str | None,
        _option("--wav", metavar="FILE.wav", help="Write outputs (N, samples) as sound."),
    ] = None
    rate: Annotated[
        int | None, _option(metavar="HZ", help="Samples per second of sound [16000].")
    ] = None

    def check(self, *, force: bool = False, timed: bool = False) -> None:
        """Refuse, before the work is done, what could not be shown or written after it.

        In a verb that is `timed`, --fps has a meaning of its own.
        """
        from latentcli.cli.decoded import check

        check(self, force=force, timed=timed)

    @property
    def wants_images(self) -> bool:
        """Whether something is to be drawn or written of the images."""
        files = (self.strip, self.gif, self.webp, self.mp4, self.frames)
        return self.preview or any(file is not None for file in files)

    def receiver(self, out: Any) -> Any:
        """Return what takes a verb's codes: nothing where they are decoded, so that they are kept."""
        return out if self.decoder is None else None

    def decode(
        self,
        codes: Array,
        output: Output,
        *,
        steps: int | None = None,
        names: Sequence[str] | None = None,
        out: Any = None,
    ) -> DecodeResult:
        """Decode codes by the options, with a progress bar."""
        from latentcli.pictures import decode

        with output.progress("decoding") as progress:
            return decode(
                codes, self.open(output), features=self.open_features(output), steps=steps,
                layout=self.layout, limits=_pair(self.limits, ",", "limits", float),
                size=_pair(self.size, "x", "size", int), batch=self.batch,
                provider=self.provider, images=self.wants_images, names=names,
                max_memory=self._room(output), out=out, progress=progress,
            )  # fmt: skip

    def _room(self, output: Output) -> int:
        from latentcli.files.bounds import parsed
        from latentcli.pictures._decoding import MAX_MEMORY

        return MAX_MEMORY if output.max_memory is None else parsed(output.max_memory)

    def beside(
        self,
        report: Report,
        result: PathResult | CodesResult,
        output: Output,
        *,
        axes: str,
        along: int | None,
        labels: Sequence[str] | None,
        places: Sequence[Scalar] | None = None,
        force: bool = False,
    ) -> Report:
        """Decode the codes that a verb made, write and draw them; return the report with their moves.

        `axes` are those of one code. Along the axis `along` codes are a path; there is a label for each of
        its steps, or for each code, and `places` are what a summary calls these.
        """
        if self.decoder is None:
            return report
        from latentcli.cli.decoded import arrangement, joined, show

        assert result.codes is not None
        found = arrangement(result.shape, axes, labels, along=along, places=places)
        decoded = self.decode(
            found.arranged(result.codes), output, steps=found.steps, names=found.labels
        )
        provenance = {"command": report.command, **report.settings}
        show(
            self, decoded, output, provenance=provenance, labels=found.labels,
            columns=found.columns, force=force,
        )  # fmt: skip
        return joined(report, decoded, found)


def _value(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        from latentcli.readers import read_codes

        return read_codes(text)


def _pair(text: str | None, separator: str, option: str, kind: type) -> Any:
    if text is None:
        return None
    try:
        first, second = (kind(part) for part in text.lower().split(separator))
    except ValueError:
        example = "-1,1" if separator == "," else "28x28"
        raise UsageError(f"--{option} {text}: two numbers, such as {example}") from None
    return first, second
