"""What scores of information say of noise, of shuffled factors and of perfect codes."""

import numpy as np
import pytest
from noise_rates import check, four_times, seeds

from latentcli.disentanglement import function

NAMES = ("mig", "jemmig", "dcimig", "dmig", "modularity", "med", "infomec")
FAST = NAMES[:-1]


def noise(seed, rows):
    """Codes that know nothing of the factors: Gaussian, with heavy tails, or with a rare class."""
    rng = np.random.default_rng(seed)
    factors = rng.integers(0, [3, 6, 10], (rows, 3))
    codes = rng.normal(size=(rows, 6))
    if seed % 3 == 1:
        codes = np.exp(2 * codes)
    if seed % 3 == 2:
        factors[:, 1] = rng.random(rows) < 0.05
    return codes, factors


def shuffled(seed, rows):
    """Codes of factors, whose rows come in another order."""
    rng = np.random.default_rng(seed)
    factors = rng.integers(0, [3, 6, 10], (rows, 3))
    codes = np.column_stack([factors + 0.3 * rng.normal(size=factors.shape)] * 2)
    return codes, factors[rng.permutation(rows)]


def claims(score):
    """Whether a factor is said to be anywhere, or a dimension to be a factor's; no word of noise."""
    placed = [
        row for row in score.factors
        if row.get("reading", "not").split()[0] in ("captured", "weakly", "split:")
    ]  # fmt: skip
    placed += [row for row in score.dimensions if row.get("factor")]
    return bool(placed), not any("noise explains" in note for note in score.notes)


def wrong(name, source, chosen, rows):
    found = np.array([claims(function(name)(*source(s, rows), ci=None)) for s in chosen])
    return found.sum(axis=0)


def held(name, source, rows):
    placed, silent = wrong(name, source, seeds(), rows)
    found = {
        "a factor's reading, a dimension's factor": int(placed),
        "no word of noise": int(silent),
    }
    check(name, f"{source.__name__}, {rows} rows", found)


@pytest.mark.parametrize("source", [noise, shuffled])
@pytest.mark.parametrize("name", FAST)
def test_noise_is_called_noise(name, source):
    placed, silent = wrong(name, source, range(6), 100)
    assert placed <= 1
    assert silent <= 1


@pytest.mark.slow
@pytest.mark.parametrize("source", [noise, shuffled])
@pytest.mark.parametrize("rows", [60, 150, 500])
@pytest.mark.parametrize("name", FAST)
def test_noise_is_called_noise_in_95_of_100_seeds(name, source, rows):
    held(name, source, rows)


def test_infomec_of_noise():
    placed, silent = wrong("infomec", noise, range(2), 60)
    assert placed + silent == 0


@pytest.mark.slow
@pytest.mark.parametrize("source", [noise, shuffled])
def test_infomec_of_noise_in_95_of_100_seeds(source):
    held("infomec", source, 60)


def binary(rng, rows):
    return rng.integers(0, 2, (rows, 8)).astype(float)


def far(rng, rows):
    return rng.standard_t(1.5, (rows, 6))


def wide(rng, rows):
    return rng.standard_normal((rows, 60))


@pytest.mark.parametrize("codes", [binary, far, wide])
@pytest.mark.parametrize("rows", [100, 300, 1000, 5000])
@pytest.mark.parametrize("name", ["mig", "jemmig", "dcimig", "med", "modularity"])
def test_corrected_scores_of_noise_are_near_0_or_nothing(name, rows, codes):
    """Few values and far ones fill few bins; of many dimensions one is best by chance."""
    for seed in range(3 if rows < 5000 else 1):
        rng = np.random.default_rng([seed, rows])
        score = function(name)(codes(rng, rows), rng.integers(0, [3, 4, 5], (rows, 3)), ci=None)
        for key, value in score.summary.items():
            if key.endswith("_corrected"):
                assert value is None or abs(value) < 0.1, key
                assert value is not None or any("significant" in note for note in score.notes)


@pytest.mark.parametrize("rows", [100, 1000])
def test_infomec_corrected_of_noise_is_near_0_or_nothing(rows):
    summary = function("infomec")(*noise(0, rows), ci=None, estimator="plugin").summary
    assert all(value is None for key, value in summary.items() if key.endswith("_corrected"))


