"""The sample models: the table of docs/metrics.md is what they score, and the trade-off that it tells of."""

import re
from pathlib import Path

import numpy as np
import pytest

import latentcli
from latentcli.files import samples

BETAS = (1, 4, 16)
PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


def table():
    """The rows of the table by beta: its numbers, without the column of DCI."""
    text = PAGE.read_text("utf-8")
    rows = re.findall(r"^\| beta (\d+) \| (.*) \|$", text, re.MULTILINE)
    cells = {int(beta): row.split(" | ") for beta, row in rows}
    return {
        beta: [[float(n) for n in re.findall(r"[\d.]+", cell)] for cell in row]
        for beta, row in cells.items()
    }


@pytest.mark.parametrize("beta", BETAS)
def test_the_table_is_what_the_samples_score(beta):
    mig, sap, _, explicitness, error = table()[beta]
    for name, cell in (("mig", mig), ("sap", sap), ("explicitness", explicitness)):
        found = getattr(latentcli, name)(f"shapes-beta{beta}", "shapes.csv").summary
        expected = [found[key] for key in (name, f"{name}_low", f"{name}_high")]
        assert cell == pytest.approx(expected, abs=0.00051), name
    column = BETAS.index(beta)
    errors = np.loadtxt(samples.find("shapes-errors.csv"), delimiter=",", skiprows=1)[:, column]
    margin = 1.96 * errors.std(ddof=1) / np.sqrt(len(errors))
    assert error == pytest.approx([errors.mean(), margin], abs=0.051)


def test_mig_and_the_error_rise_with_beta_beyond_their_intervals():
    rows = table()
    for low, high in ((1, 4), (4, 16)):
        assert rows[low][0][0] < rows[high][0][0]
        assert sum(rows[low][4]) < rows[high][4][0] - rows[high][4][1]
    assert rows[1][0][2] < rows[16][0][1]  # the intervals of the first and the last are apart
