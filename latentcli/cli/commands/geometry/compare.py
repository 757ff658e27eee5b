"""`latent compare X Y`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.options import Force, NoCache, Output, Source
from latentcli.errors import LatentError, UsageError, check_choice
from latentcli.results import Record, Report, Sheet

if TYPE_CHECKING:
    from latentcli.comparison._compare import Comparison
    from latentcli.files.matching import Match
    from latentcli.numerics.resampling import Estimate
    from latentcli.words._space import Space

COLUMNS = ("measure", "variant", "value", "low", "high", "word")

_METRICS = {"word": "cosine", "lexicon": "cosine", "row": "euclidean"}
"""What is near, by what the rows are matched by."""

_STILL = 1e-6
"""Rows that moved less did not move: vectors are float32."""


@dataclass(frozen=True)
class Measuring:
    """What the measures are taken with."""

    k: Annotated[int, typer.Option("--top", "-k", metavar="K", help="How many neighbors.")] = 10
    metric: Annotated[
        str,
        typer.Option(
            metavar="METRIC",
            show_default=False,
            help="For neighbors and RSA: cosine or euclidean. Default: cosine for words, "
            "euclidean for rows.",
        ),
    ] = ""
    ci: Annotated[
        float, typer.Option(metavar="LEVEL", help="Confidence of the intervals; 0: none.")
    ] = 0.95
    sample: Annotated[
        int, typer.Option(metavar="N", help="Rows that RSA and neighbors are measured on.")
    ] = 1000
    seed: Annotated[int, typer.Option(metavar="N", help="For the sample.")] = 0

    def __post_init__(self) -> None:
        if self.k < 1 or self.seed < 0:
            raise UsageError("-k takes a number from 1, --seed one from 0")
        if not 0 <= self.ci < 1:
            raise UsageError(
                "--ci takes a level between 0 and 1, such as 0.95; 0 for no intervals"
            )
        if self.sample < 3:
            raise UsageError("--sample takes three rows or more")
        if self.metric:
            check_choice("metric", self.metric, _METRICS.values())

    def compare(
        self, spaces: tuple[Space, Space], matched: Match, output: Output
    ) -> Comparison:
        """Compare the matched rows of two spaces."""
        from latentcli.comparison._compare import compare
        from latentcli.comparison._overlap import Paired

        x, y = (
            Paired(space.matrix, space.norms, rows)
            for space, rows in zip(spaces, (matched.x, matched.y), strict=True)
        )
        return compare(
            x,
            y,
            k=self.k,
            metric=self.near(matched),
            level=self.ci or None,
            sample=self.sample,
            seed=self.seed,
            stage=output.progress,
        )

    def near(self, matched: Match) -> str:
        """Return what is near: as was said, or as is usual for what is matched."""
        return self.metric or _METRICS[matched.by]


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
    measuring: Measuring,
    aligning: Aligning,
    output: Output,
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
    if moved < 0:
        raise UsageError("--moved takes a number from 0")
    aligning.check()
    spaces = _open(x, no_cache, output), _open(y, no_cache, output)
    aligning.check_inputs(spaces)
    from latentcli.files.matching import match

    matched = match(spaces[0].entry, spaces[1].entry, _pairs(lexicon))
    found = measuring.compare(spaces, matched, output)
    near = measuring.near(matched)
    records = _measures(found, near, biased)
    words = _moved(found, matched, spaces[0], moved)
    notes = _notes(found, matched, spaces, measuring.k)
    if moved and found.rotation is not None and not words:
        notes.append("after the rotation no row has moved, but for rounding")
    notes += aligning.write(found, spaces)
    settings: Record = {
        "x": x, "y": y, "rows_x": len(spaces[0].matrix), "rows_y": len(spaces[1].matrix),
        "dimensions_x": spaces[0].dimensions, "dimensions_y": spaces[1].dimensions,
        "matched_by": matched.by, "lexicon": lexicon, "k": found.k, "metric": near, "ci": measuring.ci,
        "sample": measuring.sample, "seed": measuring.seed, "align": aligning.align,
    }  # fmt: skip
    output.show(
        Report(
            "compare",
            COLUMNS,
            records + words,
            settings=settings,
            summary={
                "rows_in_common": len(matched.x),
                "overlap_by_chance": found.overlap.chance,
            },
            notes=tuple(notes),
            views=_parts(records, words),
        )
    )


def _pairs(lexicon: str | None) -> list[tuple[str, str]] | None:
    if lexicon is None:
        return None
    from latentcli.files import pairs

    return [pair for relation in pairs.read(lexicon).values() for pair in relation]


def _open(address: str, no_cache: bool, output: Output) -> Space:
    from latentcli.files.samples import find

    return Source(vectors=find(address), no_cache=no_cache).open(output)


def _measures(found: Comparison, metric: str, biased: bool) -> list[Record]:
    """Return a record for each measure."""
    from latentcli.numerics.resampling import Estimate

    distance = Estimate(None if found.rotation is None else found.rotation.distance)
    measures = [
        ("cka", "linear, debiased", found.debiased),
        *([("cka", "linear, biased", found.biased)] if biased else []),
        ("rsa", f"spearman, {metric}", found.rsa),
        ("procrustes", "centred, unit norm", distance),
        ("neighbor_overlap", f"k={found.k}, {metric}", found.neighbors),
    ]
    return [_record(measure, variant, estimate) for measure, variant, estimate in measures]


def _record(measure: str, variant: str, estimate: Estimate, word: str | None = None) -> Record:
    return {
        "measure": measure,
        "variant": variant,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "word": word,
    }


def _moved(found: Comparison, matched: Match, space: Space, most: int) -> list[Record]:
    """Return a record for each of the rows that moved most, the first one the farthest."""
    import numpy as np

    from latentcli.numerics.resampling import Estimate

    distances = np.nan_to_num(found.moved, nan=0.0)
    order = np.argsort(-distances, kind="stable")[:most]
    order = order[distances[order] > _STILL]
    words = space.words.words(matched.x[order].tolist())
    return [
        _record("moved", "1 - cosine", Estimate(float(distance)), word)
        for word, distance in zip(words, distances[order], strict=True)
    ]


def _parts(measures: list[Record], moved: list[Record]) -> tuple[Sheet, ...]:
    """Return the measures, and beneath them what moved, if anything did."""
    sheet = Sheet("", COLUMNS[:5], measures)
    title = "moved most: 1 - cosine after the rotation"
    return (sheet, Sheet(title, ("word", "value"), moved)) if moved else (sheet,)


def _notes(found: Comparison, matched: Match, spaces: tuple[Space, Space], k: int) -> list[str]:
    """Say what a careful reader should know."""
    notes = [_matching(matched, spaces)]
    if matched.unusable:
        pairs = "1 pair is" if matched.unusable == 1 else f"{matched.unusable:,} pairs are"
        notes.append(f"{pairs} left out, for a row of zeros, NaN or infinity")
    if matched.missing:
        pairs = "1 pair is" if matched.missing == 1 else f"{matched.missing:,} pairs are"
        notes.append(f"{pairs} left out: a word of the lexicon is not there")
    if matched.repeated and matched.by == "lexicon":
        notes.append(f"{matched.repeated:,} pairs left out: an earlier pair has their word")
    elif matched.repeated:
        rows = "1 row is" if matched.repeated == 1 else f"{matched.repeated:,} rows are"
        notes.append(f"{rows} left out: an earlier row of {spaces[0].name} has their word")
    notes += [text for there, text in _conditions(found, spaces, k) if there]
    if found.rsa_rows < len(matched.x):
        notes.append(
            f"RSA and neighbors are measured on {found.rsa_rows:,} of {len(matched.x):,} rows "
            "(--sample)"
        )
    return notes


def _matching(matched: Match, spaces: tuple[Space, Space]) -> str:
    count = len(matched.x)
    if matched.by == "row":
        return f"matched {count:,} rows by number"
    how = " by the lexicon" if matched.by == "lexicon" else ""
    return (
        f"matched {count:,} words{how}: of {len(spaces[0]):,} in {spaces[0].name} and "
        f"{len(spaces[1]):,} in {spaces[1].name}"
    )


def _conditions(
    found: Comparison, spaces: tuple[Space, Space], k: int
) -> list[tuple[bool, str]]:
    """Return what might be worth saying of the measures, each with whether it is."""
    from latentcli.comparison._cka import FEWEST

    count = len(found.x)
    sizes = [space.dimensions for space in spaces]
    sides = zip(spaces, (found.x, found.y), strict=True)
    same = [space.name for space, side in sides if not side.scale]
    even = count >= FEWEST and found.debiased.value is None and not same
    flat = f"all rows of {' and of '.join(same)} are the same: there is nothing to compare"
    few = (
        f"{count:,} rows in {max(sizes):,} dimensions: a rotation fits so few very well, and "
        "Procrustes says little"
    )
    padded = (
        f"{sizes[0]:,} and {sizes[1]:,} dimensions: for the rotation the smaller is padded with "
        "zeros"
    )
    torn = (
        f"{found.overlap.torn:,} rows have more ties among their neighbors than were looked at: "
        "which of them count is arbitrary"
    )
    return [
        (bool(same), flat),
        (count < FEWEST, f"debiased CKA takes {FEWEST} rows, {count} are in common"),
        (even, "no debiased CKA: all rows of one space are equally far from each other"),
        (
            found.rsa.value is None and not same,
            "no RSA: all distances in one space are the same",
        ),
        (found.k < k, f"k is {found.k}, not {k}: of {count - 1:,} other rows half at most"),
        (count <= max(sizes), few),
        (sizes[0] != sizes[1], padded),
        (found.overlap.torn > 0, torn),
    ]
