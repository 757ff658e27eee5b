"""Scores that were computed, kept on disk: a table of JSON by key, in the folder of the cache."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeVar

from latentcli.files.store.place import cache_dir, is_mine

NAME = "scores.sqlite3"

_WAIT = 5.0
"""Seconds to wait for another process that writes."""

_MOST = 100_000
"""Scores kept at most; the oldest go first."""

Found = TypeVar("Found")


class KeptScores:
    """Values by key on disk, which never stand in the way: what cannot be read or written is not there.

    A damaged file is removed and made again. A file that another user can write is not used.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = cache_dir() / NAME if path is None else path

    def get(self, key: str) -> Any:
        """Return what is kept under a key; None if nothing is."""
        row = self._run(
            lambda base: base.execute(
                "SELECT value FROM scores WHERE key = ?", (_short(key),)
            ).fetchone(),
            None,
        )
        try:
            return None if row is None else json.loads(row[0])
        except (ValueError, TypeError, RecursionError):
            return None

    def __setitem__(self, key: str, value: Any) -> None:
        """Keep a value, and drop the oldest where there are too many."""
        text = json.dumps(value, default=_plain)

        def put(base: sqlite3.Connection) -> None:
            base.execute(
                "INSERT OR REPLACE INTO scores (key, value) VALUES (?, ?)", (_short(key), text)
            )
            base.execute(
                "DELETE FROM scores WHERE rowid <= (SELECT max(rowid) FROM scores) - ?",
                (_MOST,),
            )

        self._run(put, None)

    def __len__(self) -> int:
        """Return how many are kept."""
        rows = self._run(
            lambda base: base.execute("SELECT count(*) FROM scores").fetchone(), (0,)
        )
        return int(rows[0])

    def _run(self, work: Callable[[sqlite3.Connection], Found], otherwise: Found) -> Found:
        for _ in range(2):
            try:
                if not self._usable():
                    return otherwise
                with closing(sqlite3.connect(self.path, timeout=_WAIT)) as base, base:
                    base.execute(
                        "CREATE TABLE IF NOT EXISTS scores (key TEXT PRIMARY KEY, value TEXT NOT NULL)"
                    )
                    return work(base)
            except sqlite3.OperationalError:  # locked, read-only, no room
                return otherwise
            except sqlite3.DatabaseError:  # damaged
                with suppress(OSError):
                    self.path.unlink()
            except OSError:
                return otherwise
        return otherwise

    def _usable(self) -> bool:
        """Make the file if it is not there, and tell whether it is this user's alone."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.path.is_symlink() and not self.path.exists():
            self.path.touch(mode=0o600)
        return not self.path.is_symlink() and self.path.is_file() and is_mine(self.path.stat())


def _short(key: str) -> str:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def _plain(value: Any) -> Any:
    """Return a NumPy number as one of Python."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(type(value).__name__)
