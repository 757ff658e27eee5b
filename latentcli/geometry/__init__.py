"""What kind of space is this? Measures of a set of points, each beside white noise.

A section is a module `_NAME` with `measure(cloud)`, which returns its measures in the order of the
table. To add a measure, compute it in the module of its section (or a new one) and add a line.
"""

from __future__ import annotations

from latentcli._lazy import attach, refuse_calls

MEASURES: dict[str, str] = {
    "silhouette": "clusters",
    "davies_bouldin": "clusters",
    "calinski_harabasz": "clusters",
    "knn_purity": "clusters",
    "probe_accuracy": "clusters",
    "offset_cosine": "linear",
    "two_nn": "manifold",
    "mle": "manifold",
    "participation_ratio": "manifold",
    "pca_components": "manifold",
    "pca_top_share": "manifold",
    "distance_spread": "manifold",
    "mean_cosine": "isotropy",
    "all_but_the_top": "isotropy",
    "isoscore": "isotropy",
    "effective_rank": "isotropy",
    "stable_rank": "isotropy",
    "k_skewness": "hubness",
    "antihubs": "hubness",
    "hub_share": "hubness",
    "robin_hood": "hubness",
    "hub": "hubness",
    "uniformity": "uniformity",
    "alignment": "uniformity",
    "trustworthiness": "smoothness",
    "continuity": "smoothness",
    "lipschitz": "smoothness",
    "distance_correlation": "smoothness",
}
"""Every measure, and the section it belongs to."""

LAID = frozenset(
    {name for name, section in MEASURES.items() if section in ("isotropy", "hubness")}
    | {"participation_ratio", "pca_components", "pca_top_share", "distance_spread"}
)
"""Measures of moments, spectra and a sample: those of rows that lie elsewhere, in shards."""

SECTIONS = tuple(dict.fromkeys(MEASURES.values()))
"""The sections, in the order in which they are reported."""

NEEDS = {"linear": "relations", "smoothness": "outputs"}
"""Sections that measure only what is given with the points, by the parameter it is given for."""

__getattr__, __dir__ = attach(
    __name__,
    {
        **dict.fromkeys(("GeometryResult", "geometry_report"), f"{__name__}._geometry_report"),
        **dict.fromkeys(("CapacityResult", "capacity"), f"{__name__}._capacity"),
        **dict.fromkeys(("ClustersResult", "clusters"), f"{__name__}._groups"),
        **dict.fromkeys(("DuplicatesResult", "duplicates"), f"{__name__}._duplicates"),
        **dict.fromkeys(("OutliersResult", "outliers"), f"{__name__}._outliers"),
        "Measure": f"{__name__}._measure",
    },
)
refuse_calls(__name__, "geometry_report")
