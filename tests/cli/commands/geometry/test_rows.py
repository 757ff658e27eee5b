"""duplicates, outliers and clusters as commands: what is printed, written and refused."""

import numpy as np
import pytest


@pytest.fixture
def blobs(put):
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((60, 3)) + np.repeat([[0, 0, 0], [9, 0, 0]], 30, axis=0)
    rows[7] = rows[21]
    return put("blobs.npy", rows)


def test_duplicates(answer, blobs):
    whole = answer("duplicates", blobs, "--threshold", "0.9999999")
    assert whole["results"][0] == {
        "a": "7", "b": "21", "cosine": 1.0, "group": 1, "group_size": 2,
    }  # fmt: skip
    assert whole["summary"]["exact_copies"] == 1


def test_duplicates_at_a_terminal(latent, blobs):
    code, out, err = latent("duplicates", blobs, "--threshold", "0.9999999")
    assert (code, err) == (0, "")
    assert "groups\n" in out
    assert "7, 21" in out


def test_none_are_no_error(latent, put):
    code, out, _ = latent("duplicates", put("eye.npy", np.eye(4)))
    assert code == 0
    assert "pairs" in out


def test_outliers(answer, put):
    rows = np.random.default_rng(0).standard_normal((50, 2))
    rows[9] = 40
    whole = answer("outliers", put("far.npy", rows), "-k", "3")
    assert [len(whole["results"]), whole["results"][0]["row"]] == [3, 9]


def test_labels_of_clusters_are_written_for_other_commands(latent, answer, blobs, tmp_path):
    out = tmp_path / "labels.npy"
    whole = answer("clusters", blobs, "-o", out)
    labels = np.load(out)
    assert sorted(np.bincount(labels).tolist()) == [30, 30]
    assert whole["summary"]["clusters"] == 2
    code, text, err = latent("geometry", blobs, "--labels", out, "--only", "clusters", "-q")
    assert code == 0, err
    assert "silhouette" in text


@pytest.mark.parametrize("command", ["duplicates", "outliers", "clusters"])
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", 1),
        (b"\x93NUMPY\x01\x00v\x00{'descr': '<f4'", 1),
        (b"no numbers at all\n", 1),
    ],
)
def test_files_that_hold_no_vectors_are_one_line(latent, tmp_path, command, content, code):
    path = tmp_path / "x.npy"
    path.write_bytes(content)
    found, out, err = latent(command, path)
    assert (found, out) == (code, "")
    assert err.startswith("latent: error: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["duplicates", "--threshold", "0"], "--threshold is 0.0; it must be"),
        (["duplicates", "-k", "0"], "-k is 0; it must be a whole number from 1"),
        (["outliers", "--neighbors", "0"], "--neighbors is 0; it must be"),
        (["outliers", "--method", "iforest"], "unknown method 'iforest'"),
        (["clusters", "-k", "1"], "--k is 1; it must be a whole number from 2"),
        (["clusters", "-k", "many"], "--k is many; it must be a whole number from 2, or auto"),
        (["clusters", "--bootstraps", "-1"], "--bootstraps is -1"),
    ],
)
def test_usage(latent, blobs, arguments, said):
    code, out, err = latent(arguments[0], blobs, *arguments[1:])
    assert (code, out) == (2, "")
    assert said in err


def test_clusters_fewer_rows_than_clusters_names_the_file(latent, put):
    code, _, err = latent(
        "clusters", put("few.npy", np.arange(40.0).reshape(20, 2)), "-k", "99"
    )
    assert code == 1
    assert err.endswith("few.npy has 20 distinct rows, fewer than 99 clusters\n")


def test_an_unwritable_place_is_refused_before_the_work(latent, blobs, tmp_path):
    code, out, err = latent("clusters", blobs, "-o", tmp_path / "no" / "labels.npy")
    assert (code, out) == (1, "")
    assert "no" in err
