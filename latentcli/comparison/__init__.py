"""How alike two spaces of the same things are.

Rows are paired, one of X (n, D1) with one of Y (n, D2); the dimensions may differ in number and
in meaning. CKA and Procrustes see the whole shape, RSA all distances, neighbor overlap who is
near whom. A rotation of either space changes none of them.
"""

from __future__ import annotations

from latentcli._lazy import attach

__getattr__, __dir__ = attach(
    __name__,
    {
        "CompareResult": f"{__name__}._compare_result",
        "compare": f"{__name__}._compare",
        "compare_several": f"{__name__}._compare_several",
        "DriftResult": f"{__name__}._drift",
        "drift": f"{__name__}._drift",
        "AlignResult": f"{__name__}._align",
        "align": f"{__name__}._align",
        "SlicesResult": f"{__name__}._align_slices",
        "align_slices": f"{__name__}._align_slices",
    },
)
