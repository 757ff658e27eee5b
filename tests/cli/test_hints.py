"""A first guess that fails says what to type."""

import json
import shlex

import numpy as np
import pytest


@pytest.fixture
def folder(tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.txt").write_bytes(words.read_bytes())
    np.save("codes.npy", np.eye(4))
    (tmp_path / "titles.txt").write_text("one\ntwo\nthree\nfour\n")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("similarity king queen own.txt", "latent similarity king queen -v own.txt"),
        ("similarity own.txt king queen", "latent similarity king queen -v own.txt"),
        ("neighbors codes.npy 2", "latent neighbors 2 -v codes.npy"),
        ("direction he she", "latent project he:she"),
        ("direction he she -v own.txt", "latent project he:she -v own.txt"),
        ("neighbors 2 -v codes.npy --labels titles.txt", "row 2 is '#2'"),
        ("neighbors codes.npy --dim 50", "FILE::raw:float32xN"),
        ("represent a b --one-hot", "always shows one-hot vectors"),
        ("map codes.npy --plot a.png", "here it is -o"),
        ("interp codes.npy --n 5", "here it is --steps"),
        ("interp codes.npy --from 0", "FILE[0] FILE[5]"),
        ("dci codes.npy f.csv --model lasso", "here it is --estimator"),
        ("sap codes.npy f.csv --test-size 0.3", "here it is --test"),
        ("neighbors king --threshold 0.5", "here it is --min-score"),
        ("similarity king queen --metric euclidean", "which are all shown"),
        ("sample-z 4 512", "latent sample-z --seeds 0-3 --dim 512"),
        ("sample-z --n 4", "here it is --seeds 0-N"),
        ("drift codes.npy codes.npy codes.npy", "latent drift codes.npy codes.npy"),
        ("analogy a b c --topk 3", "here it is -k"),
        ("mig a.npy b.csv --latex", "here it is -f latex"),
        ("help mig", "latent mig --help"),
        ("help", "latent --help"),
        ("version", "latent --version"),
        ("list", "latent metrics"),
        ("expr king-man+woman", "latent expr 'king - man + woman'"),
        ("neighbors #3,#2 -v codes.npy -k 2", "latent neighbors '#3' '#2' -v codes.npy -k 2"),
        ("project codes.npy own.txt titles.txt", "latent project codes.npy titles.txt"),
        ("direction codes.npy codes.npy --paired", "latent directions contrast"),
        ("sample-z --seed 3", "here it is --seeds 3"),
        ("sample-z --shape 4,64,64", "here it is --dim 4x64x64"),
        ("project he:she --words w.txt", "here it is --among"),
        ("grid a.npy b.npy c.npy d.npy --steps 3", "here it is --rows N --cols N"),
        ("interp codes.npy --t 0.3", "here it is --at"),
        ("dci codes.npy f.csv --seeds 3", "here it is --seed"),
        ("similarity --file pairs.txt", "latent similarity - < FILE"),
        ("similarity", "latent similarity - < FILE"),
        ("similarity king:queen cat:dog", "latent similarity king queen cat dog"),
        ("analogy king - man + woman", "latent expr 'king - man + woman'"),
        ("analogy man:king::woman:?", "latent analogy king man woman"),
        ("directions codes.npy -k 2", "latent directions pca codes.npy -k 2"),
        ("evaluate weat own.txt", "latent evaluate weat -v own.txt"),
        ("bias he she", "latent project he:she"),
        (
            "truncate codes.npy avg.npy 0.5",
            "latent truncate codes.npy --mean avg.npy --psi 0.5",
        ),
        ("typical codes.npy own.txt", "latent drift codes.npy own.txt"),
        ("geometry codes.npy own.txt", "latent geometry codes.npy;"),
        (
            "mig codes.npy f.csv --plot",
            "option '--plot' needs a value: --plot FILE; '--plot -'",
        ),
        ("compare codes.npy own.txt --moved -k 5", "option '--moved' needs a value: --moved N"),
        ("edit codes.npy codes.npy --strength 1", "here it is --by"),
    ],
)
def test_a_wrong_guess_is_told_the_right_one(latent, folder, line, hint):
    code, _, err = latent(*line.split())
    assert (code in (1, 2), hint in err) == (True, True), err


