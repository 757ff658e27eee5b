"""Texts as vectors: by hand, and beside gensim and scikit-learn."""

import numpy as np
import pytest

from latentcli.words import _sentences as sentences

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the cat sat", ["the", "cat", "sat"]),
        ("The CAT, sat!", ["the", "cat", "sat"]),
        ("don't stop", ["don't", "stop"]),
        ("don’t", ["don't"]),
        ("'quoted'", ["quoted"]),
        ("snake_case 3.5", ["snake", "case", "3", "5"]),
        ("Größe école 東京", ["größe", "école", "東京"]),
        ("\x1b[31m", ["31m"]),
        ("...", []),
        ("", []),
    ],
)
def test_words_are_runs_of_letters_and_digits(text, words):
    assert sentences.words_of(text) == words


def test_one_hot_texts_are_the_same_or_have_nothing_in_common():
    found = sentences.one_hot_similarities(["a cat", "a dog", "a cat"])
    assert found.tolist() == [[1, 0, 1], [0, 1, 0], [1, 0, 1]]


def test_bags_count_words():
    """(1, 1, 1) and (2, 1, 0): 3 / (sqrt 3 sqrt 5)."""
    found = sentences.bag_similarities([["the", "cat", "sat"], ["the", "the", "cat"], ["fell"]])
    assert found[0, 1] == pytest.approx(3 / 15**0.5)
    assert found[0, 2] == 0
    assert found.diagonal() == pytest.approx(1)


def test_a_text_without_words_is_like_nothing():
    assert np.isnan(sentences.bag_similarities([["a"], []])[0, 1])
    assert np.isnan(sentences.bag_similarities([[], []])).all()


def test_zipf_sums_to_1():
    found = sentences.zipf(np.arange(100), 100)
    assert found.sum() == pytest.approx(1)
    assert found[0] / found[9] == pytest.approx(10)


def test_weights_by_hand():
    assert sentences.sif_weights(np.array([0, 1e-3, 9e-3])).tolist() == pytest.approx(
        [1, 0.5, 0.1]
    )
    assert sentences.sif_weights(np.array([0.5]), 0.5).tolist() == [0.5]


def test_gensims_similarity_of_sets_of_words():
    from gensim.models import KeyedVectors

    words = ["the", "cat", "sat", "dog"]
    vectors = RNG.normal(size=(4, 6)).astype(np.float32)
    peer = KeyedVectors(6)
    peer.add_vectors(words, vectors)
    texts = [["the", "cat", "sat"], ["the", "the", "dog"]]
    told = [np.stack([vectors[words.index(word)] for word in text]) for text in texts]
    found = sentences.cosines(sentences.means(told))[0, 1]
    assert found == pytest.approx(peer.n_similarity(*texts), abs=1e-6)


def test_sif_as_arora_and_others_publish_it():
    """Their get_weighted_average and remove_pc, with scikit-learn's TruncatedSVD as there."""
    from sklearn.decomposition import TruncatedSVD

    texts = [RNG.normal(size=(length, 8)) + 1 for length in (3, 5, 1, 4)]
    weights = [sentences.sif_weights(RNG.uniform(0, 0.01, len(text))) for text in texts]
    average = np.stack(
        [weight @ text / np.count_nonzero(weight) for text, weight in zip(texts, weights)]  # noqa: B905
    )
    svd = TruncatedSVD(n_components=1, algorithm="arpack").fit(average)
    expected = average - average @ svd.components_.T * svd.components_

    vectors = sentences.means(texts, weights)
    found = sentences.without(vectors, sentences.common_component(vectors))
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_the_component_of_words_is_that_of_many_texts_of_one_word():
    matrix = RNG.normal(size=(6, 4)).astype(np.float32) + 1
    probabilities = np.array([3, 2, 1, 1, 2, 1]) / 10
    weights = sentences.sif_weights(probabilities, 0.1)
    texts = np.repeat(matrix * weights[:, None], [3, 2, 1, 1, 2, 1], axis=0)
    expected = sentences.common_component(texts)
    found = sentences.common_component_of_words(
        matrix, np.arange(6), probabilities, smoothing=0.1
    )
    assert abs(found @ expected) == pytest.approx(1)


def test_nothing_but_the_component_leaves_nothing():
    component = np.array([0.6, 0.8, 0])
    left = sentences.without(np.array([[3.0, 4, 0], [0, 0, 2], [0, 0, 0]]), component)
    assert left.tolist() == [[0, 0, 0], [0, 0, 2], [0, 0, 0]]


def test_a_text_without_known_words_is_zero():
    assert sentences.means([np.zeros((0, 3)), np.ones((2, 3))]).tolist() == [[0] * 3, [1] * 3]
