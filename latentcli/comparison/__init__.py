"""How alike two spaces of the same things are.

Rows are paired, one of X (n, D1) with one of Y (n, D2); the dimensions may differ in number and
in meaning. `cka` and `procrustes` see the whole shape, `rsa` all distances, `overlap` who is
near whom. None of them minds a rotation of either space.
"""

from latentcli._lazy import attach

__getattr__, __dir__ = attach(
    "latentcli.comparison",
    dict.fromkeys(("CompareResult", "compare"), "latentcli.comparison._compare_report"),
)
