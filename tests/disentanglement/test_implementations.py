"""The table of implementations in docs/metrics.md has the numbers of the settings that it names."""

import re
from pathlib import Path

import pytest

import latentcli
from latentcli.disentanglement import about

DOCS = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
LINE = re.compile(
    r"^\| `([\w-]+)` \| (?:default|`--compat ([\w-]+)`) \| .* \| (-?[\d.]+) \|$", re.M
)
PRINTED = LINE.findall(DOCS.read_text("utf-8"))
QUICK = ("mig", "jemmig", "dcimig", "modularity", "sap", "total-correlation")


@pytest.mark.parametrize("name", QUICK)
def test_the_table_has_the_scores_of_the_bundled_codes(name):
    mine = [(library, float(value)) for metric, library, value in PRINTED if metric == name]
    assert [library for library, _ in mine] == ["", *about(name).compat]
    files = ["shapes-beta4.npz::codes", "shapes.csv"][: 2 if about(name).factors else 1]
    for library, value in mine:
        found = getattr(latentcli, name.replace("-", "_"))(
            *files, compat=library or None, ci=None
        )
        assert found.value == pytest.approx(value, abs=2e-3)
