"""InfoMEC: modularity, compactness and explicitness of information."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Unpack

import numpy as np
import numpy.typing as npt

from latentcli.disentanglement import _attribution as attribution
from latentcli.disentanglement._about import About
from latentcli.disentanglement._concentration import concentration, infoc, infom, of_noise
from latentcli.disentanglement._confidence import estimate
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._infoe import explicitness, held_out_explicitness
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._mutual_information import Counts, Cut
from latentcli.disentanglement._score import Estimate, Number, Score, shuffles
from latentcli.disentanglement._train_test_split import mean_known
from latentcli.numerics.halves import Halves
from latentcli.numerics.types import Array
from latentcli.results import Record

ABOUT = About(
    formula=(
        "with N = I(z; v) / H(v): InfoM is the mean over active dimensions of max N / sum N over "
        "factors, InfoC that over factors of max N / sum N over active dimensions, both rescaled so "
        "that an even spread (1/K, 1/D) is 0; InfoE is the mean over factors of 1 - cross-entropy / "
        "log M of a logistic regression on all dimensions, M being the number of classes"
    ),
    range="0 to 1",
    reading="1: modular, compact and explicit",
    limitations=(
        "InfoM and InfoC are ratios, far above 0 for noise: compare them with infom_chance and "
        "infoc_chance. InfoE is computed, as published, on the rows that its regression has learned "
        "from: with few rows read infoe_heldout."
    ),
    source="Hsu, Dorrell, Whittington, Wu and Finn, 2023",
    read_with=("infom", "infoc", "infoe", "infoe_heldout"),
    estimators={"knn": "nearest neighbors", "plugin": "counts of bins"},
    compat={"infomec": {"estimator": "knn", "neighbors": 10}},
    differences=(
        "infomec calls a dimension active by its range, which one outlier decides; here by its "
        "standard deviation, a twentieth of the largest. A dimension without information is left out "
        "of InfoM, which would be NaN"
    ),
    ceiling=(
        "Factors that depend on each other (InfoM, InfoC), and many classes on one dimension, which a logistic regression separates only in part (InfoE)."
    ),
    perfect_codes=True,
)

_ACTIVE = 20
"""A dimension is active when it varies at least this part of the one that varies most."""

_PARTS = 10
"""Parts of the rows for intervals."""

_SHUFFLES = 5
"""How often factors are shuffled to see what noise gives."""


@metric(ABOUT)
def infomec(
    codes: Codes,
    factors: Factors = None,
    *,
    bins: int = 20,
    binning: str = "width",
    limits: tuple[float, float] = (-4.0, 4.0),
    estimator: str = "knn",
    neighbors: int = 10,
    limit: int | None = 10_000,
    ci: float | None = 0.95,
    seed: int = 0,
    **options: Unpack[Options],
) -> Score:
    """Score modularity, compactness and explicitness of codes (N, D) for factors (N, K).

    Parameters
    ----------
    estimator
        "knn", as published: nearest neighbors on standardized codes, and `neighbors` of them, on at
        most `limit` rows drawn by `seed`; or "plugin": counts of bins.

    Returns
    -------
    Score
        `infomec`, the mean of `infom`, `infoc` and `infoe`, each with what the same estimator gives
        when factors are shuffled, and intervals from parts of up to 1,000 rows; `infoe_heldout`, InfoE on a fifth of the rows, held out;
        `infom_corrected` and `infoc_corrected`, from counts with Miller and Madow's correction, of
        dimensions and factors with significant information only (None where there are none).

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 100)
    >>> round(infomec(grid, grid).numbers["infom"].value, 2)
    1.0
    """
    data = prepare(codes, factors, **options)
    binned = data.binned(Cut(bins, binning, limits))
    counts, active = binned.counts, _active(data)
    fitted = data.standard(limit, seed)
    if estimator == "knn":
        shares = _nearest_mutual(data, fitted, neighbors, seed) / counts.factor_entropy
        null = _nearest_null(fitted, active, neighbors, seed)
    else:
        shares = counts.mutual / counts.factor_entropy
        null = [it.mutual[active] / it.factor_entropy for it in binned.shuffled(seed)]
    explicit = explicitness(fitted)
    # Of halves of the rows only the value is needed.
    held_out = held_out_explicitness(fitted, seed) if shuffles() else {}
    some = bool(counts.evident[active].any())
    modular = _with_null(infom, shares[active], null, some)
    compact = _with_null(infoc, shares[active], null, some)
    infoe = mean_known(list(explicit.values()))
    known = (modular.value, compact.value, infoe)
    whole = None if None in known else mean_known(known)

    def of_part(rows: Array) -> dict[str, float | None]:
        part = data.part(rows)
        if len(part.factors) < len(data.factors):
            return {}
        counted = None if estimator == "knn" else part.counts(Cut(bins, binning, limits))
        return _three(part, counted, active, counts.evident, neighbors, seed)

    parts = Halves(data.repeats, of_part, ci=ci, seed=seed, draws=_PARTS)

    def spread(name: str, one: Estimate) -> Estimate:
        interval = parts.interval(
            name, one.value, 0.0, 1.0, widened=data.tail_factor, lasting=f"{name}_of_noise"
        )
        return replace(one, interval=interval)

    informative = active & counts.significant.any(axis=1)
    captured = counts.significant[active].any(axis=0)

    def infom_corrected(it: Counts) -> float | None:
        return infom(_shares(it)[informative]) if some else None

    def infoc_corrected(it: Counts) -> float | None:
        return infoc(_shares(it)[active][:, captured]) if some else None

    numbers: dict[str, Number] = {
        "infomec": spread("infomec", Estimate(whole)),
        "infom": spread("infom", modular),
        "infoc": spread("infoc", compact),
        "infoe": spread("infoe", Estimate(infoe)),
        "infoe_heldout": mean_known(list(held_out.values())),
        "active": int(active.sum()),
        "infom_corrected": estimate(
            infom_corrected, binned, ci=ci, seed=seed, null=False, corrected=True
        ),
        "infoc_corrected": estimate(
            infoc_corrected, binned, ci=ci, seed=seed, null=False, corrected=True
        ),
    }
    words = attribution.readings(data, counts)
    rows: list[Record] = [
        {
            "factor": factor.name,
            "dimension": data.names[int(shares[:, k].argmax())],
            "infoc": concentration(shares[active, k]),
            "infoe": explicit.get(factor.name),
            "infoe_heldout": held_out.get(factor.name),
            "reading": words[k],
        }
        for k, factor in enumerate(data.factors)
    ]
    significant = counts.evident
    dimensions: list[Record] = [
        {
            "dimension": name,
            "active": bool(active[j]),
            "factor": data.factors[best].name if significant[j, best] else None,
            "infom": concentration(shares[j]) if active[j] else None,
        }
        for j, (name, best) in enumerate(zip(data.names, shares.argmax(axis=1), strict=True))
    ]
    return Score(
        numbers=numbers,
        factors=rows,
        dimensions=dimensions,
        matrix=shares,
        matrix_name="I(z; v) / H(v)",
        notes=_notes(data, shares[active], explicit, held_out),
    )


def _three(
    part: Data,
    counts: Counts | None,
    active: Array,
    evident: Array,
    neighbors: int,
    seed: int,
) -> dict[str, float | None]:
    """Return the scores of some rows, of the dimensions that are active in all; by counts, or neighbors.

    With each, what dimensions and factors without `evident` (D, K) information contribute to it.
    """
    fitted = part.standard(None, seed)
    if counts is None:
        mutual = attribution.nearest(fitted, neighbors, seed)
        shares = mutual / fitted.between_factors.factor_entropy
    else:
        shares = counts.mutual / counts.factor_entropy
    found = (
        infom(shares[active]),
        infoc(shares[active]),
        mean_known([*explicitness(fitted).values()]),
    )
    informed = np.asarray(evident[active])
    noise = (
        of_noise(shares[active], np.asarray(informed.any(axis=1))),
        of_noise(shares[active].T, np.asarray(informed.any(axis=0))),
    )
    whole = None if None in found else mean_known(found)
    return {
        **dict(zip(("infomec", "infom", "infoc", "infoe"), (whole, *found), strict=True)),
        "infom_of_noise": noise[0],
        "infoc_of_noise": noise[1],
        "infomec_of_noise": sum(noise) / len(found),
    }


def _with_null(
    statistic: Callable[[Array], float | None],
    shares: Array,
    null: list[Array],
    significant: bool,
) -> Estimate:
    found = [statistic(each) for each in null]
    return Estimate(
        statistic(shares), None, tuple(one for one in found if one is not None), significant
    )


def _active(data: Data) -> npt.NDArray[np.bool_]:
    spread = data.codes.std(axis=0, dtype=np.float64)
    active: npt.NDArray[np.bool_] = data.alive & (spread > spread.max() / _ACTIVE)
    return active


def _nearest_mutual(data: Data, fitted: Data, neighbors: int, seed: int) -> Array:
    """Return I (D, K) by nearest neighbors; 0 of a factor that no drawn row lets vary."""
    drawn = [factor.name in fitted.factor_names for factor in data.factors]
    mutual = np.zeros((data.dimensions, len(data.factors)))
    mutual[:, drawn] = attribution.nearest(fitted, neighbors, seed)
    return mutual


def _nearest_null(fitted: Data, active: Array, neighbors: int, seed: int) -> list[Array]:
    """Return I / H (A, K) of active dimensions by nearest neighbors, with shuffled factors."""
    random = np.random.default_rng([seed, 4])
    entropy = fitted.between_factors.factor_entropy
    return [
        attribution.nearest(fitted, neighbors, seed, fitted.repeats.permutation(random))[active]
        / entropy
        for _ in range(shuffles(_SHUFFLES))
    ]


def _shares(counts: Counts) -> Array:
    better = counts.corrected
    return better.mutual / np.where(better.entropy > 0, better.entropy, np.inf)


def _notes(
    data: Data, shares: Array, learned: Mapping[str, float], held_out: Mapping[str, float]
) -> tuple[str, ...]:
    notes = [*attribution.one_dimension(data)]
    if not shares.any():
        notes.append("no active dimension has information about any factor: no InfoM and InfoC")
    inside, outside = mean_known(list(learned.values())), mean_known(list(held_out.values()))
    if inside is not None and outside is not None and outside <= 0 < inside:
        notes.append(
            f"infoe is {inside:.3f}, which noise explains: on held-out rows it is {outside:.3f}"
        )
    return tuple(notes)
