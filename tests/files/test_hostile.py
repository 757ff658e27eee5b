"""Broken files of every kind: opened or refused in one line, quickly, in little memory."""

import json
import os
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from latentcli.errors import LatentError
from latentcli.files.store.cache import open_entry

COUNT = int(os.environ.get("LATENT_TEST_BROKEN_FILES", "1000"))
SEED = int(os.environ.get("LATENT_TEST_SEED", "0"))
GROWTH = 200 << 20
ROOM = 4 << 30


def limit_memory():
    """Let an attempt to take gigabytes fail."""
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))


def test_broken_files_are_opened_or_refused_in_one_line(tmp_path):
    made_by = Path(__file__).with_name("hostile.py")
    done = subprocess.run(
        [sys.executable, str(made_by), str(SEED), str(COUNT), str(tmp_path)],
        capture_output=True,
        text=True,
        preexec_fn=limit_memory,
    )
    assert done.returncode == 0, f"it died: {done.stderr[-2000:]}"
    result = json.loads(done.stdout)
    assert result["problems"] == []
    assert result["files"] == COUNT
    assert result["growth"] < GROWTH
    assert 0.05 * COUNT < result["opened"] < 0.8 * COUNT, "breaking is too mild or too strong"


@pytest.mark.parametrize("count", [b"1000000000000 2", b"3 1000000000000", b"9" * 20 + b" 2"])
@pytest.mark.parametrize(
    "rest", [b"a 1 2\n", b"a \x00\x00\x80\x3f\x00\x00\x80\x3f", b"", b"\xff" * 99]
)
def test_a_header_that_lies_takes_no_memory(put, count, rest):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path = put(count + b"\n" + rest)
    if rest == b"a 1 2\n":
        assert open_entry(str(path)).matrix.tolist() == [[1, 2]]
    else:
        with suppress(LatentError):
            assert open_entry(str(path)).matrix.shape == (1, 2)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert (after - before) * 1024 < 50 << 20
