"""The command line: the table of commands, and the one place that catches errors.

Only the module of the command that is run is imported; the line in the table serves to list the others.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from latentcli.cli import hints, process, typed
from latentcli.cli.exit_codes import DONE, FAILED, INTERRUPTED, USAGE, exit_code
from latentcli.cli.synonyms import own_name
from latentcli.cli.wording import with_options
from latentcli.disentanglement import METRICS  # noqa: TID253 - a plain table that imports nothing
from latentcli.errors import LatentError

if TYPE_CHECKING:
    import typer


class Command(NamedTuple):
    """A command: its module in `latentcli.cli.commands`, its panel of the help and its summary."""

    module: str
    panel: str
    summary: str


def _panel(title: str, folder: str, summaries: dict[str, str]) -> dict[str, Command]:
    """Make the commands of one panel: each lives in the file of its name in the panel's folder."""
    return {
        name: Command(f"{folder}.{name.replace('-', '_')}", title, summary)
        for name, summary in summaries.items()
    }


COMMANDS: dict[str, Command] = {
    **_panel("Words", "words", {
        "analogy": "Word analogy A - B + C: king - man + woman.",
        "neighbors": "Nearest neighbors of words, or of an array's rows.",
        "similarity": "Cosine, distance and angle of pairs of words.",
        "distances": "Distance matrix of a set of words.",
        "expr": "Vector arithmetic: 'king - man + 0.5*woman'.",
        "odd": "Odd one out: the word that does not belong.",
        "relation": "Offset consistency: do pairs share a direction?",
        "train": "Train word vectors on text: word2vec, fastText.",
        "evaluate": "Benchmarks: analogies, similarity, WEAT and more.",
    }),
    **_panel("Latent codes", "latents", {
        "interp": "Interpolation between codes: lerp, slerp, spline.",
        "direction": "Direction of an attribute, from two sets of codes.",
        "directions": "Directions by PCA, weights or pairs; cosines.",
        "edit": "Move codes along a direction.",
        "project": "Project codes onto a direction.",
        "truncate": "Truncation trick: move codes towards a mean.",
        "mix": "Style mixing: some layers of one code in another.",
        "traverse": "Latent traversal: vary one dimension at a time.",
        "grid": "Interpolation grid between four codes.",
        "typical": "Typicality: are the norms plausible under N(0, I)?",
        "sample-z": "Draw codes from N(0, I), reproducibly.",
    }),
    **_panel("Disentanglement", "disentanglement", {
        "disentanglement": "All metrics for one or several models, one report.",
        "udr": "Unsupervised ranking (UDR): do models agree?",
        "metrics": "List the metrics: definition, range, limitations.",
    }),
    **{
        name: Command(
            "disentanglement.metric", "Disentanglement", title.removesuffix(f" ({name.upper()})")
        )
        for name, title in METRICS.items()
    },
    **_panel("Geometry", "geometry", {
        "geometry": "Clusters, dimension, isotropy, hubness and more.",
        "capacity": "How many concepts n dimensions can represent.",
        "clusters": "Clusters, how stable they are, and their words.",
        "duplicates": "Duplicate rows: pairs and groups.",
        "outliers": "Outliers: LOF, k-NN distance, Mahalanobis.",
        "represent": "Texts as one-hot, bag-of-words, mean and SIF.",
        "compare": "Compare two spaces: CKA, RSA, Procrustes.",
        "drift": "Are two sets of codes from one distribution?",
        "align": "Align two languages, or time slices of one.",
    }),
    **_panel("Pictures", "pictures", {
        "map": "Map of a space: page, picture, or terminal.",
        "decode": "Decode codes to images through an ONNX model.",
        "smoothness": "Perceptual path length and jumps of a decoder.",
    }),
    **_panel("Files", "files", {
        "info": "Summary of a file of vectors, and its health.",
        "convert": "Convert vectors to another format.",
        "cache": "Manage the cache of files that were read.",
        "download": "Pretrained vectors of gensim's catalog.",
        "sample": "List or copy the bundled sample files.",
    }),
}  # fmt: skip
"""Every command, in the order of `latent --help`: to add one, add a file and a line."""


_QUESTIONS = {"analogy", "neighbors", "similarity", "distances", "expr", "odd", "relation"}
"""Commands that answer one question, unless it is `-` (a batch)."""


def is_one_question(arguments: Sequence[str]) -> bool:
    """Tell whether the answer takes one product with the vectors or so: CSLS takes many."""
    return (
        bool(arguments)
        and arguments[0] in _QUESTIONS
        and not {"-", "csls", "--metric=csls"} & {*arguments}
    )


