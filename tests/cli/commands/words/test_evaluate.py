import csv
import json

import numpy as np
import pytest

from latentcli.errors import FileError

SECTION = {
    "section", "questions", "skipped", "correct", "accuracy", "accuracy_low", "accuracy_high",
}  # fmt: skip


@pytest.fixture
def plane(tmp_path):
    """Capitals one step east of their countries, on a circle: a:b :: c:d holds for all."""
    path = tmp_path / "plane.txt"
    rows = {"oslo": (4, 1, 0), "norway": (4, 0, 0), "rome": (0, 1, 4), "italy": (0, 0, 4),
            "bern": (3, 1, 3), "swiss": (3, 0, 3), "noise": (-1, -3, -1)}  # fmt: skip
    path.write_text("".join(f"{word} {x} {y} {z}\n" for word, (x, y, z) in rows.items()))
    return path


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.txt"
    path.write_text(
        ": currency\nnorway oslo italy rome\nnorway oslo italy noise\n"
        ": gram1-x\nitaly rome swiss bern\nitaly rome nowhere bern\n"
    )
    return path


def test_sections_kinds_and_total(answer, plane, questions):
    whole = answer("evaluate", "analogies", questions, "-v", plane)
    assert all(set(record) == SECTION for record in whole["results"])
    assert [
        (r["section"], r["questions"], r["skipped"], r["correct"]) for r in whole["results"]
    ] == [
        ("currency", 2, 0, 1), ("gram1-x", 1, 1, 1),
        ("semantic", 2, 0, 1), ("syntactic", 1, 1, 1), ("total", 3, 1, 2),
    ]  # fmt: skip
    assert whole["summary"] == {
        "questions": 3, "skipped": 1, "correct": 2, "accuracy": pytest.approx(2 / 3, abs=1e-6),
        "semantic": 0.5, "syntactic": 1.0,
    }  # fmt: skip
    assert whole["notes"] == ["1 word is out of vocabulary: nowhere"]
    assert whole["settings"]["protocol"] == "latent"


def test_words_that_are_not_there_can_count_as_wrong(answer, plane, questions):
    whole = answer("evaluate", "analogies", questions, "-v", plane, "--oov", "wrong")
    assert (whole["summary"]["questions"], whole["summary"]["skipped"]) == (4, 0)
    assert whole["summary"]["accuracy"] == 0.5


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul", "pairdirection", "3cosavg", "only-b"])
def test_methods(answer, plane, questions, method):
    whole = answer("evaluate", "analogies", questions, "-v", plane, "--method", method)
    assert whole["settings"]["method"] == method
    assert whole["summary"]["questions"] == 3


def test_more_answers_are_more_often_right(answer, plane, questions):
    one, four = (
        answer("evaluate", "analogies", questions, "-v", plane, "-k", k)["summary"]["correct"]
        for k in (1, 4)
    )
    assert (one, four) == (2, 3)


@pytest.mark.parametrize("ending", ["tsv", "csv", "json"])
def test_wrong_answers_are_written_with_their_ranks(latent, plane, questions, tmp_path, ending):
    path = tmp_path / f"wrong.{ending}"
    code, _, err = latent(
        "evaluate", "analogies", questions, "-v", plane, "--errors", path, "--oov", "wrong"
    )
    assert code == 0
    assert f"wrote {path}: 2 wrong answers" in err
    if ending == "json":
        records = json.loads(path.read_text())["results"]
    else:
        marks = {"tsv": "\t", "csv": ","}[ending]
        with path.open() as file:
            records = list(csv.DictReader(file, delimiter=marks))
    assert [str(value or "") for value in records[0].values()] == [
        "currency", "norway", "oslo", "italy", "rome", "1", "noise", "7",
    ]  # fmt: skip
    assert (records[1]["expected"], records[1]["predicted"] or None) == ("bern", None)


def test_errors_are_refused_before_the_work(latent, plane, questions, tmp_path):
    for path, told in (
        (tmp_path / "none" / "wrong.tsv", "there is no folder"),
        (tmp_path / "wrong.xyz", "unknown ending of --errors '.xyz'"),
        (tmp_path, "not a regular file" if tmp_path.suffix else "unknown ending"),
    ):
        code, out, err = latent(
            "evaluate", "analogies", questions, "-v", plane, "--errors", path
        )
        assert (out, told in err) == ("", True), err
        assert code in (1, 2)


