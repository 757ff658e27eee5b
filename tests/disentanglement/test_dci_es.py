"""DCI-ES: the paper's formula written again, the authors' code, and closed forms."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import Ridge

import latentcli
from latentcli.disentanglement._dci_es import explicitness_of
from latentcli.disentanglement._train_test_split import split

RNG = np.random.default_rng(0)
FACTORS = {"amount": RNG.standard_normal(400), "kind": RNG.integers(0, 3, 400)}
CODES = np.c_[np.cbrt(FACTORS["amount"]), (FACTORS["kind"] - 1) ** 2 + FACTORS["kind"] / 4, RNG.standard_normal(400)]  # fmt: skip


def paper(capacities, losses, baseline):
    """E of Eastwood et al. (2023): the area under the loss-capacity curve, by trapezoids, in loops."""
    curve = [min(losses[: i + 1]) for i in range(len(losses))]
    area = 0.0
    for i in range(len(curve) - 1):
        step = capacities[i + 1] - capacities[i]
        area += step * ((curve[i] - curve[-1]) + (curve[i + 1] - curve[-1])) / 2
    return 1 - 2 * area / ((capacities[-1] - capacities[0]) * baseline)


@pytest.mark.parametrize("estimator", ["rff", "forest"])
def test_scores_are_those_of_the_papers_formula(estimator):
    score = latentcli.dci_es(CODES, FACTORS, estimator=estimator, ci=None)
    parts = split(np.zeros(400, int), test=0.2, seed=0)
    wanted = []
    for row, values in zip(score.factors, FACTORS.values(), strict=True):
        used = np.concatenate([values[parts.train], values[parts.test]])
        loss = 1.0 if row["kind"] == "continuous" else 1 - max(np.bincount(used)) / len(used)
        assert row["baseline"] == pytest.approx(loss)
        wanted.append(paper(score.settings["capacities"], row["losses"], loss))
        assert row["dci_es"] == pytest.approx(wanted[-1], abs=1e-12)
        best = int(np.argmin(row["losses"]))
        assert row["capacity"] == score.settings["capacities"][best]
        assert row["informativeness"] == pytest.approx(1 - row["losses"][best])
    assert score.value == pytest.approx(np.mean(wanted))
    assert score.summary["size"] == pytest.approx(2 / 3)


def losses_of(model, train, test, values, parts):
    target = values[parts.test]
    predicted = model.fit(train, values[parts.train]).predict(test)
    if values.dtype.kind == "f":
        return np.mean((predicted - target) ** 2) / target.var()
    return np.mean(predicted != target)


def test_losses_are_those_of_scikit_learn():
    parts = split(np.zeros(400, int), test=0.2, seed=0)
    mean, deviation = CODES[parts.train].mean(axis=0), CODES[parts.train].std(axis=0)
    train, test = ((CODES[rows] - mean) / deviation for rows in parts)
    forest = latentcli.dci_es(CODES, FACTORS, estimator="forest", ci=None)
    rff = latentcli.dci_es(CODES, FACTORS, ci=None)
    for row, kind in zip(forest.factors, (RandomForestRegressor, RandomForestClassifier), strict=True):  # fmt: skip
        model = kind(n_estimators=10, max_depth=3, random_state=0)
        values = FACTORS[row["factor"]]
        assert row["losses"][2] == pytest.approx(losses_of(model, train, test, values, parts))
    linear = Ridge(alpha=1e-4 * len(train))
    found = losses_of(linear, train, test, FACTORS["amount"], parts)
    assert rff.factors[0]["losses"][0] == pytest.approx(found)
    indicators = np.eye(3)[FACTORS["kind"][parts.train]]
    guesses = linear.fit(train, indicators).predict(test).argmax(axis=1)
    assert rff.factors[1]["losses"][0] == pytest.approx(np.mean(guesses != FACTORS["kind"][parts.test]))  # fmt: skip


@pytest.mark.parametrize(
    ("losses", "value"),
    [
        ([0, 0, 0], 1),
        ([1, 0.5, 0], 0),
        ([1, 1, 1, 1, 0], -0.75),
        ([1, 1, 1], 1),
        ([0.2, 0.9, 0.2], 1),
    ],
)
def test_curves_of_known_area(losses, value):
    capacities = np.linspace(2, 5, len(losses))
    assert explicitness_of(capacities, np.array(losses, float), 1.0) == pytest.approx(value)


def test_linear_codes_are_explicit_and_entangled_ones_less_so():
    factors = RNG.standard_normal((600, 2))
    turned = factors @ np.linalg.qr(RNG.standard_normal((2, 2)))[0]
    bent = np.c_[
        factors[:, 0] + np.sin(3 * factors[:, 1]), factors[:, 1] + np.sin(3 * factors[:, 0])
    ]
    assert latentcli.dci_es(turned, factors).value == pytest.approx(1, abs=1e-6)
    assert latentcli.dci_es(bent, factors).value < 0.97


def test_noise_is_flat_and_is_called_noise():
    score = latentcli.dci_es(RNG.standard_normal((300, 4)), FACTORS["amount"][:300])
    assert score.value > 0.9
    assert any(
        "informativeness is" in note and "noise explains" in note for note in score.notes
    )


def test_a_score_below_its_chance_says_why_and_one_of_noise_says_that_it_is_noise():
    factors = RNG.integers(0, 6, (500, 2))
    named = latentcli.dci_es(factors + 0.1 * RNG.standard_normal((500, 2)), factors)
    assert named.value < named.chance
    assert any(note.startswith("dci_es is below its chance") for note in named.notes)
    noise = latentcli.dci_es(RNG.standard_normal((500, 2)), factors)
    assert not any("below its chance" in note for note in noise.notes)
