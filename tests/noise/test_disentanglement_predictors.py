"""What metrics by predictors and votes say of noise, of shuffled factors and of perfect codes."""

import numpy as np
import pytest
from noise_rates import check, four_times, seeds

from latentcli.disentanglement import function

SETTINGS = {
    "sap": {},
    "dci": {"estimator": "lasso"},
    "dci-es": {},
    "explicitness": {},
    "mcc": {},
    "identifiability": {},
    "irs": {"ci": None},
    "factorvae": {"train": 1000, "evaluate": 1000, "ci": None},
    "betavae": {"train": 600, "evaluate": 600, "ci": None},
    "zmaxvar": {"ci": None},
}


def noise(seed, rows):
    """Codes that know nothing of the factors: Gaussian, with heavy tails, or with a rare class."""
    rng = np.random.default_rng(seed)
    factors = rng.integers(0, [3, 4, 2], (rows, 3))
    codes = rng.normal(size=(rows, 5))
    if seed % 3 == 1:
        codes = np.exp(codes)
    if seed % 3 == 2:
        factors[:, 2] = rng.random(rows) < 0.1
    return codes, factors


def shuffled(seed, rows):
    """Codes of factors, whose rows come in another order."""
    rng = np.random.default_rng(seed)
    factors = rng.integers(0, [3, 4, 2], (rows, 3))
    codes = factors + 0.3 * rng.normal(size=factors.shape)
    return codes, factors[rng.permutation(rows)]


def perfect(seed, rows):
    rng = np.random.default_rng(seed)
    factors = rng.integers(0, [3, 4, 2], (rows, 3))
    return factors + 0.05 * rng.normal(size=factors.shape), factors


def claims(name, codes, factors):
    """Whether structure is claimed: no word of noise, or a dimension said to be a factor's."""
    score = function(name)(codes, factors, **SETTINGS[name])
    warned = any("noise explains" in note for note in score.notes)
    placed = any(row.get("factor") for row in score.dimensions)
    assert not (warned and placed), "noise is said to be in a dimension"
    return not warned


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("make", [noise, shuffled])
def test_noise_is_called_noise(name, make):
    found = [claims(name, *make(seed, 60)) for seed in range(2)]
    assert sum(found) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("make", [noise, shuffled])
@pytest.mark.parametrize("rows", [60, 400])
def test_noise_is_called_noise_in_95_of_100_seeds(name, make, rows):
    found = [claims(name, *make(seed, rows)) for seed in seeds()]
    check(name, f"{make.__name__}, {rows} rows", {"no word of noise": sum(found)})


@pytest.mark.parametrize("name", SETTINGS)
def test_perfect_codes_are_not_called_noise(name):
    found = [claims(name, *perfect(seed, 200)) for seed in range(2)]
    assert all(found)


WITHOUT_FACTORS = (
    "total-correlation", "wasserstein-dependence", "mutual-information-score",
)  # fmt: skip


def independent(seed):
    """Codes of independent dimensions: Gaussian, with heavy tails, or of few values."""
    rng = np.random.default_rng(seed)
    codes = rng.normal(size=[(60, 3), (200, 6), (600, 10)][seed % 3])
    return (codes, np.exp(codes), np.round(codes), codes)[seed % 4]


def dependence_is_claimed(name, codes):
    return not any("noise explains" in note for note in function(name)(codes).notes)


@pytest.mark.parametrize("name", WITHOUT_FACTORS)
def test_independent_dimensions_are_called_noise(name):
    assert sum(dependence_is_claimed(name, independent(seed)) for seed in range(6)) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("name", WITHOUT_FACTORS)
def test_independent_dimensions_are_called_noise_in_95_of_100_seeds(name):
    found = [dependence_is_claimed(name, independent(seed)) for seed in seeds()]
    check(name, "60 to 600 rows", {"no word of noise": sum(found)})


