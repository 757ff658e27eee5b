"""Counts, information from them, and how sure it is: by hand, by definition, and by peers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import chi2, chi2_contingency
from sklearn.metrics import mutual_info_score

from latentcli.disentanglement import _mutual_information as information
from latentcli.disentanglement._mutual_information import Binned, Counts, Cut, count, discretize
from latentcli.disentanglement._tables import log_ratios
from latentcli.errors import ParameterError

RNG = np.random.default_rng(0)
LOG2 = float(np.log(2))


def counts_of(table):
    """Counts of one dimension and one factor from their table (B, M)."""
    table = np.asarray(table)
    return Counts((table[None],))


def only(values):
    """The one number of a (1, 1) array."""
    assert np.shape(values) == (1, 1)
    return values[0, 0].item()


def random_labels(rows=500, dimensions=3, bins=7, classes=(2, 5)):
    """Bins (D, N), of which the first dimension follows the first factor, and the factors."""
    factors = [RNG.integers(0, size, rows) for size in classes]
    labels = RNG.integers(0, bins, (dimensions, rows))
    labels[0] = (factors[0] + (RNG.random(rows) < 0.2)) % bins
    return Binned(labels, bins), factors


# --- cutting codes into bins


def disentanglement_libs(values, bins=20):
    """The bins of disentanglement_lib's `_histogram_discretize`, from 0."""
    return np.digitize(values, np.histogram(values, bins)[1][:-1]) - 1


FLOATS = {np.float64: 2.0**490, np.float32: 2.0**100}


@pytest.mark.parametrize("kind", FLOATS)
@given(draw=st.data())
def test_equal_widths_are_those_of_disentanglement_lib(kind, draw):
    """Bit for bit, wherever NumPy's histogram has an answer."""
    most = FLOATS[kind]
    elements = st.floats(-most, most, width=64 if kind is np.float64 else 32) | st.sampled_from(
        [0.0, 0.05, 0.1, 0.25, 0.5, 1.0, -1.0, 7.0, 1e-30]
    )
    values = draw.draw(arrays.arrays(kind, st.integers(2, 40), elements=elements.map(kind)))
    bins = draw.draw(st.integers(2, 50))
    found = discretize(values[:, None], Cut(bins)).labels[0]
    if values.min() == values.max():
        assert not found.any()
        return
    try:
        expected = disentanglement_libs(values, bins)
    except ValueError:  # too narrow for its bins
        assert found.max() < bins
        assert (np.diff(found[np.argsort(values)].astype(int)) >= 0).all()
        return
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("offset", "width"), [(0.0, 1e-3), (1.0, 1e-5), (-1e4, 1.0), (1e6, 1.0), (1e6, 1e3)]
)
def test_equal_widths_on_many_rows_far_from_zero(kind, offset, width):
    values = (offset + width * RNG.normal(size=20_000)).astype(kind)
    found = discretize(values[:, None], Cut(20)).labels[0]
    np.testing.assert_array_equal(found, disentanglement_libs(values))


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("shift", [0.0, 100.0, -1e6])
def test_values_at_edges_and_beside_them(kind, shift):
    edges = np.linspace(kind(shift - 1), kind(shift + 1), 21, dtype=kind)
    beside = np.concatenate([np.nextafter(edges, kind(end)) for end in (-np.inf, np.inf)])
    values = np.clip(np.concatenate([edges, beside]), edges[0], edges[-1])
    found = discretize(values[:, None], Cut(20)).labels[0]
    np.testing.assert_array_equal(found, np.minimum(np.digitize(values, edges[:-1]) - 1, 19))


def test_values_on_edges_go_up_and_the_largest_into_the_last_bin():
    values = np.arange(21) / 20
    found = discretize(values[:, None], Cut(20)).labels[0]
    np.testing.assert_array_equal(found, disentanglement_libs(values))
    assert found[-1] == 19


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("binning", information.BINNINGS)
def test_a_range_too_narrow_for_its_bins_is_cut_where_it_can_be(kind, binning):
    """A collapsed dimension: NumPy's histogram refuses it."""
    above = np.nextafter(kind(3.7), kind(4))
    values = np.array([3.7, above, 3.7, above], dtype=kind)
    found = discretize(values[:, None], Cut(20, binning)).labels[0]
    apart = binning != "fixed"
    assert (found[0] == found[2], found[1] == found[3]) == (True, True)
    assert (found[0] < found[1]) == apart


