"""Run the console blocks of a Markdown text, and put what they print below each command.

A block opened by ```console holds commands after "$ " and what they print. `python
tests/console.py FILE...` rewrites files with what is printed now (`make docs` does so for all).
"""

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from pathlib import Path

os.environ.update(COLUMNS="80", NO_COLOR="1", _TYPER_FORCE_DISABLE_TERMINAL="1")
for name in ("LATENT_VECTORS", "LATENT_FORMAT", "LATENT_DEBUG"):
    os.environ.pop(name, None)

from latentcli.cli.app import main

BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
PIPED = re.compile(r"(?:echo|printf) (?P<text>.*?) \| (?P<command>latent .*)")


def refreshed(text: str) -> str:
    """Return the text with every console block's output as it is now."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        os.environ["LATENT_CACHE_DIR"] = str(Path(folder) / ".cache")
        return BLOCK.sub(lambda match: _block(match[0]), text)


def _block(block: str) -> str:
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"$ {command}\n{run(command)}" for command in commands)


def run(command: str) -> str:
    """Run `latent ...` or `echo ... | latent ...` in this process; return stderr and stdout."""
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
    return out.getvalue()


if __name__ == "__main__":
    for file in map(Path, sys.argv[1:]):
        file.write_text(refreshed(file.read_text("utf-8")), "utf-8")
