import io
import json
import re
import sys

import numpy as np
import pytest
from sklearn.datasets import make_swiss_roll

from latentcli.cli.app import main
from latentcli.geometry import MEASURES, SECTIONS

KEYS = [
    "section", "measure", "variant", "value", "low", "high", "white_noise", "null", "p_value",
    "reading", "note",
]  # fmt: skip
RNG = np.random.default_rng(0)


@pytest.fixture
def measured(answer):
    """Measure in silence; return each measure's first record by name."""

    def run(*arguments):
        found = {}
        for record in answer("geometry", *arguments)["results"]:
            found.setdefault(record["measure"], record)
        return found

    return run


def test_the_records_and_what_is_said_of_the_whole(answer, codes):
    whole = answer("geometry", codes)
    for record in whole["results"]:
        assert [key for key in record if key != "reading_code"] == KEYS
    assert {record["section"] for record in whole["results"]} == {
        "clusters", "manifold", "isotropy", "hubness", "uniformity",
    }  # fmt: skip
    assert whole["summary"] == {
        "rows": 12, "dimensions": 2, "rows_of_pairs": 12, "rows_of_neighbors": 12, "noise_rows": 12,
    }  # fmt: skip
    assert whole["settings"]["unit"] is False
    assert whole["settings"]["seed"] == 0


def test_everything_at_once(answer, put):
    rows = RNG.standard_normal((60, 5))
    whole = answer(
        "geometry", put("x.npy", rows), "--labels", put("y.npy", np.arange(60) % 3),
        "--outputs", put("out.npy", np.tanh(rows).reshape(60, 5, 1)),
        "--relations", put("pairs.txt", "0 1\n2 3\n4 5\n"),
    )  # fmt: skip
    found = {record["measure"]: record["section"] for record in whole["results"]}
    assert found == MEASURES
    assert list(dict.fromkeys(found.values())) == list(SECTIONS)


def test_white_noise_reads_as_white_noise(measured, put):
    found = measured(put("x.npy", RNG.standard_normal((1000, 20))))
    assert found["mean_cosine"]["reading"] == "no common direction"
    assert found["k_skewness"]["reading"] == "no more hubs than white noise"
    assert found["two_nn"]["value"] == pytest.approx(found["two_nn"]["white_noise"], rel=0.1)
    assert found["silhouette"]["reading"] == "no clearer groups than one Gaussian has"
    assert found["uniformity"]["reading"] == "covers the sphere evenly"


def test_a_swiss_roll_in_ten_dimensions_reads_as_two(measured, put):
    turn = np.linalg.qr(RNG.standard_normal((10, 10)))[0][:3]
    rows = make_swiss_roll(2000, random_state=0)[0] @ turn
    found = measured(put("x.npy", rows), "--only", "two_nn,mle")
    assert list(found) == ["two_nn", "mle"]
    assert found["two_nn"]["value"] == pytest.approx(2, abs=0.15)
    assert found["mle"]["value"] == pytest.approx(2, abs=0.15)


def test_one_hot_rows_read_as_equidistant(measured, put):
    found = measured(put("x.npy", np.eye(80, dtype=np.uint8)))
    assert found["distance_spread"]["value"] == pytest.approx(0, abs=1e-12)
    assert found["distance_spread"]["reading"] == "equidistant: all rows are equally far"
    assert found["two_nn"]["value"] is None
    assert "hub" not in found


@pytest.mark.slow
def test_glove_reads_as_anisotropic_with_its_hubs_named(
    answer, data, shared_cache, monkeypatch
):
    monkeypatch.setenv("LATENT_CACHE_DIR", str(shared_cache))
    whole = answer(
        "geometry", data / "vectors" / "glove.6B.50d.txt.gz",
        "--only", "isotropy,hubness", "--sample", "500",
    )  # fmt: skip
    found = {(r["measure"], r["variant"]): r for r in whole["results"]}
    assert whole["summary"]["rows"] == 400_000
    assert found["mean_cosine", "all pairs"]["reading"] == "anisotropic: a common direction"
    assert abs(found["all_but_the_top", "without mean, top 1"]["value"]) < 0.01
    hubs = [name for name, _ in found if name == "hub"]
    assert len(hubs) == 5


def test_layers_are_measured_flat_and_it_is_said(latent, data):
    code, out, err = latent("geometry", data / "latents" / "styleclip_w_plus.npy", "--json",
                            "--only", "manifold")  # fmt: skip
    assert code == 0
    whole = json.loads(out)
    assert (whole["summary"]["rows"], whole["summary"]["dimensions"]) == (68, 9216)
    assert "68 x 18 x 512 is measured as 68 rows of 9,216" in err
    assert "67 of 9,216 dimensions at most" in err
    one = next(r for r in whole["results"] if r["measure"] == "two_nn")
    assert "1 of 68 rows left out" in one["note"]  # one face is there twice


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_report_is_one_page_of_a_narrow_terminal(monkeypatch, put):
    rows = RNG.standard_normal((60, 8))
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "80")
    labels = put("y.txt", "a\nb\nc\n" * 20)
    assert main(["geometry", str(put("x.npy", rows)), "--labels", str(labels), "-q"]) == 0
    lines = sys.stdout.getvalue().splitlines()
    assert len(lines) < 80
    assert max(len(re.sub(r"\x1b\[\d*m", "", line)) for line in lines[1:]) <= 80
    assert any("participation ratio" in line for line in lines)


def test_the_table_names_the_hubs(latent, words):
    code, out, _ = latent("geometry", words, "--neighbors", "1")
    assert code == 0
    hubs = out.partition("hubs of 6 rows\n")[2].partition("\n\n")[0]
    assert "king" in hubs or "queen" in hubs


def test_fewer_neighbours_than_were_asked_for_are_said(latent, codes):
    assert "--neighbors is 5, not 10: less than half of 12 rows" in latent("geometry", codes)[2]
    assert "--neighbors is" not in latent("geometry", codes, "--neighbors", "5")[2]
    assert "--neighbors is" not in latent("geometry", codes, "--only", "isotropy")[2]


def test_outputs_may_be_pictures_or_one_number_each(answer, put):
    rows = RNG.standard_normal((60, 5))
    x = put("x.npy", rows)
    flat = put("flat.npy", np.tanh(rows @ RNG.standard_normal((5, 12))))
    pictures = put("pictures.npy", np.load(flat).reshape(60, 3, 2, 2))
    found = [
        answer("geometry", x, "--only", "smoothness", "--outputs", one)["results"]
        for one in (flat, pictures)
    ]
    assert found[0] == found[1]
    one = put("one.npy", rows[:, 0])
    assert answer("geometry", x, "--only", "continuity", "--outputs", one)["results"]


@pytest.mark.parametrize(
    "labels",
    [
        "factors.csv::shape",
        "lines.txt",
        "numbers.npy",
        "one.csv",
        "several.npz::y",
        "text.npz::y",
    ],
)
def test_labels_come_in_many_ways(measured, samples, put, codes, tmp_path, labels):
    shapes = (samples / "factors.csv").read_text().splitlines()[1:]
    shapes = [line.split(",")[0] for line in shapes]
    numbers = np.unique(shapes, return_inverse=True)[1]
    put("lines.txt", "\n".join(shapes))
    put("one.csv", "shape\n" + "\n".join(shapes) + "\n")
    put("numbers.npy", numbers)
    np.savez(tmp_path / "several.npz", y=numbers, x=np.zeros(3))
    np.savez(tmp_path / "text.npz", y=np.array(shapes))
    given = labels if labels.startswith("factors") else tmp_path / labels
    found = measured(codes, "--labels", given, "--only", "clusters")
    assert found["davies_bouldin"]["value"] == pytest.approx(2)
    assert found["silhouette"]["variant"] == "3 labels, euclidean"


