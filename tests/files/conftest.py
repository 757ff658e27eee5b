"""What the tests of files share: a file of given bytes, opened."""

import pytest

from latentcli.files.store.cache import open_entry

collect_ignore = ["hostile.py", "hostile_tables.py"]  # run by itself


@pytest.fixture
def put(tmp_path):
    """Write bytes (or text) to a file of this name; return its path."""

    def write(content, name="vectors.txt"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def opened(put):
    """Write bytes (or text) to a file and open it."""

    def write_and_open(content, name="vectors.txt", **options):
        return open_entry(str(put(content, name)), **options)

    return write_and_open


@pytest.fixture
def table():
    """Give an entry's words and rows as a dict, in file order."""

    def rows_by_word(entry):
        return {word: entry.matrix[row].tolist() for row, word in entry.vocabulary.items()}

    return rows_by_word
