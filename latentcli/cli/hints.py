"""What to type instead of a command line that failed, where its words show that."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latentcli.errors import LatentError

OPTIONS: dict[str, str] = {
    "--strength": "--by", "--alpha": "--by", "--amount": "--by", "--scale": "--by",
    "--topk": "-k", "--top-k": "-k", "--topn": "-k", "-n": "-k", "--num": "-k",
    "--embeddings": "-v", "--model": "-v", "--vec": "-v",
    "--out": "-o", "--save": "-o", "--write": "-o",
    "--confidence": "--ci", "--bootstrap": "--ci",
    "--layer": "--layers", "--num-steps": "--steps", "--n-steps": "--steps",
    "--truncation": "--psi", "--mean-latent": "--mean-of", "--random-state": "--seed", "--limit": "--restrict", "--seeds": "--seed",
    "--n-frames": "--steps", "--num-frames": "--steps", "--metrics": "--only", "--metric": "--only",
    "--sections": "--only", "--names": "--labels", "--titles": "--labels", "--row-names": "--labels",
    "--clusters": "-k", "--n-clusters": "-k", "--k": "-k",
    "--reference-codes": "--reference", "--duration": "--seconds", "--easing": "--ease",
    "--figure": "--plot", "--save-plot": "--plot", "--direction": "DIR, the second file",
    "--queries": "--vector", "--query": "--vector", "--every": "--all", "--each": "--all",
    "--row": "'#N' in place of a word", "--index": "'#N' in place of a word",
    "--norms": "the column norm, which is always shown", "--length": "the column norm",
    "--pairs": "--lexicon", "--dictionary": "--lexicon", "--method": "--estimator",
    "--test-size": "--test", "--threshold": "--min-score", "--n": "-k", "--axis": "A:B in place of X", "--n-components": "-k", "--components": "-k", "--metric-names": "--only",
    "--dim": "FILE::raw:float32xN in place of FILE", "--dtype": "FILE::raw:float32xN in place of FILE", "--latex": "-f latex", "--csv": "-f csv", "--tsv": "-f tsv", "--markdown": "-f markdown",
}  # fmt: skip
"""Options as other tools call them, and what they are here."""

_ELSEWHERE: dict[str, str] = {
    "--plot": "a picture of codes is latent typical FILE --plot OUT.png, or latent map FILE -o OUT.png",
    "--sample": "FILE[:N] in place of FILE are its first N rows",
    "--layers": "FILE[:, 0:8] in place of FILE are layers 0 to 7",
    "-o": "the answer goes into a file with > FILE; -f csv, json, latex or markdown chooses its format",
    "--one-hot": "latent represent always shows one-hot vectors",
    "--seed": "nothing is random in this command",
    "--ci": "its intervals, where there are any, are at 95 %",
    "--labels": "names of rows are for neighbors, map, duplicates, outliers, clusters and compare",
    "--reference": "codes are compared with others by latent typical CODES --reference OTHERS",
    "--restrict": "FILE[:N] in place of FILE are its first N rows",
    "--among": "candidates are chosen by neighbors, analogy, expr and project --among FILE",
    "--match": "candidates are chosen by neighbors, analogy and expr --match PATTERN",
    "--id": "rows of codes and factors are matched by --id COLUMN in metrics that take FACTORS",
    "--bins": "this command has no bins",
    "--dask": "files larger than one machine are for typical, edit, project, truncate, geometry, drift, map and metrics with FACTORS",
    "--decoder": "codes are decoded by latent decode CODES --decoder MODEL",
    "--gif": "animations are made by latent interp and latent decode --decoder MODEL",
    "--mp4": "animations are made by latent interp and latent decode --decoder MODEL",
    "--where": "rows are chosen by neighbors, analogy and expr --where CONDITION",
    "--show": "columns of a table are shown by neighbors, analogy and expr --show COLUMN",
}
"""What to type in place of an option that some commands have, where the command has it not."""

_IN_PLACE = {
    ("map", "--plot"): "-o", ("interp", "--method"): "--slerp", ("capacity", "--dim"): "--dims", ("dci", "--model"): "--estimator", ("dci-es", "--model"): "--estimator",
    ("interp", "--n"): "--steps", ("interp", "-n"): "--steps", ("sample-z", "--n"): "--seeds 0-N",
    ("sample-z", "-n"): "--seeds 0-N", ("interp", "--from"): "FILE[0] FILE[5] in place of FILE",
    ("interp", "--to"): "FILE[0] FILE[5] in place of FILE",
    ("sample-z", "--seed"): "--seeds 3, or --seeds 0-9", ("sample-z", "--shape"): "--dim 4x64x64",
    ("sample-z", "--size"): "--dim", ("direction", "--paired"): "latent directions contrast POS NEG, for pairs", ("project", "--words"): "--among", ("project", "--pair"): "A:B in place of X",
    ("grid", "--steps"): "--rows N --cols N", ("truncate", "--w-avg"): "--mean", ("interp", "--t"): "--at",
    ("similarity", "--file"): "'-' in place of words: latent similarity - < FILE",
    ("neighbors", "--file"): "'-' in place of words: latent neighbors - < FILE",
    ("similarity", "--metric"): "cosine, distance and angle, which are all shown",
}  # fmt: skip
"""Options of a command that have another name in it than in its family."""

_VECTORS = {"-v", "--vectors"}
_OF_WORDS = {"analogy", "neighbors", "similarity", "distances", "odd", "relation"}
_OF_CODES = {"direction"}
_OF_PAIRS = {"similarity", "distances"}

_ONLY_FOR = {
    "--row": _OF_WORDS, "--index": _OF_WORDS, "--norms": ("", "interp", "typical"),
    "--length": ("", "interp", "typical"), "--axis": ("", "project"), "--direction": ("", "edit", "project"),
}  # fmt: skip
"""Commands in which what is to be typed in place of an option exists."""

_NOT_FOR = {"--dim": ("download", "sample"), "--dtype": ("download",)}
"""Commands in which it does not."""

_OF_ROWS = ("--sample", "--restrict")
"""Options that leave rows out, which commands of words do not."""


def of_misuse(error: Any) -> str:
    """Return what Typer's error says is wrong with a command line, and what to type instead."""
    text: str = error.format_message().removesuffix(".")
    context = error.ctx  # None where a command itself refuses
    if context and text.startswith("Missing"):
        text += f"; usage: {' '.join(context.get_usage().split()[1:])}"
    if value := _without_value(text, context.command.params if context else ()):
        return value
    if context and (name := getattr(error, "option_name", "")):
        known = {option for one in context.command.params for option in one.opts}
        if hint := of_option(name, known, context.info_name or ""):
            text = text.partition(" (Possible")[0] + hint
    return text[:1].lower() + text[1:]


