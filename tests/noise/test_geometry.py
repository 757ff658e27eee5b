"""What the readings of geometry say of noise and of shuffled labels: no structure."""

import numpy as np
import pytest
from noise_rates import check, seeds

import latentcli
from latentcli.errors import LatentError

CLAIMS = (
    "weak clusters", "clear clusters", "strong clusters", "classes overlap",
    "neighbors share labels in part", "neighbors share labels", "better than", "one direction",
    "loosely related", "slight common", "anisotropic", "hubs:", "crowded",
    "rows of one label are near", "neighbors are kept in part", "neighbors are kept",
    "outputs follow the codes in part", "outputs follow the codes", "equidistant",
    "distances differ", "fewer dimensions",
)  # fmt: skip
"""How readings that claim structure begin; those "as by chance" claim none."""


def report(seed, size):
    rng = np.random.default_rng([seed, 9])
    rows = rng.standard_normal((80, size))
    pairs = rng.permutation(80)[:40].reshape(20, 2)
    return latentcli.geometry_report(
        rows,
        labels=rng.integers(0, 3, 80),
        outputs=rng.standard_normal((80, 4)),
        relations={"random": pairs.tolist()},
        seed=seed,
    )


def claims(chosen, size):
    """Count for each measure the seeds in which its reading claims structure."""
    found = {}
    for seed in chosen:
        for one in report(seed, size).measures:
            if not one.reading:
                continue
            key = f"{one.measure} {one.variant.split(',')[0]}".strip()
            claimed = one.reading.startswith(CLAIMS) and "by chance" not in one.reading
            found[key] = found.get(key, 0) + claimed
    return found


def test_noise_has_no_structure():
    """Of 2 seeds at a level of 1 % two that claim something are one case in ten thousand."""
    assert max(claims(range(2), 6).values()) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("size", [2, 6, 40])
def test_noise_has_no_structure_in_95_of_100_seeds(size):
    check("geometry", f"80 rows, {size} dimensions", claims(seeds(), size))


def copied(chosen, rows, size, times):
    """Count for each measure the seeds of noise, each row several times, in which structure is claimed."""
    found = {}
    for seed in chosen:
        noise = np.random.default_rng([seed, 5]).standard_normal((rows, size))
        several = np.repeat(noise, times, axis=0)
        for one in latentcli.geometry_report(several, only=COPIED, ci=None, seed=seed).measures:
            if one.reading:
                key = f"{one.measure} {one.variant.split(',')[0]}".strip()
                found[key] = found.get(key, 0) + one.reading.startswith(CLAIMS)
    return found


COPIED = ("manifold", "isotropy", "hubness", "uniformity")


@pytest.mark.parametrize(("rows", "size", "times"), [(50, 50, 4), (30, 20, 10)])
def test_copies_are_no_structure(rows, size, times):
    """White noise of as many rows without copies has farther neighbors: 14 of 21 dimensions were "fewer"."""
    assert max(copied(range(2), rows, size, times).values()) <= 1


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "size", "times"), [(40, 6, 3), (50, 50, 4), (30, 20, 10)])
def test_copies_are_no_structure_in_95_of_100_seeds(rows, size, times):
    found = copied(seeds(), rows, size, times)
    check("geometry, copies", f"{rows} rows {times} times, {size} dimensions", found)


def grouped(chosen):
    """Count the long and flat Gaussians in which k-means, at its clearest, is said to find groups."""
    claimed = 0
    for seed in chosen:
        rng = np.random.default_rng([seed, 8])
        rows = rng.standard_normal((90, 3)) * [8, 2, 1]
        one = latentcli.geometry_report(rows, only=["silhouette"], ci=None, seed=seed)
        claimed += one["silhouette"].reading.startswith(CLAIMS)
    return claimed


def test_groups_are_looked_for_where_there_are_none():
    assert grouped(range(2)) <= 1


@pytest.mark.slow
def test_one_gaussian_is_no_groups_in_95_of_100_seeds():
    check("geometry", "one long Gaussian", {"silhouette": grouped(seeds())})


def stable(chosen, method):
    """Count the Gaussians, white and long, of which a cluster is said to be stable."""
    claimed = 0
    for seed in chosen:
        rows = np.random.default_rng([seed, 7]).standard_normal((90, 3))
        rows *= [5, 1, 1] if seed % 2 else 1
        try:
            found = latentcli.clusters(rows, method=method, bootstraps=5, seed=seed)
        except LatentError:
            continue  # no cluster at all
        claimed += any(one["reading"] == "stable" for one in found.records)
    return claimed


@pytest.mark.slow
@pytest.mark.parametrize("method", ["kmeans", "hdbscan"])
def test_a_gaussian_has_no_stable_cluster_in_95_of_100_seeds(method):
    check("clusters", method, {"reading": stable(seeds(), method)})


def beyond(chosen, rows, size):
    """Count the Gaussians of which a row is said to lie beyond."""
    count = 0
    for seed in chosen:
        noise = np.random.default_rng([seed, 6]).standard_normal((rows, size))
        count += latentcli.outliers(noise, seed=seed).summary["beyond_gaussian"] > 0
    return count


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "size"), [(60, 40), (100, 5), (500, 20)])
def test_no_row_of_a_gaussian_lies_beyond_it_in_95_of_100_seeds(rows, size):
    found = beyond(seeds(200), rows, size)
    check("outliers", f"{rows} rows, {size} dimensions", {"beyond_gaussian": found}, of=200)


def test_a_perfect_input_reads_as_what_it_is():
    rng = np.random.default_rng(0)
    labels = np.arange(120) % 3
    rows = 20 * np.eye(3, 6)[labels] + rng.standard_normal((120, 6))
    found = latentcli.geometry_report(rows, labels, outputs=2 * rows)
    readings = {one.measure: one.reading for one in found.measures}
    assert readings["silhouette"] == "strong clusters"
    assert readings["knn_purity"] == "neighbors share labels"
    assert readings["probe_accuracy"] == "better than the most frequent label"
    assert readings["alignment"] == "rows of one label are near each other"
    assert readings["mean_cosine"] == "anisotropic: a common direction"
    assert readings["uniformity"] == "crowded: a part of the sphere only"
    assert readings["trustworthiness"] == readings["continuity"] == "neighbors are kept"
    assert readings["distance_correlation"] == "outputs follow the codes"
    alone = latentcli.geometry_report(rows, only=["silhouette"])
    assert alone["silhouette"].reading == "strong clusters"
    assert "3 groups" in alone["silhouette"].variant


def test_intervals_of_the_local_dimension_are_of_the_distinct_rows():
    """Copies of the first row are in front: before, the interval was of these, and ended in an error."""
    rows = np.random.default_rng(0).standard_normal((60, 5))
    once = latentcli.geometry_report(rows, only=("two_nn",)).measures
    copies = np.concatenate([rows[:1].repeat(60, axis=0), rows])
    several = latentcli.geometry_report(copies, only=("two_nn",)).measures
    for one, other in zip(once, several, strict=True):
        assert other.value == pytest.approx(one.value)
        assert other.interval == pytest.approx(one.interval, rel=0.4)
