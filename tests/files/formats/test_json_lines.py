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
