"""Ctrl-C while a task runs: no word, no output, no process stays."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("distributed")

SECONDS = 100
"""A bound for what hangs; nothing here is measured by it."""

HOLD = """
import os, threading
def dask_setup(worker):
    from latentcli.distributed import _session
    told = open(os.environ["TOLD"], "w")  # open until this process ends
    def run(*_):
        print(os.getpid(), os.getppid(), file=told, flush=True)
        threading.Event().wait()
    _session._on_worker = run
    worker.told = told
"""


@pytest.fixture
def held(tmp_path):
    """Run `truncate` on workers that never end a task; give its process when one runs, and who waits for its end."""
    (tmp_path / "hold.py").write_text(HOLD)
    os.mkfifo(tmp_path / "told")
    (tmp_path / "codes").mkdir()
    for place in range(3):
        np.save(tmp_path / "codes" / f"p{place}.npy", np.ones((5, 4), np.float32))
    told = os.open(tmp_path / "told", os.O_RDONLY | os.O_NONBLOCK)
    path = f"{Path.cwd()}{os.pathsep}{tmp_path}"
    env = {**os.environ, "PYTHONPATH": path, "TOLD": str(tmp_path / "told"),
           "DASK_DISTRIBUTED__WORKER__PRELOAD": "hold"}  # fmt: skip
    asked = ["truncate", "codes", "--mean", "codes/p0.npy[0]", "-o", "out", "--dask", "local:2"]
    process = subprocess.Popen(
        [sys.executable, "-m", "latentcli", *asked], cwd=tmp_path, env=env,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert select.select([told], [], [], SECONDS)[0], "no task ran"

    def end():
        """Wait for the end of the command, and of each worker: then nobody can write."""
        out, err = process.communicate(timeout=SECONDS)
        while select.select([told], [], [], SECONDS)[0]:
            if not os.read(told, 1000):
                return process.returncode, out, err
        raise AssertionError("a worker stays")

    yield process, end
    process.kill()
    process.wait()
    os.close(told)


@pytest.mark.parametrize("whom", [os.killpg, os.kill], ids=["group", "client"])
def test_ctrl_c_ends_the_command_and_its_workers(whom, held, tmp_path):
    process, end = held
    before = sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("."))
    whom(process.pid, signal.SIGINT)
    assert end() == (130, "", "")
    after = sorted(path.name for path in tmp_path.iterdir())
    assert after == before
