import numpy as np
import pytest


def test_seeds_are_stylegans(results, tmp_path):
    out = tmp_path / "z.npy"
    found = results("sample-z", "--seeds", "0,85", "-o", out)
    drawn = np.load(out)
    assert [row["seed"] for row in found] == [0, 85]
    assert (drawn.shape, drawn.dtype) == ((2, 512), np.float64)
    assert drawn[0, :3] == pytest.approx((1.76405235, 0.40015721, 0.97873798), abs=5e-9)
    assert drawn[1, :3] == pytest.approx((0.17685072, 2.37775412, 0.99873286), abs=5e-9)


def test_the_order_of_seeds_and_the_last_one_are_kept(results):
    found = results("sample-z", "--seeds", "4294967295,1-3", "--dim", 2)
    assert [row["seed"] for row in found] == [2**32 - 1, 1, 2, 3]


def test_truncation(results):
    for row in results("sample-z", "--dim", 6, "--truncation", 0.5):
        assert max(map(abs, row["z"])) <= 0.5


@pytest.mark.parametrize(
    "options",
    [["--seeds", "a"], ["--seeds", "-1"], ["--seeds", "5-1"], ["--seeds", "4294967296"],
     ["--seeds", "all"], ["--seeds", "0-99999999"], ["--dim", "0"], ["--truncation", "0"],
     ["--truncation", "1e-9"], ["--truncation", "nan"]],
    ids=" ".join,
)  # fmt: skip
def test_what_means_nothing(latent, tmp_path, options):
    code, out, err = latent("sample-z", *options, "-o", tmp_path / "z.npy")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert list(tmp_path.iterdir()) == []


def test_tensors_are_drawn_as_their_numbers(latent, tmp_path):
    out = tmp_path / "noise.npy"
    assert latent("sample-z", "--seeds", "1,2", "--dim", "4x8x8", "-o", out)[0] == 0
    found = np.load(out)
    assert found.shape == (2, 4, 8, 8)
    assert (found[1].ravel() == np.random.RandomState(2).randn(1, 256)[0]).all()
    code, said, err = latent("interp", out, "--slerp", "--steps", "3")
    assert (code, err, "4 x 8 x 8 = 256 numbers" in said) == (0, "", True)
    for wrong in ("4x0", "x", "4x-1", "1x1x1x1x1x1x1", "4.5"):
        assert latent("sample-z", "--dim", wrong)[0] == 2
