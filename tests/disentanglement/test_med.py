import numpy as np
import pytest

from latentcli.disentanglement._med import med

GRID = np.tile([[a, b] for a in range(3) for b in range(4)], (50, 1))


@pytest.mark.parametrize(
    "name", ["01_grid_perfect", "01b_grid_exact12", "03_duplicated", "04b_noise_0.5",
             "07_dsprites_entangled"],
)  # fmt: skip
def test_the_authors_med(held, peer, name):
    summary, expected = med(held(name), ci=None).summary, peer(name, "med", "med")
    assert summary["med"] == pytest.approx(expected["disentanglement"], abs=1e-6)
    assert summary["med_completeness"] == pytest.approx(expected["completeness"], abs=1e-6)
    assert summary["med_top"] == pytest.approx(expected["top1_disentanglement"], abs=1e-6)


def test_perfect_codes_are_perfect():
    summary = med(GRID, GRID).summary
    assert summary["med"] == summary["med_corrected"] == pytest.approx(1)
    assert summary["med_completeness"] == pytest.approx(1)


def test_chance_is_what_noise_scores():
    rng = np.random.default_rng(0)
    score = med(rng.normal(size=(600, 4)), GRID)
    assert score.summary["med_chance"] == pytest.approx(score.value, abs=0.1)


def test_duplicated_dimensions_lower_completeness_to_the_half():
    summary = med(np.tile(GRID, 2), GRID).summary
    assert summary["med"] == pytest.approx(1)
    assert summary["med_completeness"] == pytest.approx(1 - np.log(2) / np.log(4))
