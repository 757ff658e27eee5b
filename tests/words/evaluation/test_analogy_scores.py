"""Answers and ranks are those of the definitions, computed plainly in float64."""

import numpy as np
import pytest

from latentcli.numerics import search as search_module
from latentcli.numerics.scoring import COSMUL_EPSILON
from latentcli.numerics.vectors import unit
from latentcli.words.evaluation import _analogy_scores as module
from latentcli.words.evaluation._analogy_scores import METHODS, Analogies, answer, ranks


def scores(method, vectors, rows, groups, which):
    """Score every row (N,) for one question by the papers' formulas."""
    u = unit(vectors)
    a, b, c, _ = (u[row] for row in rows[which])
    if method == "3cosadd":
        return u @ unit(b - a + c)
    if method == "only-b":
        return u @ c
    if method == "3cosmul":
        s = [(1 + u @ word) / 2 for word in (a, b, c)]
        return s[1] * s[2] / (s[0] + COSMUL_EPSILON)
    if method == "pairdirection":
        direction = unit(b - a)
        away = np.maximum(np.linalg.norm(u - c, axis=1), 1e-9)
        return np.clip(((u - c) @ direction) / away, -1, 1)
    mine = rows[groups == groups[which]]
    pairs = {(int(one[0]), int(one[1])) for one in mine}
    pairs |= {(int(one[2]), int(one[3])) for one in mine}
    others = [u[end] - u[start] for start, end in sorted(pairs) if start != rows[which][2]]
    return u @ unit(c + (np.mean(others, axis=0) if others else 0))


@pytest.fixture
def small_blocks(monkeypatch):
    for place in (search_module, module):
        monkeypatch.setattr(place, "QUESTIONS_PER_PASS", 7)
    monkeypatch.setattr(module, "_AT_ONCE", 21)
    monkeypatch.setattr(module, "_ROWS_SCANNED", 64)
    monkeypatch.setattr(module, "_ROWS", 16)
    monkeypatch.setattr(module, "_ROWS_EXACT", 50)
    monkeypatch.setattr(module, "_QUERIES_EXACT", 9)


def made(seed, count=200, dimensions=8, questions=40):
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((count, dimensions)).astype(np.float32)
    vectors *= rng.uniform(0.01, 100, (count, 1)).astype(np.float32)
    vectors[[5, 70]] = 0
    vectors[90:95] = vectors[30]
    usable = np.setdiff1d(np.arange(count), [5, 70])
    rows = np.stack([rng.choice(usable[:60], 4, replace=False) for _ in range(questions)])
    groups = np.sort(rng.integers(0, 4, questions))
    return vectors, np.linalg.norm(vectors.astype(np.float64), axis=1), rows, groups


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("top", "limit"), [(1, None), (5, None), (3, 77)])
def test_answers_are_those_of_the_definition(method, top, limit, small_blocks):
    vectors, norms, rows, groups = made(1)
    barred = [tuple(one[:3].tolist()) for one in rows]
    asked = Analogies(vectors, rows, groups, barred)
    found = answer(asked, norms, method=method, top=top, limit=limit)
    for which, hits in enumerate(found):
        wanted = scores(method, vectors, rows, groups, which)[:limit]
        wanted[[row for row in (5, 70, *barred[which]) if row < len(wanted)]] = -np.inf
        order = np.argsort(-np.round(wanted, 10), kind="stable")[:top]
        assert hits.scores == pytest.approx(wanted[order], rel=1e-6, abs=1e-6)
        assert wanted[hits.rows] == pytest.approx(wanted[order], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_ranks_are_those_of_the_definition(method, small_blocks):
    vectors, norms, rows, groups = made(2)
    asked = Analogies(vectors, rows, groups, [()] * len(rows))
    given = np.stack([rows[:, 3], (rows[:, 3] + 31) % 60], axis=1)
    given[given == 5] = 6
    found = ranks(asked, given, norms, method=method)
    for which, pair in enumerate(given):
        wanted = scores(method, vectors, rows, groups, which)
        wanted[[5, 70]] = -np.inf
        order = np.argsort(-np.round(wanted, 9), kind="stable").tolist()
        assert found[which].tolist() == [order.index(row) + 1 for row in pair]


@pytest.mark.parametrize("method", METHODS)
def test_a_part_is_asked_as_in_the_whole(method):
    vectors, norms, rows, groups = made(3)
    asked = Analogies(vectors, rows, groups, [()] * len(rows))
    whole = answer(asked, norms, method=method)
    part = answer(asked.part(np.array([3, 17])), norms, method=method)
    assert [hits.rows.tolist() for hits in part] == [
        whole[3].rows.tolist(),
        whole[17].rows.tolist(),
    ]


@pytest.mark.parametrize("method", METHODS)
def test_words_that_are_one_give_an_answer_that_is_no_nan(method):
    vectors, norms, rows, groups = made(4, questions=3)
    rows[:, :3] = rows[0, 0]
    asked = Analogies(vectors, rows, groups, [(int(rows[0, 0]),)] * 3)
    for hits in answer(asked, norms, method=method):
        assert np.isfinite(hits.scores).all()


@pytest.mark.parametrize("method", METHODS)
def test_progress_counts_to_the_end(method, small_blocks):
    vectors, norms, rows, groups = made(5)
    seen = []
    asked = Analogies(vectors, rows, groups, [()] * len(rows))
    answer(asked, norms, method=method, progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (len(rows), len(rows))


def test_more_are_wanted_than_there_are():
    vectors, norms, rows, groups = made(6, questions=2)
    asked = Analogies(vectors, rows, groups, [()] * 2)
    for method in METHODS:
        found = answer(asked, norms, method=method, top=1000)
        assert [len(hits.rows) for hits in found] == [198, 198]
