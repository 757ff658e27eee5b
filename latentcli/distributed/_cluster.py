"""A Dask cluster, of processes of this machine or elsewhere, as one client; it is left without a word."""

from __future__ import annotations

import logging
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from latentcli.errors import FileError, ParameterError, reason, shown

PATIENCE = 30.0
"""Seconds that a cluster may be without workers, and a scheduler silent."""

_BEGINNING = 300.0
"""Seconds that workers of this machine have to begin."""

_LOCAL = re.compile(r"local(?::([1-9][0-9]*))?")

_LOGGERS = ("distributed", "distributed.client", "distributed.gc", "tornado.application")
"""Those that Dask gives a level of their own."""

_QUIET = logging.CRITICAL + 1


@contextmanager
def connected(where: str) -> Iterator[Any]:
    """Give a client of `local`, `local:N` or a scheduler's address, as `Session` says; end what was begun here."""
    local = _LOCAL.fullmatch(where)
    if local is None and (":" not in where or where.startswith("local:")):
        raise ParameterError(
            "dask", where, "local, local:N or a scheduler's address, tcp://HOST:PORT"
        )
    import dask
    import distributed  # noqa: F401 - brings its settings, which would go with one that is set before

    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"}):
        if local is None:
            with _client(where) as client:
                yield client
        else:
            with _begun(int(local[1]) if local[1] else None) as client:
                yield client


@contextmanager
def _client(where: str) -> Iterator[Any]:
    from distributed import Client

    _silence()
    try:
        client = Client(where, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise FileError(f"no Dask scheduler at {shown(where)}: {reason(error)}") from error
    with client:
        yield client


@contextmanager
def _begun(count: int | None) -> Iterator[Any]:
    """Begin workers of this machine, one for each core if their number is not given."""
    from dask.system import CPU_COUNT
    from distributed import Client, LocalCluster

    _silence()
    count = count or CPU_COUNT
    try:
        with _no_word_of_semaphores(), _deaf_to_interrupts():
            cluster = LocalCluster(
                n_workers=0,
                threads_per_worker=1,
                processes=True,
                memory_limit=1 / count,  # of this machine
                dashboard_address="127.0.0.1:0",  # any port: that of the dashboard may be taken
                silence_logs=_QUIET,
            )
        with cluster, Client(cluster, set_as_default=False) as client:
            with _no_word_of_semaphores():
                cluster.scale(count)
                client.wait_for_workers(count, timeout=_BEGINNING)
            yield client
    except TimeoutError as error:
        raise FileError(f"{count} workers do not begin: {reason(error)}") from error


def _silence() -> None:
    """Let Dask log nothing: what goes wrong is said in a line, and with `--debug` by the traceback."""
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(_QUIET)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Keep Ctrl-C from threads, and from processes that those begin.

    A terminal sends it to all of them; workers would print a traceback each. This process ends them.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing.resource_tracker import ensure_running

    ensure_running()  # where it begins later, it lets Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _no_word_of_semaphores() -> Iterator[None]:
    """Let no process that begins here warn of semaphores, where Ctrl-C is pressed twice."""
    before = os.environ.get("PYTHONWARNINGS")
    added = "ignore:resource_tracker:UserWarning"
    os.environ["PYTHONWARNINGS"] = f"{before},{added}" if before else added
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONWARNINGS"]
        else:
            os.environ["PYTHONWARNINGS"] = before
