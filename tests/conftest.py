"""What all tests share: a cache of their own, plain output, and the real files if they are there."""

import os

# Read when Rich and Typer are imported, so set before anything else.
os.environ.update(COLUMNS="80", NO_COLOR="1", _TYPER_FORCE_DISABLE_TERMINAL="1")
for name in ("LATENT_VECTORS", "LATENT_FORMAT", "LATENT_DEBUG", "FORCE_COLOR"):
    os.environ.pop(name, None)

from pathlib import Path

import pytest
from hypothesis import settings

from latentcli.cli.app import main

settings.register_profile("here", deadline=None, max_examples=40, derandomize=True)
settings.load_profile("here")

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("LATENT_TEST_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Each test has an empty cache, so no test sees what another one read."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("LATENT_CACHE_DIR", str(folder))
    return folder


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory):
    """A cache for files that are slow to read; set LATENT_CACHE_DIR to it where it is wanted."""
    return tmp_path_factory.mktemp("shared-cache")


@pytest.fixture
def samples():
    """The folder of the bundled samples."""
    return ROOT / "sample_vectors"


@pytest.fixture
def latent(capsys):
    """Run a command in this process; return (exit code, stdout, stderr)."""

    def run(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture(scope="session")
def data():
    """The folder of real files; tests that need it are skipped, visibly, where it is absent."""
    if not DATA.is_dir():
        pytest.skip(f"no real files at {DATA}")
    return DATA
