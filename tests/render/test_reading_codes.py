"""Each reading that the docs define has a code, and no two of a table share one."""

import json
import re
from pathlib import Path

import pytest

from latentcli.render.reading_codes import reading_code

PAGE = Path(__file__).resolve().parents[2] / "docs" / "readings.md"


def defined():
    """Yield the readings of each row of the tables: words in backquotes in the last column."""
    text = PAGE.read_text("utf-8").split("## Notes that are readings")[0]
    for line in text.splitlines():
        if line.startswith("| ") and (
            found := re.findall(r"`([^`]+)`", line.split("|", 3)[-1])
        ):
            yield found


@pytest.mark.parametrize("readings", list(defined()), ids=lambda found: found[0])
def test_readings_of_the_docs_have_codes(readings):
    codes = [reading_code(one) for one in readings]
    assert None not in codes
    assert len({*codes}) == len(readings)


def test_what_is_no_reading_has_none():
    assert reading_code("1 is best; 0 is worst") is None
    assert reading_code(None) is None


def test_json_has_the_code_beside_the_reading(latent):
    _, out, _ = latent("mig", "codes.npy", "factors.csv", "--json", "-q")
    of_factors = [one for one in json.loads(out)["results"] if one["level"] == "factor"]
    assert of_factors
    assert {one["reading_code"] for one in of_factors} <= {
        "captured", "weakly_captured", "split", "not_captured", "not_significant",
    }  # fmt: skip
