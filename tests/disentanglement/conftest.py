"""The made cases on which peers were run, and generators with known answers."""

import csv
import json

import numpy as np
import pytest

from latentcli.disentanglement._data import prepare


def column(values):
    for kind in (int, float):
        try:
            return np.array([kind(value) for value in values])
        except ValueError:
            continue
    return np.array(values)


@pytest.fixture(scope="session")
def case(data):
    """Return, for the name of a case, its data and what each peer scored."""
    folder = data / "metrics"
    expected = json.loads((folder / "expected.json").read_text("utf-8"))["cases"]

    def load(name):
        with (folder / "cases" / name / "factors.csv").open(encoding="utf-8") as file:
            names, *rows = csv.reader(file)
        columns = zip(*rows, strict=True)
        factors = {key: column(values) for key, values in zip(names, columns, strict=True)}
        codes = np.load(folder / "cases" / name / "codes.npy")
        return prepare(codes, factors), expected[name]

    return load


@pytest.fixture(scope="session")
def clean():
    """Codes (400, 3) that are three factors of 3, 4 and 2 levels with a little noise."""
    random = np.random.default_rng(0)
    factors = random.integers([3, 4, 2], size=(400, 3))
    return factors + 0.1 * random.normal(size=factors.shape), factors


@pytest.fixture(scope="session")
def noise():
    """Codes (2000, 4) that tell nothing about three factors."""
    random = np.random.default_rng(1)
    return random.normal(size=(2000, 4)), random.integers([3, 4, 2], size=(2000, 3))


CASES = (
    "01_grid_perfect", "01b_grid_exact12", "03_duplicated", "04b_noise_0.5", "05_continuous",
    "07_dsprites_entangled",
)  # fmt: skip


@pytest.fixture(params=CASES)
def name(request):
    """The name of each case in turn."""
    return request.param


@pytest.fixture(scope="session")
def held(case):
    """Return the data of a case, whose continuous factors are cut into `bins`."""

    def load(name, bins=20):
        data, _ = case(name)
        columns = {factor.name: factor.values for factor in data.factors}
        return prepare(data.codes, columns, factor_bins=bins)

    return load


@pytest.fixture(scope="session")
def peer(case):
    """Return what a peer answers: peer("04b_noise_0.5", "dlib", "mig")."""

    def answer(name, who, what):
        found = case(name)[1][who][what]
        assert found["status"] == "ok"
        return found["result"]

    return answer
