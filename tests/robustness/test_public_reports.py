"""Inputs behind public reports, each with its right answer; skipped where the files are absent."""

import json
import os
from pathlib import Path

import pytest

DATA = Path(
    os.environ.get("LATENT_TEST_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")
)
REPORTS = DATA.parent / "cases" / "reports"
pytestmark = pytest.mark.skipif(not REPORTS.is_dir(), reason="without the files of reports")


@pytest.fixture
def answer(latent, monkeypatch):
    """Run a command among the files, and return its exit code, its JSON and what it says."""
    monkeypatch.chdir(REPORTS)

    def run(line):
        code, out, said = latent(*line.split(), "--json")
        return code, json.loads(out) if out.strip() else None, said

    return run


@pytest.mark.parametrize(
    ("file", "value", "reach"),
    [("twonn_dup", 5.84, 0.01), ("twonn_all4", 6.33, 0.01), ("twonn_near60", 5.6, 0.3)],
)
def test_dimension_is_that_of_distinct_rows(answer, file, value, reach):
    _, found, _ = answer(f"geometry {file}.npy --only two_nn")
    assert found["results"][0]["value"] == pytest.approx(value, abs=reach)
    assert "cop" in found["results"][0]["note"]


TEXTS = ("comma_one_decimal", "comma", "comma_space", "comma_space_no_header", "brackets",
         "brackets_no_header", "decimal_comma", "cr_only")  # fmt: skip


@pytest.mark.parametrize("file", TEXTS)
def test_text_is_read_whole(answer, file):
    code, found, _ = answer(f"info {file}.txt")
    assert (code, found["results"][0]["rows"], found["results"][0]["dimensions"]) == (0, 12, 8)


@pytest.mark.parametrize(
    ("line", "shape"),
    [
        ("word_last.tsv", (3, 3)), ("list_column.csv", (6, 4)), ("header_np_int64.npy", (5, 4)),
        ("null_row.parquet", (5, 4)), ("empty_first.parquet", (5, 4)),
    ],
)  # fmt: skip
def test_tables_and_headers_are_read(answer, line, shape):
    code, found, _ = answer(f"info {line}")
    assert (code, found["results"][0]["rows"], found["results"][0]["dimensions"]) == (0, *shape)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("info short_vector.bin", "after row 7"),
        ("info raw_memmap.npy", "numpy.save"),
        ("neighbors -v space_of_queries.npy --vector queries_500.npy -k 1", "[237]"),
        ("evaluate weat weat_capitals.json -v weat_vectors.txt", "--ignore-case"),
        ("direction scored_codes.npy --labels scores.csv", "--scores"),
        ("compare lexicon_a.txt lexicon_b.txt", "--lexicon"),
    ],
)
def test_what_is_refused_says_where_and_what_to_do(answer, line, words):
    code, _, said = answer(line)
    assert code in (1, 2)
    assert words in said


def test_all_but_the_zero_query_are_answered(answer):
    _, found, _ = answer("neighbors -v space_of_queries.npy --vector queries_500.npy -k 1")
    assert sum("word" in one for one in found["results"]) == 499


@pytest.mark.parametrize("rows", [20, 200])
@pytest.mark.parametrize("metric", ["factorvae", "betavae"])
def test_noise_is_called_noise(answer, metric, rows):
    few = "--train 500 --evaluate 500"
    _, found, said = answer(f"{metric} noise_{rows}.npy noise_{rows}.csv {few}")
    assert "noise explains" in said
    summary = found["summary"]
    assert summary[metric] == pytest.approx(summary[f"{metric}_chance"], abs=0.15)


def test_nobody_is_sent_away_from_a_rare_class(answer):
    _, found, said = answer("mig rare_class.npy rare_class.csv")
    assert found["summary"]["mig"] == pytest.approx(0.92, abs=0.005)
    assert "quantile" not in said


@pytest.mark.parametrize(("estimator", "value"), [("", 0.59), ("forest", 0.98), ("lasso", 1.0)])
def test_dci_of_continuous_factors(answer, estimator, value):
    chosen = f" --estimator {estimator}" if estimator else ""
    _, found, said = answer(f"dci continuous.npy continuous_factors.npy{chosen}")
    assert found["summary"]["dci"] == pytest.approx(value, abs=0.02)
    if not estimator:
        note = next(line for line in said.splitlines() if "are cut" in line)
        assert "forest or lasso" in note


def test_labels_of_metadata(answer, tmp_path):
    code, _, said = answer(
        f"convert codes4.npy {tmp_path / 'a.tsv'} --labels metadata.tsv::class"
    )
    assert code == 0, said
    assert (tmp_path / "a.metadata.tsv").read_text().split() == ["x", "y", "x", "y"]
    answer(f"convert codes4.npy {tmp_path / 'b.tsv'} --labels metadata.csv")
    assert (tmp_path / "b.metadata.tsv").read_text().split("\n")[:2] == ["label\tclass", "a\tx"]


def test_the_effect_size_of_unequal_lists(answer):
    _, found, _ = answer("evaluate weat weat_unequal.json -v weat_vectors.txt")
    assert found["results"][0]["effect_size"] == pytest.approx(2.1088, abs=5e-5)


@pytest.mark.parametrize("scores", ["scores.npy", "scores.csv"])
def test_scores_are_a_direction(answer, scores):
    _, found, _ = answer(f"direction scored_codes.npy --scores {scores}")
    assert found["results"][0]["held_out_correlation"] > 0.9
    for split in ("--above 0", "--top 10%"):
        assert answer(f"direction scored_codes.npy --scores {scores} {split}")[0] == 0


def test_w_is_repeated_over_the_layers_of_w_plus(answer):
    code, found, said = answer("interp w.npy w_plus.npy --steps 3")
    assert (code, len(found["results"])) == (0, 3)
    assert "repeated over the 18 layers" in said


def test_two_spaces_by_a_lexicon(answer):
    _, found, _ = answer("compare lexicon_a.txt lexicon_b.txt --lexicon lexicon.txt")
    assert found["summary"]["rows_in_common"] == 30
    assert {one["reading"] for one in found["results"] if one["measure"] == "cka"} == {"equal up to rotation"}  # fmt: skip


def test_turkish_case(answer):
    _, found, _ = answer(
        "evaluate analogies turkish_questions.txt -v turkish.txt --ignore-case"
    )
    assert (found["summary"]["questions"], found["summary"]["correct"]) == (20, 20)


def test_each_interval_stands_beside_its_number(answer):
    _, found, _ = answer("modularity one_live.npy one_live.csv")
    summary = found["summary"]
    for name in ("modularity", "modularity_informative", "modularity_informative_corrected"):
        assert summary[f"{name}_low"] <= summary[name] <= summary[f"{name}_high"]
    assert summary["modularity"] == pytest.approx(0.25, abs=0.001)
