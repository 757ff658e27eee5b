"""Scores of one set of codes by the code that authors have published: LIBRARY FOLDER CODES FACTORS; prints names and values.

FOLDER is a checkout of the library's repository, CODES (N, D) and FACTORS (N, K, whole numbers from 0) are .npy files whose rows are all combinations of
the factors, each once. LIBRARY is a function below. What their modules import without needing it for arrays (torch, gin, loaders of data sets) is stood in
for; NumPy, SciPy and scikit-learn, which do the work, are real: of 2023 (numpy 1.26, scikit-learn 1.3) for infomec and ubisoft, which stop with today's.
"""

import contextlib
import functools
import importlib
import io
import sys
import tempfile
import types
from collections.abc import Callable, Iterator

import numpy as np

SEED = 0
DEPTHS = (1, 2, 3, 4, 8, 10, 12, 14, 16, 18, 20, 32)

library, folder, codes_file, factors_file = sys.argv[1:]
codes = np.load(codes_file).astype(np.float64)
factors = np.load(factors_file)
sizes = factors.max(axis=0) + 1
row_of = {tuple(one): place for place, one in enumerate(factors.tolist())}


class Anything(types.ModuleType):
    """A module in which every name is an empty class."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def stand_in(*names: str, **contents: object) -> None:
    for name in names:
        sys.modules[name] = Anything(name)
        sys.modules[name].__dict__.update(contents)


def package(*names: str) -> None:
    for name in names:
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [f"{folder}/{name.replace('.', '/')}"]


def configurable(*_: object, **__: object) -> object:
    return lambda function: function


def draw(count: int) -> np.ndarray:
    return np.stack([np.random.randint(size, size=count) for size in sizes], axis=1)


def rows_of(drawn: np.ndarray) -> np.ndarray:
    return np.array([row_of[tuple(one)] for one in drawn.tolist()])


def held_out(factor: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that are learned from and held out here: for all factors (`dci-es`), or for one."""
    from latentcli.disentanglement._train_test_split import split

    labels = factors[:, factor] if factor is not None else np.zeros(len(codes), dtype=int)
    parts = split(labels, test=0.2, seed=SEED)
    return parts.train, parts.test


def split() -> tuple[np.ndarray, ...]:
    train, test = held_out()
    return codes[train].T, factors[train].T, codes[test].T, factors[test].T


def standardized(train: np.ndarray) -> np.ndarray:
    return (codes - codes[train].mean(axis=0)) / codes[train].std(axis=0)


class Shapes:
    """The grid of factors as the generator that disentanglement_lib and disent draw from."""

    num_factors, factor_sizes = len(sizes), tuple(sizes)

    @property
    def gt_data(self) -> "Shapes":
        return self

    def sample_factors(self, count: int, _: object = None) -> np.ndarray:
        return draw(count)

    def sample_observations_from_factors(
        self, drawn: np.ndarray, _: object = None
    ) -> np.ndarray:
        return rows_of(drawn)

    def sample_observations(self, count: int, _: object = None) -> np.ndarray:
        return rows_of(draw(count))

    def dataset_sample_batch(self, count: int, mode: str) -> np.ndarray:
        return rows_of(draw(count))

    def dataset_batch_from_factors(self, drawn: np.ndarray, mode: str) -> np.ndarray:
        return rows_of(drawn)


encoded = codes.__getitem__


def library_of_google(*names: str) -> list[types.ModuleType]:
    """Import metrics of disentanglement_lib, with 20 bins as its configuration binds."""
    stand_in("gin.tf", "gin", "absl", "six", configurable=configurable, REQUIRED=None)
    stand_in("six.moves", range=range)
    sys.modules["absl"].logging = types.SimpleNamespace(info=lambda *_: None)  # type: ignore[attr-defined]
    root = "disentanglement_lib"
    package(root, f"{root}.evaluation", f"{root}.evaluation.metrics")
    found = [importlib.import_module(f"{root}.evaluation.metrics.{name}") for name in names]
    utils = sys.modules[f"{root}.evaluation.metrics.utils"]
    utils.make_discretizer.__defaults__ = (20, utils._histogram_discretize)  # type: ignore[attr-defined]
    return found


