import numpy as np
import pytest

from latentcli.disentanglement._data import prepare
from latentcli.disentanglement._sap import sap
from latentcli.errors import ParameterError

CASES = ["01_grid_perfect", "03_duplicated", "04b_noise_0.5", "07_dsprites_entangled"]


@pytest.mark.parametrize("name", [*CASES, "01b_grid_exact12", "05_continuous"])
def test_r2_equals_the_peer(case, name):
    data, expected = case(name)
    peer = expected["dlib"]["sap_continuous_allrows"]["result"]
    score = sap(data, estimator="r2")
    assert score.value == pytest.approx(peer["score"], abs=1e-6)
    assert [row["sap"] for row in score.factors] == pytest.approx(peer["per_factor"], abs=1e-6)
    assert sap(data).summary["sap_r2"] == pytest.approx(peer["score"], abs=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_svm_equals_the_peer_within_its_spread(case, name):
    data, expected = case(name)
    peer = expected["dlib"]["sap_discrete"]["result"]["score"]
    scores = [sap(data, seed=seed).value for seed in range(5)]
    assert min(scores) - 0.02 <= peer <= max(scores) + 0.02


def test_continuous_factors_are_predicted_by_r2(case):
    data, expected = case("05_continuous")
    peer = expected["dlib"]["sap_continuous_allrows"]["result"]["score"]
    score = sap(data)
    assert score.value == pytest.approx(peer, abs=1e-6)
    assert {row["estimator"] for row in score.factors} == {"r2"}
    assert score.summary["sap_of_factors"] is None


@pytest.mark.parametrize(
    ("levels", "gap"), [(2, 0.503), (3, 0.672), (4, 0.750), (10, 0.102), (40, 0.013)]
)
def test_what_a_perfect_code_scores_by_svm(levels, gap):
    """The study's numbers for perfect standardized codes of two balanced factors."""
    random = np.random.default_rng(0)
    factors = random.integers(levels, size=(20_000, 2))
    codes = (factors - factors.mean(axis=0)) / factors.std(axis=0)
    score = sap(codes, factors)
    assert score.value == pytest.approx(gap, abs=0.03)
    assert score.summary["sap_of_factors"] == pytest.approx(gap, abs=0.03)
    assert any("cannot separate many classes" in note for note in score.notes) == (gap < 0.2)


@pytest.mark.parametrize("levels", [2, 3, 10, 40])
def test_threshold_is_1_for_a_perfect_code_of_any_number_of_levels(levels):
    factors = np.random.default_rng(0).integers(levels, size=(4000, 2))
    score = sap(factors.astype(float), factors, estimator="threshold")
    assert score.value == pytest.approx(1.0, abs=0.06)


@pytest.mark.parametrize("estimator", ["r2", "threshold"])
def test_scale_changes_nothing_but_for_svm(clean, estimator):
    codes, factors = clean
    scaled = codes * [1e-3, -1.0, 1e3] + [5.0, 0.0, -7.0]
    values = [sap(z, factors, estimator=estimator).value for z in (codes, scaled)]
    assert values[0] == pytest.approx(values[1], abs=1e-9)
    svm = [sap(z, factors).value for z in (codes, 0.01 * codes)]
    assert abs(svm[0] - svm[1]) > 0.05


@pytest.mark.parametrize("estimator", ["svm", "r2", "threshold"])
def test_noise_scores_near_0(noise, estimator):
    assert sap(*noise, estimator=estimator).value < 0.06


@pytest.mark.parametrize("estimator", ["svm", "r2", "threshold"])
def test_duplicates_score_0(clean, estimator):
    codes, factors = clean
    assert sap(np.hstack([codes, codes]), factors, estimator=estimator).value == 0.0


def test_sorted_rows_are_split_at_random(case):
    """The peer takes the first rows: .792 on this file when sorted, .627 when not."""
    data, _ = case("01_grid_perfect")
    order = np.lexsort([factor.labels for factor in data.factors])
    factors = {factor.name: factor.labels[order] for factor in data.factors}
    assert sap(data.codes[order], factors).value == pytest.approx(0.627, abs=0.04)


def test_which_dimension_owns_which_factor(case):
    score = sap(case("01_grid_perfect")[0])
    assert [row["dimension"] for row in score.factors] == ["z0", "z1"]
    assert [row["factor"] for row in score.dimensions] == ["shape", "colour"]
    assert score.matrix.shape == (2, 2)


def test_one_dimension_is_compared_with_the_most_frequent_class():
    labels = np.repeat([0, 1], [30, 70])
    score = sap(labels * 1.0, labels)
    assert score.value == pytest.approx(0.3, abs=0.03)
    assert score.factors[0]["runner_up"] is None
    assert any("runner-up" in note for note in score.notes)


def test_without_rows_to_test_there_is_no_score():
    score = sap(np.eye(2), np.eye(2))
    assert score.value is None
    assert "too few rows" in score.notes[0]


@pytest.mark.slow
@pytest.mark.parametrize("estimator", ["r2", "svm"])
def test_intervals_hold_the_truth(estimator):
    def drawn(seed, rows):
        random = np.random.default_rng(seed)
        factors = random.integers(3, size=(rows, 2))
        return prepare(factors + random.normal(0, 0.7, (rows, 4))[:, :2], factors)

    truth = sap(drawn(10_000, 200_000), estimator=estimator, ci=None).value
    held = 0
    for seed in range(200):
        score = sap(drawn(seed, 1500), estimator=estimator, seed=seed)
        held += score.summary["sap_low"] <= truth <= score.summary["sap_high"]
    assert 0.88 <= held / 200 <= 0.995


def test_text_has_no_order_and_that_is_told(clean):
    codes, factors = clean
    names = np.array(["red", "green", "blue", "black"])[factors[:, 1]]
    score = sap(codes, {"colour": names, "level": factors[:, 0]})
    assert score.notes == (
        "regression takes the classes of colour, which are text, in sorted order",
    )


def test_progress_and_an_unknown_estimator(clean):
    seen = []
    sap(*clean, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    with pytest.raises(ParameterError, match="Did you mean svm"):
        sap(*clean, estimator="svn")


def test_codes_however_small_are_scored_without_a_warning():
    rng = np.random.default_rng(0)
    factors = rng.integers(0, 4, (200, 2))
    codes = factors + 0.1 * rng.normal(size=factors.shape)
    small = sap(codes * 1e-310, factors)
    assert small.summary["sap_r2"] == pytest.approx(sap(codes, factors).summary["sap_r2"])


def test_of_one_dimension_the_value_stands_in_its_interval():
    """It can predict less than the most frequent class does."""
    rng = np.random.default_rng(4)
    score = sap(rng.normal(size=(50, 1)), {"f": rng.integers(0, 3, 50)})
    assert score.value < 0
    assert score.interval.low <= score.value <= score.interval.high


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_codes_that_are_the_factors_score_their_ceiling(scale):
    grid = np.array([[a, b, c] for a in range(3) for b in range(2) for c in range(4)])
    factors = grid.repeat(10, axis=0)
    score = sap(scale * factors, factors, ci=None)
    assert score.value == pytest.approx(score.summary["ceiling"], abs=1e-12)
