"""The metrics of disentanglement: one file for each, and the plain table of them.

A metric NAME (dashes for underscores) lives in the module of its name, which has `ABOUT` and a
function of the same name: codes (N, D) and factors (N, K), or a `Data` made ready before; keyword
settings; a `Score`.
"""

from __future__ import annotations

METRICS: dict[str, str] = {
    "mig": "Mutual information gap: is each factor in one dimension?",
    "jemmig": "MIG, and nothing else in that dimension.",
    "dcimig": "Does each factor have a dimension of its own?",
    "dmig": "MIG for factors that depend on each other.",
    "modularity": "Does each dimension tell about one factor only?",
    "med": "DCI with mutual information as importance.",
    "infomec": "InfoM, InfoC and InfoE: modular, compact, explicit?",
}
"""Every metric, with what it asks; nothing is imported before a metric is used."""
