"""Latents that are vectors: importances of blocks, and what dimensions alone would say."""

import json

import numpy as np
import pytest

import latentcli
from latentcli.errors import ParameterError

RNG = np.random.default_rng(0)
FACTORS = RNG.normal(size=(600, 2))
WEIGHTS = [RNG.uniform(0.5, 1, (1, 3)) for _ in range(2)]
CODES = np.hstack([
    FACTORS[:, [k]] @ WEIGHTS[k] + 0.5 * RNG.normal(size=(600, 3)) for k in range(2)
])  # fmt: skip
BLOCKS = [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize("estimator", ["lasso", "forest"])
def test_a_factor_spread_over_its_block_is_complete(estimator):
    alone = latentcli.dci(CODES, FACTORS, estimator=estimator, ci=None).summary
    blocks = latentcli.dci(CODES, FACTORS, estimator=estimator, ci=None, blocks=BLOCKS)
    assert alone["completeness"] < 0.6
    assert blocks.summary["completeness"] > alone["completeness"] + 0.2
    assert [row["dimension"] for row in blocks.dimensions] == ["z0-z2", "z3-z5"]
    assert blocks.matrix.shape == (2, 2)


def test_importances_of_blocks_are_sums():
    alone = latentcli.dci(CODES, FACTORS, estimator="lasso", ci=None).matrix
    found = latentcli.dci(
        CODES, FACTORS, estimator="lasso", ci=None, blocks=[[5, 0], [1, 2]]
    ).matrix
    np.testing.assert_allclose(
        found, [alone[5] + alone[0], alone[1] + alone[2], alone[3], alone[4]]
    )


def test_blocks_of_one_are_dimensions():
    plain = latentcli.dci(CODES, FACTORS, estimator="lasso")
    same = latentcli.dci(CODES, FACTORS, estimator="lasso", blocks=[[j] for j in range(6)])
    assert same.summary == plain.summary


@pytest.mark.parametrize("blocks", [[[0, 6]], [[-1]], [[0, 1], [1, 2]], [[]]])
def test_what_is_no_block_is_refused(blocks):
    with pytest.raises(ParameterError, match="`blocks` is"):
        latentcli.dci(CODES, FACTORS, estimator="lasso", blocks=blocks)


def test_the_command(latent, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("z.npy", CODES)
    np.save("v.npy", FACTORS)
    line = ("dci", "z.npy", "v.npy", "--estimator", "lasso", "--ci", "0", "--blocks")
    code, out, err = latent(*line, "0-2,3-5", "--json", "-q")
    assert code == 0, err
    shown = json.loads(out)
    assert shown["settings"]["blocks"] == "z0-z2, z3-z5"
    assert latent(*line, "0-2,3-5")[0] == 0
    for text, said in (
        ("0-9", "dimensions from 0 to 5"),
        ("x", "is not a list of dimensions"),
        ("2-0", "ends before"),
    ):
        code, out, err = latent(*line, text)
        assert (code, out) == (2, ""), err
        assert said in err
        assert err.count("\n") == 1
