import json
import subprocess
import sys

import numpy as np
import pytest

SMILE = "latents/interfacegan/stylegan_ffhq_smile_w_boundary.npy"
PTI = "latents/pti_projected_w.npz"
RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("option", "z"), [("--by", [1, 5]), ("--to", [1, 3])])
def test_relative_and_absolute_by_hand(results, put, option, z):
    files = put("z.npy", np.array([1.0, 2])), put("n.npy", np.array([0.0, 1]))
    (found,) = results("edit", *files, option, "3")
    assert found == {
        "alpha": 3.0, "row": 0, "norm": pytest.approx(np.linalg.norm(z)),
        "typicality": pytest.approx((np.linalg.norm(z) - 1.25331) / 0.65514, abs=1e-4),
        "projection": z[1], "z": z,
    }  # fmt: skip


def test_alphas_are_in_front(results, put, tmp_path):
    files = put("z.npy", RNG.normal(size=(4, 3))), put("n.npy", np.eye(3)[1])
    out = tmp_path / "out.npy"
    found = results("edit", *files, "--by", "-3:3:7", "-o", out)
    assert [row["alpha"] for row in found[::4]] == [-3, -2, -1, 0, 1, 2, 3]
    assert [row["row"] for row in found[:4]] == [0, 1, 2, 3]
    edited, codes = np.load(out), np.load(files[0])
    assert edited.shape == (7, 4, 3)
    assert (edited[3] == codes).all()
    assert edited[6] - codes == pytest.approx(np.tile([0, 3, 0], (4, 1)))


def test_the_real_code_smiles_in_layers_4_to_7(latent, data, tmp_path):
    out = tmp_path / "edit.npz"
    code, said, _ = latent(
        "edit",
        data / PTI,
        data / SMILE,
        "--layers",
        "4-7",
        "--by",
        "-3:3:7",
        "-o",
        out,
        "--json",
    )
    assert code == 0
    w, boundary = np.load(data / PTI)["w"], np.load(data / SMILE)[0]
    edited = np.load(out)["codes"]
    assert (edited.shape, edited.dtype) == ((7, 1, 18, 512), np.float32)
    others = [*range(4), *range(8, 18)]
    for index, alpha in enumerate(range(-3, 4)):
        assert (edited[index, 0, others] == w[0, others]).all()
        assert np.allclose(edited[index, 0, 4:8], w[0, 4:8] + alpha * boundary, atol=1e-5)
    projections = [row["projection"] for row in json.loads(said)["results"]]
    assert np.diff(projections) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64])
def test_dtype_and_shape_come_back(answer, put, tmp_path, dtype):
    codes = (RNG.normal(size=(5, 6, 24)) * 4).astype(dtype)
    out = tmp_path / "out.npy"
    whole = answer(
        "edit",
        put("z.npy", codes),
        put("n.npy", np.full(24, 0.5)),
        "--by",
        "2",
        "-o",
        out,
    )
    edited = np.load(out)
    expected = np.float64 if dtype == np.int64 else dtype
    assert (edited.shape, edited.dtype) == (codes.shape, expected)
    assert (edited == (codes.astype(float) + 1).astype(expected)).all()
    assert whole["settings"]["dtype"] == np.dtype(expected).name


def test_very_many_codes_are_summed_up(answer, put):
    codes = RNG.normal(size=(1500, 3))
    whole = answer("edit", put("z.npy", codes), put("n.npy", np.eye(3)[0]), "--by", "0,1")
    assert [row["row"] for row in whole["results"]] == [None, None]
    assert whole["results"][1]["projection"] == pytest.approx(codes[:, 0].mean() + 1)
    assert whole["notes"] == ["1,500 codes: each record is the mean over all of them"]


PEAK = """
import resource, sys
from latentcli.cli.app import main
main(["edit", "--help"])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert main(sys.argv[1:]) == 0
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, file=sys.stderr)
"""


def test_mapped_codes_are_edited_in_parts(put, tmp_path):
    """51 MB of codes, 102 MB in float64: what is mapped counts as memory, no copy of it does."""
    codes = RNG.normal(size=(200_000, 64)).astype(np.float32)
    line = RNG.normal(size=64)
    files = put("z.npy", codes), put("n.npy", line)
    out = tmp_path / "out.npy"
    command = ["edit", *files, "--by", "3", "--unit", "-o", out, "-q"]
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *map(str, command)],
        capture_output=True,
        text=True,
        check=True,
    )
    expected = (codes.astype(float) + 3 * line / np.linalg.norm(line)).astype(np.float32)
    np.testing.assert_array_max_ulp(np.load(out), expected, maxulp=1)
    assert int(done.stderr) < 51 + 60


