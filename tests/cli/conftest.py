"""What the tests of commands share."""

import json

import numpy as np
import pytest


@pytest.fixture
def words(samples):
    return samples / "article-words.txt"


@pytest.fixture
def objects(samples):
    return samples / "article-objects.txt"


@pytest.fixture
def codes(samples):
    return samples / "codes.npy"


@pytest.fixture
def answer(latent):
    """Run a command that must succeed in silence; return its JSON object."""

    def run(*arguments):
        code, out, err = latent(*arguments, "--json", "--quiet")
        assert (code, err) == (0, "")
        return json.loads(out)

    return run


@pytest.fixture
def results(answer):
    """Run a command that must succeed in silence; return its records."""
    return lambda *arguments: answer(*arguments)["results"]


@pytest.fixture
def put(tmp_path):
    """Write an array, or text, to a file of this name; return its path."""

    def save(name, values):
        path = tmp_path / name
        if isinstance(values, str):
            path.write_text(values)
        else:
            np.save(path, values)
        return path

    return save


@pytest.fixture
def stdin(tmp_path, monkeypatch):
    """Put text or bytes on standard input, as a real file."""
    opened = []

    def put(content):
        path = tmp_path / "stdin"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        file = path.open(encoding="utf-8")
        opened.append(file)
        monkeypatch.setattr("sys.stdin", file)

    yield put
    for file in opened:
        file.close()
