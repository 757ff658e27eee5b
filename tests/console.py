"""Run the commands and the Python sessions of a Markdown text, and put what they print below each.

A block opened by ```console holds commands after "$ " and what they print, a session lines after ">>> ". `python
tests/console.py FILE...` rewrites files with what is printed now (`make docs` does so for all).
"""

import contextlib
import doctest
import io
import os
import re
import shlex
import sys
import tempfile
import traceback
from pathlib import Path

os.environ.update(COLUMNS="80", NO_COLOR="1", _TYPER_FORCE_DISABLE_TERMINAL="1")
for name in ("LATENT_VECTORS", "LATENT_FORMAT", "LATENT_DEBUG"):
    os.environ.pop(name, None)

from latentcli.cli.app import main

BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
PIPED = re.compile(r"(?:echo|printf) (?P<text>.*?) \| (?P<command>latent .*)")


def refreshed(text: str) -> str:
    """Return the text with the output of every console block and session as it is now."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        os.environ["LATENT_CACHE_DIR"] = str(Path(folder) / ".cache")
        return _answered(BLOCK.sub(lambda match: _block(match[0]), text))


class _Session(doctest.DocTestRunner):
    """Runs a session, and keeps by line what was answered otherwise than it says."""

    def __init__(self) -> None:
        super().__init__(optionflags=doctest.ELLIPSIS, verbose=False)
        self.found: dict[int, str] = {}

    def report_failure(
        self, out: object, test: object, example: doctest.Example, got: str
    ) -> None:
        self.found[example.lineno] = got

    def report_unexpected_exception(
        self, out: object, test: object, example: doctest.Example, exc_info: tuple
    ) -> None:
        last = traceback.format_exception_only(*exc_info[:2])[-1]
        self.found[example.lineno] = f"Traceback (most recent call last):\n    ...\n{last}"


def _answered(text: str) -> str:
    test = doctest.DocTestParser().get_doctest(text, {}, "page", None, 0)
    session = _Session()
    session.run(test, out=lambda _: None)
    lines = text.splitlines(keepends=True)
    for example in reversed(test.examples):
        if example.lineno in session.found:
            got = session.found[example.lineno].replace("\n\n", "\n<BLANKLINE>\n")
            start = example.lineno + example.source.count("\n")
            lines[start : start + example.want.count("\n")] = [" " * example.indent + got]
    return "".join(lines)


def _block(block: str) -> str:
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"$ {command}\n{run(command)}" for command in commands)


def run(command: str) -> str:
    """Run `latent ...` or `echo ... | latent ...` in this process; return stderr and stdout.

    How far a long computation is, which depends on the machine, is left out.
    """
    piped = PIPED.fullmatch(command)
    words = shlex.split(piped["command"] if piped else command)
    given = ""
    if piped:
        parts = shlex.split(piped["text"])
        given = parts[0].encode().decode("unicode_escape") + "\n"
    if words[0] != "latent":
        raise ValueError(f"not a latent command: {command}")
    out, stdin = io.StringIO(), sys.stdin
    sys.stdin = io.StringIO(given)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            main(words[1:])
    finally:
        sys.stdin = stdin
    lines = out.getvalue().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("latent: progress: "))


if __name__ == "__main__":
    for file in map(Path, sys.argv[1:]):
        file.write_text(refreshed(file.read_text("utf-8")), "utf-8")
