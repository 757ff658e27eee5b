"""Vectors compared by the questions that all of them answer: McNemar by brute force, halves, letters."""

from math import comb

import numpy as np
import pytest
from scipy import stats

import latentcli
from latentcli.errors import LatentError
from latentcli.words.evaluation._paired import Answers, difference_of_shares


class Answered:
    """An evaluation with nothing but its answers."""

    def __init__(self, values, scores=None):
        self.answers = {"set": Answers(np.asarray(values, float), scores)}


@pytest.mark.parametrize(("lost", "won"), [(0, 0), (3, 9), (12, 12), (0, 6)])
def test_p_is_mcnemars_exact_one(lost, won):
    first = np.r_[np.ones(20 + lost), np.zeros(won + 5)]
    second = np.r_[np.ones(20), np.zeros(lost), np.ones(won), np.zeros(5)]
    found = difference_of_shares(first, second, 0.95)
    n = lost + won
    tail = sum(comb(n, k) for k in range(min(lost, won) + 1)) / 2**n
    assert found.p_value == pytest.approx(min(1, 2 * tail))
    assert found.value == pytest.approx((won - lost) / len(first))
    assert found.interval.low <= found.value <= found.interval.high


def test_the_interval_of_a_difference_holds_what_it_is():
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(200):
        first = rng.random(60) < 0.7
        second = np.where(rng.random(60) < 0.3, rng.random(60) < 0.4, first)
        low, high = difference_of_shares(first * 1.0, second * 1.0, 0.95).interval
        held += low <= 0.3 * (0.4 - 0.7) <= high
    assert held >= 180


def test_equal_vectors_are_told_apart_in_few_of_200():
    rng, apart = np.random.default_rng(1), 0
    for _ in range(200):
        base = rng.normal(size=80)
        people = base + rng.normal(size=80)
        pair = {name: Answered(base + 0.5 * rng.normal(size=80), people) for name in "ab"}
        rows = latentcli.compare_evaluations(pair).records
        apart += rows[0]["group"] != rows[1]["group"]
    assert apart <= 16


def test_values_are_those_of_the_questions_that_all_count():
    rng = np.random.default_rng(2)
    people = rng.normal(size=50)
    one, two = (people + sd * rng.normal(size=50) for sd in (0.1, 3.0))
    two[:7] = np.nan
    rows = latentcli.compare_evaluations({"x": Answered(two, people), "y": Answered(one, people)}).records  # fmt: skip
    assert [(row["vectors"], row["group"], row["questions"]) for row in rows] == [
        ("y", "a", 43), ("x", "b", 43),
    ]  # fmt: skip
    expected = stats.spearmanr(one[7:], people[7:]).statistic
    assert rows[0]["value"] == pytest.approx(expected, abs=1e-12)
    low, difference, high = rows[1]["low"], rows[1]["difference"], rows[1]["high"]
    assert difference == pytest.approx(rows[1]["value"] - rows[0]["value"])
    assert low <= difference <= high < 0


def test_three_vectors_and_one_question_too_few():
    rng = np.random.default_rng(3)
    right = {name: Answered(rng.random(200) < p) for name, p in (("a", 0.9), ("b", 0.88), ("c", 0.3))}  # fmt: skip
    groups = {row["vectors"]: row["group"] for row in latentcli.compare_evaluations(right).records}  # fmt: skip
    assert groups == {"a": "a", "b": "a", "c": "b"}
    few = latentcli.compare_evaluations({name: Answered(np.ones(9)) for name in "ab"})
    assert not few.records
    assert "fewer than 10 questions" in few.notes[0]
    with pytest.raises(LatentError, match="fewer than two vectors"):
        latentcli.compare_evaluations({"a": Answered(np.ones(20))})


def test_the_command_pairs_by_question(latent, tmp_path):
    import json

    space = latentcli.open()
    words = space.words.words(range(400))
    rows = np.asarray(space.matrix[:400])
    noisy = rows + 0.3 * np.random.default_rng(0).normal(size=rows.shape) * rows.std()
    for name, matrix in (("good", rows), ("noisy", noisy)):
        lines = (f"{w} {' '.join(map(str, r))}\n" for w, r in zip(words, matrix, strict=True))
        (tmp_path / f"{name}.txt").write_text("".join(lines), encoding="utf-8")
    people = rows @ rows.T
    pairs = [(i, i + 7) for i in range(0, 300, 5)]
    text = "".join(f"{words[i]}\t{words[j]}\t{people[i, j]}\n" for i, j in pairs)
    (tmp_path / "pairs.tsv").write_text(text, encoding="utf-8")
    files = [
        option for name in ("good", "noisy") for option in ("-v", tmp_path / f"{name}.txt")
    ]
    code, out, said = latent("evaluate", "similarity", tmp_path / "pairs.tsv", *files, "--json")
    assert code == 0, said
    by_name = {row["vectors"]: row for row in json.loads(out)["results"]}
    assert by_name["good.txt"]["difference"] == 0
    low, high = (by_name["noisy.txt"][f"difference_{end}"] for end in ("low", "high"))
    assert low <= by_name["noisy.txt"]["difference"] <= high
    assert by_name["good.txt"]["group"] == "a"
