"""What evaluations of words say of noise whose pairs, words or vectors are there several times."""

import numpy as np
import pytest
from noise_rates import check, seeds

import latentcli

TIMES = 4


def space_of(folder, rows, names=None):
    path = folder / "v.txt"
    names = names or [f"w{n}" for n in range(len(rows))]
    lines = (
        f"{name} {' '.join(map(str, row))}\n" for name, row in zip(names, rows, strict=True)
    )
    path.write_text("".join(lines))
    return latentcli.open(path, cache=False)


def copied(rng, sizes, dimensions):
    """Return lists of words by name, each vector under as many words as `TIMES`, and all the rows."""
    lists, rows = {}, []
    for name, size in sizes.items():
        mine = rng.standard_normal((size, dimensions))
        lists[name] = [f"{name}{n}_{k}" for k in range(TIMES) for n in range(size)]
        rows += [*mine] * TIMES
    return lists, rows


def weat(rng, folder, there):
    lists, rows = copied(rng, {"x": 5, "y": 5, "a": 8, "b": 8}, 30)
    names = [word for words in lists.values() for word in words]
    if there:
        rows = [row + 2.0 * (name[0] in "xa") for row, name in zip(rows, names, strict=True)]
    found = latentcli.weat(space_of(folder, rows, names), lists, samples=2000)
    return found.records[0]["reading"] != "not significant"


def pairs_of(rng, count, space, there):
    pairs = [(f"w{2 * n}", f"w{2 * n + 1}") for n in range(count)]
    scores = rng.random(count)
    if there:
        scores = [cosine_of(space, *pair) for pair in pairs] + 0.05 * scores
    return [(*pair, float(score)) for pair, score in zip(pairs, scores, strict=True)] * TIMES


def cosine_of(space, one, other):
    u, v = (space[word] / np.linalg.norm(space[word]) for word in (one, other))
    return float(u @ v)


def similarity(rng, folder, there):
    """An interval that leaves 0 out claims a correlation."""
    space = space_of(folder, rng.standard_normal((80, 20)))
    found = latentcli.evaluate_similarity(space, pairs_of(rng, 40, space, there), resamples=300)
    low, high = found.spearman_interval
    return not low <= 0 <= high


def sets_of(rng, count):
    return [tuple(f"w{n}" for n in rng.choice(80, 4, replace=False)) for _ in range(count)]


def odd(rng, folder, there):
    """Of four words of noise one in four is the odd one."""
    rows = rng.standard_normal((80, 20))
    sets = sets_of(rng, 40)
    if there:
        rows[:60, 0] += 9
        sets = [(*(f"w{n}" for n in rng.choice(60, 3, replace=False)), f"w{60 + k % 20}") for k in range(40)]  # fmt: skip
    low, high = latentcli.evaluate_odd(space_of(folder, rows), sets * TIMES).interval
    return not low <= 0.25 <= high


def compared(rng, folder, there):
    spaces = []
    for name in ("first", "second"):
        (folder / name).mkdir(exist_ok=True)
        spaces.append(space_of(folder / name, rng.standard_normal((80, 20))))
    pairs = pairs_of(rng, 40, spaces[0], there)
    found = [latentcli.evaluate_similarity(one, pairs, resamples=0) for one in spaces]
    records = latentcli.compare_evaluations(
        dict(zip("ab", found, strict=True)), ci=None
    ).records
    return len({one["group"] for one in records}) > 1


def compared_sets(rng, folder, there):
    sets = sets_of(rng, 40) * TIMES
    found = []
    for name in ("first", "second"):
        (folder / name).mkdir(exist_ok=True)
        rows = rng.standard_normal((80, 20))
        if there and name == "second":
            last = [int(one[-1][1:]) for one in sets]
            rows[last, 0] -= 30
        found.append(latentcli.evaluate_odd(space_of(folder / name, rows), sets))
    records = latentcli.compare_evaluations(
        dict(zip("ab", found, strict=True)), ci=None
    ).records
    return len({one["group"] for one in records}) > 1


def retrieval(rng, folder, there):
    """Of 40 documents 5 are retrieved; each query is there several times."""
    queries, documents = rng.standard_normal((2, 40, 10))
    order = np.repeat(np.arange(40), TIMES)
    if there:
        documents = documents + 2 * queries
    qrels = {str(n): {str(row): 1} for n, row in enumerate(order)}
    found = latentcli.evaluate_retrieval(queries[order], documents, qrels, cutoffs=[5])
    interval = next(one.interval for one in found.scores if one[:2] == ("recall", 5))
    return not interval.low <= 5 / 40 <= interval.high


def aligned(rng, folder, there):
    """Words of noise that are there several times, in both spaces, are not translated."""
    x, y = rng.standard_normal((2, 60, 20))
    order = rng.permutation(np.repeat(np.arange(60), TIMES))
    x, y = x[order], (x if there else y)[order]
    pairs = [(str(row), str(row)) for row in range(len(order))]
    found = latentcli.align(x, y, pairs).records
    return any(one["low"] > max(one["chance"], one["k"] / 60) for one in found)


def test_purity_of_noise_that_is_repeated_is_near_its_chance(tmp_path):
    gaps = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        lists, rows = copied(rng, {"x": 8, "y": 8, "z": 8}, 10)
        names = [word for words in lists.values() for word in words]
        found = latentcli.evaluate_categories(space_of(tmp_path, rows, names), lists)
        assert "96 vectors, 24 distinct" in found.notes[0]
        gaps.append(found.purity - found.chance)
    assert abs(np.mean(gaps)) < 0.045


KINDS = (weat, similarity, odd, compared, compared_sets, retrieval, aligned)
AT_5_PERCENT = ("similarity", "odd", "compared", "compared_sets", "retrieval")
"""Intervals of 95 %, and tests at 5 %: that more than 11 of 100 are wrong has a chance of 0.4 %."""


def claims(kind, chosen, folder, there=False):
    return sum(kind(np.random.default_rng([seed, 31]), folder, there) for seed in chosen)


@pytest.mark.parametrize("kind", KINDS)
def test_noise_that_is_repeated_has_no_structure(kind, tmp_path):
    """Before, most seeds of most of them had some."""
    assert claims(kind, range(6), tmp_path) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_noise_that_is_repeated_has_no_structure_in_95_of_100_seeds(kind, tmp_path):
    found = claims(kind, seeds(), tmp_path)
    if kind.__name__ in AT_5_PERCENT:
        assert found <= 11
    else:
        check(f"words {kind.__name__}, four times", "noise", {"reading": found})


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_there_is_found_among_repeated_words(kind, tmp_path):
    assert claims(kind, range(3), tmp_path, there=True) == 3
