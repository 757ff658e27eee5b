"""finalfusion: chunks as the specification has them, made here byte by byte."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentcli.errors import FormatError
from latentcli.files import contents, writing
from latentcli.files.store.cache import open_entry

WORDS = ["king", "new york", "café", "x"]
VALUES = np.random.default_rng(0).normal(size=(4, 6)).astype("<f4")


def chunks(*parts, version=0):
    """Put chunks (kind, head, numbers) behind one another; numbers begin at a multiple of four."""
    made = b"FiFu" + struct.pack(
        f"<II{len(parts)}I", version, len(parts), *(kind for kind, *_ in parts)
    )
    for kind, head, numbers in parts:
        start = len(made) + 12 + len(head)
        padding = b"" if numbers is None else bytes(4 - start % 4)
        content = head + padding + (numbers or b"")
        made += struct.pack("<IQ", kind, len(content)) + content
    return made


def words_of(words, kind=1, more=b""):
    raw = [word.encode() for word in words]
    listed = b"".join(struct.pack("<I", len(word)) + word for word in raw)
    return kind, struct.pack("<Q", len(raw)) + more + listed, None


def array_of(values):
    return 2, struct.pack("<QII", *values.shape, 10), values.tobytes()


def norms_of(norms):
    return 6, struct.pack("<QI", len(norms), 10), np.asarray(norms, "<f4").tobytes()


def quantized_of(codes, table, projection=None, norms=None):
    parts, centroids, width = table.shape
    head = struct.pack(
        "<IIIIIQII", projection is not None, norms is not None, parts, parts * width, centroids,
        len(codes), 1, 10,
    )  # fmt: skip
    floats = [array for array in (projection, table, norms) if array is not None]
    return 4, head, b"".join(a.astype("<f4").tobytes() for a in floats) + codes.tobytes()


METADATA = (5, b'[a]\nname = "x"\n', None)


def test_words_and_vectors_are_read(opened, table):
    entry = opened(chunks(METADATA, words_of(WORDS), array_of(VALUES)), "a.fifu")
    assert table(entry) == dict(zip(WORDS, VALUES.tolist(), strict=True))
    assert entry.meta["format"] == "finalfusion"


def test_vectors_are_multiplied_by_their_norms(opened):
    norms = np.array([1, 2, 0.5, 4], "<f4")
    entry = opened(chunks(words_of(WORDS), array_of(VALUES), norms_of(norms)), "a.fifu")
    assert entry.matrix.tobytes() == (VALUES * norms[:, None]).tobytes()


def test_norms_that_float32_cannot_hold_are_counted_without_a_warning(opened):
    norms = np.array([3e38, np.inf, 1, np.nan], "<f4")
    values = np.where(VALUES == 0, 0, 5).astype("<f4")
    values[1, 0] = 0  # infinity times 0
    entry = opened(chunks(words_of(WORDS), array_of(values), norms_of(norms)), "a.fifu")
    assert [norm > 0 for norm in entry.norms] == [False, False, True, False]


@pytest.mark.parametrize(
    ("kind", "more"), [(3, struct.pack("<III", 3, 6, 21)), (7, struct.pack("<III", 3, 6, 99))]
)
def test_rows_of_n_grams_are_left_out(opened, table, kind, more):
    entry = opened(chunks(words_of(WORDS[:3], kind, more), array_of(VALUES)), "a.fifu")
    assert table(entry) == dict(zip(WORDS[:3], VALUES[:3].tolist(), strict=True))
    assert entry.notes == ["a.fifu: its 1 vector of n-grams are not read"]


@pytest.mark.parametrize("projected", [False, True])
@pytest.mark.parametrize("normed", [False, True])
def test_quantized_vectors_are_made_of_their_centroids(opened, projected, normed):
    random = np.random.default_rng(1)
    centroids = random.normal(size=(2, 5, 3)).astype("<f4")
    codes = random.integers(0, 5, (4, 2)).astype(np.uint8)
    projection = random.normal(size=(6, 6)).astype("<f4") if projected else None
    norms = np.array([1, 2, 3, 4], "<f4") if normed else None
    entry = opened(
        chunks(words_of(WORDS), quantized_of(codes, centroids, projection, norms)), "q.fifu"
    )
    expected = np.stack([np.concatenate([centroids[0, a], centroids[1, b]]) for a, b in codes])
    if projection is not None:
        expected = expected @ projection.T
    if norms is not None:
        expected = expected * norms[:, None]
    assert np.allclose(entry.matrix, expected, atol=1e-6)
    assert entry.meta["format"] == "finalfusion, quantized"


BROKEN = {
    "version 7": chunks(words_of(WORDS), array_of(VALUES), version=7),
    "no words": chunks(array_of(VALUES)),
    "no chunk of a known kind": chunks(words_of(WORDS)),
    "vectors or norms for fewer": chunks(words_of(WORDS), array_of(VALUES[:3])),
    "norms for fewer": chunks(words_of(WORDS), array_of(VALUES), norms_of([1, 2])),
    "of a chunk are missing": chunks(
        words_of(WORDS), (2, struct.pack("<QII", 1 << 40, 6, 10), b"")
    ),
    "a type that is not known": chunks(
        words_of(WORDS), (2, struct.pack("<QII", 4, 6, 3), VALUES.tobytes())
    ),
    "an array of 4 x 0": chunks(words_of(WORDS), (2, struct.pack("<QII", 4, 0, 10), b"")),
    "words in 8 bytes": chunks((1, struct.pack("<Q", 1 << 60), None), array_of(VALUES)),
    "a word is cut": chunks((1, struct.pack("<QI", 1, 1 << 30), None), array_of(VALUES)),
    "refers to no centroid": chunks(
        words_of(WORDS), quantized_of(np.full((4, 2), 9, np.uint8), np.ones((2, 5, 3), "<f4"))
    ),
    "numbers in 5 parts": chunks(
        words_of(WORDS), (4, struct.pack("<IIIIIQII", 0, 0, 5, 6, 2, 4, 1, 10), b"")
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_damaged_is_said(opened, what):
    with pytest.raises(FormatError, match=what):
        opened(BROKEN[what], "a.fifu")


@settings(max_examples=25)
@given(st.data())
def test_a_file_that_is_cut_is_refused(tmp_path_factory, data):
    whole = chunks(words_of(WORDS), array_of(VALUES), norms_of([1, 2, 3, 4]))
    path = tmp_path_factory.mktemp("cut") / "a.fifu"
    path.write_bytes(whole[: data.draw(st.integers(4, len(whole) - 1))])
    with pytest.raises(FormatError, match="damaged finalfusion file"):
        open_entry(str(path), cache=False)


def test_what_is_written_is_the_specification_and_read_back(opened, tmp_path):
    rows = VALUES * np.array([[1], [1e-3], [1e4], [0]], "<f4")
    text = "".join(
        f"{word.replace(' ', '_')} {' '.join(map(str, row))}\n"
        for word, row in zip(WORDS, rows, strict=True)
    )
    entry = opened(text, "in.txt")
    writing.write(contents.words_of(entry), tmp_path / "out.fifu")
    length = np.sqrt((rows.astype(float) ** 2).sum(axis=1))
    unit = (rows / np.where(length > 0, length, 1)[:, None]).astype("<f4")
    words = [word.replace(" ", "_") for word in WORDS]
    assert (tmp_path / "out.fifu").read_bytes() == chunks(
        words_of(words), array_of(unit), norms_of(length)
    )
    again = open_entry(str(tmp_path / "out.fifu"), cache=False)
    assert np.allclose(again.matrix, rows, rtol=1e-6)


def test_a_word_is_written_once(opened, tmp_path):
    entry = opened(
        '{"text": "a", "vector": [1, 2]}\n{"text": "a", "vector": [3, 4]}\n', "in.jsonl"
    )
    content = contents.words_of(entry)
    writing.write(content, tmp_path / "out.fifu")
    assert content.notes == [
        "1 row has the word of an earlier row and is left out: finalfusion has each word once"
    ]
    assert np.allclose(open_entry(str(tmp_path / "out.fifu")).matrix, [[1, 2]])
