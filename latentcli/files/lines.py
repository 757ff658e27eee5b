"""Text files as lines, however they were saved: a byte-order mark, CRLF, odd bytes, packed."""

from __future__ import annotations

import sys

from latentcli.errors import FormatError
from latentcli.files.stream import Stream

_MAX_BYTES = 1 << 30


def read(address: str) -> tuple[str, list[str]]:
    """Return the name and the lines of a text file, of standard input if it is "-".

    Raises FormatError for what is not text, FileError for what cannot be read.
    """
    if address != "-":
        with Stream(address) as stream:
            return stream.name, lines_of(stream, "a text file")
    name = "standard input"
    try:
        text = sys.stdin.read(_MAX_BYTES + 1)
    except UnicodeDecodeError as error:
        raise FormatError(f"{name}: not text in UTF-8 ({error.reason})") from error
    if "\x00" in text or len(text) > _MAX_BYTES:
        raise FormatError(f"{name}: not a text file, or more than 1 GB of it")
    return name, _parted(text.removeprefix("\ufeff"))


def lines_of(stream: Stream, what: str) -> list[str]:
    """Return the lines of an open stream without their ends; `what` says what it should be."""
    if b"\x00" in stream.head(4096):
        raise stream.error(f"not {what}")
    text = stream.read_exactly(_MAX_BYTES + 1)
    if len(text) > _MAX_BYTES:
        raise stream.error("more than 1 GB of text")
    return _parted(text.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "backslashreplace"))


def _parted(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines
