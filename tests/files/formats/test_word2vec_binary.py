import numpy as np
import pytest
from gensim.models import KeyedVectors

import latentcli
from latentcli.errors import FormatError
from latentcli.files import codes
from latentcli.files.formats import word2vec_binary
from latentcli.files.store.cache import open_entry

VALUES = np.array([[0.5, -1.0], [0.25, 2.0], [3.0, -0.0]], dtype="<f4")


def binary(words, values=VALUES, end=b"", header=None):
    """Make a word2vec binary file; the C tool ends rows with a line break, gensim does not."""
    first = header or b"%d %d" % (len(words), values.shape[1])
    rows = [word + b" " + row.tobytes() + end for word, row in zip(words, values, strict=True)]
    return first + b"\n" + b"".join(rows)


@pytest.mark.parametrize("end", [b"", b"\n"], ids=["gensim", "C"])
@pytest.mark.parametrize(
    "words",
    [
        [b"the", b"of", b"and"],
        ["naïve".encode(), "東京".encode(), "🙂".encode()],
        ["x\u00a0y".encode(), "x\u0085y".encode(), b"\xe2\x80\xa8"],
        [b"1", b"2", b"a\tb"],
    ],
)
def test_both_ways_to_end_a_row_read_the_same(opened, end, words):
    entry = opened(binary(words, end=end), "vectors.bin")
    assert [word.encode() for _, word in entry.vocabulary.items()] == words
    assert entry.matrix.tobytes() == VALUES.tobytes()
    assert entry.meta["format"] == "word2vec binary"
    assert entry.notes == []


def test_first_letters_are_kept_without_line_breaks(opened):
    entry = opened(binary([b"alpha", b"beta", b"gamma"]), "vectors.bin")
    assert entry.vocabulary.words([0, 1, 2]) == ["alpha", "beta", "gamma"]


@pytest.mark.parametrize("name", ["vectors.txt", "vectors.vec", "vectors"])
def test_binary_is_told_by_its_bytes(opened, name):
    assert opened(binary([b"a", b"b", b"c"]), name).meta["format"] == "word2vec binary"


@pytest.mark.parametrize(
    ("words", "finding", "phrase"),
    [
        ([b"a", b"b", b"a"], {"duplicate": 1}, "1 duplicate word dropped (first: a)"),
        ([b"a", b"b\xff", b"c"], {"bad_utf8": 1}, "shown with \\x escapes (first: b\\xff)"),
        ([b"a", b"", b"c"], {"empty": 1}, "1 word is empty or blank"),
        ([b"a", b"\t", b"c"], {"empty": 1}, "1 word is empty or blank"),
    ],
)
def test_odd_words_are_counted(opened, put, words, finding, phrase):
    entry = opened(binary(words), "vectors.bin")
    assert entry.meta["findings"] == finding
    assert [phrase in note for note in entry.notes] == [True]
    assert open_entry(str(put(binary(words), "vectors.bin"))).meta["findings"] == finding


@pytest.mark.parametrize(
    ("row", "finding"),
    [([0, 0], "zero"), ([np.nan, 1], "nan"), ([1, -np.inf], "infinite")],
)
def test_odd_rows_are_counted(opened, row, finding):
    values = np.array([[1, 2], row, [3, 4]], dtype="<f4")
    entry = opened(binary([b"a", b"b", b"c"], values), "vectors.bin")
    assert entry.meta["findings"] == {finding: 1}
    assert entry.norms[1] == 0


@pytest.mark.parametrize(("promised", "note"), [(b"2 2", "2 x 2"), (b"7 2", "7 x 2")])
def test_rows_are_believed_not_the_header(opened, promised, note):
    entry = opened(binary([b"a", b"b", b"c"], header=promised), "vectors.bin")
    assert entry.matrix.shape == (3, 2)
    assert entry.notes == [
        f"vectors.bin: its header says {note}, its rows are 3 x 2; the rows are used"
    ]


@pytest.mark.parametrize("cut", [1, 5, 8, 9])
def test_a_cut_row_is_refused_and_the_whole_ones_are_counted(opened, cut):
    with pytest.raises(FormatError) as error:
        opened(binary([b"a", b"b", b"c"])[:-cut], "vectors.bin")
    assert str(error.value) == "vectors.bin: truncated in row 3 of 3: 2 rows are whole"


@pytest.mark.parametrize("dimensions", [0, 2**20 + 1, 10**12, 10**19])
def test_impossible_dimensions_are_refused(opened, dimensions):
    with pytest.raises(FormatError, match="its header promises vectors of"):
        opened(b"1 %d\na \x00\xff\x00" % dimensions, "vectors.bin")


