import numpy as np
import pytest
from scipy.special import rel_entr
from scipy.stats import norm

from latentcli.disentanglement._data import prepare
from latentcli.disentanglement._jemmig import jemmig
from latentcli.disentanglement._mig import mig
from latentcli.disentanglement._mutual_information import Counts, Cut
from latentcli.errors import ParameterError

GRID = np.array([[a, b] for a in range(3) for b in range(4)])


def test_disentanglement_lib(held, peer, name):
    """Score, factors and matrix; continuous factors are binned, not taken as classes."""
    score = mig(held(name), ci=None)
    expected = peer(name, "dlib", "mig_factors_binned20" if "continuous" in name else "mig")
    assert score.value == pytest.approx(expected["score"], abs=1e-9)
    found = [row["mig"] for row in score.factors]
    np.testing.assert_allclose(found, expected["per_factor"], atol=1e-9)
    mutual = [row["information"] for row in score.dimensions]
    np.testing.assert_allclose(mutual, expected["mi_matrix_codes_x_factors"], atol=1e-9)
    if "entropy" in expected:
        entropy = [row["entropy"] for row in score.factors]
        np.testing.assert_allclose(entropy, expected["entropy"], atol=1e-9)


@pytest.mark.parametrize("name", ["01_grid_perfect", "03_duplicated", "04b_noise_0.5"])
def test_lattes_neighbours(held, peer, name):
    score = mig(held(name), estimator="knn", neighbors=3, seed=42, ci=None)
    expected = peer(name, "latte", "mi_family")["mig"]
    assert score.value == pytest.approx(expected["mean"], abs=3e-4)


@pytest.mark.parametrize("name", ["01_grid_perfect", "04b_noise_0.5"])
def test_infomecs_neighbours_stay_within_entropy(held, name):
    score = mig(held(name), estimator="knn", neighbors=10)
    assert score.matrix.max() <= 1
    assert score.settings["neighbors"] == 10


# --- the article's Example 3


def test_a_grid_is_perfectly_disentangled():
    score = mig(GRID, {"shape": GRID[:, 0], "colour": GRID[:, 1]})
    assert score.value == pytest.approx(1, abs=1e-12)
    assert [(row["dimension"], row["reading"]) for row in score.factors] == [
        ("z0", "captured by z0 (1.00)"), ("z1", "captured by z1 (1.00)"),
    ]  # fmt: skip
    assert [row["factor"] for row in score.dimensions] == ["shape", "colour"]


def test_a_noisy_grid_is_nearly_so():
    factors = np.tile(GRID, (100, 1))
    codes = factors + 0.05 * np.random.default_rng(0).normal(size=factors.shape)
    summary = mig(codes, factors).summary
    assert summary["mig"] > 0.98
    for name in ("mig", "mig_corrected"):
        assert summary[f"{name}_low"] <= summary[name] <= summary[f"{name}_high"]


def test_entangled_points_score_nothing():
    factors = [[0, 0], [0, 1], [1, 0], [1, 1]]
    codes = [[0.0, 0.0], [1.0, -1.0], [2.0, -2.0], [3.0, -3.0]]
    score = mig(codes, factors)
    assert score.value == pytest.approx(0, abs=1e-12)
    assert [row["reading"] for row in score.factors] == [
        "not significant"
    ] * 2  # of four points


# --- closed forms


def test_duplicated_dimensions_leave_no_gap():
    score = mig(np.column_stack([GRID, GRID[:, 0]]), GRID)
    assert [row["mig"] for row in score.factors] == pytest.approx([0, 1], abs=1e-12)
    assert score.summary["mig_ratio"] == pytest.approx((1 / 2 + 1) / 2)
    assert score.summary["aam"] == pytest.approx((0 + 1) / 2)
    assert score.summary["mig_sup"] == pytest.approx(1)


def test_two_factors_in_one_dimension_are_seen_by_mig_sup_only():
    joint = GRID @ [4, 1]
    score = mig(np.column_stack([joint, np.zeros(12)]), GRID)
    assert score.value == pytest.approx(1)
    assert score.summary["mig_sup"] == pytest.approx(0)


def test_correlated_factors_put_a_ceiling_on_perfect_codes():
    """Two factors of 8 classes, equal with probability .7 (else any): 1 - I / H = .5225."""
    same, other = 7000 + 3000 // 64 * 8, 3000 // 64 * 8
    table = np.full((8, 8), other / 8) + np.eye(8) * (same - other) / 8
    first, second = np.repeat(
        np.indices((8, 8)).reshape(2, -1), table.ravel().astype(int), axis=1
    )
    factors = np.column_stack([first, second])
    score = mig(factors, factors)
    joint = table / table.sum()
    expected = -(joint * np.log(joint)).sum() / np.log(8) - 1
    assert expected == pytest.approx(0.5225, abs=0.005)
    assert score.value == pytest.approx(expected, abs=1e-6)
    assert score.summary["ceiling"] == pytest.approx(expected, abs=0.003)


def test_a_rotation_by_45_degrees_leaves_nothing():
    values = np.random.default_rng(0).uniform(-1, 1, (20_000, 2))
    codes = values @ [[1, 1], [-1, 1]]
    assert mig(codes, {"x": values[:, 0], "y": values[:, 1]}).value < 0.01


def test_robust_mig_has_fixed_edges():
    """As all values are within the limits of equal width, so both are the same."""
    codes = np.random.default_rng(0).normal(size=(500, 2))
    codes[0], codes[1] = -4, 4
    factors = (codes > 0).astype(int)
    summary = mig(codes, factors).summary
    assert summary["mig_robust"] == pytest.approx(summary["mig"])
    moved = mig(codes, factors, binning="fixed", limits=(-8, 8))
    assert moved.value == mig(codes / 2, factors).summary["mig_robust"]
    assert moved.settings["limits"] == [-8, 8]


