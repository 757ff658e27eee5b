"""Perfect codes of given factors score their ceiling, whatever bounds it: bins, classes, dependence, rows."""

from functools import partial

import numpy as np
import pytest

import latentcli
from latentcli.disentanglement._squared_correlation import standardize

COUNTED = ("mig", "jemmig", "dcimig", "dmig", "modularity", "med")


def random_factors(seed):
    """Factors that are rare, dependent, of many classes, continuous, of few rows."""
    random = np.random.default_rng(seed)
    rows = int(random.choice([24, 60, 300, 2000]))
    count = int(random.integers(2, 5))
    made = []
    for k in range(count):
        classes = int(random.choice([2, 3, 7, 32, 45]))
        rare = random.dirichlet(np.full(classes, random.choice([0.2, 1.0, 50.0])))
        column = random.choice(classes, size=rows, p=rare)
        if k and random.random() < 0.5:
            column = np.where(random.random(rows) < 0.6, made[0], column)
        made.append(column)
    factors = np.stack(made, axis=1).astype(np.float64)
    return factors[:, [len({*column}) > 1 for column in factors.T]]


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize("seed", range(12))
def test_perfect_codes_score_the_ceiling(name, seed):
    factors = random_factors(seed)
    numbered = np.stack([np.unique(v, return_inverse=True)[1] for v in factors.T], axis=1)
    binning = ("width", "distinct", "quantile")[seed % 3]
    kinds = {"discrete": [f"factor{k}" for k in range(factors.shape[1])]}
    settings = {"ci": None, "binning": binning, "bins": 5 + 5 * (seed % 4), **kinds}
    perfect = getattr(latentcli, name)(numbered, factors, **settings)
    noise = np.random.default_rng(seed).normal(size=(len(factors), 3))
    others = getattr(latentcli, name)(noise, factors, **settings)
    assert perfect.value == pytest.approx(perfect.summary["ceiling"], abs=1e-12)
    assert perfect.summary["ceiling"] == pytest.approx(others.summary["ceiling"], abs=1e-12)


@pytest.mark.parametrize("estimator", ["svm", "r2", "threshold", "knn"])
@pytest.mark.parametrize("seed", range(6))
def test_perfect_codes_score_the_ceiling_of_sap(estimator, seed):
    factors = random_factors(seed)
    perfect = np.stack([standardize(column) for column in factors.T], axis=1)
    kinds = {"discrete": [f"factor{k}" for k in range(factors.shape[1])]}
    settings = {"ci": None, "estimator": estimator, **kinds}
    score = latentcli.sap(perfect, factors, **settings)
    assert score.value == pytest.approx(score.summary["ceiling"], abs=1e-12)
    assert score.summary["ceiling"] == pytest.approx(
        latentcli.sap(perfect[:, ::-1], factors, **settings).summary["ceiling"], abs=1e-12
    )


@pytest.mark.parametrize("size", [0.2, 1.0, 30.0])
def test_perfect_codes_of_any_size_score_the_ceiling_of_sap(size):
    """A support vector machine scores larger codes higher: of six classes 0.27, not the 0.09 of size 1."""
    factors = np.random.default_rng(5).integers(0, [2, 4, 6], (400, 3))
    perfect = np.stack([standardize(column) for column in factors.T], axis=1)
    score = latentcli.sap(perfect * size * np.array([1, 2, 3]), factors, ci=None)
    assert score.value == pytest.approx(score.summary["ceiling"], abs=1e-9)


PROTOCOLS = {
    "infomec": {"estimator": "plugin"},
    "dci": {"estimator": "forest"},
    "explicitness": {},
    "irs": {},
    "factorvae": {"train": 300, "evaluate": 200},
    "betavae": {"train": 300, "evaluate": 200},
    "zmaxvar": {"train": 300, "evaluate": 200, "batch": 50},
}


@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize("seed", [0, 1, 2, 4])
def test_perfect_codes_score_the_ceiling_of_a_protocol(name, seed):
    """Whatever it draws, fits or holds out, of codes in any order of dimensions; of noise it is the same."""
    factors = random_factors(seed)
    kinds = {"discrete": [f"factor{k}" for k in range(factors.shape[1])]}
    score = partial(
        getattr(latentcli, name), factors=factors, ci=None, **kinds, **PROTOCOLS[name]
    )
    perfect = score(np.stack([standardize(column) for column in factors.T], axis=1))
    # A regression ends its steps by a tolerance, and codes standardized twice differ by rounding.
    assert perfect.value == pytest.approx(perfect.summary["ceiling"], abs=1e-4)
    noise = score(np.random.default_rng(seed).normal(size=factors.shape))
    assert noise.value < noise.summary["ceiling"] or noise.value == 1 or name == "irs"
    if name != "betavae":  # the penalty of its regression has the units of the codes
        assert noise.summary["ceiling"] == pytest.approx(perfect.summary["ceiling"], abs=1e-4)


