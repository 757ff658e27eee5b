import os
import subprocess
import sys

import numpy as np
import pytest

import latentcli

WORD_FILES = [
    "out.txt", "out.vec", "out.glove", "out.bin", "out.npz", "out.safetensors", "out.parquet",
    "out.tsv", "out.txt.gz", "out.bin.xz", "out.glove.bz2", "out.txt.zip",
]  # fmt: skip


@pytest.mark.parametrize("name", WORD_FILES)
def test_every_format_answers_like_the_file_it_was_made_of(results, words, tmp_path, name):
    target = tmp_path / name
    (record,) = results("convert", words, target)
    assert (record["rows"], record["dimensions"]) == (6, 3)
    assert record["bytes"] == target.stat().st_size
    question = ["analogy", "king", "man", "woman", "--raw", "-k", "3"]
    if record["beside"]:
        question += ["--labels", record["beside"]]
    answers = [
        (record["word"], round(record["score"], 4))
        for record in results(*question, "-v", target)
    ]
    assert answers == [("queen", 0.9773), ("prince", 0.844), ("castle", 0.5771)]


def test_records_name_what_was_done(results, words, tmp_path):
    target = tmp_path / "words.npy"
    (record,) = results("convert", words, target)
    assert set(record) == {
        "input", "output", "format", "rows", "dimensions", "dtype", "bytes", "beside",
    }  # fmt: skip
    assert (record["input"], record["output"]) == (str(words), str(target))
    assert record["beside"] == f"{target}.words.txt"
    assert latentcli.open(target).analogy("king", "man", "woman")[0].word == "queen"


def test_to_names_the_format_whatever_the_ending(results, words, tmp_path):
    target = tmp_path / "out.dat"
    results("convert", words, target, "--to", "glove")
    assert target.read_text().split("\n")[0].split()[0] == "king"


def test_the_projector_metadata_of_one_column_has_no_header(results, words, tmp_path):
    (record,) = results("convert", words, tmp_path / "out.tsv")
    metadata = tmp_path / record["beside"]
    assert metadata.read_text() == "king\nman\nwoman\nqueen\nprince\ncastle\n"
    tensors = (tmp_path / "out.tsv").read_text().splitlines()
    assert len(tensors) == 6
    assert all(len(line.split("\t")) == 3 for line in tensors)


@pytest.mark.parametrize("name", ["out.npy", "out.npz", "out.safetensors"])
@pytest.mark.parametrize("dtype", ["float16", "float64", "float32"])
def test_arrays_keep_their_dtype_and_values(results, tmp_path, name, dtype):
    values = np.random.default_rng(0).normal(size=(5, 3)).astype(dtype)
    np.save(tmp_path / "in.npy", values)
    (record,) = results("convert", tmp_path / "in.npy", tmp_path / name)
    assert record["dtype"] == dtype
    results("convert", tmp_path / name, tmp_path / "back.npy")
    back = np.load(tmp_path / "back.npy")
    assert back.dtype == dtype
    np.testing.assert_array_equal(back, values)


def test_a_file_that_is_there_is_kept_unless_forced(latent, words, tmp_path):
    target = tmp_path / "out.txt"
    target.write_text("mine")
    code, out, err = latent("convert", words, target)
    assert (code, out) == (1, "")
    assert err == f"latent: error: {target} is there already; --force replaces it\n"
    assert target.read_text() == "mine"
    assert latent("convert", words, target, "--force")[0] == 0
    assert target.read_text() != "mine"


def test_a_file_is_not_converted_onto_itself(latent, words, tmp_path):
    copy = tmp_path / "copy.txt"
    copy.write_bytes(words.read_bytes())
    code, _, err = latent("convert", copy, copy, "--force")
    assert code != 0
    assert "the same file" in err
    assert copy.read_bytes() == words.read_bytes()


