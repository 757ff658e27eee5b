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
    "--n-frames": "--steps", "--num-frames": "--steps", "--metrics": "--only", "--metric": "--only",
    "--sections": "--only", "--names": "--labels", "--titles": "--labels", "--row-names": "--labels",
    "--clusters": "-k", "--n-clusters": "-k", "--k": "-k",
    "--reference-codes": "--reference", "--duration": "--seconds", "--easing": "--ease",
    "--plot": "-o", "--figure": "--plot", "--save-plot": "--plot", "--direction": "DIR, the second file",
    "--row": "'#N' in place of a word", "--index": "'#N' in place of a word",
    "--norms": "the column norm, which is always shown", "--length": "the column norm",
    "--pairs": "--lexicon", "--dictionary": "--lexicon",
    "--latex": "-f latex", "--csv": "-f csv", "--tsv": "-f tsv", "--markdown": "-f markdown",
}  # fmt: skip
"""Options as other tools call them, and what they are here."""

_VECTORS = {"-v", "--vectors"}
_OF_WORDS = {"analogy", "neighbors", "similarity", "distances", "odd", "relation"}
_OF_CODES = {"direction"}
_MANY_FIELDS = 12
"""Fields of a line from which it holds a vector, not a question."""


def of_misuse(error: Any) -> str:
    """Return what Typer's error says is wrong with a command line, and what to type instead."""
    text: str = error.format_message().removesuffix(".")
    context = error.ctx  # None where a command itself refuses
    if context and text.startswith("Missing"):
        text += f"; usage: {' '.join(context.get_usage().split()[1:])}"
    if context and (name := getattr(error, "option_name", "")):
        known = {option for one in context.command.params for option in one.opts}
        if hint := of_option(name, known):
            text = text.partition(" (Possible")[0] + hint
    return text[:1].lower() + text[1:]


def of_option(name: str, known: Collection[str]) -> str:
    """Return the option of a command that another tool calls `name`, in a phrase; "" for none.

    >>> of_option("--latex", {"-f", "--format"}), of_option("--latex", {"-k"})
    ('; here it is -f latex', '')
    """
    here = OPTIONS.get(name, "")
    named = here.startswith("-")
    return f"; here it is {here}" if here and (not named or here.split()[0] in known) else ""


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
    given = [
        word
        for before, word in zip(["", *words], words, strict=False)
        if not before.startswith("-") and not word.startswith("-")
    ]
    files = [word for word in given if "." in word and os.path.isfile(word)]  # noqa: PTH113
    if command == "evaluate" and files and not named:
        return _evaluated(words, files)
    if command in _OF_WORDS and files and not named:
        return _asked(command, words, given, files)
    if command in _OF_CODES and len(given) == 2 and not files:
        typed = shlex.join(
            ["latent", "project", ":".join(given), *(["-v", named] if named else [])]
        )
        return f"{command} takes files of codes; for words: {typed}"
    return ""


def may_be_a_word(error: Any) -> bool:
    """Tell whether what Typer refused may be a word: an option with two dashes is none."""
    return not str(getattr(error, "option_name", "")).startswith("--")


def is_negative(word: str) -> bool:
    """Tell a word that begins with one dash, as `-man` in an expression does."""
    return len(word) > 2 and word[0] == "-" and word[1] != "-"


def _asked(command: str, words: list[str], given: list[str], files: list[str]) -> str:
    """Return the line that asks for words where files of vectors, or one of words, stand among them."""
    import shlex

    if given == files and len(files) == 1 and not _holds_vectors(files[0]):
        kept = [word for word in words if word != files[0]]
        typed = shlex.join(["latent", command, "-", *kept])
        return f"words of a file, a line each: {typed} < {shlex.quote(files[0])}"
    kept = [word for word in words if word not in files]
    typed = shlex.join(["latent", command, *kept, "-v", files[0]])
    more = f"; then with -v {shlex.quote(files[1])}" if len(files) > 1 else ""
    return f"vectors are named with -v: {typed}{more}"


def _evaluated(words: list[str], files: list[str]) -> str:
    """Return the line of `latent evaluate` with its files of vectors behind -v; "" where there are none."""
    import shlex

    vectors = [file for file in files if _holds_vectors(file)]
    if not vectors or not words or len(vectors) == len(files):
        return ""
    kept = [word for word in words if word not in vectors]
    named = [part for file in vectors for part in ("-v", file)]
    return f"vectors are named with -v: {shlex.join(['latent', 'evaluate', *kept, *named])}"


def _holds_vectors(path: str) -> bool:
    """Tell a file of vectors from one of words or questions by its first lines."""
    try:
        with open(path, "rb") as stream:  # noqa: PTH123 - pathlib takes longer to import
            lines = stream.read(1 << 16).split(b"\n")[:3]
    except OSError:
        return False
    return any(b"\0" in line or len(line.split()) > _MANY_FIELDS for line in lines)
