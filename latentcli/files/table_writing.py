"""Write vectors as tables: JSON lines, Parquet and Arrow, with the other columns of the rows.

The vectors are the column `vector`. As int8 they have a scale for each row beside them, `vector_scale`:
vector = scale x integers, so that also a reader that knows nothing of scales has the right cosines.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from latentcli.errors import FormatError
from latentcli.files.cells import as_word
from latentcli.files.contents import Content
from latentcli.files.formats.text import digits
from latentcli.files.scales import SCALE, quantized
from latentcli.numerics.types import Array

_ARROW = {
    "bool": "bool",
    "int": "int64",
    "float": "float64",
    "text": "string",
    "mixed": "string",
}
"""Arrow's types of the kinds of columns; the types of others are inferred."""


def write_json_lines(content: Content, part: Path) -> None:
    """Write a record a line; numbers have the fewest digits that give them back, what is not finite is null."""
    plan = _Plan(content)
    with part.open("w", encoding="utf-8", newline="\n") as out:
        for columns, values, scales in plan.batches():
            names = [*columns]
            scaled = None if scales is None else digits(scales)
            for number, (row, cells) in enumerate(
                zip(values, _rows(columns, len(values)), strict=True)
            ):
                record = dict(zip(names, cells, strict=True))
                text = json.dumps(record, ensure_ascii=False, default=str)
                out.write(
                    f"{text[:-1]}{', ' if record else ''}{json.dumps(plan.vector)}: {_list(row)}"
                )
                if scaled is not None:
                    out.write(f", {json.dumps(plan.scale)}: {_number(scaled[number])}")
                out.write("}\n")


def write_parquet(content: Content, part: Path) -> None:
    """Write Parquet, the vectors as lists of fixed length."""
    import pyarrow.parquet as pq

    _write_arrow(
        content, lambda schema: pq.ParquetWriter(part, schema, compression="zstd"), "Parquet"
    )


def write_arrow(content: Content, part: Path) -> None:
    """Write Arrow IPC as Feather has it, the vectors as lists of fixed length."""
    import pyarrow as pa

    _write_arrow(content, lambda schema: pa.ipc.new_file(str(part), schema), "Arrow")


class _Plan:
    """What the columns are called, and the rows with all of them."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.names = (
            [as_word(name) for name in content.columns.names] if content.columns else []
        )
        taken = {*self.names}
        self.vector = _free("vector", taken)
        self.scale = self.vector + SCALE
        self.word = "" if not content.named or self._has_words() else _free("word", taken)

    def _has_words(self) -> bool:
        """Tell whether one of the columns is that of the words."""
        words, _, columns = next(self.content.full_batches(), (None, None, {}))
        return any([*map(as_word, cells)] == words for cells in columns.values())

    def batches(self) -> Iterator[tuple[dict[str, list[Any]], Array, Array | None]]:
        """Yield the columns of some rows, their vectors, and the scales of these."""
        for words, values, others in self.content.full_batches():
            columns: dict[str, list[Any]] = {self.word: words or []} if self.word else {}
            columns |= {as_word(name): [*cells] for name, cells in others.items()}
            if self.content.scaled:
                whole, scales = quantized(values)
                yield columns, whole, scales
            else:
                yield columns, values, None

    def types(self) -> dict[str, Any]:
        """Return Arrow's type of each column; where cells of one have none together, they become text."""
        import pyarrow as pa

        kinds = self.content.columns.kinds if self.content.columns else {}
        found: dict[str, Any] = {self.word: pa.string()} if self.word else {}
        for name, kind in kinds.items():
            alias = _ARROW.get(kind)
            found[as_word(name)] = None if alias is None else pa.type_for_alias(alias)
        if None in found.values():
            found |= self._inferred([name for name, kind in found.items() if kind is None])
        return found

    def _inferred(self, names: list[str]) -> dict[str, Any]:
        """Return the type that all cells of a column have, text where there is none."""
        import pyarrow as pa

        schemas: dict[str, list[Any]] = {name: [] for name in names}
        for columns, _, _ in self.batches():
            for name in names:
                kind = _type_of(columns[name])
                schemas[name].append(pa.schema([pa.field("cell", kind or pa.string())]))
        kinds = {name: _unified(parts) for name, parts in schemas.items()}
        nested = [name for name, kind in kinds.items() if not pa.types.is_string(kind)]
        for columns, _, _ in self.batches() if nested else ():
            for name in nested:
                if _type_of(columns[name], kinds[name]) is None:
                    kinds[name] = pa.string()
        return kinds


def _type_of(cells: list[Any], kind: Any = None) -> Any:
    """Return Arrow's type of some cells, `kind` if they fit it; None where they have no type together."""
    import pyarrow as pa

    try:
        return pa.array(cells, kind).type
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        return None


def _unified(schemas: list[Any]) -> Any:
    """Return the type that holds all; text where there is none, or where Parquet could not hold it."""
    import pyarrow as pa

    try:
        kind = pa.unify_schemas(schemas, promote_options="permissive").field(0).type
    except pa.ArrowException:
        return pa.string()
    # An object without fields, and lists of nothing, are not held by Parquet.
    return pa.string() if "struct<>" in str(kind) or "null" in str(kind) else kind


def _write_arrow(content: Content, opened: Callable[[Any], Any], title: str) -> None:
    import pyarrow as pa

    plan = _Plan(content)
    if any("\0" in name for name in plan.names):
        raise FormatError(
            f"{title} cannot hold a column whose name has NUL in it; write .jsonl instead"
        )
    types = plan.types()
    writer = None
    try:
        for columns, values, scales in plan.batches():
            arrays = [_column(cells, types[name]) for name, cells in columns.items()]
            native = values.dtype.newbyteorder("=")
            try:
                flat = pa.array(np.ascontiguousarray(values, dtype=native).ravel())
            except pa.ArrowException:
                raise FormatError(f"{title} cannot hold {native}; write .npy instead") from None
            arrays.append(pa.FixedSizeListArray.from_arrays(flat, content.dimensions))
            names = [*columns, plan.vector]
            if scales is not None:
                arrays.append(pa.array(scales))
                names.append(plan.scale)
            table = pa.Table.from_arrays(arrays, names=names)
            writer = writer or opened(table.schema)
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


def _column(cells: list[Any], kind: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_string(kind):
        return pa.array([None if cell is None else _text(cell) for cell in cells], kind)
    return pa.array(cells, kind)


def _text(cell: object) -> str:
    """Return a cell as text: what is nested as JSON."""
    nested = isinstance(cell, (list, dict))
    return as_word(json.dumps(cell, ensure_ascii=False, default=str) if nested else cell)


def _rows(columns: Mapping[str, list[Any]], rows: int) -> Iterator[tuple[Any, ...]]:
    return zip(*columns.values(), strict=True) if columns else iter([()] * rows)


def _list(row: Array) -> str:
    if row.dtype.kind in "iu":
        return str(row.tolist())
    numbers = digits(row)
    if not np.isfinite(row).all():
        numbers = [_number(number) for number in numbers]
    return f"[{', '.join(numbers)}]"


def _number(digits_: str) -> str:
    """Return a number as JSON has it, null for what is not finite."""
    return "null" if digits_ in ("nan", "inf", "-inf") else digits_


def _free(name: str, taken: set[str]) -> str:
    """Return a name that no column has."""
    number, free = 1, name
    while free in taken or free + SCALE in taken:
        number += 1
        free = f"{name}_{number}"
    return free
