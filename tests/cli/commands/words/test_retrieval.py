"""`latent evaluate retrieval` on files."""

import json

import numpy as np
import pytest


@pytest.fixture
def set_of_beir(tmp_path):
    folder = tmp_path / "scifact"
    (folder / "qrels").mkdir(parents=True)
    (folder / "queries.jsonl").write_text('{"_id": "q1"}\n{"_id": "q2"}\n')
    (folder / "corpus.jsonl").write_text('{"_id": "a"}\n{"_id": "b"}\n{"_id": "c"}\n')
    (folder / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\tb\t1\nq2\ta\t2\n"
    )
    np.save(tmp_path / "q.npy", [[0, 1.0, 0.1], [0.2, 0, 1.0]])
    np.save(tmp_path / "d.npy", np.eye(3))
    return tmp_path


def test_a_folder_of_beir_names_the_rows(answer, set_of_beir):
    whole = answer(
        "evaluate", "retrieval", set_of_beir / "q.npy", set_of_beir / "d.npy",
        "--qrels", set_of_beir / "scifact", "--at", "1,2",
    )  # fmt: skip
    assert whole["summary"]["recall_at_1"] == 0.5
    assert whole["summary"]["mrr"] == 0.75
    assert {one["measure"] for one in whole["results"]} >= {"ndcg", "map", "recall"}


def test_a_run(answer, tmp_path):
    (tmp_path / "run.txt").write_text("q1 Q0 a 1 3 x\nq1 Q0 b 2 2 x\n")
    (tmp_path / "qrels.txt").write_text("q1 0 b 1\n")
    whole = answer("evaluate", "retrieval", "--run", tmp_path / "run.txt", "--qrels", tmp_path / "qrels.txt")  # fmt: skip
    assert whole["summary"]["map"] == 0.5


def test_the_curve_is_drawn(latent, tmp_path, samples):
    codes = f"{samples}/digits.npz::codes[0:200]"
    code, out, err = latent(
        "evaluate", "retrieval", codes, codes, "--truncate-dims", "2,4", "--at", "10",
        "--plot", tmp_path / "curve.png",
    )  # fmt: skip
    assert code == 0, err
    assert "what smaller vectors cost" in out
    assert (tmp_path / "curve.png").stat().st_size > 2000


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "name QUERIES and DOCUMENTS"),
        (["q.npy"], 2, "name DOCUMENTS too"),
        (["q.npy", "d.npy"], 2, "are not aligned row by row: give --qrels"),
        (["q.npy", "d.npy", "--run", "q.npy"], 2, "name QUERIES and DOCUMENTS, or --run"),
        (["--run", "q.npy"], 2, "--run goes with --qrels"),
        (["q.npy", "d.npy", "--qrels", "none.tsv"], 1, "none.tsv"),
        (["q.npy", "d.npy", "--qrels", "q.npy"], 1, "not a text file"),
        (["q.npy", "d.npy", "--at", "0"], 2, "--at is 0"),
        (["d.npy", "d.npy", "--at", "ten"], 2, "not a list of ranks"),
        (["d.npy", "d.npy", "--truncate-dims", "4"], 2, "--truncate-dims is 4"),
        (["d.npy", "d.npy", "--quantize", "int4"], 2, "unknown quantization"),
        (["d.npy", "d.npy", "--plot", "x.txt"], 2, ".png"),
        (["d.npy", "d.npy", "--query-ids", "scifact/queries.jsonl"], 2, "2 identifiers"),
    ],
)
def test_what_cannot_be_measured_is_one_line(
    latent, set_of_beir, monkeypatch, arguments, code, said
):
    monkeypatch.chdir(set_of_beir)
    found, out, err = latent("evaluate", "retrieval", *arguments)
    assert (found, out) == (code, ""), err
    assert said in err
    assert err.count("\n") == 1


def test_json_of_several_forms_is_flat(latent, set_of_beir, monkeypatch):
    monkeypatch.chdir(set_of_beir)
    _, out, _ = latent("evaluate", "retrieval", "d.npy", "d.npy", "--quantize", "binary", "--json", "-q")  # fmt: skip
    whole = json.loads(out)
    assert {one["vectors"] for one in whole["results"]} == {"float32 x 3", "binary x 3"}
