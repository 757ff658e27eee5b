"""Other names of commands, as other tools and papers have them: each runs the command, and tells its name."""

from __future__ import annotations

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


def own_name(arguments: Sequence[str]) -> list[str]:
    """Return arguments with a command's own name in place of a synonym; say so, unless quiet.

    >>> own_name(["nearest", "king", "-q"])
    ['neighbors', 'king', '-q']
    """
    given = list(arguments)
    if not given or given[0] not in SYNONYMS:
        return given
    words = SYNONYMS[given[0]]
    if not {"-q", "--quiet"} & {*given}:
        from latentcli.cli.output import say

        say("note", f"'{given[0]}' is called 'latent {' '.join(words)}'")
    return [*words, *given[1:]]
