"""`latent decode CODES --decoder M.onnx`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latentcli.cli.arrays import Axes, Saving
from latentcli.cli.decoding import Decoding
from latentcli.cli.exit_codes import UsageError
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
    wav: Annotated[
        str | None,
        typer.Option(metavar="FILE.wav", help="Write outputs (N, samples) as sound."),
    ] = None,
    rate: Annotated[
        int, typer.Option(metavar="HZ", help="Samples a second of --wav.")
    ] = 16_000,
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
    if decoding.decoder is None:
        raise UsageError("name a model: --decoder FILE.onnx, or a sample's name")
    decoding.check(force=saving.force)
    saving.check()
    decoded = decoding.decode(axes.load_rows(codes, output), output)
    labels = [str(number) for number in range(len(decoded.records))]
    decoding.show(decoded, output, provenance={"codes": codes}, labels=labels, columns=per_row)
    if saving.output_file is not None and decoded.outputs is not None:
        inputs = [codes, decoding.decoder]
        saving.save(decoded.outputs, "decode", decoded.settings, inputs, output)
    if wav is not None:
        from latentcli.files.outputs import check, written_beside
        from latentcli.pictures._writing import write_wav

        check(Path(wav), force=saving.force)
        with written_beside(Path(wav)) as part:
            write_wav(decoded.outputs, part, rate)
        output.note(f"wrote {wav}")
    output.show(Report.of("decode", decoded, settings={"codes": codes}))
