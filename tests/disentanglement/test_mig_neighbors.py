"""MIG by nearest neighbors: continuous factors by their values, intervals, chance, and blocks."""

import json

import numpy as np
import pytest
from sklearn.feature_selection import mutual_info_regression

from latentcli import mig
from latentcli.errors import ParameterError

RNG = np.random.default_rng(0)
ANGLE = RNG.uniform(0, 2 * np.pi, 900)
FACTORS = {"size": RNG.normal(size=900), "angle": ANGLE}
CODES = np.column_stack([
    FACTORS["size"] + 0.3 * RNG.normal(size=900),
    np.cos(ANGLE) + 0.1 * RNG.normal(size=900),
    np.sin(ANGLE) + 0.1 * RNG.normal(size=900),
])  # fmt: skip


def test_continuous_factors_are_taken_by_their_values():
    score = mig(CODES, FACTORS, estimator="knn")
    for name, row in zip(FACTORS, score.factors, strict=True):
        mutual = np.sort(mutual_info_regression(CODES, FACTORS[name], random_state=0))
        counts = np.histogram(FACTORS[name], 20)[0] / 900
        entropy = -sum(p * np.log(p) for p in counts if p)
        assert row["mig"] == pytest.approx((mutual[-1] - mutual[-2]) / entropy, abs=1e-9)


def test_the_interval_holds_the_value_and_noise_scores_its_chance():
    score = mig(CODES, FACTORS, estimator="knn")
    assert score.summary["mig_low"] < score.value < score.summary["mig_high"]
    for row in score.factors:
        assert row["low"] <= row["mig"] <= row["high"]
    noise = mig(RNG.normal(size=(900, 3)), FACTORS, estimator="knn")
    assert noise.value < 0.03
    assert noise.summary["mig_chance"] == pytest.approx(noise.value, abs=0.02)
    assert noise.estimate.is_noise
    assert not score.estimate.is_noise


def test_the_interval_is_as_wide_as_other_rows_differ():
    def scored(seed, ci):
        rng = np.random.default_rng(seed)
        value = rng.normal(size=(400, 2))
        codes = value @ [[1, 0.3], [0.1, 1]] + 0.5 * rng.normal(size=(400, 2))
        return mig(codes, value, estimator="knn", ci=ci)

    others = [scored(seed, None).value for seed in range(40)]
    one = scored(99, 0.95).summary
    width = one["mig_high"] - one["mig_low"]
    assert 2 < width / np.std(others) < 8  # 3.9 of a normal distribution


def test_a_factor_that_takes_two_dimensions_has_its_gap_as_a_block():
    alone = mig(CODES, FACTORS, estimator="knn", periodic=["angle"])
    blocks = mig(CODES, FACTORS, estimator="knn", periodic=["angle"], blocks=[[1, 2]])
    (_, angle), (_, as_block) = alone.factors, blocks.factors
    assert angle["mig"] < 0.1
    assert as_block["mig"] > 0.5
    assert as_block["dimension"] == "z1-z2"
    assert blocks.matrix.shape == (2, 2)
    assert blocks.summary["mig_low"] < blocks.value < blocks.summary["mig_high"]


def test_blocks_of_one_are_dimensions():
    plain = mig(CODES, FACTORS, estimator="knn")
    same = mig(CODES, FACTORS, estimator="knn", blocks=[[0], [1], [2]])
    np.testing.assert_allclose(same.matrix, plain.matrix, atol=1e-9)
    for key in ("mig", "mig_low", "mig_high", "mig_chance", "mig_sup"):
        assert same.summary[key] == pytest.approx(plain.summary[key], abs=1e-9)


def test_factors_with_missing_labels_are_scored_on_their_rows():
    holed = FACTORS | {"size": np.where(np.arange(900) % 9 == 0, np.nan, FACTORS["size"])}
    kept = np.arange(900) % 9 != 0
    some = mig(CODES, holed, estimator="knn", ci=None).factors[0]
    alone = mig(CODES[kept], {"size": FACTORS["size"][kept]}, estimator="knn", ci=None)
    assert some["mig"] == pytest.approx(alone.factors[0]["mig"], abs=1e-9)


def test_blocks_take_neighbors():
    with pytest.raises(ParameterError, match="`blocks` needs `estimator` knn"):
        mig(CODES, FACTORS, blocks=[[0, 1]])


def test_the_command(latent, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("z.npy", CODES)
    np.savez("v.npz", **FACTORS)
    line = ("mig", "z.npy", "v.npz", "--blocks", "1-2")
    code, out, err = latent(*line, "--estimator", "knn", "--json", "-q")
    assert code == 0, err
    shown = json.loads(out)
    assert shown["settings"]["blocks"] == "z1-z2, z0"
    code, _, err = latent(*line)
    assert code == 2
    assert "--estimator knn" in err or "--blocks needs --estimator knn" in err
