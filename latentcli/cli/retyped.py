"""Whole lines to type in place of some that failed: expressions, pairs, several files, groups of commands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from latentcli.cli.first_lines import holds_vectors

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
    if command == "evaluate" and "weat" in given:
        return _of_weat(given, files)
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
    return ""


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
    """Return the line for two words, or for vectors without the lists of words that WEAT compares."""
    meant = [word for word in given if word != "weat"]
    if len(meant) == 2 and not files:
        return f"WEAT compares lists of words; for two words: latent project {_quoted([':'.join(meant)])}"
    if len(files) == len(meant) <= 1 and all(map(holds_vectors, files)):
        named = f" -v {_quoted(files)}" if files else ""
        return f"four lists of words, such as 'men: he him his', are in LISTS: latent evaluate weat LISTS{named}"
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
