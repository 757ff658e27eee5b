import numpy as np
import pytest

from latentcli.disentanglement import METRICS


@pytest.fixture
def models(tmp_path, monkeypatch):
    """A folder with codes in order, rotated codes, and their factors: two of numbers, one of text."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    factors = rng.integers([3, 4, 2], size=(600, 3))
    codes = (factors - factors.mean(axis=0)) / factors.std(axis=0)
    np.save("ordered.npy", codes + 0.05 * rng.normal(size=codes.shape))
    turned, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    np.save("rotated.npy", np.load("ordered.npy") @ turned)
    rows = (f"{a},{b},{'yes' if c else 'no'}\n" for a, b, c in factors)
    (tmp_path / "factors.csv").write_text("shape,size,[/b]\n" + "".join(rows), "utf-8")
    return tmp_path


ASKED = "ordered.npy", "rotated.npy", "factors.csv", "--only", "mig,modularity,dcimig"


def test_a_table_of_models_by_metric(models, latent):
    code, out, _ = latent("disentanglement", *ASKED)
    assert code == 0
    assert ["model", "mig", "modularity", "dcimig"] in [
        line.split() for line in out.splitlines()
    ]
    rows: dict[str, list[str]] = {}
    for line in filter(str.strip, out.splitlines()):
        rows.setdefault(line.split()[0], line.split()[1:4])
    ordered, rotated = (map(float, rows[f"{name}.npy"]) for name in ("ordered", "rotated"))
    assert all(one > other for one, other in zip(ordered, rotated, strict=True))
    assert "[/b]" in out
    assert "██" in out


def test_records_hold_every_number(models, answer):
    found = answer("disentanglement", *ASKED)
    rows = found["results"]
    assert set(rows[0]) == {"model", "metric", "level", "name", "score", "value"}
    assert {row["metric"] for row in rows} == {"mig", "modularity", "dcimig"}
    assert {row["level"] for row in rows} == {"all", "factor", "dimension"}
    one = answer("mig", "ordered.npy", "factors.csv")["summary"]
    mine = {
        row["score"]: row["value"]
        for row in rows
        if (row["model"], row["metric"], row["level"]) == ("ordered.npy", "mig", "all")
    }
    assert {key: mine[key] for key in one} == one
    assert mine["group"] == "a"
    assert mine["difference"] == 0
    assert found["summary"] == {"models": 2}
    assert found["settings"]["only"] == "mig,modularity,dcimig"


def test_all_metrics_of_one_model(models, answer):
    small = np.load("ordered.npy")[:200]
    np.save("small.npy", small)
    text = (models / "factors.csv").read_text("utf-8").splitlines()[:201]
    (models / "small.csv").write_text("\n".join(text), "utf-8")
    summary = answer("disentanglement", "small.npy", "small.csv")["summary"]
    assert list(summary) == list(METRICS)
    assert all(value is not None for value in summary.values())


def test_settings_reach_the_metrics_that_have_them(models, answer):
    asked = "ordered.npy", "factors.csv", "--only", "mig,med", "--bins", "5", "--ci", "0"
    found = answer("disentanglement", *asked)
    assert (found["settings"]["bins"], found["settings"]["ci"]) == (5, None)
    plain = answer("med", "ordered.npy", "factors.csv", "--bins", "5", "--ci", "0")
    assert found["summary"]["med"] == plain["summary"]["med"]


@pytest.mark.parametrize("kind", [".png", ".svg", ".pdf"])
def test_heat_maps_of_all_models_in_one_picture(models, latent, kind):
    code, _, err = latent("disentanglement", *ASKED, "--plot", f"maps{kind}")
    assert code == 0
    assert f"wrote maps{kind}" in err
    assert (models / f"maps{kind}").stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--only", "mig,sab"], 2, "unknown metric 'sab'"),
        (["--only", ","], 2, "--only names no metric"),
        (["--bins", "1"], 2, "--bins is 1"),
        (["--ci", "1"], 2, "--ci is 1"),
        (["--limit", "-5"], 2, "--limit"),
        (["--plot", "x.jpg"], 2, ".png, .svg, .pdf"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(models, latent, arguments, code, message):
    found, out, err = latent("disentanglement", "ordered.npy", "factors.csv", *arguments)
    assert (found, out) == (code, "")
    assert message in err
    assert err.count("\n") == 1


def test_a_model_of_other_rows_is_named(models, latent):
    np.save("short.npy", np.load("ordered.npy")[:10])
    code, out, err = latent("disentanglement", "ordered.npy", "short.npy", "factors.csv")
    assert (code, out) == (1, "")
    assert err == (
        "latent: error: short.npy has 10 rows and factors.csv 600; they are matched row by row\n"
    )


# --- real factors: dSprites


SHAPES, SIDE = ("square", "ellipse", "heart"), 32


def inside(shape, x, y):
    """Tell where a shape of size 1 around (0, 0) is."""
    if shape == "square":
        return np.maximum(abs(x), abs(y)) < 0.8
    if shape == "ellipse":
        return x**2 + (y / 0.55) ** 2 < 1
    return (x**2 + y**2 - 0.5) ** 3 < x**2 * -(y**3) * 1.5


def image(shape, scale, angle, x, y):
    """Draw one sprite as dSprites' factors say: its scale, turn and place, all from 0 to 1."""
    rows, columns = (np.indices((SIDE, SIDE)) + 0.5) / SIDE * 2 - 1
    right, down = columns - (x - 0.5), rows - (y - 0.5)
    turn = 2 * np.pi * angle
    across = np.cos(turn) * right + np.sin(turn) * down
    along = np.cos(turn) * down - np.sin(turn) * right
    size = 0.25 + 0.25 * scale
    return inside(SHAPES[shape], across / size, along / size)


