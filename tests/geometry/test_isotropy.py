import numpy as np
import pytest

import latentcli
from latentcli.geometry import _isotropy as isotropy
from latentcli.geometry import _manifold as manifold
from latentcli.geometry._cloud import Cloud
from latentcli.geometry._spectrum import spectrum_of

RNG = np.random.default_rng(0)


def test_three_rows_by_hand():
    rows = np.array([[1.0, 0], [0, 1], [1, 1]])
    assert isotropy.mean_cosine(rows) == pytest.approx(0.471405, abs=5e-7)


def test_all_pairs_one_by_one():
    rows = RNG.standard_normal((60, 5)) + 0.4
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = (units @ units.T)[np.triu_indices(60, 1)]
    assert isotropy.mean_cosine(rows) == pytest.approx(cosines.mean(), abs=1e-12)


def test_rows_of_zeros_have_no_direction():
    rows = np.array([[1.0, 0], [0, 0], [0, 1], [1, 1]])
    assert isotropy.mean_cosine(rows) == pytest.approx(0.471405, abs=5e-7)
    assert isotropy.mean_cosine(np.array([[1.0, 0], [0, 0]])) is None


def test_all_but_the_top_takes_a_common_part_away():
    rows = RNG.standard_normal((2000, 100)) + 2
    assert isotropy.mean_cosine(rows) > 0.7
    left = isotropy.all_but_the_top(rows, spectrum_of(rows), 1)
    assert left == pytest.approx(0, abs=0.005)


def test_one_dimension_has_no_isotropy_and_says_so():
    found = {one.measure: one for one in isotropy.measure(Cloud(np.arange(9.0)[:, None]))}
    assert found["isoscore"].value is None
    assert found["all_but_the_top"].value is None
    assert found["isoscore"].white_noise is None
    assert found["stable_rank"].value == 1.0


def test_white_noise_reads_as_isotropic():
    found = {
        one.measure: one for one in isotropy.measure(Cloud(RNG.standard_normal((2000, 20))))
    }
    assert found["mean_cosine"].value == pytest.approx(0, abs=0.002)
    assert found["mean_cosine"].reading == "no common direction"
    assert found["isoscore"].value == pytest.approx(found["isoscore"].white_noise, abs=0.01)
    assert found["effective_rank"].value == pytest.approx(20, abs=0.2)


@pytest.mark.parametrize("repeated", [0, 5])
def test_without_as_many_components_as_there_are_nothing_is_left(repeated):
    """Not the cosines of rounding errors: 30 rows span 29 dimensions, and 40 components go."""
    rows = np.random.default_rng(0).standard_normal((30, 4000)).astype(np.float32)
    rows[:repeated] = rows[-1]
    found = {one.measure: one for one in isotropy.measure(Cloud(rows))}["all_but_the_top"]
    assert found.variant == "without mean, top 40"
    assert found.value is None
    assert found.note == "nothing is left that has a direction"


@pytest.mark.parametrize(
    "measure", ["isoscore", "effective_rank", "stable_rank", "participation_ratio"]
)
def test_the_spectrum_of_heavy_tails_has_intervals_twice_as_wide(measure):
    rng = np.random.default_rng(0)
    rows = rng.standard_t(2.5, (300, 5)) * [3.0, 1.0, 1.0, 1.0, 1.0]

    def widths(factor):
        cloud = Cloud(rows)
        assert cloud.tail_factor == 2
        cloud.__dict__["tail_factor"] = factor
        found = isotropy.measure(cloud) + manifold.measure(cloud)
        return [one.value - one.interval.low for one in found if one.measure == measure]

    assert widths(2.0) == pytest.approx([2 * width for width in widths(1.0)])


def test_normal_rows_have_no_heavy_tails():
    assert Cloud(np.random.default_rng(0).standard_normal((2000, 20))).tail_factor == 1


def test_ranks_stand_in_their_intervals():
    """RankMe, by its 1e-7 a term, is beyond D; no rank is below 1."""
    for rows in (np.eye(60), np.random.default_rng(0).standard_t(1.5, (60, 4))):
        for one in latentcli.geometry_report(rows, only=("isotropy",)).measures:
            if "rank" in one.measure:
                assert 1 <= one.interval.low <= one.value <= one.interval.high
