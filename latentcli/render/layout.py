"""How the columns of a grid fit a width: which are left out, which go into a table of their own.

A number, and a word, is never broken where that can be helped. Columns fit with their longest word
as their width; if not, the grid's optional columns are left out, in their order; if that is not
enough, the rest is split into tables, each with the first column. Room that is left goes to the
columns that would be folded. Where not even two columns have room beside each other, words are broken
after a mark. Long names above the columns of a matrix are numbers, explained by its rows or below it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from latentcli.render.grids import Column, Grid

_LEAST = 8
"""Letters that a first column keeps beside a wide one."""

_LONG = 24
"""Letters from which a word of a heading may be broken, after a mark such as `_` or `/`."""

_WORD_END = re.compile(r"\s+")
_PART = re.compile(r"[^\s_/.:-]*[_/.:-]+|[^\s_/.:-]+")


class Placed(NamedTuple):
    """A column and its width in letters."""

    column: Column
    width: int


class Layout(NamedTuple):
    """Tables below each other, and the headings of what is left out."""

    tables: list[list[Placed]]
    left_out: list[str]
    legend: str = ""


def lay_out(grid: Grid, width: int | None) -> Layout:
    """Fit a grid into a width; all in one table if it is None."""
    if width is None:
        return Layout([[Placed(one, _natural(one, grid)) for one in grid.columns]], [])
    columns, legend = _numbered(grid, width)
    left_out: list[str] = []
    least = {id(one): _least(one, grid, width) for one in columns}
    widest = max((least[id(one)] for one in columns[1:]), default=0)
    if least[id(columns[0])] + grid.gap * bool(widest) + widest > width:
        least = {id(one): _least(one, grid, width, broken=True) for one in columns}
    for name in grid.optional:
        if _total([least[id(one)] for one in columns], grid.gap) <= width:
            break
        kept = [one for one in columns if one.heading != name]
        if len(kept) < len(columns):
            left_out.append(name)
            columns = kept
    tables = _split(columns, least, grid.gap, width)
    return Layout([_widened(table, least, grid, width) for table in tables], left_out, legend)


def cell_len(text: str) -> int:
    """Return how many letters wide a text is on a terminal."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len as measured

    return measured(text)


def _numbered(grid: Grid, width: int) -> tuple[list[Column], str]:
    """Return the columns of a grid, numbers above them where names would be broken; and a legend."""
    names, *columns = grid.columns
    headings = [one.heading for one in columns]
    words = (word for heading in headings for word in _WORD_END.split(heading))
    fits = _total([_natural(one, grid) for one in grid.columns], grid.gap) <= width
    if not grid.crossed or fits or max(map(cell_len, words), default=0) <= _LONG:
        return list(grid.columns), ""
    numbered = [replace(one, heading=str(n)) for n, one in enumerate(columns, 1)]
    marked = [f"{n} {name}" for n, name in enumerate(headings, 1)]
    if list(names.cells) == headings:
        return [replace(names, cells=marked), *numbered], ""
    return [names, *numbered], f"columns: {', '.join(marked)}"


def _total(widths: Sequence[int], gap: int) -> int:
    return sum(widths) + gap * (len(widths) - 1)


def _natural(column: Column, grid: Grid) -> int:
    texts = [*column.cells, column.heading] if grid.headed else column.cells
    return max(map(cell_len, texts), default=1) or 1


def _least(column: Column, grid: Grid, width: int, *, broken: bool = False) -> int:
    """Return the width at which nothing is broken; of text, at most three fifths of the room.

    With `broken`, long words are broken after a mark.
    """
    head = max(map(cell_len, _parts(column.heading)), default=0) if grid.headed else 0
    if column.numeric or column.whole:
        return max(head, *map(cell_len, column.cells), 1)
    split = _parts if broken else _WORD_END.split
    words = (word for cell in column.cells for word in split(cell))
    return min(max(head, max(map(cell_len, words), default=1), 1), max(3 * width // 5, _LEAST))


def heading_lines(heading: str, width: int) -> list[str]:
    """Break a heading into lines of a width, between words or after a mark inside a very long one.

    >>> heading_lines("smallest norm", 8), heading_lines("a_model_of_many_seeds_and_betas", 24)
    (['smallest', 'norm'], ['a_model_of_many_seeds_', 'and_betas'])
    """
    lines = [""]
    for word in _WORD_END.split(heading):
        blank = " " if lines[-1] else ""
        for part in _parts(word) if cell_len(word) > width else [word]:
            if lines[-1] and cell_len(lines[-1] + blank + part) > width:
                lines.append(part)
            else:
                lines[-1] += blank + part
            blank = ""
    return lines


def broken(word: str, width: int) -> list[str]:
    """Break a word into lines of a width, after its marks; a word without stays whole, to be found.

    >>> broken("a_long_name_of_a_model", 12), broken("abcdef", 4)
    (['a_long_name_', 'of_a_model'], ['abcdef'])
    """
    lines = [""]
    for part in _PART.findall(word):
        if lines[-1] and cell_len(lines[-1] + part) > width:
            lines.append("")
        lines[-1] += part
    return lines


def _parts(heading: str) -> list[str]:
    """Return what of a heading is never broken."""
    return [
        part
        for word in _WORD_END.split(heading)
        for part in (_PART.findall(word) if cell_len(word) > _LONG else [word])
    ]


def _split(
    columns: Sequence[Column], least: dict[int, int], gap: int, width: int
) -> list[list[Column]]:
    """Fill tables with columns in their order, the first column in front of each."""
    first, *rest = columns
    tables: list[list[Column]] = [[first]]
    taken = least[id(first)]
    for column in rest:
        if taken + gap + least[id(column)] > width and len(tables[-1]) > 1:
            tables.append([first])
            taken = least[id(first)]
        tables[-1].append(column)
        taken += gap + least[id(column)]
    return tables


def _widened(
    table: Sequence[Column], least: dict[int, int], grid: Grid, width: int
) -> list[Placed]:
    """Give the room that is left to texts that then need no folding, to headings, to the rest."""
    widths = [least[id(column)] for column in table]
    spare = width - _total(widths, grid.gap)
    if spare < 0:  # only with one column beside the first
        widths[0] = max(widths[0] + spare, min(widths[0], _LEAST))
    needs = [
        _natural(column, grid) - given for column, given in zip(table, widths, strict=True)
    ]
    order = sorted(range(len(table)), key=lambda place: (table[place].numeric, needs[place]))
    for place in order:
        if needs[place] <= spare:
            widths[place] += needs[place]
            spare -= needs[place]
            needs[place] = 0
    rest = [place for place in order if needs[place] > 0]
    for number, place in enumerate(rest):
        more = max(0, min(needs[place], spare // (len(rest) - number)))
        widths[place] += more
        spare -= more
    return [Placed(column, given) for column, given in zip(table, widths, strict=True)]
