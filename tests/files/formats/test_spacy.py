"""spaCy's vectors: a folder as `Vectors.to_disk` writes it."""

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentcli.errors import LatentError
from latentcli.files.formats import spacy
from latentcli.files.store.cache import open_entry

WORDS = ["king", "new york", "café", "12345678", "123456789", "x" * 33]
VALUES = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
ROWS = [3, 0, 1, 2, 3, 0]


def packed(number):
    """A whole number in the fewest bytes, as MessagePack writes it."""
    if 0 <= number < 128:
        return struct.pack("B", number)
    if -32 <= number < 0:
        return struct.pack("b", number)
    form = next(form for form in "BHIQ" if number < 1 << 8 * struct.calcsize(form))
    return bytes([0xCC + "BHIQ".index(form)]) + struct.pack(f">{form}", number)


def map_of(pairs):
    count = len(pairs)
    head = bytes([0x80 | count]) if count < 16 else b"\xde" + struct.pack(">H", count)
    return head + b"".join(packed(key) + packed(row) for key, row in pairs)


def saved(folder, words=WORDS, rows=ROWS, values=VALUES, more=()):
    folder.mkdir(parents=True)
    with (folder / "vectors").open("wb") as out:
        np.save(out, values)
    keys = spacy.murmur([word.encode() for word in words]).tolist()
    (folder / "key2row").write_bytes(map_of([*zip(keys, rows, strict=True), *more]))
    (folder / "strings.json").write_text(json.dumps(sorted({*words, "unused"})), "utf-8")
    (folder / "vectors.cfg").write_text('{"mode":"default"}')
    return folder


def test_hashes_are_those_of_the_documentation():
    # https://spacy.io/usage/spacy-101#vocab
    assert spacy.murmur([b"coffee", b""]).tolist() == [3197928453018144401, 0]


@pytest.mark.parametrize("inside", ["", "vocab"])
def test_words_have_the_vectors_of_their_rows(tmp_path, table, inside):
    folder = saved(tmp_path / "model" / inside).parent if inside else saved(tmp_path / "model")
    found = table(open_entry(str(folder)))
    assert found == {word: VALUES[row].tolist() for word, row in zip(WORDS, ROWS, strict=True)}
    assert [*found][:2] == ["new york", "x" * 33]  # in the order of the rows


def test_the_array_itself_is_read_with_its_words_and_again_when_these_change(tmp_path, table):
    folder = saved(tmp_path / "model")
    assert "king" in table(open_entry(str(folder / "vectors")))
    (folder / "strings.json").write_text('["king"]')
    assert table(open_entry(str(folder / "vectors"))) == {"king": VALUES[3].tolist()}


def test_keys_without_a_word_or_a_row_are_left_out_and_counted(tmp_path, table):
    folder = saved(tmp_path / "model", more=[(77, 0), (2**63, 1), (300, 70000), (5, -1)])
    entry = open_entry(str(folder))
    assert len(table(entry)) == len(WORDS)
    assert "4 of its keys have no word or no row" in entry.notes[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [("key2row", b""), ("key2row", b"\x80"), ("key2row", b"\x82\x01"), ("key2row", b"\xc0"),
     ("key2row", b"\xdf\xff\xff\xff\xff\x01\x01"), ("key2row", b"\x81\xa1a\x01"),
     ("strings.json", b"{}"), ("strings.json", b"[1]"), ("strings.json", b"[" * 9999),
     ("vectors", b""), ("vectors", b"\x93NUMPY")],
)  # fmt: skip
def test_what_is_damaged_is_said_in_one_line(tmp_path, name, content):
    folder = saved(tmp_path / "model")
    (folder / name).write_bytes(content)
    with pytest.raises(LatentError) as error:
        open_entry(str(folder))
    assert str(error.value).isprintable()


def murmur_by_the_letter(key, seed=1):
    """MurmurHash64A as its author wrote it, byte by byte."""
    multiplier, mask = 0xC6A4A7935BD1E995, 2**64 - 1
    found = seed ^ (len(key) * multiplier & mask)
    whole = len(key) - len(key) % 8
    for place in range(0, whole, 8):
        part = int.from_bytes(key[place : place + 8], "little") * multiplier & mask
        part = (part ^ part >> 47) * multiplier & mask
        found = (found ^ part) * multiplier & mask
    if tail := key[whole:]:
        found = (found ^ int.from_bytes(tail, "little")) * multiplier & mask
    found = (found ^ found >> 47) * multiplier & mask
    return found ^ found >> 47


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=20))
def test_hashes_of_many_words_are_those_of_each(words):
    assert spacy.murmur(words).tolist() == [*map(murmur_by_the_letter, words)]
