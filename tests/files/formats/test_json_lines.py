"""JSON lines: what is parsed fast and what Python parses are the same records."""

import tempfile
from pathlib import Path
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from latentcli.files.formats import json_lines
from latentcli.files.store.cache import open_entry


def test_a_key_that_a_record_has_twice_is_counted(tmp_path):
    path = tmp_path / "v.jsonl"
    path.write_text(
        '{"text": "a", "vector": [1, 0]}\n'
        '{"text": "b", "vector": [5, 5], "vector": [0, 1]}\n'
        '{"text": "x", "text": "c", "vector": [1, 1]}\n'
    )
    entry = open_entry(str(path))
    assert entry.matrix.tolist() == [[1, 0], [0, 1], [1, 1]]
    assert list(entry.vocabulary.words([0, 1, 2])) == ["a", "b", "c"]
    notes = " ".join(entry.meta["found"])
    assert "2 records have a key twice; the last one counts (line 2)" in notes


LINES = [
    '{"w": "a", "v": [1, 2.5]}', '{"w": "[b]", "v": [1, -0]}', '{"w": "c{", "v": [1e-3, 2]}',
    '{"w": "d", "v": [[1], [2]]}', '{"w": "e", "v": [1, [2]]}', '{"w": "f", "v": [1, null]}',
    '{"w": "g", "v": [NaN, 2]}', '{"w": "h", "v": [true, 2]}', '{"w": "i", "v": []}', '{"w": "j"}',
    '{"w": "k", "v": null, "t": [1, 2]}', '{"w": "l", "v": [1, 2], "t": [1, "x"], "m": {"a": [1]}}',
    '{"w": "m", "v": [1, 2], "w": "again"}', '{"w": "n", "v": [1, 123456789012345678901234567890]}',
    '{"w": "\\ud800", "v": [1, 2]}', '{"w": "é\\u00e9\\u0000", "v": [1, 2]}', '{"data": [{"w": "p", "v": [1, 2]}]}',
    '{"t": ["[", 1], "v": [1, 2], "w": "s]"}', '{"m": {"v": [1, 2]}, "w": "t", "v": [[1], [2]]}',
    '{"v": [[1], [2]], "m": {"v": [1, 2]}, "w": "u"}', '{"o": "v", "t": [5], "v" : [ 1, 2], "w": "[v]"}',
    '{"v": [1, [2]], "t": "\\"v\\": [1, 2]", "w": "y"}', '{"w": "q", "v": [1e999, 2]}', '{"w": "r", "v": [1, 2], "data": "x"}', '{"w": 7, "v": [1, 2]}',
]  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_what_is_parsed_fast_is_what_python_parses(lines):
    path = Path(tempfile.mkdtemp()) / "v.jsonl"
    path.write_text("\n".join(['{"w": "x", "v": [3, 4]}'] * 20 + lines), "utf-8")
    found = [_content(path)]
    with mock.patch.object(json_lines, "simdjson", None):
        found.append(_content(path))
    path.unlink()
    path.parent.rmdir()
    assert found[0] == found[1]


def _content(path):
    entry = open_entry(f"{path}::v", cache=False, columns=True)
    rows = range(len(entry.matrix))
    return (
        entry.matrix.tobytes(), entry.vocabulary.words(rows), entry.columns.cells(rows), entry.notes
    )  # fmt: skip
