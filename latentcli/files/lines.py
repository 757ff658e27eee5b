"""Text files as lines, however they were saved: a byte-order mark, CRLF, odd bytes, packed."""

from __future__ import annotations

import sys
from pathlib import Path

from latentcli.errors import FormatError
from latentcli.files.stream import Stream

_MAX_BYTES = 1 << 30

MOST_OF_A_SET = 1 << 25
"""Bytes of an evaluation set at most: Google's has 600,000, and vectors given for one far more."""


def read(address: str, *, most: int = _MAX_BYTES) -> tuple[str, list[str]]:
    """Return the name and the lines of a text file, of standard input if it is "-".

    Raises FormatError for what is not text or has more than `most` bytes (of standard input:
    characters), FileError for what cannot be read.
    """
    if address != "-":
        with Stream(address) as stream:
            return stream.name, lines_of(stream, "a text file", most=most)
    name = "standard input"
    try:
        text = sys.stdin.read(most + 1)
    except UnicodeDecodeError as error:
        raise FormatError(f"{name}: not text in UTF-8 ({error.reason})") from error
    if "\x00" in text:
        raise FormatError(f"{name}: not a text file")
    if len(text) > most:
        raise FormatError(f"{name}: {_too_long(most)}")
    return name, _parted(text.removeprefix("\ufeff"))


def read_folder(folder: Path) -> list[tuple[str, list[str]]]:
    """Return the lines of each text file below a folder, by its path there, in order of paths."""
    return [
        (path.relative_to(folder).as_posix(), read(str(path), most=MOST_OF_A_SET)[1])
        for path in sorted(folder.rglob("[!.]*.txt"))
    ]


def lines_of(stream: Stream, what: str, *, most: int = _MAX_BYTES) -> list[str]:
    """Return the lines of an open stream without their ends; `what` says what it should be."""
    if b"\x00" in stream.head(4096):
        raise stream.error(f"not {what}")
    text = stream.read_exactly(most + 1)
    if len(text) > most:
        raise stream.error(_too_long(most))
    return _parted(text.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "backslashreplace"))


def _too_long(most: int) -> str:
    return f"more than {most >> 20:,} MB of text, which is too long for what it should be"


def _parted(text: str) -> list[str]:
    # A lone CR ends lines where nothing else does: old spreadsheets write it.
    lines = text.replace("\r\n" if "\n" in text else "\r", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines
