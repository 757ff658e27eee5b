import csv
import json
import re

import numpy as np
import pyarrow.parquet as pq
import pytest


@pytest.fixture
def vectors(tmp_path):
    path = tmp_path / "vectors.txt"
    rows = np.random.default_rng(0).standard_normal((40, 5))
    path.write_text("".join(f"w{n} {' '.join(map(str, row))}\n" for n, row in enumerate(rows)))
    return path


def test_json_has_the_coordinates_and_the_quality(answer, vectors):
    whole = answer("map", vectors)
    assert (len(whole["results"]), whole["command"]) == (40, "map")
    assert set(whole["results"][0]) == {"row", "word", "x", "y"}
    assert 0 < whole["summary"]["trustworthiness"] <= 1
    assert whole["settings"]["unit"] is True


@pytest.mark.parametrize("ending", ["html", "png", "svg", "pdf", "csv", "tsv", "parquet"])
def test_every_file(latent, vectors, tmp_path, ending):
    out = tmp_path / f"map.{ending}"
    code, _, err = latent("map", vectors, "-o", out, "--arrows", "w0:w1", "-k", "3")
    assert code == 0
    assert f"wrote {out}: 40 points" in err
    start = {"html": b"<!doctype", "png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    assert out.read_bytes().startswith(start.get(ending, b""))
    if ending == "parquet":
        assert pq.read_table(out).column_names == ["row", "word", "x", "y", "neighbors"]
    if ending == "csv":
        assert len(list(csv.DictReader(out.read_text().splitlines()))) == 40


def test_parquet_has_the_neighbors_as_embedding_atlas_takes_them(latent, vectors, tmp_path):
    out = tmp_path / "map.parquet"
    code, _, err = latent("map", vectors, "-o", out, "-k", "3")
    assert code == 0, err
    found = pq.read_table(out).to_pylist()
    near = latent("neighbors", found[7]["word"], "-v", vectors, "-k", "3", "--json", "-q")[1]
    expected = json.loads(near)["results"]
    nearest = found[7]["neighbors"]
    assert [found[row]["word"] for row in nearest["ids"]] == [hit["word"] for hit in expected]
    similarities = [1 - hit["score"] for hit in expected]
    assert nearest["distances"] == pytest.approx(similarities, abs=1e-6)


def test_the_projector_reads_numbers_and_names_line_by_line(latent, tmp_path):
    words = ["a", "\u202eb", "</script>", "&amp;", "😀", "0.5", "x" * 10_000]
    rows = np.random.default_rng(2).standard_normal((len(words), 3)).round(3)
    vectors = tmp_path / "v.txt"
    lines = [
        f"{word} {' '.join(map(str, row))}\n" for word, row in zip(words, rows, strict=True)
    ]
    vectors.write_text("".join(lines), "utf-8")
    labels = tmp_path / "labels.txt"
    labels.write_text("".join(f"class {n % 2}\n" for n in range(len(words))))
    out = tmp_path / "map.projector.tsv"
    code, _, err = latent("map", vectors, "--labels", labels, "-o", out)
    assert code == 0, err
    tensor = np.array(
        [[float(x) for x in row.split("\t")] for row in out.read_text().splitlines()]
    )
    names = (tmp_path / "map.projector.metadata.tsv").read_text("utf-8").splitlines()
    assert tensor.shape == (len(words), 2)
    assert names[0] == "word\tlabel\trow"
    assert [row.split("\t") for row in names[1:]] == [
        [word, f"class {n % 2}", str(n)] for n, word in enumerate(words)
    ]
    code, _, err = latent("map", vectors, "-o", tmp_path / "map.projector.tsv")
    assert code == 1
    assert "force" in err


@pytest.mark.parametrize(
    "ending", ["html", "png", "svg", "pdf", "csv", "parquet", "projector.tsv"]
)
def test_the_same_file_twice(latent, vectors, tmp_path, ending):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        latent("map", vectors, "--method", "tsne", "-o", tmp_path / name / f"map.{ending}")
    one, two = (sorted((tmp_path / name).iterdir()) for name in ("one", "two"))
    assert len(one) == (2 if ending == "projector.tsv" else 1)
    assert [file.read_bytes() for file in one] == [file.read_bytes() for file in two]


def test_the_terminal_is_not_left(latent, vectors, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    code, out, _ = latent("map", vectors, "-q")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 60
    assert any("\u2800" <= letter <= "\u28ff" for letter in out)
    assert "w0" in out


def test_only_what_is_near(answer, vectors, latent):
    whole = answer("map", vectors, "--of", "w3", "--sample", "5")
    near = latent("neighbors", "w3", "-v", vectors, "-k", "4", "--json", "-q")[1]
    expected = {"w3", *(hit["word"] for hit in json.loads(near)["results"])}
    assert {row["word"] for row in whole["results"]} == expected


def test_labels_and_a_path(latent, tmp_path):
    codes, labels, path = (tmp_path / name for name in ("z.npy", "l.txt", "p.npy"))
    z = np.random.default_rng(1).standard_normal((30, 4))
    np.save(codes, z)
    np.save(path, np.linspace(z[0], z[1], 7))
    labels.write_text("".join(f"{n % 3}\n" for n in range(30)))
    out = tmp_path / "m.html"
    code, _, _ = latent("map", codes, "--labels", labels, "--path", path, "-o", out)
    page = out.read_text("utf-8")
    data = json.loads(page.split('id="data">')[1].split("</script>")[0])
    assert (code, data["labels"], len(data["path"])) == (0, ["0", "1", "2"], 7)


@pytest.mark.parametrize(
    ("options", "reported"),
    [
        (("--method", "mds"), "--method is mds"),
        (("-o", "map.gif"), "ending of --output"),
        (("-o", "none/map.png"), "there is no folder"),
        (("--arrows", "w0"), "--arrows w0: A:B"),
        (("--arrows", "w0:x"), "'x' is not in"),
        (("--of", "x"), "'x' is not in"),
        (("--sample", "1"), "--sample is 1"),
    ],
)
def test_what_means_nothing_is_one_line(latent, vectors, options, reported):
    code, _, err = latent("map", vectors, *options)
    (line,) = [line for line in err.splitlines() if "error" in line]
    assert reported in line
    assert code in (1, 2)


@pytest.mark.parametrize("size", ["column", "page"])
def test_torn_points_are_paler_with_labels_too(latent, vectors, tmp_path, size):
    labels = tmp_path / "labels.txt"
    labels.write_text("".join(f"class {n % 3}\n" for n in range(40)))
    for name, more in (("plain.svg", []), ("torn.svg", ["--fade-torn"])):
        out = tmp_path / name
        code, _, err = latent(
            "map", vectors, "-o", out, "--labels", labels, "--plot-size", size, *more
        )
        assert code == 0, err
        drawn = out.read_text()
        assert ">class 2</text>" in drawn
        assert "trustworthiness" in drawn
        assert "rank correlation of distances" in drawn
        opacities = set(re.findall(r"fill-opacity: ([0-9.]+)", drawn))
        assert (len(opacities) > 3) == bool(more)


def test_numbers_that_overflow_are_told_of_the_file(latent, tmp_path):
    path = tmp_path / "huge.npy"
    np.save(path, np.full((5, 3), 1e300) * np.arange(1, 6)[:, None])
    code, _, err = latent("map", path)
    assert code == 1
    assert f"{path} holds numbers beyond" in err
    assert "--x" not in err