def disentanglement_lib() -> Iterator[tuple[str, object]]:
    names = ("utils", "mig", "sap_score", "modularity_explicitness", "irs", "dci", "factor_vae")
    names += ("beta_vae", "unsupervised_metrics")
    own = dict(zip(names, library_of_google(*names), strict=True))
    utils, measures = own["utils"], own["unsupervised_metrics"]
    own["factor_vae"]._prune_dims.__defaults__ = (0.05,)
    binned, counts = utils.make_discretizer(codes.T), own["modularity_explicitness"]
    yield "mig", own["mig"]._compute_mig(codes.T, factors.T)
    mutual = utils.discrete_mutual_info(binned, factors.T)
    yield "modularity", counts.modularity(mutual)
    yield "sap", own["sap_score"]._compute_sap(*split(), continuous_factors=False)
    areas = []
    for k, labels in enumerate(factors.T):
        train, test = held_out(k)
        seen = standardized(train).T
        parts = seen[:, train], labels[train], seen[:, test], labels[test]
        areas.append(counts.explicitness_per_factor(*parts))
    yield "explicitness", np.mean(areas, axis=0)[1]
    yield "irs", own["irs"].scalable_disentanglement_score(factors, codes, 0.99)["avg_score"]
    batches = {"batch_size": 64, "num_train": 10_000, "num_eval": 5_000}
    np.random.seed(SEED)
    voted = own["factor_vae"].compute_factor_vae(
        Shapes(), encoded, np.random.mtrand._rand, num_variance_estimate=10_000, **batches
    )
    yield "factorvae", voted["eval_accuracy"]
    pairs = own["beta_vae"].compute_beta_vae_sklearn(
        Shapes(), encoded, np.random.mtrand._rand, **batches
    )
    yield "betavae", pairs["eval_accuracy"]
    covariance = np.cov(codes.T)
    yield "total-correlation", measures.gaussian_total_correlation(covariance)
    yield "wasserstein-dependence", measures.gaussian_wasserstein_correlation(covariance)
    between = utils.discrete_mutual_info(binned, binned)
    np.fill_diagonal(between, 0)
    yield "mutual-information-score", between.sum() / (len(binned) ** 2 - len(binned))
    yield "dci", own["dci"]._compute_dci(*split())


def disent() -> Iterator[tuple[str, object]]:
    stand_in("torch", "disent.dataset", "disent.util.function")
    package("disent", "disent.metrics", "disent.util")
    sys.modules["disent.util"].to_numpy = np.asarray  # type: ignore[attr-defined]
    sys.modules["disent.util.function"].wrapped_partial = functools.partial  # type: ignore[attr-defined]
    own = {
        name: importlib.import_module(f"disent.metrics.{name}")
        for name in ("_mig", "_sap", "_factor_vae", "_unsupervised")
    }
    yield "mig", own["_mig"]._compute_mig(codes.T, factors.T)
    yield "sap", own["_sap"]._compute_sap(*split(), False)
    np.random.seed(SEED)
    yield "factorvae", own["_factor_vae"].metric_factor_vae.compute(Shapes(), encoded)
    covariance, measures = np.cov(codes.T), own["_unsupervised"]
    yield "total-correlation", measures._gaussian_total_correlation(covariance)
    yield "wasserstein-dependence", measures._gaussian_wasserstein_correlation(covariance)


def ubisoft() -> Iterator[tuple[str, object]]:
    sys.path[:0] = [folder, f"{folder}/src"]

    def own(name: str) -> Callable[..., object]:
        found: Callable[..., object] = getattr(importlib.import_module(f"metrics.{name}"), name)
        return found

    for name in ("mig", "mig_sup", "jemmig", "dcimig", "modularity", "irs", "explicitness"):
        yield name, own(name)(factors, codes, continuous_factors=False)
    for name in ("z_min_var", "z_max_var", "z_diff"):
        np.random.seed(SEED)
        yield name, own(name)(factors, codes, continuous_factors=False)
    yield "sap of numbers", own("sap")(factors, codes, continuous_factors=True, regression=True)
    yield "dci of numbers, lasso", own("dci")(factors.astype(float), codes)


def infomec() -> Iterator[tuple[str, object]]:
    sys.path.insert(0, f"{folder}/disentangle/metrics")
    np.random.seed(SEED)
    found = importlib.import_module("infomec").compute_infomec(factors, codes, False)
    yield from ((name, found[name]) for name in ("infom", "infoc", "infoe"))