FAMILY = ["--layers", "--sample", "--labels", "--plot", "-o", "--seed", "--ci", "--where", "--show", "--reference", "--restrict", "--among", "--match", "--id", "--bins", "--dask", "--decoder", "--gif", "--mp4"]  # fmt: skip


def commands():
    from tests.cli.test_options import leaves

    return {name: {option for one in command.params for option in one.opts} for name, command in leaves()}  # fmt: skip


@pytest.mark.parametrize("option", FAMILY)
def test_an_option_of_a_family_is_there_or_answered_with_what_to_type(latent, option):
    without = [name for name, known in commands().items() if option not in known]
    for name in without:
        code, _, err = latent(*name.split(), option, "x")
        assert code == 2, name
        if option == "--labels" and "FACTORS" in err:
            continue  # which a metric takes for its factors
        assert f"no such option: {option}; " in err, (name, err)


@pytest.mark.parametrize("folder_of", ["a_s{}.npy", "b1-seed{}.npy"])
def test_files_of_one_setting_are_grouped_in_the_line_that_works(
    latent, tmp_path, monkeypatch, folder_of
):
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    files = [folder_of.format(seed) for seed in (0, 1, 12)]
    for file in files:
        np.save(file, random.normal(size=(30, 3)))
    (tmp_path / "f.csv").write_text("a,b\n" + "".join(f"{i % 2},{i % 3}\n" for i in range(30)))
    for line in (["mig", *files, "f.csv", "--group"], ["disentanglement", *files, "f.csv", "--only", "mig", "--group", "x"]):  # fmt: skip
        code, _, err = latent(*line)
        assert code == 2
        told = shlex.split(err.rpartition("their files: latent ")[2])
        assert told[:4] == ["disentanglement", "f.csv", "--only", "mig"]
        assert latent(*told)[0] == 0, told


@pytest.mark.parametrize("line", ["similarity king queen", "neighbors qwxz", "similarity king"])
def test_what_no_file_explains_has_no_hint(latent, folder, line):
    assert "are named with" not in latent(*line.split())[2]


@pytest.mark.parametrize(
    "command", ["mig", "drift", "traverse", "geometry", "neighbors -v", "evaluate similarity"]
)
@pytest.mark.parametrize(
    "word", [".", "/", "x" * 5000, "nul\0byte", "é" * 300, ".bin", "a::b[0]"]
)
def test_no_word_breaks_a_hint(latent, folder, command, word):
    code, _, err = latent(*command.split(), word)
    assert (code in (1, 2), err.startswith("latent: error: ")) == (True, True), err


def test_what_was_typed_again_works(latent, folder):
    assert latent("neighbors", "2", "-v", "codes.npy")[0] == 0
    assert latent("neighbors", "#2", "-v", "codes.npy", "--labels", "titles.txt")[0] == 0


def test_a_row_of_an_array_with_labels_is_typed_at_once(latent, folder):
    """Its labels are words, so that a number alone would be refused again."""
    _, _, err = latent("neighbors", "codes.npy", "2", "--labels", "titles.txt")
    told = shlex.split(err.rpartition("named with -v: latent ")[2])
    assert latent(*told)[0] == 0, told


def test_vectors_of_two_dimensions_are_told_from_pairs_with_a_score(
    latent, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "few.txt").write_text("".join(f"w{k} {k % 3} {k}\n" for k in range(9)))
    for name in ("one", "two"):
        pairs = [f"w{k}\tw{k + 1}\t{k % 4}\n" for k in range(7)]
        (tmp_path / f"{name}.tsv").write_text("".join(pairs))
    code, _, err = latent("evaluate", "similarity", "one.tsv", "two.tsv", "few.txt")
    assert code == 1
    told = shlex.split(err.rpartition("named with -v: latent ")[2])
    assert told == ["evaluate", "similarity", "one.tsv", "two.tsv", "-v", "few.txt"]
    assert latent(*told)[0] == 0


def test_lists_of_words_on_one_line_are_no_vectors(latent, folder):
    """Capitals that the vectors do not have: the file of lists was taken for one of vectors, in a hint."""
    words = ["Brother", "Father", "Uncle", "Son"]
    lists = {
        name: [f"{word}{name}" for word in words] for name in ("male", "female", "sci", "arts")
    }
    (folder / "w.json").write_text(json.dumps(lists))
    code, _, err = latent("evaluate", "weat", "w.json", "-v", "own.txt")
    assert (code, "LISTS" in err) == (1, False), err