def test_distinct_values_are_kept_apart_and_many_are_cut_by_width():
    few = RNG.choice([0.0, 0.001, 5.0, 100.0], 200)
    many = RNG.normal(size=200)
    found = discretize(np.column_stack([few, many]), Cut(20, "distinct")).labels
    np.testing.assert_array_equal(found[0], np.unique(few, return_inverse=True)[1])
    np.testing.assert_array_equal(found[1], disentanglement_libs(many))


def test_quantile_bins_are_equally_full_and_do_not_mind_an_outlier():
    values = RNG.normal(size=2000)
    full = discretize(values[:, None], Cut(20, "quantile")).labels[0]
    assert (np.bincount(full) == 100).all()
    values[values.argmax()] = 1e9
    assert (discretize(values[:, None], Cut(20, "quantile")).labels[0] == full).all()


@pytest.mark.parametrize("kind", FLOATS)
@given(draw=st.data())
def test_quantile_bins_are_those_of_a_search_among_the_quantiles(kind, draw):
    most = FLOATS[kind]
    elements = st.floats(-most, most, width=64 if kind is np.float64 else 32) | st.floats(
        0, 1, width=32
    )
    values = draw.draw(arrays.arrays(kind, st.integers(30, 60), elements=elements, unique=True))
    edges = np.unique(np.quantile(values, np.arange(1, 20) / 20))
    found = discretize(values[:, None], Cut(20, "quantile")).labels[0]
    np.testing.assert_array_equal(found, np.searchsorted(edges, values, side="right"))


def test_many_numbers_are_cut_side_by_side(monkeypatch):
    codes = RNG.normal(size=(500, 4))
    alone = discretize(codes, Cut()).labels
    monkeypatch.setattr("latentcli.disentanglement._binning._THREADED", 1)
    np.testing.assert_array_equal(discretize(codes, Cut()).labels, alone)


def test_fixed_bins_count_what_is_beyond_into_the_last_ones():
    values = np.array([-100.0, -4.0, -3.9, 0.0, 3.9, 4.0, 100.0])
    found = discretize(values[:, None], Cut(8, "fixed", (-4.0, 4.0))).labels[0]
    assert found.tolist() == [0, 0, 0, 4, 7, 7, 7]


@pytest.mark.parametrize("constant", [0.0, 3.7, -1e300])
@pytest.mark.parametrize("binning", information.BINNINGS)
def test_a_dimension_that_never_changes_is_one_bin(binning, constant):
    assert not discretize(np.full((50, 1), constant), Cut(20, binning)).labels.any()


@pytest.mark.parametrize(
    ("cut", "message"),
    [
        (Cut(1), "`bins` is 1"),
        (Cut(0), "`bins` is 0"),
        (Cut(40_000), "`bins` is 40000"),
        (Cut(binning="widht"), "Did you mean width?"),
        (Cut(binning="fixed", limits=(2.0, 2.0)), "`limits` is 2,2"),
        (Cut(binning="fixed", limits=(float("nan"), 2.0)), "`limits` is nan,2"),
        (Cut(binning="fixed", limits=(float("-inf"), 2.0)), "`limits` is -inf,2"),
    ],
)
def test_cuts_that_mean_nothing_are_refused(cut, message):
    with pytest.raises(ParameterError, match=message):
        discretize(RNG.normal(size=(10, 1)), cut)


# --- counts and plug-in information


def test_mutual_information_is_scikit_learns():
    binned, factors = random_labels()
    found = count(binned, factors, (2, 5)).mutual
    expected = [[mutual_info_score(labels, f) for f in factors] for labels in binned.labels]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_entropies_by_hand():
    counts = counts_of([[2, 0], [1, 1]])
    assert only(counts.joint) == pytest.approx(1.5 * LOG2)
    assert counts.code_entropy[0] == pytest.approx(LOG2)
    assert counts.factor_entropy[0] == pytest.approx(2 * LOG2 - 0.75 * np.log(3))
    assert only(counts.mutual) == pytest.approx(1.5 * LOG2 - 0.75 * np.log(3))


