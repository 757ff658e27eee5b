"""Several spaces beside one: the values of compare, and spaces that are one or two."""

import json

import numpy as np
import pytest

import latentcli
from latentcli.errors import LatentError


def spaces(seed, *noises, rows=80):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, 5))
    turn = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    made = {
        f"{place}": (x + sd * rng.standard_normal(x.shape)) @ turn
        for place, sd in enumerate(noises)
    }
    return x, made


def test_values_are_those_of_compare():
    x, made = spaces(0, 0.3, 1.0)
    found = latentcli.compare_several(x, made, neighbors=6)
    for name, y in made.items():
        alone = latentcli.compare(x, y, neighbors=6, ci=None, moved=0)
        mine = {row["measure"]: row["value"] for row in found.records if row["space"] == name}
        for measure, value in mine.items():
            assert value == pytest.approx(getattr(alone, measure), abs=1e-9)


def test_spaces_that_differ_are_told_apart_and_the_best_stands_first():
    found = latentcli.compare_several(*spaces(1, 2.0, 0.2))
    for measure in ("cka", "rsa", "procrustes", "neighbor_overlap"):
        best, other = (row for row in found.records if row["measure"] == measure)
        assert (best["space"], best["group"], other["group"]) == ("1", "a", "b")
        assert other["low"] <= other["difference"] <= other["high"]
    assert len(found.pictures()) == 5


def test_the_picture_has_the_cka_of_every_two():
    x, made = spaces(5, 0.3, 1.0)
    found = latentcli.compare_several(x, made)
    heat, *_ = found.pictures()
    every = {"X": x, **made}
    assert (heat.title, [*heat.rows], [*heat.columns]) == ("cka", [*every], [*every])
    for i, a in enumerate(every.values()):
        for j, b in enumerate(every.values()):
            alone = latentcli.compare(a, b, ci=None, moved=0).cka if i != j else 1.0
            assert heat.values[i][j] == pytest.approx(alone, abs=1e-9)


def test_spaces_that_are_one_but_for_noise_seldom_are():
    apart = 0
    for seed in range(15):
        rows = latentcli.compare_several(*spaces(seed, 0.7, 0.7, rows=60)).records
        apart += len({row["group"] for row in rows if row["measure"] == "cka"}) > 1
    assert apart <= 3


def test_words_that_all_spaces_have_are_compared(tmp_path):
    rng = np.random.default_rng(2)
    rows = {f"w{n}": rng.standard_normal(4) for n in range(60)}
    files = []
    for number, words in enumerate((range(60), range(5, 60), range(59, -1, -1))):
        files.append(tmp_path / f"{number}.txt")
        lines = (
            f"w{n} {' '.join(map(str, rows[f'w{n}'] + 0.2 * number * rng.standard_normal(4)))}\n"
            for n in words
        )
        files[-1].write_text("".join(lines))
    x, *others = (latentcli.open(file, cache=False) for file in files)
    found = latentcli.compare_several(x, dict(zip("ab", others, strict=True)))
    assert found.summary["rows_in_common"] == 55
    assert found.settings["matched_by"] == "word"


def test_what_cannot_be_compared_is_refused():
    x, made = spaces(3, 0.1, 0.2)
    with pytest.raises(LatentError, match="fewer than two"):
        latentcli.compare_several(x, {"a": made["0"]})
    few = {name: y[:39] for name, y in made.items()}
    with pytest.raises(LatentError, match="39 rows"):
        latentcli.compare_several(x[:39], few)


def test_the_command_takes_several(latent, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x, made = spaces(4, 0.2, 3.0)
    for name, array in {"x": x, **made}.items():
        np.save(f"{name}.npy", array)
    code, out, said = latent("compare", "x.npy", "0.npy", "1.npy", "--json")
    assert code == 0, said
    rows = json.loads(out)["results"]
    assert [row["group"] for row in rows if row["measure"] == "rsa"] == ["a", "b"]
    assert latent("compare", "x.npy", "0.npy", "1.npy", "--align", "o.npy")[0] == 2
    code, _, said = latent("compare", "x.npy", "0.npy", "1.npy", "--plot", "m.svg", "-q")
    assert code == 0, said
    drawn = (tmp_path / "m.svg").read_text()
    assert all(f">{name}</text>" in drawn for name in ("x.npy", "0.npy", "1.npy", "CKA"))
    monkeypatch.setenv("COLUMNS", "80")
    code, out, said = latent("compare", "x.npy", "0.npy", "1.npy", "--plot", "-", "-q")
    assert code == 0, said
    assert max(map(len, out.splitlines())) <= 80
    assert "(CKA: 0 " in out or "(CKA: -1 " in out
