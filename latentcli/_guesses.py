"""What a name that the library does not have may have meant: commands, names of other libraries, numbers of a result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OPENED = "latentcli.open(FILE)"

_OF_SPACES = {
    **{name: name for name in (
        "analogy", "neighbors", "similarity", "distances", "odd", "relation"
    )},
    "expr": "expression", "nearest": "neighbors", "similar": "neighbors", "most_similar": "neighbors",
    "similar_by_word": "neighbors", "similar_by_vector": "neighbors", "most_similar_cosmul": "analogy",
    "analogies": "analogy", "doesnt_match": "odd", "distance": "similarity", "get_vector": "vector",
    "wv": "neighbors", "cosine_similarity": "similarity",
}  # fmt: skip
"""Questions to word vectors, as commands and gensim have them, and the methods of a space."""

_OF_ARRAYS = {
    "evaluate": "evaluate_analogies, evaluate_similarity, evaluate_categories, evaluate_odd, "
    "evaluate_retrieval, evaluate_recall or weat",
    "bias": "weat", "pca": "pca_directions", "ganspace": "pca_directions", "sefa": "sefa_directions",
    "contrast": "contrast_directions", "directions": "pca_directions, sefa_directions or contrast_directions",
    "map": "space_map", "umap": "space_map", "tsne": "space_map", "interpolate": "interp",
    "truncation": "truncate", "traversal": "traverse", "sample": "sample_z", "read": "load", "write": "save",
    "convert": "save", "info": "load", "compare_models": "score_models", "cka": "compare",
    "geometry": "geometry_report", "disentanglement": "disentanglement_report", "cluster": "clusters", "kmeans": "clusters", "dedup": "duplicates",
}  # fmt: skip
"""Commands and names of other tools, and the functions of `latentcli`."""


def of_library(name: str) -> str:
    """Return in a phrase what the library has in place of a name it does not have; "" for nothing.

    >>> of_library("pca"), of_library("nothing")
    ('; it is latentcli.pca_directions', '')
    """
    if name in _OF_SPACES:
        return f"; it is {_OPENED}.{_OF_SPACES[name]}(...)"
    return f"; it is latentcli.{_OF_ARRAYS[name]}" if name in _OF_ARRAYS else ""


def of_space(name: str) -> str:
    """Return in a phrase what a space has in place of a method of gensim; "" for nothing.

    >>> of_space("most_similar")
    '; it is .neighbors(...)'
    """
    return f"; it is .{_OF_SPACES[name]}(...)" if name in _OF_SPACES else ""


def of_result(name: object, summary: Mapping[str, Any]) -> str:
    """Return in a phrase where a result has a number that was looked for as its field or item.

    >>> of_result("mig", {"mig": 1.0})
    "; it is .summary['mig']"
    """
    return f"; it is .summary[{name!r}]" if name in summary else ""
