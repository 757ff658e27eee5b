import numpy as np
import pytest
from scipy import stats

from latentcli.errors import LatentError
from latentcli.numerics.vectors import cosine
from latentcli.words.evaluation import _association as module
from latentcli.words.evaluation._association import associate


def lists(seed, *sizes):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((size, 5)) for size in sizes]


def associations(words, a, b):
    """s(w, A, B) of the paper, by its definition."""
    return np.array(
        [
            np.mean([cosine(word, one) for one in a])
            - np.mean([cosine(word, one) for one in b])
            for word in words
        ]
    )


def mean_difference(x, y):
    return np.mean(x) - np.mean(y)


@pytest.mark.parametrize("sizes", [(4, 4, 3, 5), (3, 5, 2, 2), (2, 2, 1, 1), (6, 6, 2, 2)])
def test_it_is_the_papers_and_scipys(sizes):
    x, y, a, b = lists(1, *sizes)
    found = associate(x, y, a, b)
    sx, sy = associations(x, a, b), associations(y, a, b)
    both = np.concatenate([sx, sy])
    assert found.difference == pytest.approx(sx.mean() - sy.mean())
    assert found.effect_size == pytest.approx((sx.mean() - sy.mean()) / both.std())
    peer = stats.permutation_test(
        (sx, sy), mean_difference, permutation_type="independent", alternative="greater",
        n_resamples=np.inf,
    )  # fmt: skip
    assert found.exact
    assert found.p_value == pytest.approx(peer.pvalue, abs=1e-12)


def test_effects_reach_two_when_targets_are_opposite():
    east, west = np.array([[1.0, 0.0]]), np.array([[-1.0, 0.0]])
    found = associate(east.repeat(3, 0), west.repeat(3, 0), east, west)
    assert found.effect_size == pytest.approx(2)
    assert found.p_value == pytest.approx(1 / 20)


def test_drawn_partitions_come_near_all_of_them(monkeypatch):
    x, y, a, b = lists(3, 6, 6, 3, 3)
    whole = associate(x, y, a, b)
    monkeypatch.setattr(module, "_EXACT", 10)
    drawn = associate(x, y, a, b, samples=20_000, seed=1)
    assert (drawn.exact, drawn.permutations) == (False, 20_000)
    assert drawn.p_value == pytest.approx(whole.p_value, abs=0.015)
    assert drawn == associate(x, y, a, b, samples=20_000, seed=1)


def test_targets_that_are_associated_alike_have_no_effect_size():
    ones = np.ones((2, 3))
    found = associate(ones, ones, np.eye(3), 2 * np.eye(3))
    assert (found.effect_size, found.p_value) == (None, 1.0)


def test_an_empty_list_is_refused():
    x, y, a, _ = lists(5, 2, 2, 2, 1)
    with pytest.raises(LatentError, match="no words"):
        associate(x, y, a, np.zeros((0, 5)))


def test_without_lists_it_is_the_papers_two_tests_of_gender(latent, data):
    import json

    from latentcli.words.evaluation._weat_lists import gender_lists

    published = json.loads((data / "evalsets" / "WEAT.json").read_text())
    assert {name: published[name] for name in gender_lists().lists} == gender_lists().lists
    code, out, _ = latent("evaluate", "bias", "-q")
    assert (code, "gender math" in out, "gender science" in out) == (0, True, True)
