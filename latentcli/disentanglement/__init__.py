"""The metrics of disentanglement: one file for each, and the plain table of them.

A metric NAME (dashes for underscores) lives in the module of its name, which has `ABOUT` and a
function of the same name: codes (N, D) and factors (N, K), or a `Data` made ready before; keyword
settings; a `Score`.
"""

from __future__ import annotations

METRICS: dict[str, str] = {
    "mig": "Is each factor in one dimension, by information?",
    "jemmig": "MIG, and nothing else in that dimension.",
    "dcimig": "Does each factor have a dimension of its own?",
    "dmig": "MIG for factors that depend on each other.",
    "modularity": "Does each dimension tell about one factor only?",
    "med": "DCI with mutual information as importance.",
    "infomec": "InfoM, InfoC, InfoE: modular, compact, explicit?",
    "sap": "Does one dimension predict each factor best?",
    "dci": "Disentanglement, completeness, informativeness.",
    "explicitness": "How well does a line tell each class of a factor?",
    "irs": "What else moves a dimension, its factor held?",
    "factorvae": "Z-min: does the stillest dimension tell a factor?",
    "betavae": "Z-diff: do distances tell which factor is shared?",
    "zmaxvar": "Z-max: does the liveliest dimension tell a factor?",
    "total-correlation": "How far dimensions are from independent Gaussians.",
    "wasserstein-dependence": "The same as a distance, in the units of the codes.",
    "mutual-information-score": "What dimensions tell of each other, in pairs.",
}
"""Every metric, with what it asks; nothing is imported before a metric is used."""
