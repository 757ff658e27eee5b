"""A shell is offered values: choices, samples, files, and what is in a file."""

import shlex

import numpy as np
import pytest

from latentcli.cli import completion


@pytest.fixture
def offered(latent, monkeypatch, tmp_path):
    """Return what bash, or zsh, is offered at the end of a line."""
    monkeypatch.chdir(tmp_path)
    np.savez(tmp_path / "many.npz", first=np.zeros(3), second=np.ones(3))
    (tmp_path / "own.npy").write_bytes(b"")

    def offer(line, shell="bash"):
        words = (
            shlex.split(line.replace("::", " :: ")) if shell == "bash" else shlex.split(line)
        )
        if line.endswith(" "):
            words.append("")
        monkeypatch.setenv("_LATENT_COMPLETE", f"complete_{shell}")
        monkeypatch.setenv("COMP_WORDS", " ".join(words))
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
        return set(latent()[1].split())

    return offer


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("latent analogy a b c --method 3cos", "3cosmul"),
        ("latent analogy a b c --format la", "latex"),
        ("latent evaluate analogies --method 3cos", "3cosavg"),
        ("latent evaluate analogies --protocol g", "gensim"),
        ("latent interp a b --norm un", "unit"),
        ("latent direction a b --method ", "logistic"),
        ("latent geometry x --only iso", "isotropy"),
        ("latent geometry x --only isotropy,hub", "isotropy,hubness"),
        ("latent disentanglement a b --only mig,sa", "mig,sap"),
        ("latent mig a b --estimator k", "knn"),
        ("latent map x --method um", "umap"),
        ("latent convert a b --to saf", "safetensors"),
        ("latent convert a b --dtype flo", "float16"),
        ("latent interp a b --ease sm", "smooth"),
        ("latent udr a b --estimator sp", "spearman"),
        ("latent train a --model ", "fasttext"),
        ("latent compare a b --metric eu", "euclidean"),
        ("latent download glove-tw", "glove-twitter-25"),
        ("latent sample shapes-beta1-", "shapes-beta1-decoder.onnx"),
        ("latent ana", "analogy"),
        ("latent metrics da", ""),
        ("latent metrics dc", "dcimig"),
        ("latent mig cod", "codes_entangled.npy"),
        ("latent mig ow", "own.npy"),
    ],
)
def test_values_are_offered(offered, line, value):
    found = offered(line)
    assert value in found if value else not found


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("latent geometry x --labels factors.csv::", "colour"),
        ("latent geometry x --labels factors.csv::co", "colour"),
        ("latent typical many.npz::s", "second"),
    ],
)
def test_keys_are_offered_after_colons(offered, line, value):
    assert {word.removeprefix("::") for word in offered(line)} == (
        {value} if not line.endswith("::") else {"shape", "colour"}
    )
    zsh = offered(line, "zsh")
    assert any(value in word for word in zsh)


def test_every_table_of_choices_is_there():
    for sources in completion.CHOICES.values():
        assert completion._values(sources)


@pytest.mark.parametrize("name", ["no.npz", "no.csv", "no"])
def test_a_file_that_cannot_be_read_offers_nothing(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    assert completion.keys(name) == []
    (tmp_path / name).write_bytes(b"\x00\xff")
    assert completion.keys(name) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [("f.csv", "shape;size\na;1\n"), ("f.csv", "shape\tsize\na\t1\n"), ("f.tsv", "shape\tsize\na\t1\n"),
     ("f.csv", '"shape",size\na,1\n'), ("f.jsonl", '{"shape": "a", "size": 1}\n')],
)  # fmt: skip
def test_columns_are_offered_as_they_are_read(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, "utf-8")
    assert completion.keys(str(path)) == ["shape", "size"]
