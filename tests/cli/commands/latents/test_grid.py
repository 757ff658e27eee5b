import numpy as np
import pytest


@pytest.fixture
def corners(put):
    return [put(f"{n}.npy", values) for n, values in enumerate([*np.eye(3), np.ones(3)])]


@pytest.mark.parametrize(("options", "middle"), [([], (0.5, 0.25, 0.5)),
                                                 (["--lol"], np.array([4, 2, 4]) / 20**0.5)])  # fmt: skip
def test_by_hand(results, corners, tmp_path, options, middle):
    """At u = 1/4, v = 1/2 the weights are 3/8, 1/8, 3/8, 1/8."""
    out = tmp_path / "g.npy"
    found = results("grid", *corners, "--rows", 3, "--cols", 5, *options, "-o", out)
    filled = np.load(out)
    assert filled.shape == (3, 5, 3)
    assert filled[1, 1] == pytest.approx(middle)
    assert found[6]["row"] == found[6]["column"] == 1
    assert filled[[0, 0, 2, 2], [0, 4, 0, 4]].tolist() == [*np.eye(3).tolist(), [1, 1, 1]]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int8])
def test_dtype_and_corners_come_back(answer, put, tmp_path, dtype):
    values = (np.random.default_rng(0).normal(size=(4, 2, 5)) * 9).astype(dtype)
    files = [put(f"{n}.npy", corner) for n, corner in enumerate(values)]
    out = tmp_path / "g.npy"
    answer("grid", *files, "--rows", 2, "--cols", 2, "-o", out)
    filled = np.load(out)
    assert filled.dtype == (np.float64 if dtype == np.int8 else dtype)
    assert (filled.reshape(4, 2, 5) == values).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [(["--rows", "1"], "--rows is 1; it must be at least 2"), (["--cols", "0"], "--cols is 0; it must be at least 2"),
     (["--rows", "100000", "--cols", "100000"], "up to 1,000,000 codes")],
)  # fmt: skip
def test_sizes_that_mean_nothing(latent, corners, options, message):
    code, out, err = latent("grid", *corners, *options)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert message in err


def test_a_grid_has_four_corners_of_one_shape(latent, corners, put):
    assert latent("grid", *corners[:3])[0] == 2
    code, _, err = latent("grid", *corners[:3], put("other.npy", np.ones(4)))
    assert (code, "the corners have different shapes" in err) == (1, True)