@pytest.mark.parametrize("name", WITHOUT_FACTORS)
def test_dependent_dimensions_are_not_called_noise(name):
    codes = np.random.default_rng(0).normal(size=(300, 4))
    codes[:, 1] += 3 * codes[:, 0]
    assert dependence_is_claimed(name, codes)


@pytest.mark.parametrize("estimator", ["boosting", "lasso", "forest"])
def test_importances_of_noise_are_called_so(estimator):
    """D of noise may have any value, so the predictor's score on held-out rows has the word."""
    scores = [function("dci")(*noise(seed, 150), estimator=estimator) for seed in range(3)]
    warned = [any("are those of noise" in note for note in score.notes) for score in scores]
    placed = [any(row["factor"] for row in score.dimensions) for score in scores]
    assert sum(warned) >= 2
    assert sum(placed) <= 1


@pytest.mark.parametrize(("rows", "least"), [(20, 0.6), (200, 0.45)])
def test_the_chance_of_votes_is_what_these_rows_give(rows, least):
    """Twenty rows of noise score far above one of three factors: so must their chance."""
    rng = np.random.default_rng(rows)
    factors = np.column_stack([rng.integers(0, n, rows) for n in (3, 6, 4)])
    codes = rng.normal(size=(rows, 10))
    summary = function("factorvae")(codes, factors, train=2000, evaluate=2000).summary
    assert summary["factorvae_chance"] > least
    assert summary["factorvae"] == pytest.approx(summary["factorvae_chance"], abs=0.15)


def test_intervals_of_votes_are_of_rows_and_not_of_batches():
    """Other rows of the same source score within the interval; Wilson's of votes had a reach of 0.013."""
    rng = np.random.default_rng(0)

    def score(rows):
        factors = rng.integers(0, 3, (rows, 3))
        codes = 0.7 * factors + rng.normal(size=(rows, 3))
        return function("factorvae")(codes, factors, train=1500, evaluate=1500, batch=16)

    found = [score(150) for _ in range(8)]
    values = [one.value for one in found]
    held = [one.interval.low <= np.mean(values) <= one.interval.high for one in found]
    assert np.mean(held) >= 0.75
    assert all(one.interval.low <= one.value <= one.interval.high for one in found)


def test_shuffled_held_out_rows_score_as_shuffled_factors_do():
    """The cheap null of held-out rows beside a fit to shuffled factors, in the mean over 20 shuffles."""
    codes, factors = perfect(0, 160)
    codes = codes + np.random.default_rng(1).normal(size=codes.shape)
    rng = np.random.default_rng(2)
    for name in ("explicitness", "sap"):
        cheap = function(name)(codes, factors).chance
        refitted = [
            function(name)(codes, factors[rng.permutation(160)], ci=None).value
            for _ in range(20)
        ]
        assert cheap == pytest.approx(np.mean(refitted), abs=0.06)


def copied(seed, rows):
    """Noise with its labels, each row four times."""
    return four_times(*noise(seed, rows // 4), seed)


@pytest.mark.parametrize("name", SETTINGS)
def test_noise_whose_rows_are_repeated_is_called_noise(name):
    assert sum(claims(name, *copied(seed, 240)) for seed in range(2)) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("name", SETTINGS)
def test_noise_whose_rows_are_repeated_is_called_noise_in_95_of_100_seeds(name):
    found = [claims(name, *copied(seed, 400)) for seed in seeds()]
    check(name, "copied, 400 rows", {"no word of noise": sum(found)})


@pytest.mark.parametrize("name", WITHOUT_FACTORS)
def test_independent_dimensions_whose_rows_are_repeated_are_called_noise(name):
    codes = [np.repeat(independent(4 * seed), 4, axis=0) for seed in range(6)]
    assert sum(dependence_is_claimed(name, one) for one in codes) <= 1


@pytest.mark.parametrize("name", SETTINGS)
def test_perfect_codes_whose_rows_are_repeated_are_not_called_noise(name):
    codes, factors = (np.repeat(one, 3, axis=0) for one in perfect(0, 200))
    assert claims(name, codes, factors)
