"""What a shell offers for a value: choices of an option, samples, files, and keys after `FILE::`.

`offer` is called only while a shell asks for completions, so nothing here costs a command its start.
"""

from __future__ import annotations

import inspect
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any

CHOICES: dict[str, tuple[str, ...]] = {
    "--format": ("latentcli.render:RENDERERS",),
    "--axes": ("D ND LD NLD",),
    "--binning": ("width distinct quantile fixed",),
    "--protocol": ("latentcli.words.evaluation._protocol:PROTOCOLS",),
    "--oov": ("skip wrong",),
    "--ease": ("latentcli.latents._along:EASES",),
    "--layout": ("latentcli.pictures._images:LAYOUTS",),
    "--plot-size": ("column page",),
    "evaluate similarity --oov": ("latentcli.words.evaluation._similarity:OOV",),
    "map --method": ("latentcli.pictures._projection:METHODS",),
    "convert --to": ("latentcli.files.writers:WRITERS",),
    "convert --dtype": ("latentcli.files.writers:DTYPES",),
    "compare --metric": ("latentcli.comparison._overlap:METRICS",),
    "train --model": ("latentcli.words._training:MODELS",),
    "directions contrast --method": ("latentcli.latents._contrasts:METHODS",),
    "udr --estimator": ("latentcli.disentanglement._udr:ESTIMATORS",),
    "udr --weighting": ("latentcli.disentanglement._udr:WEIGHTINGS",),
    "smoothness --path": ("latentcli.pictures._smoothness:PATHS",),
    "download name": ("latentcli.files.downloads:GENSIM",),
    "--norm": ("latentcli.latents._interpolation:NORMS",),
    "analogy --method": ("latentcli.words._analogy:METHODS",),
    "evaluate analogies --method": ("latentcli.words.evaluation._analogy_scores:METHODS",),
    "direction --method": ("latentcli.latents._direction_fits:METHODS", "correlation"),
    "neighbors --metric": ("latentcli.words._ranking:METRICS",),
    "expr --metric": ("latentcli.words._ranking:METRICS",),
    "distances --metric": ("latentcli.numerics.vectors:DISTANCES",),
    "clusters --method": ("latentcli.geometry._labelers:METHODS",),
    "evaluate retrieval --quantize": ("latentcli.words.evaluation._compression:QUANTIZATIONS",),
    "evaluate retrieval --similarity": (
        "latentcli.words.evaluation._retrieval_sides:SIMILARITIES",
    ),
    "outliers --method": ("latentcli.geometry._outliers:METHODS",),
    "geometry --only": ("latentcli.geometry:SECTIONS", "latentcli.geometry:MEASURES"),
    "disentanglement --only": ("latentcli.disentanglement:METRICS",),
    "metrics name": ("latentcli.disentanglement:METRICS",),
    "sample name": ("latentcli.files.samples:SAMPLES",),
    "sample names": ("latentcli.files.samples:SAMPLES",),
}
"""What an option can be, of all commands or of one: tables as module:NAME, or the words themselves."""

_LISTS = {"--only", "--quantize"}
"""Options that take several choices with commas between."""

_SMALL = 1 << 20
"""Bytes of a file of JSON up to which its columns are offered."""

_WORDS = {"words", "texts", "expression", "expressions", "pairs", "word"}
"""Arguments that are no files."""

Complete = Callable[[str], list[str]]


def offer(command: Callable[..., Any], name: str) -> None:
    """Give each option and argument of a command the completion of its values."""
    for parameter in inspect.signature(command).parameters.values():
        for info in getattr(parameter.annotation, "__metadata__", ()):
            found = _completion(name, parameter.name, info)
            if found is not None:
                info.autocompletion = found


def _completion(command: str, parameter: str, info: Any) -> Complete | None:
    argument = type(info).__name__ == "ArgumentInfo"
    label = parameter if argument else f"--{parameter.replace('_', '-')}"
    for key in (f"{command} {label}", label):
        if key in CHOICES:
            return _choosing(_values(CHOICES[key]), lists=label in _LISTS)
    if label in ("--estimator", "--compat"):
        return _choosing(_of_metric(command, label))
    if argument:
        return None if parameter in _WORDS else files
    return files if "FILE" in (info.metavar or "") else None


