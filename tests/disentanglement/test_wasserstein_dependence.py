import numpy as np
import pytest

from latentcli.disentanglement._wasserstein_dependence import wasserstein_dependence


@pytest.mark.parametrize(
    "name",
    [
        "01_grid_perfect",
        "03_duplicated",
        "04b_noise_0.5",
        "05_continuous",
        "07_dsprites_entangled",
    ],
)
def test_equals_the_peer(case, name):
    data, expected = case(name)
    peer = expected["dlib"]["unsupervised"]["result"]
    score = wasserstein_dependence(data)
    assert score.value == pytest.approx(peer["gaussian_wasserstein_correlation"], abs=1e-7)
    assert score.summary["wasserstein_dependence_norm"] == pytest.approx(
        peer["gaussian_wasserstein_correlation_norm"], abs=1e-7
    )


def test_two_dimensions_by_hand():
    # The roots of [[1, r], [r, 1]] are sqrt(1 + r) and sqrt(1 - r).
    random = np.random.default_rng(0)
    codes = random.normal(size=(500, 2)) @ [[1, 0.8], [0, 0.6]]
    codes /= codes.std(axis=0, ddof=1)
    r = np.corrcoef(codes.T)[0, 1]
    expected = 4 - 2 * (np.sqrt(1 + r) + np.sqrt(1 - r))
    assert wasserstein_dependence(codes).value == pytest.approx(expected)


def test_it_is_in_the_codes_units_and_its_share_is_not():
    codes = np.random.default_rng(0).normal(size=(200, 3))
    plain, scaled = wasserstein_dependence(codes), wasserstein_dependence(1e100 * codes)
    assert scaled.value == pytest.approx(1e200 * plain.value)
    assert scaled.summary["wasserstein_dependence_norm"] == pytest.approx(
        plain.summary["wasserstein_dependence_norm"]
    )


def test_dead_dimensions_add_nothing():
    codes = np.random.default_rng(0).normal(size=(200, 3))
    dead = np.full((200, 1), 3.7)
    plain = wasserstein_dependence(codes).value
    assert wasserstein_dependence(np.hstack([dead, codes])).value == pytest.approx(plain)
    assert wasserstein_dependence(dead).value is None
