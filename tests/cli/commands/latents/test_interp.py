import hashlib
import json
import subprocess
import sys

import numpy as np
import pytest

from latentcli.cli.app import main

W = "latents/styleclip_w_plus.npy"


@pytest.fixture
def z(samples):
    return samples / "z1.npy", samples / "z2.npy"


def column(records, name):
    return [record[name] for record in records]


# The article's Example 2.


def test_the_articles_path(results, z):
    """The article prints the norms 2.53, 1.14, 1.06, 2.37; these are the right ones."""
    found = results("interp", *z, "--at", "0,0.33,0.67,1")
    assert column(found, "z") == [
        pytest.approx(point)
        for point in (
            [2, -1.5, 0.3],
            [1.01, -0.345, 0.465],
            [-0.01, 0.845, 0.635],
            [-1, 2, 0.8],
        )
    ]
    assert column(found, "norm") == pytest.approx([2.518, 1.164, 1.057, 2.375], abs=5e-4)
    assert list(found[0]) == ["t", "norm", "step", "typicality", "z"]


def test_a_slerp_keeps_the_norm_where_a_line_falls(answer, z):
    whole = answer("interp", *z, "--slerp")
    norms = column(whole["results"], "norm")
    assert len(norms) == 11
    assert 2.33 <= min(norms) < max(norms) <= 2.57
    assert whole["summary"]["angle_degrees"] == pytest.approx(142.75, abs=0.005)
    assert whole["notes"] == []


def test_compare_shows_both(results, z):
    found = results("interp", *z, "--compare")
    assert column(found, "norm")[5] == pytest.approx(0.784, abs=5e-4)
    assert column(found, "slerp_norm") == column(results("interp", *z, "--slerp"), "norm")


def test_the_dip_is_told(latent, z):
    _, _, err = latent("interp", *z)
    assert err == (
        "latent: note: the path leaves the typical shell of N(0, I): its norm falls to 0.784 at "
        "t = 0.50 (ends: 2.518, 2.375); use --slerp\n"
    )


def test_the_dip_is_measured_against_the_points_not_the_steps(latent, z):
    _, _, err = latent("interp", *z, "--at", "0.4,0.5,0.6")
    assert "(ends: 2.518, 2.375)" in err
    assert "dips" not in latent("interp", *z, "--slerp")[2]


def test_the_summary_by_hand(answer, put):
    first, second = put("a.npy", np.zeros(2)), put("b.npy", np.array([3.0, 4.0]))
    whole = answer("interp", first, second)
    assert whole["summary"] == {
        "angle_degrees": 0.0,
        "length": pytest.approx(5),
        "straightness": pytest.approx(1),
        "smallest_norm": 0.0,
        "smallest_norm_at": 0.0,
        "smallest_norm_sigma": pytest.approx(-1.25331 / 0.65514, abs=1e-4),
        "largest_step": pytest.approx(0.5),
    }
    assert whole["notes"] == ["point 1 has a vector of zeros, which has no direction"]


# Paths.


@pytest.mark.parametrize(
    ("kind", "steps"), [("--lerp", 3), ("--slerp", 5), ("--lol", 4), ("--spline", 7)]
)
def test_an_open_path_has_both_ends_and_a_loop_leaves_one_out(results, put, kind, steps):
    points = [put(f"{n}.npy", values) for n, values in enumerate(np.eye(3))]
    open_path = results("interp", *points, kind, "--steps", steps)
    closed = results("interp", *points, kind, "--steps", steps, "--loop")
    assert [open_path[0]["t"], open_path[-1]["t"]] == [0, 1]
    assert [open_path[0]["z"], open_path[-1]["z"]] == [[1, 0, 0], [0, 0, 1]]
    assert column(closed, "t") == pytest.approx([n / steps for n in range(steps)])
    assert closed[0]["z"] == [1, 0, 0]


def test_even_steps_are_equal(results, put):
    points = [
        put("a.npy", np.zeros(2)),
        put("b.npy", np.eye(2)[0]),
        put("c.npy", np.ones(2) * 9),
    ]
    steps = column(results("interp", *points, "--even", "--steps", 6), "step")[1:]
    uneven = column(results("interp", *points, "--steps", 6), "step")[1:]
    assert max(uneven) > 5 * min(uneven)
    assert max(steps) < 1.2 * min(steps)