def test_an_edit_in_place_is_whole(answer, put):
    codes = RNG.normal(size=(500, 8)).astype(np.float32)
    path = put("z.npy", codes)
    answer("edit", path, put("n.npy", np.eye(8)[0]), "--by", "1", "-o", path, "--force")
    assert np.load(path)[:, 0] == pytest.approx(codes[:, 0] + 1, abs=1e-6)


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [([], 2, "give --by or --to"), (["--by", "1", "--to", "1"], 2, "give --by or --to"),
     (["--by", "nan"], 2, "not finite"), (["--by", "1:2"], 2, "neither numbers"),
     (["--by", "1", "--layers", "4-2"], 2, "ends before it begins"),
     (["--by", "1", "--layers", "3"], 2, "--layers is 3; it must be from 0 to 2\n"),
     (["--by", "1", "--axes", "ND", "--layers", "0"], 1, "which has no layers; --axes LD says")],
)  # fmt: skip
def test_what_means_nothing_is_told_in_one_line(latent, put, tmp_path, options, code, message):
    files = put("z.npy", np.ones((3, 4))), put("n.npy", np.ones(4))
    out = tmp_path / "out.npy"
    found, said, err = latent("edit", *files, *options, "-o", out, "-q")
    assert (found, said, err.count("\n")) == (code, "", 1)
    assert message in err
    assert not out.exists()


@pytest.mark.parametrize(
    ("direction", "message"),
    [(np.zeros(4), "a direction of length 0"), (np.ones((5, 3, 4)), "is not one direction"),
     (np.ones(5), "a direction of shape (5,) does not fit codes of shape (18, 4)"),
     (np.ones((14, 4)), "a direction of shape (14, 4) does not fit codes of shape (18, 4)"),
     (np.array([1, np.inf, 0, 0]), "NaN, infinity")],
)  # fmt: skip
def test_directions_that_do_not_serve(latent, put, direction, message):
    files = put("z.npy", np.ones((18, 4))), put("n.npy", direction)
    code, out, err = latent("edit", *files, "--by", "1", "-q")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert message in err


def test_layers_of_both_sizes_are_named(latent, put):
    _, _, err = latent(
        "edit", put("z.npy", np.ones((18, 4))), put("n.npy", np.ones((14, 4))), "--by", "1"
    )
    assert "18 layers are 1024 px" in err
    assert "14 are 256 px" in err


@pytest.mark.parametrize("shape", [(4,), (1, 4), (18, 4), (1, 18, 4)])
def test_directions_of_one_axis_or_as_many_layers(results, put, shape):
    """As the boundaries (1, 512) of InterFaceGAN and Puzer's (18, 512) of equal rows."""
    found = results(
        "edit",
        put("z.npy", np.zeros((2, 18, 4))),
        put("n.npy", np.full(shape, 0.67)),
        "--by",
        "2",
        "--unit",
        "--axes",
        "NLD",
    )
    assert found[0]["norm"] == pytest.approx(2)
    assert found[0]["projection"] == pytest.approx(2)


@pytest.mark.parametrize("meta", ['{"direction": 3}', '{"direction": {"intercept": null}}',
                                  '{"direction": {"intercept": "x", "scale": []}}'])  # fmt: skip
def test_provenance_that_is_none_is_no_failure(results, put, tmp_path, meta):
    (tmp_path / "n.npy.json").write_text(meta)
    (found,) = results(
        "edit", put("z.npy", np.ones(2)), put("n.npy", np.eye(2)[0]), "--to", "3"
    )
    assert found["z"] == [3, 1]


def test_what_float16_cannot_hold_leaves_nothing(latent, put, tmp_path):
    files = put("z.npy", np.ones((3, 2), np.float16)), put("n.npy", np.eye(2)[0])
    code, _, err = latent("edit", *files, "--by", "1e6", "-o", tmp_path / "out.npy", "-q")
    assert (code, err.count("\n")) == (1, 1)
    assert "beyond float16, whose largest is 65504" in err
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["n.npy", "z.npy"]
