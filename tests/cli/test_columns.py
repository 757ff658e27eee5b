"""80 columns everywhere: every command, nine models, twelve metrics, names of forty letters; at a terminal and piped."""

import io
import json
import re
import shlex
import sys

import numpy as np
import pytest
from rich.cells import cell_len

from latentcli.cli.app import main

NAME = "a_name_of_exactly_forty_letters_number_"
NINE = " ".join(f"{NAME}{k}.npy" for k in range(9))
TWELVE = (
    "mig,jemmig,dcimig,dmig,modularity,med,sap,mcc,irs,identifiability,total-correlation,"
    "mutual-information-score"
)

LINES = {
    "analogy": f"analogy {NAME}0 {NAME}1 {NAME}2 -v long.txt",
    "neighbors": f"neighbors {NAME}0 {NAME}1 -v long.txt -k 3",
    "similarity": f"similarity {NAME}0 {NAME}1 -v long.txt",
    "distances": "distances " + " ".join(f"{NAME}{k}" for k in range(9)) + " -v long.txt",
    "expr": f"expr '{NAME}0 + {NAME}1' -v long.txt",
    "odd": f"odd {NAME}0 {NAME}1 {NAME}2 {NAME}3 -v long.txt",
    "relation": f"relation {NAME}0:{NAME}1 {NAME}2:{NAME}3 {NAME}4:{NAME}5 -v long.txt",
    "evaluate analogies": "evaluate analogies questions.txt -v long.txt -v other.txt",
    "evaluate similarity": "evaluate similarity pairs.tsv -v long.txt -v other.txt",
    "evaluate weat": "evaluate weat weat.json -v long.txt",
    "evaluate categories": "evaluate categories groups.tsv -v long.txt",
    "evaluate odd": "evaluate odd questions.txt -v long.txt -v other.txt",
    "evaluate retrieval": f"evaluate retrieval {NAME}0.npy {NAME}1.npy",
    "evaluate recall": "evaluate recall found.npy --against exact.npy --at 1,5",
    "interp": f"interp {NAME}0.npy[0] {NAME}1.npy[0] --reference {NAME}2.npy",
    "interp words": f"interp {NAME}0 {NAME}1 -v long.txt",
    "direction": f"direction {NAME}0.npy {NAME}1.npy",
    "directions pca": f"directions pca {NAME}0.npy",
    "directions cosine": f"directions cosine {NINE.replace('.npy', '.npy[0]')}",
    "directions contrast": f"directions contrast {NAME}0.npy {NAME}1.npy",
    "edit": f"edit {NAME}0.npy {NAME}1.npy[0] --by -1,1",
    "project": f"project {NAME}0.npy {NAME}1.npy[0]",
    "project words": f"project {NAME}0:{NAME}1 -v long.txt",
    "truncate": f"truncate {NAME}0.npy --psi 0.5 --mean-of {NAME}1.npy",
    "mix": f"mix {NAME}0.npy {NAME}1.npy --axes LD",
    "traverse": f"traverse {NAME}0.npy[0] --dims 0,1",
    "grid": " ".join(["grid", *(f"{NAME}{k}.npy[0]" for k in range(4))]),
    "typical": f"typical {NAME}0.npy[:5] --reference {NAME}1.npy",
    "sample-z": "sample-z --seeds 0-3 --dim 40",
    "disentanglement": f"disentanglement {NINE} factors.csv --only {TWELVE} --ci 0",
    "disentanglement of one": f"disentanglement {NAME}0.npy factors.csv --only {TWELVE}",
    "sweep": f"disentanglement factors.csv --only mig,sap --ci 0 --group {NAME}a='{NAME}[0-2].npy' --group {NAME}b='{NAME}[3-5].npy'",
    "udr": f"udr {NINE} --estimator spearman",
    "decode": "decode digits::codes[:4] --decoder digits",
    "smoothness": "smoothness digits::codes[:40] --decoder digits",
    "metrics": "metrics",
    "metrics mig": "metrics mig",
    "mig": f"mig {NAME}0.npy factors.csv",
    "mig of nine": f"mig {NINE} factors.csv --halves 3",
    "sap": f"sap {NINE} factors.csv --halves 3",
    "dci": f"dci {NAME}0.npy factors.csv --estimator lasso",
    "infomec": f"infomec {NAME}0.npy factors.csv --ci 0",
    "total-correlation": f"total-correlation {NINE}",
    "geometry": f"geometry {NAME}0.npy --labels labels.csv::kind",
    "capacity": "capacity --dims 5",
    "clusters": "clusters long.txt -k 3 --bootstraps 2",
    "duplicates": "duplicates long.txt --threshold 0.1",
    "outliers": "outliers long.txt -k 3",
    "represent": f"represent '{NAME}0 {NAME}1' '{NAME}2' -v long.txt",
    "compare": "compare long.txt other.txt",
    "compare of nine": f"compare {NINE}",
    "drift": f"drift {NAME}0.npy {NAME}1.npy",
    "align": "align long.txt other.txt",
    "info": f"info {NAME}0.npy {NAME}1.npy",
    "cache": "cache list",
    "sample": "sample",
}  # fmt: skip


