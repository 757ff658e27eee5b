"""What `latent map` draws: rows with their names, labels and a path; and the files it is written as."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latentcli.cli import points
from latentcli.cli.arrays import Axes
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.output import Output
from latentcli.cli.plotting import note_boxes
from latentcli.cli.shards import Cluster
from latentcli.errors import LatentError
from latentcli.results import Drawing, Listing, Report

if TYPE_CHECKING:
    from latentcli.numerics.types import Array
    from latentcli.pictures import MapResult

_WIDTH, _HEIGHT = 80, 24


@dataclass(frozen=True)
class MapInput:
    """Rows (N, D) with the name and the label of each, and a path (M, D) over them."""

    address: str
    rows: Array
    names: Sequence[str]
    labels: Sequence[object] | None
    path: Array | None
    words: bool

    @classmethod
    def load(
        cls,
        address: str,
        axes: Axes,
        output: Output,
        cluster: Cluster,
        *,
        labels: str | None,
        path: str | None,
        no_cache: bool,
    ) -> MapInput:
        """Open the vectors, and what is given beside them."""
        rows, names, words = _rows(address, axes, output, cluster, no_cache=no_cache)
        count = len(rows)
        classes: Sequence[object] | None = None
        if labels is not None:
            from latentcli.files.labels import read_classes

            classes = read_classes(labels, count, address)
        line = None if path is None else axes.load_rows(path, output)
        if line is not None:
            line = line.reshape(len(line), -1)
            if line.shape[1] != rows.shape[1]:
                raise LatentError(
                    f"{path} has codes of {line.shape[1]:,} numbers, {address} of "
                    f"{rows.shape[1]:,}"
                )
        return cls(address, rows, names, classes, line, words)

    def near(self, words: Sequence[str], most: int, *, also: Sequence[str] = ()) -> MapInput:
        """Return only the rows nearest to some words, as many for each, and those of `also`."""
        from latentcli.pictures import nearest_rows

        rows = [self._row(word) for word in words]
        near = nearest_rows(self.rows, rows, max(2, most // len(words)), self.words)
        chosen = list(dict.fromkeys([*(self._row(word) for word in also), *near.tolist()]))
        return replace(
            self,
            rows=self.rows[chosen],
            names=[self.names[row] for row in chosen],
            labels=None if self.labels is None else [self.labels[row] for row in chosen],
        )

    def map(self, **settings: Any) -> MapResult:
        """Make the map."""
        from latentcli.pictures import space_map

        return space_map(
            self.rows, names=self.names, labels=self.labels, path=self.path,
            by_frequency=self.words, unit_rows=self.words, **settings,
        )  # fmt: skip

    def check_arrows(self, pairs: Sequence[str]) -> None:
        """Refuse pairs A:B with a name that no row has, before anything is computed."""
        names = set(self.names) if pairs else set()
        for pair in pairs:
            for name in _ends(pair):
                if name not in names:
                    raise UsageError(f"--arrows {pair}: '{name}' is not in {self.address}")

    def arrows(self, result: MapResult, pairs: Sequence[str]) -> list[tuple[int, int]]:
        """Return the places on the map of pairs of names, A:B."""
        place = {name: number for number, name in reversed(list(enumerate(result.names)))}
        for pair in pairs:
            for name in _ends(pair):
                if name not in place:
                    raise UsageError(
                        f"--arrows {pair}: '{name}' is not on the map; see --sample"
                    )
        return [(place[a], place[b]) for a, b in map(_ends, pairs)]

    def write(
        self,
        file: Path,
        result: MapResult,
        arrows: Sequence[tuple[int, int]],
        output: Output,
        *,
        size: str = "page",
        fade_torn: bool = False,
    ) -> None:
        """Write the map into a file, as its ending says."""
        from latentcli.files.outputs import written_beside

        ending = file.suffix.lower()
        with written_beside(file) as part:
            if ending == ".html":
                from latentcli.pictures import map_page

                page = map_page(
                    result, title=Path(self.address).name, arrows=arrows, fade_torn=fade_torn
                )
                part.write_bytes(page)
            elif ending in (".png", ".svg", ".pdf"):
                from latentcli.render import scatter

                drawn = self._picture(result, arrows, size, fade_torn)
                note_boxes(scatter.write(drawn, part, ending.removeprefix(".")), output)
            else:
                for note in _write_table(file, part, result):
                    output.note(note)
        length = file.stat().st_size
        output.note(f"wrote {file}: {len(result.names):,} points, {length / 1e6:.2f} MB")

    def drawn(self, report: Report, result: MapResult, written: bool) -> Report:
        """Return the report with the map as characters, unless it went into a file."""
        summary = Listing(tuple(report.summary), report.summary)
        if written:
            return replace(report, views=(summary,), show_summary=False)
        from latentcli.render import braille

        width = shutil.get_terminal_size((_WIDTH, _HEIGHT)).columns
        utf8 = (sys.stdout.encoding or "utf-8").lower().startswith("utf")
        xy = result.coordinates
        lines = braille.scatter(
            xy[:, 0].tolist(), xy[:, 1].tolist(), result.names,
            width=max(20, min(width, 160)), height=_HEIGHT - 6, ascii_only=not utf8,
        )  # fmt: skip
        return replace(report, views=(Drawing(tuple(lines)), summary), show_summary=False)

    def _row(self, word: str) -> int:
        try:
            return self.names.index(word)
        except ValueError:
            raise LatentError(f"'{word}' is not in {self.address}") from None

    def _picture(
        self, result: MapResult, arrows: Sequence[tuple[int, int]], size: str, fade_torn: bool
    ) -> Any:
        from latentcli.pictures import quality_lines
        from latentcli.render.scatter import Scatter

        xy = result.coordinates
        line = result.path
        return Scatter(
            Path(self.address).name,
            xy[:, 0].tolist(),
            xy[:, 1].tolist(),
            result.names,
            result.labels,
            arrows,
            () if line is None else [(float(x), float(y)) for x, y in line],
            quality_lines(result),
            result.torn.tolist() if fade_torn and result.torn is not None else None,
            size,
        )


def _rows(
    address: str, axes: Axes, output: Output, cluster: Cluster, *, no_cache: bool
) -> tuple[Array, Sequence[str], bool]:
    """Return rows, what they are called, and whether that is by words."""
    from latentcli.words._space import Space

    if cluster.given(axes=axes.axes or None):
        laid = cluster.points(address, output)
        every = range(len(laid))
        words = laid.vectors.vocabulary.words(every) if laid.vectors and laid.named else None
        return laid.rows, _Numbers(len(laid)) if words is None else words, laid.named
    found = points.load(address, axes, output, no_cache=no_cache)
    if isinstance(found, Space):
        return found.matrix, found.words.words(range(len(found.matrix))), True
    rows = found.values.reshape(len(found.values), -1)
    return rows, _Numbers(len(rows)), False


class _Numbers(Sequence[str]):
    """The numbers of rows as text, made when they are looked at."""

    def __init__(self, count: int) -> None:
        self._numbers = range(count)

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, place: Any) -> Any:
        found = self._numbers[place]
        return [*map(str, found)] if isinstance(place, slice) else str(found)


def _write_table(file: Path, part: Path, result: MapResult) -> list[str]:
    """Write the coordinates as a table, as the file's name says; return what is to be noted."""
    from latentcli.files import map_writing
    from latentcli.files.outputs import written_beside

    beside = map_writing.beside(file)
    if not beside and file.suffix.lower() != ".parquet":
        from latentcli.render import Printer

        with part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as out:
            printer = Printer(file.suffix.lower().removeprefix("."), out)
            printer.add(Report("map", result.columns, result.records))
            printer.close()
        return []
    columns = {name: [row[name] for row in result.records] for name in result.columns}
    if beside:
        keys = [key for key in ("word", "label", "row") if key in columns]
        names: dict[str, Any] = {key: columns[key] for key in keys}
        with written_beside(beside[0]) as other:
            map_writing.write_names(other, names)
        return map_writing.write_projector(part, result.coordinates)
    cosine = bool(result.settings["unit"])
    away = result.distances**2 / 2 if cosine else result.distances
    map_writing.write_parquet(part, columns, result.neighbors, away)
    return []


def _ends(pair: str) -> tuple[str, str]:
    a, colon, b = pair.partition(":")
    if not colon:
        raise UsageError(f"--arrows {pair}: A:B, such as king:queen")
    return a, b