def principal(images, dimensions=10):
    """The first principal components of images (N, pixels)."""
    centered = images - images.mean(axis=0)
    _, vectors = np.linalg.eigh(centered.T @ centered)
    return centered @ vectors[:, : -dimensions - 1 : -1]


@pytest.mark.slow
def test_principal_components_of_dsprites(data, answer, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with np.load(data / "factors" / "dsprites_factors.npz", allow_pickle=False) as archive:
        table = next(archive[name] for name in archive.files if archive[name].ndim == 2)
    rng = np.random.default_rng(0)
    factors = table[rng.choice(len(table), 3000, replace=False)][:, -5:].astype(int)
    parts = factors / np.maximum(table[:, -5:].max(axis=0), 1)
    images = [image(f[0], *p[1:]) for f, p in zip(factors, parts, strict=True)]
    np.save("codes.npy", principal(np.reshape(images, (3000, -1)).astype(float)))
    names = ["shape", "scale", "orientation", "x", "y"]
    np.savez("factors.npz", factors=factors, names=names)
    asked = "--only", "mig,jemmig,dcimig,dmig,modularity,med", "--plot", "dsprites.png"
    found = answer("disentanglement", "codes.npy", "factors.npz", *asked)
    scores = found["summary"]
    assert all(0 <= value <= 1 for value in scores.values())
    # Components of images mix places and sizes: far from disentangled, and far from nothing.
    assert 0.01 < scores["mig"] < 0.3
    assert found["settings"]["discrete"] == ", ".join(names)
    owners = {
        row["name"]: row["value"]
        for row in found["results"]
        if (row["metric"], row["score"]) == ("mig", "dimension")
    }
    assert owners["x"] != owners["y"]
    assert (tmp_path / "dsprites.png").read_bytes().startswith(b"\x89PNG")


def test_models_that_share_a_letter_are_not_differences_of(models, answer, latent):
    np.save("copy.npy", np.load("ordered.npy"))
    found = answer("mig", "ordered.npy", "copy.npy", "rotated.npy", "factors.csv")["results"]
    whole = {row["model"]: row for row in found if row["level"] == "all"}
    assert [whole[f"{name}.npy"]["group"] for name in ("ordered", "copy", "rotated")] == [
        "a",
        "a",
        "b",
    ]
    assert whole["copy.npy"]["difference"] == 0
    assert whole["rotated.npy"]["difference_high"] < 0
    _, out, _ = latent("disentanglement", *ASKED)
    assert "models that share a letter are not distinguished" in out


def test_scores_of_several_models_are_kept(models, answer, monkeypatch):
    first = answer("mig", "ordered.npy", "rotated.npy", "factors.csv")

    def fail(*_, **__):
        raise AssertionError("computed again")

    monkeypatch.setattr("latentcli.disentanglement._kept.function", fail)
    assert answer("mig", "ordered.npy", "rotated.npy", "factors.csv") == first
    with pytest.raises(AssertionError):
        answer("mig", "ordered.npy", "rotated.npy", "factors.csv", "--no-cache")
    with pytest.raises(AssertionError):
        answer("mig", "ordered.npy", "rotated.npy", "factors.csv", "--bins", "7")


@pytest.fixture
def sweep(models):
    rng = np.random.default_rng(3)
    ordered = np.load("ordered.npy")
    lines = ["file,beta,seed"]
    (models / "runs").mkdir()
    for beta, noise in ((1, 0.8), (4, 0.2)):
        for seed in range(3):
            codes = ordered + noise * rng.normal(size=ordered.shape)
            np.save(f"runs/b{beta}_{seed}.npy", codes)
            lines.append(f"b{beta}_{seed}.npy,{beta},{seed}")
    (models / "runs" / "sweep.csv").write_text("\n".join(lines), "utf-8")
    return models


def test_a_sweep_by_setting_and_seed(sweep, answer):
    found = answer(
        "disentanglement", "--sweep", "runs/sweep.csv", "factors.csv", "--only", "mig,sap"
    )
    rows = found["results"]
    own = {
        row["model"]: row["value"]
        for row in rows
        if (row["level"], row["metric"]) == ("model", "mig")
    }
    alone = answer("mig", "runs/b4_2.npy", "factors.csv")["summary"]["mig"]
    assert own["b4_2.npy"] == alone
    of_group = next(
        row
        for row in rows
        if (row["level"], row["metric"], row["group"]) == ("group", "mig", "beta=4")
    )
    mine = [own[f"b4_{seed}.npy"] for seed in range(3)]
    assert of_group["value"] == pytest.approx(np.mean(mine), abs=2e-6)
    reach = (
        4.302652729911275 * np.std(mine, ddof=1) / 3**0.5
    )  # Student's t, 2 degrees of freedom
    assert of_group["high"] - of_group["value"] == pytest.approx(reach, abs=3e-6)
    best = next(row for row in rows if (row["level"], row["metric"]) == ("best", "mig"))
    assert best["best"] == max(own, key=own.get)
    share = next(row for row in rows if (row["level"], row["metric"]) == ("share", "mig"))
    assert share["share"] > 0.9 > share["chance"] == pytest.approx(1 / 5)


def test_a_sweep_by_groups_of_files(sweep, answer):
    by_table = answer(
        "disentanglement", "--sweep", "runs/sweep.csv", "factors.csv", "--only", "mig"
    )
    by_group = answer(
        "disentanglement", "factors.csv", "--only", "mig",
        "--group", "low=runs/b1_*.npy", "--group", "high=runs/b4_*.npy",
    )  # fmt: skip
    values = [
        [row["value"] for row in found["results"] if row["level"] == "group"]
        for found in (by_table, by_group)
    ]
    assert values[0] == values[1]


def test_columns_called_codes_and_name_are_settings(sweep, answer):
    lines = (sweep / "runs" / "sweep.csv").read_text("utf-8").splitlines()
    named = [
        lines[0].replace("beta", "codes") + ",name",
        *(f"{line},vae" for line in lines[1:]),
    ]
    (sweep / "runs" / "named.csv").write_text("\n".join(named), "utf-8")
    found = answer(
        "disentanglement", "--sweep", "runs/named.csv", "factors.csv", "--only", "mig"
    )
    assert {row["group"] for row in found["results"] if row["level"] == "group"} == {
        "codes=1, name=vae", "codes=4, name=vae",
    }  # fmt: skip


@pytest.mark.parametrize("option", ["--halves 5", "--skip-bad-shards", "--dask local"])
def test_options_that_sweeps_have_not_are_refused(sweep, latent, option):
    code, _, err = latent(
        "disentanglement", "--sweep", "runs/sweep.csv", "factors.csv", *option.split()
    )
    assert code == 2
    assert f"{option.split()[0]} is not for sweeps" in err


def test_a_file_that_is_there_twice_in_a_sweep_is_named(sweep, latent):
    lines = (sweep / "runs" / "sweep.csv").read_text("utf-8").splitlines()
    (sweep / "runs" / "twice.csv").write_text("\n".join([*lines, lines[1]]), "utf-8")
    code, _, err = latent("disentanglement", "--sweep", "runs/twice.csv", "factors.csv")
    assert code == 1
    assert "two models of the sweep are b1_0.npy: each is named once" in err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--sweep", "none.csv", "factors.csv"), "no such file"),
        (("--sweep", "factors.csv", "factors.csv"), "unknown column 'file'"),
        (("--sweep", "gone.csv", "factors.csv"), "no such file: not_there.npy"),
        (("--group", "a=none*.npy", "factors.csv"), "no files match none*.npy"),
        (("--group", "ordered.npy", "factors.csv"), "NAME=FILES"),
        (("--sweep", "x.csv", "--group", "a=b.npy", "factors.csv"), "leave --group out"),
        (
            ("--group", "a=ordered.npy", "rotated.npy", "factors.csv"),
            "name one file: the factors",
        ),
        (("--group", "a=ordered.npy"), "factors"),
        (("--halves", "1", "ordered.npy", "rotated.npy", "factors.csv"), "--halves"),
        ((), "name the codes and the factors"),
    ],
)
def test_what_is_no_sweep(sweep, latent, given, said):
    (sweep / "gone.csv").write_text("file,seed\nnot_there.npy,0\n", "utf-8")
    code, _, err = latent("disentanglement", *given, "--only", "mig")
    assert code in (1, 2)
    assert said in err
    assert err.count("latent: error") == 1
