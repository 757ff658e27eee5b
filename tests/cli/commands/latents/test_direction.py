import json

import numpy as np
import pytest


@pytest.fixture
def labeled(put, tmp_path):
    """Codes and a table of labels, a row each."""

    def save(codes, table):
        (tmp_path / "labels.csv").write_text(table)
        return (
            put("codes.npy", np.array(codes, dtype=float)),
            "--labels",
            tmp_path / "labels.csv",
        )

    return save


@pytest.fixture
def worked(labeled):
    """White's balance by hand: (male, smile), how many, their mean."""
    cells = [((1, 1), 1, 3.0), ((1, 0), 3, 2.0), ((0, 1), 3, 1.0), ((0, 0), 1, 0.0)]
    rows = [(labels, mean) for labels, count, mean in cells for _ in range(count)]
    table = "male,smile\n" + "".join(f"{male},{smile}\n" for (male, smile), _ in rows)
    return labeled([[mean] for _, mean in rows], table)


def test_the_balanced_direction_is_one_where_the_naive_one_is_zero(latent, results, worked):
    (found,) = results("direction", *worked, "--attribute", "smile")
    assert (found["attribute"], found["length"]) == ("smile", pytest.approx(1))
    assert found["separation"] == pytest.approx(1 / 1.5**0.5)
    code, _, err = latent("direction", *worked, "--attribute", "smile", "--no-balance", "-q")
    assert (code, err) == (
        1,
        "latent: error: the two sides do not differ: there is no direction\n",
    )


def test_the_other_attribute(results, worked):
    assert results("direction", *worked, "--attribute", "male")[0]["length"] == pytest.approx(2)
    (naive,) = results("direction", *worked, "--attribute", "male", "--no-balance")
    assert naive["length"] == pytest.approx(1.5)


def test_two_files_by_hand(answer, put, tmp_path):
    positive, negative = (
        put("p.npy", np.array([[3.0, 4], [3, 6]])),
        put("n.npy", np.zeros((1, 2))),
    )
    out = tmp_path / "dir.npy"
    whole = answer("direction", positive, negative, "-o", out)
    vector = np.load(out)
    assert vector == pytest.approx(np.array([3.0, 5]))
    assert whole["results"][0]["length"] == pytest.approx(34**0.5)
    assert whole["results"][0]["held_out_auc"] is None
    (note,) = whole["notes"]
    assert note.startswith(
        "too few codes to hold some out: ten of each side are needed; chance"
    )
    assert whole["summary"]["intercept"] == pytest.approx(-(34**0.5) / 2)


@pytest.mark.parametrize("ending", [".npy", ".npz", ".safetensors", ".json"])
def test_the_intercept_travels_with_the_file(answer, results, put, tmp_path, ending):
    positive, negative = put("p.npy", np.array([[5.0, 1]])), put("n.npy", np.array([[1.0, 1]]))
    out = tmp_path / f"dir{ending}"
    answer("direction", positive, negative, "--space", "w", "-o", out)
    scores = [
        row["score"]
        for row in results("project", put("x.npy", np.array([[5.0, 0], [3, 7], [1, 1]])), out)
    ]
    assert scores == pytest.approx([2, 0, -2])
    (there,) = results("edit", positive, out, "--to", "0")
    assert there["z"] == pytest.approx([3, 1])


def test_a_direction_of_layers_is_used_as_it_was_found(answer, results, put, tmp_path):
    rng = np.random.default_rng(0)
    positive, negative = rng.normal(size=(2, 50, 3, 4))
    positive[:, 1, 2] += 5
    files = put("p.npy", positive), put("n.npy", negative)
    out = tmp_path / "dir.npy"
    whole = answer("direction", *files, "--axes", "NLD", "-o", out)
    vector = np.load(out)
    assert vector.shape == (3, 4)
    length = whole["results"][0]["length"]
    assert np.linalg.norm(vector) == pytest.approx(length)
    by_hand = (positive * vector / length).sum(axis=(1, 2)) + whole["summary"]["intercept"]
    scores = [row["score"] for row in results("project", files[0], out, "--axes", "NLD")]
    assert np.allclose(scores, by_hand / 3**0.5, atol=1e-5)
    assert answer("project", files[0], out, "--axes", "NLD")["summary"][
        "direction_scale"
    ] == pytest.approx(whole["summary"]["scale"] / 3**0.5, abs=1e-5)


