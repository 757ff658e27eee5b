"""Score codes by disentanglement_lib's own code: ROOT METRIC CODES FACTORS; prints the scores.

ROOT is a checkout of github.com/google-research/disentanglement_lib. What its metrics import but do
not need for arrays (gin, absl, six) is stood in for; scikit-learn, which does the work, is real.
"""

import sys
import types

import numpy as np

root, metric, codes_file, factors_file = sys.argv[1:]


def stand_in(name: str, **contents: object) -> None:
    module = types.ModuleType(name)
    module.__dict__.update(contents)
    sys.modules[name] = module


def configurable(*_: object, **__: object) -> object:
    return lambda function: function


stand_in("gin", configurable=configurable, REQUIRED=None)
stand_in("gin.tf")
sys.modules["gin"].tf = sys.modules["gin.tf"]  # type: ignore[attr-defined]
stand_in("absl", logging=types.SimpleNamespace(info=lambda *_: None))
stand_in("six")
stand_in("six.moves", range=range)
for package in ("disentanglement_lib", "disentanglement_lib.evaluation"):
    stand_in(package)
    sys.modules[package].__path__ = [f"{root}/{package.replace('.', '/')}"]  # type: ignore[attr-defined]

from disentanglement_lib.evaluation.metrics import utils  # noqa: E402

utils.make_discretizer.__defaults__ = (20, utils._histogram_discretize)  # what gin would bind

codes = np.load(codes_file).T
factors = np.load(factors_file).T
rows = codes.shape[1]
train = int(np.ceil(rows * 0.8))

if metric == "mig":
    from disentanglement_lib.evaluation.metrics import mig

    print(mig._compute_mig(codes, factors))
elif metric == "modularity":
    from disentanglement_lib.evaluation.metrics import modularity_explicitness

    discretized = utils.make_discretizer(codes)
    mutual = utils.discrete_mutual_info(discretized, factors)
    print(modularity_explicitness.modularity(mutual))
elif metric == "sap":
    from disentanglement_lib.evaluation.metrics import sap_score

    parts = (codes[:, :train], factors[:, :train], codes[:, train:], factors[:, train:])
    print(sap_score._compute_sap(*parts, continuous_factors=False))
elif metric == "dci":
    from disentanglement_lib.evaluation.metrics import dci

    parts = (codes[:, :train], factors[:, :train], codes[:, train:], factors[:, train:])
    print(dci._compute_dci(*parts))
else:
    sys.exit(f"no metric {metric}")