def _values(sources: Iterable[str]) -> list[str]:
    found: list[str] = []
    for source in sources:
        module, _, name = source.partition(":")
        found += getattr(import_module(module), name) if name else source.split()
    return found


def _of_metric(command: str, option: str) -> list[str]:
    """Return the estimators of a metric, or the libraries it can be compatible with."""
    from latentcli.disentanglement import METRICS, about

    if command not in METRICS:
        return []
    facts = about(command)
    return [*(facts.estimators if option == "--estimator" else facts.compat)]


def _choosing(values: list[str], *, lists: bool = False) -> Complete:
    def complete(incomplete: str) -> list[str]:
        before, comma, last = incomplete.rpartition(",") if lists else ("", "", incomplete)
        return [f"{before}{comma}{value}" for value in values if value.startswith(last)]

    return complete


def files(incomplete: str) -> list[str]:
    """Return samples and files whose names begin so; after `FILE::`, what is in the file."""
    from latentcli.files.samples import SAMPLES

    address, colons, begun = incomplete.rpartition("::")
    if colons:
        return [f"{address}::{key}" for key in keys(address) if key.startswith(begun)]
    path = Path(incomplete)
    folder = path if incomplete.endswith("/") else path.parent
    begins = "" if incomplete.endswith("/") else path.name
    try:
        there = sorted(entry for entry in folder.iterdir() if entry.name.startswith(begins))
    except OSError:
        there = []
    shown = [f"{entry}/" if entry.is_dir() else str(entry) for entry in there]
    samples = [name for name in SAMPLES if name.startswith(incomplete)]
    return list(dict.fromkeys([*shown, *samples]))


@contextmanager
def words_of_bash() -> Iterator[None]:
    """Put `FILE::KEY` together, which bash takes apart at colons; give back what it replaces."""
    words = os.environ.get("COMP_WORDS", "").split()
    place = os.environ.get("COMP_CWORD", "")
    if "::" not in words or not place.isdecimal():
        yield
        return
    words = [*words, ""][: int(place) + 1]
    ends_in_colons = words[-1] == "::"
    joined: list[str] = []
    for word in words:
        if joined and (word == "::" or joined[-1].endswith("::")):
            joined[-1] += word
        else:
            joined.append(word)
    os.environ |= {"COMP_WORDS": " ".join(joined), "COMP_CWORD": str(len(joined) - 1)}
    address, colons, _ = joined[-1].rpartition("::")
    out = io.StringIO()
    try:
        with redirect_stdout(out):
            yield
    finally:
        prefix = address if ends_in_colons else address + colons
        for line in out.getvalue().splitlines(keepends=True):
            sys.stdout.write(line.removeprefix(prefix))


def keys(address: str) -> list[str]:
    """Return the arrays of an archive, or the columns of a table, that `FILE::KEY` can name."""
    import zipfile

    from latentcli.errors import LatentError
    from latentcli.files import delimited, labels, samples

    try:
        path = Path(samples.find(address))
        if path.suffix == ".npz":
            with zipfile.ZipFile(path) as archive:
                return [name.removesuffix(".npy") for name in archive.namelist()]
        if path.suffix in (".csv", ".tsv"):
            with path.open("rb") as handle:
                lines = [handle.readline(1 << 16).rstrip(b"\r\n") for _ in range(2)]
            first = lines[0].removeprefix(delimited.BOM)
            separator = delimited.separator_of([first, *filter(None, lines[1:])])
            return [name.decode("utf-8").strip() for name in delimited.split(first, separator)]
        if path.suffix in (".json", ".jsonl", ".ndjson") and path.stat().st_size < _SMALL:
            return list(labels.read_table(str(path)))
    except (OSError, ValueError, LatentError, zipfile.BadZipFile):
        return []  # nothing to offer, and nothing to say in a completion
    return []