def test_a_question_without_an_answer_has_the_rank_of_the_right_word(latent, tmp_path):
    vectors, questions, wrong = (tmp_path / name for name in ("v.txt", "q.txt", "wrong.json"))
    vectors.write_text("king 1 0\nqueen 0 1\nman 1 1\n")
    questions.write_text("king queen man king\n")
    code, _, _ = latent("evaluate", "analogies", questions, "-v", vectors, "--errors", wrong)
    (record,) = json.loads(wrong.read_text())["results"]
    # queen - king + man is nearest to queen, then man, then king.
    assert (code, record["predicted"], record["predicted_rank"]) == (0, None, None)
    assert record["expected_rank"] == 3


def test_a_folder_that_takes_no_file_is_refused_before_the_work(
    latent, plane, questions, tmp_path, monkeypatch
):
    monkeypatch.setattr("os.access", lambda path, mode: False)
    path = tmp_path / "wrong.tsv"
    code, out, err = latent("evaluate", "analogies", questions, "-v", plane, "--errors", path)
    assert (code, out) == (1, "")
    assert err == f"latent: error: cannot write {path}: nothing may be written to its folder\n"


def test_wrong_answers_that_cannot_be_written_do_not_take_the_result_away(
    latent, plane, questions, tmp_path, monkeypatch
):
    def full(path):
        raise FileError(f"cannot write {path}: No space left on device")

    monkeypatch.setattr("latentcli.files.outputs.written_beside", full)
    code, out, err = latent(
        "evaluate", "analogies", questions, "-v", plane, "--errors", tmp_path / "wrong.tsv"
    )
    assert (code, "total" in out, "No space left" in err) == (1, True, True)


def test_several_files_are_side_by_side(latent, answer, plane, questions, words):
    options = ("evaluate", "analogies", questions, "-v", plane, "-v", words)
    code, out, _ = latent(*options, "-q")
    assert code == 0
    lines = out.splitlines()
    assert ["section", "plane.txt", "article-words.txt"] in [line.split() for line in lines]
    assert lines[-9].split() == ["total", "0.6667", "-"] or any(
        line.split() == ["total", "0.6667", "-"] for line in lines
    )
    whole = answer(*options)
    assert {record["vectors"] for record in whole["results"]} == {
        "plane.txt",
        "article-words.txt",
    }
    totals = {one["vectors"]: one for one in whole["results"] if one["section"] == "total"}
    assert totals["plane.txt"]["correct"] == 2
    assert totals["article-words.txt"]["accuracy"] is None
    assert whole["summary"] == {}


def test_the_same_file_twice_is_refused(latent, plane, questions):
    code, _, err = latent("evaluate", "analogies", questions, "-v", plane, "-v", plane)
    assert (code, "named twice" in err) == (2, True)


