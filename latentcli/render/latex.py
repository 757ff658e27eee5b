r"""LaTeX: the tables of the screen as tabulars with the rules of booktabs.

Numbers have no marks between thousands, and what is no number stands in braces, so that a column `r`
can be made an `S` of siunitx.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from latentcli.render.cells import human, visible
from latentcli.render.grids import Column, Grid, grids, is_number, of_records, of_summary
from latentcli.views import Scalar

if TYPE_CHECKING:
    from latentcli.results import Report

STREAMS = False
_SPECIAL = str.maketrans(
    {
        **{mark: f"\\{mark}" for mark in "&%$#_{}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        '"': r"\textquotedbl{}",
        "[": "{[}",
        "]": "{]}",
    }
)


def write(report: Report, out: TextIO, first: bool) -> None:
    r"""Write each table of the screen and the summary; `\usepackage{booktabs}` is needed."""
    parts = grids(report, write=_number) or [of_records(report.columns, [])]
    if report.summary and report.show_summary:
        parts.append(of_summary(report.summary, write=_number))
    lines = [f"% {visible(report.title)}"] if report.title else []
    for number, grid in enumerate(parts):
        lines += [""] * bool(number)
        lines += _lines(grid)
    out.write("\n".join(lines) + "\n")


def _number(value: Scalar) -> str:
    return human(value).replace(",", "") if is_number(value) else human(value)


def _lines(grid: Grid) -> Iterator[str]:
    if grid.title:
        yield f"% {grid.title}"
    kinds = "".join("r" if column.numeric else "l" for column in grid.columns)
    yield rf"\begin{{tabular}}{{{kinds}}}"
    yield r"\toprule"
    if grid.headed:
        heads = [column.heading.translate(_SPECIAL) for column in grid.columns]
        yield _line(
            [
                f"{{{head}}}" if column.numeric else head
                for head, column in zip(heads, grid.columns, strict=True)
            ]
        )
        yield r"\midrule"
    for row in range(len(grid.columns[0].cells) if grid.columns else 0):
        yield _line([_cell(column, row) for column in grid.columns])
        if row in grid.breaks:
            yield r"\addlinespace"
    yield r"\bottomrule"
    yield r"\end{tabular}"


def _cell(column: Column, row: int) -> str:
    cell = column.cells[row]
    if column.numeric and not _is_plain(cell):
        return f"{{{cell.translate(_SPECIAL)}}}"
    return cell.translate(_SPECIAL)


def _is_plain(cell: str) -> bool:
    return cell.lstrip("-")[:1].isdigit()


def _line(cells: list[str]) -> str:
    return rf"{' & '.join(cells)} \\"
