"""What to type instead of a command line that failed, where its words show that."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from typing import Any

OPTIONS: dict[str, str] = {
    "--strength": "--by", "--alpha": "--by", "--amount": "--by", "--scale": "--by",
    "--topk": "-k", "--top-k": "-k", "--topn": "-k", "-n": "-k", "--num": "-k",
    "--embeddings": "-v", "--model": "-v", "--vec": "-v",
    "--out": "-o", "--save": "-o", "--write": "-o",
    "--confidence": "--ci", "--bootstrap": "--ci",
    "--layer": "--layers", "--num-steps": "--steps", "--n-steps": "--steps",
    "--truncation": "--psi", "--mean-latent": "--mean-of", "--random-state": "--seed",
    "--latex": "-f latex", "--csv": "-f csv", "--tsv": "-f tsv", "--markdown": "-f markdown",
}  # fmt: skip
"""Options as other tools call them, and what they are here."""

_VECTORS = {"-v", "--vectors"}
_OF_WORDS = {"analogy", "neighbors", "similarity", "distances", "odd", "relation"}
_OF_CODES = {"direction"}


def of_misuse(error: Any) -> str:
    """Return what Typer's error says is wrong with a command line, and what to type instead."""
    text: str = error.format_message().removesuffix(".")
    context = error.ctx  # None where a command itself refuses
    if context and text.startswith("Missing"):
        text += f"; usage: {' '.join(context.get_usage().split()[1:])}"
    if context and (name := getattr(error, "option_name", "")):
        known = {option for one in context.command.params for option in one.opts}
        text += of_option(name, known)
    return text[:1].lower() + text[1:]


def of_option(name: str, known: Collection[str]) -> str:
    """Return the option of a command that another tool calls `name`, in a phrase; "" for none.

    >>> of_option("--latex", {"-f", "--format"}), of_option("--latex", {"-k"})
    ('; here it is -f latex', '')
    """
    here = OPTIONS.get(name, "")
    return f"; here it is {here}" if here and here.split()[0] in known else ""


def of_words(arguments: Sequence[str]) -> str:
    """Return what to type where files stand among words, or words in the place of codes; "" for nothing.

    >>> of_words(["direction", "he", "she"])
    'direction takes files of codes; for words: latent project he:she'
    """
    if not arguments:
        return ""
    import shlex

    command, words, named = arguments[0], list(arguments[1:]), ""
    for option in _VECTORS & {*words}:
        place = words.index(option)
        named = " ".join(words[place + 1 : place + 2])
        del words[place : place + 2]
    given = [word for word in words if not word.startswith("-")]
    files = [word for word in given if "." in word and os.path.isfile(word)]  # noqa: PTH113
    if command in _OF_WORDS and files and not named:
        kept = [word for word in words if word != files[0]]
        typed = shlex.join(["latent", command, *kept, "-v", files[0]])
        return f"vectors are named with -v: {typed}"
    if command in _OF_CODES and len(given) == 2 and not files:
        typed = shlex.join(
            ["latent", "project", ":".join(given), *(["-v", named] if named else [])]
        )
        return f"{command} takes files of codes; for words: {typed}"
    return ""
