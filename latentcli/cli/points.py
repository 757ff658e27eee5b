"""Points of a file as a command takes them: word vectors, or codes with one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentcli.cli.arrays import Axes
from latentcli.cli.decoding import Model
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.output import Output
from latentcli.cli.source import Source

if TYPE_CHECKING:
    from latentcli.files.codes import Codes
    from latentcli.numerics.types import Array
    from latentcli.results import Record
    from latentcli.words._space import Space


def load(
    address: str,
    axes: Axes,
    output: Output,
    *,
    no_cache: bool,
    ignore_case: bool = False,
    labels: str | None = None,
) -> Space | Codes:
    """Open word vectors, mapped from the cache, or read codes (N, ...), NaN and all.

    With `labels`, a file of names for the rows, codes are read as words of these names.
    """
    from latentcli.files import codes

    if labels is not None and axes.axes:
        raise UsageError("--labels names the rows of (N, D): leave --axes out")
    if labels is not None or (not axes.axes and codes.holds_words(address)):
        source = Source(
            vectors=[address], labels=labels, ignore_case=ignore_case, no_cache=no_cache
        )
        return source.open(output)
    loaded = codes.load(address, axes=axes.axes, finite=False)
    for text in loaded.notes:
        output.note(text)
    return loaded.rows()


def at_length_1(address: str, labels: str | None, unit: bool | None) -> bool | None:
    """Return whether rows are taken at length 1: names for the rows of codes do not change what they are."""
    from latentcli.files import codes

    return False if unit is None and labels and not codes.holds_words(address) else unit


def decoded(x: Space | Codes, model: Model, output: Output) -> tuple[Array, Record]:
    """Return what a decoder makes of points (N, M), or what a second network makes of that; and settings."""
    import numpy as np

    from latentcli.pictures import decode

    codes = np.asarray(getattr(x, "matrix", x))
    with output.progress("decoding") as progress:
        made = decode(
            codes, model.open(output), batch=model.batch, images=False, progress=progress
        )
    assert made.outputs is not None
    outputs = made.outputs
    network = model.open_features(output)
    if network is not None:
        outputs = np.concatenate(list(network.decode(outputs, batch=model.batch)))
    settings: Record = {name: made.settings[name] for name in ("decoder", "provider")}
    settings["features"] = None if network is None else str(network.path)
    return outputs.reshape(len(outputs), -1), settings
