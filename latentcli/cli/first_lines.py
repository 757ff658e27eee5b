"""What a file holds, as far as its first lines say: hints read no more of it."""

from __future__ import annotations

_MANY_FIELDS = 12
"""Fields of a line from which it holds a vector, not a question."""

_HEADER = 32
"""Bytes that no binary file of vectors is shorter than."""


def holds_vectors(path: str) -> bool:
    """Tell a file of vectors from one of words or questions by its first lines."""
    try:
        with open(path, "rb") as stream:  # noqa: PTH123 - pathlib takes longer to import
            start = stream.read(1 << 16)
    except OSError:
        return False
    lines = start.split(b"\n")[:3]
    binary = len(start) > _HEADER and any(b"\0" in line for line in lines)
    return binary or any(_is_vector(line.split()) for line in lines)


def _is_vector(fields: list[bytes]) -> bool:
    """Tell a line of a word and its numbers from one of words, or of two words and a score."""
    # The last of many may be cut.
    numbers = fields[-6:-1] if len(fields) > _MANY_FIELDS else fields[1:]
    try:
        return len([float(field.strip(b",;[]()")) for field in numbers]) > 1
    except ValueError:
        return False
