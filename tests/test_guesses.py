"""First guesses in Python: data frames where codes go, and names that other tools have, which are told ours."""

import numpy as np
import pytest

import latentcli
from latentcli import _guesses


class Frame:
    """What data frames of all libraries have in common: columns by name; pandas' `axes` are no letters."""

    def __init__(self, columns):
        self.data = columns
        self.columns = list(columns)
        self.axes = [range(len(next(iter(columns.values())))), self.columns]

    def __getitem__(self, name):
        return self.data[name]


@pytest.fixture
def codes():
    return np.random.default_rng(0).normal(size=(60, 3))


@pytest.fixture
def frame(codes):
    return Frame({name: codes[:, place] for place, name in enumerate("abc")})


@pytest.mark.parametrize(
    ("function", "more"),
    [
        ("typical", ()),
        ("pca_directions", ()),
        ("geometry_report", ()),
        ("outliers", ()),
        ("total_correlation", ()),
    ],
)
def test_a_data_frame_of_codes_is_the_array_of_its_columns(codes, frame, function, more):
    call = getattr(latentcli, function)
    of_array, of_frame = call(codes, *more), call(frame, *more)
    assert of_frame.summary == of_array.summary
    assert of_frame.settings == of_array.settings


def test_frames_are_taken_where_several_codes_go(codes, frame):
    found = latentcli.interp(frame, frame, steps=3)
    assert found.settings == latentcli.interp(codes, codes, steps=3).settings
    assert latentcli.drift(frame, codes).summary == latentcli.drift(codes, codes).summary


def test_the_columns_of_a_frame_name_the_dimensions(codes, frame):
    factors = {"size": codes[:, 1] > 0}
    assert latentcli.mig(frame, factors).factors[0]["dimension"] == "b"
    models = latentcli.score_models("mig", {"one": frame, "other": codes}, factors)
    assert {one["dimension"] for one in models.records if one.get("level") == "factor"} == {
        "b", "z1"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("evaluate", "evaluate_similarity"),
        ("pca", "latentcli.pca_directions"),
        ("neighbors", r"latentcli.open\(FILE\).neighbors"),
    ],
)
def test_a_command_that_is_no_function_tells_the_function(name, told):
    with pytest.raises(AttributeError, match=f"no attribute '{name}'; it is .*{told}"):
        getattr(latentcli, name)
    with pytest.raises(AttributeError, match=r"no attribute 'nothing'$"):
        latentcli.nothing  # noqa: B018


@pytest.mark.parametrize("name", ["geometry", "disentanglement"])
def test_a_package_that_is_called_tells_its_function(name):
    latentcli.mig, latentcli.geometry_report  # noqa: B018 - which import the packages
    with pytest.raises(TypeError, match=f"its function is latentcli.{name}_report"):
        getattr(latentcli, name)([[1.0]])


def test_a_method_of_gensim_tells_ours():
    with pytest.raises(AttributeError, match=r"'most_similar'; it is .neighbors"):
        latentcli.open().most_similar("king")


def test_a_number_that_was_taken_for_a_field_is_told(codes):
    found = latentcli.mig(codes, {"size": codes[:, 1] > 0})
    with pytest.raises(AttributeError, match=r"'mig'; it is .summary\['mig'\]"):
        found.mig  # noqa: B018
    with pytest.raises(AttributeError, match=r"'nothing'$"):
        found.nothing  # noqa: B018


def test_several_models_are_told_where_they_go(codes):
    with pytest.raises(latentcli.LatentError, match=r"list of 2 arrays .*score_models"):
        latentcli.mig([codes, codes], codes > 0)


def test_what_is_told_exists():
    for names in _guesses._OF_ARRAYS.values():
        for name in names.replace(" or ", ", ").split(", "):
            assert callable(getattr(latentcli, name))
    for name in _guesses._OF_SPACES.values():
        assert callable(getattr(latentcli.Space, name))
