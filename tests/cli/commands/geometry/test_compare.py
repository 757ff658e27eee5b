import json

import numpy as np
import pytest

import latentcli

COLUMNS = {"measure", "variant", "value", "low", "high", "word"}


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def turned(values, seed=1):
    dimensions = values.shape[1]
    return values @ np.linalg.qr(normal(dimensions, dimensions, seed=seed))[0]


def measures(records):
    return {
        (one["measure"], one["variant"]): one for one in records if one["measure"] != "moved"
    }


def test_a_space_and_its_rotation(answer, put):
    x = normal(300, 20)
    whole = answer("compare", put("x.npy", x), put("y.npy", turned(x)), "--biased")
    found = measures(whole["results"])
    assert set(whole["results"][0]) == COLUMNS
    assert found["cka", "linear, debiased"]["value"] == 1
    assert found["cka", "linear, biased"]["value"] == 1
    assert found["rsa", "spearman, euclidean"]["value"] == pytest.approx(1, abs=1e-5)
    assert found["procrustes", "centred, unit norm"]["value"] == pytest.approx(0, abs=1e-9)
    assert found["neighbor_overlap", "k=10, euclidean"]["value"] == pytest.approx(1, abs=1e-3)
    assert whole["summary"] == {
        "rows_in_common": 300, "overlap_by_chance": pytest.approx(10 / 299, abs=1e-6),
    }  # fmt: skip
    assert not [one for one in whole["results"] if one["measure"] == "moved"]


