"""The package says that it is typed, and a typed program can believe it."""

import os
import subprocess
import sys
from pathlib import Path

import latentcli

HERE = Path(__file__).parent


def test_a_typed_program_passes_strict_checks(tmp_path):
    assert (Path(latentcli.__file__).parent / "py.typed").exists()
    root = Path(latentcli.__file__).parents[1]
    done = subprocess.run(
        [
            sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull,
            "--follow-imports", "silent", "--cache-dir", str(tmp_path), str(HERE / "consumer.py"),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "MYPYPATH": str(root)},
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
