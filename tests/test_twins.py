"""Every command is one function of the library: public, with an example, and with the same numbers.

A command is in `TWINS` with a small case, or in `SHELL_ONLY` with the reason why it has none here.
"""

import importlib
import inspect
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import typer

import latentcli
from latentcli.cli.app import COMMANDS
from latentcli.disentanglement import METRICS
from latentcli.files import samples
from latentcli.render.json_object import record


class Twin(NamedTuple):
    """A command line without `latent`, the function's name, and the same call."""

    arguments: str
    function: str
    call: Callable[[Any], Any]


Z1, Z2 = [2.0, -1.5, 0.3], [-1.0, 2.0, 0.8]
"""The codes of the samples z1.npy and z2.npy."""

ALONE = {"total-correlation", "wasserstein-dependence", "mutual-information-score"}
"""Metrics of codes without factors."""


def _metric(name: str) -> Twin:
    files = ("codes.npy",) if name in ALONE else ("codes.npy", "factors.csv")
    return Twin(
        " ".join((name, *files)), name.replace("-", "_"), lambda function: function(*files)
    )


TWINS: dict[str, Twin] = {
    **{name: _metric(name) for name in METRICS},
    "analogy": Twin(
        "analogy king man woman -k 3 --method 3cosmul",
        "Space.analogy",
        lambda function: function(
            latentcli.open(), "king", "man", "woman", top=3, method="3cosmul"
        ),
    ),
    "neighbors": Twin(
        "neighbors king -k 3",
        "Space.neighbors",
        lambda function: function(latentcli.open(), "king", top=3),
    ),
    "expr": Twin(
        "expr 'king - man + woman' -k 3",
        "Space.expression",
        lambda function: function(latentcli.open(), "king - man + woman", top=3),
    ),
    "similarity": Twin(
        "similarity king queen",
        "Space.similarity",
        lambda function: function(latentcli.open(), "king", "queen"),
    ),
    "distances": Twin(
        "distances king queen cat --metric euclidean",
        "Space.distances",
        lambda function: function(
            latentcli.open(), ["king", "queen", "cat"], metric="euclidean"
        ),
    ),
    "odd": Twin(
        "odd cat dog car",
        "Space.odd",
        lambda function: function(latentcli.open(), ["cat", "dog", "car"]),
    ),
    "relation": Twin(
        "relation king:queen man:woman uncle:aunt",
        "Space.relation",
        lambda function: function(
            latentcli.open(), [("king", "queen"), ("man", "woman"), ("uncle", "aunt")]
        ),
    ),
    "evaluate categories": Twin(
        "evaluate categories lists.txt --seed 3",
        "evaluate_categories",
        lambda function: function("minilm-10k.64d.txt", "lists.txt", seed=3),
    ),
    "evaluate odd": Twin(
        "evaluate odd sets.txt",
        "evaluate_odd",
        lambda function: function("minilm-10k.64d.txt", "sets.txt"),
    ),
    "evaluate similarity": Twin(
        "evaluate similarity pairs.tsv --seed 1",
        "evaluate_similarity",
        lambda function: function("minilm-10k.64d.txt", "pairs.tsv", seed=1),
    ),
    "evaluate analogies": Twin(
        "evaluate analogies questions.txt --method 3cosmul",
        "evaluate_analogies",
        lambda function: function("minilm-10k.64d.txt", "questions.txt", method="3cosmul"),
    ),
    "interp": Twin(
        "interp z1.npy z2.npy --slerp --steps 5",
        "interp",
        lambda function: function("z1.npy", "z2.npy", kind="slerp", steps=5),
    ),
    "direction": Twin(
        "direction codes.npy[8:] codes.npy[:4]",
        "direction",
        lambda function: function(
            "codes.npy[8:]", "codes.npy[:4]", name="codes.npy[8:] against codes.npy[:4]"
        ),
    ),
    "directions pca": Twin(
        "directions pca codes.npy -k 2",
        "pca_directions",
        lambda function: function("codes.npy", k=2),
    ),
    "directions sefa": Twin(
        "directions sefa codes.npy -k 1",
        "sefa_directions",
        lambda function: function("codes.npy", k=1),
    ),
    "directions contrast": Twin(
        "directions contrast codes.npy[:6] codes.npy[6:]",
        "contrast_directions",
        lambda function: function("codes.npy[:6]", "codes.npy[6:]"),
    ),
    "directions cosine": Twin(
        "directions cosine z1.npy z2.npy",
        "direction_cosines",
        lambda function: function([Z1, Z2], names=["z1", "z2"]),
    ),
    "edit": Twin(
        "edit codes.npy z2.npy[:2] --by 2 --unit",
        "edit",
        lambda function: function("codes.npy", "z2.npy[:2]", by=[2.0], unit=True),
    ),
    "project": Twin(
        "project codes.npy z2.npy[:2]",
        "project",
        lambda function: function("codes.npy", "z2.npy[:2]"),
    ),
    "truncate": Twin(
        "truncate z1.npy --mean z2.npy --psi 0.5",
        "truncate",
        lambda function: function("z1.npy", "z2.npy", psi=0.5),
    ),
    "mix": Twin(
        "mix codes.npy[:2] codes.npy[2:4] --layers 1",
        "mix",
        lambda function: function("codes.npy[:2]", "codes.npy[2:4]", layers=[1]),
    ),
    "traverse": Twin(
        "traverse z1.npy --dims 1 --range -1:1:3",
        "traverse",
        lambda function: function("z1.npy", [-1.0, 0.0, 1.0], dims=[1]),
    ),
    "grid": Twin(
        "grid z1.npy z2.npy z2.npy z1.npy --rows 2 --cols 3",
        "grid",
        lambda function: function([Z1, Z2, Z2, Z1], rows=2, columns=3),
    ),
    "typical": Twin("typical codes.npy", "typical", lambda function: function("codes.npy")),
    "sample-z": Twin(
        "sample-z --seeds 0-2 --dim 4",
        "sample_z",
        lambda function: function([0, 1, 2], dimensions=4),
    ),
    "evaluate retrieval": Twin(
        "evaluate retrieval digits.npz::codes digits.npz::codes[0:1797] --at 1,10 --depth 10",
        "evaluate_retrieval",
        lambda function: function(
            "digits.npz::codes", "digits.npz::codes", cutoffs=[1, 10], depth=10
        ),
    ),
    "evaluate recall": Twin(
        "evaluate recall found.run --against exact.run --at 1,2",
        "evaluate_recall",
        lambda function: function("found.run", "exact.run", cutoffs=[1, 2]),
    ),
    "evaluate weat": Twin(
        "evaluate weat weat.txt",
        "weat",
        lambda function: function("minilm-10k.64d.txt", "weat.txt"),
    ),
    "disentanglement": Twin(
        "disentanglement codes.npy factors.csv --only mig,sap,total-correlation",
        "disentanglement_report",
        lambda function: function(
            {"codes.npy": np.load(samples.path("codes.npy"))},
            "factors.csv",
            only=["mig", "sap", "total-correlation"],
        ),
    ),
    "geometry": Twin(
        "geometry codes.npy --only isotropy,manifold",
        "geometry_report",
        lambda function: function("codes.npy", only=["isotropy", "manifold"]),
    ),
    "clusters": Twin(
        "clusters digits.npz::codes -k 3 --bootstraps 2 --sample 300",
        "clusters",
        lambda function: function("digits.npz::codes", k=3, bootstraps=2, sample=300),
    ),
    "duplicates": Twin(
        "duplicates digits.npz::codes --threshold 0.99 -k 3",
        "duplicates",
        lambda function: function("digits.npz::codes", threshold=0.99, top=3),
    ),
    "outliers": Twin(
        "outliers digits.npz::codes --method knn --neighbors 5",
        "outliers",
        lambda function: function("digits.npz::codes", method="knn", neighbors=5, top=10),
    ),
    "capacity": Twin(
        "capacity --concepts 50000 --levels 10",
        "capacity",
        lambda function: function(concepts=50000, levels=10),
    ),
    "represent": Twin(
        "represent 'the cat sat' 'a dog sat' 'stock prices fell'",
        "represent",
        lambda function: function(
            ["the cat sat", "a dog sat", "stock prices fell"], "minilm-10k.64d.txt"
        ),
    ),
    "drift": Twin(
        "drift codes.npy codes.npy --top 1 --seed 2",
        "drift",
        lambda function: function("codes.npy", "codes.npy", top=1, seed=2),
    ),
    "udr": Twin(
        "udr codes.npy 'codes.npy[:,::-1]' --threshold 0",
        "udr",
        lambda function: function(
            {one: one for one in ("codes.npy", "codes.npy[:,::-1]")}, threshold=0
        ),
    ),
    "align": Twin(
        "align codes.npy codes.npy --dictionary rows.txt",
        "align",
        lambda function: function("codes.npy", "codes.npy", "rows.txt"),
    ),
    "compare": Twin(
        "compare codes.npy codes.npy --seed 2",
        "compare",
        lambda function: function("codes.npy", "codes.npy", seed=2),
    ),
}

