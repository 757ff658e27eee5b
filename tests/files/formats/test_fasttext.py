import gzip
import struct

import numpy as np
import pytest
from gensim.models import FastText
from gensim.models.fasttext import load_facebook_vectors, save_facebook_model

from latentcli.errors import FormatError, LatentError
from latentcli.files.store.cache import open_entry
from latentcli.words._subwords import hash_ngram, subword_vector

SENTENCES = [["king", "queen", "naïve", "東京", "New_York", "🙂"] * 4] * 5
UNSEEN = ["kings", "Queen", "naïveté", "東京都", "🙂🙂", "x", "", "a b", "éé"]


def trained(path, **settings):
    usual = {"vector_size": 6, "min_count": 1, "bucket": 100, "epochs": 1, "workers": 1}
    save_facebook_model(FastText(SENTENCES, **(usual | settings)), str(path))
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("fasttext") / "model.bin")


def made(entry, word):
    parts = entry.extras
    return subword_vector(
        word, parts["ngrams"], parts["min_n"], parts["max_n"], parts["buckets"]
    )


@pytest.mark.parametrize("cached", [False, True])
def test_words_have_the_vectors_that_gensim_gives_them(model, cached):
    expected = load_facebook_vectors(str(model))
    entry = open_entry(str(model))
    if cached:
        entry = open_entry(str(model))
    assert entry.cached == cached
    assert [word for _, word in entry.vocabulary.items()] == expected.index_to_key
    assert entry.matrix.tobytes() == expected.vectors.tobytes()


@pytest.mark.parametrize("lengths", [(3, 6), (1, 3), (2, 2), (5, 5)])
def test_unseen_words_have_the_vectors_that_gensim_gives_them(tmp_path, lengths):
    path = trained(tmp_path / "model.bin", min_n=lengths[0], max_n=lengths[1])
    expected = load_facebook_vectors(str(path))
    for entry in (open_entry(str(path)), open_entry(str(path))):
        for word in UNSEEN:
            np.testing.assert_allclose(
                made(entry, word), expected.get_vector(word), atol=1e-6, err_msg=word
            )


def test_unseen_words_are_made_from_the_cache_without_gensim(model):
    open_entry(str(model))
    entry = open_entry(str(model))
    assert isinstance(entry.extras["ngrams"], np.memmap)
    assert made(entry, "kings").any()


@pytest.mark.parametrize(
    ("gram", "expected"),
    [(b"", 2166136261), (b"a", 0xE40C292C), (b"foobar", 0xBF9CF968)],
)
def test_the_hash_is_fnv_1a(gram, expected):
    """Published test vectors of 32-bit FNV-1a."""
    assert hash_ngram(gram) == expected


def test_a_model_without_ngrams_is_read_and_makes_no_words(tmp_path):
    path = trained(tmp_path / "model.bin", min_n=5, max_n=0, bucket=1)
    entry = open_entry(str(path))
    assert entry.vocabulary.row("king") is not None
    assert not made(entry, "kings").any()


def test_zero_buckets_make_no_words():
    assert not subword_vector("kings", np.zeros((0, 4)), 0, 0, 0).any()
    assert not subword_vector("kings", np.zeros((0, 4)), 3, 6, 0).any()


def test_a_compressed_model_is_read(model, put):
    path = put(gzip.compress(model.read_bytes()), "model.bin.gz")
    assert open_entry(str(path)).matrix.tobytes() == open_entry(str(model)).matrix.tobytes()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("keep", [4, 60, 100, 0.3, 0.9])
def test_a_truncated_model_is_refused(model, put, keep, pack):
    content = model.read_bytes()
    part = content[: keep if keep > 1 else int(keep * len(content))]
    with pytest.raises(FormatError, match=r"^model\.bin: .*fastText model"):
        open_entry(str(put(pack(part), "model.bin")))


FIELDS = ["magic", "version", "dim", "ws", "epoch", "minCount", "neg", "wordNgrams", "loss",
          "model", "bucket", "minn", "maxn", "lrUpdateRate"]  # fmt: skip


def changed(content, **fields):
    content = bytearray(content)
    places = {name: 4 * number for number, name in enumerate(FIELDS)} | {
        "size": 64, "nwords": 68, "nlabels": 72,
    }  # fmt: skip
    for name, value in fields.items():
        struct.pack_into("<i", content, places[name], value)
    return bytes(content)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    "lie",
    [
        {"version": 13}, {"version": -1}, {"dim": 0}, {"dim": -1}, {"dim": 2**31 - 1},
        {"bucket": -1}, {"bucket": 2**31 - 1}, {"bucket": 0}, {"size": 2**31 - 1, "nwords": 2**31 - 1},
        {"nwords": 0}, {"nwords": -1}, {"nlabels": 5}, {"minn": -1}, {"maxn": 2**31 - 1},
        {"minn": 2**31 - 1}, {"model": 3}, {"dim": 5}, {"dim": 7},
    ],
    ids=str,
)  # fmt: skip
def test_a_header_that_lies_is_refused(model, put, lie, pack):
    with pytest.raises(LatentError, match=r"^model\.bin: ") as error:
        open_entry(str(put(pack(changed(model.read_bytes(), **lie)), "model.bin")))
    assert str(error.value).isprintable()


def test_a_key_is_refused(model):
    with pytest.raises(FormatError, match="no arrays to pick 'w' from"):
        open_entry(f"{model}::w")


def test_without_gensim_it_says_what_to_install(model, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "gensim.models.fasttext", None)
    with pytest.raises(LatentError, match="gensim, which is not installed"):
        open_entry(str(model))
