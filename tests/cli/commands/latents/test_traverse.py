import numpy as np
import pytest


def test_each_dimension_takes_each_value(results, put, tmp_path):
    out = tmp_path / "t.npy"
    code = put("z.npy", np.array([1, 2, 3], np.float32))
    found = results("traverse", code, "--dims", "0,2", "--range", "-1,9", "-o", out)
    assert [row["z"] for row in found] == [[-1, 2, 3], [9, 2, 3], [1, 2, -1], [1, 2, 9]]
    assert [(row["dim"], row["value"]) for row in found] == [(0, -1), (0, 9), (2, -1), (2, 9)]
    walked = np.load(out)
    assert (walked.shape, walked.dtype) == ((2, 2, 3), np.float32)


def test_all_dimensions_from_minus_three_to_three(results, put):
    found = results("traverse", put("z.npy", np.zeros((1, 4))))
    assert [row["value"] for row in found[:7]] == [-3, -2, -1, 0, 1, 2, 3]
    assert [row["norm"] for row in found] == [3, 2, 1, 0, 1, 2, 3] * 4


@pytest.mark.parametrize(
    ("values", "options", "code", "message"),
    [(np.ones((3, 4)), [], 1, "is not one vector; name one, such as"),
     (np.ones(4), ["--dims", "4"], 2, "--dims is 4; it must be from 0 to 3"),
     (np.ones(4), ["--range", "0:1:0"], 2, "the count is from 1"),
     (np.ones(4, np.float16), ["--range", "1e6"], 1, "beyond float16")],
)  # fmt: skip
def test_what_means_nothing(latent, put, values, options, code, message):
    found, out, err = latent("traverse", put("z.npy", values), *options, "-q")
    assert (found, out, err.count("\n")) == (code, "", 1)
    assert message in err