SHELL_ONLY = {
    "decode": "`latentcli.decode`; needs onnxruntime, and is tested in tests/pictures",
    "smoothness": "`latentcli.smoothness`; likewise",
    "map": "`latentcli.space_map`; its names and labels come from files, tested in tests/pictures",
    "metrics": "the table `latentcli.disentanglement.METRICS`",
    "train": "`latentcli.train`; trains for seconds, and is tested where it lives",
    "download": "`latentcli.download`; over the network, tested in tests/files/test_downloads.py",
    "info": "what is in a file",
    "convert": "a file to a file",
    "sample": "the bundled files",
    **{
        f"cache {verb}": "the cache on this machine"
        for verb in ("list", "dir", "build", "clear")
    },
}
"""Commands about files and the tool itself, and why they have no function of arrays."""

FILES = {
    "rows.txt": "".join(f"{row} {row}\n" for row in range(12)),
    "lists.txt": "animals: cat dog horse\nvehicles: car bus train\n",
    "sets.txt": "cat dog horse car\nred green blue king\n",
    "pairs.tsv": "king\tqueen\t8\ncat\tdog\t7\ncat\tcar\t2\nking\tcar\t1\nred\tblue\t6\n",
    "questions.txt": ": family\nking queen man woman\nking man queen woman\n",
    "found.run": "q Q0 a 1 3 hnsw\nq Q0 c 2 2 hnsw\n",
    "exact.run": "q Q0 b 1 3 flat\nq Q0 a 2 2 flat\n",
    "weat.txt": "X: cat dog horse\nY: car bus train\nA: red green\nB: king queen\n",
}


