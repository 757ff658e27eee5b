"""What holds for every command that answers queries: output, settings, errors, batches."""

import csv
import io
import json

import pytest

from latentcli.render import RENDERERS

RANKED = ["query", "rank", "word", "score"]
QUERIES = {
    "analogy": (["king", "man", "woman"], RANKED),
    "neighbors": (["king"], RANKED),
    "expr": (["king - man + woman"], RANKED),
    "similarity": (["king", "man"], ["a", "b", "cosine", "dot", "euclidean", "angle_degrees"]),
    "distances": (["king", "man", "queen"], ["a", "b", "distance"]),
    "odd": (["king", "man", "castle"], ["rank", "word", "score"]),
    "relation": (["king:queen", "man:woman"], ["pair", "cosine_to_mean", "norm", "cosines"]),
}
every_query = pytest.mark.parametrize("verb", QUERIES)


def asked(verb, *options):
    return (verb, *QUERIES[verb][0], *options)


def a_line(verb):
    return " ".join(QUERIES[verb][0])


@every_query
def test_json_is_one_object_of_six_keys(latent, words, verb):
    code, out, err = latent(*asked(verb, "-v", words, "--json", "-q"))
    assert (code, err) == (0, "")
    whole = json.loads(out)
    assert list(whole) == ["schema", "command", "settings", "results", "summary", "notes"]
    assert whole["schema"] == 1
    assert whole["command"] == verb
    assert whole["settings"]["vectors"] == str(words)
    assert all(list(record) == QUERIES[verb][1] for record in whole["results"])
    assert whole["results"]


@every_query
def test_each_format_holds_the_same_records(latent, words, verb):
    def given(form):
        code, out, _ = latent(*asked(verb, "-v", words, "-f", form, "-q"))
        assert code == 0
        return out

    records = json.loads(given("json"))["results"]
    assert [json.loads(line) for line in given("ndjson").splitlines()] == records
    as_text = [
        {key: str(value) for key, value in record.items() if not isinstance(value, list)}
        for record in records
    ]
    assert list(csv.DictReader(io.StringIO(given("csv")))) == as_text
    tabbed = csv.DictReader(io.StringIO(given("tsv")), delimiter="\t")
    assert list(tabbed) == as_text
    if verb != "distances":  # a matrix there
        assert len(given("markdown").splitlines()) >= 2 + len(records)


@every_query
@pytest.mark.parametrize("form", RENDERERS)
def test_a_batch_of_one_line_answers_the_query(latent, words, stdin, verb, form):
    stdin(a_line(verb) + "\n")
    code, out, _ = latent(verb, "-", "-v", words, "-f", form, "-q")
    assert code == 0
    assert out
    if form == "ndjson":
        records = [json.loads(line) for line in out.splitlines()]
        alone = json.loads(latent(*asked(verb, "-v", words, "--json", "-q"))[1])["results"]
        assert {record["query"] for record in records} == {
            "king" if verb == "neighbors" else a_line(verb)
        }
        for record, other in zip(records, alone, strict=True):
            assert record | other == record


@every_query
def test_a_wrong_line_is_told_with_its_number_and_the_rest_go_on(latent, words, stdin, verb):
    good = a_line(verb)
    bad = good.replace("king", "kong")
    stdin(f"{good}\n\n{bad}\r\n   \n{good}\n{bad}")
    code, out, err = latent(verb, "-", "-v", words, "-f", "ndjson", "-q")
    once = len(json.loads(latent(*asked(verb, "-v", words, "--json", "-q"))[1])["results"])
    assert code == 1
    records = [json.loads(line) for line in out.splitlines()]
    failed = [number for number, record in enumerate(records) if "error" in record]
    assert (len(records), failed) == (2 * once + 2, [once, 2 * once + 1])
    assert all(list(records[number]) == ["query", "error"] for number in failed)
    assert records[once]["query"] == bad
    assert records[once]["error"].startswith("'kong' is not in")
    assert [line.split("'kong'")[0] for line in err.splitlines()] == [
        "latent: error: line 3: ",
        "latent: error: line 6: ",
    ]


