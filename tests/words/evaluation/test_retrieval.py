"""Retrieval beside trec_eval itself (pytrec_eval), and brute force."""

import numpy as np
import pytest
import pytrec_eval

import latentcli
from latentcli.errors import LatentError

THEIRS = {
    "ndcg": "ndcg_cut_{}", "map": "map_cut_{}", "recall": "recall_{}", "precision": "P_{}",
    "hit_rate": "success_{}",
}  # fmt: skip
CUTOFFS = [1, 3, 5, 10, 20, 1000]


def random_run(seed):
    """Queries with ties, documents not judged, negative and graded relevance, and queries without."""
    rng = np.random.default_rng(seed)
    run, qrels = {}, {}
    for query in range(int(rng.integers(1, 12))):
        documents = [f"d{number}" for number in rng.permutation(60)[: rng.integers(1, 50)]]
        scores = rng.choice(
            [rng.standard_normal(), *rng.standard_normal(6).round(1)], len(documents)
        )
        run[f"q{query}"] = {
            name: float(one) for name, one in zip(documents, scores, strict=True)
        }
        judged = rng.permutation(70)[: rng.integers(1, 40)]
        qrels[f"q{query + rng.integers(0, 2)}"] = {
            f"d{number}": int(rng.choice([-1, 0, 0, 1, 1, 2, 3])) for number in judged
        }
    return run, qrels


@pytest.mark.parametrize("seed", range(50))
def test_measures_are_those_of_trec_eval(seed):
    run, qrels = random_run(seed)
    if not set(run) & set(qrels):
        with pytest.raises(LatentError, match="identifiers differ"):
            latentcli.evaluate_run(run, qrels)
        return
    found = latentcli.evaluate_run(run, qrels, cutoffs=CUTOFFS, ci=None)
    names = {name.split("_{")[0] for name in THEIRS.values()}
    wanted = {f"{name}.{','.join(map(str, CUTOFFS))}" for name in names} | {"map", "recip_rank"}
    theirs = pytrec_eval.RelevanceEvaluator(qrels, wanted).evaluate(run)
    assert set(found.queries) == set(theirs)
    for place, query in enumerate(found.queries):
        for ours, name in THEIRS.items():
            for k in CUTOFFS:
                mine = found.per_query[ours, k][place]
                assert mine == pytest.approx(theirs[query][name.format(k)], abs=1e-12), (
                    ours,
                    k,
                )
        assert found.per_query["map", None][place] == pytest.approx(theirs[query]["map"])
        assert found.per_query["mrr", None][place] == pytest.approx(theirs[query]["recip_rank"])


def test_scores_that_float32_cannot_tell_apart_are_ties_as_in_trec_eval():
    run = {"q": {"a": 1.0 + 1e-9, "b": 1.0}}
    qrels = {"q": {"b": 1}}
    theirs = pytrec_eval.RelevanceEvaluator(qrels, {"recip_rank"}).evaluate(run)
    assert latentcli.evaluate_run(run, qrels).value("mrr") == theirs["q"]["recip_rank"] == 1.0


@pytest.fixture
def sides():
    rng = np.random.default_rng(0)
    documents = rng.standard_normal((300, 24))
    queries = documents[:60] + 1.2 * rng.standard_normal((60, 24))
    return queries, documents


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_vectors_are_ranked_as_by_all_products(sides, similarity):
    queries, documents = (side.astype(np.float32).astype(np.float64) for side in sides)
    qrels = {str(row): {str(row): 1} for row in range(60)}
    found = latentcli.evaluate_retrieval(queries, documents, qrels, similarity=similarity, cutoffs=[1, 10])  # fmt: skip
    if similarity == "cosine":
        queries, documents = (side / np.linalg.norm(side, axis=1, keepdims=True) for side in (queries, documents))  # fmt: skip
    scores = queries @ documents.T
    ranks = 1 + (scores > scores[np.arange(60), np.arange(60)][:, None]).sum(axis=1)
    assert found.value("mrr") == pytest.approx((1 / ranks).mean())
    assert found.value("recall", 10) == pytest.approx((ranks <= 10).mean())
    assert found.value("ndcg", 10) == pytest.approx(np.where(ranks <= 10, 1 / np.log2(ranks + 1), 0).mean())  # fmt: skip


