"""CSLS against its definition (Conneau et al., 2018), computed for every pair of a small space."""

import numpy as np
import pytest

from latentcli.numerics.search import Question
from latentcli.words._csls import NEIGHBORHOOD, csls


def unit(rows):
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


@pytest.fixture
def space():
    return np.random.default_rng(7).normal(size=(120, 5)).astype(np.float32)


def crowdedness(cosines):
    """The mean of the ten greatest."""
    return np.sort(cosines)[::-1][:NEIGHBORHOOD].mean()


def brute(space, row):
    """2 cos(q, x) - r(q) - r(x) for every x; each row left out of its own surroundings."""
    directions = unit(space.astype(np.float64))
    cosines = directions @ directions.T
    around = np.array(
        [crowdedness(np.delete(cosines[other], other)) for other in range(len(space))]
    )
    return 2 * cosines[row] - around[row] - around


def of(space, row, exclude=None):
    direction = unit(space[row].astype(np.float64))
    return Question(direction[None], (row,) if exclude is None else exclude)


def ask(space, questions, **choice):
    norms = np.linalg.norm(space.astype(np.float64), axis=1)
    return csls(space, norms, questions, **choice)


def test_the_neighbourhood_is_that_of_the_paper():
    assert NEIGHBORHOOD == 10


def test_every_row_is_ranked_as_by_definition(space):
    rows = [0, 17, 119]
    for row, hits in zip(
        rows, ask(space, [of(space, row) for row in rows], top=20), strict=True
    ):
        scores = brute(space, row)
        scores[row] = -np.inf
        best = np.argsort(-scores)[:20]
        assert hits.rows.tolist() == best.tolist()
        np.testing.assert_allclose(hits.scores, scores[best], rtol=1e-12)


def test_a_vector_that_is_no_row_has_all_rows_around_it(space):
    vector = unit(np.arange(1.0, 6.0))
    hits = ask(space, [Question(vector[None])], top=3)[0]
    directions = unit(space.astype(np.float64))
    around = brute(space, 0) - 2 * directions @ directions[0]  # -r(0) - r(x)
    own = crowdedness(np.delete(directions @ directions[0], 0))
    scores = 2 * directions @ vector - crowdedness(directions @ vector) + around + own
    np.testing.assert_allclose(hits.scores, np.sort(scores)[::-1][:3], rtol=1e-12)


def test_rows_limit_and_min_score_choose_answers_but_not_surroundings(space):
    scores = brute(space, 3)
    rows = np.arange(0, 120, 2)
    hits = ask(space, [of(space, 3)], top=9, rows=rows, limit=50, min_score=-0.5)[0]
    wanted = [row for row in range(0, 50, 2) if scores[row] >= -0.5]
    wanted.sort(key=lambda row: -scores[row])
    assert hits.rows.tolist() == wanted[:9]
    np.testing.assert_allclose(hits.scores, scores[wanted[:9]], rtol=1e-12)


def test_a_hub_gives_way_to_an_equally_near_loner():
    # Rows 1 and 2 are at the same angle to row 0; row 1 has a crowd of its own.
    crowd = np.array([0.8, 0.6, 0.0]) + 1e-3 * np.random.default_rng(0).normal(size=(30, 3))
    space = np.vstack([[[1, 0, 0], [0.8, 0.6, 0], [0.8, -0.6, 0]], crowd]).astype(np.float32)
    hits = ask(space, [of(space, 0)], top=1)[0]
    assert hits.rows.tolist() == [2]


def test_ties_go_to_the_earlier_row():
    space = np.tile(np.float32([1, 2, 3]), (60, 1))
    assert ask(space, [of(space, 5)], top=4)[0].rows.tolist() == [0, 1, 2, 3]


def test_no_questions_have_no_answers(space):
    assert ask(space, [], top=3) == []


def test_a_choice_of_no_rows_has_no_answers(space):
    hits = ask(space, [of(space, 0)], top=3, rows=np.zeros(0, dtype=np.int64))[0]
    assert hits.rows.size == 0


def test_a_single_row_has_nothing_around_it():
    space = np.float32([[1, 0], [0, 1]])
    hits = ask(space, [of(space, 0)], top=3)[0]
    assert hits.rows.tolist() == [1]
    np.testing.assert_allclose(hits.scores, [0.0])