def test_an_unknown_ending_is_told_before_anything_is_read(latent, tmp_path):
    code, out, err = latent("convert", tmp_path / "none.txt", tmp_path / "out.doc")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert not (tmp_path / "out.doc").exists()


def test_an_unknown_format_is_told_with_the_likeliest(latent, words, tmp_path):
    code, _, err = latent("convert", words, tmp_path / "out.txt", "--to", "parket")
    assert code == 2
    assert "Did you mean parquet?" in err


def test_a_folder_that_is_missing_is_told(latent, words, tmp_path):
    code, out, err = latent("convert", words, tmp_path / "none" / "out.txt")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


SIDES = [
    ("words", "out.npy", "out.npy.words.txt"),
    ("codes", "out.npy", "out.npy.words.txt"),
    ("codes", "out.safetensors.gz", "out.safetensors.gz.words.txt"),
    ("words", "out.tsv", "out.metadata.tsv"),
]


@pytest.mark.parametrize(("source", "name", "beside"), SIDES)
def test_a_file_beside_out_is_kept_unless_forced(
    latent, request, tmp_path, source, name, beside
):
    file, precious = request.getfixturevalue(source), tmp_path / beside
    precious.write_text("precious")
    code, out, err = latent("convert", file, tmp_path / name)
    assert (code, out) == (1, "")
    assert err == f"latent: error: {precious} is there already; --force replaces it\n"
    assert precious.read_text() == "precious"
    assert not (tmp_path / name).exists()
    assert latent("convert", file, tmp_path / name, "--force")[0] == 0
    assert not precious.exists() if source == "codes" else precious.read_text() != "precious"


@pytest.mark.parametrize("name", ["out.npy", "out.tsv", "out.txt"])
def test_a_folder_by_the_name_of_out_is_told_and_nothing_is_left(latent, words, tmp_path, name):
    (tmp_path / "there" / name).mkdir(parents=True)
    for force in ([], ["--force"]):
        code, out, err = latent("convert", words, tmp_path / "there" / name, *force)
        assert (code, out) == (1, "")
        assert err.endswith(f"{name}: not a regular file\n")
    assert [child.name for child in (tmp_path / "there").iterdir()] == [name]