def test_rows_that_cannot_be_measured_are_left_out_with_what_is_beside_them(latent, put):
    rows = RNG.standard_normal((50, 3))
    rows[7, 1], rows[9, 0] = np.nan, np.inf
    labels = np.arange(50) % 2
    wrong = labels.copy()
    wrong[[7, 9]] = 1 - wrong[[7, 9]]
    x = put("x.npy", rows)
    said = []
    for name, given in (("a.npy", labels), ("b.npy", wrong)):
        code, out, err = latent(
            "geometry", x, "--labels", put(name, given), "--only", "clusters", "--json"
        )
        assert code == 0
        assert "2 of 50 rows left out: NaN" in err
        said.append(json.loads(out)["results"])
    assert said[0] == said[1]


def test_relations_of_words(latent, measured, words, put):
    pairs = put(
        "royal.txt", ": gender\nking queen\nman woman\nking queen prince castle\n# no\n"
    )
    found = measured(words, "--relations", pairs, "--only", "linear")
    one = found["offset_cosine"]
    assert one["variant"] == "gender, 3 pairs, unit rows"
    some = put("some.txt", "king\tqueen\nman\twoman\nKing\tcat\n")
    code, _, err = latent("geometry", words, "--relations", some, "--only", "linear")
    assert code == 0
    assert "2 words are not there: King, cat" in err
    code, _, err = latent(
        "geometry", words, "--relations", some, "--only", "linear", "--ignore-case"
    )
    assert "1 word is not there: cat\n" in err


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--only", "hubnes"], 2, "unknown section or measure 'hubnes'. Did you mean hubness?"),
        (["--only", ","], 2, "names no section"),
        (["--only", "smoothness"], 2, "smoothness is measured with --outputs"),
        (["--only", "offset_cosine"], 2, "linear is measured with --relations"),
        (["--only", "alignment"], 2, "alignment is measured with --labels"),
        (["--ci", "1"], 2, "--ci is 1"),
        (["--ci", "nan"], 2, "--ci is nan"),
        (["--neighbors", "0"], 2, "--neighbors"),
        (["--sample", "3"], 2, "--sample is 3; it must be a whole number from 10"),
        (["--labels", "factors.csv"], 1, "several columns; name one, FILE::COLUMN: it has shape, colour"),
        (["--labels", "factors.csv::size"], 1, "no column 'size'"),
        (["--labels", "z1.npy"], 1, "3 labels for 12 rows"),
        (["--labels", "codes.npy"], 1, "not one label for each row"),
        (["--outputs", "z1.npy"], 1, "3 outputs for 12 rows"),
        (["--seed", "-1"], 2, "--seed"),
        (["--seed", "4294967296"], 2, "--seed is 4294967296; it must be a whole number from 0"),
        (["--relations", "factors.csv"], 1, "none of its pairs is in"),
        (["--relations", "nowhere.txt"], 1, "nowhere.txt"),
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_one_line(latent, codes, options, code, message):
    options = [f"{codes.parent / one}" if one == "factors.csv" and options[0] == "--relations" else one for one in options]  # fmt: skip
    found, out, err = latent("geometry", codes, *options, "-q")
    assert (found, out) == (code, "")
    assert err.count("\n") == 1 or "Usage:" in err
    assert message in err


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (np.ones((1, 4)), "has 1 row without NaN and infinity; geometry takes 3 or more"),
        (np.ones(4), "has 1 row without NaN and infinity; geometry takes 3 or more"),
        (
            np.full((9, 4), np.nan),
            "has 0 rows without NaN and infinity; geometry takes 3 or more",
        ),
        (np.ones((9, 4)), "all 9 rows are the same"),
        (np.array([["a", "b"]]), "x.npy"),
    ],
)
def test_codes_without_a_geometry(latent, put, rows, message):
    code, out, err = latent("geometry", put("x.npy", rows), "-q")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert message in err


def test_pairs_that_are_not_there_or_not_at_all(latent, words, put):
    for text, message in (("a b\n", "none of its pairs"), ("# none\n", "no pairs of words")):
        code, out, err = latent("geometry", words, "--relations", put("p.txt", text), "-q")
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert message in err


