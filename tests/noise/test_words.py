"""What `latent relation` says of noise, of shuffled pairs and of shared words; and of a relation."""

import numpy as np
import pytest
from noise_rates import check, seeds

import latentcli

CLAIMS = {"one direction", "loosely related"}


def space_of(tmp_path, rows):
    path = tmp_path / "vectors.txt"
    path.write_text("".join(f"w{n} {' '.join(map(str, row))}\n" for n, row in enumerate(rows)))
    return latentcli.open(path, cache=False)


def claims(tmp_path, pairs, *, dimensions, chosen, change=None):
    """Count the seeds of noise in which the pairs are said to be related."""
    count = 0
    for seed in chosen:
        rows = np.random.default_rng(seed).standard_normal((40, dimensions))
        if change is not None:
            change(rows)
        space = space_of(tmp_path, rows)
        named = [(f"w{a}", f"w{b}") for a, b in pairs]
        count += space.relation(named).verdict in CLAIMS
    return count


SHAPES = {
    "two": [(0, 1), (2, 3)],
    "four": [(n, n + 4) for n in range(4)],
    "ten": [(n, n + 10) for n in range(10)],
    "shared start": [(0, n) for n in range(1, 7)],
    "shared end": [(n, 0) for n in range(1, 7)],
    "two stars": [(0, 2), (0, 3), (0, 4), (1, 5), (1, 6), (1, 7)],
    "half shared": [(0, 1), (0, 2), (0, 3), (4, 5), (6, 7), (8, 9)],
    "chain": [(n, n + 1) for n in range(6)],
    "repeated": [(0, 4), (1, 5)] * 4,
}


@pytest.mark.parametrize("pairs", SHAPES.values(), ids=SHAPES)
def test_noise_is_no_relation(tmp_path, pairs):
    assert claims(tmp_path, pairs, dimensions=100, chosen=range(5)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("dimensions", [2, 3, 10, 100])
@pytest.mark.parametrize("shape", SHAPES)
def test_noise_is_no_relation_in_more_than_one_seed_of_twenty(tmp_path, shape, dimensions):
    found = claims(tmp_path, SHAPES[shape], dimensions=dimensions, chosen=seeds())
    check("relation", f"{shape} pairs, {dimensions} dimensions", {"verdict": found})


def test_copies_of_vectors_are_no_relation(tmp_path):
    def copied(rows):
        rows[10:20] = rows[:10] * 3

    pairs = [(0, 4), (1, 5), (10, 14), (11, 15)]  # two pairs, under two names each
    assert claims(tmp_path, pairs, dimensions=30, chosen=range(5), change=copied) == 0


FAMILY = (
    "king:queen man:woman uncle:aunt father:mother son:daughter brother:sister boy:girl "
    "husband:wife"
)
CAPITALS = (
    "paris:france london:england tokyo:japan rome:italy berlin:germany madrid:spain "
    "moscow:russia"
)


@pytest.mark.parametrize("pairs", [FAMILY, CAPITALS])
@pytest.mark.parametrize("count", [5, pytest.param(100, marks=pytest.mark.slow)])
def test_shuffled_pairs_of_a_relation_are_none(pairs, count):
    space = latentcli.open()
    starts, ends = zip(*(pair.split(":") for pair in pairs.split()), strict=True)
    assert space.relation(list(zip(starts, ends, strict=True))).verdict in CLAIMS
    found = 0
    for seed in seeds(count):
        order = np.random.default_rng(seed).permutation(len(ends))
        shuffled = [(start, ends[place]) for start, place in zip(starts, order, strict=True)]
        found += space.relation(shuffled).verdict in CLAIMS
    check("relation", f"{pairs.split()[0]} and others, shuffled", {"verdict": found}, of=count)


def test_topics_that_differ_are_no_relation(tmp_path):
    """All ends are one step away from all starts: which goes with which does not matter."""

    def stepped(rows):
        rows[20:] += 3 * np.random.default_rng(1).standard_normal(rows.shape[1])

    pairs = [(n, n + 20) for n in range(8)]
    assert claims(tmp_path, pairs, dimensions=50, chosen=range(10), change=stepped) <= 1


@pytest.mark.parametrize("count", [4, 6, 12])
def test_a_perfect_relation_is_one_direction(tmp_path, count):
    rows = np.random.default_rng(0).standard_normal((40, 20))
    rows[20 : 20 + count] = rows[:count] + np.random.default_rng(1).standard_normal(20)
    found = space_of(tmp_path, rows).relation(
        [(f"w{n}", f"w{n + 20}") for n in range(count)], raw=True
    )
    assert found.verdict == "one direction"
    assert found.mean_pairwise == pytest.approx(1)