def test_joint_orthogonalization(answer, put, tmp_path):
    files = put("p.npy", np.array([[1.0, 2, 3]])), put("n.npy", np.zeros((1, 3)))
    c1, c2 = put("c1.npy", np.array([1.0, 0, 0])), put("c2.npy", np.array([[1.0, 1, 0]]))
    out = tmp_path / "dir.npy"
    whole = answer("direction", *files, "--orthogonal-to", c1, "--orthogonal-to", c2, "-o", out)
    assert np.load(out) == pytest.approx(np.array([0, 0, 3]), abs=1e-12)
    assert whole["summary"]["cosine_kept"] == pytest.approx(3 / 14**0.5)
    assert whole["results"][0]["length"] == pytest.approx(3)
    meta = json.loads((tmp_path / "dir.npy.json").read_text())
    assert [given["address"] for given in meta["inputs"]] == [str(f) for f in (*files, c1, c2)]


def test_an_orthogonal_direction_is_still_held_out(answer, put):
    rng = np.random.default_rng(0)
    positive, negative = rng.normal(size=(2, 60, 4))
    positive[:, :2] += 3
    files = put("p.npy", positive), put("n.npy", negative)
    whole = answer("direction", *files, "--orthogonal-to", put("c.npy", np.eye(4)[0]))
    assert whole["results"][0]["held_out_auc"] > 0.9
    assert whole["notes"] == []


@pytest.mark.parametrize("method", ["mean", "logistic", "svm", "ridge"])
def test_methods(answer, samples, method):
    whole = answer(
        "direction", samples / "codes.npy", "--labels", samples / "factors.csv",
        "--attribute", "shape", "--positive", "circle", "--method", method,
    )  # fmt: skip
    assert whole["settings"]["method"] == method
    assert whole["results"][0]["separation"] > 1
    assert whole["results"][0]["held_out_auc"] is None


CODES = [[1.0], [2], [3], [4]]


@pytest.mark.parametrize(
    ("table", "options", "code", "message"),
    [
        ("a\n1\n0\n1\n0\n", ["--attribute", "b"], 1, "no column 'b'; there are a"),
        ("a\n1\n0\n1\n", ["--attribute", "a"], 1, "3 labels for 4 codes"),
        (
            "a\nx\ny\nz\nx\n",
            ["--attribute", "a"],
            2,
            "has the values x, y, z; say which has it",
        ),
        ("a\nx\ny\nz\nx\n", ["--attribute", "a", "--positive", "q"], 1, "no row of 'a' is 'q'"),
        ("a,b\n1,1\n,1\n0,1\n1,1\n", ["--attribute", "a"], 1, "'a' has no value in row 1;"),
        (
            "a,b\nx,1\n,1\n,1\ny,1\n",
            ["--attribute", "a", "--positive", "x"],
            1,
            "row 1 and 1 more",
        ),
        (
            "a\n1\n1\n1\n1\n",
            ["--attribute", "a"],
            1,
            "all 4 codes have 'a' = 1: there is no other",
        ),
        (
            "a,b\n1,1\n1,1\n0,0\n0,0\n",
            ["--attribute", "a"],
            1,
            "cannot balance; without --balance",
        ),
        ("a,b\n1,1\n0,1\n1,2\n0,2\n", [], 2, "--attribute NAME"),
        ("a\n1\n0\n1\n0\n", ["--attribute", "a", "--method", "lda"], 2, "unknown method 'lda'"),
    ],
)
def test_labels_that_do_not_serve(latent, labeled, table, options, code, message):
    found, out, err = latent("direction", *labeled(CODES, table), *options, "-q")
    assert (found, out, err.count("\n")) == (code, "", 1)
    assert message in err


