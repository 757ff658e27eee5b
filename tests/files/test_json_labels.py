"""Labels in JSON: lists, and vocabularies of tokenizers."""

import json

import numpy as np
import pytest

import latentcli
from latentcli.errors import LatentError

ROWS = np.random.default_rng(0).normal(size=(4, 3)).astype("f4")
UNIGRAM = {"model": {"vocab": [["<s>", 0.0], ["a", -1.0], ["b", -2.0], ["c", -3.0]]}}
BPE = {
    "model": {"type": "BPE", "vocab": {"a": 1, "c": 3, "b": 2}},
    "added_tokens": [{"id": 0, "content": "<s>"}],
}


@pytest.mark.parametrize(
    "content",
    [["<s>", "a", "b", "c"], {"c": 3, "<s>": 0, "a": 1, "b": 2}, BPE, UNIGRAM],
    ids=["list", "vocab.json", "tokenizer.json", "unigram"],
)
def test_each_row_has_its_token(tmp_path, content):
    np.save(tmp_path / "embeddings.npy", ROWS)
    (tmp_path / "tokens.json").write_text(json.dumps(content))
    space = latentcli.open(tmp_path / "embeddings.npy", labels=tmp_path / "tokens.json")
    for row, word in enumerate(["<s>", "a", "b", "c"]):
        assert np.array_equal(space[word], ROWS[row])


def test_rows_behind_the_tokens_have_their_numbers(tmp_path):
    np.save(tmp_path / "embeddings.npy", ROWS)
    (tmp_path / "vocab.json").write_text(json.dumps({"a": 0, "b": 2}))
    space = latentcli.open(tmp_path / "embeddings.npy", labels=tmp_path / "vocab.json")
    assert np.array_equal(space["b"], ROWS[2])
    assert np.array_equal(space["<row 3>"], ROWS[3])


@pytest.mark.parametrize(
    "content", ['{"a": "b"}', "[1, 2]", "{", '{"a": -1}', "{}", '{"a": true}']
)
def test_other_json_is_refused(tmp_path, content):
    np.save(tmp_path / "embeddings.npy", ROWS)
    (tmp_path / "vocab.json").write_text(content)
    with pytest.raises(LatentError, match=r"JSON|tokens with their rows"):
        latentcli.open(tmp_path / "embeddings.npy", labels=tmp_path / "vocab.json")
