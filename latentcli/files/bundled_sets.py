"""The evaluation sets that the gensim package brings along, found without importing gensim."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from latentcli.errors import FileError, ParameterError

SETS: dict[str, str] = {
    "questions-words": "questions-words.txt",
    "wordsim353": "wordsim353.tsv",
    "simlex999": "simlex999.txt",
}
"""Sets that go by a name: the file of each among gensim's test data."""


def find(address: str) -> str:
    """Return the path of a set that is named; an address that is none, or a file, as it is.

    Raises FileError when gensim, which brings the sets, is not installed, ParameterError for "".
    """
    if not address:
        raise ParameterError("the set has an empty name; leave it out, or name a file")
    if address not in SETS or os.path.exists(address):  # noqa: PTH110
        return address
    path = _folder(address) / SETS[address]
    if not path.is_file():
        raise FileError(f"the gensim package here has no {path.name}; name a file instead")
    return str(path)


def _folder(requested: str) -> Path:
    package = importlib.util.find_spec("gensim")
    if package is None or not package.submodule_search_locations:
        raise FileError(
            f"the set '{requested}' comes with the gensim package, which is not installed; "
            "install it, or name a file"
        )
    return Path(package.submodule_search_locations[0]) / "test" / "test_data"
