"""The other columns of a table, beside its vectors: shown with answers, and filtered by a condition in SQL.

They are kept as one SQLite table, a row for each vector, so that a condition is evaluated by a library, a
few rows are read without the rest, and cells may be of any type, as in JSON lines.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from latentcli.errors import LatentError, ParameterError, reason, shown
from latentcli.numerics.types import Array

FILE = "columns.db"
"""Its name in the folder of an entry."""

_MOST = 1900
"""Columns that are kept: SQLite allows 2,000."""

_AT_ONCE = 500
_INT64 = 1 << 63
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"((?:[^\"]|\"\")*)\"")
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION}

_RESTORED: dict[str, Callable[[Any], Any]] = {
    "bool": bool,
    "json": json.loads,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
}
"""How a cell of a kind that SQLite has not is made of what is kept."""


class ColumnsBuilder:
    """Collects the columns while a file is read: in a folder, or in a file of this process alone."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._base = _connection(str(folder / FILE) if folder else "", isolation_level=None)
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("PRAGMA synchronous = OFF")
        self._base.execute("CREATE TABLE rows (n INTEGER PRIMARY KEY)")
        self._base.execute("BEGIN")
        self._rows = 0
        self._names: dict[
            str, str
        ] = {}  # as in the file: as in the database, which ignores case
        self._kinds: dict[str, set[type]] = {}

    def add(self, columns: Mapping[str, Sequence[object]], rows: int) -> None:
        """Add the cells of the next rows."""
        for name in columns:
            self._declare(name)
        kept = [name for name in columns if name in self._names]
        into = ", ".join(["n", *(_quoted(self._names[name]) for name in kept)])
        marks = ", ".join("?" * (1 + len(kept)))
        cells = [map(self._stored, columns[name], [name] * rows) for name in kept]
        numbers = range(self._rows + 1, self._rows + rows + 1)
        self._base.executemany(
            f"INSERT INTO rows ({into}) VALUES ({marks})", zip(numbers, *cells, strict=True)
        )
        self._rows += rows

    def finish(self) -> Columns:
        """Return what was collected."""
        kinds = {name: _kind(types) for name, types in self._kinds.items()}
        self._base.execute("COMMIT")
        if self._folder is None:
            return Columns(None, self._names, kinds, base=self._base)
        self._base.close()
        return Columns(self._folder / FILE, self._names, kinds)

    def close(self) -> None:
        """Close the database, if it is in a folder."""
        if self._folder is not None:
            self._base.close()

    def _declare(self, name: str) -> None:
        if name in self._names or len(self._names) >= _MOST:
            return
        inside = (
            name.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode() or "column"
        )
        taken = {"n", *(one.casefold() for one in self._names.values())}
        number, free = 1, inside
        while free.casefold() in taken:
            number += 1
            free = f"{inside}_{number}"
        self._base.execute(f"ALTER TABLE rows ADD COLUMN {_quoted(free)}")
        self._names[name] = free
        self._kinds[name] = set()

    def _stored(self, cell: object, name: str) -> object:
        """Return a cell as SQLite keeps it: what is no text and no number, as it is written."""
        if cell is None:
            return None
        self._kinds[name].add(type(cell))
        if isinstance(cell, str):
            return cell.encode("utf-8", "backslashreplace").decode("utf-8")
        if isinstance(cell, float):
            return cell if math.isfinite(cell) else None
        if isinstance(cell, int):
            if -_INT64 <= cell < _INT64:
                return cell
            self._kinds[name].add(str)
        if isinstance(cell, bytes):
            return cell.decode("utf-8", "backslashreplace")
        if isinstance(cell, (list, dict)):
            return json.dumps(cell, ensure_ascii=False, default=str).encode(
                "utf-8", "backslashreplace").decode("utf-8")  # fmt: skip
        return str(cell)


def _kind(types: set[type]) -> str:
    """Return what cells of some types are together: bool, int, float, text, json, date, datetime; else mixed."""
    if types <= {list, dict, tuple}:
        return "json" if types else "text"
    if types <= {int, bool, float}:
        return "bool" if types == {bool} else "float" if float in types else "int"
    if types <= {str, bytes}:
        return "text"
    if all(issubclass(one, datetime) for one in types):
        return "datetime"
    return "date" if types == {date} else "mixed"