_UNFOLLOWED = re.compile(
    r"Option '(-\S+)' requires an argument|Invalid value for '(-\S+)[^']*'[^:]*: '-{1,2}[a-z].*'"
)
"""What Typer says of an option at the end of a line, or before another option."""


def _without_value(text: str, params: Sequence[Any]) -> str:
    """Return how an option that lacks its value is typed; "" for another error."""
    match = _UNFOLLOWED.match(text)
    name = (match[1] or match[2]) if match else ""
    if not name:
        return ""
    # The parser itself knows no parameters, and so no names of their values.
    values = [one.metavar or one.type.name.upper() for one in params if name in one.opts]
    value = {"--plot": "FILE", "-o": "FILE", "-v": "FILE", "-f": "FORMAT"}.get(name, "VALUE")
    more = "; '--plot -' draws in the terminal" if name == "--plot" else ""
    return f"option '{name}' needs a value: {name} {[*values, value][0]}{more}"


def of_option(name: str, known: Collection[str], command: str = "") -> str:
    """Return the option of a command that another tool or command calls `name`, in a phrase; "" for none.

    >>> of_option("--latex", {"-f", "--format"}), of_option("--latex", {"-k"})
    ('; here it is -f latex', '')
    >>> of_option("--sample", {"-k"})
    '; FILE[:N] in place of FILE are its first N rows'
    """
    name = {"--output": "-o"}.get(name, name)
    if command in _NOT_FOR.get(name, ()) or command not in _ONLY_FOR.get(name, (command,)):
        return ""
    here = _IN_PLACE.get((command, name)) or OPTIONS.get(name, "")
    if name in _OF_ROWS and command in _OF_WORDS:
        return "; all rows of the vectors are used"
    named = here.startswith("-")
    if here and (not named or here.split()[0] in known):
        return f"; here it is {here}"
    return f"; {_ELSEWHERE[name]}" if name in _ELSEWHERE else ""


def after(arguments: Sequence[str], error: LatentError | None) -> str:
    """Return what to type instead of a line that failed; "" for nothing, and with -q, where there are no notes."""
    if {"-q", "--quiet"} & {*arguments}:
        return ""
    with suppress(OSError, ValueError):  # words that no file can be called by
        return of_words(arguments, error)
    return ""


