"""Time slices: words that all share, aligned one slice onto the next, and a null for what changed."""

import json

import numpy as np
import pytest
from scipy.linalg import orthogonal_procrustes

import latentcli
from latentcli.comparison import align_slices
from latentcli.errors import LatentError


def stable(rows=600, dims=10, noise=0.3, seed=0, slices=2):
    """Slices of the same vectors, each turned at random and with noise of its own."""
    rng = np.random.default_rng(seed)
    first = dims**0.5 * unit(rng.standard_normal((rows, dims)))
    turns = [np.linalg.qr(rng.standard_normal((dims, dims)))[0] for _ in range(slices)]
    return [(first + noise * rng.standard_normal((rows, dims))) @ turn for turn in turns], rng


def named(slices):
    return {f"t{number}": one for number, one in enumerate(slices)}


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_rotations_are_those_of_scipy_one_slice_onto_the_next():
    slices, _ = stable(slices=3)
    found = align_slices(named(slices))
    turned = unit(slices[0])
    for one, rotation in zip(slices[1:], found.rotations[1:], strict=True):
        wanted, _ = orthogonal_procrustes(unit(one), turned)
        assert rotation == pytest.approx(wanted, abs=1e-5)
        turned = unit(one) @ wanted


def test_a_rotation_alone_moves_nothing():
    slices, _ = stable(noise=0, slices=3)
    found = align_slices(named(slices))
    assert found.moved.max() < 1e-9
    assert found.p_values is None
    assert "no p-values" in found.notes[-1]


def test_moves_of_words_held_out_are_those_of_plain_numpy():
    """Each half is measured by the rotation that the other half has learned: ten halvings."""
    slices, _ = stable(rows=80)
    x, y = map(unit, slices)
    rng = np.random.default_rng([0, 29])
    total = np.zeros(80)
    for _ in range(10):
        halves = np.array_split(rng.permutation(80), 2)
        for learned, measured in (halves, halves[::-1]):
            turn, _ = orthogonal_procrustes(y[learned], x[learned])
            total[measured] += 1 - ((y[measured] @ turn) * x[measured]).sum(axis=1)
    assert align_slices(named(slices)).moved == pytest.approx(total / 10, abs=1e-5)


def test_stable_words_are_rarely_called_changed():
    """At 5 % a false claim is made in 1 of 20 sets of slices; more than 3 has a chance of 2 %."""
    claims = 0
    for seed in range(20):
        slices, _ = stable(rows=300, dims=6, seed=seed)
        claims += bool((align_slices(named(slices), seed=seed).p_values <= 0.05).any())
    assert claims <= 3


def test_noise_that_depends_on_frequency_is_not_change():
    """Rare words, the later rows, are unsteady: compared with their like, none has changed."""
    claims = 0
    for seed in range(5):
        rng = np.random.default_rng(seed)
        first = 8**0.5 * unit(rng.standard_normal((1500, 8)))
        level = np.linspace(0.05, 0.4, 1500)[:, None]
        found = align_slices({"a": first, "b": first + level * rng.standard_normal((1500, 8))})
        claims += bool((found.p_values <= 0.05).any())
    assert claims <= 2


def test_words_that_changed_are_found_with_their_step():
    slices, rng = stable(slices=3, noise=0.1)
    for row in (5, 50):
        slices[2][row] = rng.standard_normal(10)
    found = align_slices(named(slices))
    assert [row["word"] for row in found.records[:2]] in (["5", "50"], ["50", "5"])
    assert {row["step"] for row in found.records[:2]} == {"t1 to t2"}
    assert found.summary["changed_words"] == 2
    assert [row["p_value"] <= 0.05 for row in found.records] == [True] * 2 + [False] * 8


def test_only_shared_words_are_compared(tmp_path):
    rng = np.random.default_rng(0)
    old = {f"w{n}": rng.standard_normal(4) for n in range(30)} | {
        "gone": rng.standard_normal(4)
    }
    new = {"fresh": rng.standard_normal(4)} | {
        name: old[name] for name in reversed(old) if name != "gone"
    }
    files = []
    for name, words in (("old", old), ("new", new)):
        files.append(str(tmp_path / f"{name}.txt"))
        lines = (f"{word} {' '.join(map(str, row))}\n" for word, row in words.items())
        (tmp_path / f"{name}.txt").write_text("".join(lines))
    found = latentcli.align_slices({"old": files[0], "new": files[1]})
    assert found.words == tuple(f"w{n}" for n in range(30))
    assert found.moved.max() < 1e-6


