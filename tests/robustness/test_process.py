"""What the environment, the keyboard and the disk do to a run: one line, never a traceback."""

import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

INTERRUPTS = int(os.environ.get("LATENT_TEST_INTERRUPTS", "10"))
LATENT = [sys.executable, "-m", "latentcli"]


def test_a_name_that_is_not_utf8_is_written_and_its_provenance_read(limited, tmp_path):
    start, end = (tmp_path / os.fsdecode(b"p\xff%d.npy" % n) for n in (1, 2))
    for path, values in ((start, [1.0, 2]), (end, [2.0, 1])):
        np.save(path, np.array(values))
    for ending in ("npy", "npz", "safetensors", "json"):
        out = tmp_path / os.fsdecode(b"out\xfe." + ending.encode())
        for _ in range(2):
            code, _, err = limited("interp", start, end, "-o", out, "-q")
            assert (code, err) == (0, "")
        code, _, err = limited("interp", f"{out}[0]", f"{out}[1]", "--json")
        assert (code, "Traceback" in err) == (0, False)


@pytest.mark.parametrize("width", ["9" * 5000, "0", "-3", "x", "²", "٣" * 9])
def test_a_width_that_is_none(limited, width):
    for arguments in (["neighbors", "king", "-q"], ["--help"], ["neighbors", "--help"]):
        code, out, err = limited(*arguments, COLUMNS=width, LINES=width)
        assert (code, err) == (0, "")
        assert out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_without_what_the_shell_passes(limited, one_line, shell):
    one_line(limited(_LATENT_COMPLETE=f"complete_{shell}"), 2)


def test_the_shells_completion_still_works(limited):
    passed = {"COMP_WORDS": "latent neig", "COMP_CWORD": "1"}
    code, out, err = limited(_LATENT_COMPLETE="complete_bash", **passed)
    assert (code, out.split(), err) == (0, ["neighbors"], "")


def test_an_array_too_large_to_be_mapped_says_so(limited, one_line, tmp_path):
    path = tmp_path / "sparse.npy"
    np.lib.format.open_memmap(path, mode="w+", dtype="<f4", shape=(2, 1 << 20)).flush()
    rows = 1 << 20
    with path.open("r+b") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": (rows, 1 << 20)}
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + rows * (1 << 22))
    for arguments in (["info", path], ["typical", path]):
        assert "into memory" in one_line(limited(*arguments))


@pytest.mark.skipif(not hasattr(signal, "SIGBUS"), reason="no SIGBUS here")
@pytest.mark.parametrize(
    "work", ["(m * 2).sum()", "(m.reshape(-1, 50) @ np.ones((50, 3))).sum()"]
)
def test_a_mapped_file_that_is_cut_short_is_one_line(tmp_path, work):
    path = tmp_path / "x.npy"
    np.save(path, np.ones(1_000_000))
    code = (
        "import os, sys, numpy as np; from latentcli.cli import process\n"
        "process.begin(); process.guard(None)\n"
        "m = np.asarray(np.load(sys.argv[1], mmap_mode='r')); os.truncate(sys.argv[1], 4096)\n"
        f"print({work})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("latent: error: a file was cut short")


def test_ctrl_c_at_any_moment_is_silent():
    """What Python does before it has found the package is Python's; no line of ours is in a traceback."""
    chance = random.Random(0)
    for _ in range(INTERRUPTS):
        process = subprocess.Popen(
            [*LATENT, "neighbors", "king", "-k", "1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        time.sleep(0.02 + chance.random() * 0.25)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
        if b"Traceback" in err or b"Fatal" in err:
            assert b"latentcli" not in err, err
            continue
        assert b"should not happen" not in err
        if not out:
            assert process.returncode in (130, -signal.SIGINT)


def test_two_interrupts_and_a_library_that_swallows_one(tmp_path):
    code = (
        "import os, signal, sys; from latentcli.cli import process\n"
        "from latentcli.files.pending import holding\n"
        "process.begin(); process.enter()\n"
        "with holding():\n"
        "    try:\n        os.kill(os.getpid(), signal.SIGINT)\n"
        "    except KeyboardInterrupt:\n        print(process.interrupted(), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "True\n", "")