@pytest.mark.parametrize("norm", ["textbook", "linear", "unit"])
def test_norms_of_a_slerp(results, put, norm):
    first, second = put("a.npy", np.array([1.0, 0])), put("b.npy", np.array([0.0, 2]))
    (found,) = results("interp", first, second, "--slerp", "--norm", norm, "--at", "0.5")
    expected = {"textbook": 1.5811, "linear": 1.5, "unit": 1}[norm]
    assert found["norm"] == pytest.approx(expected, abs=5e-5)


def test_opposite_ends_say_what_to_do(latent, answer, put, tmp_path):
    first, second = put("a.npy", np.array([1.0, 0])), put("b.npy", np.array([-1.0, 0]))
    code, out, err = latent("interp", first, second, "--slerp", "-o", tmp_path / "out.npy")
    assert (code, out) == (1, "")
    assert err.startswith("latent: error: the two codes are opposite")
    assert not (tmp_path / "out.npy").exists()
    via = put("via.npy", np.array([0.0, 1]))
    middle = answer("interp", first, second, "--slerp", "--via", via, "--at", "0.5")
    assert middle["results"][0]["z"] == pytest.approx([0, 1], abs=1e-12)
    seeded = [
        answer("interp", first, second, "--slerp", "--seed", seed, "--at", "0.5")["results"][0]
        for seed in (1, 1)
    ]
    assert seeded[0] == seeded[1]
    assert seeded[0]["norm"] == pytest.approx(1)


def test_times_outside_want_extrapolate(latent, results, z):
    code, _, err = latent("interp", *z, "--at", "0,1.5")
    assert (code, "--extrapolate allows it" in err) == (2, True)
    found = results("interp", *z, "--at", "-1,2", "--extrapolate")
    assert column(found, "z") == [pytest.approx([5, -5, -0.2]), pytest.approx([-4, 5.5, 1.3])]


def test_words_are_points(results, words, tmp_path):
    found = results(
        "interp", "king", "queen", "-v", words, "--steps", 5, "-o", tmp_path / "p.npy"
    )
    assert (found[0]["word"], found[-1]["word"]) == ("king", "queen")
    meta = json.loads((tmp_path / "p.npy.json").read_text())
    assert meta["inputs"][0]["address"] == str(words)


# What comes out.


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int32])
@pytest.mark.parametrize("kind", ["--lerp", "--slerp", "--lol", "--spline"])
@pytest.mark.parametrize("shape", [(5,), (3, 5), (2, 3, 12)])
def test_the_ends_come_back_bit_for_bit(latent, put, tmp_path, dtype, kind, shape):
    ends = (np.random.default_rng(0).normal(size=(2, *shape)) * 9).astype(dtype)
    files = [put(f"{n}.npy", values) for n, values in enumerate(ends)]
    out = tmp_path / "path.npy"
    assert latent("interp", *files, kind, "--steps", 4, "-o", out, "-q")[0] == 0
    path = np.load(out)
    assert path.shape == (4, *shape)
    assert path.dtype == (np.float64 if dtype == np.int32 else dtype)
    assert (path[[0, -1]] == ends).all()


def test_float16_does_not_overflow_inside(latent, put, tmp_path):
    tens = np.full(4096, 10, np.float16)
    other = tens * np.where(np.arange(4096) % 2, 1, -1).astype(np.float16)
    out = tmp_path / "p.npy"
    latent("interp", put("a.npy", tens), put("b.npy", other), "--slerp", "-o", out, "-q")
    path = np.load(out)
    assert path.dtype == np.float16
    assert np.linalg.norm(path.astype(float), axis=1) == pytest.approx(640, rel=1e-3)


def test_what_float16_cannot_hold_is_an_error(latent, put, tmp_path):
    ends = put("a.npy", np.full(2, -6e4, np.float16)), put("b.npy", np.full(2, 6e4, np.float16))
    out = tmp_path / "p.npy"
    code, _, err = latent("interp", *ends, "--at", "0,2", "--extrapolate", "-o", out)
    assert (code, err.count("\n")) == (1, 1)
    assert "beyond float16" in err
    assert not out.exists()


