"""A scheduler that goes, workers that end or are out of memory, Ctrl-C: one line or none, and no output stays."""

import os
import select
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("distributed")

SECONDS = 100
"""A bound for what hangs; nothing here is measured by it."""

CODES = np.arange(60, dtype=np.float32).reshape(15, 4)
TRUNCATE = ("truncate", "codes", "--mean", "codes/p0.npy[0]", "-o", "out")

FAULTS = """
import os, signal, threading

def dask_setup(server):
    told = open(os.environ["TOLD"], "w", buffering=1)  # open until this process ends
    server.told = told
    if type(server).__name__ == "Scheduler":
        print("at", server.address, file=told)
        return
    print("a worker", file=told)
    from latentcli.distributed import _session
    plain = _session._on_worker

    def held(*given):
        print("a task", file=told)
        os.close(os.open(os.environ["GO"], os.O_RDONLY))  # waits until somebody writes there
        return plain(*given)

    def dies(*_):
        os.kill(os.getpid(), signal.SIGKILL)

    def raises(*_):
        raise MemoryError("Unable to allocate 9 TiB")

    def allocates(_, *given):
        return plain(raises, *given)

    def grows(*_):
        whole = b"1" * (600 << 20)
        threading.Event().wait()

    _session._on_worker = locals()[os.environ["FAULT"]]
"""
"""What Dask's processes run when they begin: they tell what they do through a pipe, and fail as they are asked to."""


class Place:
    """A folder with shards of codes, and a pipe by which Dask's processes tell what they do."""

    def __init__(self, folder):
        self.folder, self._stack = folder, ExitStack()
        (folder / "faults.py").write_text(FAULTS)
        (folder / "codes").mkdir()
        for place, part in enumerate(np.array_split(CODES, 3)):
            np.save(folder / "codes" / f"p{place}.npy", part)
        for name in ("told", "go"):
            os.mkfifo(folder / name)
        self._told = os.open(folder / "told", os.O_RDONLY | os.O_NONBLOCK)
        self._stack.callback(os.close, self._told)
        self._heard = ""
        self.env = {
            **os.environ, "PYTHONPATH": f"{Path.cwd()}{os.pathsep}{folder}", "FAULT": "held",
            "TOLD": str(folder / "told"), "GO": str(folder / "go"),
            "DASK_DISTRIBUTED__SCHEDULER__PRELOAD": "faults",
            "DASK_DISTRIBUTED__WORKER__PRELOAD": "faults",
            "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
        }  # fmt: skip
        self.before = self.names()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()

    def names(self):
        """What is in the folder."""
        return sorted(one.name for one in self.folder.iterdir())

    def heard(self, word):
        """Wait until a process tells of something; return the rest of the line."""
        while word not in self._heard or "\n" not in self._heard.partition(word)[2]:
            assert select.select([self._told], [], [], SECONDS)[0], f"nobody told of {word}"
            said = os.read(self._told, 1000)
            assert said, f"all have ended, and nobody told of {word}"
            self._heard += said.decode()
        _, _, rest = self._heard.partition(word)
        line, _, self._heard = rest.partition("\n")
        return line.strip()

    def wait_for_the_end(self):
        """Wait until all processes that may tell something have ended: then nobody can write."""
        while select.select([self._told], [], [], SECONDS)[0]:
            if not os.read(self._told, 1000):
                return
        raise AssertionError("a process stays")

    def let_go(self):
        """Let tasks that are held go on, and hold no more."""
        self._stack.callback(os.close, os.open(self.folder / "go", os.O_RDWR))

    def run(self, module, *words, **env):
        """Begin a process, in a session of its own; it is killed at the end."""
        process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, words)], cwd=self.folder, env=self.env | env,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        self._stack.callback(process.communicate)
        self._stack.callback(process.kill)
        return process

    def latent(self, where, **env):
        """Begin `latent truncate` of the shards."""
        return self.run("latentcli", *TRUNCATE, "--dask", where, **env)

    def dask(self, *options):
        """Begin a scheduler and a worker, as they are begun by hand; return them and the address."""
        loopback = ("--host", "127.0.0.1", "--no-dashboard")
        scheduler = self.run("dask", "scheduler", *loopback, "--port", "0")
        address = self.heard("at")
        worker = self.run("dask", "worker", address, *loopback, "--nthreads", "1", *options)
        self.heard("a worker")
        return scheduler, worker, address


