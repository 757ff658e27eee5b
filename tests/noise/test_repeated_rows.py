"""What readings say of noise whose rows are there several times, with their labels; and of what is there."""

import numpy as np
import pytest
from noise_rates import check, seeds

import latentcli

CLAIMS = (
    "separates", "follows", "norms not", "alike beyond", "differ", "two dist", "stable", "weak", "clear",
    "strong", "classes overlap", "neighbors", "better", "rows of one label are near", "outputs follow",
)  # fmt: skip
"""How readings that claim structure begin; those "by chance" claim none."""

TIMES = 4


def order_of(rng, rows):
    return rng.permutation(np.repeat(np.arange(rows), TIMES))


def direction(rng, rows, shift=0.0):
    codes, labels = rng.standard_normal((rows, 20)), rng.random(rows) < 0.5
    codes[labels, 0] += shift
    sides = (np.repeat(codes[side], TIMES, axis=0) for side in (labels, ~labels))
    return {"reading": latentcli.direction(*sides).reading}


def direction_in_sample(rng, rows, shift=0.0):
    codes = rng.standard_normal((12, 20))
    codes[:6, 0] += 20 * shift
    sides = (np.repeat(one, TIMES, axis=0) for one in (codes[:6], codes[6:]))
    return {"reading": latentcli.direction(*sides).reading}


def direction_of_labels(rng, rows, shift=0.0):
    codes, order = rng.standard_normal((rows, 20)), order_of(rng, rows)
    a, b = rng.integers(2, size=(2, rows))
    codes[a == 1, 0] += shift
    found = latentcli.direction_of_labels(codes[order], {"a": a[order], "b": b[order]}, "a")
    return {"reading": found.reading}


def direction_of_scores(rng, rows, shift=0.0):
    codes, order = rng.standard_normal((rows, 20)), order_of(rng, rows)
    scores = rng.standard_normal(rows) + shift * codes[:, 0]
    return {"reading": latentcli.direction_of_scores(codes[order], scores[order]).reading}


def contrast(rng, rows, shift=0.0):
    sides = rng.standard_normal((2, 20, 3, 30))
    sides[0, :, 1, 0] += 2 * shift
    found = latentcli.contrast_directions(*np.repeat(sides, TIMES, axis=1)).records
    return {"reading": max(one["reading"] for one in found)}


def typical(rng, rows, shift=0.0):
    codes = (1 + shift) * rng.standard_normal((rows, 20))
    return {"reading": latentcli.typical(codes[order_of(rng, rows)]).reading}


def compare(rng, rows, shift=0.0):
    x, y, order = *rng.standard_normal((2, rows, 5)), order_of(rng, rows)
    found = latentcli.compare(x[order], (y + shift * x)[order], ci=None, moved=0)
    return {one["measure"]: one["reading"] for one in found.records}


def drift(rng, rows, shift=0.0):
    x, y = rng.standard_normal((2, rows, 10))
    found = latentcli.drift(*(np.repeat(one, TIMES, axis=0) for one in (x, y + shift)), ci=None)
    by_measure = {"whole": found.summary["reading"]}
    for one in found.records:
        key = f"{one['measure']} {one['variant'].split()[0]}"
        if one["reading"] != "as by chance" or key not in by_measure:
            by_measure[key] = one["reading"]
    return by_measure


