"""Are two sets of codes drawn from one distribution? Every measure beside its null."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from latentcli.comparison import _coverage
from latentcli.comparison._drift_measures import LEVEL, WIDEST, Work
from latentcli.errors import LatentError, ParameterError, counted
from latentcli.numerics.blocks import some_of
from latentcli.numerics.named_rows import NamedRows, named_rows
from latentcli.numerics.types import HasMatrix, Progress
from latentcli.results import Interval, Picture, Record, Result, Scalar, Sheet

COLUMNS = (
    "measure", "variant", "value", "low", "high", "p_value", "baseline", "reading",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DriftResult(Result):
    """How two sets of codes differ.

    Attributes
    ----------
    frechet, frechet_extrapolated
        The Fréchet distance of all rows, and at infinitely many; the latter None for fewer than 60 rows.
    mmd_polynomial, mmd_gaussian
        Squared maximum mean discrepancies, unbiased: 0 on average for one distribution, and below by chance.
    auc, auc_interval
        Of a classifier on rows held out, in [0, 1]; None for fewer than 20 rows of a set.
    precision, recall, density, coverage
        Of y by nearest neighbors of x; all but density in [0, 1].
    mean_shift, covariance_shift
        |my - mx| / sqrt(tr Cx), and |Cy - Cx| / |Cx|; None where all rows of x are the same.
    p_value
        Of both MMD and the classifier together: the least of the three, times three.
    """

    frechet: float
    frechet_extrapolated: float | None
    mmd_polynomial: float
    mmd_gaussian: float
    auc: float | None
    auc_interval: Interval | None
    precision: float
    recall: float
    density: float
    coverage: float
    mean_shift: float | None
    covariance_shift: float | None
    p_value: float

    def pictures(self) -> tuple[Picture, ...]:
        """Return the measures with their intervals, and the dimensions that shifted most."""
        from latentcli.comparison._pictures import of_drift

        return of_drift(self.records)


def drift(
    x: HasMatrix | ArrayLike,
    y: HasMatrix | ArrayLike,
    *,
    neighbors: int = 5,
    bandwidth: float | None = None,
    top: int = 5,
    sample: int | None = 1000,
    seed: int = 0,
    ci: float | None = 0.95,
    progress: Progress | None = None,
) -> DriftResult:
    """Test whether two sets of codes are drawn from one distribution.

    Parameters
    ----------
    x, y : (N, D) and (M, D)
        The codes that are known, and those that are judged; rows need not be paired. Arrays, spaces, or
        names of files.
    neighbors
        The k of precision, recall, density and coverage, from 1.
    bandwidth
        Of the Gaussian kernel, above 0; None is the median distance of all rows.
    top
        How many of the dimensions that shifted most are listed.
    sample
        How many rows of each set, drawn at random, kernels, neighbors and the classifier use, from 10;
        None is all. Fréchet distance and shifts take all rows of up to 2,048 dimensions.
    seed
        Random seed, from 0.
    ci
        Level of the intervals, in (0, 1); None for no intervals.
    progress
        Called with steps done and in all.

    Returns
    -------
    DriftResult
        Records of `measure`, `variant`, `value`, `low`, `high`, `p_value` (random splits of all rows, 199 of them;
        of the classifier shuffled labels of the rows held out; of a dimension times their number), `baseline`
        (the same between random halves of x) and `reading`.

    Raises
    ------
    LatentError
        For different numbers of dimensions, or fewer than ten rows of a set.
    ParameterError
        For settings without a meaning.

    Examples
    --------
    >>> import numpy as np
    >>> x, y = np.random.default_rng(0).standard_normal((2, 200, 8))
    >>> drift(x, y).records[2]["reading"], drift(x, y + 0.5).records[2]["reading"]
    ('as by chance', 'differ')
    """
    _check(neighbors, bandwidth, top, sample, seed, ci)
    first, second = named_rows(x, "x"), named_rows(y, "y")
    sets = [
        one.rows if one.finite.all() else some_of(one.rows, np.flatnonzero(one.finite))
        for one in (first, second)
    ]
    if sets[0].shape[1] != sets[1].shape[1]:
        raise LatentError(
            f"`x` has {sets[0].shape[1]:,} dimensions, `y` {sets[1].shape[1]:,}: samples of one distribution have the same number"
        )
    for name, rows in zip("xy", sets, strict=True):
        if len(rows) < max(10, neighbors + 2):
            raise LatentError(
                f"`{name}` has {counted(len(rows), 'row')}: {max(10, neighbors + 2)} or more are needed"
            )
    work = Work((sets[0], sets[1]), sample, seed, ci, progress)
    try:
        with np.errstate(over="raise"):  # the kernels take sixth powers
            records = work.frechet()
            records += work.mmd(bandwidth)
            records += work.classifier()
            records += work.coverage(neighbors)
            records += work.shifts(top)
    except FloatingPointError:
        raise LatentError(
            "powers of the numbers of `x` or `y` are beyond float64; multiply both by a power of ten"
        ) from None
    return _result(records, work, (first, second), neighbors, sample)


def _check(
    neighbors: int,
    bandwidth: float | None,
    top: int,
    sample: int | None,
    seed: int,
    ci: float | None,
) -> None:
    for name, value, least in (
        ("neighbors", neighbors, 1), ("top", top, 0), ("sample", sample, 10), ("seed", seed, 0),
    ):  # fmt: skip
        if value is not None and value < least:
            raise ParameterError(name, value, f"a whole number from {least}")
    if sample is not None and sample < neighbors + 2:
        raise ParameterError(
            "sample", sample, f"from {neighbors + 2}, two more than `neighbors`"
        )
    if bandwidth is not None and not 0 < bandwidth < np.inf:
        raise ParameterError("bandwidth", bandwidth, "above 0")
    if ci is not None and not 0 < ci < 1:
        raise ParameterError("ci", ci, "between 0 and 1, such as 0.95")


def _result(
    records: list[Record],
    work: Work,
    spaces: tuple[NamedRows, NamedRows],
    neighbors: int,
    sample: int | None,
) -> DriftResult:
    found = {(one["measure"], one["variant"]): one for one in records}
    values = {key: one["value"] for key, one in found.items()}
    tests = [
        one["p_value"] for one in records
        if one["measure"] in ("mmd", "classifier") and isinstance(one["p_value"], float)
    ]  # fmt: skip
    p_value = min(1.0, len(tests) * min(tests))
    rows = [len(one) for one in work.sets]
    width = int(work.sets[0].shape[1])
    classifier = found["classifier", "held-out AUC"]
    low, high = classifier["low"], classifier["high"]
    whole = [one for one in records if not str(one["variant"]).startswith("dimension ")]
    dimensions = records[len(whole) :]

    def number(measure: str, variant: str) -> float | None:
        value = values.get((measure, variant))
        return value if isinstance(value, float) else None

    k = f"k={neighbors}"
    near = {name: number(name, k) or 0.0 for name in _coverage.NAMES}
    return DriftResult(
        frechet=float(str(records[0]["value"])),
        frechet_extrapolated=number("frechet", "extrapolated"),
        mmd_polynomial=number("mmd", "polynomial") or 0.0,
        mmd_gaussian=number("mmd", "gaussian") or 0.0,
        auc=number("classifier", "held-out AUC"),
        auc_interval=Interval(low, high) if isinstance(low, float) and isinstance(high, float) else None,
        mean_shift=number("mean_shift", "all dimensions"),
        covariance_shift=number("covariance_shift", "all dimensions"),
        p_value=p_value,
        **near,
        title=f"Drift: {rows[0]:,} and {rows[1]:,} codes of {counted(width, 'dimension')}",
        columns=COLUMNS,
        records=records,
        summary={
            "p_value": p_value,
            "reading": "two distributions" if p_value <= LEVEL else "as from one distribution",
        },
        settings={
            "rows_x": rows[0], "rows_y": rows[1], "dimensions": width, "neighbors": neighbors,
            **work.settings, "sample": sample, "ci": work.ci, "seed": work.seed,
        },
        notes=(
            *spaces[0].notes("x", spaces[0].finite),
            *spaces[1].notes("y", spaces[1].finite),
            *work.repeats.note,
            *_notes(rows, width, sample),
            *_undefined(found),
        ),
        views=(
            Sheet("", COLUMNS, _shown(whole), optional=("baseline", "variant")),
            *([Sheet("dimensions that shifted most", ("measure", "variant", "value", "p_value", "reading"), _shown(dimensions))] if dimensions else []),
        ),
    )  # fmt: skip


def _shown(records: Sequence[Record]) -> list[Record]:
    return [{**one, "measure": str(one["measure"]).replace("_", " ")} for one in records]


def _undefined(found: Mapping[tuple[Scalar, Scalar], Record]) -> list[str]:
    """Say why there are no shifts of all dimensions."""
    whole = found.get(("mean_shift", "all dimensions"))
    if whole is None or whole["value"] is not None:
        return []
    return ["all rows of `x` are the same: shifts, in units of its spread, are not defined"]


def _notes(rows: Sequence[int], width: int, sample: int | None) -> list[str]:
    notes = []
    if min(rows) <= width:
        notes.append(
            f"{min(rows):,} rows in {width:,} dimensions: the Fréchet distance is far too large; "
            "compare the extrapolated one, or with the baseline"
        )
    elif min(rows) < 10 * width:
        notes.append(
            f"the Fréchet distance of {min(rows):,} rows in {width:,} dimensions is overestimated: compare only "
            "distances of as many rows, or the extrapolated one"
        )
    if sample is not None and max(rows) > sample:
        notes.append(
            f"kernels, neighbors and the classifier use {sample:,} rows of each set (`sample`)"
        )
    if width > WIDEST:
        notes.append(
            f"{width:,} dimensions: the Fréchet distance is of sampled rows, and covariances are left out"
        )
    return notes
