"""The measures of drift, each beside what random splits of the same rows give."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from latentcli.comparison import _classifier_test, _coverage, _frechet, _mmd, _shifts
from latentcli.numerics.blocks import sampled
from latentcli.numerics.nulls import PERMUTATIONS, permutation_null
from latentcli.numerics.repeats import repeats_of_sets
from latentcli.numerics.resampling import half_sample_interval
from latentcli.numerics.types import Array, Progress
from latentcli.results import Interval, Record, number_or_none

SPLITS = 5
"""Random halvings of x behind a baseline."""

WIDEST = 2048
"""Up to so many dimensions covariances are made of all rows."""

_TESTED = 500
"""Rows of each set at most in tests that compute a measure again for each permutation."""

_WIDE, _FEW = 128, 59
"""Beyond so many dimensions, so many permutations of the Fréchet distance."""

LEVEL = 0.02
"""Two sets differ where p, adjusted where it is one of several, is at most this: of 59 permutations none has less than 0.017."""

_STAGES = 6

Measure = Callable[[_frechet.Gaussian, _frechet.Gaussian], float]


class Work:
    """Two sets (`sets`), the rows of them that are looked at (`some`, `few`), and the measures of both."""

    def __init__(
        self,
        sets: tuple[Array, Array],
        sample: int | None,
        seed: int,
        ci: float | None,
        progress: Progress | None,
    ) -> None:
        self.sets, self.seed, self.ci, self.progress = sets, seed, ci, progress
        x, y = (self._drawn(rows, sample or len(rows)) for rows in sets)
        self.some = x, y
        self.few = self._drawn(x, _TESTED), self._drawn(y, _TESTED)
        self.repeats, self.repeats_of_few = (
            repeats_of_sets(*one) for one in (self.some, self.few)
        )
        # Each of the two sets by itself, as the rows of both together have it.
        ends = np.arange(len(x)), len(x) + np.arange(len(y))
        self.own = self.repeats.of(ends[0]), self.repeats.of(ends[1])
        width = sets[0].shape[1]
        self.wide, self.permutations = width > WIDEST, PERMUTATIONS if width <= _WIDE else _FEW
        self.done = 0
        self.settings: Record = {}

    def _drawn(self, rows: Array, most: int) -> Array:
        return np.asarray(rows[sampled(len(rows), most, self.seed)], dtype=np.float64)

    def step(self) -> None:
        """Tell that a stage is done."""
        self.done += 1
        if self.progress:
            self.progress(self.done, _STAGES)

    def halves(self, rows: Array) -> list[tuple[Array, Array]]:
        """Return random halvings of the rows of x that are looked at."""
        rng = np.random.default_rng([self.seed, 11])
        return [(rows[a], rows[b]) for a, b in self._halvings(rng)]

    def _halvings(self, rng: np.random.Generator) -> list[tuple[Array, Array]]:
        """Return the numbers of the rows of x in random halves of them."""
        own = self.own[0]
        orders = [rng.permutation(own.distinct) for _ in range(SPLITS)]
        half = own.distinct // 2
        return [(own.whole(one[:half]), own.whole(one[half:])) for one in orders]

    def null(
        self, value: float, measure: Callable[[Array, Array], float], count: int = PERMUTATIONS
    ) -> float:
        """Return the share of random splits of the few rows in which a measure is as large."""
        pooled, n = np.concatenate(self.few), len(self.few[0])
        rng = np.random.default_rng([self.seed, 13])
        draws = []
        for _ in range(count):
            order = self.repeats_of_few.permutation(rng)
            draws.append(measure(pooled[order[:n]], pooled[order[n:]]))
        found = permutation_null(value, draws).p_larger
        assert found is not None
        return found

    @cached_property
    def both(self) -> _frechet.Both:
        """What all rows give, or of too many dimensions those that are looked at."""
        return _frechet.of_both(*(self.some if self.wide else self.sets), self.seed)

    def frechet(self) -> list[Record]:
        """Return the Fréchet distance, and at infinitely many rows."""
        rows = min(map(len, self.some if self.wide else self.sets))
        p_value = self.null(_frechet.of_rows(*self.few), _frechet.of_rows, self.permutations)
        first, *others = self.halves(self.some[0])
        half = _frechet.of_both(*first, self.seed)
        baseline = [half.distance, *(_frechet.of_rows(*one) for one in others)]
        value, beyond, _ = self.both
        self.step()
        return [
            _record("frechet", f"{rows:,} rows", value, p_value=p_value, baseline=float(np.mean(baseline))),
            _record(
                "frechet", "extrapolated", beyond, p_value=p_value if beyond is not None else None,
                baseline=half.extrapolated,
            ),
        ]  # fmt: skip

    def mmd(self, bandwidth: float | None) -> list[Record]:
        """Return both discrepancies."""
        pooled, n = np.concatenate(self.some), len(self.some[0])
        split = (np.arange(len(pooled)) < n)[:, None]
        gaussian, width = _mmd.gaussian_kernel(pooled, bandwidth)
        self.settings["bandwidth"] = width
        rng = np.random.default_rng([self.seed, 17])
        shuffled = np.stack(
            [split[self.repeats.permutation(rng), 0] for _ in range(PERMUTATIONS)], axis=1
        )
        halves = np.stack([np.isin(np.arange(n), a) for a, _ in self._halvings(rng)], axis=1)
        records = []
        for variant, kernel in (
            ("polynomial", _mmd.polynomial_kernel(pooled)),
            ("gaussian", gaussian),
        ):
            value = float(_mmd.squared_mmd(kernel, split)[0])
            null = permutation_null(value, _mmd.squared_mmd(kernel, shuffled).tolist())
            baseline = float(_mmd.squared_mmd(kernel[:n, :n], halves).mean())

            def afresh(a: Array, b: Array, kernel: Array = kernel) -> float:
                rows = np.concatenate([a, b + n])
                part = (np.arange(len(rows)) < len(a))[:, None]
                return float(_mmd.squared_mmd(kernel[np.ix_(rows, rows)], part)[0])

            interval = self.interval(value, afresh)
            records.append(
                _record(
                    "mmd", variant, value, interval, p_value=null.p_larger, baseline=baseline
                )
            )
            self.step()
        return records

    def interval(
        self,
        value: float,
        afresh: Callable[[Array, Array], float],
        low: float = -np.inf,
        high: float = np.inf,
    ) -> Interval | None:
        """Return the interval of a measure of rows by their numbers, from random halves of both sets."""
        if self.ci is None:
            return None
        parts = [own.halves(self.seed + side) for side, own in enumerate(self.own)]
        found = [afresh(a, b) for a, b in zip(*parts, strict=False)]
        return half_sample_interval(value, found, self.ci, low=low, high=high)

    def classifier(self) -> list[Record]:
        """Return the AUC of rows held out; an empty record for few rows."""
        variant = "held-out AUC"
        if min(own.distinct for own in self.own) < _classifier_test.LEAST:
            return [_record("classifier", variant, None)]
        held = _classifier_test.held_out(*self.some, self.seed, self.repeats)
        value = float(_classifier_test.auc(held.scores, held.second[:, None])[0])
        rng = np.random.default_rng([self.seed, 19])
        shuffled = np.stack(
            [held.second[held.repeats.permutation(rng)] for _ in range(999)], axis=1
        )
        null = permutation_null(value, _classifier_test.auc(held.scores, shuffled).tolist())
        bounds = None if self.ci is None else _classifier_test.interval(held, self.ci)
        baseline = None
        if self.own[0].distinct >= 2 * _classifier_test.LEAST:
            sides = self.halves(self.some[0])[0]
            own = _classifier_test.held_out(*sides, self.seed, repeats_of_sets(*sides))
            baseline = float(_classifier_test.auc(own.scores, own.second[:, None])[0])
        self.step()
        found = Interval(*bounds) if bounds else None
        return [
            _record(
                "classifier", variant, value, found, p_value=null.p_larger, baseline=baseline
            )
        ]

    def coverage(self, k: int) -> list[Record]:
        """Return precision, recall, density and coverage."""
        n, m = map(len, self.some)
        away = _coverage.distances(np.concatenate(self.some))
        values = _coverage.coverage(away, np.arange(n), np.arange(n, n + m), k)
        few = [sampled(n, _TESTED, self.seed), n + sampled(m, _TESTED, self.seed)]
        both = np.concatenate(few)
        near = away[np.ix_(both, both)]
        size = len(few[0])
        rng = np.random.default_rng([self.seed, 23])
        repeats = self.repeats.of(both)
        orders = [repeats.permutation(rng) for _ in range(PERMUTATIONS)]
        draws = [_coverage.coverage(near, one[:size], one[size:], k) for one in orders]
        own = _coverage.coverage(near, np.arange(size), np.arange(size, len(both)), k)
        splits = [one for one in self._halvings(rng) if min(map(len, one)) > k + 1]
        apart = [_coverage.coverage(away, *one, k) for one in splits]
        fresh = self._coverage_of_halves(away, n, k)
        records = []
        for name, value in values.items():
            null = permutation_null(own[name], [one[name] for one in draws])
            interval = half_sample_interval(
                value, [one[name] for one in fresh], self.ci or 0.95, low=0.0,
                high=np.inf if name == "density" else 1.0,
            )  # fmt: skip
            baseline = float(np.mean([one[name] for one in apart])) if apart else None
            records.append(
                _record(
                    name, f"k={k}", value, interval, p_value=null.p_smaller, baseline=baseline
                )
            )
        self.step()
        return records

    def _coverage_of_halves(self, away: Array, n: int, k: int) -> list[dict[str, float]]:
        if self.ci is None:
            return []
        parts = [own.halves(self.seed + side) for side, own in enumerate(self.own)]
        return [
            _coverage.coverage(away, a, n + b, k)
            for a, b in zip(*parts, strict=False)
            if min(len(a), len(b)) > k
        ]

    def shifts(self, top: int) -> list[Record]:
        """Return the shifts of mean and covariance, and the dimensions that shifted most."""
        records = []
        if not self.wide:
            whole = self.both.moments or [_frechet.moments(rows) for rows in self.sets]
            halves = [
                (_frechet.moments(a), _frechet.moments(b)) for a, b in self.halves(self.some[0])
            ]
            for name, measure in (
                ("mean_shift", _shifts.mean_shift), ("covariance_shift", _shifts.covariance_shift),
            ):  # fmt: skip
                if _shifts.is_constant(whole[0]):
                    records.append(_record(name, "all dimensions", None))
                    continue

                def of_rows(a: Array, b: Array, measure: Measure = measure) -> float:
                    return measure(_frechet.moments(a), _frechet.moments(b))

                value = of_rows(*self.few)
                baseline = float(np.mean([measure(*one) for one in halves]))
                records.append(
                    _record(
                        name, "all dimensions", measure(*whole),
                        p_value=self.null(value, of_rows, self.permutations), baseline=baseline,
                    )
                )  # fmt: skip
        shift, ratio, p_mean, p_sd = _shifts.by_dimension(
            *self.some, *(own.distinct for own in self.own)
        )
        for name, values, p_values in (
            ("mean_shift", shift, p_mean),
            ("sd_ratio", ratio, p_sd),
        ):
            order = np.argsort(np.nan_to_num(p_values, nan=1.0), kind="stable")[:top]
            values = np.where(np.isfinite(values), values, np.nan)
            records += [
                _record(
                    name, f"dimension {index}", number_or_none(values[index]),
                    p_value=number_or_none(min(1.0, p_values[index] * len(p_values))),
                )
                for index in order.tolist()
            ]  # fmt: skip
        self.step()
        return records


def _record(
    measure: str,
    variant: str,
    value: float | None,
    interval: Interval | None = None,
    *,
    p_value: float | None = None,
    baseline: float | None = None,
) -> Record:
    low, high = interval or (None, None)
    reading = None
    if value is not None and p_value is not None:
        reading = "differ" if p_value <= LEVEL else "as by chance"
    return {
        "measure": measure, "variant": variant, "value": value, "low": low, "high": high,
        "p_value": p_value, "baseline": baseline, "reading": reading,
    }  # fmt: skip
