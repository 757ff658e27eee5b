"""Text to train on: files, folders, JSON lines and standard input, sentence by sentence, in as many passes as training takes."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from latentcli.errors import FileError, FormatError, ParameterError, reason, shown
from latentcli.files import samples
from latentcli.files.stream import Stream

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
"""A run of letters, with apostrophes inside it."""

_LINE = 1 << 20
"""Bytes of a line at most; a longer one is cut at a blank."""

_MOST_WORDS = 10_000
"""Words of a sentence at most, as gensim trains on; a longer one goes on as the next."""


def _blanks(line: str) -> list[str]:
    return line.split()


def _letters(line: str) -> list[str]:
    return _WORD.findall(line)


TOKENS: dict[str, Callable[[str], list[str]]] = {"letters": _letters, "blanks": _blanks}
"""How a line becomes words: its runs of letters, or what blanks separate."""


class Corpus:
    """Sentences of words, one for each line; iterate as often as needed.

    Parameters
    ----------
    sources
        Files (also .gz, .bz2, .xz, .zip), folders of text files, or "-" for standard input, which is kept
        in a temporary file.
    tokens
        "letters" or "blanks".
    lower
        Whether words are lower-cased.
    text_column
        The key of the text in JSON lines; None for plain text.
    """

    def __init__(
        self,
        sources: Sequence[str],
        *,
        tokens: str = "letters",
        lower: bool = True,
        text_column: str | None = None,
    ) -> None:
        if tokens not in TOKENS:
            raise ParameterError("tokens", tokens, "letters or blanks")
        if not sources:
            raise ParameterError("corpus", "nothing", "one file or more")
        self.name = (
            Path(samples.find(sources[0])).name
            if len(sources) == 1
            else f"{len(sources)} sources"
        )
        self._split = TOKENS[tokens]
        self._lower = lower
        self._column = text_column
        self._spooled: IO[bytes] | None = None
        self._files = [path for source in sources for path in self._listed(source)]
        self.bytes = sum(path.stat().st_size for path in self._files)

    def __iter__(self) -> Iterator[list[str]]:
        for path in self._files:
            with Stream(str(path)) as stream:
                for number, line in enumerate(_lines(stream), 1):
                    text = line if self._column is None else self._text(path, number, line)
                    words = self._split(text.lower() if self._lower else text)
                    for start in range(0, len(words), _MOST_WORDS):
                        yield words[start : start + _MOST_WORDS]

    def _listed(self, source: str) -> list[Path]:
        if source == "-":
            self._spooled = tempfile.NamedTemporaryFile(prefix="latent-", suffix=".txt")  # noqa: SIM115
            shutil.copyfileobj(sys.stdin.buffer, self._spooled)
            self._spooled.flush()
            return [Path(self._spooled.name)]
        path = Path(samples.find(source))
        if path.is_dir():
            found = sorted(one for one in path.rglob("[!.]*") if one.is_file())
            if not found:
                raise FileError(f"{path} holds no files")
            return found
        try:
            path.stat()
        except OSError as error:
            raise FileError(f"cannot read {path}: {reason(error)}") from error
        return [path]

    def _text(self, path: Path, number: int, line: str) -> str:
        if not line.strip():
            return ""
        try:
            value = json.loads(line)[self._column]
        except (ValueError, RecursionError) as error:
            raise FormatError(
                f"{path.name}: line {number:,} is not JSON ({shown(error, 80)})"
            ) from None
        except (KeyError, TypeError, IndexError):
            raise FormatError(f"{path.name}: line {number:,} has no '{self._column}'") from None
        if not isinstance(value, str):
            raise FormatError(f"{path.name}: line {number:,}: '{self._column}' is not text")
        return value


def _lines(stream: Stream) -> Iterator[str]:
    """Yield the lines of a file as text; what is not UTF-8 is replaced, a NUL byte is refused."""
    if b"\x00" in stream.head(4096):
        raise stream.error("not a text file")
    rest = b""
    while block := stream.read(_LINE):
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            yield line.decode("utf-8", "replace")
        if len(rest) > _LINE:
            head, _, rest = rest.rpartition(b" ")
            yield head.decode("utf-8", "replace")
    if rest:
        yield rest.decode("utf-8", "replace")