def test_independent_noise(answer, put):
    """n = 50, d = 512: debiased near 0, biased .9116."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(50, 512)), rng.normal(size=(50, 512))
    found = measures(answer("compare", put("x.npy", x), put("y.npy", y), "--biased")["results"])
    debiased = found["cka", "linear, debiased"]
    assert debiased["value"] == pytest.approx(0.0142, abs=5e-5)
    assert debiased["low"] < 0 < debiased["high"]
    assert found["cka", "linear, biased"]["value"] == pytest.approx(0.9116, abs=5e-5)
    assert found["cka", "linear, biased"]["low"] is None


def test_words_are_matched_and_the_most_moved_are_named(latent, tmp_path, samples):
    space = latentcli.open(samples / "minilm-10k.64d.txt")
    rows = turned(space.matrix[:500].astype(float))
    words = space.words.words(range(500))
    rows[words.index("king")] *= -1
    order = np.random.default_rng(3).permutation(500)
    lines = [f"{words[i]} {' '.join(f'{value:.6f}' for value in rows[i])}\n" for i in order]
    (tmp_path / "y.txt").write_text("".join(lines))
    code, out, err = latent(
        "compare", "minilm-10k.64d.txt", tmp_path / "y.txt", "--moved", "3", "--json"
    )
    assert code == 0
    assert "matched 500 words: of 10,000 in minilm-10k.64d.txt and 500 in y.txt" in err
    records = json.loads(out)["results"]
    moved = [one for one in records if one["measure"] == "moved"]
    assert len(moved) == 3
    assert moved[0]["word"] == "king"
    assert moved[0]["value"] > 1.5
    assert measures(records)["neighbor_overlap", "k=10, cosine"]["value"] > 0.95


def test_align_writes_x_turned_onto_y(latent, put, tmp_path):
    x = normal(60, 5).astype(np.float32)
    y = turned(x) + 2
    code, _, err = latent(
        "compare", put("x.npy", x), put("y.npy", y), "--align", tmp_path / "out.npy"
    )
    assert code == 0
    assert f"wrote {tmp_path / 'out.npy'}: 60 x 5" in err
    np.testing.assert_allclose(np.load(tmp_path / "out.npy"), y, atol=1e-5)


def test_align_takes_a_format(latent, codes, tmp_path):
    out = tmp_path / "out.dat"
    assert latent("compare", codes, codes, "--align", out, "--to", "npy")[0] == 0
    np.testing.assert_allclose(np.load(out), np.load(codes), atol=1e-6)


def test_align_keeps_words_also_those_that_only_x_has(latent, tmp_path, words, objects):
    both = tmp_path / "both.txt"
    both.write_text("king 1 2 3 4\nman 2 1 0 1\nwoman 3 3 1 0\nqueen 0 1 2 1\n")
    code, _, err = latent("compare", words, both, "-k", "1", "--align", tmp_path / "out.txt")
    assert code == 0, err
    aligned = latentcli.open(tmp_path / "out.txt")
    assert (len(aligned), aligned.dimensions) == (6, 4)
    assert "castle" in aligned
    assert "3 and 4 dimensions: for the rotation the smaller is padded" in err


def test_align_replaces_nothing_unasked(latent, tmp_path, codes):
    out = tmp_path / "out.npy"
    out.write_text("precious")
    code, _, err = latent("compare", codes, codes, "--align", out)
    assert code == 1
    assert "--force replaces it" in err
    assert out.read_text() == "precious"
    assert latent("compare", codes, codes, "--align", out, "--force")[0] == 0


def test_align_does_not_replace_what_is_compared(latent, put):
    x = put("x.npy", normal(9, 2))
    code, _, err = latent("compare", x, x, "--align", x, "--force")
    assert code == 2
    assert "which is compared" in err


@pytest.mark.parametrize("name", ["out.xyz", "absent/out.npy"])
def test_align_where_nothing_can_be_written(latent, codes, tmp_path, name):
    code, out, err = latent("compare", codes, codes, "-q", "--align", tmp_path / name)
    assert code in (1, 2)
    assert out == ""
    assert err.count("\n") == 1


def test_different_dimensions(latent, put):
    x = normal(40, 6)
    code, out, err = latent(
        "compare", put("x.npy", x), put("y.npy", x[:, :3]), "--json", "-k", "5"
    )
    assert code == 0
    assert "6 and 3 dimensions: for the rotation the smaller is padded with zeros" in err
    found = measures(json.loads(out)["results"])
    assert 0 < found["cka", "linear, debiased"]["value"] < 1


def test_a_seed_decides_the_sample(results, put):
    files = put("x.npy", normal(200, 3)), put("y.npy", normal(200, 3, seed=1))
    one, same, other = (
        results("compare", *files, "--sample", "40", "--seed", seed) for seed in "001"
    )
    assert one == same
    assert one != other


def test_no_intervals(results, codes):
    for one in results("compare", codes, codes, "--ci", "0"):
        assert (one["low"], one["high"]) == (None, None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-k", "0"], "--neighbors is 0; it must be"),
        (["--moved", "-1"], "--moved"),
        (["--ci", "1"], "--ci is "),
        (["--ci", "95"], "--ci is "),
        (["--ci", "nan"], "--ci is "),
        (["--sample", "2"], "--sample is 2; it must be a whole number from 3"),
        (["--seed", "-1"], "--seed"),
        (["--metric", "euclid"], "Did you mean euclidean?"),
        (["--force"], "go with --align"),
        (["--align", "out.dat", "--to", "numpy"], "unknown format 'numpy'"),
    ],
)
def test_what_means_nothing_is_a_usage_error(latent, codes, arguments, said):
    code, out, err = latent("compare", codes, codes, *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (normal(5, 2), normal(6, 2), "x.npy has 5 rows and y.npy 6"),
        (normal(1, 2), normal(1, 2), "1 row in common"),
        (normal(2, 2), normal(2, 2), "2 rows in common"),
        (np.full((5, 2), np.nan), normal(5, 2), "x.npy: every row is zero, NaN or infinite"),
        (
            np.repeat([[1.0], [np.nan]], 3, axis=0),
            np.repeat([[np.nan], [1.0]], 3, axis=0),
            "0 rows in common",
        ),
    ],
)
def test_what_cannot_be_compared(latent, put, x, y, said):
    code, out, err = latent("compare", put("x.npy", x), put("y.npy", y), "-q")
    assert (code, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (np.ones((6, 3)), "all rows of x.npy are the same: there is nothing to compare"),
        (np.eye(6), "no debiased CKA: all rows of one space are equally far"),
        (np.eye(6), "no RSA: all distances in one space are the same"),
        (normal(3, 4), "debiased CKA takes 4 rows, 3 are in common"),
        (normal(6, 9), "6 rows in 9 dimensions"),
        (np.r_[normal(5, 3), np.full((1, 3), np.nan)], "1 pair is left out"),
        (np.r_[normal(5, 3), np.zeros((1, 3))], "1 pair is left out"),
        (np.r_[normal(3, 3), normal(3, 3)], "k is 2, not 10"),
        (np.c_[normal(6, 2), np.ones((6, 1))], "matched 6 rows"),
    ],
)
def test_poor_spaces_have_values_or_notes_but_no_nan(latent, put, x, said):
    y = normal(len(x), 3, seed=7)
    code, out, err = latent("compare", put("x.npy", x), put("y.npy", y), "--json")
    assert code == 0, err
    assert said in err
    assert ": NaN" not in out
    there = [one["value"] is not None for one in json.loads(out)["results"]]
    assert any(there) == (not said.startswith("all rows"))


def test_nothing_to_align(latent, put, tmp_path):
    same = put("x.npy", np.ones((6, 3)))
    code, _, err = latent("compare", same, put("y.npy", normal(6, 3)), "-q", "--align",
                          tmp_path / "out.npy")  # fmt: skip
    assert code == 1
    assert "nothing to align" in err


def test_broken_files_are_told(latent, codes, tmp_path):
    (tmp_path / "broken.npy").write_bytes(b"\x93NUMPY\x01\x00")
    for file in ("absent.npy", tmp_path / "broken.npy", tmp_path):
        code, out, err = latent("compare", codes, file, "-q")
        assert (code, out) == (1, "")
        assert err.count("\n") == 1


def test_the_table(latent, samples):
    code, out, _ = latent("compare", "codes.npy", "codes.npy")
    assert code == 0
    assert out.splitlines()[0].split() == ["measure", "variant", "value", "low", "high"]


def test_layers_are_flattened(latent, data):
    codes = data / "latents" / "styleclip_w_plus.npy"
    code, out, err = latent("compare", codes, codes, "--json")
    assert code == 0
    assert "the rest flattened" in err
    assert measures(json.loads(out)["results"])["cka", "linear, debiased"]["value"] == 1


def test_a_lexicon_matches_the_words_of_two_languages(answer, tmp_path):
    rows = np.random.default_rng(0).standard_normal((30, 4))
    turned = rows @ np.linalg.qr(np.random.default_rng(1).standard_normal((4, 4)))[0]
    for name, values in (("a", rows), ("b", turned)):
        lines = (f"w{i}_{name} {' '.join(map(str, row))}\n" for i, row in enumerate(values))
        (tmp_path / f"{name}.txt").write_text("".join(lines))
    pairs = tmp_path / "pairs.txt"
    pairs.write_text("".join(f"w{i}_a w{i}_b\n" for i in range(25)) + "nothing w26_b\n")
    whole = answer("compare", tmp_path / "a.txt", tmp_path / "b.txt", "--lexicon", pairs)
    found = measures(whole["results"])
    assert whole["summary"]["rows_in_common"] == 25
    assert whole["settings"]["matched_by"] == "lexicon"
    assert found["cka", "linear, debiased"]["value"] == pytest.approx(1, abs=1e-4)
    assert "1 pair is left out: a word of the lexicon is not there" in whole["notes"]


def test_nothing_is_near_in_a_space_of_one_point(answer, tmp_path):
    np.save(tmp_path / "x.npy", np.random.default_rng(0).standard_normal((40, 3)))
    np.save(tmp_path / "same.npy", np.ones((40, 3)))
    found = answer("compare", tmp_path / "x.npy", tmp_path / "same.npy")["results"]
    assert [record["value"] for record in found] == [None] * 4