def test_provenance(answer, z, tmp_path):
    answer("interp", *z, "--slerp", "--steps", 3, "-o", tmp_path / "p.npz")
    with np.load(tmp_path / "p.npz") as saved:
        meta = json.loads(str(saved["__meta__"]))
        assert saved["codes"].shape == (3, 3)
    assert meta["command"] == "interp"
    assert (meta["settings"]["path"], meta["settings"]["steps"]) == ("slerp", 3)
    assert [given["sha256"] for given in meta["inputs"]] == [
        hashlib.sha256(file.read_bytes()).hexdigest() for file in z
    ]


def test_the_path_is_the_same_in_parts(answer, put, tmp_path, monkeypatch):
    ends = np.random.default_rng(0).normal(size=(2, 3, 4))
    files = [put(f"{n}.npy", values) for n, values in enumerate(ends)]
    outs = []
    for part in (1 << 22, 24):
        monkeypatch.setattr("latentcli.latents._walk.PART", part)
        whole = answer("interp", *files, "--compare", "--steps", 9, "-o", tmp_path / "p.npy")
        outs.append((whole, np.load(tmp_path / "p.npy").tolist()))
    assert outs[0] == outs[1]


# Real codes.


@pytest.mark.parametrize("axes", [[], ["--axes", "LD"]])
def test_a_path_between_two_faces_is_judged_in_place(latent, data, tmp_path, axes):
    out = tmp_path / "path.npy"
    code, said, _ = latent(
        "interp", f"{data / W}[0]", f"{data / W}[5]", "--steps", 60, "--reference", data / W,
        "-o", out, "--json", *axes,
    )  # fmt: skip
    whole = json.loads(said)
    assert code == 0
    path, faces = np.load(out), np.load(data / W)
    assert (path.shape, path.dtype) == ((60, 18, 512), np.float32)
    assert (path[[0, -1]] == faces[[0, 5]]).all()
    assert (whole["results"][0]["nearest"], whole["results"][-1]["nearest"]) == (0, 5)
    assert whole["summary"]["holes"] == 0
    assert whole["settings"]["shape"] == "18 x 512"
    assert any("not codes of N(0, I)" in note for note in whole["notes"]) is False


def test_a_path_to_a_far_point_is_a_hole(latent, data, tmp_path, put):
    faces = np.load(data / W)
    far = put("far.npy", faces[0] + 40)
    code, said, err = latent(
        "interp", f"{data / W}[0]", far, "--axes", "LD", "--reference", data / W, "--json"
    )
    found = json.loads(said)["results"]
    assert code == 0
    assert (found[0]["hole"], found[-1]["hole"]) == (False, True)
    assert found[-1]["percentile"] == 100
    assert "of 11 steps are in a hole of the reference, the first at t = 0.10" in err


def test_codes_of_no_normal_prior_are_told(latent, data):
    _, _, err = latent("interp", f"{data / W}[0]", f"{data / W}[5]", "--slerp")
    assert (
        "the points are not codes of N(0, I): their norms are -18.0 to -16.1 standard deviations from it"
        in err
    )


# What is refused, in one line.


@pytest.fixture
def refused(latent, tmp_path):
    """Run a command that must fail with one line, leaving an existing output as it was."""

    def run(code, *arguments):
        out = tmp_path / "existing.npy"
        out.write_bytes(b"as it was")
        (tmp_path / "existing.npy.json").write_text('{"command": "interp", "version": "0"}')
        before = sorted(tmp_path.iterdir())
        found, said, err = latent(*arguments, "-o", out, "-q")
        assert (found, said) == (code, "")
        assert err.startswith("latent: error: ")
        assert err.count("\n") == 1
        assert "should not happen" not in err
        assert out.read_bytes() == b"as it was"
        assert sorted(tmp_path.iterdir()) == before
        return err

    return run