class Columns:
    """The columns of a table by name: `names` are as in the file, `kinds` what their cells are."""

    def __init__(
        self,
        path: Path | None,
        names: Mapping[str, str],
        kinds: Mapping[str, str],
        base: sqlite3.Connection | None = None,
    ) -> None:
        self._path = path
        self._names = dict(names)
        self.kinds = dict(kinds)
        self._base = base

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in the order of the file."""
        return (*self._names,)

    def described(self) -> dict[str, Any]:
        """Return what `Columns` needs beside the file."""
        return {"names": self._names, "kinds": self.kinds}

    def check(self, names: Sequence[str]) -> None:
        """Refuse names that no column has."""
        for name in names:
            if name not in self._names:
                have = shown(", ".join(self._names) or "none", 400)
                raise ParameterError(f"`show`: no column '{shown(name)}'; there are: {have}")

    def cells(self, rows: Sequence[int]) -> dict[str, list[Any]]:
        """Return all columns of some rows, their cells as they were in the file."""
        if not self._names:
            return {}
        found = self.values(self.names, rows)
        restore = [_RESTORED.get(self.kinds[name]) for name in self.names]
        return {
            name: [
                cell if how is None or cell is None else how(cell)
                for cell in (found[row][place] for row in rows)
            ]
            for place, (name, how) in enumerate(zip(self.names, restore, strict=True))
        }

    def values(self, names: Sequence[str], rows: Sequence[int]) -> dict[int, list[Any]]:
        """Return the cells of some columns, for each of some rows."""
        self.check(names)
        quoted = ", ".join(_quoted(self._names[name]) for name in names)
        flags = [self.kinds[name] == "bool" for name in names]
        numbers = sorted({*rows})
        found: dict[int, list[Any]] = {}
        with self._opened() as base:
            for start in range(0, len(numbers), _AT_ONCE):
                some = [row + 1 for row in numbers[start : start + _AT_ONCE]]
                marks = ", ".join("?" * len(some))
                for number, *cells in base.execute(
                    f"SELECT n, {quoted} FROM rows WHERE n IN ({marks})", some
                ):
                    found[number - 1] = [
                        bool(cell) if flag and cell is not None else cell
                        for flag, cell in zip(flags, cells, strict=True)
                    ]
        return found

    def matching(self, where: str) -> Array:
        """Return the rows for which a condition in SQL holds, ascending.

        A name in double quotes that no column has is text, as in 'lang = "en"'.
        """
        import numpy as np

        condition = _QUOTED.sub(self._as_text, where)
        with self._opened() as base:
            base.set_authorizer(_allowed)
            try:
                found = base.execute(f"SELECT n FROM rows WHERE ({condition}\n) ORDER BY n")
                rows = np.fromiter((row[0] - 1 for row in found), dtype=np.int64)
            except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
                have = shown(", ".join(self._names) or "none", 400)
                raise ParameterError(
                    f"`where`: {reason(error)} in '{shown(where)}'; write a condition in SQL, such as "
                    f"lang = 'en'. The columns are: {have}"
                ) from None
            finally:
                base.set_authorizer(None)
        return rows

    def _as_text(self, match: re.Match[str]) -> str:
        name = match[1]
        if name is None or any(
            name.casefold() == one.casefold() for one in self._names.values()
        ):
            return match[0]
        return "'" + name.replace('""', '"').replace("'", "''") + "'"

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        if self._base is not None:
            yield self._base
            return
        assert self._path is not None
        uri = f"file:{quote(str(self._path.resolve()))}?mode=ro&immutable=1"
        try:
            base = _connection(uri, uri=True)
        except sqlite3.Error as error:
            raise LatentError(f"the columns cannot be read back: {reason(error)}") from error
        with closing(base):
            yield base


def _allowed(action: int, _first: Any, second: Any, *_: Any) -> int:
    """Allow a condition to read, and to call all functions but those that load code."""
    wrong = action not in _ALLOWED or second == "load_extension"
    return sqlite3.SQLITE_DENY if wrong else sqlite3.SQLITE_OK


def _connection(place: str, **settings: Any) -> sqlite3.Connection:
    return sqlite3.connect(place, check_same_thread=False, **settings)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