def test_with_one_factor_there_is_no_mig_sup():
    assert mig(GRID, GRID[:, 0]).summary["mig_sup"] is None


def test_an_unknown_estimator_is_refused():
    with pytest.raises(ParameterError, match="Did you mean knn"):
        mig(GRID, GRID, estimator="kn")


# --- intervals


def test_few_rows_have_no_interval():
    score = mig(GRID, GRID)
    assert (score.summary["mig_low"], score.summary["mig_high"]) == (None, None)
    assert score.factors[0]["low"] is None


def test_a_perfect_code_has_an_interval_without_width():
    summary = mig(np.tile(GRID, (10, 1)), np.tile(GRID, (10, 1))).summary
    assert summary["mig_low"] == pytest.approx(1)
    assert summary["mig_high"] == 1


def test_wider_coverage_is_wider():
    rng = np.random.default_rng(0)
    factors = rng.integers(0, 4, 500)
    codes = np.column_stack([factors + rng.normal(size=500), rng.normal(size=500)])

    def width(ci):
        summary = mig(codes, factors, ci=ci).summary
        return summary["mig_high"] - summary["mig_low"]

    assert width(0.5) < width(0.95) < width(0.99)
    assert width(0.95) / width(0.5) == pytest.approx(norm.ppf(0.975) / norm.ppf(0.75))


LEVELS, NOISE = 10, 0.5


def standard(levels):
    """Levels from 0 up with mean 0 and deviation 1."""
    return (levels - (LEVELS - 1) / 2) / np.sqrt((LEVELS**2 - 1) / 12)


def sample(rows, rng, factors=5, dimensions=10):
    """Factors in their dimensions, with noise, and as many dimensions of noise alone."""
    levels = rng.integers(0, LEVELS, (rows, factors))
    codes = rng.normal(size=(rows, dimensions))
    codes[:, :factors] = standard(levels) + NOISE * codes[:, :factors]
    return codes, levels


def true_mig():
    """What 20 bins between -4 and 4 tell about a level, by the normal distribution."""
    edges = np.concatenate([[-np.inf], np.linspace(-4, 4, 21)[1:-1], [np.inf]])
    below = norm.cdf((edges - standard(np.arange(LEVELS))[:, None]) / NOISE)
    table = np.diff(below) / LEVELS
    return float(rel_entr(table, table.sum(axis=0) / LEVELS).sum() / np.log(LEVELS))


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1000, 2000, 5000])
def test_intervals_hold_the_truth(rows):
    """In 90 to 99 of 100 samples (here: of 200)."""
    rng, truth = np.random.default_rng(rows), true_mig()
    inside = 0
    for _ in range(200):
        data = prepare(*sample(rows, rng))
        summary = mig(data, binning="fixed").summary
        inside += summary["mig_corrected_low"] <= truth <= summary["mig_corrected_high"]
    assert 180 <= inside <= 198


@pytest.mark.slow
def test_the_correction_takes_most_of_the_bias_away():
    rng, truth = np.random.default_rng(0), true_mig()
    scores = [mig(*sample(500, rng), binning="fixed", ci=None).summary for _ in range(100)]
    plain = np.mean([one["mig"] for one in scores]) - truth
    corrected = np.mean([one["mig_corrected"] for one in scores]) - truth
    assert abs(corrected) < abs(plain) / 2


def test_the_interval_is_the_deviation_of_repeated_samples():
    rng = np.random.default_rng(0)
    samples = [sample(1000, rng) for _ in range(60)]
    scores = [mig(*one, binning="fixed", ci=None).summary["mig_corrected"] for one in samples]
    asked = [mig(*one, binning="fixed").summary for one in samples[:8]]
    margins = [one["mig_high"] - one["mig_low"] for one in asked]
    deviation = np.std(scores)
    assert np.mean(margins) / 2 / 1.96 == pytest.approx(deviation, rel=0.25)


def test_counts_of_the_better_estimate_are_of_distinct_values():
    """The 1 in 20 bins that equal width wastes on three values does not matter to counts."""
    data = prepare(np.tile(GRID, (5, 1)), np.tile(GRID, (5, 1)))
    distinct = data.counts(Cut().sharper)
    assert isinstance(distinct, Counts)
    assert np.count_nonzero(distinct.tables[0][0].sum(axis=1)) == 3


@pytest.mark.parametrize("ci", [1, 2, -0.5, float("nan")])
@pytest.mark.parametrize("metric", [mig, jemmig])
def test_a_coverage_that_is_no_share_is_refused(metric, ci):
    factors = np.tile([[a, b] for a in range(3) for b in range(4)], (10, 1))
    with pytest.raises(ParameterError, match="`ci` is"):
        metric(factors, factors, ci=ci)


def test_limits_that_do_not_suit_the_codes_are_told():
    random = np.random.default_rng(0)
    factors = random.integers(3, size=(200, 2))
    assert not any("mig_robust" in note for note in mig(factors * 1.0, factors).notes)
    (note,) = [note for note in mig(factors * 10.0, factors).notes if "mig_robust" in note]
    assert "beyond -4 and 4 (`limits`)" in note


def test_other_bins_of_large_codes_are_taken_when_asked_for(monkeypatch):
    monkeypatch.setattr("latentcli.disentanglement._mig._ASIDE", 100)
    factors = np.random.default_rng(0).integers(3, size=(200, 2))
    score = mig(factors * 1.0, factors)
    assert score.summary["mig_quantile"] is score.summary["mig_robust"] is None
    assert any("`sensitivity`" in note for note in score.notes)
    asked = mig(factors * 1.0, factors, sensitivity=True)
    assert asked.summary["mig_quantile"] is not None
