"""Questions about words in shards, equal to those of one machine."""

import numpy as np
import pytest

QUESTIONS = [
    ("neighbors", "w5", "w7", "w199999"),
    ("neighbors", "w5", "--metric", "euclidean", "-k", "30"),
    ("neighbors", "w5", "--metric", "dot", "--restrict", "90000"),
    ("neighbors", "w8", "--match", "^w1[0-9]*7$", "--min-score", "0.2"),
    ("analogy", "w10", "w20", "w30"),
    ("analogy", "w10", "w20", "w100", "--method", "3cosmul"),
    ("expr", "w1 - w2 + 0.5*w150000"),
    ("similarity", "w1", "w2"),
    ("info",),
]


@pytest.fixture(autouse=True)
def _read_once(shared_cache, monkeypatch):
    monkeypatch.setenv("LATENT_CACHE_DIR", str(shared_cache))


def same(one, other):
    for record in (*one["results"], *other["results"]):
        record.pop("cached", None)
    for key in ("results", "summary", "notes"):
        assert one[key] == other[key]


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_shards_answer_as_one_machine(question, shards, dask, answers):
    plain = answers(*question, "-v", shards)
    laid = answers(*question, "-v", shards, "--dask", dask)
    same(plain, laid)
    if question[0] not in ("info", "similarity"):
        assert (laid["settings"]["shards"], laid["settings"]["workers"]) == (16, 2)
        assert laid["settings"]["dask"] == dask


def test_many_questions_are_one_pass(shards, dask, answers, tmp_path):
    queries = tmp_path / "queries.npy"
    np.save(queries, np.random.default_rng(1).standard_normal((70, 64)))
    for metric in ("cosine", "euclidean"):
        asked = ("neighbors", "--vector", queries, "--metric", metric, "-v", shards)
        same(answers(*asked), answers(*asked, "--dask", dask))


def test_evaluations(shards, dask, answers, tmp_path):
    pairs, questions = tmp_path / "pairs.txt", tmp_path / "questions.txt"
    pairs.write_text("".join(f"w{n} w{n * 7} {n % 5}\n" for n in range(1, 60)))
    questions.write_text(
        ": some\n" + "".join(f"w{n} w{n + 1} w{n + 2} w{n + 3}\n" for n in range(20))
    )
    for asked in (("similarity", pairs, "--resamples", "20"), ("analogies", questions)):
        plain = answers("evaluate", *asked, "-v", shards)
        laid = answers("evaluate", *asked, "-v", shards, "--dask", dask)
        same(plain, laid)
        assert laid["settings"]["shards"] == 16
