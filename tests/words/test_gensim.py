"""The same answers as gensim, up to ties."""

import gzip
import itertools
import warnings

import numpy as np
import pytest

import latentcli
from latentcli.words._choice import Choice
from latentcli.words._ranking import (
    analogy_query,
    answer_analogies,
    answer_neighbors,
    neighbors_query,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    gensim = pytest.importorskip("gensim")
    from gensim.models import KeyedVectors
    from gensim.test.utils import datapath

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

TOP = 10
ALIKE = 1e-5


def twin(space):
    """gensim's vectors with our words and matrix."""
    vectors = KeyedVectors(space.dimensions)
    words = space.words.words(range(len(space.matrix)))
    vectors.add_vectors(words, np.array(space.matrix))
    return vectors


@pytest.fixture(scope="module")
def sample():
    space = latentcli.open(cache=False)
    return space, twin(space)


@pytest.fixture(scope="module")
def glove(data, shared_cache):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LATENT_CACHE_DIR", str(shared_cache))
        space = latentcli.open(data / "vectors" / "glove.6B.50d.txt.gz")
    return space, twin(space)


def check(hits, expected):
    """Our answers (more than asked for) begin with gensim's, but for the order of ties."""
    scores = {hit.word: hit.score for hit in hits}
    assert [hit.score for hit in hits[: len(expected)]] == pytest.approx(
        [score for _, score in expected], abs=ALIKE
    )
    for word, score in expected:
        assert scores[word] == pytest.approx(score, abs=ALIKE), word


def draw(space, count, size, among):
    """Draw so many distinct words, so many times, from the first rows."""
    rng = np.random.default_rng(2026)
    rows = [rng.choice(among, size=size, replace=False) for _ in range(count)]
    return [space.words.words(row.tolist()) for row in rows]


def neighbors(pair, count, among):
    space, vectors = pair
    words = [word for (word,) in draw(space, count, 1, among)]
    queries = [neighbors_query(space, word) for word in words]
    found = answer_neighbors(space, queries, Choice(top=TOP + 5))
    for word, hits in zip(words, found, strict=True):
        check(hits, vectors.most_similar(word, topn=TOP))


def analogies(pair, count, among, method):
    space, vectors = pair
    asked = draw(space, count, 3, among)
    queries = [analogy_query(space, *abc, method=method) for abc in asked]
    found = answer_analogies(space, queries, Choice(top=TOP + 5), method=method)
    ask = {"3cosadd": vectors.most_similar, "3cosmul": vectors.most_similar_cosmul}[method]
    for (a, b, c), hits in zip(asked, found, strict=True):
        check(hits, ask(positive=[a, c], negative=[b], topn=TOP))


@pytest.mark.slow
def test_200_neighbors_of_the_whole_glove_file(glove):
    neighbors(glove, 200, 400_000)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_200_analogies_of_the_whole_glove_file(glove, method):
    analogies(glove, 200, 400_000, method)


@pytest.mark.slow
def test_the_published_analogy_of_the_whole_glove_file(glove):
    hits = glove[0].analogy("king", "man", "woman", top=3)
    assert [(hit.word, round(hit.score, 3)) for hit in hits] == [
        ("queen", 0.852),
        ("throne", 0.766),
        ("prince", 0.759),
    ]


def test_neighbors_of_the_sample(sample):
    neighbors(sample, 100, 10_000)


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_analogies_of_the_sample(sample, method):
    analogies(sample, 100, 10_000, method)


def test_weighted_expressions(sample):
    space, vectors = sample
    for a, b, c in draw(space, 20, 3, 10_000):
        hits = space.expression(f"{a} - 0.3*{b} + 2*{c}", top=TOP + 5)
        check(hits, vectors.most_similar([(a, 1.0), (c, 2.0)], [(b, -0.3)], topn=TOP))


@pytest.mark.parametrize("rows", [5, 100, 3000])
def test_restriction_to_the_first_rows(sample, rows):
    space, vectors = sample
    hits = space.analogy("king", "man", "woman", restrict=rows, top=TOP + 5)
    check(hits, vectors.most_similar(["king", "woman"], ["man"], restrict_vocab=rows, topn=TOP))


def test_similarities_and_distances(sample):
    space, vectors = sample
    for a, b in draw(space, 50, 2, 10_000):
        assert space.similarity(a, b).cosine == pytest.approx(
            vectors.similarity(a, b), abs=1e-6
        )
        assert space.distances([a, b])[0, 1] == pytest.approx(vectors.distance(a, b), abs=1e-6)


def test_the_odd_one_out(sample):
    space, vectors = sample
    for words in draw(space, 50, 5, 10_000):
        first, second = space.odd(words)[:2]
        if second[1] - first[1] > 1e-6:
            assert first[0] == vectors.doesnt_match(words)


def same_vectors(space, vectors):
    """Both read the same words in the same order, and the same vectors bit for bit."""
    assert space.words.words(range(len(space))) == vectors.index_to_key
    np.testing.assert_array_equal(
        np.asarray(space.matrix).view(np.uint32), vectors.vectors.view(np.uint32)
    )


def test_the_first_lines_of_glove_are_read_bit_for_bit(data, tmp_path):
    with gzip.open(data / "vectors" / "glove.6B.50d.txt.gz", "rt", encoding="utf-8") as lines:
        rows = "".join(itertools.islice(lines, 2000))
    (tmp_path / "first.txt").write_text(rows, "utf-8")
    headed = tmp_path / "headed.txt"  # gensim leaves a file without a header open
    headed.write_text(f"2000 50\n{rows}", "utf-8")
    same_vectors(
        latentcli.open(tmp_path / "first.txt"), KeyedVectors.load_word2vec_format(str(headed))
    )


@pytest.mark.parametrize(
    ("name", "binary"),
    [
        ("euclidean_vectors.bin", True),
        ("word2vec_pre_kv_c", False),
        ("lee_fasttext.vec", False),
        ("high_precision.kv.txt", False),
        ("high_precision.kv.bin", True),
    ],
)
def test_the_files_of_gensims_own_tests_are_read_bit_for_bit(name, binary):
    path = datapath(name)
    same_vectors(latentcli.open(path), KeyedVectors.load_word2vec_format(path, binary=binary))
