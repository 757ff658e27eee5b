"""The rules of word2vec's compute-accuracy and GloVe's evaluate.py, and our own, on vectors whose
words differ in case; the peers' rules are written out here as plain loops."""

import numpy as np
import pytest

import latentcli
from latentcli.numerics.vectors import unit
from latentcli.readers import read_questions
from latentcli.words.evaluation import _analogies as analogies
from latentcli.words.evaluation._protocol import protocol_of

NAMES = [
    "king",
    "King",
    "man",
    "MAN",
    "woman",
    "queen",
    "Queen",
    "<unk>",
    "straße",
    "STRASSE",
    "Man",
]


@pytest.fixture
def space(tmp_path):
    rng = np.random.default_rng(11)
    path = tmp_path / "case.txt"
    rows = rng.standard_normal((len(NAMES), 4))
    path.write_text(
        "".join(
            f"{name} {' '.join(map(str, row))}\n" for name, row in zip(NAMES, rows, strict=True)
        ),
        "utf-8",
    )
    return latentcli.open(path, cache=False)


@pytest.fixture
def sections(tmp_path):
    words = ["king", "KING", "man", "Woman", "queen", "straße", "prince"]
    path = tmp_path / "set.txt"
    path.write_text(
        "".join(
            f"{a} {b} {c} {d}\n" for a in words for b in words for c in words for d in words
        ),
        "utf-8",
    )
    return read_questions(str(path)).sections


def words_of(question):
    return [question.a, question.b[0], question.c, question.answers[0]]


def results(space, sections, name="latent", *, ignore_case=False, restrict=None, **options):
    rules = protocol_of(name, restrict=restrict, ignore_case=ignore_case)
    outcomes = analogies.answer_questions(space, sections, rules, **options)
    return [one.correct if one.attempted else None for one in outcomes]


def compute_accuracy(space, question, limit):
    """Return True or False, or None where the program goes on to the next question."""

    def upper(word):
        return "".join(letter.upper() if letter.isascii() else letter for letter in word)

    vocabulary = [upper(name) for name in NAMES[:limit]]
    asked = [upper(word) for word in words_of(question)]
    if any(word not in vocabulary for word in asked):
        return None
    a, b, c, _ = (vocabulary.index(word) for word in asked)
    rows = unit(space.matrix)
    best, answer = 0.0, ""
    for row, name in enumerate(vocabulary):
        score = float((rows[b] - rows[a] + rows[c]) @ rows[row])
        if row not in (a, b, c) and score > best:
            best, answer = score, name
    return answer == asked[3]


def glove_evaluate(space, question, limit):
    vocabulary = NAMES[:limit]
    asked = [word.lower() for word in words_of(question)]
    if any(word not in vocabulary for word in asked):
        return None
    a, b, c, d = (vocabulary.index(word) for word in asked)
    rows = unit(space.matrix)
    scores = rows[:limit] @ (rows[b] - rows[a] + rows[c])
    scores[[a, b, c]] = -np.inf
    if "<unk>" in vocabulary:
        scores[vocabulary.index("<unk>")] = -np.inf
    return int(scores.argmax()) == d


@pytest.mark.parametrize("restrict", [None, 7])
@pytest.mark.parametrize(
    ("name", "peer"), [("word2vec", compute_accuracy), ("glove", glove_evaluate)]
)
def test_peers(space, sections, name, peer, restrict):
    found = results(space, sections, name, restrict=restrict)
    questions = [question for section in sections for question in section.questions]
    assert found == [peer(space, question, restrict) for question in questions]
    assert {True, False, None} <= set(found)


def ours(space, question, ignore_case):
    """Words as written, first; nothing alike to a word of the question is an answer."""

    def row(word):
        if word in NAMES:
            return NAMES.index(word)
        alike = [one for one, name in enumerate(NAMES) if name.casefold() == word.casefold()]
        return alike[0] if ignore_case and alike else None

    found = [row(word) for word in words_of(question)]
    if None in found:
        return None
    a, b, c, d = found
    rows = unit(space.matrix)
    scores = rows @ (rows[b] - rows[a] + rows[c])
    barred = {NAMES[one].casefold() for one in (a, b, c)}
    answer = max(
        (one for one, name in enumerate(NAMES) if name.casefold() not in barred),
        key=lambda one: scores[one],
    )
    same = NAMES[answer].casefold() == NAMES[d].casefold()
    return same if ignore_case else answer == d


@pytest.mark.parametrize("ignore_case", [False, True])
def test_our_own(space, sections, ignore_case):
    found = results(space, sections, ignore_case=ignore_case)
    questions = [question for section in sections for question in section.questions]
    assert found == [ours(space, question, ignore_case) for question in questions]


def test_inputs_are_answers_where_they_are_let_in(space, tmp_path):
    path = tmp_path / "one.txt"
    path.write_text("king king man man\n")
    sections = read_questions(str(path)).sections
    assert results(space, sections) == [False]
    for name in ("latent", "word2vec", "glove", "gensim"):
        assert results(space, sections, name, include_inputs=True) == [True]


def test_any_of_several_answers_is_right(space, tmp_path):
    (tmp_path / "bats").mkdir()
    (tmp_path / "bats" / "x.txt").write_text(
        "king\tnobody/queen\nman\tnobody/woman/queen/<unk>\n"
    )
    sections = read_questions(str(tmp_path / "bats")).sections
    # king:queen :: man -> anything but straße, its other cases and what was asked with.
    assert results(space, sections, top=5)[0] is True
    assert results(space, sections, restrict=2) == [None, None]
