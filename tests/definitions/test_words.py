"""Every number that the commands of words print, derived again from its definition, in plain NumPy.

On random vectors with ties, duplicates of rows and rows of zeros. Tolerances: 1e-9 where it is
not said otherwise.

Without a definition here: rows and ranks (which follow from the scores, and the order of the
file); p and chance of more than seven pairs, which are of pairings drawn at random (`exact` tells;
their agreement with each other is in tests/numerics); similarities by SIF where two eigenvectors of
the words' moments have one eigenvalue, so that the common component is not determined.
"""

from itertools import combinations, permutations

import numpy as np
import pytest

import latentcli

SEEDS = range(4)
NEAR = {"abs": 1e-9, "rel": 1e-9}


@pytest.fixture(params=SEEDS)
def table(request, tmp_path):
    """A space of words w0, w1, ... and its rows as float64."""
    rng = np.random.default_rng(request.param)
    rows = rng.normal(size=(60, 7)) * rng.uniform(0.2, 5, (60, 1))
    rows[20:26] = rows[10]  # ties
    rows[26:30] = 2 * rows[11]  # ties by cosine
    rows[30:40] = rng.integers(-1, 2, (10, 7))  # ties of small numbers
    rows[40] = 0
    rows[59] = rows[58] + 1e-6
    rows = rows.astype(np.float32)
    path = tmp_path / "vectors.txt"
    path.write_text(
        "".join(f"w{n} {' '.join(map(repr, row.tolist()))}\n" for n, row in enumerate(rows))
    )
    return latentcli.open(path, cache=False), rows.astype(np.float64)


def unit(rows):
    with np.errstate(invalid="ignore"):
        return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def check(found, scores, excluded, *, smallest=False):
    """The answers are the best scores of all rows but those excluded, and of zeros."""
    allowed = [n for n in range(60) if n not in {40, *excluded}]
    expected = sorted((scores[n] for n in allowed), reverse=not smallest)[: len(found)]
    assert [hit.score for hit in found] == pytest.approx(expected, **NEAR)
    assert [scores[hit.row] for hit in found] == pytest.approx(expected, **NEAR)
    assert [record["score"] for record in found.records] == [hit.score for hit in found]


# ---- analogy, neighbors, expr


def test_3cosadd(table):
    """argmax cos(x, a - b + c) of unit vectors (Mikolov, Yih and Zweig, 2013)."""
    space, rows = table
    a, b, c = unit(rows[[0, 1, 2]])
    check(space.analogy("w0", "w1", "w2", top=20), unit(rows) @ unit(a - b + c), {0, 1, 2})
    a, b, c = rows[[0, 1, 2]]
    found = space.analogy("w0", "w1", "w2", top=20, raw=True)
    check(found, unit(rows) @ unit(a - b + c), {0, 1, 2})


def test_3cosmul(table):
    """cos(x, a) cos(x, c) / (cos(x, b) + 1e-6), cosines at (1 + cos) / 2 (Levy and Goldberg, 2014)."""
    space, rows = table
    a, b, c = ((1 + unit(rows) @ unit(rows[n])) / 2 for n in (3, 4, 5))
    found = space.analogy("w3", "w4", "w5", top=20, method="3cosmul")
    check(found, a * c / (b + 1e-6), {3, 4, 5})


@pytest.mark.parametrize("raw", [False, True])
def test_pairdirection(table, raw):
    """cos(x - c, a - b) (Levy and Goldberg, 2014): unit vectors, or all raw."""
    space, rows = table
    vectors = rows if raw else unit(rows)
    offsets, direction = vectors - vectors[8], vectors[6] - vectors[7]
    with np.errstate(invalid="ignore"):
        scores = (
            offsets @ direction / np.linalg.norm(offsets, axis=1) / np.linalg.norm(direction)
        )
    found = space.analogy("w6", "w7", "w8", top=20, method="pairdirection", raw=raw)
    check(found, scores, {6, 7, 8})


