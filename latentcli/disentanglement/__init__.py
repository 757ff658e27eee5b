"""The metrics of disentanglement: one file for each, and the plain table of them.

A metric NAME (dashes for underscores) lives in the module `_NAME`, which has a literal `ABOUT` and a
function of the same name: codes (N, D) and factors (N, K), keyword settings; a `Score`.
"""

from __future__ import annotations

from latentcli._lazy import attach, refuse_calls

METRICS: dict[str, str] = {
    "mig": "Mutual information gap (MIG)",
    "jemmig": "Joint entropy minus mutual information gap (JEMMIG)",
    "dcimig": "DCIMIG (3CharM)",
    "dmig": "Dependence-aware mutual information gap (DMIG)",
    "modularity": "Modularity",
    "med": "Mutual information based entropy disentanglement (MED)",
    "infomec": "InfoM, InfoC and InfoE (InfoMEC)",
    "sap": "Separated attribute predictability (SAP)",
    "dci": "Disentanglement, completeness, informativeness (DCI)",
    "dci-es": "Explicitness and size (DCI-ES)",
    "explicitness": "Explicitness",
    "mcc": "Mean correlation coefficient (MCC)",
    "identifiability": "Identifiability (R^2)",
    "irs": "Interventional robustness score (IRS)",
    "factorvae": "FactorVAE score",
    "betavae": "BetaVAE score",
    "zmaxvar": "Z-max variance",
    "total-correlation": "Gaussian total correlation",
    "wasserstein-dependence": "Gaussian Wasserstein dependence",
    "mutual-information-score": "Mutual information score",
}
"""Every metric and its full name; nothing is imported before a metric is used."""

METRIC_NAMES = [name.replace("-", "_") for name in METRICS]
"""Every metric as it is called in Python."""

__getattr__, __dir__ = attach(
    __name__,
    {
        **{name: f"{__name__}._{name}" for name in METRIC_NAMES},
        **dict.fromkeys(("About", "about", "parameters"), f"{__name__}._about"),
        **dict.fromkeys(("Data", "prepare"), f"{__name__}._data"),
        **dict.fromkeys(("Estimate", "Score"), f"{__name__}._score"),
        "function": f"{__name__}._models",
        "score_models": f"{__name__}._score_models",
        **dict.fromkeys(("UdrResult", "udr"), f"{__name__}._udr"),
        "disentanglement_report": f"{__name__}._disentanglement_report",
    },
)
refuse_calls(__name__, "disentanglement_report")