@every_query
def test_a_batch_of_nothing_has_no_answers(latent, words, stdin, verb):
    stdin("")
    assert latent(verb, "-", "-v", words, "-f", "csv")[0] == 0
    stdin("\n\n")
    assert latent(verb, "-", "-v", words, "-f", "ndjson", "-q") == (0, "", "")


@pytest.mark.parametrize("failed", [[], ["kong"]])
def test_a_batch_in_json_is_one_object_even_without_answers(latent, words, stdin, failed):
    stdin("".join(f"{word}\n" for word in failed))
    _, out, _ = latent("neighbors", "-", "-v", words, "--json", "-q")
    assert [record["query"] for record in json.loads(out)["results"]] == failed


@every_query
@pytest.mark.parametrize("form", ["csv", "tsv", "markdown", "table"])
def test_formats_with_columns_hold_answers_only(latent, words, stdin, verb, form):
    good = a_line(verb)
    stdin(f"{good}\n{good.replace('king', 'kong')}\n")
    code, out, _ = latent(verb, "-", "-v", words, "-f", form, "-q")
    assert code == 1
    assert "kong" not in out


def test_a_word_of_several_that_is_missing_does_not_stop_the_others(latent, words):
    given = ("neighbors", "king", "kong", "queen", "-v", words, "-k", "1")
    code, out, err = latent(*given, "--json", "-q")
    assert code == 1
    assert err.startswith("latent: error: 'kong' is not in article-words.txt")
    assert [(one["query"], "error" in one) for one in json.loads(out)["results"]] == [
        ("king", False), ("kong", True), ("queen", False),
    ]  # fmt: skip
    code, out, _ = latent(*given, "-f", "csv", "-q")
    assert (code, [line.split(",")[0] for line in out.splitlines()]) == (
        1, ["query", "king", "queen"],
    )  # fmt: skip


@every_query
def test_a_line_without_an_end_is_refused_in_a_line(latent, words, stdin, verb):
    stdin(b"a" * (5 << 20) + b"\n" + a_line(verb).encode())
    code, out, err = latent(verb, "-", "-v", words, "-f", "csv", "-q")
    assert code == 1
    assert err.startswith("latent: error: line 1: a line of more than 1,048,576 bytes")
    assert (err.count("\n"), len(err) < 200, out.count("\n") > 1) == (1, True, True)


@every_query
def test_a_batch_in_json_is_one_object(latent, words, stdin, verb):
    stdin(f"{a_line(verb)}\n" * 3)
    _, out, _ = latent(verb, "-", "-v", words, "--json", "-q")
    results = json.loads(out)["results"]
    assert len(results) % 3 == 0
    assert all("query" in record for record in results)


@every_query
def test_a_missing_word_fails_in_one_line(latent, words, verb):
    arguments = [word.replace("king", "quen") for word in QUERIES[verb][0]]
    code, out, err = latent(verb, *arguments, "-v", words)
    assert (code, out) == (1, "")
    assert err == (
        "latent: error: 'quen' is not in article-words.txt (6 words). Did you mean queen?\n"
    )


@every_query
def test_another_case_is_told_and_taken_when_wanted(latent, words, verb):
    arguments = [word.replace("king", "KING") for word in QUERIES[verb][0]]
    code, _, err = latent(verb, *arguments, "-v", words)
    assert code == 1
    assert err.endswith("but 'king' is; --ignore-case takes it\n")
    plain = latent(*asked(verb, "-v", words, "-f", "csv", "-q"))
    taken = latent(verb, *arguments, "-v", words, "--ignore-case", "-f", "csv", "-q")
    assert (taken[0], taken[1].replace("KING", "king")) == (0, plain[1])


@every_query
def test_an_unknown_format_is_told_with_the_likeliest(latent, words, verb):
    code, out, err = latent(*asked(verb, "-v", words, "-f", "jason"))
    assert (code, out) == (2, "")
    assert err.startswith("latent: error: unknown format 'jason'. Did you mean json? One of: ")


