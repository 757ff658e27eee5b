import numpy as np
import pytest

from latentcli.errors import LatentError
from latentcli.geometry import _cloud as cloud
from latentcli.geometry._cloud import Cloud, coded, constant_dimensions
from latentcli.geometry._sampling import Settings


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (np.ones((1, 4)), "has 1 row without NaN.* takes 3 or more"),
        (np.ones((0, 4)), "has 0 rows without NaN.* takes 3 or more"),
        (np.ones((9, 4)), "all 9 rows are the same"),
        (np.eye(4) * 1e70, "beyond float64"),
        (np.eye(4) * 1e-70, "beyond float64"),
    ],
)
def test_what_cannot_be_measured(rows, message):
    with pytest.raises(LatentError, match=message):
        Cloud(rows)


def test_constant_dimensions_are_counted():
    rows = np.random.default_rng(0).standard_normal((20, 4))
    rows[:, 1:3] = 7
    assert constant_dimensions(Cloud(rows)) == 2


def test_white_noise_is_as_large_and_the_same_each_time(monkeypatch):
    rows = np.eye(30)
    noise = Cloud(rows, Settings(seed=3)).noise
    assert noise.rows.shape == (30, 30)
    assert (noise.rows == Cloud(rows, Settings(seed=3)).noise.rows).all()
    assert (noise.rows != Cloud(rows).noise.rows).any()
    monkeypatch.setattr(cloud, "_NOISE", 30 * 10)
    assert len(Cloud(rows).noise) == 10


def test_how_many_neighbours_count():
    assert Cloud(np.eye(5)).sampling.k == 2
    assert Cloud(np.eye(3)).sampling.k == 1
    assert Cloud(np.eye(50)).sampling.k == 10
    assert Cloud(np.eye(5)).sampling.reach == 4


def test_labels_of_all_kinds():
    assert coded([3, 1, 3]).tolist() == [1, 0, 1]
    assert coded([None, "b", "", "a", float("nan")]).tolist() == [-1, 1, -1, 0, -1]
