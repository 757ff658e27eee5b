"""What was decoded: laid out by the axes of a verb, drawn, written, and put into its report."""

from __future__ import annotations

import math
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.output import Output
from latentcli.errors import FileError, check_choice, reason
from latentcli.results import Sheet, number_or_none

if TYPE_CHECKING:
    from latentcli.cli.decoding import Decoding
    from latentcli.numerics.types import Array
    from latentcli.pictures import DecodeResult
    from latentcli.results import Record, Report, Scalar

_WIDTH = 80
_NUMBER = re.compile(r"%0?\d{0,2}d")

_SETTINGS = ("decoder", "features", "layout", "low", "high", "provider")
"""What of the decoder's settings goes into those of the verb."""


@dataclass(frozen=True)
class Arrangement:
    """The codes of a verb in rows and columns: `lead` are the sizes of the axes in front of a code.

    `along` is the axis that is a path, whose steps stand in columns; None where neighbors are no
    path. There is a label for each step of it, or for each code; `places` are what a summary calls them.
    """

    lead: tuple[int, ...]
    along: int | None
    cells: Sequence[str]
    places: Sequence[Scalar]

    @property
    def steps(self) -> int | None:
        """How many steps a path has; None without paths, or steps."""
        return (
            None if self.along is None or self.lead[self.along] < 2 else self.lead[self.along]
        )

    @property
    def columns(self) -> int | None:
        """How many images stand in a row; None where that is free."""
        if self.along is not None:
            return self.lead[self.along]
        return self.lead[-1] if len(self.lead) > 1 else None

    @property
    def labels(self) -> list[str]:
        """A label for each code, in order."""
        return [str(one) for one in self._each(self.cells)]

    def _each(self, given: Sequence[Scalar]) -> list[Scalar]:
        return [*given] * (math.prod(self.lead) // len(given))

    def place(self, code: int) -> Scalar:
        """Return what a summary calls the code of a number."""
        return self._each(self.places)[code]

    def arranged(self, codes: Array) -> Array:
        """Return codes (*lead, ...) one after the other (n, ...), the steps of a path in a row."""
        each = codes.shape[len(self.lead) :]
        if self.along is not None:
            codes = _moved_axis(codes, self.along, len(self.lead) - 1)
        return codes.reshape(-1, *each)

    def in_records(self, moved: Array, count: int) -> list[float | None] | None:
        """Return how far outputs moved (n,) as a column of `count` records, None where it is none.

        Where a record is a step of several paths, it gets their root mean square.
        """
        import numpy as np

        if self.steps is None or self.along is None:
            return None
        paths = moved.reshape(-1, self.steps)
        if count == self.steps:
            values = np.sqrt(np.mean(paths**2, axis=0))
        elif count == moved.size:
            others = [size for axis, size in enumerate(self.lead) if axis != self.along]
            values = _moved_axis(paths.reshape(*others, self.steps), -1, self.along).reshape(-1)
        else:
            return None
        return [number_or_none(one) for one in values]


def _moved_axis(values: Array, source: int, target: int) -> Array:
    import numpy as np

    return np.moveaxis(values, source, target)


def arrangement(
    shape: tuple[int, ...],
    axes: str,
    labels: Sequence[str] | None,
    *,
    along: int | None,
    places: Sequence[Scalar] | None,
) -> Arrangement:
    """Arrange codes of a shape, each of which has the axes named (without N)."""
    lead = shape[: len(shape) - len(axes.replace("N", ""))]
    cells = [str(row) for row in range(math.prod(lead))] if labels is None else labels
    return Arrangement(lead, along, cells, cells if places is None else places)


def joined(report: Report, decoded: DecodeResult, arranged: Arrangement) -> Report:
    """Return the report of a verb with what the decoder adds: moves, settings, notes."""
    columns = list(report.columns)
    records: list[Record] = [dict(row) for row in report.records]
    for name, moved in (
        ("output_step", decoded.moved), ("feature_step", decoded.feature_moved),
    ):  # fmt: skip
        values = None if moved is None else arranged.in_records(moved, len(records))
        if values is not None:
            columns.insert(columns.index("z") if "z" in columns else len(columns), name)
            records = [{**row, name: one} for row, one in zip(records, values, strict=True)]
    summary = {
        key: arranged.place(int(value)) if key.endswith("_at") else value  # type: ignore[arg-type]
        for key, value in decoded.summary.items()
        if arranged.steps is not None and ("output_" in key or "feature_" in key)
    }
    known = {key: decoded.settings[key] for key in _SETTINGS}
    records = [{name: row.get(name) for name in columns} for row in records]
    return replace(
        report,
        columns=tuple(columns),
        records=records,
        views=(
            Sheet("", tuple(name for name in columns if name != "z"), records),
            *report.views,
        ),
        summary={**report.summary, **summary},
        settings={**report.settings, **known},
        notes=(*report.notes, *decoded.notes),
    )


def check(options: Decoding, *, force: bool, timed: bool) -> None:
    """Refuse options that go with others, and files that cannot be written."""
    from latentcli.files import outputs
    from latentcli.pictures._writing import ANIMATIONS

    animations = (options.gif, options.webp, options.mp4)
    given = {
        "strip": options.strip, "gif": options.gif, "webp": options.webp, "mp4": options.mp4,
        "frames": options.frames, "preview": options.preview or None, "feed": options.feed,
        "layout": options.layout, "limits": options.limits, "size": options.size,
        "wav": options.wav, "features": options.features,
    }  # fmt: skip
    if options.decoder is None:
        for name, value in given.items():
            if value:
                if name == "frames" and str(value).isdecimal():
                    raise UsageError(
                        f"--frames names files, such as %04d.png; for {value} frames: --steps {value}"
                    )
                raise UsageError(
                    f"--{name} is for a decoder: --decoder FILE.onnx, or a sample's name"
                )
    if options.fps is not None and not timed and not any(animations):
        raise UsageError("--fps is for --gif, --webp and --mp4")
    for name, file, ending in (
        ("strip", options.strip, ".png"), ("wav", options.wav, ".wav"),
        *zip(("gif", "webp", "mp4"), animations, ANIMATIONS, strict=True),
    ):  # fmt: skip
        if file is not None:
            check_choice(f"ending of --{name}", Path(file).suffix.lower(), [ending])
            outputs.check(Path(file), force=force)
    if options.frames is not None:
        _pattern(options.frames)


def show(
    options: Decoding,
    decoded: DecodeResult,
    output: Output,
    *,
    provenance: Mapping[str, Scalar],
    labels: Sequence[str] = (),
    columns: int | None = None,
    force: bool = False,
) -> None:
    """Write and draw the images by the options, with a label below each; sounds likewise."""
    from latentcli.files.outputs import written_beside
    from latentcli.pictures._writing import FPS, png, write_animation, write_wav

    if options.wav is not None:
        with written_beside(Path(options.wav)) as part:
            write_wav(decoded.outputs, part, 16_000 if options.rate is None else options.rate)
        output.note(f"wrote {options.wav}")
    if not options.wants_images:
        return
    images = decoded.images
    if images is None:
        raise UsageError(
            "the decoder's outputs are not images; --layout and --size say how they are, "
            "`latent decode -o` writes them as they are"
        )
    named = {"decoder": options.decoder, "features": options.features}  # as they were typed
    known = {**provenance, **decoded.settings, **named}
    if options.strip is not None:
        from latentcli.pictures._strip import contact_sheet

        sheet = contact_sheet(images, columns=columns, labels=labels)
        with written_beside(Path(options.strip)) as part:
            part.write_bytes(png(sheet, known))
        output.note(f"wrote {options.strip}: {len(images):,} images")
    rate = options.fps or float(provenance.get("fps") or FPS)  # type: ignore[arg-type]
    for file in (options.gif, options.webp, options.mp4):
        if file is not None:
            with written_beside(Path(file)) as part:
                write_animation(images, part, Path(file).suffix.lower(), fps=rate)
            output.note(f"wrote {file}: {len(images):,} frames, {rate:g} a second")
    if options.frames is not None:
        _write_frames(options.frames, images, known, force=force)
        output.note(f"wrote {options.frames}: {len(images):,} files")
    if options.preview:
        _preview(images, columns)


def _pattern(name: str) -> Path:
    """Return the pattern of numbered files: as it is given, or in the folder that is named."""
    path = Path(name)
    if "%" not in name:
        if path.suffix:
            raise UsageError(f"--frames {name}: a folder, or numbered files such as %04d.png")
        path = path / "%04d.png"
    if len(_NUMBER.findall(path.name)) != 1 or str(path).count("%") != 1:
        raise UsageError(f"--frames {name}: one number in the name, such as %04d.png")
    check_choice("ending of --frames", path.suffix.lower(), [".png"])
    return path


def _write_frames(
    name: str, images: Array, provenance: Mapping[str, Scalar], *, force: bool
) -> None:
    """Write images as numbered files: all of them in a folder beside first, then in their places."""
    from latentcli.files import outputs
    from latentcli.files.pending import holding
    from latentcli.pictures._strip import rgb
    from latentcli.pictures._writing import png

    pattern = _pattern(name)
    paths = [pattern.with_name(pattern.name % number) for number in range(len(images))]
    try:
        pattern.parent.mkdir(parents=True, exist_ok=True)
        for path in paths:
            outputs.check(path, force=force)
        with (
            holding(),
            tempfile.TemporaryDirectory(prefix=".frames.", dir=pattern.parent) as folder,
        ):
            for path, image in zip(paths, images, strict=True):
                (Path(folder) / path.name).write_bytes(png(rgb(image), provenance))
            for path in paths:
                (Path(folder) / path.name).replace(path)
    except OSError as error:
        raise FileError(f"cannot write {name}: {reason(error)}") from error


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
