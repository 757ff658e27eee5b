import json

import numpy as np
import pytest

import latentcli

COLUMNS = {
    "measure", "variant", "value", "low", "high", "null", "p_value", "reading", "word",
}  # fmt: skip


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
    assert set(whole["results"][0]) == COLUMNS | {"reading_code"}
    assert found["cka", "linear, debiased"]["value"] == 1
    assert found["cka", "linear, biased"]["value"] == 1
    assert found["rsa", "spearman, euclidean"]["value"] == pytest.approx(1, abs=1e-5)
    assert found["procrustes", "centered, unit norm"]["value"] == pytest.approx(0, abs=1e-9)
    assert found["neighbor_overlap", "k=10, euclidean"]["value"] == pytest.approx(1, abs=1e-3)
    assert whole["summary"] == {
        "rows_in_common": 300, "overlap_by_chance": pytest.approx(10 / 299, abs=1e-6),
        "median_move": pytest.approx(0, abs=1e-9), "noise_limit": 1e-6,
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
    code, _, err = latent(
        "compare", words, both, "--neighbors", "1", "--align", tmp_path / "out.txt"
    )
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
        "compare", put("x.npy", x), put("y.npy", x[:, :3]), "--json", "--neighbors", "5"
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
        (["--neighbors", "0"], "--neighbors"),
        (["--moved", "-1"], "--moved"),
        (["--ci", "1"], "--ci is 1"),
        (["--ci", "95"], "--ci is 95"),
        (["--ci", "nan"], "--ci is nan"),
        (["--sample", "2"], "--sample is 2; it must be a whole number from 3"),
        (["--seed", "-1"], "--seed"),
        (["--metric", "euclid"], "Did you mean euclidean?"),
        (["--force"], "go with --align"),
        (["--align", "out.dat", "--to", "numpy"], "unknown format 'numpy'"),
    ],
)
def test_what_means_nothing_is_a_usage_error(latent, codes, arguments, said):
    code, out, err = latent("compare", codes, codes, *arguments, "-q")
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (normal(5, 2), normal(6, 2), "x.npy has 5 rows and y.npy 6"),
        (normal(1, 2), normal(1, 2), "1 row in common"),
        (normal(2, 2), normal(2, 2), "2 rows in common"),
        (np.full((5, 2), np.nan), normal(5, 2), "0 rows in common"),
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
        (normal(3, 4), "debiased CKA needs 4 rows; 3 are in common"),
        (normal(6, 9), "6 rows in 9 dimensions"),
        (np.r_[normal(5, 3), np.full((1, 3), np.nan)], "1 pair is left out"),
        (np.r_[normal(5, 3), np.zeros((1, 3))], "matched 6 rows"),
        (np.r_[normal(3, 3), normal(3, 3)], "--neighbors is 2, not 10"),
        (np.c_[normal(6, 2), np.ones((6, 1))], "matched 6 rows"),
    ],
)
def test_poor_spaces_have_values_or_notes_but_no_nan(latent, put, x, said):
    y = normal(len(x), 3, seed=7)
    code, out, err = latent("compare", put("x.npy", x), put("y.npy", y), "--json")
    assert code == 0, err
    assert said in err
    assert ": NaN" not in out
    values = [one["value"] is not None for one in json.loads(out)["results"]]
    assert any(values) or "nothing to compare" in said


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
    title, header, *_ = out.splitlines()
    assert title == "Comparison: 12 rows in common"
    assert header.split() == ["measure", "value", "low", "high", "p", "value", "reading"]


def test_layers_are_flattened(latent, data):
    codes = data / "latents" / "styleclip_w_plus.npy"
    code, out, err = latent("compare", codes, codes, "--json")
    assert code == 0
    assert "is measured as 68 rows of 9,216 numbers" in err
    assert measures(json.loads(out)["results"])["cka", "linear, debiased"]["value"] == 1


def test_a_lexicon_matches_words_of_two_languages(latent, tmp_path, samples):
    space = latentcli.open(samples / "minilm-10k.64d.txt")
    rows = turned(space.matrix[:60].astype(float))
    words = space.words.words(range(60))
    (tmp_path / "y.txt").write_text(
        "".join(
            f"zz-{word} {' '.join(map(str, row))}\n"
            for word, row in zip(words, rows, strict=True)
        )
    )
    lexicon = tmp_path / "lexicon.txt"
    lexicon.write_text("".join(f"{word} zz-{word}\n" for word in words) + "king nowhere\n")
    file = samples / "minilm-10k.64d.txt"
    code, out, err = latent("compare", file, tmp_path / "y.txt", "--lexicon", lexicon, "--json")
    assert code == 0
    assert f"matched 60 pairs of {lexicon}" in err
    assert "1 pair has a word that is not in the vocabulary" in err
    assert json.loads(out)["results"][0]["reading"] == "equal up to rotation"
    code, out, err = latent("compare", file, tmp_path / "y.txt", "-q")
    assert (code, out) == (1, "")
    assert "no word in common; --lexicon matches words by pairs of them" in err


def test_the_tables_fit_a_narrow_terminal_and_say_where_noise_begins(latent, put):
    x = normal(80, 5)
    y = turned(x) + 0.2 * normal(80, 5, seed=4)
    code, out, err = latent("compare", put("x.npy", x), put("y.npy", y))
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "alike beyond chance" in out
    assert "the usual move is" in err
