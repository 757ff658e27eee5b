"""Exact search against a plain float64 computation of every score."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from latentcli.numerics import search as module
from latentcli.numerics.scoring import (
    COSINE,
    COSMUL,
    DOT,
    EUCLIDEAN,
    PAIR_DIRECTION,
    RAW_PAIR_DIRECTION,
)
from latentcli.numerics.search import Question, search
from latentcli.words._analogy import ask

NEAREST = {"cosine": COSINE, "dot": DOT, "euclidean": EUCLIDEAN}
ANALOGIES = {"3cosadd": COSINE, "3cosmul": COSMUL, "pairdirection": PAIR_DIRECTION}
BEST_IS_LEAST = {"euclidean"}


def length(rows):
    return np.sqrt((np.asarray(rows, dtype=np.float64) ** 2).sum(axis=-1))


def norms_of(matrix):
    """Norms as the store keeps them: 0 for a row that can never be an answer."""
    norms = length(matrix)
    return np.where(np.isfinite(norms), norms, 0.0)


def unit(rows):
    rows = np.asarray(rows, dtype=np.float64)
    return rows / length(rows)[..., None]


def near(vector, exclude=()):
    vector = np.asarray(vector, dtype=np.float64)
    return Question(unit(vector)[None], tuple(exclude), float(length(vector)), vector)


def naive_nearest(matrix, vector, metric):
    """The published score of every row, by its definition."""
    rows, vector = np.asarray(matrix, dtype=np.float64), np.asarray(vector, dtype=np.float64)
    if metric == "euclidean":
        return length(rows - vector)
    if metric == "dot":
        return rows @ vector
    with np.errstate(invalid="ignore"):  # rows of zeros
        return rows @ vector / length(rows) / length(vector)


def naive_analogy(matrix, a, b, c, method):
    """Mikolov et al. 2013; Levy and Goldberg 2014."""
    x, a, b, c = (unit(rows) for rows in (matrix, a, b, c))
    if method == "3cosadd":
        return x @ unit(a - b + c)
    if method == "3cosmul":
        sa, sb, sc = ((1 + x @ word) / 2 for word in (a, b, c))
        return sa * sc / (sb + 1e-6)
    return (x - c) @ unit(a - b) / np.maximum(length(x - c), 1e-12)


def check(hits, scores, allowed, *, top, descending=True, tolerance=1e-9):
    """The answers are the `top` best of the `allowed` rows, and their scores are right."""
    allowed = np.asarray(allowed, dtype=np.int64)
    sign = -1.0 if descending else 1.0
    best = allowed[np.lexsort((allowed, sign * scores[allowed]))][:top]
    assert len(set(hits.rows.tolist())) == len(hits.rows) == len(best)
    assert set(hits.rows.tolist()) <= set(allowed.tolist())
    np.testing.assert_allclose(hits.scores, scores[best], rtol=1e-9, atol=tolerance)
    np.testing.assert_allclose(hits.scores, scores[hits.rows], rtol=1e-9, atol=tolerance)
    assert (np.diff(sign * hits.scores) >= 0).all()


@pytest.fixture
def small_blocks(monkeypatch):
    """Make many block and pass borders in a few hundred rows and questions."""
    monkeypatch.setattr(module, "_BLOCK_BYTES", 1)
    monkeypatch.setattr(module, "_SCORES_PER_BLOCK", 1)
    monkeypatch.setattr(module, "QUESTIONS_PER_PASS", 3)


@pytest.fixture
def space():
    return np.random.default_rng(1).normal(size=(1500, 12)).astype(np.float32)


@pytest.mark.parametrize("top", [1, 10, 2000])
@pytest.mark.parametrize("metric", NEAREST)
def test_nearest_are_those_of_the_definition(space, metric, top, small_blocks):
    questions = [near(space[row], exclude=[row]) for row in range(8)]
    found = search(space, norms_of(space), questions, top=top, scorer=NEAREST[metric])
    for row, hits in enumerate(found):
        scores = naive_nearest(space, space[row], metric)
        others = np.delete(np.arange(len(space)), row)
        check(hits, scores, others, top=top, descending=metric not in BEST_IS_LEAST)


@pytest.mark.parametrize("top", [1, 10, 2000])
@pytest.mark.parametrize("method", ANALOGIES)
def test_analogies_are_those_of_the_definition(space, method, top, small_blocks):
    asked = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (9, 10, 11)]
    questions = [ask(*space[list(abc)], method=method, exclude=abc) for abc in asked]
    found = search(space, norms_of(space), questions, top=top, scorer=ANALOGIES[method])
    for abc, hits in zip(asked, found, strict=True):
        scores = naive_analogy(space, *space[list(abc)], method)
        check(hits, scores, np.delete(np.arange(len(space)), abc), top=top)


@given(
    matrix=arrays.arrays(
        np.float32, st.tuples(st.integers(1, 30), st.just(3)), elements=st.integers(-2, 2)
    ),
    vector=arrays.arrays(np.float32, 3, elements=st.integers(-3, 3)).filter(np.any),
    metric=st.sampled_from(sorted(NEAREST)),
    top=st.integers(1, 40),
    data=st.data(),
)
def test_any_small_space_is_searched_as_by_definition(matrix, vector, metric, top, data):
    count = len(matrix)
    some = st.lists(st.integers(0, count - 1), unique=True)
    exclude = data.draw(some, label="exclude")
    rows = data.draw(st.none() | some.map(sorted), label="rows")
    limit = data.draw(st.none() | st.integers(1, count + 2), label="limit")
    hits = search(
        matrix,
        norms_of(matrix),
        [near(vector, exclude)],
        top=top,
        scorer=NEAREST[metric],
        rows=None if rows is None else np.array(rows, dtype=np.int64),
        limit=limit,
    )[0]
    allowed = [
        row
        for row in (range(count) if rows is None else rows)
        if row not in exclude and row < (limit or count) and matrix[row].any()
    ]
    scores = naive_nearest(matrix, vector, metric)
    check(hits, scores, allowed, top=top, descending=metric not in BEST_IS_LEAST)


@pytest.mark.parametrize("scorer", NEAREST.values(), ids=NEAREST)
def test_thousands_of_equal_rows_are_answered_in_file_order(scorer):
    matrix = np.tile(np.float32([0.3, -0.7, 0.2, 0.9, 0.1]), (2000, 1))
    hits = search(matrix, norms_of(matrix), [near([1, 2, 3, 4, 5])], top=50, scorer=scorer)[0]
    assert hits.rows.tolist() == list(range(50))


@pytest.mark.parametrize("method", ANALOGIES)
def test_equal_rows_are_answered_in_file_order_in_analogies(method):
    matrix = np.tile(np.float32([0.3, -0.7, 0.2]), (2000, 1))
    question = ask(*np.eye(3), method=method, exclude=(0, 1))
    scorer = ANALOGIES[method]
    hits = search(matrix, norms_of(matrix), [question], top=3, scorer=scorer)[0]
    assert hits.rows.tolist() == [2, 3, 4]


def test_runs_of_equal_rows_keep_file_order_across_blocks(small_blocks):
    matrix = np.repeat(np.float32([[1, 0], [0, 1], [1, 1], [1, 0]]), 300, axis=0)
    hits = search(matrix, norms_of(matrix), [near([1, 0.1])] * 5, top=700)
    for one in hits:
        assert one.rows.tolist() == [*range(300), *range(900, 1200), *range(600, 700)]


def test_scaled_copies_of_a_row_tie_by_cosine():
    matrix = np.outer(2.0 ** np.arange(-20, 20), [3.0, 1.0, 2.0]).astype(np.float32)
    hits = search(matrix, norms_of(matrix), [near([1, 1, 1])], top=40)[0]
    assert hits.rows.tolist() == list(range(40))


def test_equally_far_points_of_a_grid_are_answered_in_file_order():
    grid = np.array([(x, y) for x in range(-3, 4) for y in range(-3, 4)], dtype=np.float32)
    center = np.float32([1, 1])
    squares = ((grid - center) ** 2).sum(axis=1)
    hits = search(grid, norms_of(grid), [near(center)], top=48, scorer=EUCLIDEAN)[0]
    origin = int(np.flatnonzero(~grid.any(axis=1))[0])  # a zero row is never answered
    wanted = [row for row in np.argsort(squares, kind="stable").tolist() if row != origin]
    assert hits.rows.tolist() == wanted


@pytest.mark.parametrize("scale", [1e-20, 1e-3, 1.0, 1e3, 1e20])
def test_the_distance_to_an_equal_row_is_zero(space, scale):
    matrix = space * np.float32(scale)
    for row in range(5):
        found = search(matrix, norms_of(matrix), [near(matrix[row])], top=2, scorer=EUCLIDEAN)
        assert found[0].rows[0] == row
        assert found[0].scores[0] <= 1e-15 * length(matrix[row])


def test_distances_far_below_the_norms_are_ranked_right():
    start = np.float32([1000, 1000, 1000])
    step = np.float32(1000) * np.finfo(np.float32).eps
    order = np.random.default_rng(0).permutation(500)
    matrix = np.tile(start, (500, 1))
    matrix[:, 0] += order.astype(np.float32) * step
    hits = search(matrix, norms_of(matrix), [near(start)], top=500, scorer=EUCLIDEAN)[0]
    assert hits.rows.tolist() == np.argsort(order).tolist()


@pytest.mark.parametrize("bad", [0.0, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("scorer", NEAREST.values(), ids=NEAREST)
def test_rows_without_a_direction_are_never_answered(scorer, bad):
    matrix = np.float32([[1, 2], [bad, bad], [2, 1], [-1, -1]])
    hits = search(matrix, norms_of(matrix), [near([1, 1])], top=4, scorer=scorer)[0]
    assert sorted(hits.rows.tolist()) == [0, 2, 3]
    assert np.isfinite(hits.scores).all()


def test_a_space_without_any_usable_row_has_no_answers():
    matrix = np.zeros((5, 3), dtype=np.float32)
    assert search(matrix, norms_of(matrix), [near([1, 0, 0])], top=3)[0].rows.size == 0


@pytest.mark.parametrize("scale", [1e-44, 1e-38, 1e-30, 1e30, 1e38])
@pytest.mark.parametrize("metric", NEAREST)
def test_extreme_norms_are_searched_like_any_other(metric, scale):
    directions = np.random.default_rng(2).normal(size=(600, 4))
    matrix = (directions * scale / np.abs(directions).max()).astype(np.float32)
    matrix[:3] = np.float32(directions[:3])  # beside ordinary rows
    vector = directions[5]
    found = search(matrix, norms_of(matrix), [near(vector)], top=20, scorer=NEAREST[metric])[0]
    scores = naive_nearest(matrix, vector, metric)
    usable = np.flatnonzero(matrix.any(axis=1))
    tolerance = 1e-9 if metric == "cosine" else 1e-12 * max(1.0, scale)
    descending = metric not in BEST_IS_LEAST
    check(found, scores, usable, top=20, descending=descending, tolerance=tolerance)


@pytest.mark.parametrize("batch", [2, 20, 3000])
def test_a_batch_gives_the_same_answers_as_one_at_a_time(space, batch):
    questions = [near(space[row % 1500] + row // 1500, [row % 1500]) for row in range(batch)]
    norms = norms_of(space)
    together = search(space, norms, questions, top=5)
    for index in range(0, batch, max(1, batch // 40)):
        alone = search(space, norms, [questions[index]], top=5)[0]
        np.testing.assert_array_equal(together[index].rows, alone.rows)
        np.testing.assert_array_equal(together[index].scores, alone.scores)


@pytest.mark.parametrize("method", ANALOGIES)
def test_block_and_pass_sizes_do_not_change_the_answer(space, method, monkeypatch):
    triples = np.random.default_rng(3).integers(0, 1500, size=(40, 3))
    triples = [tuple(abc) for abc in triples.tolist() if len(set(abc)) == 3]
    questions = [ask(*space[list(abc)], method=method, exclude=abc) for abc in triples]
    norms, scorer = norms_of(space), ANALOGIES[method]
    expected = search(space, norms, questions, top=7, scorer=scorer)
    for bytes_, scores, questions_per_pass in [(1, 1, 1), (20_000, 9_000, 7), (1, 1 << 30, 64)]:
        monkeypatch.setattr(module, "_BLOCK_BYTES", bytes_)
        monkeypatch.setattr(module, "_SCORES_PER_BLOCK", scores)
        monkeypatch.setattr(module, "QUESTIONS_PER_PASS", questions_per_pass)
        for one, other in zip(
            expected, search(space, norms, questions, top=7, scorer=scorer), strict=True
        ):
            np.testing.assert_array_equal(one.rows, other.rows)
            np.testing.assert_array_equal(one.scores, other.scores)


def crowded(count, seed=0):
    """Rows whose cosines with (1, 1) differ by less than float32 can tell, in random order."""
    order = np.random.default_rng(seed).permutation(count)
    return np.stack([np.ones(count), order * 1e-10], axis=1).astype(np.float32), order


@pytest.mark.parametrize("scorer", NEAREST.values(), ids=NEAREST)
@pytest.mark.parametrize("batch", [1, 9])
def test_near_ties_below_float32_resolution_are_ranked_by_float64(scorer, batch):
    matrix, order = crowded(5000)
    cosines = (1 + order * 1e-10) / np.sqrt(2)
    assert len(np.unique(cosines.astype(np.float32))) < 20  # float32 cannot tell them apart
    for hits in search(matrix, norms_of(matrix), [near([1, 1])] * batch, top=30, scorer=scorer):
        assert hits.rows.tolist() == np.argsort(-order)[:30].tolist()


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul", "pairdirection"])
@pytest.mark.parametrize("sign", [1, -1])
def test_near_ties_in_analogies_are_ranked_by_float64(method, sign):
    matrix, _ = crowded(5000)
    matrix = np.hstack([matrix, np.full((5000, 1), 0.5, dtype=np.float32)])
    a, b, c = np.float64([[0.2, 1, 0], [0.1, 0.1, 1], [1, 0.5, -0.5]])
    a, b = (a, b) if sign > 0 else (b, a)  # with -1 every score of PairDirection is below 0
    hits = search(
        matrix,
        norms_of(matrix),
        [ask(a, b, c, method=method)],
        top=30,
        scorer=ANALOGIES[method],
    )[0]
    scores = naive_analogy(matrix, a, b, c, method)
    np.testing.assert_allclose(hits.scores, np.sort(scores)[::-1][:30], rtol=0, atol=3e-15)


@pytest.mark.parametrize("sign", [1, -1])
def test_pair_direction_is_right_beside_the_word_it_starts_from(sign):
    rng = np.random.default_rng(4)
    c = rng.normal(size=6)
    distances = 10.0 ** rng.uniform(-6, 0, size=(4000, 1))
    matrix = (unit(c) + distances * unit(rng.normal(size=(4000, 6)))).astype(np.float32)
    a, b = sign * rng.normal(size=6), rng.normal(size=6)
    hits = search(
        matrix,
        norms_of(matrix),
        [ask(a, b, c, method="pairdirection")],
        top=25,
        scorer=PAIR_DIRECTION,
    )[0]
    check(hits, naive_analogy(matrix, a, b, c, "pairdirection"), np.arange(4000), top=25)


def ring(*cosines):
    """Make 4000 rows at these cosines to the first axes, but for float32's rounding; and the axes."""
    rng = np.random.default_rng(5)
    fixed = np.tile(cosines, (4000, 1))
    rest = unit(rng.normal(size=(4000, 16 - len(cosines)))) * np.sqrt(
        1 - np.dot(cosines, cosines)
    )
    axes = np.linalg.qr(rng.normal(size=(16, 16)))[0]
    return (np.hstack([fixed, rest]) @ axes).astype(np.float32), axes


