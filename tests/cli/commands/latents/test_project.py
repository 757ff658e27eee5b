import numpy as np
import pytest


def test_scores_and_percentiles_by_hand(answer, put):
    codes = put("x.npy", np.array([[3.0, 9], [1, 9], [2, 9], [2, 0]]))
    whole = answer("project", codes, put("n.npy", np.array([5.0, 0])))
    assert [(row["row"], row["score"], row["percentile"]) for row in whole["results"]] == [
        (0, 3, 100), (1, 1, 25), (2, 2, 75), (3, 2, 75),
    ]  # fmt: skip
    assert whole["summary"]["mean"] == 2
    assert whole["summary"]["sd"] == pytest.approx((2 / 3) ** 0.5, abs=1e-6)


def test_layers_are_averaged(results, put):
    codes = np.arange(72.0).reshape(2, 3, 12)
    files = put("x.npy", codes), put("n.npy", np.eye(12)[1])
    assert [row["score"] for row in results("project", *files)] == [13, 49]
    assert [row["score"] for row in results("project", *files, "--layers", "0,1")] == [7, 43]


def test_edit_to_and_project_agree(results, put, tmp_path):
    rng = np.random.default_rng(0)
    files = put("x.npy", rng.normal(size=(6, 8))), put("n.npy", rng.normal(size=8))
    moved = tmp_path / "moved.npy"
    results("edit", *files, "--to", "1.5", "-o", moved)
    assert [row["score"] for row in results("project", moved, files[1])] == pytest.approx(
        [1.5] * 6
    )


def test_a_direction_of_other_dimensions(latent, put):
    code, out, err = latent(
        "project", put("x.npy", np.ones((2, 3))), put("n.npy", np.ones(4)), "-q"
    )
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "does not fit" in err


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "bits", [0x7FF0000000000001, 0x7FF8000000000000, 0x7FF0000000000000, 0x7FE0000000000000]
)
def test_a_direction_without_a_length_is_one_line(latent, put, bits):
    """NaN that signals, and that does not, infinity, and a number whose square overflows."""
    line = np.array([0, 0, bits], np.uint64).view(np.float64)
    code, out, err = latent("project", put("x.npy", np.eye(3)), put("n.npy", line))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "holds NaN, infinity or numbers whose squares overflow" in err
