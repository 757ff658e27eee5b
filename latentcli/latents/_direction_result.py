"""What is said of a direction: its numbers, its test and the reading of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from latentcli.latents import _directions as formulas
from latentcli.latents._permutation_test import Test
from latentcli.latents._tensors import Tensor
from latentcli.numerics.types import Array
from latentcli.results import Listing, Picture, Record, Result


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DirectionResult(Result):
    """The direction of an attribute, and how well it does on codes held out.

    Attributes
    ----------
    vector
        In the shape of a code: the difference of the means at its own length, what one standard
        deviation of a score adds to the codes, or a boundary's normal at length 1.
    length
        Length of `vector`.
    intercept, scale
        A code x is on the positive side when x . u + intercept > 0, u the vector at length 1; `scale`
        is the standard deviation of the codes along u.
    separation
        Distance of the two sides' means along u in their pooled standard deviation (d'), of the codes
        that the direction was found from: noise has one too.
    held_out_separation
        The same on 30 % of the codes, which the direction was found without; None for fewer than 10 codes
        of a side.
    held_out_correlation
        For a score: its correlation with the projection of codes held out, in [-1, 1].
    held_out_auc
        Area under the ROC curve on the codes held out, in [0, 1].
    chance, chance_95, p_value
        What shuffled labels give on average, what 5 % of them reach, and the share of them that does as
        well: on the codes held out; where there are none, on all, each time with a fit of its own.
    reading
        "separates held-out codes", "separates its own codes" or "follows held-out scores" (p up to 0.025),
        "not significant", or "not tested".
    cosine_kept
        Cosine with what it was before others were taken out of it.
    name
        Of the attribute.
    projections
        Of the codes of both sides, (M,) and (N,), onto the vector at length 1; for scores (`of_scores`)
        those of all codes, and the scores (N,). None where there is no one vector.
    """

    vector: Array
    length: float
    intercept: float
    scale: float
    separation: float | None
    held_out_separation: float | None
    held_out_correlation: float | None
    held_out_auc: float | None
    chance: float | None
    chance_95: float | None
    p_value: float | None
    reading: str
    cosine_kept: float
    name: str = ""
    projections: tuple[Array, Array] | None = None
    of_scores: bool = False

    def pictures(self) -> tuple[Picture, ...]:
        """Return the projections of both sides as histograms; of scores each code as a point."""
        from latentcli.latents._pictures import projections_of_sides, scores_along

        if self.projections is None:
            return ()
        if self.of_scores:
            return (scores_along(self.name, *self.projections),)
        sides = dict(zip(("with it", "without"), self.projections, strict=True))
        return (projections_of_sides(self.name, sides, -self.intercept),)

    @property
    def codes(self) -> Array:
        """The vector, as what is saved."""
        return self.vector

    @property
    def values(self) -> Array:
        """The vector: a result is a direction for `edit` and `project`, with its plane."""
        return self.vector

    @property
    def meta(self) -> dict[str, Any]:
        """What goes into a file beside the vector; intercept and scale are in its own length."""
        names = (
            "length", "separation", "held_out_separation", "held_out_correlation", "held_out_auc",
            "p_value",
        )  # fmt: skip
        return {
            "direction": {
                "intercept": self.intercept * self.length,
                "scale": self.scale * self.length,
                **{name: getattr(self, name) for name in names},
            }
        }


def by_chance(test: Test | None) -> Record:
    """Return the columns of a test."""
    return {
        "chance": None if test is None else test.chance,
        "p_value": None if test is None else test.p_value,
    }


def result_of(
    found: formulas.Direction,
    codes: Tensor,
    length: float,
    name: str,
    method: str,
    notes: Sequence[str],
    projections: tuple[Array, Array],
    record: Record,
    settings: Record,
    summary: Record,
    of_scores: bool = False,
) -> DirectionResult:
    """Return a direction in the shape of a code, with its record."""
    test = found.test
    tested = None if test is None else "held out" if test.held_out else "in sample"
    plane: Record = {"intercept": found.intercept, "scale": found.scale}
    if test is not None:
        plane["chance_95"] = test.chance_95
    return DirectionResult(
        vector=(length * found.vector).reshape(codes.code_shape),
        length=length,
        intercept=found.intercept,
        scale=found.scale,
        separation=found.separation,
        held_out_separation=_float(record.get("held_out_separation")),
        held_out_correlation=_float(record.get("held_out_correlation")),
        held_out_auc=found.auc,
        chance=None if test is None else test.chance,
        chance_95=None if test is None else test.chance_95,
        p_value=None if test is None else test.p_value,
        reading=str(record["reading"]),
        cosine_kept=found.kept,
        name=name,
        projections=projections,
        of_scores=of_scores,
        title=f"direction of {name}, by {method}; codes of shape {codes.code_shape}",
        columns=tuple(record),
        records=[record],
        views=(Listing(tuple(record), record),),
        summary={**plane, **summary},
        settings={
            "method": method, **settings, "tested": tested,
            "permutations": None if test is None else test.permutations,
        },
        notes=tuple(notes),
    )  # fmt: skip


def _float(value: object) -> float | None:
    return value if isinstance(value, float) else None


def reading_of(test: Test | None, significant: str) -> str:
    if test is None:
        return "not tested"
    return significant if test.p_value <= formulas.ALPHA else "not significant"


def notes_of(found: formulas.Direction) -> list[str]:
    test = found.test
    repeated = [] if found.repeats is None else [*found.repeats.note]
    if test is not None and test.held_out:
        return repeated
    few = "too few codes to hold some out: ten of each side are needed"
    if test is None:
        return [*repeated, few]
    return [*repeated, f"{few}; chance and p are of the separation in sample, labels shuffled"]
