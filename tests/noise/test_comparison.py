"""What the readings of compare say of noise, of shuffled rows and of a perfect match."""

import numpy as np
import pytest
from noise_rates import check, seeds

import latentcli


def claims(chosen, rows, sizes):
    """Count for each measure the seeds in which its reading claims that the spaces are alike."""
    found = {}
    for seed in chosen:
        rng = np.random.default_rng([seed, 3])
        x, y = (
            rng.standard_normal((rows, size)) @ rng.standard_normal((size, size))
            for size in sizes
        )
        result = latentcli.compare(x, y, ci=None, moved=0, seed=seed)
        for one in result.records:
            found[one["measure"]] = found.get(one["measure"], 0) + (
                one["reading"] != "alike as by chance"
            )
    return found


def moved(chosen, size):
    """Count the spaces of which noise of one size has moved a row farther than noise."""
    count = 0
    for seed in chosen:
        rng = np.random.default_rng([seed, 4])
        x = rng.standard_normal((200, size)) * np.linspace(1, 3, size)
        turned = x @ np.linalg.qr(rng.standard_normal((size, size)))[0]
        y = turned + 0.4 * rng.standard_normal((200, size))
        result = latentcli.compare(x, y, ci=None, moved=1, seed=seed)
        count += result.records[-1]["reading"] == "moved more than noise"
    return count


def moved_of_unrelated(chosen, size):
    """Count the unrelated codes of zeros and ones, many of them tied, of which a row has moved."""
    count = 0
    for seed in chosen:
        x, y = np.random.default_rng([seed, 9]).integers(0, 2, (2, 80, size)) * 1.0
        result = latentcli.compare(x, y, ci=None, moved=1, seed=seed)
        count += result.records[-1]["reading"] == "moved more than noise"
    return count


def test_unrelated_spaces_are_alike_as_by_chance():
    """Of 5 seeds at a level of 1 % two that claim something are one case in a thousand."""
    assert max(claims(range(5), 40, (4, 7)).values()) <= 1


def test_noise_moves_no_row_farther_than_noise():
    assert moved(range(5), 6) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(2, 2), (6, 3), (30, 60)])
def test_unrelated_spaces_in_95_of_100_seeds(sizes):
    check(
        "compare", f"50 rows, {sizes[0]} and {sizes[1]} dimensions", claims(seeds(), 50, sizes)
    )


@pytest.mark.slow
@pytest.mark.parametrize("size", [2, 5, 20])
def test_noise_moves_no_row_farther_in_95_of_100_seeds(size):
    check("compare", f"{size} dimensions", {"rows that moved": moved(seeds(), size)})


@pytest.mark.slow
@pytest.mark.parametrize("size", [4, 10])
def test_codes_of_zeros_and_ones_move_no_row_farther_in_95_of_100_seeds(size):
    found = {"rows that moved": moved_of_unrelated(seeds(), size)}
    check("compare", f"{size} dimensions of 0 and 1", found)


def test_shuffled_rows_of_one_space_are_alike_as_by_chance():
    x = np.random.default_rng(0).standard_normal((80, 5))
    found = latentcli.compare(x, np.random.default_rng(1).permutation(x))
    assert {one["reading"] for one in found.records if one["measure"] != "moved"} == {
        "alike as by chance"
    }


def test_a_perfect_match_reads_as_one():
    x = np.random.default_rng(0).standard_normal((80, 5))
    found = latentcli.compare(x, 2 * x[:, ::-1] + 1)
    assert {one["reading"] for one in found.records} == {"equal up to rotation"}


def drifts(chosen, rows, size):
    """Count for each measure the seeds in which two samples of one distribution are said to differ."""
    found = {}
    for seed in chosen:
        x, y = np.random.default_rng([seed, 5]).standard_normal((2, rows, size))
        result = latentcli.drift(x, y, ci=None, seed=seed)
        claimed = {"whole": result.summary["reading"] == "two distributions"}
        for one in result.records:
            apart = (
                "dimensions" if str(one["variant"]).startswith("dimension ") else one["variant"]
            )
            key = one["measure"] if apart.endswith(" rows") else f"{one['measure']}, {apart}"
            claimed[key] = claimed.get(key, False) or one["reading"] == "differ"
        found = {key: found.get(key, 0) + claimed[key] for key in claimed}
    return found


def test_samples_of_one_distribution_do_not_differ():
    assert max(drifts(range(3), 40, 3).values()) <= 1


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "size"), [(60, 5), (150, 2), (80, 20)])
def test_samples_of_one_distribution_in_95_of_100_seeds(rows, size):
    check("drift", f"{rows} rows a side, {size} dimensions", drifts(seeds(), rows, size))


def changed(chosen, kind):
    """Count the slices, different by noise alone, of which a word is said to have changed."""
    count = 0
    for seed in chosen:
        rng = np.random.default_rng([seed, 6])
        first = rng.standard_normal((400, 8))
        if kind == "correlated":
            first = first @ rng.standard_normal((8, 8))
        slices = {"a": first, "b": first + 0.3 * rng.standard_normal((400, 8))}
        if kind == "rows of length 1":
            slices = {
                key: one / np.linalg.norm(one, axis=1)[:, None] for key, one in slices.items()
            }
        count += latentcli.align_slices(slices, seed=seed).summary["changed_words"] > 0
    return count


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["independent", "correlated", "rows of length 1"])
def test_noise_changes_no_word_in_95_of_100_seeds(kind):
    check("align", f"time slices, {kind}", {"changed words": changed(seeds(), kind)})


@pytest.mark.parametrize("kind", ["copies", "ties"])
def test_ties_between_neighbors_are_no_structure(kind):
    """Equal distances go to the first row in both spaces: of eight rows ten times 12 of 40 seeds were alike."""
    claimed = 0
    for seed in range(8):
        rng = np.random.default_rng([seed, 77])
        x, y = rng.standard_normal((2, 8, 6))
        order = np.repeat(np.arange(8), 10)
        x, y = (
            (x[order], y[order]) if kind == "copies" else rng.integers(0, 2, (2, 80, 4)) * 1.0
        )
        records = latentcli.compare(x, y, ci=None, moved=0).records
        claimed += records[-1]["reading"] == "alike beyond chance"
    assert claimed <= 1
