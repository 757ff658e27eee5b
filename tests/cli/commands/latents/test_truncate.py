import numpy as np
import pytest

W = "latents/styleclip_w_plus.npy"


def test_by_hand(results, put):
    (found,) = results(
        "truncate", put("w.npy", np.array([3.0, 5])), "--mean", put("m.npy", np.ones((1, 2)))
    )
    assert found["z"] == pytest.approx([2.4, 3.8])
    assert found["distance"] == pytest.approx(0.7 * 20**0.5, abs=1e-5)


@pytest.mark.parametrize("cutoff", [None, 8])
def test_the_real_codes_towards_their_mean(answer, data, tmp_path, cutoff):
    out = tmp_path / "t.npy"
    options = ["--cutoff", cutoff] if cutoff else []
    answer("truncate", data / W, "--mean-of", data / W, *options, "-o", out)
    w, drawn = np.load(data / W), np.load(out)
    mean = w.mean(axis=0, dtype=float)
    end = cutoff or 18
    assert (drawn.shape, drawn.dtype) == ((68, 18, 512), np.float32)
    assert np.allclose(drawn[:, :end], (mean + 0.7 * (w - mean))[:, :end], atol=1e-5)
    assert (drawn[:, end:] == w[:, end:]).all()


def test_one_code_of_layers_towards_the_mean_of_many(results, put):
    codes = np.random.default_rng(0).normal(size=(5, 3, 4))
    one, many = put("w.npy", codes[0]), put("all.npy", codes)
    (found,) = results("truncate", one, "--mean-of", many, "--axes", "LD", "--psi", "0")
    assert found["distance"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [([], 2, "give --mean or --mean-of"), (["--mean", "m", "--mean-of", "m"], 2, "give --mean or --mean-of"),
     (["--mean", "m", "--psi", "nan"], 2, "--psi is nan; it must be a finite number"),
     (["--mean", "m", "--cutoff", "4"], 2, "--cutoff is 4; it must be from 1 to the 3 layers of the codes"),
     (["--mean", "m", "--cutoff", "0"], 2, "--cutoff is 0"),
     (["--mean", "other"], 1, "a mean of shape (5,) does not fit codes of shape (3, 12)")],
)  # fmt: skip
def test_what_means_nothing(latent, put, options, code, message):
    files = {"m": put("m.npy", np.ones(12)), "other": put("o.npy", np.ones(5))}
    given = [files.get(option, option) for option in options]
    found, out, err = latent("truncate", put("w.npy", np.ones((2, 3, 12))), *given, "-q")
    assert (found, out, err.count("\n")) == (code, "", 1)
    assert message in err
