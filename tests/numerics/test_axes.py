import numpy as np
import pytest

import latentcli
from latentcli.errors import LatentError, ParameterError
from latentcli.numerics.axes import Axes, axes_of, checked, described, doubt


@pytest.mark.parametrize(
    ("shape", "letters", "guessed"),
    [((512,), "D", False), ((10, 512), "ND", True), ((1, 512), "ND", False),
     ((68, 18, 512), "NLD", True), ((10, 16, 64), "NLD", True), ((1, 4, 64, 64), "NCHW", False),
     ((2, 4, 64, 64), "NCHW", True), ((1, 16, 21, 60, 104), "NCTHW", False)],
)  # fmt: skip
def test_the_rule(shape, letters, guessed):
    assert axes_of(shape) == Axes(letters, guessed)


@pytest.mark.parametrize("shape", [(4, 64, 64), (16, 128, 128), (3, 18, 71), (2, 3, 11)])
def test_three_axes_that_may_be_either_are_an_error_that_offers_both(shape):
    with pytest.raises(
        LatentError, match=r"`axes` CHW, 1 code of .* or `axes` NLD, \d+ codes of"
    ):
        axes_of(shape)
    assert axes_of(shape, "chw") == Axes("CHW", False)
    assert axes_of(shape, "NLD") == Axes("NLD", False)


@pytest.mark.parametrize(
    "verb", ["geometry_report", "clusters", "outliers", "duplicates", "compare", "drift", "mig"]
)
def test_functions_of_rows_use_the_rule(verb):
    codes = np.random.default_rng(0).standard_normal((16, 4, 4))
    rest = {"compare": [codes], "drift": [codes], "mig": [np.arange(16) % 2]}.get(verb, [])
    with pytest.raises(LatentError, match=r"two ways: `axes` CHW.*`axes` NLD.*reshape it to"):
        getattr(latentcli, verb)(codes, *rest)


def test_what_was_read_with_axes_keeps_them(tmp_path):
    codes = np.random.default_rng(0).standard_normal((30, 4, 4))
    np.save(tmp_path / "codes.npy", codes)
    found = latentcli.duplicates(latentcli.load(tmp_path / "codes.npy", axes="NLD"))
    assert "30 rows" in found.title
    assert (
        "`x`: 30 x 4 x 4 is measured as 30 rows of 16 numbers; one layer is [:, 0] of it"
        in found.notes
    )
    pictures = latentcli.geometry_report(
        codes.reshape(30, 16), outputs=codes, only=["smoothness"]
    )
    assert pictures.records  # outputs (N, ...) are pictures: no rule


def test_layers_that_are_needed_make_two_axes_layers():
    assert axes_of((18, 512), layered=True).letters == "LD"
    assert axes_of((18, 512), "ND", layered=True).letters == "ND"


@pytest.mark.parametrize("axes", ["D", "ND", "LD", "NLD", "NTD", "CHW", "NCHW", "NCTHW", "TD"])
def test_letters(axes):
    assert checked(axes.lower()) == axes


@pytest.mark.parametrize("axes", ["N", "L", "NL", "LN", "DN", "LND", "DD", "N1", "ND ", "é"])
def test_what_is_no_axes(axes):
    with pytest.raises(ParameterError, match="one letter for each axis"):
        checked(axes)


@pytest.mark.parametrize(("shape", "axes"), [((3,), "ND"), ((3, 4), "D"), ((1, 2, 3), "NCHW")])
def test_as_many_letters_as_axes(shape, axes):
    with pytest.raises(ParameterError, match="does not have the axes"):
        axes_of(shape, axes)


def test_more_axes_than_the_rule_knows():
    with pytest.raises(LatentError, match=r"needs `axes`: .* here 6 letters"):
        axes_of((1,) * 6)
    assert axes_of((1,) * 6, "NABCDE").letters == "NABCDE"


@pytest.mark.parametrize(
    ("shape", "axes", "text"),
    [((512,), "D", "1 code of 512 numbers"), ((77, 768), "ND", "77 codes of 768 numbers"),
     ((77, 768), "TD", "1 code of 77 x 768 = 59,136 numbers"),
     ((2, 18, 512), "NLD", "2 codes of 18 layers of 512 numbers")],
)  # fmt: skip
def test_in_words(shape, axes, text):
    assert described(shape, axes) == text


def test_only_few_long_rows_are_in_doubt():
    assert "`axes` LD reads 1 code of 18 layers" in doubt((18, 512), axes_of((18, 512)), "w")
    for shape in ((3000, 64), (12, 2), (1, 512), (20, 18, 512)):
        assert doubt(shape, axes_of(shape), "w") == ""


def test_the_rule_takes_sizes_of_numpy():
    assert axes_of(np.ones((2, 3)).shape).letters == "ND"
