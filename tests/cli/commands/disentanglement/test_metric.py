"""`latent mig` and its kin: two files in, scores out."""

import json

import numpy as np
import pytest

from latentcli.cli.app import COMMANDS
from latentcli.disentanglement import METRICS, about

TEXT = "shape,colour\n" + "".join(f"{a},{b}\n" for a in "abc" for b in ("r", "g", "b", "w"))


@pytest.fixture
def grid(tmp_path, monkeypatch):
    """A folder with the article's grid, 100 times, with noise: 1,200 codes and their factors."""
    monkeypatch.chdir(tmp_path)
    factors = np.tile([[a, b] for a in range(3) for b in range(4)], (100, 1))
    rng = np.random.default_rng(0)
    np.save("codes.npy", factors + 0.05 * rng.normal(size=factors.shape))
    np.savez("factors.npz", factors=factors, names=["shape", "colour"])
    return tmp_path


def records(answer, level):
    return {row["name"]: row for row in answer["results"] if row["level"] == level}


# --- the article's Example 3


def test_the_grid_scores_1_and_says_which_dimension_owns_which_factor(samples, answer, latent):
    files = samples / "codes.npy", samples / "factors.csv"
    found = answer("mig", *files)
    assert found["summary"]["mig"] == 1
    owned = {name: row["dimension"] for name, row in records(found, "factor").items()}
    assert owned == {"shape": "z0", "colour": "z1"}
    owning = {name: row["factor"] for name, row in records(found, "dimension").items()}
    assert owning == {"z0": "shape", "z1": "colour"}
    code, out, _ = latent("mig", *files)
    assert code == 0
    lines = [line.split() for line in out.splitlines()]
    for factor, dimension in (("shape", "z0"), ("colour", "z1")):
        assert any(
            line[:1] == [factor] and line[-4:] == ["captured", "by", dimension, "(1.00)"]
            for line in lines
        )
    assert ["mig", "1.0000"] in lines


def test_the_grid_with_noise_scores_nearly_1(grid, answer):
    summary = answer("mig", "codes.npy", "factors.npz")["summary"]
    assert 0.98 < summary["mig"] <= 1
    assert summary["mig_low"] <= summary["mig"] <= summary["mig_high"]
    assert (
        summary["mig_corrected_low"]
        <= summary["mig_corrected"]
        <= summary["mig_corrected_high"]
    )


def test_entangled_points_score_0(samples, answer):
    files = samples / "codes_entangled.npy", samples / "factors_entangled.csv"
    found = answer("mig", *files)
    assert found["summary"]["mig"] == 0
    for row in records(found, "factor").values():
        assert row["reading"] == "not significant"  # of four points


# --- every metric


def files_of(name):
    """Codes, and factors where the metric takes them."""
    return ["codes.npy", "factors.npz"] if about(name).factors else ["codes.npy"]


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_a_command_with_all_its_numbers(name, grid, answer):
    found = answer(name, *files_of(name))
    assert COMMANDS[name].panel == COMMANDS["mig"].panel
    assert isinstance(found["summary"][name.replace("-", "_")], float)
    assert found["settings"]["rows"] == 1200
    assert {row["model"] for row in found["results"]} == {"codes.npy"}
    assert {row["level"] for row in found["results"]} <= {"all", "factor", "dimension"}


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("kind", ["csv", "markdown", "ndjson"])
def test_every_metric_in_every_form(name, kind, grid, latent):
    code, out, err = latent(name, *files_of(name), "-f", kind, "-q")
    assert (code, err) == (0, "")
    assert "codes.npy" in out


# --- settings


def test_settings_say_what_shaped_the_score(grid, answer):
    settings = answer("mig", "codes.npy", "factors.npz", "--bins", "10", "--seed", "7")[
        "settings"
    ]
    assert settings["codes"] == "codes.npy"
    assert settings["factors"] == "factors.npz"
    assert (settings["bins"], settings["binning"], settings["seed"]) == (10, "width", 7)
    assert settings["discrete"] == "shape, colour"
    assert settings["continuous"] is None


