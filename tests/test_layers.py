"""The layers that `lint-imports` holds are those that docs/design.md draws; no import goes up."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONTRACT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
][0]


def test_no_import_goes_up():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout


def test_every_layer_is_in_the_picture():
    text = (ROOT / "docs" / "design.md").read_text("utf-8")
    for layer in CONTRACT["layers"]:
        for name in layer.split(" | "):
            assert f"`{name}`" in text
