"""Whole lines to type in place of some that failed: expressions, pairs, several files, groups of commands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from latentcli.cli import retyped_files
from latentcli.cli.first_lines import holds_vectors
from latentcli.disentanglement import METRICS  # noqa: TID253 - a plain table that imports nothing

_ONE_FILE = {"typical", "geometry", "clusters", "outliers", "duplicates", "traverse", "map", "smoothness"}  # fmt: skip
"""Commands that look at one file."""

_NO_COMMANDS = {
    "help": "the help of a command: latent {}--help",
    "version": "the version: latent --version",
    "list": "commands are listed by latent --help, metrics by latent metrics, sample files by latent sample",
}
"""What stands for a command in other tools."""

_IN_GROUPS = {"directions": "directions pca", "cache": "info"}
"""Groups of commands, and what a file that stands in place of a command is most often meant for."""


def line(command: str, words: Sequence[str], given: Sequence[str], files: Sequence[str]) -> str:
    """Return in a phrase the line that works, or ""; `given` are the words that are no options.

    >>> line("analogy", ["king - man + woman"], ["king - man + woman"], [])
    "an expression: latent expr 'king - man + woman'"
    """
    if command in _NO_COMMANDS:
        return _NO_COMMANDS[command].format("".join(f"{word} " for word in given))
    if command in _IN_GROUPS and files and given[:1] == files[:1]:
        return f"for a file: latent {_IN_GROUPS[command]} {_quoted(words)}"
    if command in _ONE_FILE and len(files) > 1 and len(files) == len(given):
        return _of_several(command, words, files)
    if command == "evaluate":
        return _of_weat(given, files) if "weat" in given else _of_folder(words, given)
    if command in METRICS and (several := _of_metrics(command, words)):
        return several
    if command in METRICS or command == "disentanglement":
        return retyped_files.of_factors(command, words, given)
    if command == "metrics" and files:
        found = retyped_files.of_factors("disentanglement", words, given)
        return found or f"codes are scored by: latent disentanglement {_quoted(words)}"
    answer = _OF_WORDS.get(command)
    return answer(words, given) if answer else _of_codes(command, words, given, files)


def _of_codes(
    command: str, words: Sequence[str], given: Sequence[str], files: Sequence[str]
) -> str:
    """Return the line for codes and what follows them; "" for nothing."""
    if command == "truncate" and len(given) > 1 and "--mean" not in words:
        return _of_truncation(given)
    if command == "project" and len(files) == len(given) > 2:
        return f"one file of codes at a time: latent project {_quoted([files[0], files[-1]])}"
    if command == "drift" and files == [*given]:
        return _of_sets(files)
    if command in ("geometry", "map"):
        return retyped_files.of_classes([command, *words])
    if command == "convert" and len(given) > 1 and given[-1].endswith(".csv"):
        line = _quoted([f"{word[:-4]}.jsonl" if word == given[-1] else word for word in words])
        return (
            f"JSON lines keep all columns of a table, CSV is not written: latent convert {line}"
        )
    if command == "align":
        return retyped_files.of_languages(words, files)
    if command == "traverse":
        return retyped_files.of_rows(command, words, given)
    if command == "sample-z" and all(map(str.isdecimal, given)):
        return _of_sizes(given)
    if command == "capacity" and len(given) == 1:
        return _of_capacity(words, given[0])
    return ""


def _of_metrics(command: str, words: Sequence[str]) -> str:
    """Return the line of several metrics, where columns of one were requested that are others."""
    place = words.index("--columns") + 1 if "--columns" in words else len(words)
    names = [name.strip() for name in ",".join(words[place : place + 1]).split(",")]
    metrics = [name for name in names if name in METRICS]
    if not {*metrics} - {command}:
        return ""
    line = [*words[: place - 1], "--only", ",".join(metrics), *words[place + 1 :]]
    return f"several metrics: latent disentanglement {_quoted(line)}"


def _of_sets(files: Sequence[str]) -> str:
    """Return the line of `latent drift` for two of several sets, or for codes beside codes of layers."""
    if len(files) > 2:
        typed = _quoted(["latent", "drift", files[0], files[2]])
        return f"two sets at a time: {typed}; all at once, row by row: latent compare"
    return retyped_files.of_layers(files) if len(files) == 2 else ""


def _of_sizes(given: Sequence[str]) -> str:
    """Return the line of `latent sample-z` for the size of a code, or for how many of which size."""
    if len(given) == 1:
        return f"the size of a code is an option: latent sample-z --dim {given[0]}"
    if len(given) != 2:
        return ""
    last = max(int(given[0]) - 1, 0)
    return f"seeds and size are options: latent sample-z --seeds 0-{last} --dim {int(given[1])}"


def _of_capacity(words: Sequence[str], given: str) -> str:
    """Return the line for a number of units, or for a file."""
    if not given.isdecimal():
        return f"vectors are named with -v: latent capacity {_quoted(['-v', *words])}"
    return f"for units --dims, for concepts --concepts: latent capacity {_quoted(['--dims', given])}"


def _of_folder(words: Sequence[str], given: Sequence[str]) -> str:
    """Return the line of a benchmark with the vectors of a folder behind -v; "" for no folder of vectors."""
    folder = next((word for word in given if Path(word).is_dir()), "")
    files = sorted(map(str, Path(folder).glob("*"))) if folder else []
    vectors = [
        file
        for file in files
        if Path(file).is_file() and Path(file).suffix != ".npy" and holds_vectors(file)
    ]
    if not vectors:
        return ""
    named = [part for file in vectors for part in ("-v", file)]
    kept = [word for word in words if word != folder]
    return f"vectors are named with -v: latent evaluate {_quoted([*kept, *named])}"


def _of_expression(words: Sequence[str], given: Sequence[str]) -> str:
    """Return the line of an expression without its blanks."""
    if len(given) != 1 or not re.fullmatch(r"[^\s+-]+([+-][^\s+-]+)+", given[0]):
        return ""
    spaced = re.sub(r"([+-])", r" \1 ", given[0])
    return f"its parts are separated by spaces: latent expr {_quoted([spaced])}"


def _of_analogy(words: Sequence[str], _: Sequence[str]) -> str:
    """Return the line of an expression, or of A:B::C:?, which says that A is to B as C is to a word to be found."""
    options = [place for place, word in enumerate(words) if re.match("--?[a-z]", word)]
    typed = " ".join(words[: min([*options, len(words)])])
    if match := re.fullmatch(r"(\S+?)\s*:\s*(\S+?)\s*::\s*([^\s:]+)\s*(?::\s*\??)?", typed):
        first, second, third = match.groups()
        return f"A is to B as C is to: latent analogy {_quoted([second, first, third])}"
    if re.search(r"\s[-+]\s", typed):
        return f"an expression: latent expr {_quoted([typed])}"
    return ""


def _of_a_list(words: Sequence[str], given: Sequence[str]) -> str:
    """Return the line of words or rows that were typed with commas between them."""
    if not any("," in word for word in given):
        return ""
    split = [
        part
        for word in words
        for part in (re.split(r",\s*", word) if word in given else [word])
        if part
    ]
    return f"words and rows are separated by spaces: latent neighbors {_quoted(split)}"


def _of_pairs(words: Sequence[str], given: Sequence[str]) -> str:
    """Return the line of pairs that were typed as A:B, or that stand in a file."""
    if not given and "-" in words:
        return ""
    if not given:
        return "pairs of words come after it, or from a file, a pair a line: latent similarity - < FILE"
    if all(re.fullmatch(r"[^:]+:[^:]+", word) for word in given):
        split = [
            part for word in words for part in (word.split(":") if word in given else [word])
        ]
        return f"pairs are separated by spaces: latent similarity {_quoted(split)}"
    return ""


def _of_weat(given: Sequence[str], files: Sequence[str]) -> str:
    """Return the line for two words, or for vectors in place of the lists of words that WEAT compares."""
    meant = [word for word in given if word != "weat"]
    if len(meant) == 2 and not files:
        return f"WEAT compares lists of words; for two words: latent project {_quoted([':'.join(meant)])}"
    if len(files) == len(meant) == 1 and holds_vectors(files[0]):
        return f"vectors are named with -v: latent evaluate weat -v {_quoted(files)}"
    return ""


def _of_truncation(given: Sequence[str]) -> str:
    """Return the line with the mean and the factor behind their options."""
    parts = ["latent", "truncate", given[0], "--mean", given[1]]
    return (
        f"the mean and psi are options: {_quoted([*parts, '--psi', *(given[2:3] or ['0.7'])])}"
    )


def _of_several(command: str, words: Sequence[str], files: Sequence[str]) -> str:
    """Return the line of the first of several files, and the command that compares two."""
    first = _quoted([word for word in words if word not in files[1:]])
    return (
        f"one file at a time: latent {command} {first}; two are compared by latent drift "
        f"{_quoted(files[:2])}"
    )


def _quoted(words: Sequence[str]) -> str:
    import shlex

    return shlex.join(words)


_OF_WORDS = {
    "analogy": _of_analogy,
    "similarity": _of_pairs,
    "expr": _of_expression,
    "neighbors": _of_a_list,
}
"""What reads the words of a command: from all of its line, and from what is no option."""