def test_a_peers_settings_are_taken_and_given_ones_are_over_them(grid, answer):
    files = "codes.npy", "factors.npz", "--compat", "ubisoft"
    assert answer("jemmig", *files)["settings"]["bins"] == 10
    found = answer("jemmig", *files, "--bins", "5")
    assert (found["settings"]["bins"], found["settings"]["compat"]) == (5, "ubisoft")


def test_fixed_limits(grid, answer):
    found = answer("mig", "codes.npy", "factors.npz", "--binning", "fixed", "--limits", "-1,5")
    assert found["settings"]["limits"] == [-1, 5]
    assert found["summary"]["mig"] == pytest.approx(found["summary"]["mig_robust"], abs=0.05)


def test_intervals_can_be_left_out(grid, answer):
    summary = answer("mig", "codes.npy", "factors.npz", "--ci", "0")["summary"]
    assert summary["mig_low"] is None


def test_the_same_seed_gives_the_same_bytes(grid, latent):
    asked = "jemmig", "codes.npy", "factors.npz", "--json"
    assert latent(*asked) == latent(*asked)
    assert latent(*asked, "--seed", "1") != latent(*asked)


def test_kinds_are_set_by_hand(grid, answer):
    files = "codes.npy", "factors.npz"
    settings = answer("mig", *files, "--continuous", "colour", "--factor-bins", "4")["settings"]
    assert (settings["discrete"], settings["continuous"]) == ("shape", "colour")
    assert settings["factor_bins"] == 4
    again = answer("mig", *files, "--discrete", "colour", "--discrete", "shape")
    assert again["settings"]["discrete"] == "shape, colour"


def test_several_models_are_beside_each_other(grid, answer, latent):
    np.save("other.npy", np.random.default_rng(0).normal(size=(1200, 4)))
    files = "codes.npy", "other.npy", "factors.npz"
    found = answer("mig", *files)
    scores = {row["model"]: row["mig"] for row in found["results"] if row["level"] == "all"}
    assert scores["codes.npy"] > 0.9 > 0.1 > scores["other.npy"]
    assert not [key for key in found["summary"] if " " in key]
    assert {row["model"] for row in found["results"]} == {"codes.npy", "other.npy"}
    assert found["settings"]["dimensions"] == "2, 4"
    code, out, _ = latent("mig", *files)
    assert code == 0
    assert "other.npy: factors" in out


# --- matching rows


def test_rows_are_joined_by_an_id(grid, answer):
    order = np.random.default_rng(1).permutation(1200)
    factors = np.load("factors.npz")["factors"][order]
    np.savez("shuffled.npz", uid=order, shape=factors[:, 0], colour=factors[:, 1])
    plain = answer("mig", "codes.npy", "factors.npz")["summary"]
    joined = answer("mig", "codes.npy", "shuffled.npz", "--id", "uid")
    assert joined["summary"]["mig"] == pytest.approx(plain["mig"])
    assert joined["settings"]["id"] == "uid"
    assert answer("mig", "codes.npy", "shuffled.npz")["summary"]["mig"] < 0.1


def test_rows_of_tables_are_joined_by_an_id_and_the_others_counted(grid, latent, put_text):
    put_text(
        "codes.csv", "uid,z0,z1\n" + "".join(f"r{i},{i % 2},{i // 4}\n" for i in range(12))
    )
    rows = [f"r{i},{i % 2},{i // 4}\n" for i in (*range(11, 1, -1), 77)]
    put_text("factors.csv", "uid,a,b\n" + "".join(rows))
    code, out, err = latent("mig", "codes.csv", "factors.csv", "--id", "uid", "--json")
    assert code == 0
    assert json.loads(out)["summary"]["mig"] > 0.9
    assert "2 of 12 codes are left out: factors.csv has no such id" in err
    assert "1 of 11 rows of factors.csv have no code" in err


@pytest.fixture
def put_text(grid):
    return lambda name, text: (grid / name).write_text(text, "utf-8")


