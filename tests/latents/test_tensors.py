"""Tensors of today: all feature axes are one vector, in every verb; shapes and dtypes come back."""

import numpy as np
import pytest

import latentcli
from latentcli.errors import LatentError, ParameterError
from latentcli.latents._tensors import tensor

SHAPES = [
    ((4, 64, 64), "CHW", np.float32),
    ((1, 4, 64, 64), "", np.float32),
    ((16, 128, 128), "CHW", np.float16),
    ((1, 16, 60, 104), "", np.float32),
    ((1, 16, 21, 60, 104), "", np.float32),
    ((77, 768), "TD", np.float64),
]


def noise(shape, seed, dtype=np.float64):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def shoemake(a, b, t):
    a, b = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    w = np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    return (np.sin((1 - t) * w) * a + np.sin(t * w) * b) / np.sin(w)


@pytest.mark.parametrize(("shape", "axes", "dtype"), SHAPES)
def test_slerp_is_the_formula_on_the_flattened_tensor(shape, axes, dtype):
    a, b = noise(shape, 0, dtype), noise(shape, 1, dtype)
    exact = shoemake(a, b, 0.3)
    found = latentcli.slerp(a, b, 0.3, axes=axes)
    assert found.shape == shape
    np.testing.assert_allclose(found.ravel(), exact, rtol=1e-6, atol=1e-9)
    path = latentcli.interp(a, b, kind="slerp", times=[0, 0.3, 1], axes=axes)
    assert (path.codes.shape, path.codes.dtype) == ((3, *shape), dtype)
    assert (path.codes[[0, -1]] == [a, b]).all()
    if dtype != np.float16:
        np.testing.assert_allclose(path.codes[1].ravel(), exact, rtol=1e-5, atol=1e-6)
    assert path.norms.shape == (3, 1)


def test_the_published_bug_a_norm_over_one_axis_of_a_batch():
    """Turning each channel's rows by themselves is another path; a batch moves sample by sample."""
    a, b = noise((3, 4, 8, 8), 0), noise((3, 4, 8, 8), 1)
    path = latentcli.interp(a, b, kind="slerp", steps=3).codes
    for sample in range(3):
        exact = shoemake(a[sample], b[sample], 0.5)
        assert path[1, sample].ravel() == pytest.approx(exact, abs=1e-9)
    rows = latentcli.interp(a[0], b[0], kind="slerp", steps=3, axes="NLD").codes
    assert np.abs(rows[1] - path[1, 0]).max() > 0.1


@pytest.mark.parametrize("verb", [latentcli.slerp, latentcli.lerp])
def test_nothing_is_guessed_silently(verb):
    with pytest.raises(LatentError, match=r"`z1`: shape \(4, 64, 64\) can be read in two ways"):
        verb(noise((4, 64, 64), 0), noise((4, 64, 64), 1), 0.5)


def test_a_guess_is_in_title_and_settings():
    found = latentcli.interp(noise((18, 512), 0), noise((18, 512), 1), steps=3)
    assert "18 codes of 512 numbers (axes ND, guessed)" in found.title
    assert (found.settings["axes"], found.settings["axes_guessed"]) == ("ND", True)
    assert any("`axes` LD reads 1 code of 18 layers" in note for note in found.notes)
    said = latentcli.interp(noise((18, 512), 0), noise((18, 512), 1), steps=3, axes="LD")
    assert said.settings["axes_guessed"] is False
    assert "guessed" not in said.title
    assert not any("is read as" in note for note in said.notes)


def test_typical_norms_of_a_tensor():
    found = latentcli.typical(noise((50, 4, 64, 64), 0))
    assert found.norms.shape == (50, 1)
    assert found.summary["expected_norm"] == pytest.approx(127.998, abs=5e-4)
    assert found.norms.std() == pytest.approx(0.707, abs=0.2)
    assert found.reading == "norms as of N(0, I)"


def test_every_verb_keeps_the_shape():
    z, d = noise((2, 4, 8, 8), 0), noise((4, 8, 8), 1)
    assert latentcli.edit(z, d, by=[1, 2]).codes == pytest.approx(
        np.stack([z + d, z + 2 * d]), abs=1e-12
    )
    scores = latentcli.project(z, d).scores
    assert scores == pytest.approx((z * d).sum(axis=(1, 2, 3)) / np.linalg.norm(d), abs=1e-12)
    assert latentcli.truncate(z, d, psi=0.5).codes == pytest.approx((z + d) / 2, abs=1e-12)
    assert latentcli.truncate(z, mean_of=z, psi=0).codes == pytest.approx(
        np.stack([z.mean(axis=0)] * 2), abs=1e-12
    )
    walked = latentcli.traverse(z[:1], [9.0], dims=[70]).codes
    assert (walked.shape, walked[0, 0, 0, 1, 0, 6]) == ((1, 1, 1, 4, 8, 8), 9.0)
    corners = list(noise((4, 1, 4, 8, 8), 2))
    grid = latentcli.grid(corners, rows=2, columns=3).codes
    assert (grid.shape, (grid[0, 0] == corners[0]).all()) == ((2, 3, 1, 4, 8, 8), True)
    found = latentcli.direction(noise((20, 4, 8, 8), 3) + 1, noise((20, 4, 8, 8), 4))
    assert found.vector.shape == (4, 8, 8)
    assert latentcli.edit(z, found, to=0).projections == pytest.approx(0, abs=1e-9)


