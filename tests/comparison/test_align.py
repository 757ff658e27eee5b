"""Alignment by a dictionary beside plain NumPy, on spaces that are rotations of each other."""

import numpy as np
import pytest

import latentcli
from latentcli.errors import LatentError


def spaces(noise, rows=400, dims=12, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, dims)) + 0.4
    turn = np.linalg.qr(rng.standard_normal((dims, dims)))[0]
    return x, x @ turn + noise * rng.standard_normal((rows, dims)), turn


def same(first, last):
    return [(str(row), str(row)) for row in range(first, last)]


def plain(x, y, train, test, k_csls=10):
    """The rotation, and P@1 by cosine and by CSLS, of all scores at once."""
    x, y = (side / np.linalg.norm(side, axis=1, keepdims=True) for side in (x, y))
    left, _, right = np.linalg.svd(x[train].T @ y[train])
    scores = x @ left @ right @ y.T
    around_x = np.sort(scores, axis=1)[:, -k_csls:].mean(axis=1)
    around_y = np.sort(scores, axis=0)[-k_csls:].mean(axis=0)
    csls = 2 * scores - around_x[:, None] - around_y
    found = {}
    for name, table in (("nn", scores), ("csls", csls)):
        order = np.argsort(-table[test], axis=1)
        for k in (1, 5, 10):
            found[name, k] = float(np.mean([row in best[:k] for row, best in zip(test, order, strict=True)]))  # fmt: skip
    return found


def test_a_rotation_is_found_exactly():
    x, y, turn = spaces(0)
    found = latentcli.align(x, y, same(0, 60), test_dictionary=same(60, 400))
    assert found.rotation == pytest.approx(turn, abs=1e-5)
    assert set(found.precision.values()) == {1.0}
    assert found.records[0]["chance"] < 0.2


@pytest.mark.parametrize("noise", [0.3, 0.7, 1.2])
@pytest.mark.parametrize("seed", range(3))
def test_precision_is_that_of_plain_numpy(noise, seed):
    x, y, _ = spaces(noise, seed=seed)
    found = latentcli.align(x, y, same(0, 100), test_dictionary=same(100, 400))
    wanted = plain(x, y, np.arange(100), np.arange(100, 400))
    assert found.precision == pytest.approx(wanted)


def test_unrelated_spaces_are_at_chance():
    x, y = spaces(0)[0], spaces(0, seed=9)[0]
    found = latentcli.align(x, y, same(0, 300))
    for record in found.records:
        assert record["precision"] <= 0.15
        assert record["low"] <= record["chance"] + 0.05


def test_refinement_helps_few_pairs():
    x, y, _ = spaces(0.25, rows=1000, dims=20)
    few = latentcli.align(x, y, same(0, 14), test_dictionary=same(500, 1000))
    more = latentcli.align(x, y, same(0, 14), test_dictionary=same(500, 1000), refinements=5)
    assert more.precision["csls", 1] > few.precision["csls", 1] + 0.05


def test_a_word_with_several_translations_counts_once_and_any_is_right():
    x, y, _ = spaces(0)
    tested = [("7", "9"), ("7", "7"), ("8", "8"), ("10", "11")]
    found = latentcli.align(x, y, same(20, 400), test_dictionary=tested)
    assert found.words == ("7", "8", "10")
    assert found.precision["nn", 1] == pytest.approx(2 / 3)


def test_held_out_words_keep_their_translations_together():
    x, y, _ = spaces(0)
    pairs = [
        pair for row in range(50) for pair in ((str(row), str(row)), (str(row), str(row + 1)))
    ]
    found = latentcli.align(x, y, pairs)
    assert (found.summary["tested_words"], found.summary["tested_pairs"]) == (10, 20)
    assert found.summary["learned_pairs"] == 80


def test_words_that_are_not_there_are_counted():
    x, y, _ = spaces(0)
    found = latentcli.align(x, y, [*same(0, 50), ("none", "3"), ("4", "9999")])
    assert (
        found.notes[0] == "2 pairs of `dictionary` with a word out of vocabulary are left out"
    )
    assert found.summary["coverage"] == pytest.approx(50 / 51)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"dictionary": []}, "0 pairs of `dictionary`"),
        ({"dictionary": [("0", "0"), ("0", "1")]}, "none can be held out"),
        ({"y": np.ones((5, 3))}, "a rotation needs the same number"),
        ({"refinements": -1}, "`refinements` is -1"),
        ({"neighbors": 0}, "`neighbors` is 0"),
        ({"ci": 2.0}, "`ci` is 2.0"),
        ({"x": np.zeros((400, 12))}, "0 pairs of `dictionary`"),
    ],
)
def test_what_cannot_be_aligned_is_one_line(settings, said):
    x, y, _ = spaces(0)
    with pytest.raises(LatentError, match=said):
        latentcli.align(**{"x": x, "y": y, "dictionary": same(0, 50), **settings})


def test_the_command(latent, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x, y, _ = spaces(0.3)
    np.save("x.npy", x)
    np.save("y.npy", y)
    (tmp_path / "pairs.txt").write_text("".join(f"{row}\t{row}\n" for row in range(100)))
    code, out, err = latent("align", "x.npy", "y.npy", "--dictionary", "pairs.txt")
    assert code == 0, err
    assert "csls" in out
    for arguments, status, said in (
        (["x.npy", "y.npy", "--dictionary", "none.txt"], 1, "none.txt"),
        (["x.npy", "y.npy", "--dictionary", "x.npy"], 1, "x.npy"),
        (
            ["x.npy", "y.npy", "-d", "pairs.txt", "--refinements", "-1"],
            2,
            "--refinements is -1",
        ),
    ):
        code, out, err = latent("align", *arguments)
        assert (code, out) == (status, ""), err
        assert said in err
        assert err.count("\n") == 1
