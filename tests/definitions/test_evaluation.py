"""Every number of `latent evaluate` derived again from the papers, in plain NumPy and SciPy.

Not here: bootstrap ends of correlations (tests/words/evaluation/test_correlation.py compares them with
drawing pairs), k-means itself (scikit-learn's), and the protocols of peers (test_protocol, test_gensim).
"""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

import latentcli

WORDS = [f"w{n}" for n in range(40)]


@pytest.fixture(scope="module")
def vectors():
    """40 x 6 with two equal rows and one that is twice another."""
    matrix = np.random.default_rng(4).standard_normal((40, 6)).astype(np.float32)
    matrix[7] = matrix[3]
    matrix[9] = 2 * matrix[5]
    return matrix


@pytest.fixture(scope="module")
def space(vectors, tmp_path_factory):
    path = tmp_path_factory.mktemp("space") / "vectors.txt"
    path.write_text(
        "".join(
            f"{word} {' '.join(map(repr, map(float, row)))}\n"
            for word, row in zip(WORDS, vectors, strict=True)
        )
    )
    return latentcli.open(path, cache=False)


def units(vectors):
    exact = vectors.astype(np.float64)
    return exact / np.linalg.norm(exact, axis=1, keepdims=True)


def add(u, a, b, c, _):
    """3CosAdd: cos(w, b - a + c) of unit vectors (Mikolov, Yih and Zweig, 2013)."""
    probe = u[b] - u[a] + u[c]
    return u @ (probe / np.linalg.norm(probe))


def multiply(u, a, b, c, _):
    """3CosMul: cos'(w, b) cos'(w, c) / (cos'(w, a) + 0.001), cos' = (1 + cos) / 2 (Levy and Goldberg, 2014)."""
    shifted = (1 + u @ u[[a, b, c]].T) / 2
    return shifted[:, 1] * shifted[:, 2] / (shifted[:, 0] + 0.001)


def direction(u, a, b, c, _):
    """PairDirection: cos(w - c, b - a) of unit vectors (Levy and Goldberg, 2014); 0 for w = c."""
    steps, wanted = u - u[c], u[b] - u[a]
    lengths = np.linalg.norm(steps, axis=1) * np.linalg.norm(wanted)
    return np.divide(steps @ wanted, lengths, out=np.zeros(len(u)), where=lengths > 1e-12)


def average(u, a, b, c, pairs):
    """3CosAvg: cos(w, c + mean offset of the relation's other pairs) (Drozd et al., 2016)."""
    offsets = [u[end] - u[start] for start, end in pairs if start != c]
    probe = u[c] + np.mean(offsets, axis=0)
    return u @ (probe / np.linalg.norm(probe))


def only_b(u, a, b, c, _):
    """Only-b: cos(w, c), the baseline of Linzen (2016)."""
    return u @ u[c]


METHODS = {
    "3cosadd": add, "3cosmul": multiply, "pairdirection": direction, "3cosavg": average,
    "only-b": only_b,
}  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_accuracy_and_its_interval(space, vectors, method):
    """Accuracy = right / questions; the interval is Wilson's (1927)."""
    random = np.random.default_rng(8)
    questions = [tuple(random.choice(40, 4, replace=False).tolist()) for _ in range(60)]
    u = units(vectors)
    pairs = {pair for q in questions for pair in (q[:2], q[2:])}
    right = []
    for q in questions:
        scores = METHODS[method](u, *q[:3], pairs)
        scores[list(q[:3])] = -np.inf
        order = np.lexsort((np.arange(40), -np.round(scores, 12)))
        right.append(q[3] in order[:5])
    found = latentcli.evaluate_analogies(
        space, [tuple(WORDS[n] for n in q) for q in questions], method=method, top=5
    )
    assert found.correct == sum(right)
    assert found.accuracy == pytest.approx(np.mean(right), abs=1e-12)
    low, high = stats.binomtest(sum(right), 60).proportion_ci(0.95, "wilson")
    assert tuple(found.interval) == pytest.approx((low, high), abs=1e-9)


