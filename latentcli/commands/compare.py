"""`latent compare X Y`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.commands.options import NoCache, Output, Source
from latentcli.errors import LatentError, UsageError, check_choice
from latentcli.report import Record, Report, Sheet

if TYPE_CHECKING:
    from latentcli.core.comparison.compare import Comparison
    from latentcli.core.resampling import Estimate
    from latentcli.files.matching import Match
    from latentcli.space import Space

COLUMNS = ("measure", "variant", "value", "low", "high", "word")

_METRICS = {"word": "cosine", "row": "euclidean"}
"""What is near, by what the rows are matched by."""

_STILL = 1e-6
"""Rows that moved less did not move: vectors are float32."""


def command(
    x: Annotated[str, typer.Argument(metavar="X", help="File of vectors, or FILE::KEY.")],
    y: Annotated[str, typer.Argument(metavar="Y", help="Another, with rows in common.")],
    output: Output,
    no_cache: NoCache = False,
    k: Annotated[
        int, typer.Option("--top", "-k", metavar="K", help="How many neighbours.")
    ] = 10,
    moved: Annotated[
        int, typer.Option(metavar="N", help="List the N rows that moved most.")
    ] = 10,
    biased: Annotated[bool, typer.Option("--biased", help="Show biased CKA, too.")] = False,
    metric: Annotated[
        str,
        typer.Option(
            metavar="METRIC",
            help="For neighbours and RSA: cosine or euclidean. [default: cosine for words, "
            "euclidean for rows]",
        ),
    ] = "",
    ci: Annotated[
        float, typer.Option(metavar="LEVEL", help="Confidence of the intervals; 0: none.")
    ] = 0.95,
    sample: Annotated[
        int, typer.Option(metavar="N", help="Rows that RSA and neighbours are measured on.")
    ] = 1000,
    seed: Annotated[int, typer.Option(metavar="N", help="For the sample.")] = 0,
    align: Annotated[
        str | None,
        typer.Option(
            metavar="OUT", help="Write X rotated onto Y, in the format of OUT's ending."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace OUT if it is there.")] = False,
) -> None:
    """Tell how alike two spaces are, which may have different dimensions.

    Words are matched by vocabulary, arrays by row. Linear CKA (1: the same but for rotation and
    scale; debiased, so 0 for unrelated ones), RSA (rank correlation of distances), orthogonal
    Procrustes distance (0 to 2: what the best rotation leaves), the share of common nearest
    neighbours, and the words that moved most.

    Examples:

    latent compare codes.npy codes.npy

    latent compare minilm-10k.64d.txt article-words.txt -k 2
    """
    _check(k, moved, ci, sample, seed, metric)
    target = None if align is None else Path(align)
    if target is not None:
        from latentcli.files import writing

        writing.check_targets(target, force=force)
    spaces = [_open(address, no_cache, output) for address in (x, y)]
    if target is not None and target.exists():
        for space in spaces:
            if target.samefile(space.entry.path):
                raise UsageError(f"--align would replace {space.name}, which is compared")
    from latentcli.files.matching import match

    matched = match(spaces[0].entry, spaces[1].entry)
    near = metric or _METRICS[matched.by]
    found = _compared(spaces, matched, k, near, ci or None, sample, seed, output)
    records = _measures(found, near, biased)
    words = _moved(found, matched, spaces[0], moved)
    parts = [Sheet("", COLUMNS[:5], records)]
    if words:
        title = "moved most: 1 - cosine after the rotation"
        parts.append(Sheet(title, ("word", "value"), words))
    settings: Record = {
        "x": x, "y": y, "rows_x": len(spaces[0].matrix), "rows_y": len(spaces[1].matrix),
        "dimensions_x": spaces[0].dimensions, "dimensions_y": spaces[1].dimensions,
        "matched_by": matched.by, "k": found.k, "metric": near, "ci": ci, "sample": sample,
        "seed": seed,
    }  # fmt: skip
    notes = _notes(found, matched, spaces, k, sample)
    if target is not None:
        notes += _align(found, spaces, target)
    output.show(
        Report(
            "compare",
            COLUMNS,
            records + words,
            settings=settings,
            summary={
                "rows_in_common": len(matched.x), "overlap_by_chance": found.overlap.chance,
            },
            notes=tuple(notes),
            parts=tuple(parts),
        )
    )  # fmt: skip


def _check(k: int, moved: int, ci: float, sample: int, seed: int, metric: str) -> None:
    """Refuse settings that mean nothing."""
    if k < 1 or moved < 0 or seed < 0:
        raise UsageError("-k takes a number from 1; --moved and --seed one from 0")
    if not 0 <= ci < 1:
        raise UsageError("--ci takes a level between 0 and 1, such as 0.95; 0 for no intervals")
    if sample < 3:
        raise UsageError("--sample takes three rows or more")
    if metric:
        check_choice("metric", metric, _METRICS.values())


def _open(address: str, no_cache: bool, output: Output) -> Space:
    from latentcli.files.samples import find

    return Source(vectors=find(address), no_cache=no_cache).open(output)


def _compared(
    spaces: list[Space],
    matched: Match,
    k: int,
    metric: str,
    level: float | None,
    sample: int,
    seed: int,
    output: Output,
) -> Comparison:
    from latentcli.core.comparison.compare import compare
    from latentcli.core.comparison.overlap import Paired

    first, second = (
        Paired(space.matrix, space.norms, rows)
        for space, rows in zip(spaces, (matched.x, matched.y), strict=True)
    )
    return compare(
        first, second, k=k, metric=metric, level=level, sample=sample, seed=seed,
        stage=output.progress,
    )  # fmt: skip


def _measures(found: Comparison, metric: str, biased: bool) -> list[Record]:
    """Return a record for each measure."""
    from latentcli.core.resampling import Estimate

    distance = Estimate(None if found.rotation is None else found.rotation.distance)
    measures = [
        ("cka", "linear, debiased", found.debiased),
        *([("cka", "linear, biased", found.biased)] if biased else []),
        ("rsa", f"spearman, {metric}", found.rsa),
        ("procrustes", "centred, unit norm", distance),
        ("neighbour_overlap", f"k={found.k}, {metric}", found.neighbours),
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

    from latentcli.core.resampling import Estimate

    distances = np.nan_to_num(found.moved, nan=0.0)
    order = np.argsort(-distances, kind="stable")[:most]
    order = order[distances[order] > _STILL]
    words = space.words.words(matched.x[order].tolist())
    return [
        _record("moved", "1 - cosine", Estimate(float(distance)), word)
        for word, distance in zip(words, distances[order], strict=True)
    ]


def _notes(
    found: Comparison, matched: Match, spaces: list[Space], k: int, sample: int
) -> list[str]:
    """Say what a careful reader should know."""
    notes = [_matching(matched, spaces)]
    if matched.unusable:
        pairs = "1 pair is" if matched.unusable == 1 else f"{matched.unusable:,} pairs are"
        notes.append(f"{pairs} left out, for a row of zeros, NaN or infinity")
    notes += [text for there, text in _conditions(found, spaces, k) if there]
    if found.rsa_rows < len(matched.x):
        notes.append(
            f"RSA and neighbours are measured on {found.rsa_rows:,} of {len(matched.x):,} rows "
            "(--sample)"
        )
    return notes


def _matching(matched: Match, spaces: list[Space]) -> str:
    count = len(matched.x)
    if matched.by == "row":
        return f"matched {count:,} rows by number"
    return (
        f"matched {count:,} words: of {len(spaces[0]):,} in {spaces[0].name} and "
        f"{len(spaces[1]):,} in {spaces[1].name}"
    )


def _conditions(found: Comparison, spaces: list[Space], k: int) -> list[tuple[bool, str]]:
    """Return what might be worth saying of the measures, each with whether it is."""
    from latentcli.core.comparison.cka import FEWEST

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
        f"{found.overlap.torn:,} rows have more ties among their neighbours than were looked at: "
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


def _align(found: Comparison, spaces: list[Space], target: Path) -> list[str]:
    """Write X rotated onto Y, and say so."""
    if found.rotation is None:
        raise LatentError("nothing to align: all rows of one space are the same")
    from latentcli.core.comparison.procrustes import aligned
    from latentcli.files import writing

    rotation = found.rotation
    content = writing.words_of(spaces[0].entry)
    turned = writing.changed(
        content, spaces[1].dimensions, lambda rows: aligned(rows, found.x, found.y, rotation)
    )
    name, _ = writing.write(turned, target)
    shape = f"{turned.rows:,} x {turned.dimensions:,}"
    return [f"wrote {target}: {shape}, {writing.WRITERS[name].title}", *turned.notes]
