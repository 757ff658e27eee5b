"""What the process ends with: the one table of exit codes."""

from __future__ import annotations

from latentcli.errors import LatentError, UsageError

DONE = 0
FAILED = 1
USAGE = 2
INTERRUPTED = 130

OF_ERROR: dict[type[BaseException], int] = {
    UsageError: USAGE,
    LatentError: FAILED,
    MemoryError: FAILED,
    BrokenPipeError: FAILED,
    KeyboardInterrupt: INTERRUPTED,
}
"""The exit code of each kind of error; the nearest class in this table counts, else `FAILED`."""


def exit_code(error: BaseException) -> int:
    """Return the exit code of an error.

    >>> from latentcli.errors import FileError, ParameterError
    >>> exit_code(ParameterError("bins", 0, "a whole number from 2")), exit_code(FileError("gone"))
    (2, 1)
    """
    return next((OF_ERROR[kind] for kind in type(error).mro() if kind in OF_ERROR), FAILED)