def leaves() -> set[str]:
    """Every command as it is typed."""
    found = set()
    for name, command in COMMANDS.items():
        module = importlib.import_module(f"latentcli.cli.commands.{command.module}")
        value = module.command_of(name) if name in METRICS else module.command
        if isinstance(value, typer.Typer):
            found |= {f"{name} {one.name}" for one in value.registered_commands}
        else:
            found.add(name)
    return found


def test_every_command_is_accounted_for():
    assert leaves() == {*TWINS, *SHELL_ONLY}
    assert len(leaves()) == len(TWINS) + len(SHELL_ONLY)


@pytest.mark.parametrize("command", TWINS)
def test_the_function_is_public_with_an_example(command):
    name = TWINS[command].function
    owner: Any = latentcli
    for part in name.split("."):
        owner = getattr(owner, part)
    assert name.split(".")[0] in latentcli.__all__
    assert ">>> " in (inspect.getdoc(inspect.unwrap(owner)) or "")


@pytest.mark.parametrize("command", TWINS)
def test_command_and_function_give_the_same_numbers(command, latent, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    twin = TWINS[command]
    code, out, err = latent(*shlex.split(twin.arguments), "--json", "-q")
    assert code == 0, err
    shown = json.loads(out)
    owner: Any = latentcli
    for part in twin.function.split("."):
        owner = getattr(owner, part)
    result = twin.call(owner)
    expected = [record(dict(row)) for row in result.records]
    assert len(shown["results"]) == len(expected) > 0
    for row, wanted in zip(shown["results"], expected, strict=True):
        assert {name: row[name] for name in wanted} == wanted
    assert {**shown["summary"], **record(result.summary)} == shown["summary"]
    for name, value in record(result.settings).items():
        if name in shown["settings"]:
            assert shown["settings"][name] == value


OF_A_PATTERN = re.compile(r"\w+_(median|p99)|\w+_at_\d+(_\w+)?")
"""Keys that docs/json.md names by their pattern; the values of `disentanglement` are metrics."""


@pytest.mark.parametrize("command", sorted({*TWINS} - {*METRICS}))
def test_every_key_is_documented(command, latent, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    _, out, _ = latent(*shlex.split(TWINS[command].arguments), "--json", "-q")
    shown = json.loads(out)
    page = (Path(latentcli.__file__).parent.parent / "docs" / "json.md").read_text("utf-8")
    rows = re.findall(rf"^\|[^|]*`{command}`[^|]*\|.*$", page, re.MULTILINE)
    assert rows
    named = {*re.findall(r"`([^`]+)`", " ".join(rows)), *METRICS}
    keys = {*shown["summary"]}.union(*shown["results"]) - {"reading_code"}  # of all verbs
    assert not {key for key in keys - named if not OF_A_PATTERN.fullmatch(key)}
