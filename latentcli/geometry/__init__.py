"""What kind of space is this? Measures of a set of points, each compared with white noise.

A section is a module with `measure(cloud, progress)`, which returns its measures in the order of
the table. To add a measure, compute it in the module of its section (or a new one) and add a line.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from latentcli._lazy import attach

if TYPE_CHECKING:
    from latentcli.geometry._cloud import Cloud, Measure
    from latentcli.geometry._geometry_report import GeometryResult as GeometryResult
    from latentcli.geometry._geometry_report import geometry_report as geometry_report
    from latentcli.numerics.types import Progress

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
"""Every measure, and the module of this package that it lives in: its section."""

SECTIONS = tuple(dict.fromkeys(MEASURES.values()))
"""The sections, in the order in which they are reported."""

NEEDS = {"linear": "relations", "smoothness": "outputs"}
"""Sections that measure only what comes with more than the points."""


def measure(
    section: str, cloud: Cloud, progress: Progress | None = None
) -> tuple[Measure, ...]:
    """Measure one of the `SECTIONS` of a cloud of points."""
    module = import_module(f"latentcli.geometry._{section}")
    found: tuple[Measure, ...] = module.measure(cloud, progress)
    return found


__getattr__, __dir__ = attach(
    "latentcli.geometry",
    {
        "CapacityResult": "latentcli.geometry._capacity_result",
        "GeometryResult": "latentcli.geometry._geometry_report",
        "capacity": "latentcli.geometry._capacity_result",
        "geometry_report": "latentcli.geometry._geometry_report",
    },
)
