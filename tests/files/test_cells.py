"""Cells of a table: what is a vector, and of what numbers."""

import numpy as np
import pytest

from latentcli.files.cells import vector_of


@pytest.mark.parametrize(
    ("cell", "vector"),
    [("[1, 2.5]", [1, 2.5]), ("[1 2.5]", [1, 2.5]), ("{1,2.5}", [1, 2.5]), ("(1; 2.5)", [1, 2.5]),
     ([1, None], [1, np.nan]), (np.float32([1, 2]).tobytes(), [1, 2]), ("[]", None), ("[a]", None),
     (b"abc", None), (None, None), (3, None), ([[1]], None), ("text", None), ([], None)],
    ids=str,
)  # fmt: skip
def test_a_cell_is_a_vector_or_none(cell, vector):
    found = vector_of(cell)
    if vector is None:
        assert found is None
    else:
        assert np.array_equal(found, vector, equal_nan=True)
