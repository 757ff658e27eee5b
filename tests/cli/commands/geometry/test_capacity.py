import json

import numpy as np
import pytest


def values(records):
    return {record["measure"]: (record["value"], record["reference"]) for record in records}


def test_five_units_name_5_concepts_or_32(answer):
    whole = answer("capacity", "--dims", "5")
    assert whole["results"] == [
        {"code": "one-hot", "dims": 5, "patterns": 5, "bits": 2.321928},
        {"code": "binary", "dims": 5, "patterns": 32, "bits": 5.0},
    ]
    assert whole["settings"] == {"dims": 5, "levels": 2}


def test_the_chart(latent):
    code, out, err = latent("capacity", "--dims", "5")
    assert (code, err) == (0, "")
    assert out == (
        "5 units\n"
        "code      dims   patterns     bits\n"
        "──────────────────────────────────\n"
        "one-hot      5          5   2.3219\n"
        "binary       5         32   5.0000\n"
        "\n"
        "patterns\n"
        "one-hot  ██████▎                                    5\n"
        "binary   ████████████████████████████████████████  32\n"
    )


def test_levels(results):
    record = results("capacity", "--dims", "5", "--levels", "3")[-1]
    assert (record["code"], record["patterns"]) == ("3 levels", 243)


def test_patterns_that_json_cannot_hold_are_bits(latent):
    code, out, err = latent("capacity", "--dims", "512", "--json")
    assert code == 0
    assert json.loads(out)["results"][1] == {
        "code": "binary", "dims": 512, "patterns": None, "bits": 512.0,
    }  # fmt: skip
    assert "2 to the power of bits" in err
    _, out, _ = latent("capacity", "--dims", "512")
    assert "bits: log2 of the patterns" in out


def test_50000_concepts(results):
    found = {one["code"]: one["dims"] for one in results("capacity", "--concepts", "50000")}
    assert found == {
        "one-hot": 50_000, "binary": 16, "dense, usually from": 100, "dense, usually to": 300,
    }  # fmt: skip


def test_one_unit_and_one_concept(results):
    assert [one["patterns"] for one in results("capacity", "--dims", "1")] == [1, 2]
    assert results("capacity", "--concepts", "1")[1]["dims"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--dims", "0"], "--dims is 0; it must be a whole number from 1"),
        (["--dims", "-3"], "--dims is -3"),
        (["--dims", "1" + "0" * 400], "it must be a whole number from 1 to"),
        (["--concepts", "0"], "--concepts is 0"),
        (["--dims", "5", "--levels", "1"], "--levels is 1; it must be a whole number from 2"),
        (["--dims", "5", "--concepts", "5"], "not both"),
        (["--dims", "5", "-v", "codes.npy"], "leave out -v"),
        (["--levels", "3"], "--levels goes with"),
        (["--sample", "1"], "--sample is 1; it must be a whole number from 2"),
        (["--seed", "-1"], "--seed"),
    ],
)
def test_what_means_nothing_is_a_usage_error(latent, arguments, said):
    code, out, err = latent("capacity", *arguments, "-q")
    assert (code, out) == (2, "")
    assert said in err


def test_vectors_named_by_the_environment_do_not_hinder_counting(results, monkeypatch):
    monkeypatch.setenv("LATENT_VECTORS", "codes.npy")
    assert results("capacity", "--dims", "3")[1]["patterns"] == 8


def test_a_space_is_measured(results, tmp_path):
    corners = np.array(np.meshgrid(*[[-1.0, 1.0]] * 3)).reshape(3, -1).T
    np.save(tmp_path / "corners.npy", corners)
    found = values(results("capacity", "-v", tmp_path / "corners.npy"))
    assert found["sign_patterns"] == (8, 8)
    assert found["share_of_possible"] == (1, 1)
    assert found["bits_of_signs"] == (3, 3)
    assert found["bits_per_dimension"] == (1, 1)
    assert found["perplexity"] == (8, 8)
    # Pairs at 1, 2 and 3 flips: |cos| 1/3, 1/3 and 1; 12, 12 and 4 of 28 pairs.
    assert found["rms_cosine"][0] == pytest.approx(((24 / 9 + 4) / 28) ** 0.5, abs=1e-6)
    assert found["rms_cosine"][1] == pytest.approx((5 / 21) ** 0.5, abs=1e-6)  # it is tight
    assert found["mean_abs_cosine"][0] == pytest.approx((24 / 3 + 4) / 28, abs=1e-6)
    assert found["largest_abs_cosine"][0] == 1


def test_one_row_has_no_pairs(latent, samples):
    code, out, err = latent("capacity", "-v", samples / "z1.npy", "--json")
    assert code == 0
    assert "no pairs" in err
    assert values(json.loads(out)["results"]).keys() == {
        "sign_patterns", "share_of_possible", "bits_of_signs", "bits_per_dimension", "perplexity",
    }  # fmt: skip


def test_rows_without_a_direction_are_left_out_and_counted(latent, tmp_path):
    rows = [[1, 2], [0, 0], [np.nan, 1], [-1, 1], [np.inf, 1]]
    np.save(tmp_path / "x.npy", np.array(rows))
    code, out, err = latent("capacity", "-v", tmp_path / "x.npy", "--json")
    assert code == 0
    assert "3 of 5 rows left out: NaN or infinity, zero" in err
    assert values(json.loads(out)["results"])["sign_patterns"] == (2, 2)
    assert ": NaN," not in out


def test_nothing_to_measure_is_an_error(latent, tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((3, 2)))
    code, out, err = latent("capacity", "-v", tmp_path / "x.npy", "-q")
    assert (code, out) == (1, "")
    assert "every row is zero, NaN or infinite" in err


def test_a_sample_is_said(latent):
    _, _, err = latent("capacity", "--sample", "100")
    assert "4,950 pairs, all those among 100 rows drawn with seed 0" in err


@pytest.mark.slow
def test_glove_leaves_less_room_than_it_could(results, data):
    glove = data / "vectors" / "glove.6B.50d.txt.gz"
    found = values(results("capacity", "-v", glove))
    assert found["sign_patterns"][1] == 400_000
    assert found["sign_patterns"][0] <= 400_000
    value, welch = found["rms_cosine"]
    assert welch == pytest.approx((399_950 / (50 * 399_999)) ** 0.5, abs=1e-6)
    assert value > welch