def test_what_was_left_out_is_told(put_text, latent):
    rows = TEXT.replace("a,r", ",r").splitlines()
    put_text(
        "factors.csv", "\n".join(f"{row},{'same' if i else 'k'}" for i, row in enumerate(rows))
    )
    np.save("small.npy", np.load("codes.npy")[:12])
    code, _, err = latent("mig", "small.npy", "factors.csv")
    assert code == 0
    assert "missing in some rows, and scored on the others: shape (1 row)" in err
    assert "factor k is the same in all rows and is left out" in err


def test_dead_dimensions_are_told(grid, latent):
    np.save("dead.npy", np.insert(np.load("codes.npy"), 0, 3.7, axis=1))
    code, _, err = latent("mig", "dead.npy", "factors.npz")
    assert code == 0
    assert "1 of 3 dimensions never changes: z0" in err


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((1200, 2, 1, 1), []),
        ((1200, 1, 2), ["--axes", "NCH"]),
        ((1200, 2, 1), ["--axes", "nld"]),
    ],
)
def test_all_axes_of_a_code_are_its_dimensions(grid, answer, shape, options):
    np.save("tensor.npy", np.load("codes.npy").reshape(shape))
    flat, found = (
        answer("mig", "codes.npy", "factors.npz"),
        answer("mig", "tensor.npy", "factors.npz", *options),
    )
    assert found["summary"] == flat["summary"]
    assert found["settings"]["dimensions"] == 2
    assert any("is measured as 1,200 rows of 2 numbers" in note for note in found["notes"])


