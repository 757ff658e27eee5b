"""Words on an axis: Bolukbasi's first component, its ends and its intervals."""

import json

import numpy as np
import pytest
from sklearn.decomposition import PCA

import latentcli
from latentcli.errors import LatentError, ParameterError
from latentcli.words._axis import first_component, jackknife

PAIRS = [("he", "she"), ("man", "woman"), ("king", "queen"), ("uncle", "aunt")]


@pytest.fixture(scope="module")
def space():
    return latentcli.open()


def unit(vector):
    return vector / np.linalg.norm(vector)


def test_one_pair_is_its_own_axis(space):
    found = space.project([("he", "she")], among=["soldier", "nurse"])
    axis = unit(unit(space["she"]) - unit(space["he"]))
    assert found.axis == pytest.approx(axis)
    scores = dict(zip(found.words, found.scores, strict=True))
    assert scores["nurse"] == pytest.approx(unit(space["nurse"]) @ axis)
    assert found.explained == pytest.approx(1.0)
    assert not found.intervals


def test_several_pairs_are_the_first_component_of_scikit_learn(space):
    centered = []
    for start, end in PAIRS:
        a, b = unit(space[start]), unit(space[end])
        centered += [a - (a + b) / 2, b - (a + b) / 2]
    fitted = PCA(1).fit(centered)
    found = space.project(PAIRS, top=2)
    assert abs(found.axis @ fitted.components_[0]) == pytest.approx(1.0)
    assert found.explained == pytest.approx(fitted.explained_variance_ratio_[0])
    assert found.axis @ (unit(space["she"]) - unit(space["he"])) > 0


def test_both_ends_are_those_of_all_words(space):
    found = space.project(PAIRS, top=3)
    names = [word for _, word in space.words.items()]
    rows = np.asarray(space.matrix, dtype=np.float64)
    scores = rows / np.linalg.norm(rows, axis=1, keepdims=True) @ found.axis
    asked = {word for pair in PAIRS for word in pair}
    order = [names[row] for row in np.argsort(scores, kind="stable") if names[row] not in asked]
    assert list(found.words) == [*order[:3], *order[-3:]]
    assert [record["rank"] for record in found.records] == [1, 2, 3, *range(9990, 9993)]


def test_the_jackknife_of_a_mean_is_students_interval():
    sample = np.random.default_rng(0).normal(size=9)
    without = (sample.sum() - sample)[:, None] / 8
    low, high = jackknife(np.array([0.0]), without)
    half = 2.306004 * sample.std(ddof=1) / 3
    assert (low[0], high[0]) == (pytest.approx(-half), pytest.approx(half))


def test_intervals_hold_the_scores_of_the_true_axis():
    rng = np.random.default_rng(1)
    true = np.eye(20)[0]
    word = unit(true + rng.normal(size=20) / 4)
    held = 0
    for _ in range(200):
        offsets = true + rng.normal(size=(8, 20)) / 8
        without = np.stack([first_component(np.delete(offsets, i, axis=0)) for i in range(8)])
        low, high = jackknife(
            word @ first_component(offsets)[:, None], word @ without[..., None]
        )
        held += bool(low[0] <= word @ true <= high[0])
    assert 180 <= held <= 198


def test_a_pair_the_other_way_round_is_noted(space):
    found = space.project([*PAIRS, ("girl", "boy")], among=["nurse"])
    assert any("girl:boy" in note for note in found.notes)


def test_words_that_are_not_there_are_counted_and_all_of_them_refused(space):
    found = space.project(PAIRS, among=["nurse", "qwrtz"])
    assert found.words == ("nurse",)
    assert any("qwrtz" in note for note in found.notes)
    with pytest.raises(LatentError, match="none of 1 word"):
        space.project(PAIRS, among=["qwrtz"])
    with pytest.raises(ParameterError):
        space.project([])
    with pytest.raises(LatentError, match="no direction"):
        space.project([("he", "he")])


def test_the_command_says_the_same_and_draws(space, latent, tmp_path):
    listed = tmp_path / "jobs.txt"
    listed.write_text("nurse\nsoldier\nteacher\n")
    words = [":".join(pair) for pair in PAIRS]
    picture = tmp_path / "axis.png"
    code, out, _ = latent(
        "project", *words, "--among", listed, "--plot", picture, "--json", "-q"
    )
    assert code == 0
    assert picture.stat().st_size
    shown = json.loads(out)
    found = space.project(PAIRS, among=["nurse", "soldier", "teacher"])
    assert [one["word"] for one in shown["results"]] == list(found.words)
    assert shown["results"][0]["low"] == pytest.approx(found.intervals[0].low, abs=1e-6)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["project", "he", "she"], "latent project he:she"),
        (["project", "gA.txt", "he", "she"], "latent project he:she -v gA.txt"),
        (["project", "he", "-v", "minilm-10k.64d.txt"], "latent project he:OTHER"),
    ],
)
def test_other_ways_to_ask_are_told_the_right_one(latent, typed, told):
    code, _, err = latent(*typed)
    assert code == 2
    assert told in err
