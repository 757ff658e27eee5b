import json
import math

import numpy as np
import pytest
from safetensors.numpy import save

KEYS = {
    "file", "format", "compression", "array", "arrays", "rows", "words", "dimensions", "shape",
    "axes", "dtype", "header", "found", "unusable_rows", "norm_min", "norm_median", "norm_max",
    "first_words", "sample_words", "bytes", "cached",
}  # fmt: skip


def test_a_file_of_words(results, words):
    (record,) = results("info", words)
    assert set(record) == KEYS
    # The squared norms are 0.74, 0.24, 0.35, 0.85, 0.46, 0.81.
    assert (
        record
        | {
            "file": str(words),
            "format": "word2vec text",
            "rows": 6,
            "words": 6,
            "dimensions": 3,
            "header": "6 x 3",
            "unusable_rows": 0,
            "norm_min": pytest.approx(math.sqrt(0.24), abs=1e-6),
            "norm_median": pytest.approx((math.sqrt(0.46) + math.sqrt(0.74)) / 2, abs=1e-6),
            "norm_max": pytest.approx(math.sqrt(0.85), abs=1e-6),
            "first_words": "king man woman queen prince castle",
            "bytes": words.stat().st_size,
            "cached": True,
        }
        == record
    )


def test_an_array_has_rows_and_no_words(results, codes):
    (record,) = results("info", codes)
    assert (record["rows"], record["dimensions"], record["words"]) == (12, 2, None)
    assert record["dtype"] == str(np.load(codes).dtype)
    assert record["first_words"] is None


def test_a_header_that_lies_is_held_against_the_truth(results, tmp_path):
    path = tmp_path / "lying.txt"
    path.write_text("9 2\nking 1 2\nking 3 4\nzero 0 0\nqueen 2 1\n")
    (record,) = results("info", path)
    assert record["header"] == "9 x 2"
    assert record["words"] == 3
    assert record["unusable_rows"] >= 1
    assert record["found"] != "nothing dropped or repaired"


def test_several_files_are_several_records(results, words, objects):
    records = results("info", words, objects)
    assert [record["rows"] for record in records] == [6, 4]


def test_without_a_file_the_vectors_that_would_be_asked_are_described(
    results, words, monkeypatch
):
    monkeypatch.setenv("LATENT_VECTORS", str(words))
    assert results("info")[0]["file"] == str(words)


def test_a_file_of_several_arrays_lists_them(latent, results, tmp_path):
    path = tmp_path / "both.npz"
    np.savez(path, first=np.eye(3), second=np.ones((2, 4)))
    code, out, err = latent("info", path, "-f", "csv")
    assert code == 0
    assert "first" in out
    assert "second" in out
    assert err.startswith("latent: note: ")
    (record,) = results("info", f"{path}::second")
    assert (record["array"], record["shape"]) == ("second", "2 x 4")


def test_a_file_without_one_usable_row_is_refused(latent, tmp_path):
    path = tmp_path / "zeros.npy"
    np.save(path, np.zeros((3, 2)))
    code, out, err = latent("info", path)
    assert (code, out) == (1, "")
    assert "zeros.npy" in err
    assert err.count("\n") == 1


def test_no_cache_leaves_no_entry(results, words, own_cache):
    assert results("info", words, "--no-cache")[0]["cached"] is False
    assert not own_cache.exists()


def test_a_missing_file_is_told(latent, tmp_path):
    path = tmp_path / "none.txt"
    assert latent("info", path) == (1, "", f"latent: error: no such file: {path}\n")


def test_a_file_that_cannot_be_read_does_not_hide_the_others(latent, words, tmp_path):
    (tmp_path / "bad.txt").write_text("prose, and no vectors\n")
    code, out, err = latent(
        "info", words, tmp_path / "bad.txt", tmp_path / "gone.txt", "-f", "ndjson"
    )
    assert code == 1
    assert [json.loads(line)["rows"] for line in out.splitlines()] == [6]
    assert "latent: error: bad.txt: text, but its lines" in err
    assert "latent: error: no such file" in err


def arrays_of(latent, path):
    (record,) = json.loads(latent("info", path, "--json")[1])["results"]
    return record["array"], record["arrays"]


def test_all_arrays_of_an_archive_are_listed(latent, tmp_path):
    path = tmp_path / "run.npz"
    few = np.array(["a", "b", "c"])
    np.savez(path, codes=np.eye(4, dtype="f4"), attributes=few, seed=np.float32(3))
    listed = "codes (4, 4) float32, attributes (3,) <U1, seed () float32"
    assert arrays_of(latent, path) == ("codes", listed)
    np.savez(path, codes=np.eye(4, dtype="f4"))
    assert arrays_of(latent, path) == ("codes", None)


def test_all_tensors_and_data_sets_are_listed(latent, tmp_path):
    path = tmp_path / "run.safetensors"
    path.write_bytes(save({"w": np.eye(3, dtype="f4"), "b": np.ones((4, 2), "f2")}))
    assert arrays_of(latent, path) == ("w", "w (3, 3) float32, b (4, 2) float16")
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "run.h5", "w") as file:
        file["z"], file["more/y"] = np.eye(3), np.ones((4, 2))
    assert arrays_of(latent, tmp_path / "run.h5") == (
        "z", "more/y (4, 2) float64, z (3, 3) float64",
    )  # fmt: skip


def test_an_array_with_two_readings_is_told_both(latent, tmp_path):
    np.save(tmp_path / "z.npy", np.ones((4, 16, 16), "f4"))
    code, out, err = latent("info", tmp_path / "z.npy", "--json")
    (record,) = json.loads(out)["results"]
    assert code == 0
    assert (record["shape"], record["rows"], record["norm_median"]) == (
        "4 x 16 x 16",
        None,
        None,
    )
    assert record["axes"] == (
        "undecided: CHW, 1 code of 4 x 16 x 16 = 1,024 numbers; or NLD, 4 codes of 16 layers of 16 numbers"
    )
    assert "--axes CHW" in err


def test_axes_say_which_norms_there_are(results, tmp_path):
    np.save(tmp_path / "z.npy", np.ones((4, 16, 16), "f4"))
    (record,) = results("info", tmp_path / "z.npy", "--axes", "CHW")
    assert (record["rows"], record["norm_median"]) == (1, 32)  # sqrt(1,024)