@pytest.mark.parametrize(
    ("slices", "settings", "said"),
    [
        ({"a": np.eye(5)}, {}, "two or more are aligned"),
        ({"a": np.eye(5), "b": np.eye(4)}, {}, "b has 4 dimensions and a 5"),
        ({"a": np.eye(3), "b": np.eye(3)}, {}, "3 words in all slices: four are needed"),
        ({"a": np.zeros((9, 2)), "b": np.eye(9)[:, :2]}, {}, "0 words in all slices"),
        ({"a": np.eye(5), "b": np.eye(5)}, {"top": 0}, "`top` is 0"),
        ({"a": np.eye(5), "b": np.eye(5)}, {"seed": -1}, "`seed` is -1"),
    ],
)
def test_what_cannot_be_aligned_is_one_line(slices, settings, said):
    with pytest.raises(LatentError, match=said):
        align_slices(slices, **settings)


def test_the_command(latent, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = np.random.default_rng(0).standard_normal((600, 10))
    changed = first.copy()
    changed[3] *= -1
    for year, one in ((1900, first), (1950, changed), (2000, changed)):
        np.save(
            f"{year}.npy", one + 0.1 * np.random.default_rng(year).standard_normal((600, 10))
        )
    files = ["1900.npy", "1950.npy", "2000.npy"]
    code, out, err = latent("align", *files, "-k", "2", "--json", "-q")
    assert code == 0, err
    shown = json.loads(out)
    assert shown["results"][0]["word"] == "3"
    assert shown["results"][0]["step"] == "1900 to 1950"
    assert shown["summary"]["shared_words"] == 600
    code, out, err = latent("align", *files)
    assert code == 0, err
    assert max(map(len, out.splitlines())) <= 80
    for arguments, said in (
        ([files[0]], "name two files or more"),
        ([*files, "-d", "pairs.txt"], "--dictionary goes with two files"),
        ([*files, "--refinements", "2"], "go with --dictionary"),
        ([files[0], files[0]], "named twice"),
    ):
        code, out, err = latent("align", *arguments)
        assert (code, out) == (2, ""), err
        assert said in err
        assert err.count("\n") == 1


WORLDS = ("one length", "lengths vary", "correlated", "lengths lost")


def unrelated_to_change(kind, seed, rows=400, dims=8):
    """Slices that differ by one noise only, which turns short vectors farther."""
    rng = np.random.default_rng([seed, 77])
    first = rng.standard_normal((rows, dims))
    if kind == "one length":
        first = dims**0.5 * unit(first)
    if kind == "correlated":
        first = first @ rng.standard_normal((dims, dims))
    slices = [first, first + 0.3 * rng.standard_normal((rows, dims))]
    return named([unit(one) if kind == "lengths lost" else one for one in slices])


def false_claims(kind, seeds):
    found = [align_slices(unrelated_to_change(kind, seed), seed=seed) for seed in seeds]
    return sum(bool((one.p_values <= 0.05).any()) for one in found)


@pytest.mark.parametrize("kind", WORLDS)
def test_short_vectors_that_the_same_noise_turns_farther_have_not_changed(kind):
    """Without their lengths 12 % of such slices, and 17 % of correlated ones, had a word that changed."""
    assert false_claims(kind, range(8)) <= 1


@pytest.mark.parametrize("kind", WORLDS[:3])
def test_a_word_that_changed_is_found_whatever_the_lengths(kind):
    found = 0
    for seed in range(5):
        slices = unrelated_to_change(kind, seed)
        other = np.random.default_rng(seed).standard_normal(8)
        slices["t1"][5] = other * np.linalg.norm(slices["t1"][5]) / np.linalg.norm(other)
        found += align_slices(slices, seed=seed).p_values[5] <= 0.05
    assert found >= 4