def test_med_corrected_is_that_of_the_factors_that_are_there():
    """One of three factors is encoded: the others add nothing, at any number of rows."""
    rng = np.random.default_rng(0)
    factors = rng.integers(0, 5, (20_000, 3))
    codes = rng.normal(size=(20_000, 4))
    codes[:, 0] = factors[:, 0] + 0.1 * codes[:, 0]
    score = function("med")(codes, factors, ci=None)
    assert score.summary["med_corrected"] > 0.95
    assert any("leaves out factors" in note for note in score.notes)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rows", [60, 600])
def test_perfect_codes_are_not_called_noise_and_reach_their_ceiling(name, rows):
    rng = np.random.default_rng(0)
    grid = np.tile([[a, b] for a in range(3) for b in range(4)], (rows // 12, 1))
    score = function(name)(grid[rng.permutation(len(grid))], grid[rng.permutation(len(grid))])
    assert not claims(score)[0]
    score = function(name)(grid, grid)
    placed, silent = claims(score)
    assert placed or name in ("dmig", "modularity")  # whose rows have no reading
    assert silent
    if "ceiling" in score.summary:
        assert score.value == pytest.approx(score.summary["ceiling"])


@pytest.mark.parametrize("tails", [1, 2], ids=["Gaussian", "heavy tails"])
@pytest.mark.parametrize("rows", [60, 150, 500, 2000])
@pytest.mark.parametrize("name", [name for name in FAST if name not in ("dmig", "modularity")])
def test_perfect_codes_of_continuous_factors_are_captured(name, rows, tails):
    """Bins and classes of a few rows are many there: Williams' correction alone found them by chance."""
    factors = np.random.default_rng(rows).normal(size=(rows, 3))
    factors = factors if tails == 1 else np.exp(2 * factors)
    named = {f"amount {k}": column for k, column in enumerate(factors.T)}
    score = function(name)(factors[:, ::-1], named, ci=None)
    read = [(row["dimension"], row["reading"].split()[0]) for row in score.factors]
    assert read == [("z2", "captured"), ("z1", "captured"), ("z0", "captured")]
    if name in ("mig", "med"):
        assert score.summary[f"{name}_corrected"] > 0.9


@pytest.mark.parametrize("rows", [60, 300, 3000])
def test_perfect_codes_of_dependent_factors_score_dmig_1_and_their_ceiling(rows):
    rng = np.random.default_rng(rows)
    factors = rng.integers(0, 6, (rows, 3))
    factors[:, 1] = np.where(rng.random(rows) < 0.4, factors[:, 0], factors[:, 1])
    assert function("dmig")(factors, factors).value == pytest.approx(1)
    score = function("mig")(factors, factors)
    assert score.value == pytest.approx(score.summary["ceiling"])


def test_bins_are_in_the_ceiling():
    """Factors of 32 and 40 classes in 20 bins: perfect codes score what the ceiling says."""
    factors = np.random.default_rng(0).integers(0, [32, 40], (20_000, 2))
    score = function("mig")(factors, factors)
    assert score.value == pytest.approx(score.summary["ceiling"])
    assert score.value < 0.95
    assert any("20 bins cannot tell all classes" in note for note in score.notes)


@pytest.mark.parametrize("rows", [100, 1000])
def test_independent_factors_are_seldom_said_to_depend(rows):
    said = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        factors = rng.integers(0, [3, 6, 10], (rows, 3))
        notes = function("mig")(rng.normal(size=(rows, 4)), factors, ci=None).notes
        said += any("depend on each other" in note for note in notes)
    assert said <= 3


def test_two_factors_in_one_dimension_are_named():
    grid = np.tile([[a, b] for a in range(3) for b in range(4)], (50, 1))
    codes = np.column_stack([grid @ [4, 1], np.random.default_rng(0).normal(size=600)])
    notes = function("mig")(codes, {"shape": grid[:, 0], "size": grid[:, 1]}).notes
    assert any("shape" in note and "size" in note and "z0" in note for note in notes)


def test_a_small_share_is_not_called_captured():
    rng = np.random.default_rng(0)
    factor = rng.integers(0, 4, 5000)
    codes = np.column_stack([0.25 * factor + rng.normal(size=5000), rng.normal(size=5000)])
    (row,) = function("mig")(codes, factor).factors
    assert row["reading"] == "not captured"


def copied(seed, rows):
    """Noise with its labels, each row four times."""
    return four_times(*noise(seed, rows // 4), seed)


@pytest.mark.parametrize("name", FAST)
def test_noise_whose_rows_are_repeated_is_called_noise(name):
    placed, silent = wrong(name, copied, range(6), 400)
    assert placed + silent <= 1


@pytest.mark.slow
@pytest.mark.parametrize("rows", [120, 400])
@pytest.mark.parametrize("name", FAST)
def test_noise_whose_rows_are_repeated_is_called_noise_in_95_of_100_seeds(name, rows):
    held(name, copied, rows)


def test_infomec_of_noise_whose_rows_are_repeated():
    placed, silent = wrong("infomec", copied, range(2), 240)
    assert placed + silent == 0


@pytest.mark.parametrize("leak", [0, 1e-3], ids=["exact", "leaking"])
@pytest.mark.parametrize("name", [name for name in FAST if name not in ("dmig", "modularity")])
def test_codes_of_a_grid_that_is_drawn_again_are_captured(name, leak):
    """A deterministic encoder gives equal factors equal codes: 600 draws of 60 combinations."""
    factors = np.random.default_rng(0).integers(0, [3, 4, 5], (600, 3))
    mixed = np.random.default_rng(1).normal(size=(3, 3))
    score = function(name)(factors * 0.37 + leak * factors @ mixed, factors, ci=None)
    assert [row["reading"].split()[0] for row in score.factors] == ["captured"] * 3
    assert not any("noise explains" in note for note in score.notes)


def test_repeated_rows_are_told_and_scored_as_ever():
    codes, factors = noise(0, 100)
    once, often = (
        function("mig")(np.repeat(codes, k, axis=0), np.repeat(factors, k, axis=0))
        for k in (1, 4)
    )
    assert often.value == pytest.approx(once.value, abs=1e-12)
    assert often.summary["mig_corrected"] == pytest.approx(
        once.summary["mig_corrected"], abs=1e-9
    )
    assert any(note.startswith("400 rows, 100 distinct: ") for note in often.notes)
    width = [one.interval.high - one.interval.low for one in (once, often)]
    assert width[1] > 0.5 * width[0]


@pytest.mark.parametrize("rows", [30, 60])
def test_dcimig_corrected_of_rare_classes_and_noise_is_nothing(rows):
    """Of 30 rows with rare classes it was up to 0.33."""
    for seed in range(10):
        rng = np.random.default_rng([seed, rows])
        factors = np.column_stack(
            [rng.random(rows) < p for p in (0.1, 0.2)] + [rng.integers(0, 4, rows)]
        )
        score = function("dcimig")(rng.normal(size=(rows, 6)), factors, ci=None)
        assert score.summary["dcimig_corrected"] is None
        assert any("no dcimig_corrected" in note for note in score.notes)


@pytest.mark.parametrize("rare", [[0.9, 0.05, 0.05], [0.94, 0.06], [1 / 3] * 3])
def test_mig_corrected_of_few_rows_is_called_noise(rare):
    """The largest of corrected values is above 0 also of noise: up to 0.17 of 30 rows with rare classes."""
    silent = 0
    for seed in range(12):
        rng = np.random.default_rng([seed, 43])
        factors = rng.choice(len(rare), size=(30, 2), p=rare)
        factors[0] = (factors[1] + 1) % len(rare)
        score = function("mig")(rng.normal(size=(30, 5)), factors)
        silent += not any(note.startswith("mig_corrected is ") for note in score.notes)
    assert silent <= 1


def test_rows_that_are_few_are_the_distinct_ones():
    codes, factors = noise(0, 200)
    score = function("mig")(np.repeat(codes, 5, axis=0), np.repeat(factors, 5, axis=0), ci=None)
    assert any(note.startswith("200 distinct rows are few for") for note in score.notes)
