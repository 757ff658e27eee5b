"""The process around a command: signals, the limit of memory, and what the environment may hold.

Nothing here is for the library or for tests that call `main`: `begin` is called by `run` alone. What a
system does not have (POSIX signals, limits of resources) is left out there.
"""

from __future__ import annotations

import gc
import io
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from threading import Lock
from typing import Any, NoReturn

from latentcli.cli.exit_codes import INTERRUPTED

_BASE = 512 << 20
"""Bytes that Python and its libraries take beside what is read."""

_LOST = b"latent: error: a file was cut short, or its disk failed, while it was read; run it again\n"

_ENDING = Lock()


class _State:
    ours = False
    inside = False
    interrupted = False
    guards: tuple[Any, ...] = ()


def begin() -> None:
    """Take over signals: Ctrl-C ends this process at once, or unwinds it if something is half-written."""
    _State.ours = True
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _terminate)
    sys.unraisablehook = _unraisable


def be_brief() -> None:
    """Make ready for one question: an answer comes sooner from one thread, and without collections.

    The second thread of a matrix library costs more CPU time than it saves on one product, most of it
    in waiting. Read when NumPy is imported; what the user has set stays.
    """
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    gc.disable()


def open_streams() -> bool:
    """Stand in for streams that were closed before we started; False without an output."""
    if sys.stdin is None:
        sys.stdin = io.StringIO()
    if sys.stderr is None:
        sys.stderr = io.StringIO()
    return sys.stdout is not None


def enter() -> None:
    """Let Ctrl-C unwind from here on where something must be removed."""
    _State.inside = True


def leave() -> None:
    """End at once on Ctrl-C from here on."""
    _State.inside = False


@contextmanager
def clusters_left() -> Iterator[None]:
    """Leave the clusters of a command, if it had any, when it has ended, whatever ends it."""
    try:
        yield
    finally:
        if shards := sys.modules.get("latentcli.cli.shards"):
            shards.leave()


def words_to_complete() -> AbstractContextManager[None]:
    """Split the words that a shell asks to complete as Bash splits them; do nothing for other runs."""
    if "_LATENT_COMPLETE" not in os.environ:
        return nullcontext()
    from latentcli.cli.completion import words_of_bash

    return words_of_bash()


def interrupted() -> bool:
    """Tell whether Ctrl-C was pressed, even if a library swallowed it."""
    return _State.interrupted


def _interrupt(signum: int, _: object) -> NoReturn:
    pending = sys.modules.get("latentcli.files.pending")
    if not _State.inside or _State.interrupted or not (pending and pending.anything()):
        os._exit(INTERRUPTED)
    _State.interrupted = True
    raise KeyboardInterrupt


def _terminate(signum: int, _: object) -> NoReturn:
    """Leave as on Ctrl-C: what is half-written is removed on the way out."""
    raise SystemExit(128 + signum)


def _unraisable(what: Any) -> None:
    """Say nothing of a Ctrl-C that fell into a place from which nothing can be raised."""
    if not isinstance(what.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(what)


def unexpected(error: Exception) -> str:
    """Say what went wrong in a way that no reader of files foresees."""
    if "can't start new thread" in str(error):
        return "not enough memory, or processes, for another thread"
    return f"{type(error).__name__}: {error} (this should not happen; --debug shows where)"


def clean_environment() -> None:
    """Take away what libraries trip over: sizes of a terminal that are none."""
    for name in ("COLUMNS", "LINES"):
        if not re.fullmatch(r"[1-9][0-9]{0,4}", os.environ.get(name, "1")):
            del os.environ[name]


def completes_nothing() -> bool:
    """Tell a completion that lacks what the shell's own script passes."""
    requested = os.environ.get("_LATENT_COMPLETE", "")
    needed = {"bash": ("COMP_WORDS", "COMP_CWORD")}
    shell = requested.removeprefix("complete_")
    passed = needed.get(shell, ("_TYPER_COMPLETE_ARGS",))
    return requested.startswith("complete_") and not all(name in os.environ for name in passed)


def guard(max_memory: str | None) -> None:
    """Set how much memory reading may take, and make a lost page of a mapped file an error."""
    from latentcli.files import bounds

    bounds.set_most(bounds.parsed(max_memory) if max_memory else None)
    if _State.ours:
        explicit = max_memory or os.environ.get("LATENT_MAX_MEMORY")
        _limit(bounds.most() + _BASE if explicit else bounds.machine())
        _guard_mapped()


def _limit(size: int) -> None:
    """Make memory beyond a size an error here, instead of the end of some process."""
    try:
        import resource  # not on Windows
    except ImportError:
        return
    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        # Arrow's own allocators reserve a gigabyte of addresses when they start.
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    size = size if hard == resource.RLIM_INFINITY else min(size, hard)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (size, hard))


def _guard_mapped() -> None:
    """Say in one line that a mapped file lost its end: its page cannot be read, which is SIGBUS.

    A handler in Python would run only after the instruction that failed, which never ends; one in C
    runs at once. NumPy imports ctypes as well, so that it costs nothing.
    """
    if not hasattr(signal, "SIGBUS"):
        return
    try:
        import ctypes

        handler = ctypes.CFUNCTYPE(None, ctypes.c_int)(_lost)
        set_signal = ctypes.CDLL(None).signal
        set_signal.argtypes = (ctypes.c_int, ctypes.c_void_p)
        set_signal.restype = ctypes.c_void_p
        set_signal(signal.SIGBUS, ctypes.cast(handler, ctypes.c_void_p))
        _State.guards = (handler,)
    except (ImportError, OSError, AttributeError):
        return


def _lost(signum: int) -> None:
    _ENDING.acquire()  # never released: of several threads that read the file, the first one says it
    with suppress(OSError):
        os.write(2, _LOST)
    os._exit(1)
