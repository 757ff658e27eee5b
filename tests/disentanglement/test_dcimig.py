import numpy as np
import pytest

from latentcli.disentanglement._dcimig import dcimig

GRID = np.array([[a, b] for a in range(3) for b in range(4)])


@pytest.mark.parametrize("bins", [10, 20])
def test_ubisofts_dcimig(held, peer, name, bins):
    score = dcimig(held(name, bins), bins=bins, ci=None)
    assert score.value == pytest.approx(peer(name, "ubisoft", f"dcimig_b{bins}"), abs=1e-6)


def test_duplicated_dimensions_cost_nothing():
    assert dcimig(np.tile(GRID, 2), GRID).value == pytest.approx(1)


def test_one_dimension_serves_one_factor():
    """Of log 4 and log 3 in one dimension the difference is left, for the larger one."""
    score = dcimig(np.column_stack([GRID @ [4, 1], np.zeros(12)]), GRID)
    assert score.value == pytest.approx(np.log(4 / 3) / np.log(12))
    assert [row["dcimig"] for row in score.factors] == pytest.approx(
        [0, np.log(4 / 3) / np.log(4)]
    )