@pytest.mark.parametrize(
    ("options", "message"),
    [(["--steps", "1"], "--steps is 1; it must be from 2"), (["--steps", "0"], "--steps"),
     (["--steps", "100000000000"], "--steps is 100,000,000,000"), (["--at", "a"], "neither numbers"),
     (["--at", "nan:1:3", "--extrapolate"], "not finite"), (["--slerp", "--lol"], "exclude"),
     (["--slerp", "--norm", "x"], "unknown norm 'x'"), (["--norm", "unit"], "--norm is for a slerp"),
     (["--seed", "1"], "--seed is for a slerp"), (["--slerp", "--compare"], "--compare"),
     (["--slerp", "--seed", "-1"], "--seed"), (["--even", "--at", "0,1"], "--even"),
     (["--k", "0"], "--k is 0"), (["--hole-percentile", "101"], "--hole-percentile")],
)  # fmt: skip
def test_wrong_options_are_usage_errors(refused, z, options, message):
    assert message in refused(2, "interp", *z, *options)


def test_one_point_is_no_path(refused, z):
    assert "two points or more" in refused(2, "interp", z[0])


def test_layers_that_do_not_match(refused, put):
    files = put("a.npy", np.ones((18, 4))), put("b.npy", np.ones((14, 4)))
    err = refused(1, "interp", *files)
    assert "(18, 4)" in err
    assert "(14, 4)" in err
    assert "18 layers are 1024 px" in err
    assert "14 are 256 px" in err


def test_dimensions_that_do_not_match_are_no_matter_of_layers(refused, put):
    err = refused(1, "interp", put("a.npy", np.ones(3)), put("b.npy", np.ones(4)))
    assert "different shapes" in err
    assert "px" not in err


@pytest.mark.parametrize(
    ("values", "message"),
    [(np.array([1, np.nan, 2]), "NaN or infinity"), (np.ones((0, 3)), "empty array"),
     (np.array(["a", "b", "c"]), "not real numbers")],
)  # fmt: skip
def test_codes_that_are_none(refused, z, put, values, message):
    assert message in refused(1, "interp", z[0], put("bad.npy", values))


def test_files_and_keys_that_are_not_there(refused, z, put, tmp_path):
    assert "no such file" in refused(1, "interp", z[0], "none.npy")
    np.savez(tmp_path / "w.npz", w=np.ones(3))
    assert "no array 'v'. It holds w" in refused(1, "interp", z[0], f"{tmp_path}/w.npz::v")
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    assert "never loaded" in refused(1, "interp", z[0], tmp_path / "objects.npy")


def test_a_reference_that_does_not_serve(refused, z, put):
    small = put("small.npy", np.random.default_rng(0).normal(size=(5, 3)))
    assert "k must be from 1 to 4" in refused(1, "interp", *z, "--reference", small)
    other = put("other.npy", np.ones((9, 4)))
    assert "codes of shape (4,), the path (3,)" in refused(
        1, "interp", *z, "--reference", other
    )


@pytest.mark.parametrize("via", [np.ones(4), np.array([2.0, -1.5, 0.3])])
def test_a_point_to_go_through_that_does_not_serve(refused, put, via):
    ends = put("a.npy", np.array([2, -1.5, 0.3])), put("b.npy", -np.array([2, -1.5, 0.3]))
    assert "the point to go through" in refused(
        1, "interp", *ends, "--slerp", "--via", put("via.npy", via)
    )


@pytest.mark.parametrize(
    ("out", "code", "message"),
    [("missing/p.npy", 1, "there is no folder"), ("p.txt", 2, "arrays are written as")],
)
def test_an_output_that_cannot_be(latent, z, tmp_path, out, code, message):
    found, said, err = latent("interp", *z, "-o", tmp_path / out)
    assert (found, said, err.count("\n")) == (code, "", 1)
    assert message in err


