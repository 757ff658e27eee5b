"""The sample files that are shipped with the tool."""

from __future__ import annotations

import os
import re
from pathlib import Path

from latentcli.errors import check_choice

DEFAULT = "minilm-10k.64d.txt"
"""The vectors that are used when none are named."""

SAMPLES: dict[str, str] = {
    "minilm-10k.64d.txt": "10,000 English words x 64, from MiniLM's token embeddings",
    "article-words.txt": "the article's six words x 3 (word2vec text)",
    "article-objects.txt": "the article's four objects x 4 (GloVe text)",
    "articles.jsonl": "25 headlines with a topic, an address and an embedding x 64 (JSON lines)",
    "kjv.txt.xz": "270,000 words of text to train on: books of the King James Bible",
    "digits.npz": "codes and labels of 1,797 scans of digits, by a VAE",
    "digits-decoder.onnx": "its decoder",
    "digits-encoder.onnx": "its encoder",
    "shapes-beta1.npz": "codes of 4,608 rendered shapes, by a beta-VAE with beta 1",
    "shapes-beta4.npz": "the same with beta 4",
    "shapes-beta16.npz": "the same with beta 16",
    "shapes-beta1-decoder.onnx": "the decoder of beta 1",
    "shapes-beta4-decoder.onnx": "the decoder of beta 4",
    "shapes-beta16-decoder.onnx": "the decoder of beta 16",
    "shapes.csv": "their factors: shape, scale, rotation, x and y",
    "shapes-errors.csv": "reconstruction errors of the three, in nats an image",
    "z1.npy": "a latent code of three numbers",
    "z2.npy": "another one, for a path between the two",
    "codes.npy": "disentangled codes of 12 colored shapes",
    "factors.csv": "their factors: shape and colour",
    "codes_entangled.npy": "entangled codes of four colored shapes",
    "factors_entangled.csv": "their factors: shape and colour",
}
"""Every sample and what it is."""


def folder() -> Path:
    """Return where the samples are: inside the package, or beside it in a source checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "sample_vectors"
    return inside if inside.is_dir() else package.parent / "sample_vectors"


def path(name: str) -> Path:
    """Return the path of a sample; ParameterError if there is none of that name."""
    check_choice("sample", name, SAMPLES)
    return folder() / name


def find_decoder(name: str) -> str:
    """Return the path of a sample model, where no file has its name; else the name as it is.

    `digits` is short for `digits-decoder.onnx`.
    """
    sample = name if name.endswith(".onnx") else f"{name}-decoder.onnx"
    return str(path(sample)) if sample in SAMPLES and not Path(name).exists() else name


def find(address: str) -> str:
    """Return an address as it is, or with the sample's path if it names one and no file is there.

    What is behind the name (`::KEY`, `[3]`) stays.
    """
    name = re.split(r"::|\[", address, maxsplit=1)[0]
    sample = name if name in SAMPLES else f"{name}.npz"
    if sample in SAMPLES and not Path(name).exists():
        return str(path(sample)) + address[len(name) :]
    return _downloaded(name, address)


def _downloaded(name: str, address: str) -> str:
    """Return an address with the path of the vectors that were downloaded under its name, if any were."""
    if not name or name == "-" or "/" in name or os.path.exists(name):  # noqa: PTH110 - False, too, for names no file can have
        return address
    from latentcli.files import downloads

    there = downloads.find(name)
    return address if there is None else str(there) + address[len(name) :]
