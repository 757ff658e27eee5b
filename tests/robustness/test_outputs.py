"""One rule for every file that is written."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from latentcli.errors import FileError, ParameterError
from latentcli.files import outputs


@pytest.fixture
def points(tmp_path):
    for name, values in (("a.npy", [1.0, 2, 3]), ("b.npy", [3.0, 1, 2])):
        np.save(tmp_path / name, np.array(values))
    return tmp_path / "a.npy", tmp_path / "b.npy"


@pytest.fixture
def interp(latent, points, tmp_path):
    """Interpolate into a file; return (exit code, stderr)."""

    def run(out, *options):
        code, _, err = latent("interp", *points, "-o", out, "-q", *options)
        return code, err

    return run


def test_what_latent_wrote_is_replaced_and_nothing_else(interp, tmp_path):
    out = tmp_path / "path.npy"
    assert interp(out) == (0, "")
    assert interp(out) == (0, "")
    np.save(tmp_path / "mine.npy", np.ones(3))
    code, err = interp(tmp_path / "mine.npy")
    assert (code, err.count("\n")) == (1, 1)
    assert "was not written by latent; --force replaces it" in err
    assert np.load(tmp_path / "mine.npy").tolist() == [1, 1, 1]
    assert interp(tmp_path / "mine.npy", "--force") == (0, "")


@pytest.mark.parametrize("ending", [".npz", ".json", ".safetensors"])
def test_each_format_is_known_again(interp, tmp_path, ending):
    out = tmp_path / f"path{ending}"
    assert interp(out) == (0, "")
    assert interp(out) == (0, "")
    out.write_bytes(b'{"mine": 1}')
    (tmp_path / f"path{ending}.json").unlink(missing_ok=True)
    assert interp(out)[0] == 1
    assert out.read_bytes() == b'{"mine": 1}'


def test_a_read_only_file_is_kept(interp, tmp_path):
    out = tmp_path / "path.npy"
    assert interp(out) == (0, "")
    out.chmod(0o444)
    code, err = interp(out)
    assert (code, "is read-only; --force replaces it" in err) == (1, True)
    assert interp(out, "--force") == (0, "")


def test_an_input_is_not_written_over_under_any_name(interp, points, tmp_path):
    (tmp_path / "link.npy").symlink_to(points[0])
    os.link(points[1], tmp_path / "hard.npy")
    before = [point.read_bytes() for point in points]
    for out in (points[0], "link.npy", "hard.npy"):
        code, err = interp(tmp_path / out)
        assert code in (1, 2)
        assert err.count("\n") == 1
    assert [point.read_bytes() for point in points] == before


def test_a_picture_through_a_link_onto_the_input(latent, samples, tmp_path):
    codes = tmp_path / "codes.npy"
    codes.write_bytes((samples / "codes.npy").read_bytes())
    (tmp_path / "plot.png").symlink_to(codes)
    before = codes.read_bytes()
    code, out, err = latent(
        "mig", codes, samples / "factors.csv", "--plot", tmp_path / "plot.png", "-q"
    )
    assert (code in (1, 2), out, err.count("\n")) == (True, "", 1)
    assert codes.read_bytes() == before


@pytest.mark.parametrize(
    "command",
    [
        "map {} -o l.png", "map {} -o l.html", "map {} -o l.csv", "decode {} --decoder digits --strip l.png",
        "decode {} --decoder digits --gif l.gif", "decode {} --decoder digits --frames %04d.png",
        "decode {} --decoder digits -o l.npy", "interp {} --steps 3 -o %04d.npy", "convert {} l.npz",
        "directions pca {} -o l.npy", "geometry {} --plot l.png", "train {} -o l.vec",
    ],
)  # fmt: skip
def test_no_output_goes_through_a_link_onto_an_input(latent, tmp_path, monkeypatch, command):
    """The input is an array that `latent` wrote, which it may replace where it is not read."""
    monkeypatch.chdir(tmp_path)
    if "decode" in command:
        pytest.importorskip("onnxruntime")
    assert latent("sample-z", "--seeds", "0-9", "--dim", "8", "-o", "z.npy", "-q")[0] == 0
    before = Path("z.npy").read_bytes()
    words = command.format("z.npy").split()
    Path(words[-1].replace("%04d", "0000")).symlink_to("z.npy")
    code, _, err = latent(*words, "-q")
    assert code in (1, 2)
    assert "error" in err
    assert Path("z.npy").read_bytes() == before


def test_a_list_of_frames_gives_nothing_away(latent, tmp_path):
    """A folder whose provenance was made by others names files that are no frames, and a link."""
    folder, secret = tmp_path / "frames", tmp_path / "secret"
    folder.mkdir()
    secret.write_text("years")
    (folder / "thesis.txt").write_text("years")
    (folder / "0000.npy").symlink_to(secret)
    listed = {"command": "interp", "version": "1", "frames": ["thesis.txt", "0000.npy"]}
    (folder / "provenance.json").write_text(json.dumps(listed))
    for name in "ab":
        np.save(tmp_path / f"{name}.npy", np.eye(2)[0])
    ask = ("interp", tmp_path / "a.npy", tmp_path / "b.npy", "-o", folder / "%04d.npy", "-q")
    assert "was not written by latent" in latent(*ask)[2]
    (folder / "0000.npy").unlink()
    assert latent(*ask)[0] == 0
    assert secret.read_text() == (folder / "thesis.txt").read_text() == "years"


def test_pictures_are_known_again(latent, samples, tmp_path):
    for ending in ("png", "svg", "pdf"):
        for _ in range(2):
            code, _, err = latent(
                "mig", samples / "codes.npy", samples / "factors.csv",
                "--plot", tmp_path / f"p.{ending}", "-q", "--ci", "0",
            )  # fmt: skip
            assert (code, err) == (0, "")


def test_the_side_file_goes_to_the_array_and_its_link_is_not_followed(interp, tmp_path):
    (tmp_path / "there").mkdir()
    link = tmp_path / "link.npy"
    link.symlink_to(tmp_path / "there" / "real.npy")
    assert interp(link) == (0, "")
    names = sorted(child.name for child in (tmp_path / "there").iterdir())
    assert names == ["real.npy", "real.npy.json"]
    assert not (tmp_path / "link.npy.json").exists()
    target = tmp_path / "created-by-a-link"
    (tmp_path / "new.npy.json").symlink_to(target)
    code, err = interp(tmp_path / "new.npy")
    assert (code, "is a link" in err) == (1, True)
    assert interp(tmp_path / "new.npy", "--force") == (0, "")
    assert not target.exists()
    assert json.loads((tmp_path / "new.npy.json").read_text())["command"] == "interp"


def test_words_beside_a_converted_array_are_not_written_through_a_link(latent, words, tmp_path):
    target = tmp_path / "elsewhere"
    (tmp_path / "out.npy.words.txt").symlink_to(target)
    out = tmp_path / "out.npy"
    assert latent("convert", words, out)[0] == 1
    assert latent("convert", words, out, "--force")[0] == 0
    assert not target.exists()


def test_a_foreign_owner_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "x.json"
    path.write_text('{"__meta__": {}}')
    outputs.check(path)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(FileError, match="belongs to another user"):
        outputs.check(path)
    outputs.check(path, force=True)
    with pytest.raises(ParameterError, match="is read by this command"):
        outputs.check(path, inputs=[path])


def test_what_a_kill_leaves_behind_is_swept_and_what_is_being_written_is_not(tmp_path):
    code = (
        "import signal, sys; from pathlib import Path; from latentcli.files.outputs import *\n"
        "with written_beside(Path(sys.argv[1])) as part:\n"
        "    part.write_text('half'); print('ready', flush=True); signal.pause()\n"
    )
    path = tmp_path / "out.npy"

    def writing():
        started = subprocess.Popen(
            [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE
        )
        assert started.stdout.readline() == b"ready\n"
        return started

    killed, alive = writing(), writing()
    try:
        assert len(list(tmp_path.iterdir())) == 2
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        with outputs.written_beside(path) as part:
            part.write_text("whole")
        assert sorted(child.suffix for child in tmp_path.iterdir()) == [".npy", ".part"]
    finally:
        alive.kill()
        for one in (killed, alive):
            one.wait()
            one.stdout.close()
    with outputs.written_beside(path) as part:
        part.write_text("again")
    assert [child.name for child in tmp_path.iterdir()] == ["out.npy"]


@pytest.fixture
def words(samples):
    return samples / "article-words.txt"
