"""The sample files that are shipped with the tool."""

from __future__ import annotations

import re
from pathlib import Path

from latentcli.errors import check_choice

DEFAULT = "minilm-10k.64d.txt"
"""The vectors that are used when none are named."""

SAMPLES: dict[str, str] = {
    "minilm-10k.64d.txt": "10,000 English words x 64, from MiniLM's token embeddings",
    "article-words.txt": "the article's six words x 3 (word2vec text)",
    "article-objects.txt": "the article's four objects x 4 (GloVe text)",
    "kjv.txt.xz": "270,000 words of text to train on: books of the King James Bible",
    "z1.npy": "a latent code of three numbers",
    "z2.npy": "another one, for a path between the two",
    "codes.npy": "disentangled codes of 12 coloured shapes",
    "factors.csv": "their factors: shape and colour",
    "codes_entangled.npy": "entangled codes of four coloured shapes",
    "factors_entangled.csv": "their factors: shape and colour",
}
"""Every sample and what it is."""


def folder() -> Path:
    """Return where the samples are: inside the package, or beside it in a source checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "sample_vectors"
    return inside if inside.is_dir() else package.parent / "sample_vectors"


def path(name: str) -> Path:
    """Return the path of a sample; UsageError if there is none of that name."""
    check_choice("sample", name, SAMPLES)
    return folder() / name


def find(address: str) -> str:
    """Return an address as it is, or with the sample's path if it names one and no file is there.

    What is behind the name (`::KEY`, `[3]`) stays.
    """
    name = re.split(r"::|\[", address, maxsplit=1)[0]
    if name in SAMPLES and not Path(name).exists():
        return str(path(name)) + address[len(name) :]
    return address