@pytest.mark.parametrize("metric", NEAREST)
def test_rows_that_differ_by_their_rounding_are_ranked_by_float64(metric):
    matrix, axes = ring(0.5)
    scores = naive_nearest(matrix, axes[0], metric)
    assert np.ptp(scores) < 1e-6
    hits = search(matrix, norms_of(matrix), [near(axes[0])], top=9, scorer=NEAREST[metric])[0]
    best = np.sort(scores) if metric in BEST_IS_LEAST else np.sort(scores)[::-1]
    np.testing.assert_allclose(hits.scores, best[:9], rtol=0, atol=3e-15)


# 3CosMul: rising with two cosines and falling with the third, by as much together.
# PairDirection: rows at 0.5 from c whose x - c is at cosine -0.5 with a - b, so that errors of the
# two cosines pull the score opposite ways.
@pytest.mark.parametrize(
    ("method", "cosines", "abc"),
    [
        ("3cosadd", (0.5, -0.25, 0.5), ((1, 0, 0), (0, 1, 0), (0, 0, 1))),
        ("3cosmul", (0.5, -0.25, 0.5), ((1, 0, 0), (0, 1, 0), (0, 0, 1))),
        ("pairdirection", (0.875, -0.25), ((0, 1, 1), (0, -1, 1), (1, 0, 0))),
    ],
)
def test_analogies_that_differ_by_rounding_are_ranked_by_float64(method, cosines, abc):
    matrix, axes = ring(*cosines)
    a, b, c = np.array(abc) @ axes[:3]
    scores = naive_analogy(matrix, a, b, c, method)
    assert np.ptp(scores) < 1e-6
    question = ask(a, b, c, method=method)
    hits = search(matrix, norms_of(matrix), [question], top=9, scorer=ANALOGIES[method])[0]
    np.testing.assert_allclose(hits.scores, np.sort(scores)[::-1][:9], rtol=0, atol=3e-15)


