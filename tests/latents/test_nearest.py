import numpy as np
import pytest

import latentcli
from latentcli.errors import LatentError

REAL = np.random.default_rng(0).standard_normal((40, 6))


def test_the_nearest_real_code_of_each():
    made = latentcli.edit(REAL[:3], np.ones(6), by=[0, 1])
    found = latentcli.with_nearest(made, REAL, labels=[f"L{row}" for row in range(40)])
    away = np.linalg.norm(made.codes.reshape(6, 1, 6) - REAL, axis=2)
    assert [row["nearest"] for row in found.records] == away.argmin(axis=1).tolist()
    assert [row["nearest_distance"] for row in found.records] == pytest.approx(away.min(axis=1))
    assert [row["nearest_label"] for row in found.records[:3]] == ["L0", "L1", "L2"]


def test_what_cannot_be_compared():
    made = latentcli.edit(REAL, np.ones(6), by=1)
    with pytest.raises(LatentError, match="5 numbers, these have 6"):
        latentcli.with_nearest(made, REAL[:, :5])
    with pytest.raises(LatentError, match="3 labels for 40 codes"):
        latentcli.with_nearest(made, REAL, labels=[1, 2, 3])
    taken = latentcli.edit(REAL, np.ones(6), by=1, out=np.empty((40, 6)))
    with pytest.raises(LatentError, match="holds no codes"):
        latentcli.with_nearest(taken, REAL)


def test_of_very_many_codes_none_is_shown():
    made = latentcli.edit(np.ones((1200, 6)), np.ones(6), by=1)
    found = latentcli.with_nearest(made, REAL)
    assert "nearest" not in found.records[0]
    assert any("up to 1,000" in note for note in found.notes)


@pytest.mark.parametrize(
    "command",
    [
        "edit codes.npy z.npy --by 1",
        "truncate codes.npy --mean-of codes.npy",
        "traverse z.npy --range -1:1:3",
        "grid z.npy z.npy z.npy z.npy --rows 2 --cols 2",
        "sample-z --seeds 0-2 --dim 6",
    ],
)
def test_every_verb_shows_it(latent, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    np.save("codes.npy", REAL)
    np.save("z.npy", REAL[3])
    (tmp_path / "labels.txt").write_text("\n".join(f"L{row}" for row in range(40)))
    more = ("--reference", "codes.npy", "--labels", "labels.txt", "-o", "out.npy", "-f", "csv")
    code, said, err = latent(*command.split(), *more)
    assert (code, "nearest_label" in said) == (0, True), err
    assert (tmp_path / "out.npy").exists()
    assert latent(*command.split(), "--labels", "labels.txt")[0] == 2


def test_layers(latent, tmp_path):
    codes = np.random.default_rng(0).standard_normal((8, 3, 12))
    np.save(tmp_path / "w.npy", codes)
    code, said, err = latent(
        "mix", f"{tmp_path}/w.npy[0]", f"{tmp_path}/w.npy[1]", "--layers", "0",
        "--reference", tmp_path / "w.npy", "-f", "csv",
    )  # fmt: skip
    assert (code, ",0," in said) == (0, True), err
