"""`latent evaluate weat FILE`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.evaluation import Evaluated, Seed, Shape, Sources, reported, told_absent
from latentcli.cli.options import Output
from latentcli.results import Record

if TYPE_CHECKING:
    from latentcli.words._space import Space
    from latentcli.words.evaluation._word_sets import Tested

_FOUND = ("effect_size", "difference", "p", "partitions", "exact")
COLUMNS = ("test", "x", "y", "a", "b", "used", "skipped", *_FOUND)
SHOWN = ("test", "used", "skipped", "effect_size", "p", "exact")
"""The columns of a table of several tests, which fits a terminal: their names tell the lists."""


def weat(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Lists of words: JSON, or 'name: word ...'.")
    ],
    sources: Sources,
    output: Output,
    targets: Annotated[
        str, typer.Option(help="The two lists of targets.", metavar="X,Y", show_default=False)
    ] = "",
    attributes: Annotated[
        str,
        typer.Option(help="The two lists of attributes.", metavar="A,B", show_default=False),
    ] = "",
    samples: Annotated[
        int,
        typer.Option(help="Partitions drawn where there are too many.", metavar="N", min=1),
    ] = 100_000,
    seed: Seed = 0,
) -> None:
    """Test whether targets X rather than Y lean to attributes A rather than B (WEAT).

    A file with the lists of Caliskan et al. (2017) gives their tests; four lists give one. The
    effect size is from -2 to 2; p is the one-sided permutation test's, over all partitions of the
    targets if there are up to 100,000.

    Examples:

    echo '{"x": ["flower", "garden"], "y": ["war", "attack"], "a": ["love"], "b": ["pain"]}' | latent evaluate weat - -q
    """
    from latentcli.files import word_sets
    from latentcli.words.evaluation._word_sets import associations

    rules = sources.protocol()
    names = sources.names()
    name, lists = word_sets.read_lists(file)
    tests = word_sets.association_tests(lists, _parted(targets), _parted(attributes))

    def evaluate(space: Space) -> Evaluated:
        tested = associations(space, tests, rules, samples=samples, seed=seed)
        absent = list(dict.fromkeys(word for one in tested for word in one.skipped))
        notes = [*told_absent(absent), *(text for one in tested for text in _notes(one))]
        return Evaluated.of(space, [_record(one) for one in tested], {}, notes)

    found = sources.each(output, evaluate)
    settings: Record = {
        "set": name, "ignore_case": rules.alike, "samples": samples, "seed": seed,
    }  # fmt: skip
    shown = SHOWN if len(tests) > 1 else ()
    shape = Shape("evaluate weat", name, COLUMNS, "test", "effect_size", settings, shown=shown)
    output.show(reported(shape, found, names))


def _parted(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


def _notes(tested: Tested) -> list[str]:
    """Say why there is no effect size."""
    if tested.association is None:
        return [f"test {tested.test.name}: no word of one of its lists is there"]
    if tested.association.effect_size is None:
        return [f"test {tested.test.name}: all targets lean alike, which has no effect size"]
    return []


def _record(tested: Tested) -> Record:
    found = tested.association
    x, y, a, b = tested.test.names
    return {
        "test": tested.test.name,
        "x": x,
        "y": y,
        "a": a,
        "b": b,
        "used": tested.used,
        "skipped": len(tested.skipped),
        **{name: None if found is None else getattr(found, name) for name in _FOUND},
    }
