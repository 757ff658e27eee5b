"""Judgments, runs and identifiers in the layouts that people have."""

import json

import pyarrow
import pyarrow.parquet
import pytest

from latentcli.errors import FileError, FormatError
from latentcli.files import qrels

WANTED = {"q1": {"d1": 1.0, "d2": 0.0}, "q2": {"d2": 2.0}}
ROWS = [("q1", "d1", 1), ("q1", "d2", 0), ("q2", "d2", 2)]
RECORDS = [{"query-id": a, "corpus-id": b, "score": c} for a, b, c in ROWS]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("trec.txt", "q1 0 d1 1\nq1 0 d2 0\nq2 0 d2 2\n"),
        ("trec.tsv", "q1\t0\td1\t1\nq1\t0\td2\t0\n\nq2\t0\td2\t2"),
        ("beir.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\nq2\td2\t2\n"),
        ("crlf.tsv", "query-id\tcorpus-id\tscore\r\nq1\td1\t1\r\nq1\td2\t0\r\nq2\td2\t2\r\n"),
        ("plain.tsv", "\ufeffq1\td1\t1\nq1\td2\t0\nq2\td2\t2\n"),
        ("whole.json", json.dumps(WANTED)),
        ("mteb.jsonl", "\n".join(map(json.dumps, RECORDS))),
    ],
)
def test_judgments(tmp_path, name, text):
    (tmp_path / name).write_text(text, "utf-8")
    assert qrels.read(str(tmp_path / name)) == WANTED


def test_a_run_has_its_scores_in_the_fifth_column(tmp_path):
    (tmp_path / "run").write_text("q1 Q0 d1 1 0.75 bm25\nq1 Q0 d2 2 -1e-3 bm25\n")
    assert qrels.read_run(str(tmp_path / "run")) == {"q1": {"d1": 0.75, "d2": -0.001}}


def test_folders_of_beir_and_mteb(tmp_path):
    beir = tmp_path / "beir"
    (beir / "qrels").mkdir(parents=True)
    (beir / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    (beir / "queries.jsonl").write_text(
        '{"_id": "q1", "text": "a"}\n{"_id": "q2", "text": "b"}\n'
    )
    assert qrels.read(str(beir), "dev") == {"q1": {"d1": 1.0}}
    assert qrels.read_ids(str(beir), "queries") == ["q1", "q2"]
    assert not qrels.has_ids(str(beir), "corpus")
    with pytest.raises(FileError, match="no judgments in the layout of BEIR or MTEB"):
        qrels.read(str(beir), "test")
    mteb = tmp_path / "mteb"
    for folder in ("data", "corpus"):
        (mteb / folder).mkdir(parents=True)
    table = pyarrow.Table.from_pylist(RECORDS)
    pyarrow.parquet.write_table(table, mteb / "data" / "test-00000-of-00001.parquet")
    corpus = pyarrow.Table.from_pylist([{"_id": "d1", "text": "x"}, {"_id": "d2", "text": "y"}])
    pyarrow.parquet.write_table(corpus, mteb / "corpus" / "corpus-00000-of-00001.parquet")
    assert qrels.read(str(mteb)) == WANTED
    assert qrels.read_ids(str(mteb), "corpus") == ["d1", "d2"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.tsv", b"", "no judgments"),
        ("two.tsv", b"q1\td1\n", "line 1 has 2 columns, not 3 or 4"),
        ("text.tsv", b"q1\t0\td1\tyes\n", "'yes' is no number"),
        ("nan.tsv", b"q1\t0\td1\tnan\n", "'nan' is no number"),
        ("cut.jsonl", b'{"query-id": "q1", "corpus', "line 1 is not a JSON object"),
        ("deep.jsonl", b'{"a":' + b"[" * 100_000, "line 1 is not a JSON object"),
        ("other.jsonl", b'{"a": 1}\n', "no field 'query-id'"),
        ("zero.tsv", b"\x00\x01", "not a text file"),
        ("bad.parquet", b"PAR1 not really", "not a readable Parquet file"),
        ("list.json", b"[1, 2]", "not a JSON object"),
    ],
)
def test_what_is_no_judgments_is_one_line(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FormatError, match=said) as error:
        qrels.read(str(path))
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileError, match=r"none\.tsv"):
        qrels.read(str(tmp_path / "none.tsv"))