def test_correlations(space, vectors):
    """Spearman's rho and Pearson's r of cosines and scores, ties at their mean rank."""
    random = np.random.default_rng(2)
    pairs = [
        (*random.choice(40, 2, replace=False), int(random.integers(0, 5))) for _ in range(80)
    ]
    u = units(vectors)
    cosines = np.array([u[i] @ u[j] for i, j, _ in pairs])
    scores = [score for *_, score in pairs]
    found = latentcli.evaluate_similarity(
        space, [(WORDS[i], WORDS[j], score) for i, j, score in pairs], resamples=0
    )
    assert found.spearman == pytest.approx(
        stats.spearmanr(np.round(cosines, 12), scores)[0], abs=1e-9
    )
    assert found.pearson == pytest.approx(stats.pearsonr(cosines, scores)[0], abs=1e-9)


def test_weat(space, vectors):
    """Effect size and one-sided p over all partitions (Caliskan, Bryson and Narayanan, 2017)."""
    u = units(vectors)
    x, y, a, b = range(5), range(10, 14), range(20, 23), range(30, 36)
    s = {w: u[w] @ u[list(a)].mean(axis=0) - u[w] @ u[list(b)].mean(axis=0) for w in [*x, *y]}
    difference = np.mean([s[w] for w in x]) - np.mean([s[w] for w in y])
    every = [
        np.mean([s[w] for w in chosen]) - np.mean([s[w] for w in s if w not in chosen])
        for chosen in combinations(s, len(x))
    ]
    lists = {
        name: [WORDS[w] for w in words]
        for name, words in zip("xyab", (x, y, a, b), strict=True)
    }
    found = latentcli.weat(space, lists).tests[0].association
    assert found.difference == pytest.approx(difference, abs=1e-9)
    assert found.effect_size == pytest.approx(difference / np.std(list(s.values())), abs=1e-9)
    assert found.p_value == pytest.approx(
        np.mean(np.array(every) >= difference - 1e-12), abs=1e-12
    )
    assert found.p_less == pytest.approx(
        np.mean(np.array(every) <= difference + 1e-12), abs=1e-12
    )


def test_weat_of_lists_of_unequal_length_goes_beyond_two(tmp_path):
    """The largest effect size is n / sqrt(nx ny): 6 / sqrt(8) for 4 and 2 targets."""
    path = tmp_path / "v.txt"
    path.write_text(
        "".join(f"x{n} 1 0\n" for n in range(4)) + "y0 -1 0\ny1 -1 0\na 1 0\nb -1 0\n"
    )
    lists = {"x": [f"x{n}" for n in range(4)], "y": ["y0", "y1"], "a": ["a"], "b": ["b"]}
    found = latentcli.weat(latentcli.open(path, cache=False), lists).tests[0].association
    assert found.effect_size == pytest.approx(6 / np.sqrt(8), abs=1e-9)


def test_odd_one_out(space, vectors):
    """The word of least cosine to the mean of the set's unit vectors (Camacho-Collados and Navigli, 2016)."""
    random = np.random.default_rng(5)
    sets = [random.choice(40, 5, replace=False).tolist() for _ in range(50)]
    u = units(vectors)
    right = [int((u[one] @ u[one].mean(axis=0)).argmin()) == 4 for one in sets]
    found = latentcli.evaluate_odd(space, [[WORDS[w] for w in one] for one in sets])
    assert (found.correct, found.questions) == (sum(right), 50)


def test_purity_of_separate_and_of_equal_clusters(tmp_path):
    """Purity = share in the most frequent category of the cluster: 1 for separate categories."""
    path = tmp_path / "v.txt"
    path.write_text(
        "".join(f"{c}{n} {v}\n" for c, v in (("a", "1 0"), ("b", "0 1")) for n in range(6))
    )
    lists = {c: [f"{c}{n}" for n in range(6)] for c in "ab"}
    found = latentcli.evaluate_categories(latentcli.open(path, cache=False), lists)
    assert found.purity == 1.0
    # Two clusters of 6, categories shuffled: the mean of max(k, 6 - k) / 6, k hypergeometric.
    k = np.arange(7)
    expected = float(stats.hypergeom(12, 6, 6).pmf(k) @ np.maximum(k, 6 - k) / 6)
    assert found.chance == pytest.approx(expected, abs=0.04)
