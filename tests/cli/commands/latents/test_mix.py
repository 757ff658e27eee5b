import numpy as np
import pytest

W, PTI = "latents/styleclip_w_plus.npy", "latents/pti_projected_w.npz"


def test_the_real_codes(answer, data, tmp_path):
    out = tmp_path / "mixed.npy"
    answer("mix", f"{data / W}[3]", data / PTI, "-o", out)
    row, column, mixed = np.load(data / W)[3], np.load(data / PTI)["w"][0], np.load(out)
    assert (mixed.shape, mixed.dtype) == ((18, 512), np.float32)
    assert (mixed[:7] == column[:7]).all()
    assert (mixed[7:] == row[7:]).all()


def test_all_with_all(results, put, tmp_path):
    rows, columns = np.random.default_rng(0).normal(size=(2, 3, 4, 16)).astype(np.float16)
    out = tmp_path / "m.npz"
    files = put("r.npy", rows), put("c.npy", columns[:2])
    found = results("mix", *files, "--layers", "1,3", "-o", out)
    assert [(row["row"], row["column"]) for row in found] == [
        (i, j) for i in range(3) for j in range(2)
    ]
    mixed = np.load(out)["codes"]
    assert (mixed.shape, mixed.dtype) == ((3, 2, 4, 16), np.float16)
    assert (mixed[2, 1, [1, 3]] == columns[1, [1, 3]]).all()
    assert (mixed[2, 1, [0, 2]] == rows[2, [0, 2]]).all()


@pytest.mark.parametrize(
    ("shape", "options", "code", "message"),
    [((14, 4), [], 1, "the codes have 18 and 14 layers; 18 layers are 1024 px"),
     ((18, 5), [], 1, "18 and 18 layers of shape (18, 4) and (18, 5)"),
     ((18, 4), ["--layers", "18"], 2, "--layers is 18; it must be from 0 to 17"),
     ((5,), [], 1, "which has no layers")],
)  # fmt: skip
def test_codes_that_do_not_mix(latent, put, shape, options, code, message):
    files = put("r.npy", np.ones((18, 4))), put("c.npy", np.ones(shape))
    found, out, err = latent("mix", *files, *options, "-q")
    assert (found, out, err.count("\n")) == (code, "", 1)
    assert message in err


def test_notes_name_the_files(latent, put):
    random = np.random.default_rng(0)
    files = (
        put("w.npy", random.normal(size=(1, 512))),
        put("wp.npy", random.normal(size=(18, 512))),
    )
    code, _, err = latent("mix", *files, "--layers", "0-3")
    assert (code, "--row" in err, "w.npy: one code w is repeated" in err) == (0, False, True)
    sides = (
        put("a.npy", random.normal(size=(20, 64))),
        put("b.npy", random.normal(size=(20, 64))),
    )
    code, _, err = latent("directions", "contrast", *sides)
    assert (code, "--positive" in err) == (0, False)
