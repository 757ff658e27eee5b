"""A code w (512,) beside codes w+ (18, 512): repeated where one is given, else a line with what to type."""

import numpy as np
import pytest

from latentcli import edit, interp, mix, project, truncate, typical
from latentcli.errors import LatentError

RANDOM = np.random.default_rng(0)
PLUS = RANDOM.normal(size=(18, 4))
ONE = RANDOM.normal(size=(1, 4))
SEVERAL = RANDOM.normal(size=(5, 4))


@pytest.mark.parametrize("one", [ONE, ONE[0]])
def test_one_w_beside_w_plus_is_repeated_over_the_layers(one):
    whole = np.repeat(ONE, 18, axis=0)
    assert np.allclose(interp(one, PLUS, steps=3).codes[1], (whole + PLUS) / 2)
    mixed = mix(one, PLUS, layers=[0, 1]).codes
    assert np.array_equal(mixed, np.concatenate([PLUS[:2], whole[2:]]))
    assert np.array_equal(
        mix(PLUS, one, layers=[0, 1]).codes, np.concatenate([whole[:2], PLUS[2:]])
    )


def test_a_mean_of_layers_makes_layers_of_two_axes():
    mean = RANDOM.normal(size=(18, 4))
    found = truncate(PLUS, mean, psi=0.5)
    assert np.allclose(found.codes, (PLUS + mean) / 2)
    assert found.settings["axes"] == "LD"


def test_two_axes_beside_codes_of_layers_are_one_code_of_layers():
    plus, others = RANDOM.normal(size=(18, 40)), RANDOM.normal(size=(30, 18, 40))
    found = truncate(plus, mean_of=others, psi=0.5)
    assert np.allclose(found.codes, (plus + others.mean(axis=0)) / 2)
    assert typical(plus, reference=others).settings["axes"] == "LD"


@pytest.mark.parametrize(
    "call",
    [
        lambda: edit(SEVERAL, PLUS, by=[1]),
        lambda: project(SEVERAL, PLUS),
        lambda: truncate(SEVERAL, PLUS),
        lambda: mix(SEVERAL, PLUS, layers=[0]),
        lambda: typical(np.ones((5, 512)), reference=np.ones((3, 18, 512))),
    ],
)
def test_codes_w_where_w_plus_is_meant_are_told_what_to_type(call):
    with pytest.raises(LatentError, match=r"numpy\.repeat\(w\[:, None\], 18, axis=1\)"):
        call()
    assert np.repeat(SEVERAL[:, None], 18, axis=1).shape == (5, 18, 4)


def test_layers_of_one_vector_are_refused_before_their_number():
    with pytest.raises(LatentError, match="has one vector: w") as error:
        edit(ONE, PLUS[0], by=[1], layers=[0, 1, 2])
    assert "from 0 to 0" not in str(error.value)