@pytest.mark.parametrize("word", ["w0", "w10", "w11", "w30", "w58"])
def test_neighbors(table, word):
    """Cosine, scalar product, Euclidean distance."""
    space, rows = table
    own = int(word[1:])
    cosines = unit(rows) @ unit(rows[own])
    check(space.neighbors(word, top=30), cosines, {own})
    check(space.neighbors(word, top=30, metric="dot"), rows @ rows[own], {own})
    away = np.linalg.norm(rows - rows[own], axis=1)
    check(space.neighbors(word, top=30, metric="euclidean"), away, {own}, smallest=True)


def test_csls(table):
    """2 cos(x, q) - r(x) - r(q), r the mean cosine with the 10 nearest others (Conneau et al., 2018)."""
    space, rows = table
    cosines = unit(rows) @ unit(rows).T
    cosines[40] = cosines[:, 40] = np.nan
    others = cosines.copy()
    np.fill_diagonal(others, np.nan)
    around = np.array([np.sort(row[~np.isnan(row)])[::-1][:10].mean() if n != 40 else np.nan
                       for n, row in enumerate(others)])  # fmt: skip
    scores = 2 * cosines[0] - around[0] - around
    check(space.neighbors("w0", top=30, metric="csls"), scores, {0})


def test_expression(table):
    """cos(x, the sum of weighted unit vectors, or raw ones)."""
    space, rows = table
    for raw in (False, True):
        vectors = rows if raw else unit(rows)
        total = 2 * vectors[0] - vectors[9] + 0.5 * vectors[12]
        found = space.expression("2*w0 - w9 + 0.5*w12", raw=raw, top=20)
        check(found, unit(rows) @ unit(total), {0, 9, 12})


# ---- similarity, distances, odd


def test_similarity(table):
    space, rows = table
    for a, b in [(0, 1), (10, 20), (11, 26), (58, 59), (30, 31)]:
        found = space.similarity(f"w{a}", f"w{b}")
        u, v = rows[a], rows[b]
        if not (u.any() and v.any()):
            continue
        assert found.dot == pytest.approx(u @ v, **NEAR)
        assert found.euclidean == pytest.approx(np.linalg.norm(u - v), **NEAR)
        assert found.cosine == pytest.approx(unit(u) @ unit(v), **NEAR)
        half = np.linalg.norm(unit(u) - unit(v)) / 2  # arccos has no digits near 1
        assert found.angle_degrees == pytest.approx(np.degrees(2 * np.arcsin(half)), abs=1e-6)


def test_distances(table):
    """1 - cosine; Euclidean; angle in degrees; one-hot vectors are sqrt(2), 1 and 90 apart."""
    space, rows = table
    chosen = [0, 1, 10, 20, 11, 26]
    words, vectors = [f"w{n}" for n in chosen], rows[chosen]
    cosines = np.clip(unit(vectors) @ unit(vectors).T, -1, 1)
    plain = {
        "cosine": (1 - cosines, 1.0),
        "euclidean": (np.linalg.norm(vectors[:, None] - vectors, axis=2), np.sqrt(2)),
        "angle": (np.degrees(np.arccos(cosines)), 90.0),
    }
    for metric, (expected, one_hot) in plain.items():
        found = space.distances(words, metric=metric)
        tolerance = 1e-5 if metric == "angle" else 1e-9
        np.testing.assert_allclose(found.matrix, expected, atol=tolerance)
        assert found.one_hot == pytest.approx(one_hot)


def test_odd(table):
    """The least cosine with the mean of the unit vectors, as gensim's doesnt_match."""
    space, rows = table
    chosen = [0, 5, 10, 20, 33, 58]
    vectors = unit(rows[[n for n in chosen if rows[n].any()]])
    words = [f"w{n}" for n in chosen if rows[n].any()]
    scores = vectors @ unit(vectors.mean(axis=0))
    found = space.odd(words)
    assert [score for _, score in found] == pytest.approx(sorted(scores), **NEAR)
    assert found.odd == words[int(scores.argmin())]


# ---- relation


PAIRS = {
    "apart": [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)],
    "shared start": [(0, 1), (0, 2), (0, 3), (4, 5), (6, 7)],
    "shared end": [(1, 0), (2, 0), (3, 4), (5, 6)],
    "chain": [(0, 1), (1, 2), (2, 3), (4, 5)],
    "ties": [(10, 1), (2, 3), (4, 5), (6, 7), (8, 9)],
    "two": [(0, 1), (2, 3)],
}