def test_the_variable_names_the_vectors_with_blanks_and_all(
    answer, plane, questions, tmp_path, monkeypatch
):
    path = plane.rename(tmp_path / "my vectors.txt")
    monkeypatch.setenv("LATENT_VECTORS", str(path))
    assert answer("evaluate", "analogies", questions)["settings"]["vectors"] == str(path)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--protocol", "gensin"), "Did you mean gensim?"),
        (("--method", "cosadd"), "unknown method 'cosadd'"),
        (("--oov", "zero"), "unknown --oov 'zero'"),
        (("--restrict", "0"), "--restrict is 0; it must be at least 1"),
    ],
)
def test_choices_that_mean_nothing(latent, plane, questions, options, told):
    code, out, err = latent("evaluate", "analogies", questions, "-v", plane, *options)
    assert (code, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("kind", ["analogies", "similarity", "weat", "odd", "categories"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\x00\x01\x02",
        b"one\n",
        b": s\n",
        b"\xff\xfe\x00a",
        b"{",
        b"[/b] \x1b[31m",
    ],
)
def test_what_is_no_set_is_one_line(latent, kind, content, tmp_path, plane):
    path = tmp_path / "set.txt"
    path.write_bytes(content)
    code, out, err = latent("evaluate", kind, path, "-v", plane)
    assert (code in (1, 2), out) == (True, "")
    assert err.startswith("latent: error: ")
    assert err.count("\n") == 1
    assert "\x1b" not in err


@pytest.mark.parametrize("kind", ["analogies", "similarity", "odd"])
def test_a_set_without_a_known_word_is_a_result(answer, kind, tmp_path, plane):
    path = tmp_path / "set.txt"
    path.write_text(
        {"analogies": "p q r s\n", "similarity": "p\tq\t1\n", "odd": "p q r\n"}[kind]
    )
    record = answer("evaluate", kind, path, "-v", plane)["results"][-1]
    assert record["skipped"] == 1
    assert record.get("accuracy", record.get("spearman")) is None


@pytest.mark.parametrize(
    ("content", "note"),
    [
        ("oslo\trome\t1\n", "set: 1 of 1 pairs are in the vocabulary; a correlation needs 2"),
        ("oslo\trome\t5\noslo\tbern\t5\n", "set: all scores, or all cosines, are equal"),
        ("oslo\toslo\t1\nrome\trome\t2\nbern\tbern\t3\n", "set: all scores, or all cosines"),
    ],
)
def test_no_correlation_is_told(answer, tmp_path, plane, content, note):
    path = tmp_path / "set.txt"
    path.write_text(content)
    whole = answer("evaluate", "similarity", path, "-v", plane)
    assert whole["results"][0]["spearman"] is None
    assert note in whole["notes"][0]


def test_several_sets_are_one_table(results, tmp_path, plane):
    paths = []
    for name, scores in (("up", (1, 2, 3)), ("down", (3, 2, 1))):
        path = tmp_path / f"{name}.csv"
        # oslo is nearest to norway, then to bern, then to noise.
        path.write_text(
            "".join(f"oslo,{word},{score}\n" for word, score in zip(
                ("noise", "bern", "norway"), scores, strict=True))
        )  # fmt: skip
        paths.append(path)
    up, down = results("evaluate", "similarity", *paths, "-v", plane)
    assert (up["set"], up["used"], up["spearman"]) == ("up", 3, 1.0)
    assert (down["set"], down["spearman"]) == ("down", -1.0)
    assert set(up) == {
        "set", "pairs", "used", "skipped", "spearman", "spearman_low", "spearman_high",
        "pearson", "pearson_low", "pearson_high",
    }  # fmt: skip


def test_missing_pairs_can_count_as_unlike(results, tmp_path, plane):
    path = tmp_path / "set.txt"
    path.write_text("oslo norway 9\noslo nowhere 1\noslo bern 5\n")
    (skipped,) = results("evaluate", "similarity", path, "-v", plane)
    (zero,) = results("evaluate", "similarity", path, "-v", plane, "--oov", "zero")
    assert (skipped["used"], skipped["skipped"]) == (2, 1)
    assert (zero["used"], zero["skipped"], zero["spearman"]) == (3, 0, 1.0)


def test_association_by_hand(answer, tmp_path):
    vectors = tmp_path / "v.txt"
    vectors.write_text("x1 1 0\nx2 2 0\ny1 -1 0\ny2 -3 0\na 1 0\nb -1 0\n")
    lists = tmp_path / "lists.json"
    lists.write_text(
        json.dumps({"x": ["x1", "x2", "gone"], "y": ["y1", "y2"], "a": ["a"], "b": ["b"]})
    )
    whole = answer("evaluate", "weat", lists, "-v", vectors, "--seed", "3")
    (record,) = whole["results"]
    assert (record["effect_size"], record["difference"]) == (2.0, 4.0)
    assert (record["p_value"], record["permutations"], record["exact"]) == (
        pytest.approx(1 / 6, abs=1e-6), 6, True,
    )  # fmt: skip
    assert (record["used"], record["skipped"]) == (6, 1)
    assert whole["settings"]["seed"] == 3
    assert whole["notes"] == [
        "1 word is out of vocabulary: gone",
        (
            "test x, y: a, b: with 6 partitions no p-value is below 0.167; longer lists of targets "
            "are needed"
        ),
    ]
    assert record["reading"] == "not significant"
    (other,) = answer(
        "evaluate", "weat", lists, "-v", vectors, "--targets", "y,x", "--attributes", "a,b"
    )["results"]
    assert other["effect_size"] == -2.0


def test_the_papers_tests_find_flowers_pleasant(results, data, shared_cache, monkeypatch):
    monkeypatch.setenv("LATENT_CACHE_DIR", str(shared_cache))
    glove = data / "vectors" / "glove.6B.50d.txt.gz"
    records = results(
        "evaluate", "weat", data / "evalsets" / "WEAT.json", "-v", glove, "--ignore-case",
        "--samples", "2000",
    )  # fmt: skip
    assert len(records) == 10
    # The paper has 1.50 for flowers and insects on larger vectors of the same kind.
    assert records[0]["effect_size"] > 1
    assert records[0]["p_value"] < 0.01


def test_odd_ones_are_counted(results, tmp_path):
    vectors = tmp_path / "v.txt"
    vectors.write_text("a 1 0\nb 1 0.1\nc 1 -0.1\nodd 0 1\n")
    path = tmp_path / "odd.txt"
    path.write_text(": one\na b odd\na b c odd\n: two\na odd b\na gone odd\n")
    found = results("evaluate", "odd", path, "-v", vectors)
    assert [(r["section"], r["questions"], r["skipped"], r["correct"]) for r in found] == [
        ("one", 2, 0, 2), ("two", 1, 1, 0), ("total", 3, 1, 2),
    ]  # fmt: skip


def test_categories_by_hand(results, tmp_path):
    vectors = tmp_path / "v.txt"
    rng = np.random.default_rng(0)
    rows = np.repeat(np.eye(3)[:2], 4, axis=0) + rng.standard_normal((8, 3)) * 0.05
    vectors.write_text(
        "".join(f"w{n} {' '.join(map(str, row))}\n" for n, row in enumerate(rows))
    )
    path = tmp_path / "sets.txt"
    path.write_text("one: w0 w1 w2 w4 gone\ntwo: w3 w5 w6 w7\n")
    (record,) = results("evaluate", "categories", path, "-v", vectors)
    assert 0.5 < record.pop("purity_chance") < 0.75
    assert record == {
        "set": "sets", "categories": 2, "words": 9, "used": 8, "skipped": 1, "purity": 0.75,
    }  # fmt: skip


def test_one_category_is_none(latent, tmp_path, plane):
    path = tmp_path / "sets.txt"
    path.write_text("one: oslo rome\ntwo: gone\n")
    code, _, err = latent("evaluate", "categories", path, "-v", plane)
    assert (code, "two categories" in err) == (1, True)


@pytest.fixture
def glove(data, shared_cache, monkeypatch):
    monkeypatch.setenv("LATENT_CACHE_DIR", str(shared_cache))
    return data / "vectors" / "glove.6B.50d.txt.gz"


def test_known_correlations_of_glove(results, glove, data):
    known = {
        "EN-WS-353-ALL": (0.5033, 0), "EN-SIMLEX-999": (0.2646, 0), "EN-MEN-TR-3k": (0.6523, 0),
        "EN-RG-65": (0.6021, 0), "EN-RW-STANFORD": (0.3403, 252), "EN-MTurk-771": (0.5542, 0),
    }  # fmt: skip
    files = [data / "evalsets" / "wordsim" / f"{name}.txt" for name in known]
    found = results(
        "evaluate", "similarity", *files, "-v", glove, "--ignore-case", "--resamples", "0"
    )
    assert {
        record["set"]: (round(record["spearman"], 4), record["skipped"]) for record in found
    } == known


@pytest.mark.slow
def test_known_analogies_of_glove(answer, glove, data):
    whole = answer(
        "evaluate", "analogies", data / "evalsets" / "questions-words.txt", "-v", glove,
        "--ignore-case",
    )  # fmt: skip
    assert (whole["summary"]["correct"], whole["summary"]["questions"]) == (9033, 19544)
    correct = {record["section"]: record["correct"] for record in whole["results"]}
    assert correct["capital-common-countries"] == 401
    assert correct["capital-world"] == 3098
    assert correct["currency"] == 72


def test_a_weat_test_without_words_is_told_and_the_others_are_made(latent, tmp_path):
    lists = {
        "x": ["king"], "y": ["castle"], "a": ["man"], "b": ["woman"], "nobody": ["zzz"],
    }  # fmt: skip
    file = tmp_path / "lists.json"
    file.write_text(json.dumps(lists | {"tests": []}), "utf-8")
    code, _, err = latent(
        "evaluate", "weat", file, "-v", "article-words.txt",
        "--targets", "nobody,y", "--attributes", "a,b",
    )  # fmt: skip
    assert code == 1
    assert "no word of the list 'nobody'" in err


def test_of_several_weat_tests_those_that_can_be_made_are(latent, data):
    code, out, err = latent("evaluate", "weat", data / "evalsets" / "WEAT.json", "--json")
    rows = {row["test"]: row for row in json.loads(out)["results"]}
    assert code == 0
    assert rows["flowers insects"]["p_value"] < 0.05
    assert rows["names 3"]["effect_size"] is None
    assert "test names 3: one of its lists has no word in the vocabulary" in err


def test_one_file_without_the_words_does_not_take_the_others_away(answer, latent, tmp_path):
    there, other = tmp_path / "there.txt", tmp_path / "other.txt"
    there.write_text("p 1 0\nq 0.9 0.1\nr 0 1\ns 0.1 0.9\n")
    other.write_text("z 1 0\n")
    lists = tmp_path / "lists.txt"
    lists.write_text("one: p\ntwo: r\nthree: q\nfour: s\n")
    for kind, told in (("weat", "no word of the list 'one'"), ("categories", "two categories")):
        whole = answer("evaluate", kind, lists, "-v", there, "-v", other)
        assert {record["vectors"] for record in whole["results"]} == {"there.txt"}
        assert any(note.startswith("other.txt: ") and told in note for note in whole["notes"])
        code, out, err = latent("evaluate", kind, lists, "-v", other)
        assert (code, out, told in err) == (1, "", True)


def test_sets_of_one_name_are_told_apart(answer, latent, tmp_path, plane, words):
    files = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        files.append(tmp_path / name / "set.txt")
        files[-1].write_text("oslo rome 1\noslo bern 2\n")
    whole = answer("evaluate", "similarity", *files, "-v", plane)
    assert [record["set"] for record in whole["results"]] == [str(file) for file in files]
    _, out, _ = latent("evaluate", "similarity", *files, "-v", plane, "-v", words, "-q")
    assert out.count("set.txt") == 2


def test_sections_of_one_name_keep_their_rows(latent, tmp_path, plane, words):
    questions = tmp_path / "q.txt"
    questions.write_text(": total\nnorway oslo italy rome\n: x\nnorway oslo italy noise\n")
    _, out, _ = latent("evaluate", "analogies", questions, "-v", plane, "-v", words, "-q")
    totals = [line.split() for line in out.splitlines() if line.startswith("total")]
    assert totals == [["total", "1.0000", "-"], ["total", "0.5000", "-"]]


def test_standard_input_is_read_once(latent, plane):
    code, out, err = latent("evaluate", "similarity", "-", "-", "-v", plane)
    assert (code, out, "can be read once" in err) == (2, "", True)


@pytest.mark.parametrize("kind", ["analogies", "similarity", "weat", "odd", "categories"])
def test_rows_without_words_are_refused(latent, kind, tmp_path, codes):
    path = tmp_path / "set.txt"
    path.write_text(
        {"analogies": "a b c d\n", "similarity": "a b 1\n", "odd": "a b c\n"}.get(
            kind, "one: a\ntwo: b\nthree: c\nfour: d\n"
        )
    )
    code, out, err = latent("evaluate", kind, path, "-v", codes)
    assert (code, out) == (1, "")
    assert "codes.npy has no words" in err


def test_what_is_not_there_is_told_of_odd_ones_too(answer, plane, tmp_path):
    path = tmp_path / "odd.txt"
    path.write_text("oslo rome noise\noslo gone noise\n")
    whole = answer("evaluate", "odd", path, "-v", plane)
    assert whole["notes"] == ["1 word is out of vocabulary: gone"]


def test_targets_that_are_associated_alike_have_no_effect_size(answer, plane, tmp_path):
    path = tmp_path / "lists.txt"
    path.write_text("one: oslo\ntwo: rome\nthree: bern\nfour: bern\n")
    whole = answer("evaluate", "weat", path, "-v", plane)
    assert whole["results"][0]["effect_size"] is None
    assert whole["results"][0]["reading"] == "not defined"
    assert whole["notes"] == [
        (
            "test one, two: three, four: all targets are associated alike; the effect size is not "
            "defined"
        )
    ]


def test_tables_of_sets_fit_a_terminal(latent, data, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for arguments in (
        ("similarity", "wordsim353", "simlex999"),
        ("weat", data / "evalsets" / "WEAT.json"),
    ):
        _, out, _ = latent("evaluate", *arguments, "-q")
        assert max(map(len, out.splitlines())) <= 80


def test_sets_of_pairs_by_a_pattern_or_a_name_with_its_signs(
    latent, results, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for name in ("a1.tsv", "a2.tsv", "b[1].tsv"):
        (tmp_path / name).write_text("king\tqueen\t9\ncat\tdog\t7\ncat\tking\t1\n")
    found = results("evaluate", "similarity", "a*.tsv", "b[1].tsv", "--resamples", "0")
    assert [row["set"] for row in found] == ["a1", "a2", "b[1]"]
    code, _, err = latent("evaluate", "similarity", "c*.tsv")
    assert (code, "no files match" in err) == (1, True)


def test_a_folder_is_each_of_its_files_of_pairs(latent, tmp_path, monkeypatch, results):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sets").mkdir()
    for name in ("one", "two"):
        (tmp_path / "sets" / f"{name}.txt").write_text("king queen 8\ncat dog 7\nking cat 1\n")
    (tmp_path / "sets" / "README").write_text("Two sets of pairs.\n")
    assert [row["set"] for row in results("evaluate", "similarity", "sets")] == ["one", "two"]
    assert "left out: README" in latent("evaluate", "similarity", "sets")[2]
    (tmp_path / "none").mkdir()
    code, _, err = latent("evaluate", "similarity", "none")
    assert (code, "no file in it has lines of two words" in err) == (1, True)
