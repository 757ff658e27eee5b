"""Results show themselves: as text, HTML, a data frame and a picture."""

import dataclasses

import pytest

import latentcli
from latentcli.results import Interval, Result


@pytest.fixture
def score():
    return latentcli.mig("codes_entangled.npy", "factors_entangled.csv", ci=None)


def test_a_result_is_frozen(score):
    with pytest.raises(dataclasses.FrozenInstanceError):
        score.title = "another"


def test_an_interval_has_two_ends():
    low, high = Interval(0.25, 0.75)
    assert (low, high) == (0.25, 0.75)
    assert Interval(0.25, 0.75).high == 0.75


def test_the_records_are_a_data_frame(score):
    pytest.importorskip("pandas", reason="pandas is not installed")
    frame = score.to_pandas()
    assert list(frame.columns) == list(score.columns)
    assert len(frame) == len(score.records)
    assert frame.attrs == score.summary


def test_without_pandas_the_error_is_pythons(score, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(ImportError):
        score.to_pandas()


def test_the_picture_goes_into_given_axes(score):
    from matplotlib.figure import Figure

    axes = Figure().add_subplot()
    assert score.plot(axes) is axes
    assert axes.get_title()
    assert score.plot() is not axes


def test_a_result_without_a_picture_says_so():
    with pytest.raises(ValueError, match="no picture"):
        Result().plot()


@pytest.mark.parametrize(
    "make",
    [
        lambda: latentcli.mig("codes.npy", "factors.csv"),
        lambda: latentcli.interp([2, -1.5, 0.3], [-1, 2, 0.8], kind="slerp"),
        lambda: latentcli.typical("codes.npy"),
        lambda: latentcli.open().neighbors("king", top=100),
        lambda: latentcli.evaluate_odd(latentcli.open(), [["cat", "dog", "red"]]),
        Result,
    ],
)
def test_repr_and_html_fit(make):
    result = make()
    lines = repr(result).splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 79
    assert result._repr_html_().startswith("<div>")