@pytest.mark.parametrize("dtype", ["f8", "f4", "i1"])
def test_an_array_given_as_labels(latent, put, dtype):
    rng = np.random.default_rng(0)
    path = put("X.npy", (rng.normal(size=(400, 50)) * 100).astype(dtype))
    code, out, err = latent("direction", path, "--labels", path, "--attribute", "y", "-q")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "shape (400, 50) is not one number for each row" in err


def test_labels_with_gaps_are_not_balanced_over(answer, labeled):
    table = "a,b,c\n1,x,1\n0,,1\n1,x,2\n0,,2\n"
    whole = answer("direction", *labeled(CODES, table), "--attribute", "a")
    assert whole["settings"]["balanced_over"] == "c"


def test_one_file_without_labels(latent, put):
    code, _, err = latent("direction", put("p.npy", np.ones((2, 3))))
    assert (code, "name two files, POS and NEG" in err) == (2, True)


def test_sides_of_different_shapes(latent, put):
    files = put("p.npy", np.ones((2, 18, 4))), put("n.npy", np.ones((2, 14, 4)))
    code, _, err = latent("direction", *files, "--axes", "NLD")
    assert (code, err.count("\n")) == (1, 1)
    assert "codes of shape (18, 4) and (14, 4)" in err


# What goes along with what.


BOUNDARIES = "latents/interfacegan/stylegan_ffhq_{}_w_boundary.npy"
NAMES = ["age", "eyeglasses", "gender", "pose", "smile"]


def test_cosines_of_the_real_boundaries(answer, data):
    files = [data / BOUNDARIES.format(name) for name in NAMES]
    whole = answer("directions", "cosine", *files)
    found = {
        tuple(row[side].split("_")[2] for side in "ab"): row["cosine"]
        for row in whole["results"]
    }
    assert len(found) == 10
    assert found["age", "eyeglasses"] == pytest.approx(0.101, abs=5e-4)
    assert found["eyeglasses", "gender"] == pytest.approx(0.003, abs=5e-4)
    assert found["age", "gender"] == pytest.approx(0.071, abs=5e-4)
    assert whole["summary"]["random_sd"] == pytest.approx(0.044, abs=5e-4)


def test_the_matrix_is_for_people(latent, data):
    _, out, _ = latent("directions", "cosine", *(data / BOUNDARIES.format(n) for n in NAMES))
    lines = [line.split() for line in out.splitlines()]
    assert NAMES in lines
    assert lines[lines.index(NAMES) + 2] == [
        "age",
        "1.0000",
        "0.1008",
        "0.0706",
        "0.0244",
        "0.0329",
    ]


def test_directions_of_different_shapes(latent, put):
    code, _, err = latent(
        "directions", "cosine", put("a.npy", np.ones(3)), put("b.npy", np.ones(4))
    )
    assert (code, err) == (
        1, "latent: error: the directions have different shapes: [(3,), (4,)]\n"
    )  # fmt: skip


def test_one_direction_has_no_cosine(latent, put):
    assert latent("directions", "cosine", put("a.npy", np.ones(3)))[0] == 2


def test_numbers_of_a_table_by_correlation_are_scores(latent, tmp_path):
    rng = np.random.default_rng(0)
    ages = rng.normal(size=60)
    np.save(tmp_path / "z.npy", ages[:, None] + rng.normal(size=(60, 4)))
    (tmp_path / "a.csv").write_text("age\n" + "\n".join(map(str, ages)), "utf-8")
    for labels in ("a.csv::age", "a.csv"):
        line = ["--labels", tmp_path / labels, "--method", "correlation"]
        code, out, err = latent("direction", tmp_path / "z.npy", *line)
        assert code == 0, err
        assert "by correlation" in out