OURS = {"columns:", "not", "shown:", "(--wide", "shows", "all)"}
"""What a narrow table says of itself."""

BESIDE_OTHERS = {
    "neighbors", "similarity", "relation", "evaluate similarity", "duplicates", "project words", "cache",
    "represent",
}  # fmt: skip
"""Commands that show two names of forty letters beside each other: 83 columns."""


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wide")
    random = np.random.default_rng(0)
    factors = random.integers(0, [3, 4, 5], (80, 3))
    names = [f"{NAME.replace('name', 'fact')}{k}" for k in range(3)]
    rows = [",".join(map(str, row)) for row in factors]
    (folder / "factors.csv").write_text("\n".join([",".join(names), *rows]) + "\n")
    labels = [f"{NAME.replace('name', 'kind')}{k % 2}" for k in range(80)]
    (folder / "labels.csv").write_text("\n".join(["id,kind", *(f"0,{k}" for k in labels)]))
    for k in range(9):
        codes = factors + (0.2 + 0.1 * k) * random.normal(size=factors.shape)
        codes = np.hstack([codes, random.normal(size=(80, 9))])
        np.save(folder / f"{NAME}{k}.npy", codes.astype("f4"))
    for name in ("long", "other"):
        words = [
            f"{NAME}{k} " + " ".join(f"{x:.5f}" for x in random.normal(size=12))
            for k in range(30)
        ]
        (folder / f"{name}.txt").write_text("\n".join(words) + "\n")
    pairs = [f"{NAME}{k}\t{NAME}{k + 1}\t{k}" for k in range(12)]
    (folder / "pairs.tsv").write_text("\n".join(pairs))
    quads = [" ".join(f"{NAME}{j}" for j in (k, k + 1, k + 2, k + 3)) for k in range(9)]
    section = f": {NAME.replace('name', 'part')}0"
    (folder / "questions.txt").write_text("\n".join([section, *quads]))
    lists = {
        key: [f"{NAME}{j}" for j in range(5 * k, 5 * k + 5)] for k, key in enumerate("xyab")
    }
    (folder / "weat.json").write_text(json.dumps(lists))
    groups = [f"{NAME}{k}\t{NAME}kind{k % 3}" for k in range(20)]
    (folder / "groups.tsv").write_text("\n".join(groups))
    exact = np.argsort(random.random((20, 30)))[:, :10]
    np.save(folder / "exact.npy", exact)
    np.save(folder / "found.npy", exact[:, ::-1])
    return folder


def shown(line, monkeypatch, capsys, terminal):
    capsys.readouterr()
    if not terminal:
        code = main(shlex.split(line))
        out, err = capsys.readouterr()
        return code, out, err
    streams = Terminal(), Terminal()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        code = main(shlex.split(line))
    return code, *(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", s.getvalue()) for s in streams)


@pytest.mark.parametrize("name", LINES)
def test_no_line_is_wider_than_80_columns_and_no_word_is_folded(
    name, folder, shared_cache, monkeypatch, capsys
):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LATENT_CACHE_DIR", str(shared_cache))
    code, wide, err = shown(f"{LINES[name]} --wide", monkeypatch, capsys, terminal=False)
    assert code == 0, err
    known = {*wide.split()}
    for terminal in (False, True):
        code, out, err = shown(LINES[name], monkeypatch, capsys, terminal)
        assert code == 0, err
        lines = out.splitlines() + (err.splitlines() if terminal else [])
        assert [line for line in lines if cell_len(line) > 80] == []
        new = {word for line in out.splitlines() for word in line.split()} - known
        new = {word for word in new if not re.fullmatch(r"─+|[.…]+|\d+", word)} - OURS
        assert {word for word in new if word.rstrip(",") not in known} <= pieces(known, name)


def pieces(known, name):
    """Return the parts of words that are shown: of names that have no room beside another one."""
    marked = (re.split(r"(?<=[_/.:-])", word) for word in known if name in BESIDE_OTHERS)
    return {
        "".join(parts[a:b])
        for parts in marked
        for a in range(len(parts))
        for b in range(a + 1, len(parts) + 1)
    }


@pytest.mark.parametrize("name", LINES)
def test_no_key_has_a_blank_and_the_table_is_there_for_papers(
    name, folder, shared_cache, monkeypatch, capsys
):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LATENT_CACHE_DIR", str(shared_cache))
    found = {}
    for form in ("json", "latex", "markdown", "csv"):
        code, found[form], err = shown(
            f"{LINES[name]} -q -f {form}", monkeypatch, capsys, terminal=False
        )
        assert code == 0, err
    answer = json.loads(found["json"])
    keys = {*answer["settings"], *answer.get("summary", {})}
    keys |= {key for record in answer["results"] for key in record}
    assert [key for key in keys if " " in key] == []
    assert " " not in found["csv"].splitlines()[0]
    assert "\\toprule" in found["latex"]
    assert " |" in found["markdown"]