def test_a_pipe_is_kept_even_if_forced(latent, words, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    code, _, err = latent("convert", words, pipe, "--to", "glove", "--force")
    assert (code, err) == (1, f"latent: error: cannot write {pipe}: not a regular file\n")
    assert pipe.is_fifo()


def test_a_link_is_kept_and_written_through(latent, words, tmp_path):
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    link.symlink_to(real)
    assert latent("convert", words, link)[0] == 1  # it is there, though it leads nowhere yet
    assert not real.exists()
    assert latent("convert", words, link, "--force")[0] == 0
    assert link.is_symlink()
    assert real.read_text().startswith("6 3\n")


def test_in_is_not_written_over_as_the_words_of_out(latent, words, tmp_path):
    copy = tmp_path / "out.metadata.tsv"
    copy.write_bytes(words.read_bytes())
    code, _, err = latent("convert", copy, tmp_path / "out.tsv", "--force")
    assert code == 2
    assert f"IN and {copy}, which goes beside OUT, are the same file" in err
    assert copy.read_bytes() == words.read_bytes()


@pytest.mark.parametrize("name", [f"{'a' * 252}.npy", f"{'a' * 252}.txt", f"{'a' * 300}.tsv"])
def test_a_name_that_is_too_long_is_one_line(latent, words, tmp_path, name):
    code, out, err = latent("convert", words, tmp_path / name)
    assert (code, out) == (1, "")
    assert err.startswith("latent: error: cannot write ")
    assert err.endswith(": File name too long\n")
    assert err.count("\n") == 1


@pytest.mark.parametrize("name", ["o.npy", "o.npz", "o.safetensors", "o.parquet"])
def test_an_array_from_a_pipe_is_read_once(codes, tmp_path, name):
    done = subprocess.run(
        [sys.executable, "-m", "latentcli", "convert", "/dev/stdin", name],
        input=codes.read_bytes(),
        capture_output=True,
        cwd=tmp_path,
        check=False,
    )
    assert (done.returncode, done.stderr.decode()) == (
        0,
        "latent: note: /dev/stdin can be read only once: written as rows of float32\n",
    )
    space = latentcli.open(tmp_path / name)
    assert not space.words.named
    np.testing.assert_array_equal(space.matrix, np.load(codes).astype(np.float32))


def test_words_that_had_to_be_changed_are_told(latent, tmp_path):
    np.savez(tmp_path / "in.npz", vectors=np.eye(2), words=np.array(["a\0b", "c"]))
    code, _, err = latent(
        "convert", tmp_path / "in.npz", tmp_path / "out.npy", "--labels", "words"
    )
    assert code == 0
    assert "1 word holds a blank, line break or NUL" in err
    assert (tmp_path / "out.npy.words.txt").read_text() == "a\\x00b\nc\n"
    assert latent("neighbors", "c", "-v", tmp_path / "out.npy")[0] == 0


def test_the_help_offers_only_what_is_used(latent):
    _, out, _ = latent("convert", "--help")
    for option in ("--labels", "--no-cache", "--to", "--force"):
        assert option in out
    for option in ("--vectors", "LATENT_VECTORS", "--ignore-case"):
        assert option not in out


def test_labels_and_no_cache_are_used(results, codes, tmp_path, own_cache):
    labels = tmp_path / "names"
    labels.write_text("".join(f"code{number}\n" for number in range(12)))
    target = tmp_path / "out.glove"
    results("convert", codes, target, "--labels", labels, "--no-cache")
    assert target.read_text().startswith("code0 ")
    assert not own_cache.exists()


TABLE = "label,class\nred,warm\nblue,cold\nlime,\n"


@pytest.mark.parametrize(
    "content", [TABLE, TABLE.replace(",", "\t"), TABLE.replace("\n", "\r\n")]
)
def test_all_columns_of_a_table_of_labels_go_to_the_projector(results, tmp_path, content):
    np.save(tmp_path / "z.npy", np.eye(3))
    (tmp_path / "m.csv").write_text(content, newline="")
    results("convert", tmp_path / "z.npy", tmp_path / "o.tsv", "--labels", tmp_path / "m.csv")
    metadata = (tmp_path / "o.metadata.tsv").read_text()
    assert metadata == "label\tclass\nred\twarm\nblue\tcold\nlime\t\n"


def test_one_column_of_a_table_of_labels_is_named(results, tmp_path):
    np.save(tmp_path / "z.npy", np.eye(3))
    (tmp_path / "m.csv").write_text(TABLE)
    labels = f"{tmp_path / 'm.csv'}::class"
    results("convert", tmp_path / "z.npy", tmp_path / "o.tsv", "--labels", labels)
    assert (tmp_path / "o.metadata.tsv").read_text() == "warm\ncold\n(empty)\n"


def test_an_array_keeps_its_axes_in_an_array_and_needs_them_as_rows(latent, tmp_path):
    values = np.random.default_rng(0).standard_normal((4, 16, 16)).astype("f4")
    np.save(tmp_path / "z.npy", values)
    assert latent("convert", tmp_path / "z.npy", tmp_path / "z.npz")[::2] == (0, "")
    assert (np.load(tmp_path / "z.npz")["vectors"] == values).all()
    code, _, err = latent("convert", tmp_path / "z.npy", tmp_path / "z.txt")
    assert (code, "two ways" in err) == (1, True)
    for axes, first in (("CHW", "1 1024"), ("NLD", "4 256")):
        target = tmp_path / f"{axes}.txt"
        assert latent("convert", tmp_path / "z.npy", target, "--axes", axes)[0] == 0
        assert target.read_text().partition("\n")[0] == first