def build(arguments: Sequence[str]) -> typer.Typer:
    """Make the application for these arguments: of a command that is named, with that one only."""
    import typer

    from latentcli.cli.help import HELP_OPTIONS, Group
    from latentcli.cli.help import Command as Helped

    app = typer.Typer(
        cls=Group,
        rich_markup_mode=None,
        add_completion=True,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": HELP_OPTIONS},
    )
    app.callback()(import_module("latentcli.cli.root").root)
    words: Sequence[str] = arguments
    if "_LATENT_COMPLETE" in os.environ:
        line = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS") or ""
        words = line.split()[1:]
    named = next((word for word in words if not word.startswith("-")), "")
    if named in COMMANDS:
        _register(app, named)
        return app
    for name, command in COMMANDS.items():
        app.command(
            name,
            cls=Helped,
            help=command.summary,
            short_help=command.summary,
            rich_help_panel=command.panel,
        )(_elsewhere)
    return app


def _register(app: typer.Typer, name: str) -> None:
    """Import a command and add it."""
    from typer import Typer

    from latentcli.cli.expansion import expand
    from latentcli.cli.help import Command as Helped

    command = COMMANDS[name]
    module = import_module(f"latentcli.cli.commands.{command.module}")
    found = module.command_of(name) if name in METRICS else module.command
    panel: dict[str, Any] = {"rich_help_panel": command.panel, "short_help": command.summary}
    if isinstance(found, Typer):
        app.add_typer(found, name=name, **panel)
        leaves = {
            f"{name} {one.name}": one.callback
            for one in found.registered_commands
            if one.callback is not None
        }
    else:
        run = expand(found)
        leaves = {name: run}
        app.command(name, cls=Helped, **panel)(run)
    if "_LATENT_COMPLETE" in os.environ:
        from latentcli.cli.completion import offer

        for label, callback in leaves.items():
            offer(callback, label)


def run() -> NoReturn:
    """Be the process: run `main` and end at once.

    Taking the interpreter and mapped vectors apart in order costs as much as a search; everything
    that must be closed or removed is closed and removed when `main` returns.
    """
    process.begin()
    if is_one_question(sys.argv[1:]):
        process.be_brief()
    try:
        process.enter()
        code = main()
        process.leave()
    except KeyboardInterrupt:
        code = INTERRUPTED
    if process.interrupted():
        code = INTERRUPTED
    if place := sys.modules.get("latentcli.files.store.place"):
        place.close()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            if stream is not None:
                stream.flush()
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code, one of `latentcli.cli.exit_codes`."""
    if not process.open_streams():
        return _fail("cannot write the answer: standard output is closed")
    given = own_name(sys.argv[1:] if arguments is None else arguments)
    typed.begin(given)
    process.clean_environment()
    if process.completes_nothing():
        return _fail("this is no shell's completion: COMP_WORDS is not set", USAGE)
    debug = "--debug" in given or bool(os.environ.get("LATENT_DEBUG"))
    from latentcli.files import inputs

    inputs.begin()
    try:
        code, error = _answered(given, debug)
        if code in (FAILED, USAGE) and (hint := hints.after(given, error)):
            _say("note", hint)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has gone: nothing to say, and nothing more to write at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        return _fail(f"cannot write the answer: {error.strerror or error}")
    finally:
        inputs.end()
    return code


def _answered(given: list[str], debug: bool) -> tuple[int, LatentError | None]:
    """Run a command; return its exit code, and the error that it ended with, of those that we raise."""
    try:
        return _run(given, debug), None
    except LatentError as error:
        if debug:
            raise
        return _fail(with_options(str(error)), exit_code(error)), error


def _run(given: list[str], debug: bool) -> int:
    try:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        with process.words_to_complete(), process.clusters_left():
            code = build(given)(args=given, prog_name="latent", standalone_mode=False)
        return code if isinstance(code, int) else DONE
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except MemoryError:
        return _fail("not enough memory for this")
    except Exception as error:
        if hasattr(error, "format_message"):  # what Typer has to say of the command line
            return _misused(error, given)
        if debug or isinstance(error, LatentError) or _is_of_the_output(error):
            raise
        return _fail(process.unexpected(error))


def _is_of_the_output(error: Exception) -> bool:
    return isinstance(error, OSError) and error.filename is None


def _misused(error: Any, given: list[str]) -> int:
    """Say in a line what is wrong with the command line, or show the help if nothing was typed."""
    text = error.format_message()
    if "NoArgs" in type(error).__name__:
        sys.stdout.write(f"{text}\n")
        return USAGE
    code = _fail(hints.of_misuse(error), USAGE)
    if hints.may_be_a_word(error) and any(map(hints.is_negative, given)):
        _say("note", "a word that begins with '-' goes after '--': latent expr -- king -man")
    return code


def _fail(text: str, code: int = FAILED) -> int:
    if process.interrupted():  # and some library made an error of it
        return INTERRUPTED
    _say("error", text)
    return code


def _say(kind: str, text: str) -> None:
    from latentcli.cli.output import say

    say(kind, text)


def _elsewhere() -> None:
    """Stand for a command that is only listed."""
