"""`latent compare X Y`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.options import Ci, Force, NoCache
from latentcli.cli.output import Output
from latentcli.cli.source import Source
from latentcli.errors import LatentError, UsageError
from latentcli.results import Record, Report

if TYPE_CHECKING:
    from latentcli.comparison._compare import Comparison
    from latentcli.words._space import Space


@dataclass(frozen=True)
class Aligning:
    """Where X is written once it is rotated onto Y."""

    align: Annotated[
        str | None,
        typer.Option(
            metavar="OUT", help="Write X rotated onto Y, in the format of OUT's ending."
        ),
    ] = None
    to: Annotated[
        str,
        typer.Option("--to", metavar="FORMAT", help="Format of OUT, as convert takes it."),
    ] = ""
    force: Force = False

    def __post_init__(self) -> None:
        if self.align is None and (self.to or self.force):
            raise UsageError("--to and --force go with --align OUT")

    def check(self) -> None:
        """Refuse a file that cannot be written, before the work is done."""
        if self.align is not None:
            from latentcli.files import writing

            writing.check_targets(Path(self.align), self.to, force=self.force)

    def check_inputs(self, spaces: tuple[Space, Space]) -> None:
        """Refuse to write over what is compared."""
        if self.align is None or not Path(self.align).exists():
            return
        for space in spaces:
            if Path(self.align).samefile(space.entry.path):
                raise UsageError(f"--align would replace {space.name}, which is compared")

    def write(self, found: Comparison, spaces: tuple[Space, Space]) -> list[str]:
        """Write X rotated onto Y if a file was named, and return what to say of it."""
        if self.align is None:
            return []
        rotation = found.rotation
        if rotation is None:
            raise LatentError("nothing to align: all rows of one space are the same")
        from latentcli.comparison._procrustes import aligned
        from latentcli.files import writing

        turned = writing.changed(
            writing.words_of(spaces[0].entry),
            spaces[1].dimensions,
            lambda rows: aligned(rows, found.x, found.y, rotation),
        )
        name, _ = writing.write(turned, Path(self.align), self.to)
        shape = f"{turned.rows:,} x {turned.dimensions:,}"
        title = writing.WRITERS[name].title
        return [f"wrote {self.align}: {shape}, {title}", *turned.notes]


def command(
    x: Annotated[str, typer.Argument(metavar="X", help="File of vectors, or FILE::KEY.")],
    y: Annotated[str, typer.Argument(metavar="Y", help="Another, with rows in common.")],
    aligning: Aligning,
    output: Output,
    neighbors: Annotated[
        int, typer.Option("--neighbors", "-k", metavar="K", help="Number of nearest neighbors.")
    ] = 10,
    metric: Annotated[
        str,
        typer.Option(
            metavar="METRIC",
            show_default=False,
            help="For neighbors and RSA: cosine or euclidean. Default: cosine for words, "
            "euclidean for rows.",
        ),
    ] = "",
    ci: Ci = 0.95,
    sample: Annotated[
        int, typer.Option(metavar="N", help="Rows that RSA and neighbors are measured on.")
    ] = 1000,
    seed: Annotated[int, typer.Option(metavar="N", help="Random seed.")] = 0,
    lexicon: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Match words by pairs, one pair on each line: word of X, word of Y.",
        ),
    ] = None,
    no_cache: NoCache = False,
    moved: Annotated[
        int, typer.Option(metavar="N", help="List the N rows that moved most.")
    ] = 10,
    biased: Annotated[bool, typer.Option("--biased", help="Show biased CKA, too.")] = False,
) -> None:
    """Tell how alike two spaces are, which may have different dimensions.

    Words are matched by vocabulary (or by --lexicon), arrays by row. Linear CKA (1: the same but for rotation and
    scale; debiased, so 0 for unrelated ones), RSA (rank correlation of distances), orthogonal
    Procrustes distance (0 to 2: what the best rotation leaves), the share of common nearest
    neighbors, and the words that moved most.

    Examples:

    latent compare codes.npy codes.npy

    latent compare minilm-10k.64d.txt article-words.txt -k 2
    """
    aligning.check()
    spaces = _open(x, no_cache, output), _open(y, no_cache, output)
    aligning.check_inputs(spaces)
    from latentcli.comparison import compare

    result = compare(
        *spaces,
        lexicon=_pairs(lexicon),
        neighbors=neighbors,
        metric=metric or None,
        ci=ci,
        sample=sample,
        seed=seed,
        moved=moved,
        biased=biased,
        stage=output.progress,
    )
    written = aligning.write(result.comparison, spaces)
    files: Record = {"x": x, "y": y, "lexicon": lexicon, "align": aligning.align}
    report = Report.of("compare", result, settings=files)
    output.show(replace(report, notes=(*report.notes, *written), title=""))


def _pairs(lexicon: str | None) -> list[tuple[str, str]] | None:
    if lexicon is None:
        return None
    from latentcli.files import pairs

    return [pair for relation in pairs.read(lexicon).values() for pair in relation]


def _open(address: str, no_cache: bool, output: Output) -> Space:
    return Source(vectors=address, no_cache=no_cache).open(output)