def concentration(starts, ends):
    """Mean cosine of all pairs of offsets: OCS (Fournier, Dupoux and Dunbar, 2020)."""
    offsets = unit(ends - starts)
    return np.mean([u @ v for u, v in combinations(offsets, 2)])


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("pairs", PAIRS.values(), ids=PAIRS)
def test_relation(table, pairs, raw):
    """OCS, and its values when the ends are permuted, no word with itself: their mean and rank."""
    space, rows = table
    vectors = rows if raw else unit(rows)
    starts, ends = (vectors[[pair[side] for pair in pairs]] for side in (0, 1))
    found = space.relation([(f"w{a}", f"w{b}") for a, b in pairs], raw=raw)
    own = concentration(starts, ends)
    null = [
        concentration(starts, ends[list(order)])
        for order in permutations(range(len(pairs)))
        if all((starts[i] != ends[j]).any() for i, j in enumerate(order))
    ]
    assert found.mean_pairwise == pytest.approx(own, **NEAR)
    assert found.chance == pytest.approx(np.mean(null), **NEAR)
    assert found.p_value == pytest.approx(np.mean(np.array(null) >= own - 1e-9), **NEAR)
    assert found.permutations == len(null)
    offsets = ends - starts
    for index, cosine in enumerate(found.cosine_to_mean):
        others = np.delete(offsets, index, axis=0).mean(axis=0)
        assert cosine == pytest.approx(unit(offsets[index]) @ unit(others), **NEAR)
    assert found.norms == pytest.approx(np.linalg.norm(offsets, axis=1), **NEAR)
    np.testing.assert_allclose(found.pairwise, unit(offsets) @ unit(offsets).T, atol=1e-9)


# ---- represent


TEXTS = ["w0 w1 w1", "w2 w0 unseen", "w10 w3", "w3 w4 W5", "w3 w4 W5"]


def cosines(vectors):
    return np.clip(unit(vectors) @ unit(vectors).T, -1, 1)


def test_one_hot_and_bag_of_words(table):
    space, _ = table
    found = latentcli.represent(TEXTS, space).similarities
    expected = [[float(a == b) for b in TEXTS] for a in TEXTS]
    np.testing.assert_array_equal(found["one-hot"], expected)
    words = [text.lower().split() for text in TEXTS]
    every = sorted({word for own in words for word in own})
    counts = np.array([[own.count(word) for word in every] for own in words], dtype=float)
    np.testing.assert_allclose(found["bag of words"], cosines(counts), atol=1e-9)


@pytest.mark.parametrize("common", ["texts", "words"])
@pytest.mark.parametrize("counted", [False, True])
def test_mean_and_sif(table, common, counted):
    """SIF (Arora, Liang and Ma, 2017): mean of a / (a + p(w)) v(w), less its first singular vector.

    With "words", the vector is that of all words as texts of one word, each as often as p(w). p(w)
    is by Zipf's law, 1 / rank over the sum of those.
    """
    space, rows = table
    words = [[int(w[1:]) for w in text.lower().split() if w != "unseen"] for text in TEXTS]
    counts = {f"w{n}": n + 1.0 for n in range(50)} if counted else None
    ranks = np.arange(1, 61)
    p = (1 / ranks) / (1 / ranks).sum()
    if counted:
        p = np.array([n + 1.0 if n < 50 else 0.0 for n in range(60)])
        p /= p.sum()
    a = 1e-2
    weights = a / (a + p)
    means = np.stack([rows[own].mean(axis=0) for own in words])
    sums = np.stack([(weights[own, None] * rows[own]).sum(axis=0) / len(own) for own in words])
    if common == "texts":
        component = np.linalg.svd(sums)[2][0]
    else:
        moments = (rows * (p * weights**2)[:, None]).T @ rows
        component = np.linalg.eigh(moments)[1][:, -1]
    sif = sums - np.outer(sums @ component, component)
    found = latentcli.represent(TEXTS, space, counts=counts, smoothing=a, common=common)
    np.testing.assert_allclose(
        found.similarities["mean of word vectors"], cosines(means), atol=1e-9
    )
    np.testing.assert_allclose(found.similarities["SIF"], cosines(sif), atol=1e-7)
    assert found.dimensions["bag of words"] == 60 + 1