def test_excluded_rows_do_not_cost_answers(space):
    scores = naive_nearest(space, space[0], "cosine")
    best = np.argsort(-scores)
    excluded = best[:40].tolist()
    hits = search(space, norms_of(space), [near(space[0], excluded)], top=10)[0]
    assert hits.rows.tolist() == best[40:50].tolist()


def test_each_question_of_a_batch_has_its_own_exclusions(space, small_blocks):
    best = np.argsort(-naive_nearest(space, space[0], "cosine"))
    questions = [near(space[0], best[:count].tolist()) for count in range(10)]
    found = search(space, norms_of(space), questions, top=3)
    assert [hits.rows[0] for hits in found] == best[:10].tolist()


def test_a_row_may_be_excluded_twice(space):
    hits = search(space, norms_of(space), [near(space[0], [0, 0])], top=1500)[0]
    assert sorted(hits.rows.tolist()) == list(range(1, 1500))


@pytest.mark.parametrize("limit", [1, 9, 1500, 5000])
def test_limit_takes_the_first_rows_only(space, limit):
    hits = search(space, norms_of(space), [near(space[3])], top=2000, limit=limit)[0]
    assert sorted(hits.rows.tolist()) == list(range(min(limit, 1500)))


def test_rows_and_limit_hold_together(space):
    rows = np.array([1, 50, 99, 100, 1400])
    hits = search(space, norms_of(space), [near(space[3])], top=9, rows=rows, limit=100)[0]
    assert sorted(hits.rows.tolist()) == [1, 50, 99]