def test_a_disk_that_fills_up_leaves_nothing(refused, z, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("latentcli.files.array_writing._npy_header", full)
    assert "No space left on device" in refused(1, "interp", *z)


def test_an_output_is_replaced_whole(answer, z, tmp_path):
    out = tmp_path / "p.npy"
    for steps in (9, 3):
        answer("interp", *z, "--steps", steps, "-o", out)
        assert np.load(out).shape == (steps, 3)
        assert json.loads((tmp_path / "p.npy.json").read_text())["settings"]["steps"] == steps


PEAK = """
import resource, sys
from latentcli.cli.app import main
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert main(sys.argv[1:]) == 0
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, file=sys.stderr)
"""


def test_a_long_path_is_written_as_it_is_made(put, tmp_path):
    """2,000 steps of 18 x 512 are 295 MB in float64, and 16 times that to make them even."""
    ends = np.random.default_rng(0).normal(size=(2, 18, 512)).astype(np.float32)
    files = [put(f"{n}.npy", values) for n, values in enumerate(ends)]
    out = tmp_path / "p.npy"
    command = ["interp", *files, "--steps", "2000", "-o", out, "-q", "-f", "tsv"]
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *map(str, command)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stderr) < 200
    assert np.load(out, mmap_mode="r").shape == (2000, 18, 512)


def test_a_pipe(capsys, z):
    assert main(["interp", *map(str, z), "--slerp", "-f", "tsv", "-q"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 12
    assert lines[0].split("\t") == ["t", "norm", "step", "typicality", "z"]


@pytest.mark.parametrize("kind", ["--lerp", "--slerp", "--lol", "--spline"])
@pytest.mark.parametrize("shape", [(50, 6), (20, 3, 12)])
def test_very_many_rows_are_followed_in_blocks(latent, tmp_path, monkeypatch, kind, shape):
    rng = np.random.default_rng(0)
    points = [tmp_path / f"{name}.npy" for name in "abc"]
    for point in points:
        np.save(point, rng.standard_normal(shape))

    def followed(out):
        arguments = [*points, kind, "--steps", "7", "-q", "--json", "-o", tmp_path / out]
        code, text, _ = latent("interp", *arguments)
        assert code == 0
        whole = json.loads(text)
        for record in whole["results"]:
            record.pop("z")
        return np.load(tmp_path / out), whole["results"], whole["summary"]

    path, records, summary = followed("whole.npy")
    monkeypatch.setattr("latentcli.latents._waypoints.PART", 100)
    monkeypatch.setattr("latentcli.latents._walk.PART", 100)
    in_blocks, same_records, same_summary = followed("blocks.npy")
    assert in_blocks == pytest.approx(path, rel=1e-12, abs=1e-12)
    assert same_summary == pytest.approx(summary, rel=1e-5)
    for one, other in zip(same_records, records, strict=True):
        assert one == pytest.approx(other, rel=1e-5, abs=1e-6)


def test_a_batch_of_one_goes_with_a_single_code(latent, tmp_path):
    np.save(tmp_path / "one.npy", np.ones((1, 3)))
    np.save(tmp_path / "bare.npy", np.zeros(3) + 2)
    code, out, _ = latent(
        "interp", tmp_path / "one.npy", tmp_path / "bare.npy", "--at", "0.5", "--json"
    )
    assert code == 0
    assert json.loads(out)["results"][0]["z"] == [1.5, 1.5, 1.5]


def test_numbers_without_a_norm_are_refused(latent, tmp_path):
    np.save(tmp_path / "huge.npy", np.full(3, 1e200))
    code, out, err = latent("interp", tmp_path / "huge.npy", tmp_path / "huge.npy")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "whose squares overflow" in err


def test_options_of_a_reference_want_one(latent):
    code, out, err = latent("interp", "z1.npy", "z2.npy", "--k", "3")
    assert (code, out) == (2, "")
    assert "--reference" in err


@pytest.mark.parametrize("shape", [(1, 4, 8, 8), (1, 4, 3, 8, 8)])
def test_a_path_of_diffusion_latents_is_read_again(answer, put, tmp_path, shape):
    ends = [
        put(
            f"{name}.npy", np.random.default_rng(seed).standard_normal(shape).astype(np.float16)
        )
        for seed, name in enumerate("ab")
    ]
    path = tmp_path / "path.npy"
    answer("interp", *ends, "--slerp", "--steps", "3", "-o", path)
    assert np.load(path).shape == (3, *shape)
    found = answer("typical", path)
    assert found["summary"]["vectors"] == 3
    assert found["settings"]["axes"] == {4: "NBCHW", 5: "NBCTHW"}[len(shape)]
