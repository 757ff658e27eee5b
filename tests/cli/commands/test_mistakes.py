"""Usual mistakes are recognized, in one line with what to type."""

import shlex
from pathlib import Path

import numpy as np
import pytest


def _rows(values):
    return [" ".join(f"{x:.3f}" for x in row) for row in values]


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 4, (400, 2))
    np.savetxt("factors.csv", classes, "%d", ",", header="a,b", comments="")
    np.save("codes.npy", classes + rng.normal(size=(400, 2)) / 9)
    np.save("codes_samples.npy", classes + rng.normal(size=(400, 2)) / 2)
    np.save("codes_mean.npy", classes + rng.normal(size=(400, 2)) / 9)
    np.save("noise.npy", rng.normal(size=(400, 2)))
    np.save("classes.npy", classes)
    np.save("z.npy", classes)
    np.savez("run.npz", z=np.load("codes.npy"), labels=classes)
    np.savez("parts.npz", z=np.load("codes.npy"), a=classes[:, 0], b=classes[:, 1])
    labels = "\n".join(f"{'abcd'[a]},{'abcd'[b]}" for a, b in classes)
    Path("labels.csv").write_text(f"shape,color\n{labels}\n")
    Path("spies.csv").write_text("code,name,x,y\n007,Bond,1,2\n008,Bill,2,1\n009,Ann,1,1\n")
    for folder in ("runs", "vectors"):
        Path(folder).mkdir()
    for name in "ab":
        np.save(f"runs/{name}.npy", np.load("codes.npy"))
        Path("vectors", f"{name}.txt").write_text(
            "".join(f"w{k} {k} {k % 3} 1\n" for k in range(9))
        )
    np.save("runs/other.npy", rng.normal(size=(7, 2)))
    rng.normal(size=91).tofile("vectors.bin")
    Path("vectors.txt").write_text("king 1.5 2 3\nqueen 2 1.5 3\n")
    np.save("flat.npy", rng.normal(size=(60, 5)))
    np.save("flat2.npy", rng.normal(size=(60, 5)))
    np.savez("arrays.npz", first=rng.normal(size=(60, 5)), second=rng.normal(size=(60, 5)))
    Path("names.txt").write_text("".join(f"row{k}\n" for k in range(60)))
    rows = "".join(f"id{k},{'ab'[k % 2]},{k}\n" for k in range(60))
    Path("observed.csv").write_text(f"cell,kind,genes\n{rows}")
    numbers = "".join(f"{k % 3},{k % 5},{k % 7},{'ab'[k % 2]}\n" for k in range(60))
    Path("whole.csv").write_text(f"z0,z1,z2,kind\n{numbers}")
    for name in ("en", "de"):
        words = [f"{name}{k} {row}" for k, row in enumerate(_rows(rng.normal(size=(40, 5))))]
        Path(f"{name}.txt").write_text("\n".join(words) + "\n")
    Path("pairs.csv").write_text(
        "english,german\n" + "".join(f"en{k},de{k}\n" for k in range(40))
    )
    np.save("layers.npy", rng.normal(size=(60, 3, 5)))
    np.save("w.npy", rng.normal(size=(1, 512)))