def test_smaller_vectors(sides):
    queries, documents = sides[0], sides[1][:60]
    found = latentcli.evaluate_retrieval(
        queries, documents, truncate_dims=[12, 6], quantize=["int8", "binary"]
    )
    main = {
        one["vectors"]: one
        for one in found.records
        if (one["measure"], one["k"]) == ("ndcg", 10)
    }
    assert main["float32 x 24"]["bytes"] == 60 * 24 * 4
    assert main["int8 x 24"]["bytes"] == 60 * 24
    assert main["binary x 24"]["bytes"] == 60 * 3
    cut = latentcli.evaluate_retrieval(queries[:, :12], documents[:, :12])
    assert main["float32 x 12"]["value"] == cut.value("ndcg", 10)
    assert main["float32 x 6"]["change"] == pytest.approx(
        main["float32 x 6"]["value"] - main["float32 x 24"]["value"]
    )
    assert abs(main["int8 x 24"]["change"]) < 0.02
    signs = latentcli.evaluate_retrieval(np.where(queries > 0, 1, -1), np.where(documents > 0, 1, -1))  # fmt: skip
    assert main["binary x 24"]["value"] == signs.value("ndcg", 10)


def test_random_vectors_retrieve_by_chance():
    rng = np.random.default_rng(3)
    found = latentcli.evaluate_retrieval(rng.standard_normal((400, 8)), rng.standard_normal((400, 8)))  # fmt: skip
    assert found.value("recall", 100) == pytest.approx(100 / 400, abs=0.09)
    [record] = [one for one in found.records if (one["measure"], one["k"]) == ("recall", 100)]
    assert record["low"] < 0.25 < record["high"]


def test_identical_identifiers_are_left_out_as_in_beir():
    x = np.eye(3) + 0.1
    qrels = {"0": {"1": 1}, "1": {"0": 1}, "2": {"0": 1}}
    assert latentcli.evaluate_retrieval(x, x, qrels, cutoffs=[1]).value("recall", 1) == 0
    found = latentcli.evaluate_retrieval(x, x, qrels, cutoffs=[2], ignore_identical_ids=True)
    assert found.value("recall", 2) == 1


def test_words_are_identifiers():
    space = latentcli.open("article-words.txt")
    found = latentcli.evaluate_retrieval(
        space, space, {"king": {"king": 1}, "queen": {"man": 1}}
    )
    assert found.queries == ("king", "queen")


def test_notes_say_what_was_left_out():
    x = np.eye(4)
    x[3] = 0
    found = latentcli.evaluate_retrieval(x, x, {"0": {"0": 1, "9": 1}, "1": {"2": 0}, "3": {"1": 1}})  # fmt: skip
    text = " ".join(found.notes)
    assert "1 query of `qrels` without retrieved documents, left out" in text
    assert "1 query has no relevant document and count 0" in text
    assert "1 of 2 relevant documents are not among the documents" in text


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"documents": np.eye(4, 3)}, "dimensions differ: `queries` 4, `documents` 3"),
        ({"documents": np.eye(5, 4)}, "not aligned row by row"),
        ({"qrels": {"x": {"1": 1}}}, "no query has an identifier"),
        ({"query_ids": ["a"]}, "1 identifier for them"),
        ({"query_ids": ["a"] * 4}, "occur twice"),
        ({"cutoffs": [0]}, "`cutoffs` is 0"),
        ({"truncate_dims": [9]}, "`truncate_dims` is 9; it must be from 1 to 4"),
        ({"quantize": ["int4"]}, "unknown quantization 'int4'"),
        ({"similarity": "l2"}, "unknown similarity"),
        ({"depth": 0}, "`depth` is 0"),
        ({"ci": 1.5}, "`ci` is 1.5"),
    ],
)
def test_what_cannot_be_measured_is_one_line(settings, said):
    with pytest.raises(LatentError, match=said):
        latentcli.evaluate_retrieval(
            **{"queries": np.eye(4), "documents": np.eye(4), **settings}
        )
