"""Lines to type that follow from what the named files hold: which array, column or file of a folder is meant."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from latentcli.cli import file_order
from latentcli.errors import LatentError, shown

if TYPE_CHECKING:
    from latentcli.files.arrays import Shapes

_MANY = 9
"""Models that one line names."""

_TRIED = 256
"""Files of a folder that are looked at."""

_OF_ARRAYS = (".npy", ".npz", ".pt", ".safetensors")

_LARGEST_TABLE = 64 << 20
"""Bytes of a table of which all columns are read for a hint."""


def of_factors(command: str, words: Sequence[str], given: Sequence[str]) -> str:
    """Return the line of a metric with codes and factors, where a folder, an archive or one of both was named."""
    folder = next((word for word in given if Path(word).is_dir()), "")
    if folder and len(given) > 1 and folder != given[-1]:
        models = _models(folder, given[-1])
        if models:
            return (
                f"each file of a folder is a model: {_line(command, words, {folder: models})}"
            )
        return ""
    if len(set(given)) == 1 and (both := _both_in(given[0])):
        return f"codes and factors of one file: {_line(command, words, {given[0]: both})}"
    if len(given) == 1 and _has_factors(given[0]):
        typed = _line(command, words, {given[0]: [given[0], given[0]]})
        return f"codes and factors of one table: {typed}"
    if len(given) == 1 and (factors := file_order.factors_beside(given[0])):
        typed = _line(command, words, {given[0]: [given[0], factors]})
        return f"with the factors beside it: {typed}"
    if file_order.names_say_swapped(given):
        typed = _line(
            command,
            words,
            {**{name: [] for name in given[1:]}, given[0]: [*given[1:], given[0]]},
        )
        return f"CODES come before FACTORS: {typed}"
    return ""


def of_word(words: Sequence[str], given: Sequence[str], table: str) -> str:
    """Return the line that names another column of a table, which has the words that were not found."""
    path = Path(table)
    if "--labels" in words and all(map(str.isdecimal, given)):
        rows = [f"#{word}" if word in given else word for word in words]
        return f"rows are #N where there are labels: {shlex.join(['latent', *rows])}"
    if {"--text-column", "--labels"} & {*words} or not path.is_file():
        return ""
    with suppress(LatentError, OSError, ValueError):
        for name, cells in _names_in(path).items():
            if {*given} <= {*map(str, cells)}:
                line = shlex.join(["latent", *words, "--text-column", name])
                return f"its column '{shown(name)}' has them: {line}"
    return ""


def text_beside(words: Sequence[str], files: Sequence[str]) -> str:
    """Return the line with the text beside a binary file, `vectors.txt` beside the `vectors.bin` of the GloVe tool."""
    for file in files:
        path = Path(file)
        if path.suffix != ".bin":
            continue
        text = path.with_suffix(".txt")
        if path.is_file() and text.is_file() and not _is_read(file):
            line = shlex.join(
                ["latent", *(str(text) if word == file else word for word in words)]
            )
            return f"the text beside it has the words: {line}"
    return ""


def _is_read(address: str) -> bool:
    """Tell a file that some reader takes."""
    from latentcli.files import formats
    from latentcli.files.stream import Stream

    with suppress(LatentError, OSError), Stream(Path(address)) as stream:
        return bool(formats.format_of(stream))
    return False


def of_arrays(given: Sequence[str]) -> str:
    """Return the line that compares arrays whose files stand in the place of words; "" for words."""
    files = [address.partition("[")[0].partition("::")[0] for address in given]
    if not files or not all("." in file and Path(file).is_file() for file in files):
        return ""
    if any("[" in address for address in given):
        return f"codes of files: {shlex.join(['latent', 'directions', 'cosine', *given])}"
    if len(given) == 2 and all(Path(file).suffix in _OF_ARRAYS for file in files):
        return f"two sets, row by row: {shlex.join(['latent', 'compare', *given])}"
    return ""


def of_several_arrays(
    words: Sequence[str], files: Sequence[str], error: LatentError | None
) -> str:
    """Return the line with the array that is meant behind a file of several; "" for another error."""
    from latentcli.files.arrays import AmbiguousError

    if not isinstance(error, AmbiguousError):
        return ""
    for file in files:
        if Path(file).name == error.name and Path(file).is_file():
            address = f"{file}::{error.first}"
            line = shlex.join(
                ["latent", *(address if word == file else word for word in words)]
            )
            return f"one of its arrays: {line}"
    return ""


def _names_in(path: Path) -> dict[str, list[object]]:
    """Return the columns of a table that may name its rows; {} for a text that is too large for a hint."""
    from latentcli.files import labels
    from latentcli.files.formats import parquet, table
    from latentcli.files.stream import Stream

    with Stream(path) as stream:
        if parquet.sniff(stream):
            return parquet.names_in(stream)
        if not table.sniff(stream):
            return {}
    if path.stat().st_size > _LARGEST_TABLE:
        return {}
    return {name: cells.tolist() for name, cells in labels.read_table(str(path)).items()}


def of_classes(words: Sequence[str]) -> str:
    """Return the line with a column of the table of several that --labels names: the one of fewest classes."""
    place = words.index("--labels") + 1 if "--labels" in words else len(words)
    table = "".join(words[place : place + 1])
    if not table or not Path(table).is_file():
        return ""
    from latentcli.files import labels

    with suppress(LatentError, OSError):
        columns = labels.read_table(table)
        counts = {name: len({*map(str, cells.tolist())}) for name, cells in columns.items()}
        texts = [name for name, cells in columns.items() if cells.dtype.kind == "O"]
        several = [name for name in texts or counts if counts[name] > 1]
        if len(columns) > 1 and several:
            name = min(several, key=lambda one: counts[one])
            line = shlex.join(
                ["latent", *words[:place], f"{table}::{name}", *words[place + 1 :]]
            )
            return f"one of its columns: {line}"
    return ""


def of_first_words(command: str, words: Sequence[str], table: str) -> str:
    """Return the line with the first words of the vectors that were named without any."""
    from latentcli.files.load import vectors_of

    with suppress(LatentError, OSError):
        names, _ = vectors_of(table)
        return f"with some of its words: {shlex.join(['latent', command, *names[:4], *words])}"
    return ""


def of_languages(words: Sequence[str], files: Sequence[str]) -> str:
    """Return the line of `latent align` for two languages, whose pairs of words are in a file."""
    named = {"-d", "--dictionary", "--lexicon"} & {*words}
    if named or len(files) not in (2, 3) or len({*files}) < len(files):
        return ""
    if len(files) == 2:
        return f"two languages need pairs of words: {shlex.join(['latent', 'align', *words, '--dictionary'])} FILE"
    from latentcli.files import pairs

    with suppress(LatentError, OSError):
        pairs.read_all(files[2])
        kept = [word for word in words if word != files[2]]
        return f"pairs of words: {shlex.join(['latent', 'align', *kept, '--dictionary', files[2]])}"
    return ""


def _has_factors(address: str) -> bool:
    """Tell a table with columns of factors beside those of its codes."""
    from latentcli.files import factors

    with suppress(LatentError, OSError):
        return bool(factors.beside_codes(factors.read(address)))
    return False


def of_layers(given: Sequence[str]) -> str:
    """Return the line of `latent drift` for codes (N, D) beside codes of layers (N, L, D)."""
    shapes = [_shape(name) for name in given]
    for flat, layered in ((0, 1), (1, 0)):
        if (
            len(shapes[flat]) == 2
            and len(shapes[layered]) == 3
            and shapes[flat][-1] == shapes[layered][-1]
        ):
            files = list(given)
            files[layered] += "[:, 0]"
            return (
                f"{given[layered]} has {shapes[layered][1]} layers; its first: "
                f"{shlex.join(['latent', 'drift', *files])}"
            )
    return ""


def of_rows(command: str, words: Sequence[str], given: Sequence[str]) -> str:
    """Return the line of a command that takes one code, for the first of a file of several."""
    if len(given) != 1 or len(_shape(given[0])) < 2:
        return ""
    return f"of its first code: {_line(command, words, {given[0]: [f'{given[0]}[0]']})}"


def _line(command: str, words: Sequence[str], instead: dict[str, list[str]]) -> str:
    """Return a line with other words in place of the first time that some occur; their repetitions go."""
    typed: list[str] = []
    left = dict(instead)
    for word in words:
        typed += left.pop(word, [] if word in instead else [word])
    return shlex.join(["latent", command, *typed])


def _models(folder: str, factors: str) -> list[str]:
    """Return the arrays of a folder that have as many rows as the factors; a pattern where it names just these."""
    rows = _rows_of_factors(factors)
    files = sorted(path for path in Path(folder).glob("*") if path.is_file())[:_TRIED]
    found = [
        path
        for path in files
        if rows
        and path.suffix in (".npy", ".npz", ".pt", ".safetensors", ".h5")
        and not file_order.is_named_factors(path.name)
        and _shape(str(path), "f")[:1] == (rows,)
    ]
    for suffix in {path.suffix for path in found} if len(found) > _MANY else ():
        pattern = Path(folder, f"*{suffix}")
        if sorted(Path(folder).glob(f"*{suffix}")) == found:
            return [str(pattern)]
    return [str(path) for path in found]


def _rows_of_factors(address: str) -> int:
    from latentcli.files import factors

    with suppress(LatentError, OSError):
        return len(next(iter(factors.read(address).values())))
    return 0


def _shape(address: str, kinds: str = "fiu") -> tuple[int, ...]:
    """Return the shape of an array of numbers of these kinds; () for what is none. Only headers are read."""
    import numpy as np

    from latentcli.files import formats
    from latentcli.files.addresses import split_address, split_slice
    from latentcli.files.stream import Stream

    file, index = split_slice(address)
    path, key = split_address(file)
    with suppress(LatentError, OSError, IndexError, ValueError), Stream(path) as stream:
        reading = formats.read(stream, key)
        kind = "f" if "float" in reading.dtype else np.dtype(reading.dtype).kind
        if reading.shape and kind in kinds:
            return np.broadcast_to(np.uint8(0), reading.shape)[index].shape  # takes no memory
    return ()


def _both_in(address: str) -> list[str]:
    """Return the addresses of codes and factors in one archive; [] where that is not plain."""
    from latentcli.files.contents import shapes_in

    shapes: Shapes = {}
    with suppress(LatentError, OSError):
        shapes = shapes_in(Path(address))
    rows = {
        name: shape[0]
        for name, (shape, kind) in shapes.items()
        if len(shape) == 2 and kind.kind == "f" and not file_order.is_named_factors(name)
    }
    named = [name for name in shapes if file_order.is_named_factors(name)]
    for codes, count in rows.items():
        factors = [name for name in named if shapes[name][0][:1] == (count,)]
        if factors:
            return [f"{address}::{codes}", f"{address}::{factors[0]}"]
        if any(shape == (count,) for shape, _ in shapes.values()):
            return [f"{address}::{codes}", address]
    return []