def of_words(arguments: Sequence[str], error: LatentError | None = None) -> str:
    """Return what to type where files stand among words, or words in the place of codes; "" for nothing.

    >>> of_words(["direction", "he", "she"])
    'direction takes files of codes; for words: latent project he:she'
    """
    if not arguments:
        return ""
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
    from latentcli.cli import retyped
    from latentcli.cli.exit_codes import UsageError

    mistyped = error is None or ("--group" in arguments and isinstance(error, UsageError))
    if {"--group", "--sweep"} & {*arguments} and mistyped:
        return _grouped(command, list(arguments[1:]))

    return _of_vectors(arguments, words, given, files, named, error) or retyped.line(
        command, arguments[1:], given, files
    )


def _of_vectors(
    arguments: Sequence[str],
    words: list[str],
    given: list[str],
    files: list[str],
    named: str,
    error: LatentError | None,
) -> str:
    """Return the line with vectors where they belong: behind -v, in a text, in another column; "" for none."""
    import shlex

    from latentcli.cli import retyped_files
    from latentcli.errors import WordError

    command = arguments[0]
    if beside := retyped_files.text_beside(arguments, [*files, named]):
        return beside
    if several := retyped_files.of_several_arrays(arguments, [*files, named], error):
        return several
    arrays = retyped_files.of_arrays(given) if command in _OF_PAIRS and not named else ""
    if arrays:
        return arrays
    if command in ("distances", "odd", "similarity") and named and not (given or "-" in words):
        return retyped_files.of_first_words(command, arguments[1:], named)
    if command == "evaluate" and files and not named and "weat" not in given:
        return _evaluated(words, files)
    if command in _OF_WORDS and files and not named:
        return _asked(command, words, given, files)
    missing = isinstance(error, WordError) and " is not " in str(error)
    if command in _OF_WORDS and named and given and missing:
        return retyped_files.of_word(arguments, given, named)
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


_OF_ONE_RUN = re.compile(r"[_.-]?(?:s|seed|run)?[_-]?\d+$")
"""What of a file's name says which of several runs it is: beta4_s0, vae-seed12."""


def _grouped(command: str, words: list[str]) -> str:
    """Return the line of `latent disentanglement` with a group for each setting; "" for no metric."""
    import shlex
    from pathlib import Path

    from latentcli.disentanglement import METRICS

    if command not in METRICS and command != "disentanglement":
        return ""
    files = [word for word in words if os.path.isfile(word)]  # noqa: PTH113
    groups: dict[str, str] = {}
    for path in map(Path, files[:-1]):
        run = _OF_ONE_RUN.search(path.stem)
        if run:
            setting = path.stem[: run.start()]
            pattern = str(path.with_name(f"{path.stem.rstrip('0123456789')}*{path.suffix}"))
            groups.setdefault(setting, pattern)
    only = words[words.index("--only") : words.index("--only") + 2] if "--only" in words else []
    line = ["latent", "disentanglement", files[-1] if files else "FACTORS"]
    line += ["--only", command] if command in METRICS else only
    for name, pattern in groups.items() or [("beta4", "beta4_*.npy")]:
        line += ["--group", f"{name}={pattern}"]
    return f"models are grouped by their files: {shlex.join(line)}"


def _asked(command: str, words: list[str], given: list[str], files: list[str]) -> str:
    """Return the line that asks for words where files of vectors, or one of words, stand among them."""
    import shlex

    from latentcli.cli.first_lines import holds_vectors

    if given == files and len(files) == 1 and not holds_vectors(files[0]):
        kept = [word for word in words if word != files[0]]
        typed = shlex.join(["latent", command, "-", *kept])
        return f"words of a file, a line each: {typed} < {shlex.quote(files[0])}"
    kept = [word for word in words if word not in files]
    if "--labels" in words and holds_vectors(files[0]):
        # A number is a row of an array, whose labels are words.
        kept = [f"#{word}" if word in given and word.isdigit() else word for word in kept]
    typed = shlex.join(["latent", command, *kept, "-v", files[0]])
    more = f"; then with -v {shlex.quote(files[1])}" if len(files) > 1 else ""
    return f"vectors are named with -v: {typed}{more}"


def _evaluated(words: list[str], files: list[str]) -> str:
    """Return the line of `latent evaluate` with its files of vectors behind -v; "" where there are none.

    Of vectors alone, for the benchmarks that come with the tool.
    """
    import shlex

    from latentcli.cli.first_lines import holds_vectors

    vectors = [file for file in files if holds_vectors(file)]
    has_own = words[0] in ("analogies", "similarity")
    if not vectors or (len(vectors) == len(files) and not has_own):
        return ""
    kept = [word for word in words if word not in vectors]
    named = [part for file in vectors for part in ("-v", file)]
    return f"vectors are named with -v: {shlex.join(['latent', 'evaluate', *kept, *named])}"
