"""Every number of the commands of latent codes derived again, in plain NumPy and SciPy.

Not here: the weights of logistic regression, SVM and ridge, which are scikit-learn's own; the test in
sample of fewer than 10 codes a side, which is the same shuffles with a fit of each. `times` of `even` are
within 1e-3 of equal steps (tests/latents/test_interpolation.py).
"""

import numpy as np
import pytest
from scipy import stats

import latentcli


def codes(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


@pytest.mark.parametrize("shape", [(7,), (4, 7), (3, 5, 20)])
def test_slerp_is_shoemakes_formula_for_each_row(shape):
    """sin((1 - t) w) / sin w u + sin(t w) / sin w v, w the angle of each row (Shoemake, 1985)."""
    u, v = codes(*shape), codes(*shape, seed=1)
    found = latentcli.interp(u, v, kind="slerp", steps=5)
    for step, t in enumerate(np.linspace(0, 1, 5)):
        dot = (u * v).sum(-1) / np.linalg.norm(u, axis=-1) / np.linalg.norm(v, axis=-1)
        w = np.arccos(dot)[..., None]
        exact = np.sin((1 - t) * w) / np.sin(w) * u + np.sin(t * w) / np.sin(w) * v
        assert found.codes[step] == pytest.approx(exact, abs=1e-9)
    assert found.angle_degrees == pytest.approx(np.degrees(w).mean(), abs=1e-9)


def test_path_measures():
    """norm, step, typicality, length and straightness of a path, by their definitions."""
    u, v = codes(16), codes(16, seed=1)
    found = latentcli.interp(u, v, steps=9)
    path = np.array([(1 - t) * u + t * v for t in np.linspace(0, 1, 9)])
    norms = np.linalg.norm(path, axis=1)
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    expected, deviation = stats.chi(16).mean(), stats.chi(16).std()
    assert [row["norm"] for row in found.records] == pytest.approx(norms, abs=1e-9)
    assert [row["step"] for row in found.records] == pytest.approx([0, *steps], abs=1e-9)
    sigmas = (norms - expected) / deviation
    assert [row["typicality"] for row in found.records] == pytest.approx(sigmas, abs=1e-9)
    assert found.length == pytest.approx(steps.sum(), abs=1e-9)
    assert found.straightness == pytest.approx(1.0, abs=1e-9)


def test_holes():
    """The k-th nearest reference code, and the share of the reference with a nearer one."""
    reference, path = codes(60, 4), np.linspace(codes(4, seed=2), 4 * np.ones(4), 6)
    found = latentcli.interp(path[0], path[-1], steps=6, reference=reference, k=3).holes
    own = np.sort(np.linalg.norm(reference[:, None] - reference, axis=2), axis=1)[:, 3]
    away = np.sort(np.linalg.norm(path[:, None] - reference, axis=2), axis=1)[:, 2]
    assert found.distances == pytest.approx(away, abs=1e-9)
    assert found.limit == pytest.approx(np.percentile(own, 99), abs=1e-9)
    shares = [100 * (own <= distance).mean() for distance in away]
    assert found.percentiles == pytest.approx(shares, abs=1e-9)


def test_edits():
    """z + alpha d; z + alpha d / |d|; and the signed distance from the plane x . d / |d| + b = 0."""
    z, d = codes(5, 6), 3 * codes(6, seed=1)
    assert latentcli.edit(z, d, by=0.5).codes == pytest.approx(z + 0.5 * d, abs=1e-12)
    unit = d / np.linalg.norm(d)
    assert latentcli.edit(z, d, by=0.5, unit=True).codes == pytest.approx(
        z + 0.5 * unit, abs=1e-12
    )
    placed = latentcli.edit(z, d, to=2.0, intercept=0.3).codes
    assert placed @ unit + 0.3 == pytest.approx(np.full(5, 2.0), abs=1e-9)
    assert latentcli.project(z, d, intercept=0.3).scores == pytest.approx(
        z @ unit + 0.3, abs=1e-12
    )


def test_a_longer_direction_moves_further():
    z, d = codes(4, 6), codes(6, seed=1)
    d /= np.linalg.norm(d)
    one, three = (latentcli.edit(z, length * d, by=1).codes - z for length in (1, 3))
    assert three == pytest.approx(3 * one, abs=1e-12)
    assert latentcli.edit(z, 3 * d, by=1, unit=True).codes - z == pytest.approx(one, abs=1e-12)


def test_truncation_mixing_traversal_and_grid():
    w, mean = codes(3, 4, 16), codes(16, seed=1)
    cut = latentcli.truncate(w, mean, psi=0.4, cutoff=2).codes
    assert cut[:, :2] == pytest.approx(mean + 0.4 * (w[:, :2] - mean), abs=1e-12)
    assert (cut[:, 2:] == w[:, 2:]).all()
    mixed = latentcli.mix(w[0], w[1], layers=[1, 3]).codes
    assert (mixed[[1, 3]] == w[1, [1, 3]]).all()
    assert (mixed[[0, 2]] == w[0, [0, 2]]).all()
    walked = latentcli.traverse(mean, [-2, 2], dims=[3]).codes[0]
    assert (walked[:, 3] == [-2, 2]).all()
    assert (np.delete(walked, 3, axis=1) == np.delete(mean, 3)).all()
    a, b, c, d = codes(4, 5)
    middle = latentcli.grid([a, b, c, d], rows=3, columns=3).codes[1, 1]
    assert middle == pytest.approx((a + b + c + d) / 4, abs=1e-12)


def test_directions_and_their_separation():
    """Difference of means; d' = difference of means over the pooled standard deviation; AUC by pairs."""
    p, n = codes(30, 4) + np.eye(4)[0], codes(25, 4, seed=1)
    found = latentcli.direction(p, n)
    delta = p.mean(axis=0) - n.mean(axis=0)
    assert found.vector == pytest.approx(delta, abs=1e-12)
    unit = delta / np.linalg.norm(delta)
    a, b = p @ unit, n @ unit
    pooled = np.sqrt((29 * a.var(ddof=1) + 24 * b.var(ddof=1)) / 53)
    assert found.separation == pytest.approx((a.mean() - b.mean()) / pooled, abs=1e-9)
    assert found.intercept == pytest.approx(-(a.mean() + b.mean()) / 2, abs=1e-9)
    assert found.scale == pytest.approx(np.concatenate([a, b]).std(ddof=1), abs=1e-9)


def test_directions_of_scores():
    z = codes(200, 6)
    score = 2 * z[:, 1] + 0.1 * codes(200, seed=3)
    by_covariance = latentcli.direction_of_scores(z, score).vector
    exact = ((z - z.mean(0)) * ((score - score.mean()) / score.std())[:, None]).mean(axis=0)
    assert by_covariance == pytest.approx(exact, abs=1e-9)
    order = np.argsort(score)
    split = latentcli.direction_of_scores(z, score, top=0.1).vector
    assert split == pytest.approx(z[order[-20:]].mean(0) - z[order[:20]].mean(0), abs=1e-9)


def test_typicality():
    """norm against chi_D: expected, sigma, percentile; Mahalanobis distance to a reference."""
    z, other = 1.1 * codes(20, 8), codes(50, 8, seed=1)
    found = latentcli.typical(z)
    norms = np.linalg.norm(z, axis=1)
    assert found.norms[:, 0] == pytest.approx(norms, abs=1e-12)
    chi = stats.chi(8)
    assert found.sigma[:, 0] == pytest.approx((norms - chi.mean()) / chi.std(), abs=1e-9)
    shares = [row["percentile"] for row in found.records]
    assert shares == pytest.approx(100 * chi.cdf(norms), abs=1e-9)
    inverse = np.linalg.inv(np.cov(other.T))
    gaps = z - other.mean(axis=0)
    distances = np.sqrt(np.einsum("ij,jk,ik->i", gaps, inverse, gaps))
    assert latentcli.typical(z, reference=other).norms[:, 0] == pytest.approx(
        distances, abs=1e-9
    )


def test_cosines_of_directions():
    d = codes(3, 9)
    unit = d / np.linalg.norm(d, axis=1, keepdims=True)
    assert latentcli.direction_cosines(d).cosines == pytest.approx(unit @ unit.T, abs=1e-12)


def test_the_held_out_separation_and_its_permutation_test():
    """Found from 70 % of each side, d' of the rest; labels of the rest shuffled (Fisher, 1935)."""
    p, n = codes(40, 4) + 0.4, codes(30, 4, seed=1)
    found = latentcli.direction(p, n, seed=5)
    rng = np.random.default_rng(5)
    tests = [rng.permutation(40)[:12], 40 + rng.permutation(30)[:9]]
    z, labels = np.concatenate([p, n]), np.repeat([True, False], [40, 30])
    held = np.isin(np.arange(70), np.concatenate(tests))
    delta = z[~held & labels].mean(axis=0) - z[~held & ~labels].mean(axis=0)
    scores, sides = z[held] @ delta / np.linalg.norm(delta), labels[held]

    def apart(which):
        a, b = scores[which], scores[~which]
        pooled = ((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / (
            len(scores) - 2
        )
        return (a.mean() - b.mean()) / np.sqrt(pooled)

    assert found.held_out_separation == pytest.approx(apart(sides), abs=1e-9)
    above = (scores[sides][:, None] > scores[~sides]).mean()
    assert found.held_out_auc == pytest.approx(above, abs=1e-12)
    shuffled = np.array(
        [apart(sides[np.random.default_rng(s).permutation(21)]) for s in range(4000)]
    )
    # Other shuffles than those of the function: equal within what 999 draws leave open.
    assert found.p_value == pytest.approx((shuffled >= apart(sides)).mean(), abs=0.03)
    assert found.chance == pytest.approx(shuffled.mean(), abs=0.05)
    assert found.chance_95 == pytest.approx(np.quantile(shuffled, 0.95), abs=0.1)


def test_steps_of_an_edit_in_standard_deviations():
    z, d, others = codes(5, 6), codes(6, seed=1), codes(50, 6, seed=2)
    unit = d / np.linalg.norm(d)
    found = latentcli.edit(z, d, by=2, sd=others).codes
    assert found == pytest.approx(z + 2 * (others @ unit).std(ddof=1) * unit, abs=1e-12)


@pytest.mark.parametrize("count", [1, 4, 60])
def test_the_test_of_norms(count):
    """Kolmogorov (1933), Smirnov (1948): scipy.stats.kstest. Ours bounds p, and is p where it is small."""
    for seed, scale in ((0, 1.0), (1, 1.15), (2, 0.8)):
        z = scale * codes(count, 16, seed=seed)
        exact = stats.kstest(
            np.linalg.norm(z, axis=1), stats.chi(16).cdf, method="exact"
        ).pvalue
        found = latentcli.typical(z).p_value
        assert found >= exact - 1e-12
        assert found == pytest.approx(exact, rel=1e-3 if exact < 0.2 else 0.6)


def test_quantiles_of_many_norms():
    z = codes(200, 16)
    ours, prior = latentcli.typical(z).views[0].records
    shares = [0.01, 0.25, 0.5, 0.75, 0.99]
    norms = np.linalg.norm(z, axis=1)
    assert list(ours.values())[1:] == pytest.approx(np.quantile(norms, shares), abs=1e-9)
    assert list(prior.values())[1:] == pytest.approx(stats.chi(16).ppf(shares), abs=1e-9)