def test_an_empty_choice_of_rows_has_no_answers(space):
    rows = np.zeros(0, dtype=np.int64)
    found = search(space, norms_of(space), [near(space[3])] * 2, top=9, rows=rows)
    assert [hits.rows.size for hits in found] == [0, 0]


@pytest.mark.parametrize("least", [-2.0, 0.0, 0.5, 0.999, 2.0])
def test_min_score_keeps_scores_from_this_on(space, least):
    hits = search(space, norms_of(space), [near(space[3])], top=1500, min_score=least)[0]
    wanted = (naive_nearest(space, space[3], "cosine") >= least).sum()
    assert len(hits.rows) == wanted
    assert (hits.scores >= least).all()


def test_min_score_takes_a_score_that_equals_it():
    matrix = np.float32([[1, 0], [0, 1], [-1, 0]])
    hits = search(matrix, norms_of(matrix), [near([1, 0])], top=3, min_score=0.0)[0]
    assert hits.rows.tolist() == [0, 1]


@pytest.mark.parametrize("top", [0, -1])
def test_no_answers_are_given_when_none_are_wanted(space, top):
    found = search(space, norms_of(space), [near(space[0])] * 2, top=top)
    assert [hits.rows.size for hits in found] == [0, 0]


def test_no_questions_have_no_answers(space):
    assert search(space, norms_of(space), [], top=3) == []