def test_constant_dimensions_and_zeros_are_told(latent, put):
    rows = RNG.standard_normal((30, 3))
    rows[:, 1] = 4
    code, _, err = latent("geometry", put("x.npy", rows), "--only", "isotropy")
    assert code == 0
    assert "1 of 3 dimensions are the same in all rows" in err
    rows[:, 1] = 0
    rows[3] = 0
    code, _, err = latent("geometry", put("x.npy", rows), "--only", "isotropy,mle")
    assert "1 row is zero and has no direction: left out of mean cosine, uniformity" in err
    assert "left out: " not in err
    code, _, err = latent("geometry", put("x.npy", rows), "--unit", "--only", "hubness")
    assert code == 0
    assert "1 of 30 rows left out: zero" in err


def test_units_are_the_default_for_words_only(answer, words, codes):
    assert answer("geometry", words, "--only", "mean_cosine")["settings"]["unit"] is True
    found = answer("geometry", words, "--no-unit", "--only", "mle")
    assert found["results"][0]["variant"].endswith("euclidean")


def test_a_larger_space_is_sampled_and_the_sample_said(measured, answer, put):
    x = put("x.npy", RNG.standard_normal((300, 4)))
    whole = answer("geometry", x, "--sample", "20", "--seed", "5")
    assert whole["summary"]["rows_of_pairs"] == 20
    assert whole["summary"]["rows_of_neighbors"] == 40
    assert whole == answer("geometry", x, "--sample", "20", "--seed", "5")
    notes = [record["note"] for record in whole["results"]]
    assert "estimated from the neighbors of 40 rows" in notes


def test_a_slice_and_a_hostile_name(answer, put, latent, tmp_path):
    x = put("x.npy", RNG.standard_normal((30, 2, 4)))
    assert (
        answer("geometry", f"{x}[:,0]", "--only", "pca_components")["summary"]["dimensions"]
        == 4
    )
    names = "\n".join(
        f"w{i}\x1b[31m[/b] {a} {b}" for i, (a, b) in enumerate(RNG.random((20, 2)))
    )
    path = tmp_path / "words.txt"
    path.write_text(names + "\n")
    code, out, _ = latent("geometry", path, "--only", "hubness", "--neighbors", "2")
    assert code == 0
    assert "\x1b" not in out
    assert "\\x1b[31m[/b]" in out


@pytest.mark.parametrize(
    ("name", "repeated", "expected"),
    [("twonn_dup", 200, (5.84, 5.79)), ("twonn_all4", 150, None), ("twonn_near60", 60, None)],
)
def test_copies_are_left_out_of_the_local_dimension(
    answer, put, data, name, repeated, expected
):
    """Also copies that rounding has moved: the rest is measured as if they had never been there."""
    rows = np.load(data.parent / "cases" / "reports" / f"{name}.npy")
    distinct = {
        "twonn_dup": rows[200:], "twonn_all4": np.unique(rows, axis=0), "twonn_near60": rows,
    }[name]  # fmt: skip
    found = answer("geometry", put("x.npy", rows), "--only", "two_nn")["results"]
    for one in found:
        assert one["note"] == f"{repeated} of {len(rows)} rows left out: copies of another"
    values = [one["value"] for one in found]
    if expected:
        assert values == pytest.approx(expected, abs=0.005)
    if name == "twonn_near60":
        assert values == pytest.approx([5.6, 5.6], abs=0.3)
    else:
        plain = answer("geometry", put("y.npy", distinct), "--only", "two_nn")["results"]
        assert values == pytest.approx([one["value"] for one in plain], abs=1e-5)


def test_classes_that_are_nearer_in_a_narrow_space_read_so(measured, put):
    """A ratio of 0.91 to all pairs, and a purity of 0.56: nearer, whatever the ratio."""
    rng = np.random.default_rng(0)
    labels = np.arange(300) % 4
    rows = rng.standard_normal((300, 30)) + 1.1 * np.eye(30)[labels] * 2
    found = measured(put("x.npy", rows), "--labels", put("y.npy", labels))
    assert found["alignment"]["value"] / found["alignment"]["null"] > 0.85
    assert found["alignment"]["reading"] == "rows of one label are nearer than others"
    assert found["knn_purity"]["reading"].startswith("neighbors share labels")
