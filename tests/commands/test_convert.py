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
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache"]