# --- refusals


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["factors.npz"], 2, "name the codes and the factors"),
        ([], 2, "missing argument"),
        (["transposed.npy", "factors.npz"], 1,
         "transposed.npy is 2 x 1,200 and factors.npz has 1,200 rows: the codes are transposed"),
        (["short.npy", "factors.npz"], 1, "short.npy has 50 rows and factors.npz 1,200"),
        (["nan.npy", "factors.npz"], 1, "nan.npy: 1 of 1,200 rows hold NaN or infinity, the first is"),
        (["cube.npy", "factors.npz"], 1, "cube.npy: shape (2, 600, 2) can be read in two ways: --axes CHW"),
        (["absent.npy", "factors.npz"], 1, "no such file: absent.npy"),
        (["codes.npy", "absent.csv"], 1, "no such file: absent.csv"),
        (["codes.npy", "factors.npz::x"], 1, "no array 'x'"),
        (["codes.npy", "factors.npz", "--bins", "1"], 2, "--bins is 1"),
        (["codes.npy", "factors.npz", "--factor-bins", "1"], 2, "--factor-bins is 1"),
        (["codes.npy", "factors.npz", "--binning", "widht"], 2, "Did you mean width?"),
        (["codes.npy", "factors.npz", "--limits", "1"], 2, "--limits '1': two numbers"),
        (["codes.npy", "factors.npz", "--limits", "2,1", "--binning", "fixed"], 2, "--limits is 2,1"),
        (["codes.npy", "factors.npz", "--ci", "95"], 2, "--ci is 95"),
        (["codes.npy", "factors.npz", "--ci", "nan"], 2, "--ci is nan"),
        (["codes.npy", "factors.npz", "--compat", "dlib"], 2, "unknown library 'dlib'"),
        (["codes.npy", "factors.npz", "--estimator", "kn"], 2, "Did you mean knn?"),
        (["codes.npy", "factors.npz", "--continuous", "x"], 2, "unknown factor 'x'"),
        (["codes.npy", "factors.npz", "--id", "uid"], 2, "unknown column 'uid'"),
        (["codes.npy", "factors.npz", "--estimator", "knn", "--neighbors", "0"], 2, "--neighbors"),
        (["codes.npy", "factors.npz", "--seed", "-1"], 2, "--seed"),
        (["codes.npy", "factors.npz", "--plot", "x.gif"], 2, ".png, .svg, .pdf"),
        (["codes.npy", "factors.npz", "--plot", "absent/x.png"], 1, "there is no folder absent"),
        (["codes.npy", "factors.npz", "--plot", "folder.png"], 1, "it is a folder"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_line(grid, latent, arguments, code, message):
    codes = np.load("codes.npy")
    np.save("transposed.npy", codes.T)
    np.save("short.npy", codes[:50])
    np.save("cube.npy", codes.reshape(2, 600, 2))
    np.save("nan.npy", np.where(np.arange(2400).reshape(1200, 2) == 9, np.nan, codes))
    (grid / "folder.png").mkdir()
    found, out, err = latent("mig", *arguments)
    assert (found, out) == (code, "")
    assert message in " ".join(err.split())
    assert "Traceback" not in err
    if arguments:
        assert err.startswith("latent: error: ")
        assert err.count("\n") == 1


# --- pictures

MAGIC = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.mark.parametrize("suffix", MAGIC)
def test_the_heat_map_is_drawn(grid, latent, suffix):
    path = grid / f"picture{suffix}"
    code, _, err = latent("mig", "codes.npy", "factors.npz", "--plot", path)
    assert code == 0
    assert f"wrote {path}" in err
    assert path.read_bytes().startswith(MAGIC[suffix])


def test_a_picture_that_cannot_be_written_leaves_nothing_behind(grid, latent, monkeypatch):
    from latentcli.render import picture

    def fail(report, path, *_):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(picture, "write", fail)
    code, out, err = latent("mig", "codes.npy", "factors.npz", "--plot", "x.png")
    assert code == 1
    assert "\nmig " in out  # the score is not lost with its picture
    assert "cannot write x.png: No space left on device" in err
    assert not [path.name for path in grid.iterdir() if "x.png" in path.name]


@pytest.mark.parametrize("command", [["mig"], ["disentanglement", "--only", "mig"]])
def test_what_was_left_out_is_told_in_json_too(command, grid, put_text, answer):
    rows = "".join(f"{'' if i == 5 else i % 3},{i % 4}\n" for i in range(12))
    put_text("holed.csv", "a,b\n" + rows)
    np.save("few.npy", np.random.default_rng(0).normal(size=(12, 2)))
    notes = answer(command[0], "few.npy", "holed.csv", *command[1:])["notes"]
    assert sum("scored on the others: a (1 row)" in note for note in notes) == 1


def test_codes_named_twice_are_told(grid, latent):
    code, _, err = latent("mig", "codes.npy", "codes.npy", "factors.npz")
    assert code == 0
    assert "codes.npy is named 2 times and scored once" in err


@pytest.mark.parametrize(
    ("name", "option", "value"),
    [
        ("factorvae", "threshold", "nan"),
        ("zmaxvar", "threshold", "-1"),
        ("zmaxvar", "bins", "0"),
        ("betavae", "batch", "1000000000"),
        ("factorvae", "batch", "1000000000000"),
    ],
)
def test_settings_without_meaning_are_named(name, option, value, grid, latent):
    code, out, err = latent(name, "codes.npy", "factors.npz", f"--{option}", value)
    assert (code, out) == (2, "")
    assert err.startswith(f"latent: error: --{option} is ")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("form", ["latex", "markdown", "table"])
def test_columns_are_those_of_the_tables_that_have_them(latent, tmp_path, form):
    rng = np.random.default_rng(0)
    factors = rng.integers(0, 3, (300, 2))
    np.savetxt(tmp_path / "f.csv", factors, "%d", ",", header="shape,size", comments="")
    files = [tmp_path / f"model{k}.npy" for k in range(3)]
    for k, file in enumerate(files):
        np.save(file, factors + (k + 1) / 4 * rng.normal(size=factors.shape))
    line = ["mig", *files, tmp_path / "f.csv", "-q", "-f", form, "--columns"]
    code, out, err = latent(*line, "model,mig")
    assert code == 0, err
    for file in files:
        assert sum(file.name in row for row in out.splitlines()) == 1
    code, out, _ = latent(*line, "factor,reading,mig")
    assert sum("shape" in row for row in out.splitlines()) == 3
    assert latent(*line, "model,mig,nonsense")[0] == 2
