import numpy as np
import pytest

import latentcli
from latentcli.errors import ParameterError

KEYS = np.random.default_rng(0).normal(size=(4, 6))


def test_one_array_is_the_points_of_a_path():
    alone, apart = latentcli.interp(KEYS), latentcli.interp(*KEYS)
    assert (alone.codes == apart.codes).all()
    assert alone.records == apart.records


def test_one_code_is_no_path():
    with pytest.raises(ParameterError, match="two points or more"):
        latentcli.interp(KEYS[0])


@pytest.mark.parametrize(("loop", "legs"), [(False, 3), (True, 4)])
def test_each_leg_has_its_steps(loop, legs):
    steps = [3, 6, 2, 5][:legs]
    found = latentcli.interp(KEYS, steps=steps, loop=loop)
    assert len(found.codes) == sum(steps)
    starts = np.cumsum([0, *steps[:-1]])
    assert (found.codes[starts] == KEYS[:legs]).all()
    assert (found.codes[-1] == KEYS[-1]).all() != loop


def test_steps_of_one_leg_are_those_of_the_path():
    two = KEYS[:2]
    assert (
        latentcli.interp(two, steps=[7]).times == latentcli.interp(two, steps=7).times
    ).all()


@pytest.mark.parametrize("last", [1, 2])
def test_the_last_leg_keeps_the_end(last):
    found = latentcli.interp(KEYS[:3], steps=[2, last])
    assert len(found.codes) == 2 + last
    assert (found.codes[-1] == KEYS[2]).all()


def test_seconds_are_frames():
    assert len(latentcli.interp(KEYS, seconds=2, fps=30).codes) == 60
    assert len(latentcli.interp(KEYS, seconds=2).codes) == 48
    assert len(latentcli.interp(KEYS, seconds=[1, 0.5, 2], fps=10).codes) == 35


def test_there_and_back():
    found = latentcli.interp(KEYS, steps=5, ping_pong=True).codes
    assert len(found) == 8
    assert (found[5:] == found[3:0:-1]).all()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"steps": [3, 4]}, ParameterError),
        ({"steps": [3, 0, 4]}, ParameterError),
        ({"steps": [3, 2.5, 4]}, ParameterError),
        ({"steps": 1}, ParameterError),
        ({"seconds": 0.01}, ParameterError),
        ({"seconds": -1}, ParameterError),
        ({"seconds": float("nan")}, ParameterError),
        ({"seconds": 1e9}, ParameterError),
        ({"fps": 10}, ParameterError),
        ({"seconds": 1, "fps": 0}, ParameterError),
        ({"loop": True, "ping_pong": True}, ParameterError),
    ],
)
def test_what_makes_no_path(options, error):
    with pytest.raises(error):
        latentcli.interp(KEYS, **options)
