"""The gensim protocol is gensim's, question by question and pair by pair."""

import warnings
from pathlib import Path

import numpy as np
import pytest

import latentcli
from latentcli.readers import read_pairs, read_questions
from latentcli.words.evaluation import _analogies as analogies
from latentcli.words.evaluation._protocol import protocol_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    gensim = pytest.importorskip("gensim")
    from gensim.models import KeyedVectors
    from gensim.test.utils import datapath

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

QUESTIONS = datapath("questions-words.txt")


def thinned(folder, every):
    """Google's set with all its sections and each so many of its questions."""
    lines = Path(QUESTIONS).read_text("utf-8").splitlines(keepends=True)
    path = folder / "questions.txt"
    path.write_text(
        "".join(
            line for number, line in enumerate(lines) if line[0] == ":" or number % every == 0
        )
    )
    return path


def rules(restrict=None):
    return protocol_of("gensim", restrict=restrict)


def twin(space, rows=None):
    """gensim's vectors with our words and matrix."""
    words = [word for _, word in space.words.items()][:rows]
    vectors = KeyedVectors(space.dimensions)
    vectors.add_vectors(words, np.array(space.matrix[: len(words)]))
    return vectors


def check_analogies(space, vectors, path, restrict=None, **theirs):
    given = read_questions(str(path))
    outcomes = analogies.answer_questions(space, given.sections, rules(restrict))
    _, expected = vectors.evaluate_word_analogies(str(path), **theirs)
    for section, wanted in zip(given.sections, expected[:-1], strict=True):
        mine = [outcome for outcome in outcomes if outcome.section == section.name]
        assert section.name == wanted["section"]
        for kind, correct in (("correct", True), ("incorrect", False)):
            assert [
                tuple(word.upper() for word in (one.a, *one.b, one.c, *one.answers))
                for one in (
                    out.question for out in mine if out.attempted and out.correct is correct
                )
            ] == wanted[kind], (section.name, kind)
    attempted = sum(outcome.attempted for outcome in outcomes)
    assert attempted == len(expected[-1]["correct"]) + len(expected[-1]["incorrect"])


def check_pairs(space, vectors, path, oov="skip", restrict=None, **theirs):
    found = latentcli.evaluate_similarity(
        space, read_pairs(str(path)), protocol="gensim", restrict=restrict, oov=oov, resamples=0
    )
    pearson, spearman, missing = vectors.evaluate_word_pairs(str(path), **theirs)
    assert found.pearson == pytest.approx(pearson[0], abs=1e-6)
    # float32 cosines part or join a few near-ties.
    assert found.spearman == pytest.approx(spearman[0], abs=1e-5)
    if oov == "skip":
        assert 100 * found.skipped / found.pairs == pytest.approx(missing)


@pytest.fixture(scope="module")
def sample():
    space = latentcli.open(cache=False)
    return space, twin(space)


@pytest.fixture
def odd_case(tmp_path):
    """Vectors in which many words differ in case only, so that five answers are not enough."""
    rng = np.random.default_rng(7)
    base = {name: rng.standard_normal(6) for name in ("king", "man", "woman", "queen", "ß")}
    rows = [
        (form, vector + rng.standard_normal(6) * noise)
        for name, vector in base.items()
        for form, noise in zip(
            dict.fromkeys((name, name.upper(), name.title(), name[0].upper() + name[1:].upper(),
                           name[:2].upper() + name[2:], name[:-1] + name[-1].upper())),
            (0.3, 0.01, 0.2, 0.02, 0.1, 0.05),
            strict=False,
        )
    ]  # fmt: skip
    path = tmp_path / "case.txt"
    path.write_text("".join(f"{word} {' '.join(map(str, row))}\n" for word, row in rows))
    questions = tmp_path / "case-questions.txt"
    names = [*base, "SS", "Ss"]
    questions.write_text(
        ": all\n"
        + "".join(
            f"{a} {b} {c} {d}\n" for a in names for b in names for c in names for d in names
        )
    )
    return latentcli.open(path, cache=False), questions


def test_the_samples_questions(sample, tmp_path):
    check_analogies(*sample, thinned(tmp_path, 7))


@pytest.mark.parametrize("restrict", [100, 2000])
def test_the_samples_first_rows(sample, restrict):
    check_analogies(*sample, QUESTIONS, restrict, restrict_vocab=restrict)


def test_words_in_many_cases(odd_case):
    space, questions = odd_case
    check_analogies(space, twin(space), questions)


@pytest.mark.parametrize("name", ["wordsim353.tsv", "simlex999.txt"])
@pytest.mark.parametrize("restrict", [None, 3000])
def test_the_samples_pairs(sample, name, restrict):
    limit = {} if restrict is None else {"restrict_vocab": restrict}
    check_pairs(*sample, datapath(name), restrict=restrict, **limit)
    check_pairs(*sample, datapath(name), "zero", restrict=restrict, dummy4unknown=True, **limit)


@pytest.fixture(scope="module")
def glove(data, shared_cache):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LATENT_CACHE_DIR", str(shared_cache))
        space = latentcli.open(data / "vectors" / "glove.6B.50d.txt.gz")
    return space, twin(space, 30_000)


@pytest.mark.slow
def test_gloves_questions(glove, tmp_path):
    check_analogies(*glove, thinned(tmp_path, 20), 30_000)


@pytest.mark.slow
def test_gloves_pairs(glove, data):
    for path in sorted((data / "evalsets" / "wordsim").glob("*.txt")):
        check_pairs(*glove, path, restrict=30_000)
