"""`latent decode CODES --decoder M.onnx`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import Axes, Saving
from latentcli.cli.decoding import Decoding
from latentcli.cli.output import Output
from latentcli.results import Report


def command(
    codes: Annotated[
        str, typer.Argument(metavar="CODES", help="Codes: FILE, FILE::KEY, FILE[0:9].")
    ],
    axes: Axes,
    saving: Saving,
    decoding: Decoding,
    output: Output,
    per_row: Annotated[
        int | None, typer.Option(metavar="N", help="Images in a row of the sheet.")
    ] = None,
) -> None:
    """Decode codes to images (or other outputs) through an ONNX model.

    The input that takes the codes, the layout of the images and the range of their numbers are found from the
    model and its first outputs, and stated; --feed, --layout and --limits set them. For each code the
    table has the least, mean and greatest output, and how far the output moved from the one before (root mean
    square): a large step among small ones is a jump. -o writes the outputs as an array.

    Examples:

    latent decode 'digits::codes[0:10]' --decoder digits --strip digits.png

    latent decode 'digits::codes[0:10]' --decoder digits --json
    """
    from latentcli.cli.decoded import show

    decoding.required()
    decoding.check(force=saving.force)
    saving.check()
    rows = axes.load_rows(codes, output)
    with saving.writer([codes, str(decoding.decoder)]) as writer:
        taken = None if decoding.wav else saving.receiver(writer)
        decoded = decoding.decode(rows, output, out=taken)
        report = Report.of("decode", decoded, settings={"codes": codes})
        if writer is not None:
            if decoded.outputs is not None:
                writer[:] = decoded.outputs
            shape, dtype = decoded.shape, decoded.dtype
            saving.finish(writer, shape, dtype, "decode", report.settings, output)
    labels = [str(number) for number in range(len(decoded.records))]
    show(
        decoding, decoded, output, provenance=report.settings, labels=labels, columns=per_row,
        force=saving.force,
    )  # fmt: skip
    output.show(report)
