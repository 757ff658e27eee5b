"""Other names of commands, as other tools and papers have them: each runs the command, and tells its name."""

from __future__ import annotations

import os
from collections.abc import Sequence

SYNONYMS: dict[str, tuple[str, ...]] = {
    "nearest": ("neighbors",),
    "neighbor": ("neighbors",),
    "similarities": ("similarity",),
    "nn": ("neighbors",),
    "knn": ("neighbors",),
    "similar": ("neighbors",),
    "most-similar": ("neighbors",),
    "most_similar": ("neighbors",),
    "search": ("neighbors",),
    "cosine": ("similarity",),
    "distance": ("similarity",),
    "analogies": ("analogy",),
    "arithmetic": ("expr",),
    "expression": ("expr",),
    "odd-one-out": ("odd",),
    "doesnt-match": ("odd",),
    "doesnt_match": ("odd",),
    "bias": ("evaluate", "weat"),
    "weat": ("evaluate", "weat"),
    "benchmark": ("evaluate",),
    "eval": ("evaluate",),
    "retrieval": ("evaluate", "retrieval"),
    "recall": ("evaluate", "recall"),
    "wordsim": ("evaluate", "similarity"),
    "onehot": ("represent",),
    "one-hot": ("represent",),
    "bag-of-words": ("represent",),
    "word2vec": ("train",),
    "fasttext": ("train", "--model", "fasttext"),
    "beir": ("evaluate", "retrieval"),
    "axis": ("project",),
    "interpolate": ("interp",),
    "interpolation": ("interp",),
    "lerp": ("interp",),
    "path": ("interp",),
    "walk": ("interp",),
    "norm": ("typical",),
    "norms": ("typical",),
    "typicality": ("typical",),
    "noise": ("sample-z",),
    "boundary": ("direction",),
    "traversal": ("traverse",),
    "slerp": ("interp", "--slerp"),
    "pca": ("directions", "pca"),
    "ganspace": ("directions", "pca"),
    "sefa": ("directions", "sefa"),
    "steering": ("directions", "contrast"),
    "truncation": ("truncate",),
    "style-mix": ("mix",),
    "style-mixing": ("mix",),
    "sample-codes": ("sample-z",),
    "metric": ("metrics",),
    "sweep": ("disentanglement",),
    "beta-vae": ("betavae",),
    "factor-vae": ("factorvae",),
    "translate": ("align",),
    "tsne": ("map", "--method", "tsne"),
    "t-sne": ("map", "--method", "tsne"),
    "umap": ("map", "--method", "umap"),
    "view": ("map",),
    "visualize": ("map",),
    "scatter": ("map",),
    "cluster": ("clusters",),
    "kmeans": ("clusters",),
    "duplicate": ("duplicates",),
    "dedupe": ("duplicates",),
    "dedup": ("duplicates",),
    "deduplicate": ("duplicates",),
    "outlier": ("outliers",),
    "lof": ("outliers",),
    "hdbscan": ("clusters", "--method", "hdbscan"),
    "anomalies": ("outliers",),
    "isotropy": ("geometry", "--only", "isotropy"),
    "hubness": ("geometry", "--only", "hubness"),
    "intrinsic-dimension": ("geometry", "--only", "manifold"),
    "cka": ("compare",),
    "procrustes": ("compare",),
    "fid": ("drift",),
    "mmd": ("drift",),
    "muse": ("align",),
    "histwords": ("align",),
    "ppl": ("smoothness",),
    "summary": ("info",),
    "stats": ("info",),
    "head": ("info",),
    "describe": ("info",),
    "inspect": ("info",),
}


IN_GROUPS: dict[str, dict[str, str]] = {
    "evaluate": {
        "bias": "weat", "analogy": "analogies", "similarities": "similarity", "wordsim": "similarity",
        "clustering": "categories", "categorization": "categories", "beir": "retrieval", "search": "retrieval",
        "odd-one-out": "odd", "outlier": "odd",
    },
    "directions": {
        "ganspace": "pca", "steering": "contrast", "diff": "contrast", "mean-difference": "contrast",
    },
    "cache": {"ls": "list", "show": "list", "path": "dir", "clean": "clear", "rm": "clear"},
}  # fmt: skip
"""Other names of the commands of a group."""


def own_name(arguments: Sequence[str]) -> list[str]:
    """Return arguments with a command's own name in place of a synonym; say so, unless quiet.

    >>> own_name(["nearest", "king", "-q"])
    ['neighbors', 'king', '-q']
    """
    given = list(arguments)
    if not given:
        return given
    here = IN_GROUPS.get(given[0], {})
    words: tuple[str, ...]
    if len(given) > 1 and given[1] in here and not os.path.exists(given[1]):  # noqa: PTH110
        said, words, rest = " ".join(given[:2]), (given[0], here[given[1]]), given[2:]
    elif given[0] in SYNONYMS:
        said, words, rest = given[0], SYNONYMS[given[0]], given[1:]
    else:
        return given
    if not {"-q", "--quiet"} & {*given}:
        from latentcli.cli.output import say

        say("note", f"'{said}' is called 'latent {' '.join(words)}'")
    return [*words, *rest]
