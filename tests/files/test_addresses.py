"""Addresses: FILE, FILE::KEY, and a slice behind."""

import os

import pytest

from latentcli.errors import ParameterError
from latentcli.files import addresses


@pytest.mark.parametrize(
    ("address", "path", "key"),
    [
        ("codes.npz", "codes.npz", ""),
        ("codes.npz::w", "codes.npz", "w"),
        ("a::b::c", "a::b", "c"),
        ("::w", "::w", ""),
        ("codes.npz::", "codes.npz", ""),
    ],
)
def test_an_address_is_a_path_and_a_key(address, path, key):
    found = addresses.split_address(address)
    assert (str(found[0]), found[1]) == (path, key)


def test_a_file_whose_name_looks_like_an_address_is_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd::name").write_text("")
    assert addresses.split_address("odd::name")[1] == ""


def test_an_address_no_file_can_have_is_split_too():
    assert addresses.split_address("x" * 5000 + "::w")[1] == "w"
    assert addresses.split_address(f"a\0{os.sep}b::w")[1] == "w"


@pytest.mark.parametrize(
    ("address", "index"),
    [("a.npy", ()), ("a.npy[3]", (3,)), ("a.npz::w[-1, 0:8:2]", (-1, slice(0, 8, 2))),
     ("a.npy[:, :4]", (slice(None), slice(None, 4)))],
)  # fmt: skip
def test_a_slice_is_split_off(address, index):
    assert addresses.split_slice(address) == (address.partition("[")[0], index)


@pytest.mark.parametrize("text", ["a[]x", "a[1:2:3:4]", "a[,]", "a[--1]"])
def test_what_is_no_index_is_a_usage_error_or_a_name(text):
    if text.endswith("]"):
        with pytest.raises(ParameterError, match="is not an index"):
            addresses.split_slice(text)
    else:
        assert addresses.split_slice(text) == (text, ())


@pytest.mark.parametrize(
    "address", ["a" * 5000 + "[0]", "[0]" * 2000, "a\0[0]", "a\0\x0f\x1b[1:2:3:4]"]
)
def test_any_text_is_an_address_or_refused_in_one_line(address):
    """Names that no file can have; found by coverage-guided fuzzing."""
    try:
        file, _ = addresses.split_slice(address)
    except ParameterError as error:
        said = str(error)
    else:
        with pytest.raises(ParameterError) as refused:
            addresses.with_columns(f"{file}::w", "v", None)
        said = str(refused.value)
    assert said.isprintable()
    assert len(said) < 600