def test_holes_among_tensors():
    codes = noise((40, 2, 3, 3), 0)
    found = latentcli.interp(codes[:1], codes[1:2], steps=3, reference=codes).holes
    assert (found.nearest[0], found.nearest[-1]) == (0, 1)
    flat = codes.reshape(40, -1)
    same = latentcli.interp(flat[0], flat[1], steps=3, reference=flat).holes
    assert found.distances == pytest.approx(same.distances, abs=1e-12)


def test_w_goes_with_w_plus_and_a_batch_of_one_with_a_single_code():
    w_plus, w = noise((1, 18, 512), 0), noise((1, 512), 1)
    found = latentcli.interp(w_plus, w, steps=3)
    assert found.codes.shape == (3, 1, 18, 512)
    assert (found.codes[-1, 0] == w).all()
    assert "is repeated over the 18 layers" in " ".join(found.notes)
    for second in (w[0], noise((18, 512), 2)):
        assert latentcli.interp(w_plus, second, steps=2, axes="NLD").codes.shape[1:] == (
            1,
            18,
            512,
        )
    with pytest.raises(LatentError, match="different shapes"):
        latentcli.interp(w_plus, noise((1, 14, 512), 1))


def test_only_these_layers_move():
    a, b = noise((2, 6, 32), 0), noise((2, 6, 32), 1)
    path = latentcli.interp(a, b, kind="slerp", steps=4, layers=[0, 3]).codes
    assert (path[:, :, [1, 2, 4, 5]] == a[None][:, :, [1, 2, 4, 5]]).all()
    assert (path[-1][:, [0, 3]] == b[:, [0, 3]]).all()
    single = latentcli.interp(a[0], b[0], steps=4, layers=[0], axes="LD").codes
    assert (single[:, 1:] == a[0][None, 1:]).all()


@pytest.mark.parametrize("loop", [False, True])
def test_easing_runs_between_each_point_and_the_next(loop):
    points = np.array([[0.0], [1.0], [0.0]])[: 2 if loop else 3]
    found = latentcli.interp(*points, steps=8 if loop else 9, ease="smooth", loop=loop)
    s = np.arange(4) / 4
    rise = s * s * (3 - 2 * s)
    assert found.codes[:, 0] == pytest.approx([*rise, *(1 - rise), *([] if loop else [0.0])])


@pytest.mark.parametrize("value", [np.array(["a"]), np.array([1j]), np.array([None]), [[1], [1, 2]],
                                   np.float64(1), np.ones((0, 3)), [1.0, np.nan], [1e200, 0]])  # fmt: skip
def test_what_is_no_code(value):
    with pytest.raises(LatentError, match="`z`"):
        tensor(value, "z")


def test_a_path_of_constant_norm_has_no_smallest():
    found = latentcli.interp([1.0, 0.0], [0.0, 1.0], kind="slerp")
    assert found.summary["smallest_norm_at"] is None
    assert found.summary["smallest_norm"] == pytest.approx(1)


def test_out_is_filled_in_one_pass_and_begins_with_the_shape():
    class Blocks(list):
        def begin(self, shape, dtype):
            self.shape, self.dtype = shape, dtype

        def __setitem__(self, where, block):
            self.append((where, block.copy()))

    out = Blocks()
    a, b = noise((1, 2, 3, 4), 0, np.float32), noise((1, 2, 3, 4), 1, np.float32)
    found = latentcli.interp(a, b, steps=5, out=out)
    whole = latentcli.interp(a, b, steps=5)
    assert (found.codes, out.shape, out.dtype) == (None, (5, 1, 2, 3, 4), np.float32)
    assert (np.concatenate([block for _, block in out]) == whole.codes).all()
    assert found.norms.tolist() == whole.norms.tolist()
    with pytest.raises(LatentError, match="`out`"):
        latentcli.interp(a, b, steps=5, out=np.empty((5, 24)))


@pytest.mark.parametrize("shape", [(2, 3, 20), (2, 8)])
@pytest.mark.parametrize("verb", ["edit", "project", "mix", "interp"])
def test_a_layer_that_is_not_there_is_a_wrong_parameter(verb, shape):
    z, line = np.ones(shape), np.ones(shape[-1])
    calls = {
        "edit": lambda: latentcli.edit(z, line, by=1, layers=[99]),
        "project": lambda: latentcli.project(z, line, layers=[99]),
        "mix": lambda: latentcli.mix(z, 2 * z, layers=[99]),
        "interp": lambda: latentcli.interp(z, 2 * z, layers=[99]),
    }
    with pytest.raises(ParameterError, match=r"`layers` is 99; it must be from 0 to [12]\b"):
        calls[verb]()