def test_a_row_without_an_end_of_its_word_is_refused(opened):
    with pytest.raises(FormatError, match="row 1 has no end of its word"):
        opened(b"1 2\n" + b"\xff" * 100_000, "vectors.bin")


def test_wrong_dimensions_that_make_no_numbers_are_refused(opened):
    values = np.full((50, 8), np.nan, dtype="<f4")
    with pytest.raises(FormatError, match="50 of 50 rows hold NaN or infinity"):
        opened(binary([b"w%d" % n for n in range(50)], values), "vectors.bin")


def test_rows_may_be_many_blocks_long(opened):
    values = np.arange(400_000, dtype="<f4").reshape(40_000, 10)
    entry = opened(binary([b"w%d" % n for n in range(40_000)], values), "vectors.bin")
    assert entry.matrix.tobytes() == values.tobytes()
    assert entry.vocabulary.row("w39999") == 39_999


def test_gensim_reads_and_writes_the_same(tmp_path):
    made = KeyedVectors(2)
    made.add_vectors(["the", "naïve", "🙂"], VALUES)
    made.save_word2vec_format(str(tmp_path / "gensim.bin"), binary=True)
    entry = open_entry(str(tmp_path / "gensim.bin"))
    assert entry.vocabulary.words([0, 1, 2]) == made.index_to_key
    assert entry.matrix.tobytes() == made.vectors.tobytes()


@pytest.mark.parametrize(
    ("word", "stored"), [("a b", "a_b"), ("a\nb", "a\\nb"), ("\ra", "\\ra"), ("a\tb", "a\tb")]
)
def test_what_a_word_cannot_hold_is_written_visibly(word, stored):
    assert word2vec_binary.storable(word) == stored


@pytest.mark.parametrize(
    ("name", "rows", "dimensions"),
    [("gutenberg.vectors.bin", 786, 200), ("emoji2vec.bin", 1661, 300)],
)
def test_real_files_read_as_gensim_reads_them(data, name, rows, dimensions):
    path = str(data / "vectors" / name)
    entry = open_entry(path)
    expected = KeyedVectors.load_word2vec_format(path, binary=True)
    assert entry.matrix.shape == (rows, dimensions)
    assert [word for _, word in entry.vocabulary.items()] == expected.index_to_key
    assert entry.matrix.tobytes() == expected.vectors.tobytes()


def test_a_dump_without_words_is_refused(data):
    with pytest.raises(
        FormatError, match=r"glove-tool\.vectors\.bin: binary data without a header"
    ):
        open_entry(str(data / "vectors" / "glove-tool.vectors.bin"))


@pytest.mark.parametrize("end", [b"\n", b""], ids=["line breaks", "none"])
@pytest.mark.parametrize(
    ("rows", "missing"),
    [(2, 4), (3, 4), (12, 4), (2, 8), (3, 8), (12, 8), (20, 1), (40, 1), (20, 3), (40, 3)],
)
def test_a_vector_that_is_too_short_is_refused_wherever_it_is(put, end, rows, missing):
    """Before, the first one's missing bytes were made up from the next word, and nothing was said.

    In a few rows, a letter that has become a number's first byte is a large number, as there may be.
    """
    random = np.random.default_rng(missing)
    vectors = random.standard_normal((rows, 6)).astype("<f4")
    for place in range(rows):
        packed = [row.tobytes() for row in vectors]
        packed[place] = packed[place][:-missing]
        whole = b"".join(b"word%d " % n + row + end for n, row in enumerate(packed))
        path = put(b"%d 6\n" % rows + whole, "x.bin")
        with pytest.raises(
            FormatError, match=r"out of step|truncated|no end of its word|not word2vec"
        ):
            latentcli.open(path, cache=False)


@pytest.mark.parametrize("cut", [1, 2, 3, 5])
def test_a_short_vector_of_few_rows_without_line_breaks_is_refused(put, cut):
    """What follows is out of step by bytes, in which several numbers are far from all others."""
    values = np.random.default_rng(1).normal(size=(12, 50)).astype("<f4")
    rows = [b"word%d " % n + row.tobytes() for n, row in enumerate(values)]
    rows[5] = rows[5][:40] + rows[5][40 + cut :]
    with pytest.raises(FormatError, match="out of step after row"):
        codes.load(str(put(b"12 50\n" + b"".join(rows), "v.bin")))
