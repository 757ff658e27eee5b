"""Commands over hostile inputs, and kills: seeded cuts of what `make fuzz` and `make crash` run at full length."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

SEED = os.environ.get("LATENT_TEST_SEED", "0")


def campaign(script, count, folder, room=None):
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name(script)), SEED, str(count), str(folder)],
        capture_output=True,
        text=True,
        preexec_fn=room and (lambda: resource.setrlimit(resource.RLIMIT_AS, (room, room))),
    )
    assert done.returncode == 0, f"it died: {done.stderr[-2000:]}"
    return json.loads(done.stdout)


def test_hostile_inputs_of_every_command_end_in_an_answer_or_one_line(tmp_path):
    count = int(os.environ.get("LATENT_TEST_COMMANDS", "150"))
    found = campaign("hostile_commands.py", count, tmp_path, 4 << 30)
    assert found["problems"] == []
    assert 0.1 * count < found["refused"] < 0.9 * count, "breaking is too mild or too strong"


@pytest.mark.slow
def test_what_is_killed_or_damaged_or_runs_out_of_disk_is_whole_or_absent(tmp_path):
    found = campaign("crash.py", int(os.environ.get("LATENT_TEST_KILLS", "20")), tmp_path)
    assert found["problems"] == []