MISTAKES = {
    "swapped": (
        "mig z.npy codes.npy",
        "if the files are swapped, type: latent mig codes.npy z.npy",
    ),
    "swapped by name": ("mig classes.npy codes.npy", "latent mig codes.npy classes.npy"),
    "factors first": (
        "disentanglement factors.csv codes.npy noise.npy --only mig",
        "latent disentanglement codes.npy noise.npy factors.csv --only mig",
    ),
    "text first": ("mig labels.csv codes.npy", "latent mig codes.npy labels.csv"),
    "same": ("sap factors.csv factors.csv", "compared with itself; type CODES... FACTORS"),
    "same codes": ("mig codes.npy codes.npy", "with factors: latent mig codes.npy classes.npy"),
    "codes alone": ("mig codes.npy --bins 9", "latent mig codes.npy classes.npy --bins 9"),
    "one archive": ("mig run.npz", "latent mig run.npz::z run.npz::labels"),
    "factors in an archive": ("mig parts.npz", "latent mig parts.npz::z parts.npz"),
    "a folder": ("mig runs labels.csv", "latent mig runs/a.npy runs/b.npy labels.csv"),
    "several metrics": (
        "mig codes.npy factors.csv --columns model,mig,sap",
        "latent disentanglement codes.npy factors.csv --only mig,sap",
    ),
    "layers": ("drift flat.npy layers.npy", "latent drift flat.npy 'layers.npy[:, 0]'"),
    "several codes": ("traverse codes.npy --dims 1", "latent traverse 'codes.npy[0]' --dims 1"),
    "another column": ("neighbors 007 -v spies.csv", "--text-column code"),
    "metrics of files": ("metrics codes.npy factors.csv", "latent disentanglement codes.npy"),
    "a folder of vectors": ("evaluate similarity vectors", "latent evaluate similarity -v"),
    "vectors of GloVe": ("info vectors.bin", "latent info vectors.txt"),
    "an archive of several": (
        "geometry arrays.npz --only isotropy",
        "arrays.npz::first --only",
    ),
    "two sets as words": ("similarity flat.npy flat2.npy", "latent compare flat.npy flat2.npy"),
    "two codes as words": (
        "similarity flat.npy[0] flat.npy[1]",
        "latent directions cosine 'flat.npy[0]' 'flat.npy[1]'",
    ),
    "no words": ("distances -v vectors.txt", "latent distances king queen -v vectors.txt"),
    "a labeled row": (
        "neighbors 1 -v flat.npy --labels names.txt",
        "latent neighbors '#1' -v flat.npy --labels names.txt",
    ),
    "a table of labels": (
        "geometry flat.npy --labels observed.csv --only clusters",
        "--labels observed.csv::kind",
    ),
    "one table": ("mig whole.csv", "latent mig whole.csv whole.csv"),
    "to CSV": ("convert flat.npy out.csv", "latent convert flat.npy out.jsonl"),
    "languages": ("align en.txt de.txt pairs.csv", "latent align en.txt de.txt --dictionary"),
    "units": ("capacity 512", "latent capacity --dims 512"),
    "vectors to fill": ("capacity codes.npy", "latent capacity -v codes.npy"),
    "size of a code": ("sample-z 512", "latent sample-z --dim 512"),
    "other data": ("mig noise.npy factors.csv", "match rows with --id"),
    "samples": ("mig codes_samples.npy factors.csv", "type codes_mean.npy"),
    "w": ("mix w.npy w.npy --layers 0-7", "(layers, 512)"),
    "frames": ("interp w.npy w.npy --frames 120", "--steps 120"),
}


@pytest.mark.parametrize("mistake", sorted(MISTAKES))
def test_a_mistake_is_told_with_what_to_type(mistake, files, latent):
    typed, told = MISTAKES[mistake]
    _, _, err = latent(*typed.split())
    assert sum(told in line for line in err.splitlines()) == 1


RETYPED = [name for name, (_, told) in MISTAKES.items() if "latent " in told]


@pytest.mark.parametrize(
    "mistake",
    sorted(
        {*RETYPED, "another column", "an archive of several", "a table of labels"}
        - {"a folder of vectors"}
    ),
)
def test_the_line_to_type_works(mistake, files, latent):
    typed, told = MISTAKES[mistake]
    _, _, err = latent(*typed.split())
    line = next(line for line in err.splitlines() if told in line)
    again, printed, said = latent(*shlex.split(line.rpartition(": latent ")[2]))
    assert (again, bool(printed)) == (0, True), said
    assert told not in said


def test_swapped_files_are_refused_where_numbers_and_names_say_so(files, latent):
    code, out, err = latent("mig", "classes.npy", "codes.npy")
    assert (code, out, err.count("\n")) == (2, "", 2)
    assert latent("mig", "z.npy", "codes.npy")[0] == 0


def test_the_mistake_is_the_first_note(files, latent):
    for line in ("mig z.npy codes.npy", "mig codes.npy codes.npy"):
        _, _, err = latent(*line.split())
        assert ": latent mig codes.npy " in err.splitlines()[0]


def test_arrays_beside_codes_are_their_factors(files, results):
    rows = results("mig", "parts.npz::z", "parts.npz")
    assert [row["name"] for row in rows if row["level"] == "factor"] == ["a", "b"]


def test_one_table_has_codes_and_factors(files, results):
    rows = results("mig", "whole.csv", "whole.csv")
    assert [row["name"] for row in rows if row["level"] == "factor"] == ["kind"]
    assert [row["name"] for row in rows if row["level"] == "dimension"] == ["z0", "z1", "z2"]


def test_labels_may_be_a_column_or_an_array_of_the_file_itself(files, answer):
    whole = answer("geometry", "whole.csv", "--labels", "kind", "--only", "clusters")
    other = answer("geometry", "whole.csv", "--labels", "whole.csv::kind", "--only", "clusters")
    assert whole["results"] == other["results"]


def test_what_is_right_is_not_called_a_mistake(files, latent):
    _, _, err = latent("mig", "codes.npy", "factors.csv")
    assert not any(told in err for _, told in MISTAKES.values())
