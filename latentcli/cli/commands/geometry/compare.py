"""`latent compare X Y`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.cli import points
from latentcli.cli.arrays import Axes
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import (
    MORE,
    Ci,
    Force,
    Labels,
    NeighborCount,
    NoCache,
    SampleSize,
    Seed,
    several_files,
)
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.wording import distinct_names, naming, with_files
from latentcli.results import Report

if TYPE_CHECKING:
    from latentcli.comparison import CompareResult


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
        typer.Option(
            "--to",
            metavar="FORMAT",
            help="Format of OUT, as convert takes it.",
            rich_help_panel=MORE,
        ),
    ] = ""
    force: Force = False

    def __post_init__(self) -> None:
        if self.align is None and self.to:
            raise UsageError("--to and --force go with --align OUT")

    def check(self, *inputs: str) -> None:
        """Refuse a file that cannot be written or is compared, before the work is done."""
        if self.align is None:
            return
        from latentcli.files import addresses, writing

        out = Path(self.align)
        writing.check_targets(out, self.to, force=self.force)
        for address in inputs:
            path = addresses.split_address(addresses.split_slice(address)[0])[0]
            if out.exists() and path.exists() and out.samefile(path):
                raise UsageError(f"--align would replace {path.name}, which is compared")

    def write(self, address: str, result: CompareResult, dimensions: int) -> list[str]:
        """Write X rotated onto Y if a file was named, and return what to say of it."""
        if self.align is None:
            return []
        import latentcli
        from latentcli.files import contents, samples, writing

        turned = contents.changed(
            contents.words_of(latentcli.open(samples.find(address)).entry),
            dimensions,
            result.align,
        )
        name, _ = writing.write(turned, Path(self.align), self.to)
        shape = f"{turned.rows:,} x {turned.dimensions:,}"
        title = writing.WRITERS[name].title
        return [f"wrote {self.align}: {shape}, {title}", *turned.notes]


def command(
    files: Annotated[
        list[str],
        several_files("X Y...", "Files of vectors with rows in common: two, or X and several."),
    ],
    axes: Axes,
    aligning: Aligning,
    plot: Plot,
    output: Output,
    lexicon: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Pairs of words, one of X and one of Y, a line each."
        ),
    ] = None,
    metric: Annotated[
        str | None,
        typer.Option(
            metavar="METRIC",
            show_default=False,
            help="For neighbors and RSA: cosine or euclidean. Default: cosine for words, "
            "euclidean for rows.",
        ),
    ] = None,
    moved: Annotated[
        int, typer.Option(metavar="N", help="List the N rows that moved most.")
    ] = 10,
    biased: Annotated[
        bool, typer.Option("--biased", help="Show biased CKA, too.", rich_help_panel=MORE)
    ] = False,
    labels: Labels = None,
    neighbors: NeighborCount = 10,
    sample: SampleSize = 1000,
    seed: Seed = 0,
    ci: Ci = 0.95,
    no_cache: NoCache = False,
) -> None:
    """Comparison of two spaces, which may have different dimensions.

    Words are matched by vocabulary (or --lexicon), arrays by row. Linear CKA (1: the same but for
    rotation and scale; debiased, so 0 for unrelated ones), RSA (rank correlation of distances),
    orthogonal Procrustes distance (0 to 2: what remains after the best rotation), the share of
    common nearest neighbors, and the words that moved most. A reading compares with shuffled rows.

    Examples:

    latent compare codes.npy codes.npy

    latent compare minilm-10k.64d.txt article-words.txt --neighbors 2

    latent compare shapes-beta1.npz shapes-beta4.npz shapes-beta16.npz
    """
    from latentcli.comparison import compare
    from latentcli.files import pairs
    from latentcli.readers import read_labels

    plot.check(output)
    if len(files) < 2:
        raise UsageError("name two files or more: X Y, or X and several")
    x, *others = files
    for name, times in Counter(others).items():
        if times > 1:
            output.note(f"{name} is named {times} times and compared once")
    y = list(dict.fromkeys(others))
    if len(y) > 1:
        if lexicon or aligning.align or biased or labels:
            raise UsageError("--lexicon, --align, --biased and --labels go with two spaces")
        given = {
            "neighbors": neighbors,
            "metric": metric,
            "sample": sample,
            "seed": seed,
            "ci": ci,
        }
        plot.show(_several(x, y, axes, output, no_cache, given), output)
        return
    (other,) = y
    if aligning.force and aligning.align is None and plot.plot is None:
        raise UsageError("--to and --force go with --align OUT")
    aligning.check(x, other)
    first, second = (points.load(one, axes, output, no_cache=no_cache) for one in (x, other))
    named = {"x": Path(x).name, "y": Path(other).name} | (
        {"lexicon": lexicon} if lexicon else {}
    )
    with output.progress("comparing") as progress, naming(**named):
        result = compare(
            first, second, lexicon=None if lexicon is None else pairs.read_all(lexicon),
            neighbors=neighbors, metric=metric, biased=biased, moved=moved, sample=sample,
            seed=seed, ci=ci, progress=progress,
            labels=None if labels is None else read_labels(labels),
        )  # fmt: skip
    written = aligning.write(x, result, result.sides[1].dimensions_given)
    settings = {
        "x": x,
        "y": other,
        "lexicon": lexicon,
        "labels": labels,
        "align": aligning.align,
    }
    report = Report.of("compare", with_files(result, **named), settings=settings)
    plot.show(replace(report, notes=(*report.notes, *written)), output)


def _several(
    x: str, others: list[str], axes: Axes, output: Output, no_cache: bool, given: dict[str, Any]
) -> Report:
    """Return the report of several spaces compared with one."""
    from latentcli.comparison import compare_several

    name, *names = distinct_names([Path(one).name for one in (x, *others)], [x, *others])
    first, *loaded = (points.load(one, axes, output, no_cache=no_cache) for one in (x, *others))
    with output.progress("comparing") as progress, naming(x=Path(x).name):
        spaces = dict(zip(names, loaded, strict=True))
        result = compare_several(first, spaces, **given, progress=progress)
    result = replace(result, names=(name, *names))
    return Report.of("compare", result, settings={"x": x, "y": " ".join(others)})
