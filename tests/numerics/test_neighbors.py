import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from latentcli.numerics import neighbors as neighbors
from latentcli.numerics.blocks import sampled
from latentcli.numerics.neighbors import nearest
from latentcli.numerics.points import Points

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("offset", [0.0, 1e6])
@pytest.mark.parametrize("seen", [64, 300, 4096])
def test_scikit_learn_finds_the_same(monkeypatch, seen, offset):
    monkeypatch.setattr(neighbors, "SEEN", seen)
    monkeypatch.setattr(neighbors, "_QUERIES", 100)
    rows = RNG.standard_normal((700, 9)) + offset
    asked = sampled(700, 250, 0)
    found = nearest(Points(rows), asked, 12)
    away, others = NearestNeighbors(n_neighbors=13, algorithm="kd_tree").fit(rows).kneighbors(rows[asked])  # fmt: skip
    assert (found.rows == others[:, 1:]).all()
    assert found.distances == pytest.approx(away[:, 1:], abs=1e-8)


def test_blocks_give_what_the_whole_gives(monkeypatch):
    rows = RNG.standard_normal((500, 4)).astype(np.float32)
    whole = nearest(Points(rows, unit=True), np.arange(500), 7)
    monkeypatch.setattr(neighbors, "SEEN", 16)
    parts = nearest(Points(rows, unit=True), np.arange(500), 7)
    assert (whole.rows == parts.rows).all()
    assert (whole.distances == parts.distances).all()


def test_equal_rows_are_no_distance_apart_and_a_row_is_not_its_own_neighbor():
    rows = np.repeat(RNG.standard_normal((5, 3)) + 1e5, 3, axis=0)
    found = nearest(Points(rows), np.arange(15), 2)
    assert (found.distances == 0).all()
    assert (found.rows // 3 == np.arange(15)[:, None] // 3).all()
    assert (found.rows != np.arange(15)[:, None]).all()


def test_progress_ends_at_the_whole():
    said = []
    nearest(Points(np.eye(9)), np.arange(9), 2, lambda *done: said.append(done))
    assert said[-1] == (9, 9)
