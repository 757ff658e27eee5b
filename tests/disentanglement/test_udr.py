"""UDR: the formula of the paper and disentanglement_lib's, written again; closed forms; what it does not see."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.linear_model import Lasso
from sklearn.preprocessing import StandardScaler

import latentcli
from latentcli.errors import LatentError

RNG = np.random.default_rng(0)
Z = RNG.standard_normal((300, 3))
MODELS = {
    "a": Z + 0.3 * RNG.standard_normal(Z.shape),
    "b": -2 * Z[:, [2, 0, 1]] + 0.3 * RNG.standard_normal(Z.shape),
    "turned": Z @ np.linalg.qr(RNG.standard_normal((3, 3)))[0],
    "wide": np.c_[
        Z, Z[:, :1] + 0.5 * RNG.standard_normal((300, 1)), 0.01 * RNG.standard_normal(300)
    ],
}


def similarity(one, other, estimator):
    """R(a, b): lasso_correlation_matrix and spearman_correlation_conv of disentanglement_lib."""
    if estimator == "lasso":
        return np.abs(Lasso(alpha=0.1, tol=1e-8).fit(one, other).coef_).T
    return np.abs([[spearmanr(a, b)[0] for b in other.T] for a in one.T])


def of_pair(matrix, library):
    """UDR_ij: of the paper, every dimension once; of the library, the mean of both sides' means."""
    by_b = [
        max(matrix[:, b]) ** 2 / sum(matrix[:, b]) if matrix[:, b].any() else 0
        for b in range(matrix.shape[1])
    ]
    by_a = [
        max(matrix[a]) ** 2 / sum(matrix[a]) if matrix[a].any() else 0
        for a in range(matrix.shape[0])
    ]
    if library:
        return (np.mean(by_b) + np.mean(by_a)) / 2
    return (sum(by_b) + sum(by_a)) / (len(by_a) + len(by_b))


@pytest.mark.parametrize("estimator", ["lasso", "spearman"])
@pytest.mark.parametrize("compat", [None, "disentanglement_lib"])
def test_scores_are_those_of_the_papers_formula(estimator, compat):
    found = latentcli.udr(MODELS, estimator=estimator, compat=compat, ci=None)
    codes = {
        name: StandardScaler().fit_transform(one[:, one.var(axis=0) / 2 > 0.01])
        for name, one in MODELS.items()
    }
    assert codes["wide"].shape[1] == 4
    for j, name in enumerate(codes):
        scores = []
        for i, other in enumerate(codes):
            if other == name:
                continue
            matrix = similarity(codes[other], codes[name], estimator)
            assert found.similarities[other, name] == pytest.approx(matrix, abs=1e-5)
            scores.append(of_pair(matrix, compat is not None))
            assert found.pairs[i, j] == pytest.approx(scores[-1], abs=1e-5)
        assert found.scores[name] == pytest.approx(np.median(scores), abs=1e-5)
    assert found.summary["best_udr"] == max(found.scores.values())
    assert found.summary["median_udr"] == np.median(list(found.scores.values()))


def test_equal_dimensions_in_any_order_score_1_less_the_penalty():
    models = {"a": Z, "b": Z[:, ::-1] * [-1, 5, 0.3], "c": Z[:, [1, 2, 0]]}
    assert min(latentcli.udr(models, estimator="spearman").scores.values()) > 0.8
    whitened = np.linalg.qr(Z - Z.mean(axis=0))[0] * np.sqrt(300)
    same = {"a": whitened, "b": -whitened[:, ::-1]}
    assert list(latentcli.udr(same).scores.values()) == pytest.approx([0.9, 0.9], abs=1e-6)


def test_turned_and_unrelated_models_rank_below():
    models = {**MODELS, "noise": RNG.standard_normal((300, 3))}
    found = latentcli.udr(models)
    order = [row["model"] for row in found.records if row["level"] == "model"]
    assert order[-2:] == ["turned", "noise"]
    assert any("shuffled rows: noise" in note for note in found.notes)
    row = next(row for row in found.records if row["model"] == "a")
    assert row["low"] < row["udr"] < row["high"]
    assert row["chance"] < 0.05


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ({"a": Z}, "fewer than two models"),
        ({"a": Z, "b": Z[:9]}, "b has 9 rows, and the models before it 300"),
        ({"a": Z, "b": np.ones_like(Z)}, "b has no dimension"),
        ({"a": Z, "b": Z * 1e-3}, "above 0.01"),
        ({"a": Z, "b": np.where(Z > 2, np.nan, Z)}, "^b: .*NaN"),
    ],
)
def test_models_that_cannot_be_compared(models, message):
    with pytest.raises(LatentError, match=message):
        latentcli.udr(models)


def test_the_same_seed_gives_the_same_answer_and_no_threshold_takes_all():
    first, again = latentcli.udr(MODELS, threshold=0), latentcli.udr(MODELS, threshold=0)
    assert first.records == again.records
    assert next(r for r in first.records if r["model"] == "wide")["informative"] == 5
