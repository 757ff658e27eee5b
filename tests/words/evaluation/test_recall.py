"""Recall of an index, by definition and from the files that indexes give."""

import json

import numpy as np
import pytest

import latentcli
from latentcli.errors import LatentError

EXACT = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
FOUND = np.array([[2, 1, 0], [4, -1, -1], [9, 8, 7]])


def test_recall_is_the_share_of_the_first_k_that_are_found():
    found = latentcli.evaluate_recall(FOUND, EXACT, cutoffs=[1, 2, 3])
    assert found.recall == pytest.approx({1: 1 / 3, 2: (2 + 1 + 1) / 6, 3: (2 + 1 + 3) / 9})
    assert found.records[2]["least"] == pytest.approx(1 / 3)
    assert found.records[2]["all_found"] == pytest.approx(1 / 3)


def test_a_query_without_an_answer_counts_as_nothing():
    found = latentcli.evaluate_recall({"a": ["1"]}, {"a": ["1"], "b": ["2"]}, cutoffs=[1, 5])
    assert found.recall == {1: 0.5}
    assert found.queries == 2
    assert any("as 0" in note for note in found.notes)
    assert any("no recall at 5" in note for note in found.notes)
    with pytest.raises(LatentError, match="no query in common"):
        latentcli.evaluate_recall({"a": ["1"]}, {"b": ["2"]}, cutoffs=[1])


@pytest.mark.parametrize("kind", ["npy", "npz", "json", "ndjson", "run"])
def test_files_of_every_kind(kind, tmp_path, latent):
    for name, rows in (("found", FOUND), ("exact", EXACT)):
        path = tmp_path / f"{name}.{kind}"
        records = [
            {"query": str(q), "word": str(row), "rank": r, "score": 9 - r}
            for q, answers in enumerate(rows) for r, row in enumerate(answers) if row >= 0
        ]  # fmt: skip
        if kind == "npy":
            np.save(path, rows)
        elif kind == "npz":
            np.savez(path, I=rows)
        elif kind == "json":
            path.write_text(json.dumps({"results": records}))
        elif kind == "ndjson":
            path.write_text("".join(json.dumps(one) + "\n" for one in records))
        else:
            path.write_text("".join(
                f"{one['query']} Q0 {one['word']} {one['rank']} {one['score']} x\n" for one in records
            ))  # fmt: skip
    files = (tmp_path / f"found.{kind}", "--against", tmp_path / f"exact.{kind}")
    code, out, err = latent("evaluate", "recall", *files, "--at", "1,3", "--json")
    assert code == 0, err
    summary = json.loads(out)["summary"]
    assert summary["recall_at_1"] == pytest.approx(1 / 3, abs=1e-6)
    assert summary["recall_at_3"] == pytest.approx(6 / 9, abs=1e-6)


def test_rows_of_a_file_of_queries_go_by_their_numbers(tmp_path, latent):
    """What `neighbors --vector q.npy` wrote, beside an index's array."""
    records = [
        {"query": f"q.npy[{q}]", "word": str(row)}
        for q, rows in enumerate(EXACT)
        for row in rows
    ]
    (tmp_path / "exact.json").write_text(json.dumps({"results": records}))
    np.save(tmp_path / "found.npy", FOUND)
    files = (tmp_path / "found.npy", "--against", tmp_path / "exact.json")
    _, out, _ = latent("evaluate", "recall", *files, "--at", "1", "--json")
    assert json.loads(out)["summary"]["recall_at_1"] == pytest.approx(1 / 3, abs=1e-6)


def test_numbers_with_fractions_are_no_answers(tmp_path, latent):
    np.save(tmp_path / "x.npy", np.ones((2, 2)))
    code, out, err = latent(
        "evaluate", "recall", tmp_path / "x.npy", "--against", tmp_path / "x.npy"
    )
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "whole numbers" in err
