import numpy as np
import pytest
from scipy.stats import skew
from sklearn.neighbors import NearestNeighbors

from latentcli.geometry import _hubness as hubness
from latentcli.geometry._cloud import Cloud
from latentcli.geometry._sampling import Settings
from latentcli.numerics.neighbors import nearest
from latentcli.numerics.points import Points

STAR = np.array([4, 1, 0, 0, 0])


def measured(rows, **options):
    settings = Settings(**options)
    return {
        (one.measure, one.variant if one.measure == "hub" else ""): one
        for one in hubness.measure(Cloud(rows, settings))
    }


def test_a_star_by_hand():
    assert hubness.skewness(STAR, 5) == pytest.approx(1.290994, abs=5e-7)
    assert hubness.skewness(STAR, 5) == pytest.approx(float(skew(STAR)))
    assert hubness.robin_hood(STAR) == pytest.approx(0.6)
    assert hubness.antihubs(STAR) == pytest.approx(0.6)
    assert hubness.hub_share(STAR, 1) == pytest.approx(0.8)


def test_a_star_of_points():
    rows = np.array([[0.0, 0], [1, 0], [-1.1, 0], [0, 1.2], [0, -1.3]])
    found = measured(rows, k=1)
    assert found["k_skewness", ""].value == pytest.approx(1.290994, abs=5e-7)
    assert found["hub", "0"].value == 4.0
    assert list(found)[-2:] == [("hub", "0"), ("hub", "1")]


@pytest.mark.parametrize(
    ("size", "low", "high"),
    [
        (3, -0.45, -0.2),
        (20, 2, 3.5),
        pytest.param(100, 4, 9, marks=pytest.mark.slow),
        pytest.param(512, 4, 7, marks=pytest.mark.slow),
    ],
)
def test_white_noise_has_more_hubs_in_more_dimensions(size, low, high):
    """About -.34, 3.24, 4.93 and 4.31; one hub more moves it. scikit-learn and SciPy agree."""
    rows = np.random.default_rng(0).standard_normal((2000, size))
    one = measured(rows)["k_skewness", ""]
    near = NearestNeighbors(n_neighbors=11, algorithm="brute").fit(rows).kneighbors(rows)[1]
    counts = np.bincount(near[:, 1:].ravel(), minlength=2000)
    assert one.value == pytest.approx(float(skew(counts)), abs=1e-8)
    assert low < one.value < high
    assert one.reading in ("no hubs to speak of", "no more hubs than white noise")


def test_a_part_of_the_rows_asked_gives_the_skewness_of_all():
    """Unbiased: the mean over many samples is what asking all rows gives."""
    rows = np.random.default_rng(0).standard_normal((1500, 15))
    near = nearest(Points(rows), np.arange(1500), 10).rows
    whole = hubness.skewness(hubness.occurrences(near, 1500), 1500)
    rng = np.random.default_rng(1)
    found = [
        hubness.skewness(
            hubness.occurrences(near[rng.choice(1500, 500, replace=False)], 1500), 500
        )
        for _ in range(40)
    ]
    assert np.mean(found) == pytest.approx(whole, rel=0.08)


def test_a_sample_is_told_with_its_error():
    rows = np.random.default_rng(0).standard_normal((1500, 15))
    cloud = Cloud(rows, Settings(sample=200))
    one, among, *others = hubness.measure(cloud)
    assert one.variant == "k=10, among all rows, euclidean"
    assert one.note == "estimated from the neighbors of 400 rows"
    whole = measured(rows)["k_skewness", ""].value
    assert one.interval.low < whole < one.interval.high
    assert among.variant == others[0].variant == "k=10, among 400 rows, euclidean"
    own = measured(rows[cloud.sampling.queries])["k_skewness", ""]
    assert among.value == pytest.approx(own.value)
    assert others[-1].note == "of 1,500 rows, from 400"


def test_one_hot_rows_have_no_hubs_by_the_order_of_the_file():
    (one,) = hubness.measure(Cloud(np.eye(80)))
    assert one.value is None
    assert "equally far" in one.note


def test_every_row_a_neighbour_alike():
    circle = np.exp(2j * np.pi * np.arange(30) / 30)
    one = measured(np.column_stack([circle.real, circle.imag]), k=2)["k_skewness", ""]
    assert one.value is None
    assert one.note == "every row is a neighbor equally often"


def test_ties_are_not_called_equidistance():
    rows = np.repeat(np.random.default_rng(0).standard_normal((20, 5)), 10, axis=0)
    note = measured(rows)["k_skewness", ""].note
    assert (
        note
        == "no row's neighbor 10 is nearer than the next one: which of them counts is arbitrary"
    )
