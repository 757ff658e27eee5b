"""What the tests of metrics share: the cases that peers were run on, with their answers."""

import csv
import json

import numpy as np
import pytest

from latentcli.core.metrics.data import prepare


@pytest.fixture(scope="session")
def case(data):
    """Make the data of a case ready, once for each number of bins of its factors."""
    made = {}

    def load(name, bins=20):
        if (name, bins) not in made:
            folder = data / "metrics" / "cases" / name
            with (folder / "factors.csv").open(encoding="utf-8") as file:
                names, *rows = csv.reader(file)
            columns = np.array(rows, dtype=float)
            if (columns == columns.round()).all():
                columns = columns.astype(int)
            codes, factors = np.load(folder / "codes.npy"), zip(names, columns.T, strict=True)
            made[name, bins] = prepare(codes, dict(factors), factor_bins=bins)
        return made[name, bins]

    return load


@pytest.fixture(scope="session")
def peer(data):
    """What a peer answers: peer("04b_noise_0.5", "dlib", "mig")."""
    text = (data / "metrics" / "expected.json").read_text("utf-8")
    cases = json.loads(text)["cases"]

    def answer(name, who, what):
        found = cases[name][who][what]
        assert found["status"] == "ok"
        return found["result"]

    return answer


CASES = (
    "01_grid_perfect", "01b_grid_exact12", "03_duplicated", "04b_noise_0.5", "05_continuous",
    "07_dsprites_entangled",
)  # fmt: skip


@pytest.fixture(params=CASES)
def name(request):
    """The name of each case in turn."""
    return request.param


@pytest.fixture
def noisy():
    """Two factors of three and four classes in two of three dimensions, with noise."""
    rng = np.random.default_rng(0)
    factors = np.column_stack([rng.integers(0, 3, 400), rng.integers(0, 4, 400)])
    codes = rng.normal(size=(400, 3))
    codes[:, :2] = factors + 0.3 * codes[:, :2]
    return codes, factors