def latte() -> Iterator[tuple[str, object]]:
    """With the dimension of each factor as `latent dmig --compat latte` finds it for the bundled codes."""
    sys.path.insert(0, f"{folder}/src")
    own = {
        name: importlib.import_module(f"latte.functional.disentanglement.{name}")
        for name in ("mutual_info", "sap", "modularity")
    }
    sys.modules["latte"].seed(SEED)
    yield "mig", own["mutual_info"].mig(codes, factors, discrete=True).mean()
    yield "dmig", own["mutual_info"].dmig(codes, factors, discrete=True).mean()
    placed = own["mutual_info"].dmig(codes, factors, reg_dim=[7, 8, 2, 6, 5], discrete=True)
    yield "dmig with reg_dim", placed.mean()
    yield "sap", own["sap"].sap(codes, factors, discrete=True).mean()
    yield "sap of numbers", own["sap"].sap(codes, factors).mean()
    yield "modularity", own["modularity"].modularity(codes, factors, discrete=True).mean()


def icebeem() -> Iterator[tuple[str, object]]:
    stand_in("torch")
    sys.path.insert(0, f"{folder}/metrics")
    own = importlib.import_module("mcc")
    for method in ("pearson", "spearman"):
        yield method, own.mean_corr_coef_np(codes, factors.astype(float), method=method)


def med() -> Iterator[tuple[str, object]]:
    """noahcao/disentanglement_lib_med: D and C of the matrix of information."""
    (own,) = library_of_google("med")
    yield "med", own._compute_med(codes.T, factors.T, codes.T, factors.T, 0)


def qedr() -> Iterator[tuple[str, object]]:
    """The lasso of its notebook; factors are standardized as codes are."""
    from sklearn.linear_model import Lasso

    sys.path.insert(0, folder)
    own = importlib.import_module("lib.eval.regression")
    weights, errors = [], []
    for k in range(len(sizes)):
        train, test = held_out(k)
        seen, mean, deviation, _ = own.normalize(codes[train], remove_constant=False)
        new, *_ = own.normalize(codes[test], mean, deviation, remove_constant=False)
        goal, mean, deviation, _ = own.normalize(factors[train, k : k + 1].astype(float))
        model = Lasso(alpha=0.02).fit(seen, goal[:, 0])
        weights.append(np.abs(model.coef_))
        truth = (factors[test, k] - mean) / deviation
        errors.append(own.nrmse(model.predict(new), truth))
    matrix = np.transpose(weights)
    shares = matrix.sum(axis=1) / matrix.sum()
    yield "disentanglement", own.entropic_scores(matrix.T) @ shares
    yield "completeness, mean", np.mean(own.entropic_scores(matrix))
    yield "nrmse", np.mean(errors)


def dci_es() -> Iterator[tuple[str, object]]:
    """andreinicolicioiu/DCI-ES: its forests of 10 trees, and its area under their losses."""
    stand_in("torch", "sage", "xgboost", "loss_capacity.utils")
    sys.path[:0] = [folder, f"{folder}/src"]
    sys.modules["loss_capacity.utils"].get_representations_split = (  # type: ignore[attr-defined]
        lambda model, data, *_: (data.codes, data.targets)
    )
    own = importlib.import_module("loss_capacity.train_model_random_forest")
    area = importlib.import_module("metrics.explitcitness")
    train, test = held_out()

    class Rows:
        _factor_sizes, _factor_discrete = tuple(sizes), (True,) * len(sizes)
        _factor_names = tuple(str(size) for size in sizes)

        def __init__(self, rows: np.ndarray) -> None:
            self.dataset, self.codes = self, standardized(train)[rows]
            self.targets = factors[rows] / (sizes - 1)

        def __len__(self) -> int:
            return len(self.codes)

    writer = types.SimpleNamespace(add_scalar=lambda *_: None)
    losses = []
    for depth in DEPTHS:
        with tempfile.TemporaryDirectory() as out, contextlib.redirect_stdout(io.StringIO()):
            found = own.train_test_random_forest(
                None, Rows(train), Rows(test), Rows(test), method="rf", max_leaf_nodes=None,
                max_depth=depth, num_trees=10, tb_writer=writer, savefolder=out,
            )  # fmt: skip
        losses.append(1 - found[3])
    values = []
    for curve, size in zip(np.transpose(losses), sizes, strict=True):
        one = area.Explitcitness()
        one.add_curve(DEPTHS, curve, 1 - 1 / size, name="curve")
        values.append(one.get_explitcitness()["curve"])
    yield "dci-es", np.mean(values)
    yield "informativeness", 1 - np.min(losses, axis=0).mean()


LIBRARIES = (disentanglement_lib, disent, ubisoft, infomec, latte, icebeem, med, qedr, dci_es)

if __name__ == "__main__":
    for name, value in {one.__name__: one for one in LIBRARIES}[library]():
        print(f"{library}\t{name}\t{value}", flush=True)