@pytest.mark.parametrize("cells", [1, 60, 1 << 30])
def test_it_does_not_matter_which_factors_are_counted_together(monkeypatch, cells):
    binned, factors = random_labels()
    groups = RNG.integers(0, 4, 500)
    whole = count(binned, factors, (2, 5), groups)
    monkeypatch.setattr(information, "_CELLS", cells)
    parts = count(binned, factors, (2, 5), groups)
    for one, other in zip(whole.tables, parts.tables, strict=True):
        np.testing.assert_array_equal(one, other)


def test_groups_of_rows_add_up_and_are_counted_by_themselves():
    binned, factors = random_labels()
    groups = RNG.integers(0, 4, 500)
    whole, parts = count(binned, factors, (2, 5)), count(binned, factors, (2, 5), groups)
    for one, several in zip(whole.tables, parts.tables, strict=True):
        np.testing.assert_array_equal(several.sum(axis=0), one)
    third = groups == 2
    alone = count(Binned(binned.labels[:, third], 7), [f[third] for f in factors], (2, 5))
    np.testing.assert_allclose(parts.mutual[2], alone.mutual)
    np.testing.assert_allclose(parts.corrected.mutual[2], alone.corrected.mutual)
    np.testing.assert_allclose(parts.error[2], alone.error)
    np.testing.assert_array_equal(parts.significant[2], alone.significant)


@given(table=arrays.arrays(np.int64, (3, 4), elements=st.integers(0, 30)))
def test_information_stays_within_its_bounds(table):
    table[0, 0] += 1
    counts = counts_of(table)
    for found in (counts.plugin, counts.corrected):
        mutual, entropy, joint = only(found.mutual), float(found.entropy[0]), only(found.joint)
        assert -1e-12 <= mutual <= entropy + 1e-12
        assert joint >= entropy - 1e-12
    assert only(counts.error) >= 0


# --- correction, errors, chance


@pytest.mark.parametrize(
    ("table", "change"),
    [
        # (bins + classes - cells - 1) / 2N with the occupied cells, after Miller (1955)
        ([[40, 10], [10, 40]], (2 + 2 - 4 - 1) / 200),
        ([[40, 0, 10], [0, 40, 10]], (2 + 3 - 4 - 1) / 200),
        ([[20, 0], [0, 20]], (2 + 2 - 2 - 1) / 80),
        # with all cells where independence is not refuted
        ([[5, 2, 0], [1, 4, 0]], (2 + 2 - 4 - 1) / 24),
        ([[5, 1, 0], [1, 4, 1]], (2 + 3 - 6 - 1) / 24),
        ([[6, 2], [0, 0]], 0.0),
    ],
)
def test_miller_and_madow_by_hand(table, change):
    counts = counts_of(table)
    found, rows = counts.corrected, 2 * np.sum(table)
    assert only(found.mutual) - only(counts.mutual) == pytest.approx(change, abs=1e-12)
    bins, classes = (np.count_nonzero(np.sum(table, axis=axis)) for axis in (1, 0))
    entropy = counts.factor_entropy[0] + (classes - 1) / rows
    code = counts.code_entropy[0] + (bins - 1) / rows
    assert found.entropy[0] == pytest.approx(entropy)
    assert only(found.joint) == pytest.approx(code + entropy - only(found.mutual))


def test_corrected_information_is_not_below_zero():
    counts = counts_of([[2, 2], [2, 2]])
    assert only(counts.mutual) == pytest.approx(0, abs=1e-12)
    assert only(counts.corrected.mutual) == 0


def test_information_of_noise_is_corrected_by_what_chance_gives():
    """Many of the 200 cells are empty by chance; correcting for the others leaves .03 nats."""
    rng = np.random.default_rng(0)
    binned = Binned(rng.integers(0, 20, (200, 1000)), 20)
    counts = count(binned, [rng.integers(0, 10, 1000)], [10])
    assert counts.mutual.mean() == pytest.approx(19 * 9 / 2000, rel=0.1)
    assert counts.corrected.mutual.mean() < 0.01
    assert counts.significant.sum() <= 1


