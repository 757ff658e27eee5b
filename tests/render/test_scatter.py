"""The picture of a map: what is written beside its points."""

import re

from latentcli.render.scatter import Scatter, write

X = [0.0, 1.0, 0.5, 8.0, 9.0, 9.5]
GROUPS = ["cats", "cats", "cats", "dogs", "dogs", "dogs"]


def texts(tmp_path, **given):
    path = tmp_path / "map.svg"
    write(Scatter("map", X, X, **given), path, "svg")
    return re.findall(r"<text[^>]*>([^<]+)</text>", path.read_text("utf-8"))


def test_rows_without_names_have_their_groups_named_in_place(tmp_path):
    found = texts(tmp_path, names=["10", "11", "12", "13", "14", "15"], groups=GROUPS)
    assert not {"10", "11", "12", "13", "14", "15"} & {*found}
    assert found.count("cats") == found.count("dogs") == 2  # in place, and in the legend


def test_words_are_written_beside_their_points(tmp_path):
    names = ["lion", "tiger", "lynx", "wolf", "fox", "jackal"]
    found = texts(tmp_path, names=names, groups=GROUPS)
    assert {*names} & {*found}
    assert found.count("cats") == 1


def test_row_numbers_are_written_where_there_are_no_groups(tmp_path):
    assert {"10", "15"} & {*texts(tmp_path, names=["10", "11", "12", "13", "14", "15"])}
