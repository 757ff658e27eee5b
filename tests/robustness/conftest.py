"""What the tests of hostile input share: the command in a process with 2 GB of address space."""

import os
import subprocess
import sys

import pytest

ROOM = 2 << 30
SECONDS = 300
"""A bound for what hangs; nothing here is measured by it."""


def _limit():
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))


collect_ignore = ["guided.py"]  # run by itself


@pytest.fixture
def limited(tmp_path, monkeypatch):
    """Run `latent` in 2 GB, with bytes on `stdin` or none; return (exit code, stdout, stderr)."""
    monkeypatch.setenv("LATENT_CACHE_DIR", str(tmp_path / "limited-cache"))

    def run(*arguments, cwd=None, stdin=b"", **environment):
        done = subprocess.run(
            [sys.executable, "-m", "latentcli", *map(os.fspath, arguments)],
            input=stdin,
            capture_output=True,
            env={**os.environ, **environment},
            cwd=cwd,
            preexec_fn=_limit,
            timeout=SECONDS,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return run


@pytest.fixture
def one_line():
    """Check that a run failed with one printable line; return it."""

    def check(run, code=1):
        found, out, err = run
        assert (found, out) == (code, ""), err
        assert err.count("\n") == 1, err
        assert err.startswith("latent: error: ")
        assert err.rstrip("\n").isprintable()
        assert "should not happen" not in err
        return err

    return check