def test_pairs_that_tell_are_found_and_pairs_of_noise_are_not():
    binned, factors = random_labels()
    told = count(binned, factors, (2, 5)).significant
    assert told.tolist() == [[True, False], [False, False], [False, False]]


def test_miller_and_madow_take_the_bias_away():
    truth = np.array([[0.2, 0.05, 0.05], [0.05, 0.2, 0.05], [0.1, 0.1, 0.2]])
    product = truth.sum(axis=1, keepdims=True) * truth.sum(axis=0)
    expected = float((truth * np.log(truth / product)).sum())
    tables = RNG.multinomial(300, truth.ravel(), 2000).reshape(-1, 1, 3, 3)
    several = Counts((tables,))
    plain = float(several.mutual.mean()) - expected
    corrected = float(several.corrected.mutual.mean()) - expected
    assert plain == pytest.approx(4 / 600, rel=0.25)
    assert abs(corrected) < plain / 4


def test_the_delta_method_by_hand():
    """p = (.4, .1; .1, .4): log ratios ln 1.6 and ln .4 with probabilities .8 and .2."""
    spread = (np.log(1.6) - np.log(0.4)) * np.sqrt(0.8 * 0.2)
    assert only(counts_of([[40, 10], [10, 40]]).error) == pytest.approx(spread / 10)


def test_the_delta_method_is_the_deviation_of_repeated_samples():
    truth = np.array([[0.3, 0.1, 0.0], [0.05, 0.2, 0.05], [0.05, 0.05, 0.2]])
    tables = RNG.multinomial(1000, truth.ravel(), 4000).reshape(-1, 1, 3, 3)
    several = Counts((tables,))
    assert several.error.mean() == pytest.approx(several.mutual.std(), rel=0.05)


def test_independence_and_constants_have_no_error():
    assert only(counts_of([[25, 25], [25, 25]]).error) == pytest.approx(0, abs=1e-9)
    assert only(counts_of([[50, 50], [0, 0]]).error) == 0


@pytest.mark.parametrize("bins", [2, 3, 8])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.3])
def test_pairs_tell_if_scipys_g_test_with_the_correction_of_williams_says_so(bins, share):
    """All that is near the limit of probability 0.05 is left to the approximation."""
    rng = np.random.default_rng(bins)
    for _ in range(50):
        factor = rng.integers(0, 4, 200)
        labels = np.where(rng.random(200) < share, factor % bins, rng.integers(0, bins, 200))
        counts = count(Binned(labels[None], bins), [factor], [4])
        table = counts.tables[0][0]
        g = chi2_contingency(table, correction=False, lambda_="log-likelihood")
        margins = [(200 / table.sum(axis=axis)).sum() - 1 for axis in (0, 1)]
        statistic = g.statistic / (1 + np.prod(margins) / (6 * 200 * g.dof))
        chance = chi2.sf(statistic, g.dof)
        if not 0.03 < chance < 0.06:
            assert only(counts.significant) == (chance < 0.05)


@pytest.mark.parametrize("rows", [100, 200, 400, 1000])
def test_noise_is_rarely_taken_for_information(rows):
    """Once in twenty samples, also with a row for each cell."""
    rng = np.random.default_rng(rows)
    wrong = 0
    for _ in range(100):
        binned = Binned(rng.integers(0, 20, (5, rows)), 20)
        wrong += count(binned, [rng.integers(0, 10, rows)], [10]).significant.any()
    assert wrong <= 10


def test_a_dimension_that_never_changes_is_chance():
    assert not only(counts_of([[50, 50], [0, 0]]).significant)
    assert not only(counts_of([[50, 0], [50, 0]]).significant)


def test_what_rounding_leaves_of_no_information_is_none():
    """H(z) + H(v) - H(z, v) of a constant and a factor of 32 classes is about 1e-16."""
    for seed in range(20):
        classes = np.random.default_rng(seed).integers(1, 50, 32)
        assert only(counts_of(classes[None]).mutual) == 0
        assert only(counts_of(np.outer([1, 2, 5], classes)).mutual) == 0


def test_log_ratios_of_empty_cells_are_zero():
    found = log_ratios(np.array([[4, 0], [0, 4]]))
    np.testing.assert_allclose(found, [[LOG2, 0], [0, LOG2]])
