"""Torch and safetensors files against an oracle of bounds; a seeded cut of a run of 20,000 each."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

COUNT = int(os.environ.get("LATENT_TEST_HOSTILE_TENSORS", "1000"))
SEED = int(os.environ.get("LATENT_TEST_SEED", "0"))


def test_no_number_comes_from_outside_a_tensors_bytes(tmp_path):
    made_by = Path(__file__).with_name("hostile_tensors.py")
    done = subprocess.run(
        [sys.executable, str(made_by), str(SEED), str(COUNT), str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONMALLOC": "debug"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30)),
    )
    assert done.returncode == 0, f"it died: {done.stderr[-2000:]}"
    for kind, found in json.loads(done.stdout).items():
        assert found["problems"] == [], kind
        assert 0.1 * COUNT < found["read"] < 0.6 * COUNT, "too mild or too strong"