@pytest.fixture
def place(tmp_path):
    with Place(tmp_path) as made:
        yield made


def ended(process):
    """Wait for a command, and return how it ended and what it printed."""
    out, err = process.communicate(timeout=SECONDS)
    return process.returncode, out, err


@contextmanager
def nothing_stays(place):
    """Nothing that was written may stay."""
    yield
    assert place.names() == place.before


@pytest.mark.parametrize("whom", [os.killpg, os.kill], ids=["group", "client"])
def test_ctrl_c_ends_the_command_and_its_workers(whom, place):
    process = place.latent("local:2")
    place.heard("a task")
    whom(process.pid, signal.SIGINT)
    with nothing_stays(place):
        assert ended(process) == (130, "", "")
        place.wait_for_the_end()


def test_ctrl_c_leaves_a_scheduler_and_its_workers_to_the_next_run(place):
    *_, address = place.dask("--no-nanny")
    process = place.latent(address)
    place.heard("a task")
    with nothing_stays(place):
        process.send_signal(signal.SIGINT)
        assert ended(process) == (130, "", "")
        place.let_go()
    code, _, err = ended(place.latent(address))
    assert code == 0, err
    found = [np.load(place.folder / "out" / f"p{part}.npy") for part in range(3)]
    np.testing.assert_allclose(np.concatenate(found), 0.7 * CODES + 0.3 * CODES[0], rtol=1e-6)
    assert place.names() == sorted([*place.before, "out"])


def test_one_process_begins_several_clusters(tmp_path):
    """Dask's settings are those of before when a command has ended."""
    np.save(tmp_path / "codes.npy", CODES)
    code = (
        "from latentcli.cli.app import main\n"
        "if __name__ == '__main__':\n"
        "    for where in ('local:1', 'local:2'):\n"
        "        print(main(['typical', 'codes.npy', '--dask', where, '-q', '--json']))\n"
    )
    (tmp_path / "twice.py").write_text(code)
    done = subprocess.run(
        [sys.executable, "twice.py"], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True, text=True, check=False, timeout=SECONDS,
    )  # fmt: skip
    answers = [line for line in done.stdout.splitlines() if line.isdigit()]
    assert (answers, done.stderr) == (["0", "0"], "")


def test_a_scheduler_that_is_killed_is_one_line(place):
    scheduler, _, address = place.dask("--no-nanny")
    process = place.latent(address)
    place.heard("a task")
    scheduler.kill()
    with nothing_stays(place):
        code, out, err = ended(process)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert f"the Dask scheduler at {address} has gone; nothing is written" in err


def test_workers_that_all_end_are_one_line(place):
    with nothing_stays(place):
        process = place.latent(
            "local:2", FAULT="dies", DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0"
        )
        code, out, err = ended(process)
        place.wait_for_the_end()
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "shard p" in err
    assert "every worker that took it has ended (1 time): out of memory, or killed" in err


@pytest.mark.parametrize(
    ("fault", "said"),
    [("raises", "out of memory: Unable to allocate 9 TiB"),
     ("allocates", "a worker is out of memory")],
)  # fmt: skip
def test_a_worker_that_cannot_allocate_is_one_line(fault, said, place):
    with nothing_stays(place):
        code, out, err = ended(place.latent("local:1", FAULT=fault))
        place.wait_for_the_end()
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert f"shard p0.npy: {said}" in err


def test_a_worker_above_its_limit_of_memory_is_one_line(place):
    place.env |= {"FAULT": "grows", "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    *_, address = place.dask("--memory-limit", "500MB")
    with nothing_stays(place):
        code, out, err = ended(place.latent(address))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "shard p0.npy: every worker that took it has ended" in err