def clusters(rng, rows, shift=0.0):
    codes = rng.standard_normal((rows, 5))
    codes[: rows // 2] += 4 * shift
    found = latentcli.clusters(codes[order_of(rng, rows)], k=2).records
    return {"reading": max(one["reading"] for one in found)}


def geometry(rng, rows, shift=0.0):
    codes, order = rng.standard_normal((rows, 6)), order_of(rng, rows)
    labels, outputs = rng.integers(0, 3, rows), rng.standard_normal((rows, 4))
    codes, outputs = codes + 3 * shift * labels[:, None], outputs + 3 * shift * codes[:, :4]
    found = latentcli.geometry_report(
        codes[order], labels[order], outputs=outputs[order], ci=None,
        only=("clusters", "uniformity", "smoothness"),
    )  # fmt: skip
    return {one.measure: one.reading for one in found.measures if one.reading}


def udr(rng, rows, shift=0.0):
    """A model that no note calls as similar as shuffled rows is said to be like the others."""
    order, shared = order_of(rng, rows), rng.standard_normal((rows, 5))
    codes = {
        name: (rng.standard_normal((rows, 5)) + 3 * shift * shared)[order] for name in "abc"
    }
    found = latentcli.udr(codes, ci=None, seed=int(rng.integers(1000)))
    noted = next((n.split(": ")[1] for n in found.notes if "shuffled rows" in n), "").split(
        ", "
    )
    return {name: "as by chance" if name in noted else "clear" for name in codes}


KINDS = (
    direction, direction_in_sample, direction_of_labels, direction_of_scores, contrast, typical, compare,
    drift, clusters, geometry, udr,
)  # fmt: skip


def claims(kind, chosen, rows, shift=0.0):
    found = {}
    for seed in chosen:
        rng = np.random.default_rng([seed, 21])
        for name, reading in kind(rng, rows, shift).items():
            claimed = reading.startswith(CLAIMS) and "by chance" not in reading
            found[name] = found.get(name, 0) + claimed
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_noise_whose_rows_are_repeated_has_no_structure(kind):
    """Before, all of them found some in most seeds."""
    assert max(claims(kind, range(3), 60).values()) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_noise_whose_rows_are_repeated_has_no_structure_in_95_of_100_seeds(kind):
    name = f"{kind.__name__.replace('_', ' ')}, rows four times"
    check(name, "100 rows", claims(kind, seeds(), 100))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_there_is_found_among_repeated_rows(kind):
    found = claims(kind, range(2), 60, shift=2.0)
    found.pop("uniformity", None)
    assert sum(found.values()) > len(found)


@pytest.mark.parametrize("kind", ["two sides", "spaces", "sets", "groups", "rows"])
def test_repeated_rows_are_told(kind):
    codes = np.repeat(np.random.default_rng(0).standard_normal((60, 6)), TIMES, axis=0)
    found = {
        "two sides": lambda: latentcli.direction(codes[:120], codes[120:]),
        "spaces": lambda: latentcli.compare(codes, codes[:, :3], ci=None, moved=0),
        "sets": lambda: latentcli.drift(codes[:120], codes[120:], ci=None),
        "groups": lambda: latentcli.clusters(codes, k=2),
        "rows": lambda: latentcli.geometry_report(codes, only=("isotropy",), ci=None),
    }[kind]()
    assert any(note.startswith("240 rows, 60 distinct: ") for note in found.notes)


def test_intervals_are_as_wide_as_those_of_the_distinct_rows():
    """Before, of rows four times they were half as wide."""
    ratios = {}
    for seed in range(6):
        rng = np.random.default_rng([seed, 22])
        x = rng.standard_normal((60, 5))
        y, order = x + rng.standard_normal((60, 5)), order_of(rng, 60)
        for which, k, power in ((np.arange(60), 5, -1), (order, 5 * TIMES, 1)):
            for one in latentcli.compare(x[which], y[which], neighbors=k, moved=0).records:
                if one["low"] is not None:
                    width = ratios.setdefault(one["measure"], [])
                    width.append(power * np.log(one["high"] - one["low"]))
    assert set(ratios) == {"cka", "rsa", "neighbor_overlap"}
    assert all(np.exp(np.sum(logs) / 6) > 0.75 for logs in ratios.values()), ratios


def test_the_overlap_that_chance_gives_counts_copies():
    x, y = np.random.default_rng(0).standard_normal((2, 100, 6))
    order = np.repeat(np.arange(100), TIMES)
    found = latentcli.compare(x[order], y[order], neighbors=10, ci=None, moved=0)
    null = next(one["null"] for one in found.records if one["measure"] == "neighbor_overlap")
    assert found.neighbor_overlap_chance == pytest.approx(null, abs=0.01)
    assert found.neighbor_overlap_chance > 0.3


def test_words_of_one_vector_are_held_out_together():
    x, y = np.random.default_rng(0).standard_normal((2, 40, 8))
    order = np.repeat(np.arange(40), TIMES)
    found = latentcli.align(x[order], y[order], [(str(n), str(n)) for n in range(len(order))])
    tested = order[[int(word) for word in found.words]]
    assert (np.bincount(tested)[np.unique(tested)] == TIMES).all()
    assert found.notes[0].startswith("32 tested words, 8 distinct vectors: ")


def test_pairs_that_are_learned_and_tested_are_told():
    x, y = np.random.default_rng(0).standard_normal((2, 40, 8))
    pairs = [(str(n), str(n)) for n in range(40)]
    found = latentcli.align(x, y, pairs[:30], test_dictionary=pairs[25:])
    assert found.notes[0].startswith("5 tested pairs of 15 with the vectors of a pair that ")
