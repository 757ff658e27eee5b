import pytest
from scipy.stats import binomtest

from latentcli.numerics.intervals import wilson


@pytest.mark.parametrize(("hits", "count"), [(0, 1), (1, 1), (8, 10), (401, 506), (0, 19544)])
def test_it_is_scipys(hits, count):
    peer = binomtest(hits, count).proportion_ci(0.95, method="wilson")
    assert wilson(hits, count) == pytest.approx((peer.low, peer.high), abs=1e-12)


def test_of_nothing_there_is_none():
    assert wilson(0, 0) is None


@pytest.mark.parametrize("count", [1, 3, 7, 1000])
def test_its_ends_are_exact(count):
    # Rounding would leave 4.9e-17 of three, which a table shows.
    assert (wilson(0, count) or (None,))[0] == 0.0
    assert (wilson(count, count) or (None, None))[1] == 1.0
