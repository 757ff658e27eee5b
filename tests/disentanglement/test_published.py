"""The synthetic experiments of Carbonneau et al. (2022), sections 5.2 to 5.4, made again.

20,000 rows, eight factors that are uniform between 0 and 1, ten bins; MIG is that of
disentanglement_lib with its twenty. The numbers are of the authors' own code.
"""

import numpy as np
import pytest

from latentcli.disentanglement._data import prepare
from latentcli.disentanglement._dcimig import dcimig
from latentcli.disentanglement._jemmig import jemmig
from latentcli.disentanglement._mig import mig
from latentcli.disentanglement._modularity import modularity

ROWS, FACTORS = 20_000, 8


def noise(share):
    """Section 5.2: a share of each dimension is noise."""
    return lambda factors, rng: (1 - share) * factors + share * rng.random(factors.shape)


def mixed(share):
    """Section 5.3: a share of each dimension is the next factor."""
    return lambda factors, _: (1 - share) * factors + share * np.roll(factors, -1, axis=1)


def angles(factors, _):
    """Section 5.4: cosine and sine of each factor."""
    return np.hstack([np.cos(2 * np.pi * factors), np.sin(2 * np.pi * factors)])


def twice(factors, _):
    return np.tile(factors, 2)


EXPERIMENTS = {
    # codes: MIG, JEMMIG, DCIMIG, modularity
    "perfect": (noise(0.0), 0.997, 1.000, 0.999, 1.000),
    "noise .2": (noise(0.2), 0.448, 0.536, 0.519, 1.000),
    "noise .4": (noise(0.4), 0.222, 0.296, 0.261, 1.000),
    "noise .6": (noise(0.6), 0.096, 0.146, 0.111, 1.000),
    "noise 1": (noise(1.0), 0.000, 0.001, 0.000, 0.349),
    "mixed .1": (mixed(0.1), 0.625, 0.691, 0.680, 1.000),
    "mixed .3": (mixed(0.3), 0.260, 0.369, 0.310, 0.996),
    "mixed .5": (mixed(0.5), 0.001, 0.126, 0.001, 0.860),
    "angles": (angles, 0.001, 0.356, 0.639, 1.000),
    "twice": (twice, 0.000, 0.500, 0.999, 1.000),
}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_experiments_of_carbonneau(name):
    codes_of, *expected = EXPERIMENTS[name]
    rng = np.random.default_rng(0)
    factors = rng.random((ROWS, FACTORS))
    codes = codes_of(factors, rng)
    columns = {f"f{k}": column for k, column in enumerate(factors.T)}
    ten = prepare(codes, columns, factor_bins=10)
    found = [mig(prepare(codes, columns), ci=None).value]
    found += [metric(ten, bins=10, ci=None).value for metric in (jemmig, dcimig, modularity)]
    np.testing.assert_allclose(found[:3], expected[:3], atol=0.006)
    # Of noise, modularity is the ratio of what chance gives to chance.
    assert found[3] == pytest.approx(expected[3], abs=0.05 if name == "noise 1" else 0.006)
