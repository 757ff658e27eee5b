"""JSON: one object for the whole answer, as docs/json.md describes it."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, TextIO

from latentcli.render.cells import as_json_escapes, machine
from latentcli.render.reading_codes import reading_code
from latentcli.views import Record

if TYPE_CHECKING:
    from latentcli.results import Report

STREAMS = False
_READINGS = ("reading", "verdict")
SCHEMA = 1
"""Raised when a key changes its meaning or goes; new keys do not raise it."""


def write(report: Report, out: TextIO, first: bool) -> None:
    """Write the report as one indented object."""
    whole = {
        "schema": SCHEMA,
        "command": report.command,
        "settings": record(report.settings),
        "results": [record(row) for row in report.records],
        "summary": record(report.summary),
        "notes": list(report.notes),
    }
    out.write(dump(whole, out, indent=2) + "\n")


def record(row: Record) -> Record:
    """Return a record with its values as data; a fixed reading has its code beside it."""
    values = {name: machine(value) for name, value in row.items()}
    for name in _READINGS:
        if name in values and (code := reading_code(values[name])):
            values["reading_code"] = code
    return values


def dump(value: object, out: TextIO, indent: int | None = None) -> str:
    """Write JSON that `out` can hold: UTF-8 as it is, escapes where the encoding is another."""
    utf8 = (getattr(out, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"
    text = _encoder(not utf8, indent).encode(value)
    # The same data: JSON has an escape for what a terminal would obey or hide.
    return as_json_escapes(text) if out.isatty() else text


@cache
def _encoder(ascii_only: bool, indent: int | None) -> json.JSONEncoder:
    """Keep the encoder: json.dumps would make one for every record."""
    return json.JSONEncoder(ensure_ascii=ascii_only, allow_nan=False, indent=indent)
