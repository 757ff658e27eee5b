"""What the process ends with: the one table of exit codes, and the error of a wrong command line."""

from __future__ import annotations

from latentcli.errors import LatentError, ParameterError

DONE = 0
FAILED = 1
USAGE = 2
INTERRUPTED = 130


class UsageError(LatentError):
    """Words of a command line that have no meaning together."""


OF_ERROR: dict[type[BaseException], int] = {
    UsageError: USAGE,
    ParameterError: USAGE,
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
