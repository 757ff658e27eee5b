import numpy as np
import pytest

from latentcli.disentanglement import _predictors
from latentcli.disentanglement._dci import dci
from latentcli.disentanglement._importance import completeness_of, disentanglement_of

REDUNDANT = 1 - np.log(2) / np.log(10)


@pytest.mark.parametrize(
    ("importances", "disentanglement", "completeness"),
    [
        (np.eye(5), 1, 1),
        (np.array([[1, 0], [0, 1], [0, 0]]), 1, 1),
        (np.zeros((10, 10)), 0, 0),
        (np.vstack([np.eye(5)] * 2), 1, REDUNDANT),
        (np.hstack([np.eye(5)] * 2), REDUNDANT, 1),
        (np.eye(5)[:2], 1, 1),
    ],
)
def test_the_peers_own_unit_tests(importances, disentanglement, completeness):
    assert disentanglement_of(importances * 1.0) == pytest.approx(disentanglement)
    if importances.sum(axis=0).all():
        assert completeness_of(importances * 1.0) == pytest.approx(completeness)


@pytest.mark.parametrize(
    ("name", "key", "spread"),
    [
        ("01_grid_perfect", "dci_gbt", 1e-6),
        ("01b_grid_exact12", "dci_gbt", 1e-6),
        ("03_duplicated", "dci_gbt", 0.03),
    ],
)
def test_boosting_equals_the_peer(case, name, key, spread):
    data, expected = case(name)
    peer = expected["dlib"][key]["result"]
    score = dci(data)
    assert score.value == pytest.approx(peer["disentanglement"], abs=spread)
    assert score.summary["completeness"] == pytest.approx(peer["completeness"], abs=spread)
    assert score.summary["informativeness"] == pytest.approx(
        peer["informativeness_test"], abs=spread
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("04b_noise_0.5", "dci_gbt"),
        ("07_dsprites_entangled", "dci_gbt"),
        ("05_continuous", "dci_gbt_factors_binned20"),
    ],
)
def test_boosting_equals_the_peer_on_hard_cases(case, name, key):
    data, expected = case(name)
    peer = expected["dlib"][key]["result"]
    score = dci(data)
    assert score.value == pytest.approx(peer["disentanglement"], abs=0.015)
    assert score.summary["completeness"] == pytest.approx(peer["completeness"], abs=0.015)
    for ours, theirs in (("informativeness", "_test"), ("informativeness_train", "_train")):
        assert score.summary[ours] == pytest.approx(peer[f"informativeness{theirs}"], abs=0.02)
    np.testing.assert_allclose(score.matrix, peer["importance_codes_x_factors"], atol=0.03)
    reason = "classes into which they are cut" if name == "05_continuous" else "over-fitted"
    assert any(reason in note for note in score.notes)


@pytest.mark.parametrize("name", ["01_grid_perfect", "03_duplicated", "07_dsprites_entangled"])
def test_lasso_equals_the_original(case, name):
    data, expected = case(name)
    peer = expected["qedr"]["dci_lasso"]["result"]
    score = dci(data, estimator="lasso")
    assert score.value == pytest.approx(peer["disentanglement"], abs=0.01)
    assert score.summary["completeness_mean"] == pytest.approx(peer["completeness"], abs=0.01)
    assert score.summary["nrmse"] == pytest.approx(peer["nrmse_test"], abs=0.01)


def test_lasso_without_weights_has_a_defined_answer(case):
    """The original is NaN where a code has no weight."""
    data, expected = case("04b_noise_0.5")
    assert expected["qedr"]["dci_lasso"]["result"]["disentanglement"] == "nan"
    score = dci(data, estimator="lasso")
    assert score.value == pytest.approx(1.0)
    assert score.dimensions[9]["weight"] == 0.0
    assert score.dimensions[9]["disentanglement"] == 0.0


def test_forest_equals_the_original_on_continuous_factors(case):
    data, expected = case("05_continuous")
    peer = expected["qedr"]["dci_rf"]["result"]
    score = dci(data, estimator="forest")
    assert score.value == pytest.approx(peer["disentanglement"], abs=0.03)
    assert score.summary["nrmse"] == pytest.approx(peer["nrmse_test"], abs=0.03)


@pytest.mark.parametrize("estimator", ["boosting", "lasso", "forest"])
def test_a_dead_dimension_anywhere_changes_nothing(clean, estimator):
    codes, factors = clean
    dead = np.full((len(codes), 1), 3.7)
    plain, *others = (
        dci(z, factors, estimator=estimator).value
        for z in (codes, np.hstack([dead, codes]), np.hstack([codes, dead]))
    )
    assert others == pytest.approx([plain, plain], abs=1e-9)


@pytest.mark.parametrize("estimator", ["boosting", "lasso", "forest"])
def test_scale_changes_nothing(clean, estimator):
    codes, factors = clean
    scaled = codes * [1e-9, -1.0, 1e9]
    assert dci(scaled, factors, estimator=estimator).value == pytest.approx(1.0, abs=1e-6)


def test_noise_is_not_informative(noise):
    score = dci(*noise, estimator="lasso")
    assert score.summary["informativeness"] < 0.01
    assert score.summary["dci_chance"] is not None
    assert dci(*noise, estimator="forest").value < 0.05


def test_one_factor_and_one_dimension(clean):
    codes, factors = clean
    one = dci(codes, factors[:, :1], estimator="lasso")
    assert one.value is None
    assert "one factor" in one.notes[0]
    assert dci(codes[:, :1], factors, estimator="lasso").summary["completeness"] is None


def test_a_limit_is_told(clean):
    score = dci(*clean, limit=100, estimator="lasso")
    assert "100 of 400 rows are used (`limit`)" in score.notes


def test_progress_counts_rounds(clean):
    seen = []
    dci(*clean, limit=60, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (300, 300)


def test_a_factor_of_very_many_classes_is_predicted_by_a_forest(monkeypatch):
    random = np.random.default_rng(0)
    factors = {"many": random.integers(0, 6, 300), "few": random.integers(0, 3, 300)}
    codes = np.c_[factors["many"], factors["few"]] + 0.3 * random.normal(size=(300, 2))
    boosted, forest = (
        dci(codes, factors, estimator=e, ci=None) for e in ("boosting", "forest")
    )
    monkeypatch.setattr(_predictors, "BOOSTED_CLASSES", 5)
    mixed = dci(codes, factors, ci=None)
    np.testing.assert_array_equal(mixed.matrix[:, 0], forest.matrix[:, 0])
    np.testing.assert_array_equal(mixed.matrix[:, 1], boosted.matrix[:, 1])
    assert any("many (6)" in note and "forest" in note for note in mixed.notes)
    without = dci(codes, factors, ci=None, limit=None)
    np.testing.assert_array_equal(without.matrix, boosted.matrix)
    assert not any("forest" in note for note in without.notes)


def test_boosting_in_processes_gives_the_same_numbers(clean, monkeypatch):
    codes, factors = clean[0][:200], clean[1][:200]
    told = []
    here = dci(codes, factors, progress=lambda *at: told.append(at))
    steps = told.copy()
    monkeypatch.setattr(_predictors, "_LONG", 0)
    elsewhere = dci(codes, factors, progress=lambda *at: told.append(at))
    assert elsewhere.numbers == here.numbers
    assert told[-1] == steps[-1]
