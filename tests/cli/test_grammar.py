"""What is typed as another command has it is read as it was meant, or answered with the line that works."""

import json
import re
import shlex

import numpy as np
import pytest


@pytest.fixture
def folder(tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    codes = random.standard_normal((40, 6)).astype("float32")
    np.save("a.npy", codes)
    np.save("b.npy", codes + random.standard_normal((40, 6)))
    np.save("w.npy", random.standard_normal((3, 16)))
    np.save("v.npy", random.standard_normal((3, 16)))
    rows = [f"{shape},{size}" for shape in range(4) for size in range(10)]
    (tmp_path / "f.csv").write_text("\n".join(["shape,size", *rows]) + "\n")
    (tmp_path / "titles.csv").write_text(
        "id,title\n" + "".join(f"{i},row {i}\n" for i in range(40))
    )
    (tmp_path / "vectors.txt").write_bytes(words.read_bytes())
    (tmp_path / "list.txt").write_text("king\nqueen\n")
    (tmp_path / "long.txt").write_text("king " + " 0.5" * 20 + "\n")
    (tmp_path / "pairs.tsv").write_text("king\tqueen\t9\nman\twoman\t8\nking\tman\t2\n")
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("duplicates -v a.npy", "duplicates a.npy"),
        ("outliers --vectors a.npy", "outliers a.npy"),
        ("compare -v a.npy -v b.npy", "compare a.npy b.npy"),
        ("typical --codes=a.npy", "typical a.npy"),
        ("mig -v a.npy f.csv", "mig a.npy f.csv"),
        ("mig --factors f.csv --codes a.npy", "mig a.npy f.csv"),
        ("sap --factors=f.csv a.npy b.npy", "sap a.npy b.npy f.csv"),
        ("interp a.npy[0] a.npy[1] --ease --steps 5", "interp a.npy[0] a.npy[1] --ease smooth --steps 5"),
        ("interp a.npy[0] a.npy[1] --steps 5 --ease", "interp a.npy[0] a.npy[1] --steps 5 --ease smooth"),
    ],
)  # fmt: skip
def test_what_another_command_has_is_read_as_it_was_meant(latent, folder, typed, meant):
    answers = [latent(*line.split(), "--json") for line in (typed, meant)]
    assert [code for code, _, _ in answers] == [0, 0], answers[0][2]
    assert json.loads(answers[0][1])["results"] == json.loads(answers[1][1])["results"]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("neighbors list.txt -k 2", "latent neighbors - -k 2 < list.txt"),
        ("evaluate similarity pairs.tsv long.txt", "latent evaluate similarity pairs.tsv -v long.txt"),
        ("evaluate analogies pairs.tsv long.txt", "latent evaluate analogies pairs.tsv -v long.txt"),
        ("neighbors king --row 3", "'#N' in place of a word"),
        ("disentanglement a.npy f.csv --metrics mig", "here it is --only"),
        ("interp a.npy b.npy --n-frames 9", "here it is --steps"),
        ("interp a.npy b.npy --norms", "the column norm"),
        ("map a.npy --plot a.png", "here it is -o"),
        ("outliers a.npy --titles titles.csv", "here it is --labels"),
        ("geometry a.npy --only dimension", "Did you mean manifold (two_nn, mle,"),
        ("geometry a.npy --only intrinsic-dimension", "Did you mean manifold"),
        ("geometry a.npy --only classes", "Did you mean clusters"),
        ("geometry a.npy --only anisotropi", "Did you mean isotropy"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_answered_with_what_works(latent, folder, line, hint):
    code, _, err = latent(*shlex.split(line))
    assert (code in (1, 2), hint in err) == (True, True), err


def test_a_dash_is_explained_only_where_a_word_may_begin_with_one(latent, folder):
    assert "goes after '--'" not in latent("edit", "a.npy", "b.npy", "--strength", "-2,-1")[2]
    assert "goes after '--'" in latent("expr", "-king")[2]


@pytest.mark.parametrize("command", ["duplicates", "outliers", "clusters"])
def test_labels_name_rows_and_change_no_number(latent, folder, command):
    options = {"duplicates": ["--threshold", "0.8"], "clusters": ["-k", "2"]}.get(command, [])
    plain, named = (
        latent(command, "a.npy", *options, *labels, "--json", "-q")
        for labels in ((), ("--labels", "titles.csv::title"))
    )
    assert (plain[0], named[0]) == (0, 0), named[2]
    numbers = [re.findall(r"-?\d+\.\d+", out) for _, out, _ in (plain, named)]
    assert numbers[0] == numbers[1]
    assert '"row ' in named[1]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mig '[ab].npy' f.csv", "mig a.npy b.npy f.csv"),
        ("udr '?.npy'", "udr a.npy b.npy v.npy w.npy"),
        ("compare '[ab].npy'", "compare a.npy b.npy"),
        ("interp '[wv].npy[0]' --steps 3", "interp v.npy[0] w.npy[0] --steps 3"),
        ("directions pca '[ab].npy' -k 2", "directions pca a.npy b.npy -k 2"),
        ("directions cosine '[ab].npy[0]'", "directions cosine a.npy[0] b.npy[0]"),
        ("align '[ab].npy'", "align a.npy b.npy"),
        ("total-correlation '[ab].npy'", "total-correlation a.npy b.npy"),
    ],
)
def test_a_quoted_pattern_is_its_files(latent, folder, typed, meant):
    if "udr" in typed:
        for name in "wv":
            (folder / f"{name}.npy").write_bytes((folder / "a.npy").read_bytes())
    answers = [latent(*shlex.split(line), "--json", "-q") for line in (typed, meant)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 0, answers[0]


def test_components_of_several_files_are_those_of_all_rows(latent, folder):
    np.save("both.npy", np.concatenate([np.load("a.npy"), np.load("b.npy")]))
    found = [
        json.loads(latent("directions", "pca", *files, "--json", "-q")[1])["results"]
        for files in (["a.npy", "b.npy"], ["both.npy"])
    ]
    assert found[0] == found[1]
    assert latent("directions", "pca", "a.npy", "w.npy")[0] == 1


def test_labels_name_the_rows_that_moved_and_change_no_number(latent, folder):
    plain, named = (
        latent("compare", "a.npy", "b.npy", *labels, "--json", "-q")
        for labels in ((), ("--labels", "titles.csv::title"))
    )
    assert (plain[0], named[0]) == (0, 0), named[2]
    first, second = (json.loads(out)["results"] for _, out, _ in (plain, named))
    assert [f"row {one['word']}" if one["word"] else None for one in first] == [
        one["word"] for one in second
    ]
    assert [one["value"] for one in first] == [one["value"] for one in second]
    code, _, err = latent("compare", "w.npy", "v.npy", "--labels", "titles.csv::title")
    assert (code, "40 for 3 rows" in err) == (1, True), err


@pytest.mark.parametrize(
    "line",
    [
        "drift a.npy b.npy",
        "outliers a.npy",
        "clusters a.npy -k 2",
        "duplicates a.npy --threshold 0.8",
        "align a.npy b.npy",
        "directions pca a.npy -k 2",
        "directions pca w.npy w.npy -k 1",
        "directions sefa a.npy -k 2",
        "directions contrast a.npy b.npy",
    ],
)
def test_every_verb_of_two_sets_and_of_geometry_is_drawn(latent, folder, line):
    plain = latent(*line.split(), "-q")
    code, out, err = latent(*line.split(), "-q", "--plot", "-")
    assert (code, plain[0]) == (0, 0), err
    assert out.startswith(plain[1].rstrip())
    assert len(out) > len(plain[1]) + 100
    assert latent(*line.split(), "-q", "--plot", "a.svg")[0] == 0
    assert (folder / "a.svg").read_text().startswith("<?xml")


def test_numbers_that_are_names_of_rows_have_no_comma(latent, folder):
    np.save("long.npy", np.random.default_rng(0).normal(size=(1500, 3)))
    out = latent("typical", "long.npy", "--rows", "-q")[1]
    assert "\n1499 " in out
    assert "vectors         1,500" in out


def test_files_of_one_shape_share_a_note(latent, folder):
    _, _, err = latent("interp", "w.npy", "v.npy")
    assert err.count("is read as") == 1
    assert "w.npy, v.npy: shape (3, 16) is read as" in err


def test_no_note_is_said_twice(latent, folder):
    for line in ("compare w.npy w.npy", "mix w.npy w.npy", "grid w.npy w.npy w.npy w.npy"):
        lines = latent(*line.split())[2].splitlines()
        assert len(lines) == len({*lines}), line


def test_several_arrows_and_words_stand_behind_one_option(latent, folder):
    for typed in ("--arrows king:queen man:woman", "--arrows king:queen --arrows man:woman"):
        code, _, err = latent(
            "map", "article-words.txt", *typed.split(), "-o", "m.svg", "--force"
        )
        assert code == 0, err
    asked = ("map", "article-words.txt", "--of", "king", "queen", "--json", "-q")
    assert latent(*asked) == latent(*asked[:4], "--of", *asked[4:])
