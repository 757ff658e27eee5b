"""Outliers beside scikit-learn and closed forms."""

import warnings

import numpy as np
import pytest
from scipy import stats
from sklearn.covariance import LedoitWolf
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors

import latentcli
from latentcli.errors import LatentError


@pytest.fixture(params=range(3))
def x(request):
    rng = np.random.default_rng(request.param)
    rows, dims = [(300, 4), (40, 60), (900, 2)][request.param]
    values = rng.standard_normal((rows, dims)) @ rng.standard_normal((dims, dims)) + 3
    values[7] = values[8]
    return values


@pytest.mark.parametrize("k", [1, 5, 20, 35])
def test_lof_and_distances_are_scikit_learns(x, k):
    found = latentcli.outliers(x, neighbors=k)
    with warnings.catch_warnings(action="ignore"):  # of the two equal rows
        lof = -LocalOutlierFactor(n_neighbors=k).fit(x).negative_outlier_factor_
    assert found.lof == pytest.approx(lof, rel=1e-9)
    far = NearestNeighbors(n_neighbors=k).fit(x).kneighbors()[0][:, -1]
    assert found.knn == pytest.approx(far, abs=1e-12)


def test_mahalanobis_is_scikit_learns_with_a_chi_squared_p(x):
    found = latentcli.outliers(x, method="mahalanobis", top=len(x))
    squares = LedoitWolf().fit(x).mahalanobis(x)
    assert found.mahalanobis == pytest.approx(np.sqrt(squares))
    for record in found.records:
        p = stats.chi2.sf(squares[record["row"]], x.shape[1])
        assert record["mahalanobis_p"] == pytest.approx(p)


def test_scores_of_unit_rows_are_those_of_rows_at_length_1(x):
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    assert latentcli.outliers(x, unit=True).lof == pytest.approx(latentcli.outliers(unit).lof)


@pytest.mark.parametrize("method", ["lof", "knn", "mahalanobis"])
def test_the_list_is_sorted_and_has_percentiles(x, method):
    found = latentcli.outliers(x, method=method, top=len(x) + 5)
    scores = getattr(found, method)
    assert [one[method] for one in found.records] == sorted(scores.tolist(), reverse=True)
    for record in found.records:
        below = 100 * float((scores < record[method]).mean())
        assert record[f"{method}_percentile"] == pytest.approx(below)


def test_one_far_row_is_first_by_all_and_the_only_one_beyond_a_gaussian():
    x = np.random.default_rng(0).standard_normal((400, 3))
    x[123] = [7, -7, 7]
    for method in ("lof", "knn", "mahalanobis"):
        found = latentcli.outliers(x, method=method)
        assert found.records[0]["row"] == 123
    assert found.summary["beyond_gaussian"] == 1


def test_gaussian_rows_have_outliers_in_one_case_of_forty():
    """The p-values are those of a Gaussian: 40 sets, about one of which has a row below 0.025 / N."""
    rng = np.random.default_rng(1)
    sets = [latentcli.outliers(rng.standard_normal((300, 4))) for _ in range(40)]
    assert sum(one.summary["beyond_gaussian"] > 0 for one in sets) <= 4


def test_rows_left_out_are_nan_and_copies_are_noted():
    x = np.random.default_rng(0).standard_normal((60, 2))
    x[:30] = 1
    x[40] = np.inf
    found = latentcli.outliers(x)
    assert np.flatnonzero(np.isnan(found.lof)).tolist() == [40]
    assert any("exact copies" in note for note in found.notes)


def test_fewer_rows_than_neighbors():
    found = latentcli.outliers(np.random.default_rng(0).standard_normal((6, 2)))
    assert found.settings["neighbors"] == 5
    assert "`neighbors` is 5: there are no more rows" in found.notes


@pytest.mark.parametrize("x", [np.zeros((9, 2)), np.ones((9, 2)), np.eye(3), np.full((9, 2), np.nan)])  # fmt: skip
def test_what_has_no_outliers_is_one_line(x):
    with pytest.raises(LatentError, match="outliers"):
        latentcli.outliers(x)


def test_words_have_their_name_and_row():
    found = latentcli.outliers("article-words.txt", top=2)
    space = latentcli.open("article-words.txt")
    for record in found.records:
        assert space.row(record["word"]) == record["row"]


def test_numbers_whose_squares_overflow_are_refused_before_anything_is_computed(recwarn):
    values = np.ones((40, 3))
    values[7] = 1e200, -1e200, 1e300
    with pytest.raises(LatentError, match="whose squares overflow"):
        latentcli.outliers(values)
    assert not recwarn.list


@pytest.mark.parametrize("scale", [1e-30, 1e-10, 1e20])
def test_lof_is_a_ratio_at_any_scale(scale):
    x = np.vstack([np.random.default_rng(0).normal(size=(60, 4)), [[50.0, 0, 0, 0]]])
    found = latentcli.outliers(x * scale)
    assert found.records[0]["row"] == 60
    assert found.lof == pytest.approx(latentcli.outliers(x).lof, rel=1e-9)


def test_constant_dimensions_count_in_no_distance():
    x = np.random.default_rng(0).normal(size=(100, 3))
    wide = np.hstack([x, np.zeros((100, 3))])
    one, other = (latentcli.outliers(rows, method="mahalanobis") for rows in (x, wide))
    assert other.mahalanobis == pytest.approx(one.mahalanobis)
    assert other.records[0]["mahalanobis_p"] == pytest.approx(one.records[0]["mahalanobis_p"])
