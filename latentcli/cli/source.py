"""The vectors that a query goes to: which file, how it is read, and what a report says of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import (
    MORE,
    Dask,
    Labels,
    NoCache,
    SkipBadShards,
    TextColumn,
    VectorColumn,
)
from latentcli.cli.output import Output
from latentcli.cli.shards import check_alone
from latentcli.errors import LatentError

if TYPE_CHECKING:
    from latentcli.results import Record
    from latentcli.words._space import Space

_LARGE = 50 << 20
"""Bytes of a file from which reading it draws a progress bar."""


@dataclass(frozen=True)
class Source:
    """The vectors that a query goes to."""

    vectors: Annotated[
        list[str] | None,
        typer.Option(
            "--vectors",
            "-v",
            help="File, FILE::KEY, folder, 'a/*.parquet', https://..., or '-'; default: "
            "$LATENT_VECTORS, or a bundled sample.",
            metavar="FILE",
        ),
    ] = None
    concat: Annotated[
        bool,
        typer.Option(
            "--concat",
            help="Several -v are one space, their rows in this order.",
            rich_help_panel=MORE,
        ),
    ] = False
    labels: Labels = None
    vector_column: VectorColumn = None
    text_column: TextColumn = None
    ignore_case: Annotated[
        bool,
        typer.Option(
            "--ignore-case",
            help="Find a missing word in another case.",
            rich_help_panel=MORE,
        ),
    ] = False
    exact: Annotated[
        bool,
        typer.Option(
            "--exact",
            help="Match words only as written.",
            rich_help_panel=MORE,
        ),
    ] = False
    no_cache: NoCache = False
    axes: Annotated[
        str,
        typer.Option(
            "--axes",
            metavar="AXES",
            help="Of an array: letters, N samples, L layers; NCHW.",
            rich_help_panel=MORE,
        ),
    ] = ""
    dask: Dask = None
    skip_bad_shards: SkipBadShards = False

    def addresses(self) -> list[str]:
        """Return the files that are named, by -v or the environment; [] for none."""
        # Read here: of a list, Typer would split the variable at blanks, which paths may have.
        named = self.vectors or [*filter(None, [os.environ.get("LATENT_VECTORS")])]
        if "" in named:
            raise UsageError("-v has an empty name; leave it out for the sample vectors")
        if len(named) > 1 and not self.concat:
            return named[-1:]  # as of any option that is given twice, an alias and its user say
        return named

    def open(
        self,
        output: Output,
        *,
        tell: bool = True,
        columns: bool = False,
        queries: Sequence[str] = (),
    ) -> Space:
        """Open the vectors, with a progress bar for large files, and tell what was noticed.

        With `columns`, also the other columns of a table. `queries` are the words of the query.
        """
        from latentcli.files import samples

        named = self.addresses()
        if len(self.vectors or ()) > len(named):
            output.note("only the last -v is used; --concat makes one space of them")
        address = ", ".join(named) or samples.DEFAULT
        if "-" in named:
            if list(queries) == ["-"]:
                raise UsageError(
                    "standard input has the vectors (-v -); name the words as arguments"
                )
            if sys.stdin.isatty():
                output.note("reading vectors from the terminal; Ctrl-D ends")
        if self.dask and self.axes:
            raise UsageError("--axes goes without --dask, which reads rows of numbers")
        if self.dask:
            space = self._open_shards(named, output, columns=columns)
        else:
            space = self._open_here(named, output, f"reading {address}", columns=columns)
        if not named:
            output.note(
                f"no vectors named (-v FILE); using the bundled {space.name}, "
                f"{len(space):,} words x {space.dimensions}"
            )
        read_as = [f"{space.name}: read as {space.reading}"] if space.reading else []
        for text in [*space.entry.notes, *read_as] if tell else ():
            output.note(text)
        output.carry(space.notes if tell else ())
        return space

    def _open_here(
        self, named: list[str], output: Output, what: str, *, columns: bool
    ) -> Space:
        import latentcli
        from latentcli.files import samples

        check_alone(self.dask, self.skip_bad_shards)
        with output.progress(what, least=_LARGE) as progress:
            return latentcli.open(
                named or samples.DEFAULT,
                columns=columns,
                labels=self.labels,
                vector_column=self.vector_column,
                text_column=self.text_column,
                cache=not self.no_cache,
                ignore_case=self.ignore_case,
                exact=self.exact,
                axes=self.axes,
                progress=progress,
            )

    def _open_shards(self, named: list[str], output: Output, *, columns: bool) -> Space:
        """Open shards, which stay where they are."""
        from latentcli.cli.shards import connected
        from latentcli.distributed import open_space
        from latentcli.files import samples

        return open_space(
            connected(self.dask or "", output),
            named or [samples.DEFAULT],
            labels=self.labels,
            vector_column=self.vector_column,
            text_column=self.text_column,
            ignore_case=self.ignore_case,
            exact=self.exact,
            skip_bad=self.skip_bad_shards,
            columns=columns,
        )


def check_named(space: Space) -> None:
    """Refuse vectors without words, where words are needed."""
    if not space.words.named:
        raise LatentError(f"{space.name} has no words; name word vectors with -v, or --labels")


def about(space: Space) -> Record:
    """Return the settings that say which vectors were used."""
    return {
        "vectors": space.address,
        "words": len(space),
        "dimensions": space.dimensions,
        "ignore_case": space.ignore_case,
        **({"exact": True} if space.exact else {}),
        **_axes_of(space),
        **getattr(space.matrix, "settings", dict)(),
    }


def _axes_of(space: Space) -> Record:
    """Return the settings that say what the axes of an array of more than two are."""
    if space.axes is None:
        return {}
    shape = " x ".join(map(str, space.entry.meta["shape"]))
    return {"shape": shape, "axes": space.axes.letters, "axes_guessed": space.axes.guessed}