def test_ceilings_lie_below_1_for_what_bounds_them():
    """Many classes on one line, and few rows that agree in all factors but one."""
    many = np.random.default_rng(0).integers(0, 40, (2000, 2))
    assert latentcli.explicitness(many, many, ci=None).summary["ceiling"] < 0.97
    rare = np.random.default_rng(0).integers(0, 9, (120, 3))
    few = latentcli.zmaxvar(rare, rare, ci=None, train=300, evaluate=200)
    assert few.summary["ceiling"] == few.value < 0.99


@pytest.mark.parametrize("name", ["mcc", "identifiability"])
@pytest.mark.parametrize("seed", range(6))
def test_metrics_without_a_ceiling_give_perfect_codes_1(name, seed):
    factors = random_factors(seed)
    kinds = {"discrete": [f"factor{k}" for k in range(factors.shape[1])]}
    score = getattr(latentcli, name)(factors, factors, ci=None, **kinds)
    assert score.value == pytest.approx(1, abs=1e-9)
    assert "ceiling" not in score.summary


def test_ceiling_is_missing_where_it_would_double_the_time_and_none_with_missing_labels():
    factors = np.random.default_rng(0).integers(0, 3, (90, 2))
    assert "ceiling" not in latentcli.dci(factors, factors, ci=None).summary
    holes = factors.astype(float)
    holes[::7, 0] = np.nan
    assert latentcli.explicitness(factors, holes, ci=None).summary["ceiling"] is None


def test_dependent_factors_lower_the_ceiling():
    random = np.random.default_rng(0)
    first = random.integers(0, 4, 3000)
    second = np.where(random.random(3000) < 0.7, first, random.integers(0, 4, 3000))
    dependent, free = np.stack([first, second], axis=1), random.integers(0, 4, (3000, 2))
    for name in ("mig", "dcimig", "modularity", "med", "sap"):
        low, high = (
            getattr(latentcli, name)(factors, factors, ci=None).summary["ceiling"]
            for factors in (dependent, free)
        )
        assert low < high, name


def test_few_bins_lower_the_ceiling():
    factors = np.random.default_rng(0).integers(0, 40, (3000, 2))
    for name in ("mig", "dcimig", "jemmig"):
        low, high = (
            getattr(latentcli, name)(factors, factors, bins=bins, ci=None).summary["ceiling"]
            for bins in (10, 40)
        )
        assert low < high, name


def repeated_rows(seed):
    """Rows that are there one to five times: factors of classes, and one that is continuous."""
    random = np.random.default_rng([seed, 1])
    rows = int(random.choice([30, 80]))
    some = random.integers(0, [2, 3], (rows, 2)), random.normal(size=(rows, 1))
    order = random.permutation(np.repeat(np.arange(rows), random.integers(1, 6, rows)))
    return np.hstack(some)[order], random.normal(size=(rows, 4))[order]


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize("seed", range(4))
def test_ceilings_hold_with_repeated_rows(name, seed):
    """Those of noise, whose rows are found to repeat, and of perfect codes are the same, and reached."""
    factors, noise = repeated_rows(seed)
    numbered = factors.copy()
    edges = np.linspace(factors[:, 2].min(), factors[:, 2].max(), 21)[1:-1]
    numbered[:, 2] = np.unique(np.digitize(factors[:, 2], edges), return_inverse=True)[1]
    score = partial(getattr(latentcli, name), factors=factors, ci=None, continuous=["factor2"])
    perfect, others = score(numbered), score(noise)
    assert any("distinct: " in note for note in others.notes)
    assert perfect.value == pytest.approx(perfect.summary["ceiling"], abs=1e-12)
    assert perfect.summary["ceiling"] == pytest.approx(others.summary["ceiling"], abs=1e-12)


@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize("seed", range(2))
def test_ceilings_of_protocols_hold_with_repeated_rows(name, seed):
    factors, noise = repeated_rows(seed)
    score = partial(
        getattr(latentcli, name),
        factors=factors,
        ci=None,
        continuous=["factor2"],
        **PROTOCOLS[name],
    )
    perfect = score(np.stack([standardize(column) for column in factors.T], axis=1))
    others = score(noise)
    assert perfect.value == pytest.approx(perfect.summary["ceiling"], abs=1e-4)
    assert perfect.summary["ceiling"] == pytest.approx(others.summary["ceiling"], abs=1e-4)
    assert others.value <= others.summary["ceiling"] + 0.05
