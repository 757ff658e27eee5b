"""Labels that are missing: each factor is scored as if the rows that have it were all there are."""

import json

import numpy as np
import pytest

import latentcli
from latentcli.disentanglement import METRICS, about, function, parameters

RNG = np.random.default_rng(0)
ROWS = 500
FACTORS = RNG.integers([3, 4], size=(ROWS, 2)).astype(float)
CODES = RNG.normal(size=(ROWS, 3))
CODES[:, :2] = FACTORS - 1 + 0.4 * CODES[:, :2]
GAPS = FACTORS.copy()
GAPS[RNG.permutation(ROWS)[:200], 0] = np.nan
KNOWN = np.isfinite(GAPS[:, 0])

TOGETHER = {"dci-es", "zmaxvar"}
"""Metrics that look at all factors of a row at once."""

PER_FACTOR = {
    "mig": ("mig", {}), "jemmig": ("jemmig", {}), "infomec": ("infoc", {}), "sap": ("sap", {"estimator": "r2"}), "mcc": ("correlation", {}),
    "identifiability": ("r2", {}),
}  # fmt: skip
"""What a metric says of each factor, where the other factors have no part in it."""

QUICK = {"train": 300, "evaluate": 300, "ci": None}
ESTIMATOR = {"dci": "lasso"}


def scored(name, codes, factors, **given):
    asked = QUICK | ({"estimator": ESTIMATOR[name]} if name in ESTIMATOR else {}) | given
    return function(name)(
        codes, factors, **{k: v for k, v in asked.items() if k in parameters(name)}
    )


@pytest.mark.parametrize("name", [name for name in METRICS if about(name).factors])
def test_every_metric_scores_gaps_and_counts_the_rows_of_each_factor(name):
    score = scored(name, CODES, GAPS)
    assert score.value is not None
    rows = [300, 300] if name in TOGETHER else [300, 500]
    assert [row["rows"] for row in score.factors] == rows
    said = (
        "as a factor is missing"
        if name in TOGETHER
        else "scored on the others: factor0 (200 rows)"
    )
    assert any(said in note for note in score.notes)


@pytest.mark.parametrize("name", PER_FACTOR)
def test_a_factor_with_gaps_scores_what_its_rows_score(name):
    """The dimensions are cut into bins over all rows: their ends are put into the part, too."""
    key, given = PER_FACTOR[name]
    codes = CODES.copy()
    for row, value in zip(np.flatnonzero(KNOWN)[:2], (-9.0, 9.0), strict=True):
        codes[row] = value
    whole = scored(name, codes, GAPS, **given).factors
    part = scored(name, codes[KNOWN], GAPS[KNOWN], **given).factors
    spread = 0.02 if name in ("identifiability", "infomec") else 1e-9
    assert whole[0][key] == pytest.approx(part[0][key], abs=spread)
    assert whole[1][key] == pytest.approx(
        scored(name, codes, FACTORS, **given).factors[1][key], abs=spread
    )


def test_no_gap_is_no_change():
    for name in ("mig", "sap", "dmig", "modularity"):
        assert (
            scored(name, CODES, GAPS[:, 1:]).value == scored(name, CODES, FACTORS[:, 1:]).value
        )


def test_intervals_of_factors_with_gaps_are_wider():
    rows = latentcli.mig(CODES, GAPS).factors
    whole = latentcli.mig(CODES, FACTORS).factors
    ratio = (rows[0]["high"] - rows[0]["low"]) / (whole[0]["high"] - whole[0]["low"])
    assert ratio == pytest.approx((500 / 300) ** 0.5, rel=0.15)


def test_the_command_reads_empty_cells_as_missing(latent, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("codes.npy", CODES)
    lines = [f"{'' if np.isnan(a) else int(a)},{int(b)}" for a, b in GAPS]
    (tmp_path / "factors.csv").write_text("\n".join(["shape,size", *lines]))
    code, out, err = latent("mig", "codes.npy", "factors.csv", "--json")
    assert code == 0, err
    rows = [row for row in json.loads(out)["results"] if row["level"] == "factor"]
    assert [row["rows"] for row in rows] == [300, 500]
    code, out, err = latent("mig", "codes.npy", "factors.csv")
    assert " rows " in out
    assert "shape (200 rows)" in err
    assert max(map(len, out.splitlines())) <= 80
