"""Angles: cosine and sine where a regression predicts, arcs where classes are counted."""

import json

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

import latentcli
from latentcli.disentanglement import METRICS, about, function, parameters
from latentcli.errors import LatentError

RNG = np.random.default_rng(0)
ANGLE = RNG.uniform(0, 2 * np.pi, 800)
SIZE = RNG.normal(size=800)
FACTORS = {"angle": ANGLE, "size": SIZE}
PAIR = np.stack([np.cos(ANGLE), np.sin(ANGLE), SIZE], axis=1)
TURNED = {"angle": (ANGLE + 2.0) % (2 * np.pi), "size": SIZE}

OF_REGRESSION = {
    "sap": {"estimator": "r2"}, "mcc": {}, "identifiability": {}, "dci": {"estimator": "lasso"},
    "dci-es": {},
}  # fmt: skip


def scored(name, codes, factors, **given):
    asked = {"ci": None, "train": 300, "evaluate": 300, "periodic": ["angle"]} | given
    known = {*parameters(name), "periodic"}
    return function(name)(codes, factors, **{k: v for k, v in asked.items() if k in known})


def of_angle(score, key):
    return next(row[key] for row in score.factors if row["factor"] == "angle")


@pytest.mark.parametrize("name", [name for name in METRICS if about(name).factors])
def test_every_metric_takes_an_angle(name):
    given = {"estimator": "lasso"} if name == "dci" else {}
    assert scored(name, PAIR, FACTORS, **given).value is not None


@pytest.mark.parametrize("name", ["identifiability", "mcc", "sap"])
def test_where_an_angle_begins_does_not_matter(name):
    given = OF_REGRESSION[name]
    before = scored(name, PAIR + 0.2 * RNG.normal(size=PAIR.shape) * 0, FACTORS, **given).value
    assert scored(name, PAIR, TURNED, **given).value == pytest.approx(before, abs=1e-9)


def test_cosine_and_sine_identify_an_angle_and_the_number_does_not():
    assert of_angle(scored("identifiability", PAIR, FACTORS), "r2") == pytest.approx(1)
    plain = of_angle(scored("identifiability", PAIR, FACTORS, periodic=()), "r2")
    # The number is a saw tooth: its regression on sine is 6 / pi^2 of its variance.
    assert plain == pytest.approx(6 / np.pi**2, abs=0.03)


def test_r2_of_an_angle_is_that_of_scikit_learn_for_both_targets():
    codes = PAIR @ RNG.normal(size=(3, 4)) + RNG.normal(size=(800, 4))
    targets = PAIR[:, :2]
    for j in range(4):
        model = LinearRegression().fit(codes[:, [j]], targets)
        missed = ((model.predict(codes[:, [j]]) - targets) ** 2).sum()
        wanted = 1 - missed / ((targets - targets.mean(axis=0)) ** 2).sum()
        found = scored("sap", codes[:, [j]], FACTORS, estimator="r2")
        assert of_angle(found, "score") == pytest.approx(wanted)


def test_the_circular_correlation_is_the_multiple_one():
    """Mardia, 1976: R of a dimension with cosine and sine."""
    codes = PAIR @ RNG.normal(size=(3, 1)) + RNG.normal(size=(800, 1))
    model = LinearRegression().fit(PAIR[:, :2], codes)
    wanted = model.score(PAIR[:, :2], codes) ** 0.5
    found = scored("mcc", codes, {"angle": ANGLE})
    assert of_angle(found, "correlation") == pytest.approx(wanted)


def test_dci_by_lasso_and_forest_predict_both():
    for estimator in ("lasso", "forest"):
        score = scored("dci", PAIR, FACTORS, estimator=estimator)
        assert of_angle(score, "informativeness") > 0.95
        assert of_angle(score, "completeness") == pytest.approx(
            1 - np.log(2) / np.log(3), abs=0.06
        )


def test_information_does_not_see_where_an_angle_begins():
    """A code that winds once more is the same angle."""
    code = ((ANGLE + np.pi) % (2 * np.pi))[:, None]
    cut = {"angle": ANGLE + np.where(ANGLE < 1, 2 * np.pi, 0)}  # 1 to 1 + 2 pi
    bins = {"bins": 8, "factor_bins": 8}
    found = latentcli.mig(code, cut, periodic=["angle"], ci=None, **bins).value
    assert found == pytest.approx(
        latentcli.mig(code, {"angle": ANGLE}, periodic=["angle"], ci=None, **bins).value,
        abs=1e-9,
    )


def test_the_command(latent, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("codes.npy", PAIR)
    rows = "\n".join(f"{a},{b}" for a, b in zip(np.degrees(ANGLE), SIZE, strict=True))
    (tmp_path / "factors.csv").write_text(f"angle,size\n{rows}")
    files = ("identifiability", "codes.npy", "factors.csv")
    code, out, err = latent(*files, "--periodic", "angle=360", "--json", "-q")
    assert code == 0, err
    shown = json.loads(out)
    assert shown["settings"]["periodic"] == "angle=360"
    assert shown["summary"]["identifiability"] == pytest.approx(1)
    for text, status, said in (
        ("angle", 2, "more than its period 6.28319; --periodic takes another"),
        ("angle=x", 2, "a number after =, such as angle=360"),
        ("none=3", 2, "unknown factor 'none'"),
    ):
        code, out, err = latent(*files, "--periodic", text)
        assert (code, out) == (status, ""), err
        assert said in err
        assert err.count("\n") == 1


def test_text_is_no_angle():
    with pytest.raises(LatentError, match="cannot be periodic"):
        latentcli.mig(PAIR, {"angle": np.array(["a", "b"] * 400)}, periodic=["angle"])
