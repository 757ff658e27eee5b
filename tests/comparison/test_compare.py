"""The comparison as a function of arrays, Spaces and files."""

import numpy as np
import pytest

import latentcli
from latentcli.errors import LatentError

X = np.random.default_rng(0).standard_normal((60, 4))


def test_a_frozen_result_with_its_numbers_by_name():
    turned = X @ np.linalg.qr(np.random.default_rng(1).standard_normal((4, 4)))[0]
    found = latentcli.compare(X, turned)
    assert (found.cka, found.rsa, found.neighbor_overlap) == pytest.approx((1, 1, 1), abs=1e-6)
    assert found.procrustes == pytest.approx(0, abs=1e-9)
    assert found.neighbor_overlap_chance == pytest.approx(10 / 59)
    assert found.rows_x.tolist() == found.rows_y.tolist() == list(range(60))
    assert found.settings["neighbors"] == 10
    assert "neighbor overlap" in repr(found)


def test_files_are_spaces(samples):
    words = samples / "article-words.txt"
    assert latentcli.compare(str(words), str(words)).cka == pytest.approx(1)


def test_what_cannot_be_compared():
    with pytest.raises(LatentError, match="`x` has 60 rows and `y` 59"):
        latentcli.compare(X, X[1:])
    for wrong in ({"neighbors": 0}, {"ci": 1.5}, {"sample": 2}, {"metric": "dot"}):
        with pytest.raises(ValueError, match=r"must be|unknown"):
            latentcli.compare(X, X, **wrong)
