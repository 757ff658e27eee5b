"""What every metric that learns, samples or needs no factors has in common."""

import math
from importlib import import_module

import numpy as np
import pytest

from latentcli.disentanglement._data import prepare

FEW = {"train": 200, "evaluate": 200}
ASKED = {
    "sap": {},
    "dci": {"estimator": "lasso"},
    "dci-es": {},
    "explicitness": {},
    "mcc": {},
    "identifiability": {},
    "irs": {},
    "factorvae": FEW,
    "betavae": FEW,
    "zmaxvar": FEW,
    "total-correlation": {},
    "wasserstein-dependence": {},
    "mutual-information-score": {},
}
TOLERANCE = {"mutual-information-score": 0.02, "dci-es": 0.1}
"""What dimensions in another order may change: equal-width bins, and the frequencies of features."""

SAMPLED = {"factorvae", "betavae", "zmaxvar"}
SPLIT = {"sap", "dci", "dci-es", "explicitness", "identifiability"}


def scored(name, codes, factors=None, **settings):
    label = name.replace("-", "_")
    module = import_module(f"latentcli.disentanglement._{label}")
    return getattr(module, label)(codes, factors, **ASKED[name], **settings)


def plain(value):
    """Whether a value is one that JSON and every table can show, and a number is finite."""
    if isinstance(value, list):
        return all(plain(each) for each in value)
    if isinstance(value, float):
        return type(value) is float and math.isfinite(value)
    return value is None or type(value) in (str, int, bool)


def hostile():
    random = np.random.default_rng(0)
    factors = random.integers(4, size=(200, 3))
    codes = factors + 0.1 * random.normal(size=factors.shape)
    dead = np.full((200, 1), 3.7)
    text = {
        "a": np.array(["w", "x", "[/b]", "\x1b[31m"])[factors[:, 0]],
        "b": np.array(["no", "yes"])[factors[:, 1] % 2],
    }
    outlier = codes.copy()
    outlier[0, 0] = 300
    rare = factors.copy()
    rare[:, 0] = 0
    rare[7, 0] = 1
    return {
        "dead first": (np.hstack([dead, codes]), factors),
        "dead last": (np.hstack([codes, dead]), factors),
        "all dead": (np.hstack([dead, dead]), factors),
        "one dimension": (codes[:, :1], factors),
        "one factor": (codes, factors[:, :1]),
        "two rows": (codes[:2], np.array([[0, 1], [1, 0]])),
        "no two rows alike": (codes[:3], np.arange(6).reshape(3, 2)),
        "text": (codes, text),
        "an outlier": (outlier, factors),
        "a class of one row": (codes, rare),
        "more dimensions than rows": (random.normal(size=(20, 50)), factors[:20]),
        "single precision": (codes.astype(np.float32), factors),
        "duplicates": (np.hstack([codes, codes]), factors),
        "continuous": (codes, random.random((200, 2))),
        "huge": (codes * 1e150, factors),
        "tiny": (codes * 1e-200, factors),
        "integers": ((codes * 100).astype(int), factors),
    }


HOSTILE = hostile()


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", ASKED)
def test_every_number_is_finite_and_what_is_missing_is_explained(name, kind):
    score = scored(name, *HOSTILE[kind])
    values = [*score.summary.values(), *score.settings.values()]
    values += [value for row in (*score.factors, *score.dimensions) for value in row.values()]
    assert all(plain(value) for value in values)
    assert score.value is None or plain(score.value)
    assert score.summary[name.replace("-", "_")] == score.value
    assert score.value is not None or score.notes
    assert score.matrix is None or np.isfinite(score.matrix).all()


@pytest.mark.parametrize("name", ASKED)
def test_the_same_seed_gives_the_same_number(name, clean):
    assert scored(name, *clean).value == scored(name, *clean).value


@pytest.mark.parametrize("name", ASKED)
def test_the_input_is_left_as_it_is(name, clean):
    codes, factors = clean
    before = codes.copy(), factors.copy()
    scored(name, codes, factors)
    np.testing.assert_array_equal(codes, before[0])
    np.testing.assert_array_equal(factors, before[1])


@pytest.mark.parametrize("name", ASKED)
def test_permuting_and_flipping_dimensions_changes_nothing(name, clean):
    codes, factors = clean
    value = scored(name, codes, factors).value
    other = scored(name, codes[:, [2, 0, 1]] * [1, -1, 1], factors).value
    # Equal-width bins are closed below: a flipped value on an edge changes its bin.
    assert other == pytest.approx(value, abs=TOLERANCE.get(name, 1e-6))


@pytest.mark.parametrize("name", [name for name in ASKED if name not in SAMPLED | SPLIT])
def test_the_order_of_rows_does_not_matter(name, clean):
    codes, factors = clean
    order = np.random.default_rng(0).permutation(len(codes))
    value = scored(name, codes[order], factors[order]).value
    assert value == pytest.approx(scored(name, codes, factors).value)


@pytest.mark.parametrize("name", sorted(SAMPLED | SPLIT))
def test_the_order_of_rows_matters_as_little_as_the_seed(name, clean):
    codes, factors = clean
    order = np.argsort(factors[:, 0], kind="stable")
    value = scored(name, codes[order], factors[order]).value
    assert value == pytest.approx(scored(name, codes, factors).value, abs=0.1)


@pytest.mark.parametrize("name", ASKED)
def test_names_of_classes_do_not_matter(name, clean):
    codes, factors = clean
    names = np.array(["a", "b", "c", "d"])[factors]
    renamed = {f"factor{k}": names[:, k] for k in range(3)}
    assert scored(name, codes, renamed).value == scored(name, codes, factors).value


@pytest.mark.parametrize("name", ASKED)
def test_a_metric_says_what_it_is(name):
    about = import_module(f"latentcli.disentanglement._{name.replace('-', '_')}").ABOUT
    for text in (about.formula, about.range, about.reading, about.source):
        assert text
    data = prepare(*HOSTILE["text"])
    for settings in about.compat.values():
        asked = {key: value for key, value in settings.items() if key not in ASKED[name]}
        assert scored(name, data, **asked).metric == name
