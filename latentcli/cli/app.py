"""The command line: the table of commands, and the one place that catches errors.

Only the module of the command that is asked for is imported; for the others their line in
the table is enough to be listed, and to be suggested for a misspelled name.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from latentcli.cli.wording import with_options
from latentcli.disentanglement import METRICS  # noqa: TID253 - a plain table that imports nothing
from latentcli.errors import LatentError, UsageError

if TYPE_CHECKING:
    import typer


class Command(NamedTuple):
    """A line of the table: the module in `latentcli.cli.commands`, its panel and its summary."""

    module: str
    panel: str
    summary: str


COMMANDS: dict[str, Command] = {
    "analogy": Command(
        "words.analogy", "Words", "A - B + C: the word that is to C as A is to B."
    ),
    "neighbors": Command(
        "words.neighbors", "Words", "The nearest words (or rows of an array)."
    ),
    "similarity": Command(
        "words.similarity", "Words", "Cosine, distance and angle of pairs of words."
    ),
    "distances": Command(
        "words.distances", "Words", "The distances of a set of words to each other."
    ),
    "expr": Command("words.expr", "Words", "Any weighted sum: 'king - man + 0.5*woman'."),
    "odd": Command("words.odd", "Words", "The word that does not belong with the others."),
    "relation": Command(
        "words.relation", "Words", "Whether pairs of words share one direction."
    ),
    "evaluate": Command("words.evaluate", "Words", "The field's benchmarks of word vectors."),
    "interp": Command(
        "latents.interp", "Latents", "A path between latent codes, and a verdict on it."
    ),
    "direction": Command("latents.direction", "Latents", "The direction of an attribute."),
    "directions": Command(
        "latents.directions", "Latents", "Directions beside each other: cosine."
    ),
    "edit": Command("latents.edit", "Latents", "Codes moved along a direction."),
    "project": Command("latents.project", "Latents", "Codes scored along a direction."),
    "truncate": Command("latents.truncate", "Latents", "Codes drawn towards a mean."),
    "mix": Command("latents.mix", "Latents", "Layers of one code, the rest of another."),
    "traverse": Command(
        "latents.traverse", "Latents", "Each dimension set to each of some values."
    ),
    "grid": Command("latents.grid", "Latents", "A grid between four codes."),
    "typical": Command(
        "latents.typical", "Latents", "Whether codes are plausible under the prior."
    ),
    "sample-z": Command("latents.sample_z", "Latents", "Codes drawn from N(0, I) by seeds."),
    "disentanglement": Command(
        "disentanglement.disentanglement",
        "Disentanglement",
        "Every metric of codes and factors, one report.",
    ),
    "metrics": Command(
        "disentanglement.metrics", "Disentanglement", "What the metrics are, and are blind to."
    ),
    **{
        name: Command("disentanglement.metric", "Disentanglement", asks)
        for name, asks in METRICS.items()
    },
    "geometry": Command(
        "geometry.geometry", "Geometry", "What kind of space this is, beside white noise."
    ),
    "capacity": Command(
        "geometry.capacity", "Geometry", "What n units can tell apart; how far a space does."
    ),
    "represent": Command(
        "geometry.represent", "Geometry", "Texts as one-hot, bag of words, mean and SIF."
    ),
    "compare": Command(
        "geometry.compare", "Geometry", "How alike two spaces are: CKA, RSA, Procrustes."
    ),
    "info": Command("files.info", "Files", "What is in a file of vectors, and is it healthy?"),
    "convert": Command("files.convert", "Files", "Write vectors in another format."),
    "cache": Command("files.cache", "Files", "The cache of files: list, build, clear."),
    "sample": Command("files.sample", "Files", "The sample files that come with latent."),
}
"""Every command: its name, and where it lives."""


def build(arguments: Sequence[str]) -> typer.Typer:
    """Make the application for these arguments."""
    import typer

    app = typer.Typer(
        add_completion=True,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(import_module("latentcli.cli.root").root)
    asked = next((word for word in arguments if not word.startswith("-")), "")
    completing = "_LATENT_COMPLETE" in os.environ
    for name, command in COMMANDS.items():
        panel: dict[str, Any] = {
            "rich_help_panel": command.panel,
            "short_help": command.summary,
        }
        if name != asked and not completing:
            app.command(name, help=command.summary, **panel)(_elsewhere)
            continue
        module = import_module(f"latentcli.cli.commands.{command.module}")
        found = module.command_of(name) if name in METRICS else module.command
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name, **panel)
        else:
            from latentcli.cli.options import expand

            app.command(name, **panel)(expand(found))
    return app


def run() -> NoReturn:
    """Be the process: run `main` and end at once.

    Taking the interpreter and mapped vectors apart in order costs as much as a search; everything
    that must be closed or removed is closed and removed when `main` returns.
    """
    signal.signal(signal.SIGTERM, _terminate)
    code = main()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            if stream is not None:
                stream.flush()
    os._exit(code)


def _terminate(signum: int, _: object) -> NoReturn:
    """Leave as on Ctrl-C: what is half-written is removed on the way out."""
    raise SystemExit(128 + signum)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 (data), 2 (usage) or 130 (Ctrl-C)."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if not _open_streams():
        return _fail("cannot write the answer: standard output is closed")
    debug = "--debug" in given or bool(os.environ.get("LATENT_DEBUG"))
    try:
        code = _run(given, debug)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has gone: nothing to say, and nothing more to write at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        return _fail(f"cannot write the answer: {error.strerror or error}")
    return code


def _open_streams() -> bool:
    """Stand in for streams that were closed before we started; False without an output."""
    if sys.stdin is None:
        sys.stdin = io.StringIO()
    if sys.stderr is None:
        sys.stderr = io.StringIO()
    return sys.stdout is not None


def _run(given: list[str], debug: bool) -> int:
    try:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        build(given)(args=given, prog_name="latent")
    except SystemExit as stop:
        return _code(stop, given)
    except LatentError as error:
        if debug:
            raise
        return _fail(with_options(str(error)), 2 if isinstance(error, UsageError) else 1)
    except MemoryError:
        return _fail("not enough memory for this")
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:
        if debug or (isinstance(error, OSError) and error.filename is None):
            raise
        return _fail(
            f"{type(error).__name__}: {error} (this should not happen; --debug shows where)"
        )
    return 0


def _code(stop: SystemExit, given: list[str]) -> int:
    code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    if code == 2 and any(len(word) > 2 and word[0] == "-" and word[1] != "-" for word in given):
        from latentcli.cli.options import say

        say("note", "a word that begins with '-' goes after '--': latent expr -- king -man")
    return code


def _fail(text: str, code: int = 1) -> int:
    from latentcli.cli.options import say

    say("error", text)
    return code


def _elsewhere() -> None:
    """Stand for a command that was not asked for."""