@pytest.mark.parametrize("top", [1, 10, 2000])
def test_raw_pairdirection_is_the_cosine_of_raw_offsets(top, small_blocks):
    rng = np.random.default_rng(8)
    matrix = (rng.normal(size=(1500, 12)) * rng.uniform(0.1, 9, (1500, 1))).astype(np.float32)
    matrix[7] = matrix[2]  # no offset from c
    a, b, c = matrix[:3].astype(np.float64)
    question = ask(a, b, c, method="pairdirection", raw=True, exclude=(0, 1, 2))
    hits = search(matrix, norms_of(matrix), [question], top=top, scorer=RAW_PAIR_DIRECTION)[0]
    offsets = matrix - c
    scores = offsets @ (a - b) / np.maximum(length(offsets), 1e-12) / length(a - b)
    check(hits, scores, np.arange(3, 1500), top=top)


@pytest.mark.parametrize("scale", [1e-40, 1e-20, 1.0, 1e20, 1e38])
@pytest.mark.parametrize("duplicates", [1, 40])
def test_many_euclidean_questions_have_the_answers_of_each_alone(scale, duplicates):
    rng = np.random.default_rng(9)
    matrix = np.repeat(rng.normal(size=(1200 // duplicates, 8)), duplicates, axis=0) * scale / 9
    matrix = matrix.astype(np.float32)
    matrix[3] = 0
    norms = norms_of(matrix)
    questions = [near(matrix[row], exclude=[row]) for row in range(4, 4 + 2 * module.MANY)]
    together = search(matrix, norms, questions, top=5, scorer=EUCLIDEAN, limit=1100)
    for question, hits in zip(questions, together, strict=True):
        (alone,) = search(matrix, norms, [question], top=5, scorer=EUCLIDEAN, limit=1100)
        assert hits.rows.tolist() == alone.rows.tolist()
        assert hits.scores.tolist() == alone.scores.tolist()


def test_many_euclidean_questions_among_chosen_rows():
    matrix = np.random.default_rng(10).integers(-2, 3, size=(400, 3)).astype(np.float32)
    rows = np.arange(5, 395, 3)
    for top in (1, 4, 500):
        found = search(
            matrix, norms_of(matrix), [near(matrix[row], [row, 8]) for row in range(100, 200) if matrix[row].any()],
            top=top, scorer=EUCLIDEAN, rows=rows,
        )  # fmt: skip
        asked = [row for row in range(100, 200) if matrix[row].any()]
        for row, hits in zip(asked, found, strict=True):
            allowed = [one for one in rows if one not in (row, 8) and matrix[one].any()]
            scores = naive_nearest(matrix, matrix[row], "euclidean")
            check(hits, scores, allowed, top=top, descending=False)


def test_progress_counts_to_the_end(space, small_blocks):
    seen = []
    search(
        space,
        norms_of(space),
        [near(space[0])],
        top=3,
        progress=lambda *step: seen.append(step),
    )
    total = seen[0][1]
    assert total > 1
    assert seen == [(done, total) for done in range(1, total + 1)]


def test_neither_rows_nor_questions_are_changed(space):
    matrix, norms, question = space.copy(), norms_of(space), near(space[0], [0])
    for array in (matrix, norms, question.probes):
        array.setflags(write=False)
    search(matrix, norms, [question] * 20, top=3, scorer=EUCLIDEAN)
    np.testing.assert_array_equal(matrix, space)


@pytest.mark.parametrize("scorer", [COSINE, DOT, EUCLIDEAN])
def test_floors_leave_out_what_is_worse_and_nothing_else(scorer):
    random = np.random.default_rng(4)
    matrix = random.standard_normal((3000, 5)).astype("<f4")
    matrix[2000:2010] = matrix[:10]  # equal scores
    norms = np.linalg.norm(matrix.astype(np.float64), axis=1)
    probes = random.standard_normal((7, 5))
    lengths = np.linalg.norm(probes, axis=1)
    asked = [Question(probe[None] / n, length=float(n)) for probe, n in zip(probes, lengths, strict=True)]  # fmt: skip
    plain = replace(scorer, shown=lambda score: score)
    whole = search(matrix, norms, asked, top=6, scorer=plain)
    first = search(matrix[:1000], norms[:1000], asked, top=6, scorer=plain)
    floors = np.array([one.scores[-1] for one in first])
    rest = search(matrix[1000:], norms[1000:], asked, top=6, scorer=plain, floors=floors)
    for one, a, b in zip(whole, first, rest, strict=True):
        scores = np.concatenate([a.scores, b.scores])
        rows = np.concatenate([a.rows, b.rows + 1000])
        best = np.argsort(-scores, kind="stable")[:6]
        assert np.array_equal(rows[best], one.rows)
        assert np.array_equal(scores[best], one.scores)
        assert len(b.rows) <= 6
    high = np.full(7, np.inf)
    assert not any(len(one.rows) for one in search(matrix, norms, asked, top=6, scorer=plain, floors=high))  # fmt: skip