@every_query
def test_the_environment_names_vectors_and_format(latent, words, verb, monkeypatch):
    expected = latent(*asked(verb, "-v", words, "-f", "csv"))
    monkeypatch.setenv("LATENT_VECTORS", str(words))
    monkeypatch.setenv("LATENT_FORMAT", "csv")
    assert latent(*asked(verb)) == expected
    assert latent(*asked(verb, "-f", "tsv"))[1] == expected[1].replace(",", "\t")


def test_json_comes_before_the_format_of_the_environment(latent, words, monkeypatch):
    monkeypatch.setenv("LATENT_FORMAT", "csv")
    assert json.loads(latent(*asked("odd", "-v", words, "--json"))[1])["command"] == "odd"


def test_the_bundled_vectors_are_asked_with_a_note(latent):
    code, out, err = latent(*asked("analogy"))
    assert code == 0
    assert out.splitlines()[3].split()[1] == "queen"
    assert err == (
        "latent: note: no vectors named (-v FILE); using the bundled minilm-10k.64d.txt, "
        "10,000 words x 64\n"
    )
    assert latent(*asked("analogy", "-q"))[2] == ""


@every_query
@pytest.mark.parametrize("option", [["--nope"], ["-k"], ["-f"], ["--vectors"]])
def test_options_that_cannot_be_are_usage_errors(latent, words, verb, option):
    code, out, _ = latent(*asked(verb, "-v", words, *option))
    assert (code, out) == (2, "")


@pytest.mark.parametrize("verb", ["analogy", "neighbors", "expr"])
@pytest.mark.parametrize(
    ("option", "code", "message"),
    [
        (["-k", "0"], 2, "-k is 0; it must be at least 1"),
        (["--restrict", "0"], 2, "--restrict is 0; it must be at least 1"),
        (["--match", "("], 2, "'(' is not a regular expression"),
        (["--among", "none.txt"], 1, "none.txt"),
        (["-v", "none.txt"], 1, "no such file: none.txt"),
    ],
)
def test_a_choice_that_cannot_be_is_told_in_one_line(
    latent, words, verb, option, code, message
):
    given, out, err = latent(*asked(verb, "-v", words, *option, "-q"))
    assert (given, out) == (code, "")
    assert message in err
    assert err.count("\n") == 1


def test_debug_shows_the_traceback(words):
    from latentcli import WordError
    from latentcli.cli.app import main

    with pytest.raises(WordError):
        main(["neighbors", "kong", "-v", str(words), "--debug"])


@pytest.mark.parametrize(
    ("line", "words_of_line"),
    [
        ('"new york" usa both', ["new york", "usa", "both"]),
        ("new york\tusa\tboth", ["new york", "usa", "both"]),
        ('  5"  usa both ', ['5"', "usa", "both"]),
        ('"5"" usa both', ['"5""', "usa", "both"]),
    ],
)
def test_blanks_in_words_of_a_batch(latent, stdin, tmp_path, line, words_of_line):
    path = tmp_path / "places.tsv"
    path.write_text('new york\t1\t0\nusa\t0\t1\nboth\t1\t1\n5"\t2\t1\n"5""\t1\t2\n')
    stdin(line + "\n")
    code, out, err = latent("distances", "-", "-v", path, "-f", "ndjson")
    assert (code, err) == (0, "")
    records = [json.loads(one) for one in out.splitlines()]
    assert [records[0]["a"], records[0]["b"], records[2]["b"]] == words_of_line


def test_a_batch_may_begin_with_a_byte_order_mark_and_hold_odd_bytes(latent, words, stdin):
    stdin(b"\xef\xbb\xbfking\nqu\xe9en\nqueen\n")
    code, out, err = latent("neighbors", "-", "-v", words, "-k", "1", "-f", "csv")
    assert code == 1
    assert [line.split(",")[0] for line in out.splitlines()] == ["query", "king", "queen"]
    assert err.startswith("latent: error: line 2: 'qu\\xe9en' is not in")


def test_thousands_of_lines_are_answered_in_order(latent, words, stdin):
    names = ["king", "man", "woman", "queen", "prince", "castle"]
    stdin("\n".join(names * 700))
    code, out, _ = latent("neighbors", "-", "-v", words, "-k", "1", "-f", "tsv")
    assert code == 0
    assert [line.split("\t")[0] for line in out.splitlines()[1:]] == names * 700
