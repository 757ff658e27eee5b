"""The report as a function of arrays."""

import numpy as np
import pytest

import latentcli
from latentcli.errors import LatentError, ParameterError
from latentcli.geometry import MEASURES

RNG = np.random.default_rng(0)
ROWS = RNG.standard_normal((80, 4))


def test_a_frozen_result_of_all_measures():
    report = latentcli.geometry_report(
        ROWS,
        labels=["a", "b"] * 40,
        outputs=ROWS**2,
        relations={"next": [(0, 1), (2, 3), (4, 5)]},
    )
    assert {one.measure for one in report.measures} == set(MEASURES)
    assert (report.rows, report.dimensions, len(report.records)) == (
        80,
        4,
        len(report.measures),
    )
    assert (
        report.value("effective_rank", "RankMe")
        == report.records[
            [one.variant for one in report.measures].index("RankMe, not centered")
        ]["value"]
    )
    assert "silhouette" in repr(report)
    with pytest.raises(AttributeError):
        report.rows = 3


def test_files_and_spaces_are_points_too(samples):
    words = latentcli.geometry_report(str(samples / "article-words.txt"), only=["mean_cosine"])
    assert words.settings["unit"] is True
    assert words.value("mean_cosine") == pytest.approx(0.6479, abs=5e-5)
    codes = latentcli.geometry_report(str(samples / "codes.npy"), only=["mle"], neighbors=3)
    assert codes.settings["neighbors"] == 3
    assert codes.settings["unit"] is False


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"neighbors": 0}, ParameterError, "`neighbors` is 0"),
        ({"only": ["hubs"]}, ParameterError, "Did you mean hub"),
        ({"only": ["smoothness"]}, ParameterError, "smoothness is measured with `outputs`"),
        ({"labels": [1, 2]}, LatentError, "`labels`: 2 labels for 80 rows"),
        ({"outputs": np.ones((3, 1))}, LatentError, "`outputs`: 3 outputs for 80 rows"),
        ({"relations": {"none": [("a", "b")]}}, LatentError, "none of its pairs"),
        ({"ci": 1.0}, ParameterError, "between 0 and 1"),
    ],
)
def test_parameters_without_a_meaning(settings, error, message):
    with pytest.raises(error, match=message):
        latentcli.geometry_report(ROWS, **settings)


def test_zero_codes_are_codes_by_euclidean_distance():
    rows = np.concatenate([ROWS, np.zeros((1, 4))])
    assert latentcli.geometry_report(rows, only=["mle"]).rows == 81
    unit = latentcli.geometry_report(rows, only=["mle"], unit=True)
    assert unit.rows == 80
    assert "1 of 81 rows left out: zero" in unit.notes
    plain = latentcli.geometry_report(rows, only=["mean_cosine"])
    assert plain.notes == (
        "1 row is zero and has no direction: left out of mean cosine, uniformity and alignment",
    )
